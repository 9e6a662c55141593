//! Which credential serves a request: how one is looked for, waited for and handed out. `pick.rs` holds the strategies.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{CredentialId, ExitKind, Strategy, UnixMs};
use hermes_text::Both;
use hermes_text::errors::pool as text;
use tokio::sync::watch;
use tokio::time::timeout;

use crate::api::{Ask, Leased, Unusable};
use crate::choice::pick::Round;
use crate::choice::probe::{self, Ticket, Turn};
use crate::entry::{Entry, Standing};
use crate::error::PoolError;
use crate::lease::Lease;
use crate::pool::Inner;
use crate::renewal::flight::{self, Flight, Reason};
use crate::snapshot::{Members, Snapshot};
use crate::{health, keyless, view};

/// How often one request looks again after it waited. Each look ends with a lease, a wait or an error, so this is a guard
/// against a store that answers differently every time, not a limit that is met.
const MOST_LOOKS: usize = 64;
/// How long a request waits at a time for the one that tries a credential after its cool-down.
const PROBE_LOOK: Duration = Duration::from_millis(500);
/// After so many of these it does without that credential.
const MOST_PROBE_LOOKS: u32 = 20;
/// Longest wait for the store to say which process tries first. A store that is slow is no reason to rest longer.
const CLAIM_WAIT: Duration = Duration::from_secs(1);

/// What one request has learned while it looked for a credential.
pub(crate) struct Search<'a> {
    pub(crate) ask: &'a Ask<'a>,
    /// Whose refresh it has waited for.
    pub(crate) waited: Vec<CredentialId>,
    /// Whose secret could not be read now, or whose first request after a cool-down took too long.
    pub(crate) without: Vec<CredentialId>,
    /// Its turn, under the strategy that needs one.
    pub(crate) turn: u64,
}

/// What a look came to.
pub(crate) enum Pick {
    Lease(Lease),
    /// Its secret has to be opened first.
    Open(Arc<Entry>),
    /// Its token is being renewed.
    Wait(CredentialId, Flight),
    /// Another request tries it first after its cool-down.
    Probed(Arc<Entry>, watch::Receiver<()>),
    None,
}

pub(crate) async fn lease(pool: &Arc<Inner>, ask: &Ask<'_>) -> Result<Lease, PoolError> {
    let mut search = Search::new(pool, ask);
    let mut fault = None;
    let mut probe_looks = 0;
    for _ in 0..MOST_LOOKS {
        match pick(pool, &search)? {
            Pick::Lease(lease) if is_first(pool, &lease).await => return Ok(lease),
            Pick::Lease(_) => {}
            Pick::Open(entry) => {
                if let Err(error) = entry.open(pool).await {
                    search.without.push(entry.credential.id);
                    fault = Some(PoolError::Store(error));
                }
            }
            Pick::Wait(id, flight) => {
                search.waited.push(id);
                // How it ended shows in the entry at the next look, except for a fault of the store.
                let landing = flight.wait().await;
                if let (Err(failed), Ok(entry)) = (landing, pool.entry(id))
                    && failed.exit == ExitKind::Store
                {
                    fault = Some(failed.of(&entry));
                }
            }
            Pick::Probed(entry, outcome) => {
                probe_looks += wait_for_probe(pool, ask, &entry, outcome).await;
                if probe_looks >= MOST_PROBE_LOOKS {
                    search.without.push(entry.credential.id);
                }
            }
            Pick::None => break,
        }
    }
    // A fault of the store is no reason to call the logins unusable.
    Err(fault.unwrap_or_else(|| exhausted(pool, ask)))
}

impl<'a> Search<'a> {
    fn new(pool: &Inner, ask: &'a Ask<'a>) -> Self {
        Self {
            ask,
            waited: Vec::new(),
            without: Vec::new(),
            turn: turn(pool, ask),
        }
    }
}

/// The turn of a request whose place nothing else decides.
fn turn(pool: &Inner, ask: &Ask<'_>) -> u64 {
    let snapshot = pool.snapshot.load();
    match snapshot.members(ask.provider) {
        Some(members)
            if ask.conversation.is_none()
                && members.cells().len() > 1
                && members.lane.strategy() == Strategy::RoundRobin =>
        {
            members.lane.turns.next()
        }
        _ => 0,
    }
}

/// Whether a lease may be used: where a cool-down has just ended, the store lets one process try first.
async fn is_first(pool: &Inner, lease: &Lease) -> bool {
    let Some((ticket, scope)) = lease.probe() else {
        return true;
    };
    if keyless::is_keyless(lease.row()) {
        return true;
    }
    let id = health::claimant(&pool.snapshot.load(), lease.entry(), scope);
    let claim = pool.store.claim_probe(id, scope, probe::SPAN, pool.clock.now());
    // A fault of the store holds nobody up.
    let granted = !matches!(timeout(CLAIM_WAIT, claim).await, Ok(Ok(false)));
    ticket.answered(granted, pool.clock.now())
}

/// Waits a while for the request that tries a credential first; gives how many waits ended without an outcome.
async fn wait_for_probe(pool: &Inner, ask: &Ask<'_>, entry: &Entry, mut outcome: watch::Receiver<()>) -> u32 {
    if timeout(PROBE_LOOK, outcome.changed()).await.is_ok() {
        return 0;
    }
    let scope = entry.half_open(ask.model, pool.clock.now());
    if scope.is_some_and(|scope| entry.probing(pool, scope).is_elsewhere()) {
        pool.catch_up().await;
    }
    1
}

/// One look at the snapshot. Yields to nothing, and allocates only when it has to wait.
fn pick(pool: &Arc<Inner>, search: &Search<'_>) -> Result<Pick, PoolError> {
    let snapshot = pool.snapshot.load();
    let members = check(pool, search.ask, &snapshot)?;
    let now = pool.clock.now();
    let mut round = Round::new(pool, search, &snapshot, members, now);
    let mut waiting: Option<Pick> = None;
    while let Some((entry, standing)) = round.next() {
        let pick = match standing {
            Standing::Stale => match flight::join(pool, &entry, Reason::Due) {
                (flight, true) => return Ok(Pick::Wait(entry.credential.id, flight)),
                (flight, false) => Pick::Wait(entry.credential.id, flight),
            },
            _ => hand_out(pool, &entry, &standing, search.ask, now),
        };
        match pick {
            Pick::None => round.pass(&entry),
            Pick::Lease(lease) => {
                round.remember(&entry);
                return Ok(Pick::Lease(lease.after(round.passed_over(&entry))));
            }
            Pick::Open(entry) => return Ok(Pick::Open(entry)),
            // A conversation waits for its own credential rather than move.
            wait if round.is_held(&entry) && matches!(wait, Pick::Wait(..)) => return Ok(wait),
            // Somebody else's refresh or trial of a better credential does not make this request pay where it costs
            // otherwise.
            wait => {
                round.stay(&entry);
                waiting.get_or_insert(wait);
            }
        }
    }
    Ok(waiting.unwrap_or(Pick::None))
}

fn hand_out(pool: &Arc<Inner>, entry: &Arc<Entry>, standing: &Standing, ask: &Ask<'_>, now: UnixMs) -> Pick {
    let Some(opened) = entry.opened() else {
        return Pick::Open(Arc::clone(entry));
    };
    let leased = opened.ok().and_then(|opened| opened.leased(ask.protocol));
    let Some(leased): Option<&Arc<Leased>> = leased else {
        return Pick::None;
    };
    let mut probe: Option<(Ticket, hermes_core::Scope)> = None;
    if let Some(scope) = entry.half_open(ask.model, now) {
        match entry.probing(pool, scope).turn(now) {
            Turn::First(ticket) => probe = Some((ticket, scope.clone())),
            Turn::After(outcome) => return Pick::Probed(Arc::clone(entry), outcome),
        }
    }
    if *standing == Standing::Due && entry.slot.paused_until(now).is_none() {
        // The old token serves on; the flight runs by itself.
        drop(flight::join(pool, entry, Reason::Due));
    }
    Pick::Lease(Lease::new(pool, entry, leased, ask.model, probe))
}

/// What rules out a lease whatever the state of the credentials.
fn check<'a>(pool: &Inner, ask: &Ask<'_>, snapshot: &'a Snapshot) -> Result<&'a Members, PoolError> {
    if let Some(settings) = pool.settings.get(ask.provider)
        && settings.enabled == Some(false)
    {
        let (provider, origin) = (ask.provider.clone(), settings.origin.clone());
        return Err(PoolError::SwitchedOff { provider, origin });
    }
    let Some(members) = snapshot.members(ask.provider) else {
        return Err(PoolError::NoLogin {
            provider: ask.provider.clone(),
        });
    };
    blocked(Some(members))?;
    if members.speaks(ask.protocol) {
        return Ok(members);
    }
    let entries = snapshot.of(ask.provider);
    let mut speaks: Vec<_> = entries.iter().flat_map(|entry| entry.protocols()).collect();
    speaks.sort_unstable();
    speaks.dedup();
    if speaks.is_empty() {
        return Ok(members);
    }
    let (provider, asked) = (ask.provider.clone(), ask.protocol);
    Err(PoolError::Protocol {
        provider,
        asked,
        speaks,
    })
}

/// A provider that objected to one account is not asked with the next one.
pub(crate) fn blocked(members: Option<&Members>) -> Result<(), PoolError> {
    let Some(entry) = members.and_then(Members::blocked) else {
        return Ok(());
    };
    let row = &entry.credential;
    let hermes_core::Health::Blocked { rule } = &row.health else {
        return Ok(());
    };
    Err(PoolError::Blocked {
        provider: row.provider.clone(),
        label: row.label.clone(),
        rule: entry.objection(rule),
    })
}

fn exhausted(pool: &Inner, ask: &Ask<'_>) -> PoolError {
    let now = pool.clock.now();
    let snapshot = pool.snapshot.load();
    let entries = snapshot.of(ask.provider);
    let members: Vec<Unusable> = entries
        .iter()
        .map(|entry| unusable(pool, entry, ask, now))
        .collect();
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

/// How a credential stands for a request that it does not serve.
pub(crate) fn unusable(pool: &Inner, entry: &Entry, ask: &Ask<'_>, now: UnixMs) -> Unusable {
    let (state, mut cause, mut until) = view::state_for(entry, Some(ask.model), now);
    if state.usable() {
        until = None;
        if ask.tried.contains(&entry.credential.id) {
            cause = Both::of(text::tried);
        } else if !entry.protocols().any(|one| one == ask.protocol) {
            cause = Both::of(|lang| text::speaks_not(lang, ask.protocol));
        } else if let Some(moved) = entry
            .opened()
            .and_then(Result::ok)
            .and_then(|one| one.moved(ask.protocol))
        {
            cause = moved.clone();
        } else if let Some(scope) = entry.half_open(ask.model, now)
            && entry.probing(pool, scope).is_running(now)
        {
            cause = Both::of(text::probing);
            until = Some(now.plus(Duration::from_secs(1)));
        }
    }
    Unusable {
        label: entry.credential.label.clone(),
        state,
        cause,
        rest: entry.stands(Some(ask.model), now).rest(),
        until,
    }
}
