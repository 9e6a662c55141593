//! Calls that ask about a credential: whether a key is good, and how much of a plan is left.

use hermes_catalog::{AuthStyle, Provider};
use hermes_core::{Bound, Explain as _, Material, Secret};
use hermes_http::{Attach, AttachStyle, Call, origin_of};
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Word};
use http::{HeaderName, Method};
use serde_json::{Map, Value};
use url::Url;

use crate::{Engine, OauthError, answer, identity};

/// What is being done, for errors.
const STEP: Word = say::step_quota;

/// The call of a row with a credential and what it keeps.
pub(crate) fn build(
    row: &hermes_catalog::Call,
    url: Url,
    secret: &Secret,
    kept: &Map<String, Value>,
) -> Result<Call, OauthError> {
    let wrong = |problem: Both| OauthError::Row { problem };
    let method = Method::from_bytes(row.method.as_bytes())
        .map_err(|_| wrong(Both::of(|lang| say::row_not_method(lang, &row.method))))?;
    let bound = Bound::new(secret.clone(), [origin_of(&url)]);
    let mut call = Call::new(method, url);
    let from_kept = row
        .headers_from
        .iter()
        .filter_map(|(name, field)| Some((name.as_str(), kept.get(field)?.as_str()?)));
    let fixed = row
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    for (name, value) in fixed.chain(from_kept) {
        call = call
            .text_header(name, value)
            .map_err(|error| wrong(error.text()))?;
    }
    let style = match &row.auth {
        AuthStyle::Bearer => AttachStyle::Bearer,
        AuthStyle::Header(name) => {
            let name = HeaderName::from_bytes(name.as_bytes())
                .map_err(|_| wrong(Both::of(|lang| say::row_not_header(lang, name))))?;
            AttachStyle::Header(name)
        }
        AuthStyle::None => return Ok(call),
    };
    Ok(call.attach(Attach { secret: bound, style }))
}

/// Asks how much of a plan is left; gives the answer as the provider writes it.
///
/// `method` is the login method of the credential. Nothing where the row has no call for it.
///
/// # Errors
/// The provider could not be reached, refused, or answered something else.
pub async fn ask_quota(
    engine: &Engine,
    provider: &Provider,
    method: &str,
    region: Option<&str>,
    material: &Material,
) -> Result<Option<Value>, OauthError> {
    let call = provider.quota.as_ref().and_then(|quota| quota.call.as_ref());
    let Some(row) = call.filter(|row| is_for(row, method, &material.access)) else {
        return Ok(None);
    };
    let url = provider.resolve(&row.url, region)?;
    let reply = engine
        .http
        .call(build(row, url, &material.access, &material.extra)?)
        .await
        .map_err(|source| OauthError::Http {
            kind: "quota_failed",
            step: STEP,
            source,
        })?;
    let body = answer::json(&reply).filter(|_| reply.is_success());
    let holds = |body: &Value| {
        let mut wanted = row.expect.iter();
        wanted.all(|(path, value)| identity::dig(body, path) == Some(value))
    };
    match body.filter(holds) {
        Some(body) => Ok(Some(body)),
        None => Err(answer::refused("quota_failed", STEP, &reply)),
    }
}

fn is_for(row: &hermes_catalog::Call, method: &str, secret: &Secret) -> bool {
    let named = row.methods.is_empty() || row.methods.iter().any(|one| one == method);
    let mut prefixes = row.only_prefixes.iter();
    let fits = row.only_prefixes.is_empty() || prefixes.any(|one| secret.expose().starts_with(one.as_str()));
    named && fits
}
