//! RFC 8628, the device authorization grant.

use std::time::Duration;

use hermes_catalog::{DeviceCode, TimeUnit};
use hermes_core::{Explain as _, Secret, Source};
use hermes_http::{Answer, Call};
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Word};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::poll::Pace;
use super::{Flow, Started, Turn, cut_life};
use crate::expiry::{self, Expiry, Reading};
use crate::tokens::{self, Demands};
use crate::{Challenge, Engine, OauthError, Plan, StartOptions, answer, link, pkce};

const CODE_STEP: Word = say::step_code;
const POLL_STEP: Word = say::step_poll;
const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[derive(Serialize, Deserialize)]
pub(crate) struct Memory {
    #[serde(with = "crate::sealed")]
    device_code: Secret,
    /// PKCE verifier, where the row asks for one.
    #[serde(with = "sealed_option", default)]
    verifier: Option<Secret>,
    pace: Pace,
}

pub(super) async fn start(
    engine: &Engine,
    plan: &Plan,
    row: &DeviceCode,
    options: &StartOptions,
) -> Result<Started, OauthError> {
    let verifier = row.pkce.then(|| pkce::random_text(engine.random.as_ref()));
    let mut fields: Vec<(&str, Secret)> = vec![("client_id", Secret::from(row.client_id.as_str()))];
    if !row.scopes.is_empty() {
        fields.push(("scope", Secret::from(row.scopes.join(" "))));
    }
    if let Some(verifier) = &verifier {
        fields.push(("code_challenge", Secret::from(pkce::s256(verifier.expose()))));
        fields.push(("code_challenge_method", Secret::from("S256")));
    }
    tokens::add_params(&mut fields, &row.device_params);
    let call = post(row, plan.resolve(&row.device)?, fields)?;
    let reply = engine.http.call(call).await.map_err(|source| OauthError::Http {
        kind: "device_code_request_failed",
        step: CODE_STEP,
        source,
    })?;
    if !reply.is_success() {
        return Err(answer::refused("device_code_request_error", CODE_STEP, &reply));
    }
    let kind = "device_code_incomplete";
    let body = answer::json(&reply).ok_or_else(|| answer::not_json(kind, CODE_STEP, &reply))?;
    begin(engine, row, options, verifier, &reply, &body)
}

fn post(row: &DeviceCode, url: Url, fields: Vec<(&str, Secret)>) -> Result<Call, OauthError> {
    let mut call = Call::post(url).form(fields);
    for (name, value) in &row.headers {
        call = call.text_header(name, value).map_err(|source| OauthError::Row {
            problem: source.text(),
        })?;
    }
    Ok(call)
}

fn begin(
    engine: &Engine,
    row: &DeviceCode,
    options: &StartOptions,
    verifier: Option<Secret>,
    reply: &Answer,
    body: &Value,
) -> Result<Started, OauthError> {
    let kind = "device_code_incomplete";
    let host = answer::host(reply);
    let device_code = answer::text_field(body, "device_code", kind, reply)?;
    let user_code = answer::text_field(body, "user_code", kind, reply)?;
    let expiry = Expiry::resolve(body.get("expires_in"), engine.clock.now());
    if matches!(expiry.reading, Reading::Absent | Reading::Unreadable) {
        return Err(answer::incomplete(kind, "expires_in", reply));
    }
    let (url, complete_url) = links(row, reply, body)?;
    let interval = interval(row, body);
    Ok(Started {
        challenge: Challenge::Code {
            url,
            complete_url,
            user_code: link::check_user_code(&user_code, &host)?,
            expires: cut_life(expiry.at, engine.clock.now(), options),
            interval_ms: crate::attempt::millis(interval),
        },
        first_wait: Duration::ZERO,
        flow: Flow::DeviceCode(Memory {
            device_code: Secret::from(device_code),
            verifier,
            pace: Pace::new(interval),
        }),
    })
}

/// The checked links, plain and with the code in it.
fn links(row: &DeviceCode, reply: &Answer, body: &Value) -> Result<(Url, Option<Url>), OauthError> {
    let kind = "device_code_incomplete";
    // Some issuers of the time before the RFC say `verification_url`.
    let url = answer::text_field(body, "verification_uri", kind, reply)
        .or_else(|error| answer::text_field(body, "verification_url", kind, reply).map_err(|_| error))?;
    let host = answer::host(reply);
    let check = |url: &str| link::check_link(url, &host, &row.verification_hosts, &[]);
    let complete = body["verification_uri_complete"]
        .as_str()
        .map(check)
        .transpose()?;
    Ok((check(&url)?, complete))
}

/// Time between polls. Clocks of virtual machines run fast; a fifth more keeps a poll from coming early by the issuer's clock.
fn interval(row: &DeviceCode, body: &Value) -> Duration {
    let usual = Duration::from_secs(row.interval_s);
    let floor = Duration::from_secs(1);
    let interval = expiry::interval(body.get("interval"), TimeUnit::Seconds, usual, floor);
    interval + interval / 5
}

impl Memory {
    pub(super) async fn poll(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        row: &DeviceCode,
    ) -> Result<Turn, OauthError> {
        let url: Url = plan.resolve(&row.token)?;
        let mut fields: Vec<(&str, Secret)> = vec![
            ("grant_type", Secret::from(GRANT)),
            ("client_id", Secret::from(row.client_id.as_str())),
            ("device_code", self.device_code.clone()),
        ];
        fields.extend(self.verifier.clone().map(|verifier| ("code_verifier", verifier)));
        tokens::add_params(&mut fields, &row.token_params);
        match engine.http.call(post(row, url, fields)?).await {
            Ok(reply) => self.read(engine, plan, row, &reply),
            Err(source) => self.pace.no_answer("token_exchange_failed", POLL_STEP, source),
        }
    }

    fn read(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        row: &DeviceCode,
        reply: &Answer,
    ) -> Result<Turn, OauthError> {
        let Some(body) = answer::json(reply) else {
            if matches!(reply.status, 404 | 405 | 410) {
                return Err(answer::refused("token_exchange_failed", POLL_STEP, reply));
            }
            let what = Both::of(|lang| say::answered_no_json(lang, &answer::host(reply), reply.status));
            return Ok(self.pace.trouble(&what, answer::retry_after(reply)));
        };
        let host = answer::host(reply);
        match answer::error_code(&body).as_deref() {
            _ if reply.is_success() && body["error"].is_null() && body["access_token"].is_string() => {
                finish(engine, plan, row, reply, &body)
            }
            Some("authorization_pending") => Ok(self.pace.pending()),
            Some("slow_down") => {
                let named = body.get("interval").map(|raw| {
                    let zero = Duration::ZERO;
                    let named = expiry::interval(Some(raw), TimeUnit::Seconds, zero, zero);
                    named + named / 5
                });
                Ok(self.pace.slow_down(named.max(answer::retry_after(reply))))
            }
            Some("access_denied" | "authorization_denied") => Err(OauthError::Denied { host }),
            Some("expired_token") => Err(OauthError::Expired {
                kind: "device_code_timeout",
            }),
            Some("invalid_grant") if self.pace.lost => Err(OauthError::AnswerLost {
                host,
                detail: Some(answer::said(reply)),
            }),
            _ if answer::is_passing(reply.status) => {
                let what = answer::with_words(reply);
                Ok(self.pace.trouble(&what, answer::retry_after(reply)))
            }
            None if reply.is_success() => Err(answer::incomplete("token_incomplete", "access_token", reply)),
            _ => Err(answer::refused("token_exchange_failed", POLL_STEP, reply)),
        }
    }
}

fn finish(
    engine: &Engine,
    plan: &Plan,
    row: &DeviceCode,
    reply: &Answer,
    body: &Value,
) -> Result<Turn, OauthError> {
    let demands = Demands {
        no_access: "token_incomplete",
        incomplete: "token_incomplete",
        refresh: false,
        expiry: false,
    };
    let rule = plan.method().refresh.as_ref();
    let material = tokens::read(body, &answer::host(reply), rule, engine.clock.now(), demands)?;
    let notes = tokens::missing_scopes(&row.scopes, &material.scopes)
        .into_iter()
        .collect();
    let credential = tokens::credential(plan, body, material, Source::Login)?;
    Ok(Turn::Done {
        credential: Box::new(credential),
        notes,
    })
}

mod sealed_option {
    use hermes_core::Secret;
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
    pub(super) fn serialize<S: Serializer>(secret: &Option<Secret>, to: S) -> Result<S::Ok, S::Error> {
        match secret {
            Some(secret) => to.serialize_some(secret.expose()),
            None => to.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Secret>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(Secret::from))
    }
}
