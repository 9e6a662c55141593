//! Which credential serves a request: by priority, the first that can.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{CredentialId, UnixMs};

use crate::api::{Ask, PoolError, Unusable};
use crate::entry::{Entry, Standing};
use crate::flight::{self, Flight, Reason};
use crate::lease::Lease;
use crate::pool::Inner;
use crate::view;

/// How often one request looks again after it waited. Each look ends with a lease, a wait or an error, so this is a guard
/// against a store that answers differently every time, not a limit that is met.
const MOST_LOOKS: usize = 32;

enum Pick {
    Lease(Lease),
    /// Its secret has to be opened first.
    Open(Arc<Entry>),
    /// Its token is being renewed.
    Wait(CredentialId, Flight),
    None,
}

pub(crate) async fn lease(pool: &Arc<Inner>, ask: &Ask<'_>) -> Result<Lease, PoolError> {
    let mut waited = Vec::new();
    let mut unread = Vec::new();
    let mut fault = None;
    for _ in 0..MOST_LOOKS {
        match pick(pool, ask, &waited, &unread)? {
            Pick::Lease(lease) => return Ok(lease),
            Pick::Open(entry) => {
                if let Err(error) = entry.open(pool).await {
                    unread.push(entry.credential.id);
                    fault = Some(error);
                }
            }
            Pick::Wait(id, flight) => {
                waited.push(id);
                // How it ended shows in the entry at the next look.
                drop(flight.wait().await);
            }
            Pick::None => break,
        }
    }
    // A store that could not be read is no reason to call the logins unusable.
    Err(fault.map_or_else(|| exhausted(pool, ask), PoolError::Store))
}

/// One look at the snapshot. Yields to nothing, and allocates only when it has to wait.
fn pick(
    pool: &Arc<Inner>,
    ask: &Ask<'_>,
    waited: &[CredentialId],
    unread: &[CredentialId],
) -> Result<Pick, PoolError> {
    let snapshot = pool.snapshot.load();
    let entries = snapshot.of(ask.provider);
    check(pool, ask, entries)?;
    let now = pool.clock.now();
    let mut joined: Option<(&Arc<Entry>, Flight)> = None;
    for entry in entries {
        let row = &entry.credential;
        if ask.tried.contains(&row.id)
            || unread.contains(&row.id)
            || !entry.protocols().any(|one| one == ask.protocol)
        {
            continue;
        }
        let standing = entry.stands(Some(ask.model), now);
        match standing {
            Standing::Fresh | Standing::Due => {
                // Somebody else's refresh of a better credential does not make this one pay where it costs otherwise.
                if joined
                    .as_ref()
                    .is_some_and(|(other, _)| other.credential.billing != row.billing)
                {
                    continue;
                }
                if let Some(pick) = hand_out(pool, entry, &standing, ask, now) {
                    return Ok(pick);
                }
            }
            Standing::Stale if waited.contains(&row.id) => {
                if entry.is_alive(now)
                    && let Some(pick) = hand_out(pool, entry, &Standing::Fresh, ask, now)
                {
                    return Ok(pick);
                }
            }
            Standing::Stale if joined.is_none() => match flight::join(pool, entry, Reason::Due) {
                (flight, true) => return Ok(Pick::Wait(row.id, flight)),
                (flight, false) => joined = Some((entry, flight)),
            },
            Standing::Stale | Standing::Ended | Standing::Resting(..) | Standing::Out => {}
        }
    }
    Ok(joined.map_or(Pick::None, |(entry, flight)| {
        Pick::Wait(entry.credential.id, flight)
    }))
}

fn hand_out(
    pool: &Arc<Inner>,
    entry: &Arc<Entry>,
    standing: &Standing,
    ask: &Ask<'_>,
    now: UnixMs,
) -> Option<Pick> {
    let Some(opened) = entry.opened() else {
        return Some(Pick::Open(Arc::clone(entry)));
    };
    let leased = opened.ok()?.leased(ask.protocol)?;
    if *standing == Standing::Due && entry.slot.paused_until(now).is_none() {
        // The old token serves on; the flight runs by itself.
        drop(flight::join(pool, entry, Reason::Due));
    }
    Some(Pick::Lease(Lease::new(pool, entry, leased, ask.model)))
}

/// What rules out a lease whatever the state of the credentials.
fn check(pool: &Inner, ask: &Ask<'_>, entries: &[Arc<Entry>]) -> Result<(), PoolError> {
    if let Some(settings) = pool.settings.get(ask.provider)
        && settings.enabled == Some(false)
    {
        let (provider, origin) = (ask.provider.clone(), settings.origin.clone());
        return Err(PoolError::SwitchedOff { provider, origin });
    }
    if entries.is_empty() {
        return Err(PoolError::NoLogin {
            provider: ask.provider.clone(),
        });
    }
    let speaks_any = entries.iter().any(|entry| entry.protocols().next().is_some());
    if speaks_any
        && !entries
            .iter()
            .flat_map(|entry| entry.protocols())
            .any(|one| one == ask.protocol)
    {
        let mut speaks: Vec<_> = entries.iter().flat_map(|entry| entry.protocols()).collect();
        speaks.sort_unstable();
        speaks.dedup();
        let (provider, asked) = (ask.provider.clone(), ask.protocol);
        return Err(PoolError::Protocol {
            provider,
            asked,
            speaks,
        });
    }
    Ok(())
}

fn exhausted(pool: &Inner, ask: &Ask<'_>) -> PoolError {
    let now = pool.clock.now();
    let snapshot = pool.snapshot.load();
    let entries = snapshot.of(ask.provider);
    let members: Vec<Unusable> = entries.iter().map(|entry| unusable(entry, ask, now)).collect();
    let earliest = members
        .iter()
        .filter_map(|member| member.until)
        .filter(|until| *until > now)
        .min();
    PoolError::Exhausted {
        provider: ask.provider.clone(),
        members,
        retry_after: earliest.map(|until| until.since(now).max(Duration::from_secs(1))),
    }
}

fn unusable(entry: &Entry, ask: &Ask<'_>, now: UnixMs) -> Unusable {
    let (state, mut cause, mut until) = view::state_for(entry, Some(ask.model), now);
    if state.usable() {
        until = None;
        if ask.tried.contains(&entry.credential.id) {
            "it was tried for this request and failed".clone_into(&mut cause);
        } else if !entry.protocols().any(|one| one == ask.protocol) {
            cause = format!("it does not speak {}", ask.protocol);
        } else if let Some(moved) = entry
            .opened()
            .and_then(Result::ok)
            .and_then(|one| one.moved(ask.protocol))
        {
            moved.clone_into(&mut cause);
        }
    }
    Unusable {
        label: entry.credential.label.clone(),
        state,
        cause,
        until,
    }
}
