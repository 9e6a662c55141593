use std::time::Duration;

use hermes_catalog::{Encoding, LoginMethod, Provider, Refresh};
use hermes_core::{Account, Clock, ExitKind, Explain, Material, Secret, UnixMs, display_in_english};
use hermes_http::{Answer, Call, HttpError};
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Lang, Word};
use serde_json::Value;
use url::Url;

use crate::identity::Facts;
use crate::tokens::{self, Demands};
use crate::{Engine, answer};

/// Deadline of a refresh. Others wait for twice as long before they give out leases after a doubt.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// A `Date` is exact to a second, and the answer took its time: smaller differences of the clocks are none.
const CLOCK_NOISE_MS: i64 = 30_000;

/// The field of a credential that names the token endpoint its login used.
pub(crate) const ENDPOINT_FIELD: &str = "token_endpoint";

/// What a refresh came to.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// The new secrets; fields the issuer left out are the old ones.
    pub material: Material,
    /// What the answer says about the account; empty fields mean it says nothing.
    pub account: Account,
    /// How far the issuer's clock is ahead of ours, milliseconds, from the answer's `Date`; exact to a second or two. `expires` is
    /// already in our clock when the issuer named a time to live.
    pub clock_ahead_ms: Option<i64>,
}

/// Why a refresh gave no new token.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The issuer ended this login; the same refresh token must not be sent again.
    Terminal {
        /// Issuer.
        host: String,
        /// Error code, or `http_<status>` when the status alone decided.
        code: String,
        /// What it said.
        said: Both,
    },
    /// A passing fault; the tokens are still good as far as anybody knows.
    Transient {
        /// What happened.
        problem: Both,
        /// Whether the refresh token may have reached the issuer without its answer reaching us: it may be spent.
        sent: bool,
        /// How long the issuer asks to wait.
        retry_after: Option<Duration>,
        /// How the program should end if nothing else helps.
        exit: ExitKind,
    },
    /// The lease could have ended during the call, so none was made.
    TooLate,
    /// There is no refresh token.
    NoRefreshToken,
    /// The catalogue has no usable refresh rule for this login.
    NotPossible {
        /// What is wrong.
        problem: Both,
    },
}

impl Explain for RefreshError {
    fn kind(&self) -> &'static str {
        match self {
            Self::Terminal { .. } | Self::Transient { .. } | Self::TooLate => "refresh_failed",
            Self::NoRefreshToken => "no_refresh_token",
            Self::NotPossible { .. } => "refresh_not_possible",
        }
    }

    fn exit(&self) -> ExitKind {
        match self {
            Self::Terminal { .. } | Self::NoRefreshToken => ExitKind::LoginRequired,
            Self::Transient { exit, .. } => *exit,
            Self::TooLate => ExitKind::Failure,
            Self::NotPossible { .. } => ExitKind::Usage,
        }
    }

    fn message(&self, lang: Lang) -> String {
        match self {
            Self::Terminal { host, code, said } => say::terminal(lang, host, code, said.get(lang)),
            Self::Transient { problem, .. } => say::transient(lang, problem.get(lang)),
            Self::TooLate => say::too_late(lang).to_owned(),
            Self::NoRefreshToken => say::no_refresh_token(lang).to_owned(),
            Self::NotPossible { problem } => say::not_possible(lang, problem.get(lang)),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint: Word = match self {
            Self::Terminal { .. } | Self::NoRefreshToken => say::sign_in_next,
            Self::Transient { sent: false, .. } | Self::TooLate => say::by_itself_next,
            Self::Transient { sent: true, .. } => say::in_doubt_next,
            Self::NotPossible { .. } => say::not_possible_next,
        };
        Some(hint(lang).to_owned())
    }
}

display_in_english!(RefreshError);

/// Spends a refresh token for new tokens.
///
/// Exactly one request reaches an issuer: a further endpoint of the row is tried only when nothing was sent to the one before, or it
/// answered that it does not know the path. Nothing is repeated after a byte was sent. No call begins that could go on after
/// `until`, a moment of the clock that goes on while the machine sleeps: a process that slept through its lease sends nothing.
pub async fn refresh(
    engine: &Engine,
    provider: &Provider,
    method: &LoginMethod,
    region: Option<&str>,
    material: &Material,
    until: Duration,
) -> Result<Refreshed, RefreshError> {
    let rule = method.refresh.as_ref().ok_or_else(|| RefreshError::NotPossible {
        problem: Both::of(|lang| say::no_refresh_rule(lang, &method.id, &provider.id)),
    })?;
    let token = material.refresh.as_ref().ok_or(RefreshError::NoRefreshToken)?;
    let urls = urls(provider, rule, region, material)?;
    let mut last = None;
    for url in urls {
        let call = build(rule, url, token)?;
        if engine.clock.boot() + DEADLINE > until {
            return Err(last.unwrap_or(RefreshError::TooLate));
        }
        match engine.http.call(call).await {
            Ok(reply) if matches!(reply.status, 404 | 405 | 410) && !names_error(&reply) => {
                last = Some(passing(rule, &reply));
            }
            Ok(reply) => return read(engine, rule, method, material, &reply),
            Err(error) if error.sent() => return Err(lost(&error)),
            Err(error) => last = Some(lost(&error)),
        }
    }
    Err(last.unwrap_or_else(|| RefreshError::NotPossible {
        problem: Both::of(|lang| say::no_token_endpoint(lang, &method.id, &provider.id)),
    }))
}

/// The endpoints in the row's order, the one the login used first if the row still names it.
fn urls(
    provider: &Provider,
    rule: &Refresh,
    region: Option<&str>,
    material: &Material,
) -> Result<Vec<Url>, RefreshError> {
    let resolved = rule
        .endpoints
        .iter()
        .map(|template| provider.resolve(template, region));
    let mut urls = resolved
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| not_possible(&error))?;
    if let Some(used) = material.extra.get(ENDPOINT_FIELD).and_then(Value::as_str)
        && let Some(place) = urls.iter().position(|url| url.as_str() == used)
    {
        urls[..=place].rotate_right(1);
    }
    Ok(urls)
}

fn build(rule: &Refresh, url: Url, token: &Secret) -> Result<Call, RefreshError> {
    let mut fields: Vec<(&str, Secret)> = vec![("grant_type", Secret::from("refresh_token"))];
    fields.extend(
        rule.client_id
            .as_deref()
            .map(|id| ("client_id", Secret::from(id))),
    );
    if rule.token_header.is_none() {
        fields.push(("refresh_token", token.clone()));
    }
    tokens::add_params(&mut fields, &rule.params);
    let mut call = Call::post(url).timeout(DEADLINE);
    call = match rule.encoding {
        Encoding::Form => call.form(fields),
        Encoding::Json => call.json(tokens::json_text(&fields)),
    };
    if !rule.redirect_hosts.is_empty() {
        call = call.keep_body_to(rule.redirect_hosts.iter().cloned());
    }
    for (name, value) in &rule.headers {
        call = call
            .text_header(name, value)
            .map_err(|error| not_possible(&error))?;
    }
    match &rule.token_header {
        None => Ok(call),
        Some(name) => call
            .secret_header(name, token)
            .map_err(|error| not_possible(&error)),
    }
}

fn not_possible(error: &dyn Explain) -> RefreshError {
    RefreshError::NotPossible {
        problem: error.text(),
    }
}

fn read(
    engine: &Engine,
    rule: &Refresh,
    method: &LoginMethod,
    old: &Material,
    reply: &Answer,
) -> Result<Refreshed, RefreshError> {
    let body = answer::json(reply);
    let code = body.as_ref().and_then(answer::error_code);
    if !reply.is_success() {
        return Err(judge(rule, reply, body.as_ref(), code));
    }
    let Some(body) = body else {
        return Err(unknown(reply, &Both::of(say::with_no_json)));
    };
    let refused = rule.status_field && body["status"].as_str() != Some("success");
    if refused || (code.is_some() && body["access_token"].is_null()) {
        return Err(judge_success(rule, reply, &body, code));
    }
    // Moments that the issuer names are by its clock, lives are by nobody's.
    let ahead = clock_ahead(reply, engine.clock.as_ref());
    let theirs = ahead.filter(|ahead| ahead.abs() >= CLOCK_NOISE_MS).unwrap_or(0);
    let now = shifted(engine.clock.now(), theirs);
    let demands = Demands {
        no_access: "token_incomplete",
        incomplete: "token_incomplete",
        refresh: false,
        expiry: false,
    };
    let host = answer::host(reply);
    let mut fresh = tokens::read(&body, &host, Some(rule), now, demands)
        .map_err(|error| unknown(reply, &error.text()))?;
    fresh.expires = fresh.expires.map(|at| shifted(at, -theirs));
    fresh.earliest_refresh = fresh.earliest_refresh.map(|at| shifted(at, -theirs));
    Ok(merge(method, old, fresh, &body, ahead))
}

/// Fields that the answer leaves out stay as they were.
fn merge(
    method: &LoginMethod,
    old: &Material,
    mut fresh: Material,
    body: &Value,
    clock_ahead_ms: Option<i64>,
) -> Refreshed {
    let facts = Facts::new(body, fresh.access.expose());
    let mut extra = old.extra.clone();
    extra.extend(facts.kept(&method.identity));
    let account = facts.account(&method.identity);
    fresh.extra = extra;
    fresh.refresh = fresh.refresh.or_else(|| old.refresh.clone());
    if fresh.scopes.is_empty() {
        fresh.scopes.clone_from(&old.scopes);
    }
    Refreshed {
        material: fresh,
        account,
        clock_ahead_ms,
    }
}

/// An error status: the row's codes and statuses end the login, everything else passes.
fn judge(rule: &Refresh, reply: &Answer, body: Option<&Value>, code: Option<String>) -> RefreshError {
    let by_code = body.and_then(|body| terminal_code(rule, body, code.as_deref()));
    // A web page or an overloaded server decides nothing about a login, whatever words it uses.
    let is_page = body.is_none() && !reply.body.trim_ascii().is_empty();
    let decides = !is_page && !answer::is_passing(reply.status);
    if decides && let Some(code) = by_code {
        return terminal(reply, code);
    }
    if decides && rule.terminal_status.contains(&reply.status) {
        let code = code.unwrap_or_else(|| format!("http_{}", reply.status));
        return terminal(reply, code);
    }
    passing(rule, reply)
}

/// A 200 that carries an error.
fn judge_success(rule: &Refresh, reply: &Answer, body: &Value, code: Option<String>) -> RefreshError {
    if let Some(code) = terminal_code(rule, body, code.as_deref()) {
        return terminal(reply, code);
    }
    // The issuer answered and gave nothing; with a status field that is its word on this token.
    if rule.status_field && body["status"].as_str() == Some("error") {
        return terminal(reply, code.unwrap_or_else(|| "status_error".to_owned()));
    }
    passing(rule, reply)
}

/// The row's code that the answer names, in its error code or in its words.
fn terminal_code(rule: &Refresh, body: &Value, code: Option<&str>) -> Option<String> {
    let words = answer::words(body).unwrap_or_default().to_lowercase();
    let fits = |known: &&String| {
        code.is_some_and(|code| code.eq_ignore_ascii_case(known)) || words.contains(&known.to_lowercase())
    };
    rule.terminal.iter().find(fits).cloned()
}

fn terminal(reply: &Answer, code: String) -> RefreshError {
    RefreshError::Terminal {
        host: answer::host(reply),
        code,
        said: answer::said(reply),
    }
}

fn passing(rule: &Refresh, reply: &Answer) -> RefreshError {
    // A server that broke down half-way may have rotated the token.
    let in_doubt = reply.status >= 500 && !rule.retryable_status.contains(&reply.status);
    RefreshError::Transient {
        problem: answer::with_words(reply),
        sent: in_doubt,
        retry_after: answer::retry_after(reply),
        exit: if answer::is_passing(reply.status) {
            ExitKind::Network
        } else {
            ExitKind::Refused
        },
    }
}

/// A success that cannot be read: the old token may be spent.
fn unknown(reply: &Answer, problem: &Both) -> RefreshError {
    RefreshError::Transient {
        problem: Both::of(|lang| {
            say::answered_with(lang, &answer::host(reply), reply.status, problem.get(lang))
        }),
        sent: true,
        retry_after: None,
        exit: ExitKind::Refused,
    }
}

fn lost(error: &HttpError) -> RefreshError {
    RefreshError::Transient {
        problem: error.text(),
        sent: error.sent(),
        retry_after: None,
        exit: error.exit(),
    }
}

/// Whether an answer names an error of OAuth, so that its status is not about the path.
fn names_error(reply: &Answer) -> bool {
    answer::json(reply).is_some_and(|body| answer::error_code(&body).is_some())
}

fn shifted(at: UnixMs, by_ms: i64) -> UnixMs {
    UnixMs::from_millis(at.as_millis().saturating_add(by_ms))
}

fn clock_ahead(reply: &Answer, clock: &dyn Clock) -> Option<i64> {
    let date = reply.header("date")?;
    let theirs = jiff::fmt::rfc2822::parse(date).ok()?.timestamp().as_millisecond();
    Some(UnixMs::from_millis(theirs).as_millis() - clock.now().as_millis())
}

#[cfg(test)]
mod tests;
