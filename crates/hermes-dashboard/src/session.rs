//! Who may use the API: a one-time code from the terminal becomes a token that the page keeps for itself.
//!
//! Both are random values of which only hashes are stored, so that every process of a home knows them, and ending them takes effect at
//! once. There are no cookies on this machine: those would go to every other port of it too. `far.rs` is about other machines.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{AppendHeaders, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hermes_core::{Brake, Clock, Random, Secret, UnixMs};
use hermes_pool::{SessionRow, Store, StoreError};
use hermes_text::Word;
use hermes_text::errors::api as say;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, SET_COOKIE};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use crate::dashboard::{Peer, Shared};
use crate::error::ApiError;
use crate::far::{self, Far};
use crate::password::Passwords;

/// How long a link can be opened.
const CODE_LIFE: Duration = Duration::from_mins(1);
/// A session ends when it was not used for so long.
const IDLE: Duration = Duration::from_mins(30);
/// A session ends at the latest after so long.
const LIFE: Duration = Duration::from_hours(12);
/// A use is noted when the last one that was noted is older than this.
const NOTED: Duration = Duration::from_mins(1);
/// What cannot be undone needs a session that began at most so long ago.
const FRESH: Duration = Duration::from_mins(10);
/// The header of the page; scripts may also send `Authorization: Bearer`.
const TOKEN_HEADER: &str = "x-hermes-session-token";

/// The sessions of a store. Clones share it.
#[derive(Clone)]
pub struct Sessions {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    passwords: Passwords,
}

/// A session that has just begun.
pub(crate) struct NewSession {
    pub(crate) token: Secret,
    pub(crate) expires: UnixMs,
}

/// The session of a request, for handlers behind [`guard`].
#[derive(Clone)]
pub(crate) struct Current {
    pub(crate) hash: String,
    /// Its short public id.
    pub(crate) id: String,
    /// When it began.
    pub(crate) created: UnixMs,
}

impl Sessions {
    /// The sessions that a store keeps.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self {
            passwords: Passwords::new(Arc::clone(&store), Arc::clone(&random)),
            store,
            clock,
            random,
        }
    }

    /// Makes a code that opens one session within a minute.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn issue_code(&self) -> Result<Secret, StoreError> {
        let code = self.random_text::<16>();
        let now = self.clock.now();
        let hash = hash(code.expose());
        self.store.add_code(&hash, now.plus(CODE_LIFE), now).await?;
        Ok(code)
    }

    /// Ends every session, and every code that could open one; how many sessions there were.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn end_all(&self) -> Result<u64, StoreError> {
        self.store.end_sessions().await
    }

    /// Uses a code up; none when it is wrong, was used, or is too old.
    pub(crate) async fn redeem(&self, code: &str) -> Result<Option<NewSession>, StoreError> {
        let now = self.clock.now();
        if !self.store.take_code(&hash(code), now).await? {
            return Ok(None);
        }
        self.begin().await.map(Some)
    }

    /// Opens a session with the password; none when it is wrong, or none is set.
    pub(crate) async fn sign_in(&self, password: &Secret) -> Result<Option<NewSession>, StoreError> {
        let Some(proof) = self.passwords.check(password).await? else {
            return Ok(None);
        };
        let session = self.begin().await?;
        // A password that is changed meanwhile ends the sessions there are, and this one may not have been among them.
        if self.passwords.holds(&proof).await? {
            return Ok(Some(session));
        }
        self.store.end_session(&hash(session.token.expose())).await?;
        Ok(None)
    }

    async fn begin(&self) -> Result<NewSession, StoreError> {
        let now = self.clock.now();
        let token = self.random_text::<32>();
        let mut id = [0; 6];
        self.random.fill(&mut id);
        let (id, expires) = (URL_SAFE_NO_PAD.encode(id), now.plus(LIFE));
        let hash = hash(token.expose());
        self.store.add_session(&hash, &id, now, expires).await?;
        Ok(NewSession { token, expires })
    }

    /// The session of a token that is still good; its use is noted.
    pub(crate) async fn check(&self, token: &str) -> Result<Option<Current>, StoreError> {
        let (hash, now) = (hash(token), self.clock.now());
        let Some(row) = self.store.session(&hash, IDLE, now).await? else {
            return Ok(None);
        };
        if now.since(row.used) >= NOTED {
            self.store.touch_session(&hash, now).await?;
        }
        Ok(Some(Current {
            hash,
            id: row.id,
            created: row.created,
        }))
    }

    /// Whether a session goes on; being open is a use.
    pub(crate) async fn goes_on(&self, current: &Current) -> Result<bool, StoreError> {
        let now = self.clock.now();
        let Some(row) = self.store.session(&current.hash, IDLE, now).await? else {
            return Ok(false);
        };
        if now.since(row.used) >= NOTED {
            self.store.touch_session(&current.hash, now).await?;
        }
        Ok(true)
    }

    /// Every session that holds, the newest first.
    pub(crate) async fn all(&self) -> Result<Vec<SessionRow>, StoreError> {
        self.store.sessions(IDLE, self.clock.now()).await
    }

    /// Ends a session.
    pub(crate) async fn end(&self, current: &Current) -> Result<bool, StoreError> {
        self.store.end_session(&current.hash).await
    }

    fn random_text<const SIZE: usize>(&self) -> Secret {
        let mut bytes = [0; SIZE];
        self.random.fill(&mut bytes);
        Secret::new(URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// SHA-256 as text. The values are random, so a plain hash cannot be guessed back, and finding a row by it tells nothing by its time.
fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret.as_bytes()))
}

/// Lets a person do what cannot be undone only soon after signing in, so that a page that was left open is not enough for it.
pub(crate) fn check_fresh(current: &Current, now: UnixMs) -> Result<(), ApiError> {
    if now.since(current.created) < FRESH {
        return Ok(());
    }
    let refusal = ApiError::new(http::StatusCode::FORBIDDEN, "sign_in_again", say::sign_in_again);
    Err(refusal.hint(say::sign_in_again_next))
}

/// Lets only requests with a good token pass.
pub(crate) async fn guard(State(shared): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let Far(far) = request.extensions().get().copied().unwrap_or(Far(false));
    let cookie = far.then(|| far::token(request.headers())).flatten();
    let kept = cookie.is_some();
    let token = token_of(request.headers()).or(cookie).map(str::to_owned);
    let current = match &token {
        Some(token) => shared.sessions.check(token).await,
        None => Ok(None),
    };
    match current {
        Ok(Some(current)) => {
            request.extensions_mut().insert(current);
            next.run(request).await
        }
        Ok(None) => {
            let refusal = refuse(&shared, &request, token.is_some());
            // A cookie that opens nothing any more would come with every later request.
            let cookie = kept.then(|| AppendHeaders([(SET_COOKIE, far::forget())]));
            (cookie, refusal).into_response()
        }
        Err(error) => ApiError::from(error).into_response(),
    }
}

/// Guessing is slowed down; a page whose session has ended only has to be opened again.
fn refuse(shared: &Shared, request: &Request, tried: bool) -> ApiError {
    if tried && let Some(refusal) = slow_down(shared, request.extensions().get::<Peer>()) {
        return refusal;
    }
    ApiError::unauthorized()
}

/// A brake on guessing the password. Tries go one after another, so that none is made beyond what is left, and none is made at the cost
/// of much memory.
pub(crate) struct PasswordBrake {
    each: Brake,
    all: Brake,
    turn: Semaphore,
}

impl PasswordBrake {
    /// Wrong passwords that an address, and that all of them together may send in a minute.
    pub(crate) fn new(each: u32, all: u32) -> Self {
        Self {
            each: Brake::new(each),
            all: Brake::new(all),
            turn: Semaphore::new(1),
        }
    }
}

/// Opens a session with the password, unless too many wrong ones were sent.
pub(crate) async fn sign_in(shared: &Shared, peer: &Peer, password: &Secret) -> Result<NewSession, ApiError> {
    const EVERYBODY: IpAddr = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let brake = &shared.passwords;
    let clock = &shared.parts.clock;
    let _turn = brake.turn.acquire().await.expect("the semaphore is never closed");
    let now = clock.monotonic();
    let held = brake
        .each
        .held(peer.0, now)
        .or_else(|| brake.all.held(EVERYBODY, now));
    if let Some(wait) = held {
        return Err(too_many(say::many_passwords, wait));
    }
    if let Some(session) = shared.sessions.sign_in(password).await? {
        return Ok(session);
    }
    brake.each.failed(peer.0, now);
    brake.all.failed(EVERYBODY, now);
    Err(
        ApiError::new(StatusCode::UNAUTHORIZED, "password_wrong", say::password_wrong)
            .hint(say::password_wrong_next),
    )
}

fn too_many(message: Word, wait: Duration) -> ApiError {
    ApiError {
        retry_after_s: Some(wait.as_secs().max(1)),
        ..ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts", message)
    }
}

/// Counts a wrong code or token; the refusal when it was one too many.
pub(crate) fn slow_down(shared: &Shared, peer: Option<&Peer>) -> Option<ApiError> {
    let now = shared.parts.clock.monotonic();
    let wait = shared.brake.failed(peer?.0, now)?;
    Some(too_many(say::many_codes, wait))
}

fn token_of(headers: &HeaderMap) -> Option<&str> {
    if let Some(token) = headers.get(TOKEN_HEADER) {
        return token.to_str().ok();
    }
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
