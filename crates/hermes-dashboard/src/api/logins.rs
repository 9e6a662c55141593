//! Signing in. The paths are those of hermes-agent's dashboard, so that a script written for it goes on to work; which steps a login has
//! is not known here.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use hermes_core::{AttemptId, ProviderId, Secret, Source, UnixMs};
use hermes_pool::{Challenge, DeskLogin, LoginAsk, LoginStatus, OauthError, PoolError, Submission};
use hermes_text::errors::api as say;
use hermes_text::{Both, Lang, Word};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Json, MaybeJson};
use crate::error::{ApiError, ErrorBody};
use crate::shared::Shared;
use crate::ui::Spoken;

/// Which login.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
pub(crate) struct Start {
    /// Login method of the provider, by id or kind; its first without one.
    method: Option<String>,
    /// Region, where the provider has regions.
    region: Option<String>,
    /// A name for the account.
    label: Option<String>,
    /// A variable in the environment of the program that holds the API key: the login is then finished at once.
    from_env: Option<String>,
    /// A login of the same provider that this one takes the place of: it is cancelled first.
    replaces: Option<String>,
    /// That the person has read the provider's rule on this login and wants it all the same.
    accept_terms: bool,
}

/// A login that waits for the person.
#[derive(Serialize, ToSchema)]
pub(crate) struct Started {
    session_id: String,
    /// `pending`, or how a login from a variable ended.
    status: String,
    /// Why it did not end well.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    /// `device_code`, `pkce` or `api_key`.
    flow: String,
    /// The code to type.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_code: Option<String>,
    /// Where to type it.
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_url: Option<String>,
    /// The same with the code in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    complete_url: Option<String>,
    /// The page to approve on.
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_url: Option<String>,
    /// The page for a browser on another machine, which shows a code to paste.
    #[serde(skip_serializing_if = "Option::is_none")]
    manual_url: Option<String>,
    /// Whether this program waits for the browser to come back.
    #[serde(skip_serializing_if = "Option::is_none")]
    loopback: Option<bool>,
    /// Whether a pasted code is taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    paste: Option<bool>,
    /// Seconds until it ends.
    expires_in: u64,
    /// When it ends, seconds since 1970.
    expires_at: i64,
    /// Seconds between two looks at how it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    poll_interval: Option<u64>,
}

/// How a login stands.
#[derive(Serialize, ToSchema)]
pub(crate) struct Standing {
    session_id: String,
    /// `pending`, `approved`, `denied`, `expired`, `error` or `cancelled`.
    status: String,
    /// What went wrong, or how the network is.
    error_message: Option<String>,
    /// What to do about it.
    hint: Option<String>,
    /// When it ends, seconds since 1970.
    expires_at: i64,
    /// The stored login, once approved.
    credential: Option<String>,
    /// Its label.
    label: Option<String>,
    /// Things the person should know.
    notes: Vec<String>,
}

/// What the person typed.
#[derive(Deserialize, ToSchema)]
pub(crate) struct Submit {
    session_id: String,
    /// A code, or the address of the page the browser ended on.
    #[serde(default)]
    code: Option<String>,
    /// An API key.
    #[serde(default)]
    key: Option<String>,
    /// Whether the provider is asked about the key; true unless said otherwise.
    #[serde(default)]
    verify: Option<bool>,
}

/// What came of it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Submitted {
    ok: bool,
    status: String,
    message: Option<String>,
    hint: Option<String>,
}

/// What came of a cancellation.
#[derive(Serialize, ToSchema)]
pub(crate) struct Cancelled {
    ok: bool,
    session_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
}

/// Starts a login.
#[utoipa::path(post, path = "/api/providers/oauth/{id}/start", tag = "logins", request_body = Option<Start>,
    params(("id" = String, Path, description = "Provider")),
    responses((status = 200, body = Started), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
        (status = 422, body = ErrorBody), (status = 429, body = ErrorBody), (status = 500, body = ErrorBody),
        (status = 502, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn start(
    State(shared): State<Arc<Shared>>,
    Spoken(lang): Spoken,
    Path(id): Path<String>,
    MaybeJson(body): MaybeJson<Start>,
) -> Result<Answer<Started>, ApiError> {
    let ask = LoginAsk {
        provider: provider(&shared, &id)?,
        method: body.method,
        region: body.region,
        label: body.label.filter(|label| !label.trim().is_empty()),
        accepts_rule: body.accept_terms,
    };
    let key = match &body.from_env {
        Some(variable) => Some(env_key(&shared, &ask.provider, variable)?),
        None => None,
    };
    let desk = &shared.parts.desk;
    let old = body.replaces.as_ref().and_then(|id| desk.login(id.parse().ok()?));
    if let Some(old) = old.filter(|old| old.provider == ask.provider) {
        desk.cancel(old.id).await?;
    }
    let mut login = desk.start(&ask).await.map_err(not_started)?;
    if let Some(key) = key {
        login = desk.submit(login.id, key).await?;
    }
    Ok(Answer(started(&login, lang, shared.now())))
}

/// Hands in a pasted code or a key.
#[utoipa::path(post, path = "/api/providers/oauth/{id}/submit", tag = "logins", request_body = Submit,
    params(("id" = String, Path, description = "Provider")),
    responses((status = 200, body = Submitted), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
        (status = 422, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn submit(
    State(shared): State<Arc<Shared>>,
    Spoken(lang): Spoken,
    Path(id): Path<String>,
    Json(body): Json<Submit>,
) -> Result<Answer<Submitted>, ApiError> {
    let login = known(&shared, &id, &body.session_id, say::unknown_session)?;
    let what = what(&login, body)?;
    let was_pending = login.status == LoginStatus::Pending;
    let login = shared.parts.desk.submit(login.id, what).await?;
    Ok(Answer(Submitted {
        // A login takes one code: whoever comes second learns how it ended, and is not told that he ended it.
        ok: was_pending && login.status == LoginStatus::Approved,
        status: login.status.as_str().to_owned(),
        message: in_words(login.message.as_ref(), lang),
        hint: in_words(login.hint.as_ref(), lang),
    }))
}

/// Tells how a login stands.
#[utoipa::path(get, path = "/api/providers/oauth/{id}/poll/{session_id}", tag = "logins",
    params(("id" = String, Path, description = "Provider"), ("session_id" = String, Path, description = "Login")),
    responses((status = 200, body = Standing), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn poll(
    State(shared): State<Arc<Shared>>,
    Spoken(lang): Spoken,
    Path((id, session_id)): Path<(String, String)>,
) -> Result<Answer<Standing>, ApiError> {
    let login = known(&shared, &id, &session_id, say::no_session)?;
    Ok(Answer(standing(&login, lang)))
}

/// Ends a login; nothing is stored.
#[utoipa::path(delete, path = "/api/providers/oauth/sessions/{session_id}", tag = "logins",
    params(("session_id" = String, Path, description = "Login")),
    responses((status = 200, body = Cancelled), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn cancel(
    State(shared): State<Arc<Shared>>,
    Spoken(lang): Spoken,
    Path(session_id): Path<String>,
) -> Result<Answer<Cancelled>, ApiError> {
    let known = session_id.parse().ok().and_then(|id| shared.parts.desk.login(id));
    let ok = match known {
        Some(login) => shared.parts.desk.cancel(login.id).await?,
        None => false,
    };
    let message = (!ok).then(|| say::session_gone(lang).to_owned());
    Ok(Answer(Cancelled {
        ok,
        session_id,
        message,
    }))
}

/// The provider that a path names, by id or alias.
pub(crate) fn provider(shared: &Shared, name: &str) -> Result<ProviderId, ApiError> {
    match shared.parts.catalog.provider(name) {
        Ok(row) => Ok(row.id.clone()),
        Err(error) => {
            let mut answer = ApiError::of(&error, StatusCode::BAD_REQUEST);
            answer.message = Both::of(|lang| say::unknown_provider(lang, name));
            Err(answer)
        }
    }
}

/// The key in a variable that the provider's row names; any other variable is nobody's business.
fn env_key(shared: &Shared, provider: &ProviderId, variable: &str) -> Result<Submission, ApiError> {
    let parts = &shared.parts;
    let is_named = parts
        .catalog
        .env_names()
        .any(|(id, names)| id == provider && names.iter().any(|name| name == variable));
    let value = parts.env.get(variable).filter(|_| is_named);
    let key =
        value.ok_or_else(|| ApiError::bad("no_such_variable", |lang| say::no_variable(lang, provider)))?;
    let source = Source::Env(variable.to_owned());
    Ok(Submission::Key(Secret::from(key.trim()), source, true))
}

fn not_started(error: PoolError) -> ApiError {
    match &error {
        PoolError::Oauth(OauthError::Unsupported { .. }) => {
            let mut answer = ApiError::of(&error, StatusCode::BAD_REQUEST);
            answer.hint = Some(answer.message);
            answer.message = Both::of(say::unsupported_flow);
            answer
        }
        PoolError::Consent { .. } => ApiError::of(&error, StatusCode::BAD_REQUEST),
        _ => error.into(),
    }
}

/// A login that the desk knows, asked for under its own provider.
fn known(
    shared: &Shared,
    provider_name: &str,
    session_id: &str,
    unknown: Word,
) -> Result<DeskLogin, ApiError> {
    let provider = provider(shared, provider_name)?;
    let id: Option<AttemptId> = session_id.parse().ok();
    let login = id
        .and_then(|id| shared.parts.desk.login(id))
        .ok_or_else(|| ApiError::not_found("unknown_session", unknown))?;
    if login.provider == provider {
        Ok(login)
    } else {
        Err(ApiError::bad("provider_mismatch", say::provider_mismatch))
    }
}

fn what(login: &DeskLogin, body: Submit) -> Result<Submission, ApiError> {
    let takes_code = matches!(login.challenge, Challenge::Browser { paste: true, .. });
    let takes_key = matches!(login.challenge, Challenge::Key { .. });
    match (body.code, body.key) {
        (Some(code), None) if takes_code => Ok(Submission::Code(Secret::new(code))),
        (None, Some(key)) if takes_key => {
            let key = Secret::from(key.trim());
            Ok(Submission::Key(key, Source::Key, body.verify.unwrap_or(true)))
        }
        (None, None) => Err(ApiError::bad("nothing_submitted", say::nothing_submitted)),
        _ => Err(ApiError::bad("submit_not_supported", |lang| {
            say::submit_unsupported(lang, &login.provider)
        })),
    }
}

fn in_words(text: Option<&Both>, lang: Lang) -> Option<String> {
    text.map(|text| text.get(lang).to_owned())
}

fn started(login: &DeskLogin, lang: Lang, now: UnixMs) -> Started {
    let expires = login.challenge.expires();
    let mut started = Started {
        session_id: login.id.to_string(),
        status: login.status.as_str().to_owned(),
        message: in_words(login.message.as_ref(), lang),
        flow: "api_key".to_owned(),
        user_code: None,
        verification_url: None,
        complete_url: None,
        auth_url: None,
        manual_url: None,
        loopback: None,
        paste: None,
        expires_in: expires.since(now).as_secs(),
        expires_at: seconds(expires),
        poll_interval: None,
    };
    match &login.challenge {
        Challenge::Code {
            url,
            complete_url,
            user_code,
            interval_ms,
            ..
        } => {
            "device_code".clone_into(&mut started.flow);
            started.user_code = Some(user_code.clone());
            started.verification_url = Some(url.to_string());
            started.complete_url = complete_url.as_ref().map(ToString::to_string);
            started.poll_interval = Some(interval_ms.div_ceil(1000).max(1));
        }
        Challenge::Browser {
            url,
            manual_url,
            loopback,
            paste,
            ..
        } => {
            "pkce".clone_into(&mut started.flow);
            started.auth_url = Some(url.to_string());
            started.manual_url = manual_url.as_ref().map(ToString::to_string);
            (started.loopback, started.paste) = (Some(*loopback), Some(*paste));
        }
        Challenge::Key { .. } => {}
    }
    started
}

pub(crate) fn standing(login: &DeskLogin, lang: Lang) -> Standing {
    let done = login.signed_in.as_ref();
    let notes = done.into_iter().flat_map(|done| &done.notes);
    Standing {
        session_id: login.id.to_string(),
        status: login.status.as_str().to_owned(),
        error_message: in_words(login.message.as_ref(), lang),
        hint: in_words(login.hint.as_ref(), lang),
        expires_at: seconds(login.challenge.expires()),
        credential: done.map(|done| done.credential.to_string()),
        label: done.map(|done| done.label.clone()),
        notes: notes.map(|note| note.get(lang).to_owned()).collect(),
    }
}

/// Seconds since 1970.
fn seconds(at: UnixMs) -> i64 {
    at.as_millis().div_euclid(1000)
}
