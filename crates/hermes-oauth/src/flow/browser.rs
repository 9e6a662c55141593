//! Authorization code with PKCE (RFC 7636, RFC 8252): a loopback callback, a pasted code, or both racing.

mod paste;

use std::time::Duration;

use hermes_catalog::{Browser, Encoding, Yield};
use hermes_core::{Bound, Secret, Source};
use hermes_http::{Answer, Attach, Call, origin_of};
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Word};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::{Flow, Started, Turn, api_key, cut_life, exchange};
use crate::callback::Callback;
use crate::text::SAID_MAX;
use crate::tokens::{self, Demands};
use crate::{Challenge, Engine, Input, OauthError, Plan, StartOptions, answer, pkce, printable};

/// How long a listener waits.
const LIFE_LISTENING: Duration = Duration::from_mins(5);

/// How long a code can be pasted.
const LIFE_PASTING: Duration = Duration::from_mins(15);

/// Stands in the redirect when nobody listens and the row names no port: the browser ends on an address that the person copies.
const DEAD_PORT: u16 = 53_682;

/// How often an exchange is tried while nothing of it leaves this machine.
const SENDS: u32 = 3;

#[derive(Serialize, Deserialize)]
pub(crate) struct Memory {
    #[serde(with = "crate::sealed")]
    verifier: Secret,
    /// S256 of the state, where the login carries one.
    state: Option<String>,
    /// Redirect of the main link.
    redirect: Url,
    /// Redirect of the link for a browser elsewhere.
    manual: Option<Url>,
}

/// A code that was received for this login.
struct Received {
    code: Secret,
    state: Option<Secret>,
    redirect: Url,
}

pub(super) fn start(
    engine: &Engine,
    plan: &Plan,
    row: &Browser,
    options: StartOptions,
) -> Result<Started, OauthError> {
    let verifier = pkce::random_text(engine.random.as_ref());
    let state = row.standard.then(|| pkce::random_text(engine.random.as_ref()));
    let listening = options.loopback.is_some();
    let paste_page = row
        .paste_redirect
        .as_ref()
        .map(|page| plan.resolve(page))
        .transpose()?;
    let (redirect, manual) = match (options.loopback.clone(), paste_page) {
        (Some(bound), page) => (bound, page),
        (None, Some(page)) => (page, None),
        (None, None) => (dead_end(engine, row)?, None),
    };
    let link = |redirect: &Url| authorize_link(plan, row, &verifier, state.as_ref(), redirect);
    let now = engine.clock.now();
    let life = if listening { LIFE_LISTENING } else { LIFE_PASTING };
    Ok(Started {
        challenge: Challenge::Browser {
            url: link(&redirect)?,
            manual_url: manual.as_ref().map(link).transpose()?,
            loopback: listening,
            paste: true,
            expires: cut_life(now.plus(life), now, &options),
        },
        first_wait: Duration::ZERO,
        flow: Flow::Browser(Memory {
            state: state.as_ref().map(|state| pkce::s256(state.expose())),
            verifier,
            redirect,
            manual,
        }),
    })
}

/// A loopback address that nobody listens on.
fn dead_end(engine: &Engine, row: &Browser) -> Result<Url, OauthError> {
    let loopback = row.loopback.as_ref().ok_or_else(|| OauthError::Row {
        problem: Both::of(say::row_no_way_back),
    })?;
    let port = loopback.ports.first().copied().unwrap_or(DEAD_PORT);
    let segment = (!row.standard).then(|| pkce::random_text(engine.random.as_ref()));
    crate::listener::redirect_url(loopback, port, segment.as_ref())
}

fn authorize_link(
    plan: &Plan,
    row: &Browser,
    verifier: &Secret,
    state: Option<&Secret>,
    redirect: &Url,
) -> Result<Url, OauthError> {
    let mut url = plan.resolve(&row.authorize)?;
    let challenge = pkce::s256(verifier.expose());
    let mut query = url.query_pairs_mut();
    query.extend_pairs(&row.authorize_params);
    if let Some(id) = &row.client_id {
        query.append_pair("client_id", id);
    }
    if row.standard {
        query.append_pair("response_type", "code");
        query.append_pair("redirect_uri", redirect.as_str());
        if !row.scopes.is_empty() {
            query.append_pair("scope", &row.scopes.join(" "));
        }
    } else {
        query.append_pair("callback_url", redirect.as_str());
    }
    query.append_pair("code_challenge", &challenge);
    query.append_pair("code_challenge_method", "S256");
    if let Some(state) = state {
        query.append_pair("state", state.expose());
    }
    drop(query);
    Ok(url)
}

impl Memory {
    pub(super) async fn pasted(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        row: &Browser,
        text: &Secret,
    ) -> Result<Turn, OauthError> {
        let (callback, redirect) = self.read_paste(row, text)?;
        let received = self.judge(plan, row, &callback, redirect)?;
        self.exchange(engine, plan, row, received).await
    }

    pub(super) async fn called_back(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        row: &Browser,
        callback: Callback,
    ) -> Result<Turn, OauthError> {
        let received = self.judge(plan, row, &callback, self.redirect.clone())?;
        self.exchange(engine, plan, row, received).await
    }

    /// Whether this input holds a code that would be sent to the issuer.
    pub(crate) fn sends(&self, plan: &Plan, row: &Browser, input: &Input) -> bool {
        let received = match input {
            Input::Pasted(text) => self
                .read_paste(row, text)
                .and_then(|(callback, redirect)| self.judge(plan, row, &callback, redirect)),
            Input::Callback(callback) => self.judge(plan, row, callback, self.redirect.clone()),
            Input::Poll | Input::Key { .. } => return false,
        };
        received.is_ok()
    }

    /// Whether its code has been sent, so that no other can be.
    pub(crate) fn is_spent(&self) -> bool {
        self.verifier.expose().is_empty()
    }

    /// Puts another verifier in and gives the one before.
    pub(crate) fn swap_verifier(&mut self, verifier: Secret) -> Secret {
        std::mem::replace(&mut self.verifier, verifier)
    }

    /// Checks state and issuer before anything else in a callback is believed.
    fn judge(
        &self,
        plan: &Plan,
        row: &Browser,
        callback: &Callback,
        redirect: Url,
    ) -> Result<Received, OauthError> {
        self.check_state(callback.state.as_ref())?;
        let (page, token) = (plan.resolve(&row.authorize)?, plan.resolve(&row.token)?);
        if let Some(issuer) = &callback.iss {
            check_issuer(issuer, [&page, &token])?;
        }
        let host = page.host_str().unwrap_or_default().to_owned();
        if let Some(error) = &callback.error {
            return Err(declined(host, error, callback.error_description.as_deref()));
        }
        let code = callback.code.clone().ok_or(OauthError::Incomplete {
            kind: "authorization_incomplete",
            host,
            field: "code".to_owned(),
            said: None,
        })?;
        Ok(Received {
            code,
            state: callback.state.clone(),
            redirect,
        })
    }

    fn check_state(&self, given: Option<&Secret>) -> Result<(), OauthError> {
        match (&self.state, given) {
            (None, _) => Ok(()),
            (Some(ours), Some(given)) if pkce::matches_hash(given.expose(), ours) => Ok(()),
            (Some(_), _) => Err(OauthError::StateMismatch),
        }
    }

    async fn exchange(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        row: &Browser,
        received: Received,
    ) -> Result<Turn, OauthError> {
        if self.is_spent() {
            return Err(OauthError::Spent);
        }
        let fields = exchange_fields(row, &received, &self.verifier);
        let mut call = Call::post(plan.resolve(&row.token)?);
        for (name, value) in &row.headers {
            call = call.text_header(name, value).map_err(exchange::unsent)?;
        }
        call = match row.encoding {
            Encoding::Form => call.form(fields),
            Encoding::Json => call.json(tokens::json_text(&fields)),
        };
        // Moved out: should this future be dropped while it waits, the verifier is gone and the code cannot be sent again.
        let verifier = self.swap_verifier(Secret::from(""));
        let reply = match send_once(engine, call).await {
            Ok(reply) => reply,
            Err(exchange::Failed(error)) => return Err(error),
            Err(exchange::Unsent(source)) => {
                self.verifier = verifier;
                return Err(exchange::unsent(source));
            }
        };
        let body = exchange::body(&reply, "token_exchange_failed")?;
        finish(engine, plan, row, &reply, &body).await
    }
}

/// RFC 9207: an issuer that names itself must be the one this login was started at.
fn check_issuer(issuer: &str, ours: [&Url; 2]) -> Result<(), OauthError> {
    let named = Url::parse(issuer).ok();
    let host = named.as_ref().and_then(Url::host_str);
    if host.is_some() && ours.iter().any(|url| url.host_str() == host) {
        return Ok(());
    }
    Err(OauthError::Callback {
        why: say::other_issuer,
    })
}

fn declined(host: String, error: &str, description: Option<&str>) -> OauthError {
    if matches!(error, "access_denied" | "authorization_denied") {
        return OauthError::Denied { host };
    }
    let said = match description {
        Some(long) => printable(&format!("{error}: {long}"), SAID_MAX),
        None => printable(error, SAID_MAX),
    };
    let said = Both::same(said);
    OauthError::Declined { host, said }
}

fn exchange_fields<'a>(row: &'a Browser, received: &Received, verifier: &Secret) -> Vec<(&'a str, Secret)> {
    let mut fields: Vec<(&str, Secret)> = Vec::new();
    if !row.standard {
        fields.push(("code", received.code.clone()));
        fields.push(("code_verifier", verifier.clone()));
        tokens::add_params(&mut fields, &row.token_params);
        return fields;
    }
    fields.push(("grant_type", Secret::from("authorization_code")));
    fields.extend(row.client_id.as_deref().map(|id| ("client_id", Secret::from(id))));
    fields.push(("code", received.code.clone()));
    if row.state_in_exchange {
        fields.extend(received.state.clone().map(|state| ("state", state)));
    }
    fields.push(("redirect_uri", Secret::from(received.redirect.as_str())));
    fields.push(("code_verifier", verifier.clone()));
    tokens::add_params(&mut fields, &row.token_params);
    fields
}

/// Sends again only while nothing was sent.
async fn send_once(engine: &Engine, call: Call) -> Result<Answer, exchange::NoAnswer> {
    for attempt in 1..SENDS {
        match exchange::send(engine, call.clone()).await {
            Err(exchange::Unsent(_)) => engine.clock.sleep(Duration::from_secs(u64::from(attempt))).await,
            settled => return settled,
        }
    }
    exchange::send(engine, call).await
}

async fn finish(
    engine: &Engine,
    plan: &Plan,
    row: &Browser,
    reply: &Answer,
    body: &Value,
) -> Result<Turn, OauthError> {
    if let Yield::Key { field } = &row.yields {
        return keep_key(plan, body, body, field, reply);
    }
    let demands = Demands {
        no_access: "token_incomplete",
        incomplete: "token_incomplete",
        refresh: false,
        expiry: false,
    };
    let rule = plan.method().refresh.as_ref();
    let material = tokens::read(body, &answer::host(reply), rule, engine.clock.now(), demands)?;
    if let Yield::MintedKey { mint, field } = &row.yields {
        let reply = mint_key(engine, plan.resolve(mint)?, &material.access).await?;
        let minted = answer::json(&reply).unwrap_or_default();
        return keep_key(plan, body, &minted, field, &reply);
    }
    let notes = tokens::missing_scopes(&row.scopes, &material.scopes)
        .into_iter()
        .collect();
    Ok(Turn::Done {
        credential: Box::new(tokens::credential(plan, body, material, Source::Login)?),
        notes,
    })
}

/// Spends the token on a key. The token itself is not kept.
async fn mint_key(engine: &Engine, url: Url, token: &Secret) -> Result<Answer, OauthError> {
    let (kind, step) = ("key_mint_failed", say::step_mint as Word);
    let bound = Bound::new(token.clone(), [origin_of(&url)]);
    let call = Call::post(url).attach(Attach::bearer(bound));
    let reply = match send_once(engine, call).await {
        Ok(reply) => reply,
        Err(exchange::Failed(error)) => return Err(error),
        Err(exchange::Unsent(source)) => return Err(OauthError::Http { kind, step, source }),
    };
    if reply.is_success() {
        Ok(reply)
    } else {
        Err(answer::refused(kind, step, &reply))
    }
}

/// Ends the login with the key in a field of `holder`; `facts` says whose it is.
fn keep_key(
    plan: &Plan,
    facts: &Value,
    holder: &Value,
    field: &str,
    reply: &Answer,
) -> Result<Turn, OauthError> {
    let key = crate::identity::dig(holder, field)
        .and_then(Value::as_str)
        .filter(|key| tokens::is_sendable(key));
    let key = key.ok_or_else(|| answer::incomplete("token_incomplete", field, reply))?;
    api_key::done(plan, Secret::from(key), Source::Login, facts, Vec::new())
}
