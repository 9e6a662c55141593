//! A vendor's device login: user code and device id in JSON, "not yet" as a status, then an authorization code to exchange.

use std::time::Duration;

use hermes_catalog::{DeviceAuth, TimeUnit};
use hermes_core::{Explain as _, Secret, Source};
use hermes_http::{Answer, Call};
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Word};
use serde::{Deserialize, Serialize};

use super::poll::Pace;
use super::{Flow, Started, Turn, cut_life, exchange};
use crate::tokens::{self, Demands};
use crate::{Challenge, Engine, OauthError, Plan, StartOptions, answer, expiry, link};

const CODE_STEP: Word = say::step_code;
const POLL_STEP: Word = say::step_poll;

/// How often the first request is made while the issuer answers 429.
const STARTS: u32 = 4;

#[derive(Serialize, Deserialize)]
pub(crate) struct Memory {
    #[serde(with = "crate::sealed")]
    device_auth_id: Secret,
    user_code: String,
    /// What approval gave, until it is exchanged.
    approved: Option<Approved>,
    pace: Pace,
}

#[derive(Clone, Serialize, Deserialize)]
struct Approved {
    #[serde(with = "crate::sealed")]
    code: Secret,
    #[serde(with = "crate::sealed")]
    verifier: Secret,
}

pub(super) async fn start(
    engine: &Engine,
    plan: &Plan,
    row: &DeviceAuth,
    options: &StartOptions,
) -> Result<Started, OauthError> {
    let reply = ask_for_code(engine, plan, row).await?;
    let kind = "device_code_incomplete";
    let body = answer::json(&reply).ok_or_else(|| answer::not_json(kind, CODE_STEP, &reply))?;
    let device_auth_id = answer::text_field(&body, "device_auth_id", kind, &reply)?;
    let user_code = answer::text_field(&body, "user_code", kind, &reply)
        .or_else(|error| answer::text_field(&body, "usercode", kind, &reply).map_err(|_| error))?;
    let usual = Duration::from_secs(row.interval_s);
    let floor = Duration::from_secs(row.interval_floor_s);
    let interval = expiry::interval(body.get("interval"), TimeUnit::Seconds, usual, floor);
    let now = engine.clock.now();
    let user_code = link::check_user_code(&user_code, &answer::host(&reply))?;
    Ok(Started {
        challenge: Challenge::Code {
            url: plan.resolve(&row.verification)?,
            complete_url: None,
            user_code: user_code.clone(),
            expires: cut_life(now.plus(Duration::from_secs(row.lifetime_s)), now, options),
            interval_ms: crate::attempt::millis(interval),
        },
        first_wait: interval,
        flow: Flow::DeviceAuth(Memory {
            device_auth_id: Secret::from(device_auth_id),
            user_code,
            approved: None,
            pace: Pace::new(interval),
        }),
    })
}

/// Asks for a code; a 429 is waited out a few times, since the limit is shared by everybody behind one address.
async fn ask_for_code(engine: &Engine, plan: &Plan, row: &DeviceAuth) -> Result<Answer, OauthError> {
    let fields = [("client_id", Secret::from(row.client_id.as_str()))];
    let mut attempt = 1;
    loop {
        let call = Call::post(plan.resolve(&row.user_code)?).json(tokens::json_text(&fields));
        let reply = engine.http.call(call).await.map_err(|source| OauthError::Http {
            kind: "device_code_request_failed",
            step: CODE_STEP,
            source,
        })?;
        if reply.status != 429 {
            return if reply.is_success() {
                Ok(reply)
            } else {
                Err(answer::refused("device_code_request_error", CODE_STEP, &reply))
            };
        }
        let named = answer::retry_after(&reply);
        if attempt == STARTS {
            return Err(OauthError::RateLimited {
                host: answer::host(&reply),
                wait_s: named.map(|wait| wait.as_secs()),
            });
        }
        let wait = named.unwrap_or(Duration::from_secs(1 << attempt));
        engine
            .clock
            .sleep(wait.clamp(Duration::from_secs(1), Duration::from_mins(1)))
            .await;
        attempt += 1;
    }
}

impl Memory {
    pub(super) async fn poll(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        row: &DeviceAuth,
    ) -> Result<Turn, OauthError> {
        if self.approved.is_none() {
            let fields = [
                ("device_auth_id", self.device_auth_id.clone()),
                ("user_code", Secret::from(self.user_code.as_str())),
            ];
            let call = Call::post(plan.resolve(&row.poll)?).json(tokens::json_text(&fields));
            let reply = match engine.http.call(call).await {
                Ok(reply) => reply,
                Err(source) => return self.pace.no_answer("device_code_poll_error", POLL_STEP, source),
            };
            if let Some(turn) = self.read(row, &reply)? {
                return Ok(turn);
            }
        }
        self.exchange(engine, plan, row).await
    }

    /// A turn to wait, or nothing once the login is approved.
    fn read(&mut self, row: &DeviceAuth, reply: &Answer) -> Result<Option<Turn>, OauthError> {
        if row.pending_status.contains(&reply.status) {
            return Ok(Some(self.pace.pending()));
        }
        if answer::is_passing(reply.status) {
            let what = answer::with_status(reply);
            return Ok(Some(self.pace.trouble(&what, answer::retry_after(reply))));
        }
        if !reply.is_success() {
            return Err(answer::refused("device_code_poll_error", POLL_STEP, reply));
        }
        let Some(body) = answer::json(reply) else {
            let what = Both::of(|lang| say::sent_no_json(lang, &answer::host(reply)));
            return Ok(Some(self.pace.trouble(&what, None)));
        };
        let kind = "device_code_incomplete_exchange";
        self.approved = Some(Approved {
            code: Secret::from(answer::text_field(&body, "authorization_code", kind, reply)?),
            verifier: Secret::from(answer::text_field(&body, "code_verifier", kind, reply)?),
        });
        Ok(None)
    }

    async fn exchange(&mut self, engine: &Engine, plan: &Plan, row: &DeviceAuth) -> Result<Turn, OauthError> {
        // Taken out before the call: should this future be dropped while it waits, the code must not be sent again.
        let approved = self.approved.take().ok_or(OauthError::Finished)?;
        let fields = vec![
            ("grant_type", Secret::from("authorization_code")),
            ("code", approved.code.clone()),
            (
                "redirect_uri",
                Secret::from(plan.resolve(&row.redirect_uri)?.as_str()),
            ),
            ("client_id", Secret::from(row.client_id.as_str())),
            ("code_verifier", approved.verifier.clone()),
        ];
        let call = Call::post(plan.resolve(&row.token)?).form(fields);
        let reply = match exchange::send(engine, call).await {
            Ok(reply) => reply,
            Err(exchange::Unsent(source)) => {
                self.approved = Some(approved);
                return Ok(self.pace.trouble(&source.text(), None));
            }
            Err(exchange::Failed(error)) => return Err(error),
        };
        let body = exchange::body(&reply, "token_exchange_error")?;
        let demands = Demands {
            no_access: "token_exchange_no_access_token",
            incomplete: "token_incomplete",
            refresh: false,
            expiry: false,
        };
        let rule = plan.method().refresh.as_ref();
        let material = tokens::read(&body, &answer::host(&reply), rule, engine.clock.now(), demands)?;
        let credential = tokens::credential(plan, &body, material, Source::Login)?;
        Ok(Turn::Done {
            credential: Box::new(credential),
            notes: Vec::new(),
        })
    }
}
