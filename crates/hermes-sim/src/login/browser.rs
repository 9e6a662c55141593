//! Authorization code with PKCE, and the variant whose exchange yields a key.

use serde_json::json;
use url::Url;

use super::{field, oauth_error, scripted_or};
use crate::answer::Answer;
use crate::journal::Entry;
use crate::state::{AuthCode, State, World, challenge_of};
use crate::tokens::Pair;

const CLIENT: &str = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
const PASTE_PAGES: [&str; 2] = [
    "https://platform.claude.com/oauth/code/callback",
    "https://console.anthropic.com/oauth/code/callback",
];

pub(crate) fn answer(world: &World, entry: &Entry, issuer: &'static str) -> Option<Answer> {
    match (entry.host.as_str(), entry.path.as_str()) {
        ("claude.ai" | "platform.claude.com" | "console.anthropic.com", "/oauth/authorize")
        | ("claude.com", "/cai/oauth/authorize") => Some(authorize(world, entry, issuer)),
        ("platform.claude.com" | "console.anthropic.com", "/v1/oauth/token") => {
            Some(token(world, entry, issuer))
        }
        ("api.anthropic.com", "/api/oauth/claude_cli/create_api_key") => Some(mint(world, entry, issuer)),
        ("openrouter.ai", "/auth") => Some(authorize_for_key(world, entry, issuer)),
        ("openrouter.ai", "/api/v1/auth/keys") => Some(exchange_for_key(world, entry, issuer)),
        _ => None,
    }
}

fn query(entry: &Entry) -> Vec<(String, String)> {
    url::form_urlencoded::parse(entry.query.as_deref().unwrap_or_default().as_bytes())
        .into_owned()
        .collect()
}

/// The loopback address that a redirect names, if it is one with a port.
fn loopback(redirect: &str) -> Option<Url> {
    let url = Url::parse(redirect).ok()?;
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    (here && url.scheme() == "http" && url.port().is_some()).then_some(url)
}

/// Registered is `localhost` with any port and this path.
fn registered(redirect: &str) -> bool {
    loopback(redirect).is_some_and(|url| url.host_str() == Some("localhost") && url.path() == "/callback")
}

fn grant(world: &World, grant: AuthCode) -> String {
    let mut state = world.state();
    let code = state.secret("code");
    let account = state.account.clone();
    state.grants.insert(code.clone(), AuthCode { account, ..grant });
    code
}

fn authorize(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    let query = query(entry);
    let get = |name: &str| field(&query, name);
    let (redirect, challenge, mark) = (get("redirect_uri"), get("code_challenge"), get("state"));
    if get("client_id") != CLIENT || get("response_type") != "code" || get("code") != "true" {
        return Answer::html(400, "client_id, response_type or code is wrong");
    }
    if get("code_challenge_method") != "S256" || challenge.is_empty() {
        return Answer::html(400, "code_challenge is missing or code_challenge_method is wrong");
    }
    if mark.is_empty() || mark == challenge {
        return Answer::html(400, "state is missing or the challenge");
    }
    let paste = PASTE_PAGES.contains(&redirect.as_str());
    if !paste && !registered(&redirect) {
        return Answer::html(400, "redirect_uri is not registered");
    }
    let code = grant(
        world,
        AuthCode {
            issuer,
            state: mark.clone(),
            challenge,
            redirect: redirect.clone(),
            account: String::new(),
            used: false,
        },
    );
    if paste {
        return Answer::status(200).text(&format!("{code}#{mark}"));
    }
    Answer::status(302).header("location", &format!("{redirect}?code={code}&state={mark}"))
}

fn token(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    let body = entry.json();
    let get = |name: &str| body[name].as_str().unwrap_or_default();
    if get("client_id") != CLIENT {
        return oauth_error(401, "invalid_client");
    }
    let now = world.clock.now();
    let mut state = world.state();
    match get("grant_type") {
        "refresh_token" => match state.rotate(issuer, get("refresh_token"), now) {
            Ok(pair) => success(&state, &pair),
            Err(_) => oauth_error(400, "invalid_grant"),
        },
        // Unlike RFC 6749, this endpoint wants the state again.
        "authorization_code" if get("state").is_empty() => oauth_error(400, "invalid_request"),
        "authorization_code" => {
            let given = state.grants.get(get("code")).map(|grant| grant.state.clone());
            let account = state.redeem(issuer, get("code"), get("code_verifier"), get("redirect_uri"));
            match account.filter(|_| given.as_deref() == Some(get("state"))) {
                Some(account) => {
                    let pair = state.issue(issuer, &account, now);
                    success(&state, &pair)
                }
                None => oauth_error(400, "invalid_grant"),
            }
        }
        _ => oauth_error(400, "unsupported_grant_type"),
    }
}

fn success(state: &State, pair: &Pair) -> Answer {
    let mut body = json!({
        "access_token": pair.access,
        "refresh_token": pair.refresh,
        "token_type": "Bearer",
        "scope": "user:inference user:profile org:create_api_key",
        "organization": {"uuid": "org-1", "name": "Simulated"},
        "account": {"uuid": format!("account-{}", pair.account), "email_address": format!("{}@example.test", pair.account)},
    });
    body["expires_in"] = scripted_or(state.token_expiry.as_ref(), json!(pair.life.as_secs()));
    Answer::json(200, &body)
}

fn mint(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    let mut state = world.state();
    let bearer = entry.header("authorization").unwrap_or_default();
    let token = bearer.strip_prefix("Bearer ").unwrap_or_default();
    if !state.tokens.accepts(token, issuer, world.clock.now()) {
        return oauth_error(401, "invalid_token");
    }
    let key = state.secret("key");
    state.keys.insert(key.clone());
    Answer::json(200, &json!({"raw_key": key}))
}

fn authorize_for_key(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    let query = query(entry);
    let redirect = field(&query, "callback_url");
    let challenge = field(&query, "code_challenge");
    if loopback(&redirect).is_none()
        || field(&query, "code_challenge_method") != "S256"
        || challenge.is_empty()
    {
        return Answer::html(
            400,
            "callback_url, code_challenge or code_challenge_method is wrong",
        );
    }
    let code = grant(
        world,
        AuthCode {
            issuer,
            state: String::new(),
            challenge,
            redirect: String::new(),
            account: String::new(),
            used: false,
        },
    );
    let mark = if redirect.contains('?') { '&' } else { '?' };
    Answer::status(302).header("location", &format!("{redirect}{mark}code={code}"))
}

fn exchange_for_key(world: &World, entry: &Entry, issuer: &'static str) -> Answer {
    let body = entry.json();
    let mut state = world.state();
    let get = |name: &str| body[name].as_str().unwrap_or_default();
    // The code is spent even when the method is wrong.
    let account = state.redeem(issuer, get("code"), get("code_verifier"), "");
    if account.is_none() || get("code_challenge_method") != "S256" {
        return Answer::json(
            403,
            &json!({"error": {"code": 403, "message": "Invalid code or code_verifier"}}),
        );
    }
    let key = state.secret("key");
    state.keys.insert(key.clone());
    Answer::json(200, &json!({"key": key, "user_id": "user-1"}))
}

impl State {
    /// Spends an authorization code: its account, if verifier and redirect are right and it was not spent.
    pub(crate) fn redeem(
        &mut self,
        issuer: &str,
        code: &str,
        verifier: &str,
        redirect: &str,
    ) -> Option<String> {
        let known = self.grants.get_mut(code);
        let grant = known.filter(|grant| grant.issuer == issuer)?;
        let good = !grant.used && grant.challenge == challenge_of(verifier) && grant.redirect == redirect;
        grant.used = true;
        good.then(|| grant.account.clone())
    }
}
