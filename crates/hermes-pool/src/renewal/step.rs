//! What to do about a refresh lease: the whole state machine as one decision, without any I/O.

use std::time::Duration;

use hermes_core::LoginCause;
use hermes_store::{Attempt, Lease, Phase};
use hermes_text::Both;
use hermes_text::errors::pool as text;

/// The next step for somebody who wants a new token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Try to take the lease; `gone` names the attempt of a holder that has provably ended before it sent anything.
    Take { gone: Option<Attempt> },
    /// Somebody else is at it: look again soon.
    Wait,
    /// Somebody else's call is lost: say so, then look again.
    Presume { seen: Attempt, gone: bool },
    /// Send the same token once more; `safe` where the issuer allows that.
    Replay { seen: Attempt, safe: bool },
    /// Both calls came to nothing: only a person can help.
    GiveUp { seen: Attempt },
    /// Nothing may be sent yet. The old token serves as long as it lives.
    Later { after: Option<Duration>, why: Both },
    /// The refresh token is dead.
    Dead(LoginCause),
}

/// Reads a lease. `safe` says that the issuer takes a spent token again; `force` passes over pauses, for a person's command.
pub(crate) fn next(lease: &Lease, safe: bool, force: bool) -> Next {
    match lease.phase {
        Phase::NeedsLogin => Next::Dead(lease.cause.unwrap_or(LoginCause::RevokedOrReused)),
        Phase::Idle => allowed(lease, force).unwrap_or(Next::Take { gone: None }),
        Phase::Leased if lease.lapsed => allowed(lease, force).unwrap_or(Next::Take { gone: None }),
        Phase::Leased if lease.holder_gone => {
            let gone = lease.attempt.clone();
            allowed(lease, force).unwrap_or(Next::Take { gone })
        }
        Phase::Leased => Next::Wait,
        Phase::Sent => sent(lease),
        Phase::Uncertain => uncertain(lease, safe, force),
    }
}

fn sent(lease: &Lease) -> Next {
    let lost = lease.grace_over || (lease.lapsed && lease.holder_gone);
    match &lease.attempt {
        // The lapse alone proves nothing: the holder may be frozen, and its answer may still come.
        Some(seen) if lost => Next::Presume {
            seen: seen.clone(),
            gone: lease.holder_gone,
        },
        _ => Next::Wait,
    }
}

fn uncertain(lease: &Lease, safe: bool, force: bool) -> Next {
    let Some(seen) = lease.attempt.clone() else {
        return Next::Wait;
    };
    let over = lease.grace_over && lease.holder_gone;
    if lease.attempts >= 2 {
        // An answer that is only late still heals it.
        return if over { Next::GiveUp { seen } } else { later(None) };
    }
    if let Some(wait) = allowed(lease, force) {
        return wait;
    }
    if safe || (over && lease.token_ended) {
        return Next::Replay { seen, safe };
    }
    later(None)
}

/// What stands against any call now.
fn allowed(lease: &Lease, force: bool) -> Option<Next> {
    if let Some(quiet) = lease.quiet_for {
        return Some(Next::Later {
            after: Some(quiet),
            why: Both::of(text::history_lost),
        });
    }
    match lease.retry_in {
        Some(pause) if !force => Some(Next::Later {
            after: Some(pause),
            why: Both::of(text::later),
        }),
        _ => None,
    }
}

fn later(after: Option<Duration>) -> Next {
    Next::Later {
        after,
        why: Both::of(text::in_doubt),
    }
}

#[cfg(test)]
mod tests;
