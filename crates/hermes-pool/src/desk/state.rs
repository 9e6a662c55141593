use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use hermes_core::{AttemptId, CredentialId, Explain, ProviderId, UnixMs};
use hermes_oauth::{Challenge, OauthError};
use hermes_text::{Both, Lang};
use serde::{Serialize, Serializer};
use tokio::sync::Notify;

use crate::desk::goes_on;
use crate::error::PoolError;
use crate::logins::{AttemptView, Progress};

/// How a login stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LoginStatus {
    /// It waits for the person.
    Pending,
    /// Signed in and stored.
    Approved,
    /// The person, or the provider for them, said no.
    Denied,
    /// Nobody approved in time.
    Expired,
    /// It failed.
    Error,
    /// The person ended it here.
    Cancelled,
}

impl LoginStatus {
    /// The word in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
        }
    }
}

/// What an approved login became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedIn {
    /// The stored login.
    pub credential: CredentialId,
    /// Its label.
    pub label: String,
    /// Whether it took the place of an older login of the same account.
    pub replaced: bool,
    /// Things the person should know.
    #[serde(serialize_with = "english")]
    pub notes: Vec<Both>,
}

fn english<S: Serializer>(notes: &[Both], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(notes.iter().map(|note| note.get(Lang::En)))
}

/// A login of a desk. Holds nothing that would let anybody finish it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeskLogin {
    /// Id.
    pub id: AttemptId,
    /// Provider.
    pub provider: ProviderId,
    /// The catalogue's login method.
    pub method: String,
    /// Region.
    pub region: Option<String>,
    /// Label the person chose.
    pub label: Option<String>,
    /// What the person has to do.
    pub challenge: Challenge,
    /// When it was started.
    pub created: UnixMs,
    /// How it stands.
    pub status: LoginStatus,
    /// What went wrong, or with the last thing that was typed, or how the network is.
    pub message: Option<Both>,
    /// What to do about it.
    pub hint: Option<Both>,
    /// What it became.
    pub signed_in: Option<SignedIn>,
    /// When it ended.
    pub ended: Option<UnixMs>,
}

/// One login with those who wait for its end.
pub(super) struct Seat {
    login: Mutex<DeskLogin>,
    pub(super) turn: tokio::sync::Mutex<()>,
    ended: Notify,
}

impl Seat {
    pub(super) fn new(view: AttemptView) -> Self {
        Self {
            login: Mutex::new(DeskLogin {
                id: view.id,
                provider: view.provider,
                method: view.method,
                region: view.region,
                label: view.label,
                challenge: view.challenge,
                created: view.created,
                status: LoginStatus::Pending,
                message: None,
                hint: None,
                signed_in: None,
                ended: None,
            }),
            turn: tokio::sync::Mutex::default(),
            ended: Notify::new(),
        }
    }

    pub(super) fn login(&self) -> DeskLogin {
        self.login.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Is ready when it has ended, by whomever.
    pub(super) async fn over(&self) {
        let ended = self.ended.notified();
        tokio::pin!(ended);
        ended.as_mut().enable();
        if self.login().status == LoginStatus::Pending {
            ended.await;
        }
    }

    /// Whether it waits, or ended so lately that somebody may still ask.
    pub(super) fn is_wanted(&self, now: UnixMs, remembered: Duration) -> bool {
        self.login()
            .ended
            .is_none_or(|ended| now.since(ended) < remembered)
    }

    /// Takes over what a step came to; true when that ended it.
    pub(super) fn note(&self, outcome: Result<Progress, PoolError>, now: UnixMs) -> bool {
        let mut login = self.login.lock().unwrap_or_else(PoisonError::into_inner);
        if login.status != LoginStatus::Pending {
            return false;
        }
        login.hint = None;
        match outcome {
            Ok(Progress::Waiting { note, .. }) => login.message = note,
            Ok(Progress::Done(finished)) => {
                login.status = LoginStatus::Approved;
                login.message = None;
                login.signed_in = Some(SignedIn {
                    credential: finished.credential.id,
                    label: finished.credential.label.clone(),
                    replaced: finished.replaced,
                    notes: finished.notes,
                });
            }
            Err(error) => {
                login.message = Some(error.text());
                login.hint = error.hint_text();
                if !goes_on(&error) {
                    login.status = status_of(&error, login.challenge.expires(), now);
                }
            }
        }
        if login.status == LoginStatus::Pending {
            return false;
        }
        login.ended = Some(now);
        self.ended.notify_waiters();
        true
    }
}

fn status_of(error: &PoolError, expires: UnixMs, now: UnixMs) -> LoginStatus {
    match error {
        PoolError::Oauth(OauthError::Denied { .. }) => LoginStatus::Denied,
        PoolError::Oauth(OauthError::Expired { .. }) => LoginStatus::Expired,
        // Swept, or ended by another process.
        PoolError::NoAttempt { .. } if expires <= now => LoginStatus::Expired,
        PoolError::NoAttempt { .. } | PoolError::Cancelled { .. } => LoginStatus::Cancelled,
        _ => LoginStatus::Error,
    }
}
