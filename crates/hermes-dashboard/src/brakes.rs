//! Guessing is slowed down.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hermes_core::{Brake, Clock, Secret};
use hermes_text::Word;
use hermes_text::errors::api as say;
use http::StatusCode;
use tokio::sync::Semaphore;

use crate::error::ApiError;
use crate::session::{NewSession, Sessions};

/// Wrong codes and tokens, and wrong passwords, that an address may send in a minute.
const WRONG_TRIES: u32 = 20;
/// Wrong passwords that all addresses together may send in a minute.
const WRONG_PASSWORDS: u32 = 100;
/// Addresses that are remembered for the right password.
const KNOWN: usize = 1024;
/// Stands for all addresses together.
const EVERYBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);

/// Counts what was wrong, by address. Tries of passwords go one after another, so that none is made beyond what is left, and none is made
/// at the cost of much memory.
pub(crate) struct Brakes {
    tokens: Brake,
    passwords: Brake,
    all_passwords: Brake,
    /// Those who have once sent the right password are not held by what strangers send.
    known: Mutex<HashSet<IpAddr>>,
    turn: Semaphore,
}

impl Default for Brakes {
    fn default() -> Self {
        Self {
            tokens: Brake::new(WRONG_TRIES),
            passwords: Brake::new(WRONG_TRIES),
            all_passwords: Brake::new(WRONG_PASSWORDS),
            known: Mutex::default(),
            turn: Semaphore::new(1),
        }
    }
}

impl Brakes {
    /// Counts a wrong code or token; the refusal when it was one too many.
    pub(crate) fn slow_down(&self, address: IpAddr, clock: &dyn Clock) -> Option<ApiError> {
        let wait = self.tokens.failed(address, clock.monotonic())?;
        Some(too_many(say::many_codes, wait))
    }

    /// Opens a session with the password, unless too many wrong ones were sent.
    pub(crate) async fn sign_in(
        &self,
        sessions: &Sessions,
        address: IpAddr,
        password: &Secret,
        clock: &dyn Clock,
    ) -> Result<NewSession, ApiError> {
        let _turn = self.turn.acquire().await.expect("the semaphore is never closed");
        let now = clock.monotonic();
        if let Some(wait) = self.held(address, now) {
            return Err(too_many(say::many_passwords, wait));
        }
        if let Some(session) = sessions.sign_in(password).await? {
            self.remember(address);
            return Ok(session);
        }
        self.passwords.failed(address, now);
        self.all_passwords.failed(EVERYBODY, now);
        Err(wrong())
    }

    fn held(&self, address: IpAddr, now: Duration) -> Option<Duration> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_known = known.contains(&address);
        let by_all = || self.all_passwords.held(EVERYBODY, now).filter(|_| !is_known);
        self.passwords.held(address, now).or_else(by_all)
    }

    fn remember(&self, address: IpAddr) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(address);
    }
}

fn wrong() -> ApiError {
    let refusal = ApiError::new(StatusCode::UNAUTHORIZED, "password_wrong", say::password_wrong);
    refusal.hint(say::password_wrong_next)
}

fn too_many(message: Word, wait: Duration) -> ApiError {
    ApiError {
        retry_after_s: Some(wait.as_secs().max(1)),
        ..ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", message)
    }
}
