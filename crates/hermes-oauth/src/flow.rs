//! The login dialects behind one shape: start gives a challenge, advance gives a turn.

mod api_key;
mod browser;
mod device_auth;
mod device_code;
mod exchange;
mod poll;
mod user_code;

use std::time::Duration;

use hermes_catalog::LoginFlow;
use hermes_core::NewCredential;
use hermes_text::Both;
use serde::{Deserialize, Serialize};

use crate::{Challenge, Engine, Input, OauthError, Plan, StartOptions};

/// What a started login consists of.
pub(crate) struct Started {
    pub(crate) challenge: Challenge,
    /// Time before the first poll.
    pub(crate) first_wait: Duration,
    pub(crate) flow: Flow,
}

/// What one step came to.
pub(crate) enum Turn {
    Wait {
        wait: Duration,
        note: Option<Both>,
    },
    Done {
        credential: Box<NewCredential>,
        notes: Vec<Both>,
    },
}

/// The dialect's own memory between steps.
#[derive(Serialize, Deserialize)]
#[serde(tag = "dialect", rename_all = "kebab-case")]
pub(crate) enum Flow {
    UserCode(user_code::Memory),
    DeviceCode(device_code::Memory),
    DeviceAuth(device_auth::Memory),
    Browser(browser::Memory),
    Key,
    /// Done, denied, expired or failed.
    Ended,
}

pub(crate) async fn start(
    engine: &Engine,
    plan: &Plan,
    options: StartOptions,
) -> Result<Started, OauthError> {
    match &plan.method().flow {
        LoginFlow::UserCode(row) => user_code::start(engine, plan, row, &options).await,
        LoginFlow::DeviceCode(row) => device_code::start(engine, plan, row, &options).await,
        LoginFlow::DeviceAuth(row) => device_auth::start(engine, plan, row, &options).await,
        LoginFlow::Browser(row) => browser::start(engine, plan, row, options),
        LoginFlow::ApiKey => Ok(api_key::start(engine, plan, &options)),
        LoginFlow::Unsupported { name } => Err(OauthError::Unsupported {
            provider: plan.provider().id.clone(),
            flow: name.clone(),
        }),
    }
}

impl Flow {
    /// The stable name of running out of time.
    pub(crate) fn timeout_kind(&self) -> &'static str {
        match self {
            Self::DeviceCode(_) | Self::DeviceAuth(_) => "device_code_timeout",
            _ => "timeout",
        }
    }

    pub(crate) async fn advance(
        &mut self,
        engine: &Engine,
        plan: &Plan,
        input: Input,
    ) -> Result<Turn, OauthError> {
        match (self, &plan.method().flow, input) {
            (Self::UserCode(memory), LoginFlow::UserCode(row), Input::Poll) => {
                memory.poll(engine, plan, row).await
            }
            (Self::DeviceCode(memory), LoginFlow::DeviceCode(row), Input::Poll) => {
                memory.poll(engine, plan, row).await
            }
            (Self::DeviceAuth(memory), LoginFlow::DeviceAuth(row), Input::Poll) => {
                memory.poll(engine, plan, row).await
            }
            (Self::Browser(_) | Self::Key, _, Input::Poll) => Ok(Turn::Wait {
                wait: Duration::from_secs(1),
                note: None,
            }),
            (Self::Browser(memory), LoginFlow::Browser(row), Input::Pasted(text)) => {
                memory.pasted(engine, plan, row, &text).await
            }
            (Self::Browser(memory), LoginFlow::Browser(row), Input::Callback(callback)) => {
                memory.called_back(engine, plan, row, callback).await
            }
            (Self::Key, _, Input::Key { key, source, verify }) => {
                api_key::finish(engine, plan, key, source, verify).await
            }
            (_, _, input) => Err(OauthError::WrongInput { given: input.words() }),
        }
    }
}

/// The life of an attempt: the issuer's, cut by what the caller asked for.
pub(crate) fn cut_life(
    issuer: hermes_core::UnixMs,
    now: hermes_core::UnixMs,
    options: &StartOptions,
) -> hermes_core::UnixMs {
    match options.lifetime {
        Some(life) => issuer.min(now.plus(life)),
        None => issuer,
    }
}
