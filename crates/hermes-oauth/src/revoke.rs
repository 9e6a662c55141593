use std::time::Duration;

use hermes_catalog::{LoginMethod, Provider};
use hermes_core::{Material, Secret};
use hermes_http::Call;
use hermes_text::errors::oauth as say;

use crate::{Engine, OauthError, answer};

/// Deadline of a revocation; ending a login here must never wait long for the issuer.
const DEADLINE: Duration = Duration::from_secs(10);

/// Ends a login at the issuer (RFC 7009): the refresh token if there is one, else the access token.
///
/// `Ok(false)` means the row knows no way to do so.
pub async fn revoke(
    engine: &Engine,
    provider: &Provider,
    method: &LoginMethod,
    region: Option<&str>,
    material: &Material,
) -> Result<bool, OauthError> {
    let Some(rule) = &method.revoke else {
        return Ok(false);
    };
    let url = provider.resolve(&rule.endpoint, region)?;
    let (token, hint) = match &material.refresh {
        Some(refresh) => (refresh, "refresh_token"),
        None => (&material.access, "access_token"),
    };
    let mut fields = vec![("token", token.clone()), ("token_type_hint", Secret::from(hint))];
    fields.extend(
        rule.client_id
            .as_deref()
            .map(|id| ("client_id", Secret::from(id))),
    );
    let call = Call::post(url).form(fields).timeout(DEADLINE);
    let reply = engine.http.call(call).await.map_err(|source| OauthError::Http {
        kind: "revoke_failed",
        step: say::step_revoke,
        source,
    })?;
    if reply.is_success() {
        return Ok(true);
    }
    Err(answer::refused("revoke_failed", say::step_end, &reply))
}
