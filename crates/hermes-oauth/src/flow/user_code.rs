//! A user code with PKCE: the code request carries the challenge, the poll the verifier and the user code, and the answer is 200
//! with a `status` (seen at one issuer, 2026; its poll answers are JSON with `base_resp`).

use std::time::Duration;

use hermes_catalog::{CodeEndpoints, UserCode};
use hermes_core::{Secret, Source, UnixMs};
use hermes_http::{Answer, Call, HttpError};
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Word};
use http::{HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::poll::Pace;
use super::{Flow, Started, Turn, cut_life};
use crate::expiry::{self, Expiry, Reading};
use crate::refresh::ENDPOINT_FIELD;
use crate::tokens::{self, Demands};
use crate::{Challenge, Engine, OauthError, Plan, StartOptions, answer, link, pkce, printable};

const CODE_STEP: Word = say::step_code;
const POLL_STEP: Word = say::step_poll;

#[derive(Serialize, Deserialize)]
pub(crate) struct Memory {
    /// Token endpoint of the pair that gave the code.
    token: Url,
    user_code: String,
    #[serde(with = "crate::sealed")]
    verifier: Secret,
    pace: Pace,
}

pub(super) async fn start(
    engine: &Engine,
    plan: &Plan,
    row: &UserCode,
    options: &StartOptions,
) -> Result<Started, OauthError> {
    let verifier = pkce::random_text(engine.random.as_ref());
    let state = pkce::random_text(engine.random.as_ref());
    let fields = [
        ("response_type", Secret::from(row.response_type.as_str())),
        ("client_id", Secret::from(row.client_id.as_str())),
        ("scope", Secret::from(row.scopes.join(" "))),
        ("code_challenge", Secret::from(pkce::s256(verifier.expose()))),
        ("code_challenge_method", Secret::from("S256")),
        ("state", state.clone()),
    ];
    let (reply, pair) = ask_for_code(engine, plan, row, &fields).await?;
    let code = read_code(&reply, row, &state, engine.clock.now())?;
    let expires = cut_life(code.expires, engine.clock.now(), options);
    Ok(Started {
        challenge: Challenge::Code {
            url: code.url,
            complete_url: None,
            user_code: code.user_code.clone(),
            expires,
            interval_ms: crate::attempt::millis(code.interval),
        },
        first_wait: Duration::ZERO,
        flow: Flow::UserCode(Memory {
            token: plan.resolve(&pair.token)?,
            user_code: code.user_code,
            verifier,
            pace: Pace::new(code.interval),
        }),
    })
}

/// Asks the pairs in order. The next one is asked only while no code can have been issued: nothing was sent, or the path is unknown.
async fn ask_for_code<'a>(
    engine: &Engine,
    plan: &Plan,
    row: &'a UserCode,
    fields: &[(&'static str, Secret)],
) -> Result<(Answer, &'a CodeEndpoints), OauthError> {
    let mut last = None;
    for pair in &row.endpoints {
        let call = post(engine, row, plan.resolve(&pair.code)?, fields.to_vec());
        match engine.http.call(call).await {
            Ok(reply) if matches!(reply.status, 404 | 405 | 410) => {
                last = Some(answer::refused("authorization_failed", CODE_STEP, &reply));
            }
            Ok(reply) => return Ok((reply, pair)),
            Err(source) => {
                let elsewhere = !source.sent() && !matches!(source, HttpError::BadHeader { .. });
                let error = OauthError::Http {
                    kind: "authorization_failed",
                    step: CODE_STEP,
                    source,
                };
                if !elsewhere {
                    return Err(error);
                }
                last = Some(error);
            }
        }
    }
    Err(last.unwrap_or_else(|| OauthError::Row {
        problem: Both::of(say::row_no_endpoint),
    }))
}

fn post(engine: &Engine, row: &UserCode, url: Url, fields: Vec<(&'static str, Secret)>) -> Call {
    let mut bytes = [0; 16];
    engine.random.fill(&mut bytes);
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid().to_string();
    let id = HeaderValue::from_str(&id).expect("a UUID is visible ASCII");
    Call::post(url)
        .header(HeaderName::from_static("x-request-id"), id)
        .form(fields)
        .keep_body_to(row.redirect_hosts.iter().cloned())
}

struct Code {
    url: Url,
    user_code: String,
    expires: UnixMs,
    interval: Duration,
}

fn read_code(reply: &Answer, row: &UserCode, state: &Secret, now: UnixMs) -> Result<Code, OauthError> {
    if reply.status != 200 {
        return Err(answer::refused("authorization_failed", CODE_STEP, reply));
    }
    let kind = "authorization_incomplete";
    let body = answer::json(reply).ok_or_else(|| answer::not_json(kind, CODE_STEP, reply))?;
    let user_code = answer::text_field(&body, "user_code", kind, reply)?;
    let url = answer::text_field(&body, "verification_uri", kind, reply)?;
    let expiry = Expiry::resolve(body.get("expired_in").or_else(|| body.get("expires_in")), now);
    if matches!(expiry.reading, Reading::Absent | Reading::Unreadable) {
        return Err(answer::incomplete(kind, "expired_in", reply));
    }
    let given = body["state"].as_str().unwrap_or_default();
    if !pkce::same(given, state.expose()) {
        return Err(OauthError::StateMismatch);
    }
    let host = answer::host(reply);
    let floor = Duration::from_millis(row.interval_floor_ms);
    Ok(Code {
        url: link::check_link(&url, &host, &row.verification_hosts, &row.verification_rewrites)?,
        user_code: link::check_user_code(&user_code, &host)?,
        expires: expiry.at,
        interval: expiry::interval(body.get("interval"), row.interval_unit, floor, floor),
    })
}

impl Memory {
    pub(super) async fn poll(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        row: &UserCode,
    ) -> Result<Turn, OauthError> {
        let fields = vec![
            ("grant_type", Secret::from(row.grant_type.as_str())),
            ("client_id", Secret::from(row.client_id.as_str())),
            ("user_code", Secret::from(self.user_code.as_str())),
            ("code_verifier", self.verifier.clone()),
        ];
        let call = post(engine, row, self.token.clone(), fields);
        match engine.http.call(call).await {
            Ok(reply) => self.read(engine, plan, row, &reply),
            Err(source) => self.pace.no_answer("token_exchange_failed", POLL_STEP, source),
        }
    }

    fn read(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        row: &UserCode,
        reply: &Answer,
    ) -> Result<Turn, OauthError> {
        let body = answer::json(reply);
        if reply.status != 200 {
            let decided = body.is_some() || matches!(reply.status, 404 | 405 | 410);
            if decided && !answer::is_passing(reply.status) {
                return Err(self.refused(reply));
            }
            let what = answer::with_status(reply);
            return Ok(self.pace.trouble(&what, answer::retry_after(reply)));
        }
        let Some(body) = body else {
            let what = Both::of(|lang| say::sent_no_json(lang, &answer::host(reply)));
            return Ok(self.pace.trouble(&what, None));
        };
        match body["status"].as_str() {
            Some("success") => self.finish(engine, plan, row, reply, &body),
            Some("error") => Err(OauthError::Denied {
                host: answer::host(reply),
            }),
            _ => Ok(self.pace.pending()),
        }
    }

    fn refused(&self, reply: &Answer) -> OauthError {
        if self.pace.lost {
            return OauthError::AnswerLost {
                host: answer::host(reply),
                detail: Some(answer::said(reply)),
            };
        }
        answer::refused("token_exchange_failed", POLL_STEP, reply)
    }

    fn finish(
        &self,
        engine: &Engine,
        plan: &Plan,
        row: &UserCode,
        reply: &Answer,
        body: &Value,
    ) -> Result<Turn, OauthError> {
        let demands = Demands {
            no_access: "token_incomplete",
            incomplete: "token_incomplete",
            refresh: true,
            expiry: true,
        };
        let rule = plan.method().refresh.as_ref();
        let mut material = tokens::read(body, &answer::host(reply), rule, engine.clock.now(), demands)?;
        let endpoint = Value::from(self.token.as_str());
        material.extra.insert(ENDPOINT_FIELD.to_owned(), endpoint);
        let mut notes = Vec::new();
        notes.extend(tokens::missing_scopes(&row.scopes, &material.scopes));
        let message = body["notification_message"]
            .as_str()
            .filter(|text| !text.trim().is_empty());
        notes.extend(message.map(|text| Both::same(printable(text, 400))));
        let credential = tokens::credential(plan, body, material, Source::Login)?;
        Ok(Turn::Done {
            credential: Box::new(credential),
            notes,
        })
    }
}
