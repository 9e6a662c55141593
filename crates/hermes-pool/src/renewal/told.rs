//! A renewal as surfaces tell of it.

use std::time::Duration;

use hermes_core::{CredentialId, LoginCause, UnixMs};
use hermes_store::{Event, Lease, Phase};

use crate::error::PoolError;
use crate::pool::Pool;

/// Events in which the doubt is looked for.
const LOOKED_AT: u32 = 20;

/// A renewal that is not over, or has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RenewalState {
    /// Somebody is at it.
    UnderWay,
    /// A process that has gone silent was at it and had sent nothing; the next use goes on.
    Abandoned,
    /// A process that has gone silent had sent the token; nothing is sent until it is clear that no answer comes.
    Unanswered,
    /// It ended without an answer.
    InDoubt {
        /// When that was noticed, as far as it is known.
        since: Option<UnixMs>,
    },
    /// There is none any more; a person has to sign in.
    Ended {
        /// Why; none where the provider ended the login.
        cause: Option<LoginCause>,
    },
    /// It waits, since the database lost its last changes.
    Quiet {
        /// How long still.
        left: Duration,
    },
    /// It failed, and is tried again.
    Paused {
        /// After so long.
        left: Duration,
    },
}

impl RenewalState {
    /// What a lease says; `doubt` is when the last renewal without an answer was noticed. None where there is nothing to tell.
    pub fn of(lease: &Lease, doubt: Option<UnixMs>) -> Option<Self> {
        Some(match lease.phase {
            Phase::Leased | Phase::Sent if !lease.lapsed => Self::UnderWay,
            Phase::Leased => Self::Abandoned,
            Phase::Sent => Self::Unanswered,
            Phase::Uncertain => Self::InDoubt { since: doubt },
            Phase::NeedsLogin => Self::Ended { cause: lease.cause },
            Phase::Idle => match (lease.quiet_for, lease.retry_in) {
                (Some(left), _) => Self::Quiet { left },
                (None, Some(left)) => Self::Paused { left },
                (None, None) => return None,
            },
        })
    }

    /// When the last renewal without an answer was noticed; the newest event comes first.
    pub fn doubt(events: &[Event]) -> Option<UnixMs> {
        events.iter().find(|one| one.kind == "doubt").map(|one| one.at)
    }
}

impl Pool {
    /// A credential's renewal that is not over, or has to wait.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn renewal(&self, id: CredentialId) -> Result<Option<RenewalState>, PoolError> {
        let Some(lease) = self.inner.store.lease(id).await? else {
            return Ok(None);
        };
        let doubt = if lease.phase == Phase::Uncertain {
            RenewalState::doubt(&self.events(id, LOOKED_AT).await?)
        } else {
            None
        };
        Ok(RenewalState::of(&lease, doubt))
    }
}
