//! The strategies: which of several usable credentials is next.
//!
//! They choose among credentials that are paid for in the same way as the first usable one by priority. A conversation that
//! has been somewhere stays there.

use std::cell::Cell;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use arc_swap::Guard;
use hermes_core::{Billing, CredentialId, Strategy, UnixMs};

use crate::api::Unusable;
use crate::choice::choose::{Search, unusable};
use crate::choice::lane::{Lane, hashed};
use crate::entry::{Entry, Standing};
use crate::pool::Inner;
use crate::snapshot::{Members, Snapshot};

/// Requests in flight on one credential before the next one is taken.
const IN_FLIGHT: u32 = 4;
/// Most credentials that the story of a request names.
const MOST_TOLD: usize = 16;
/// In a larger pool the member at a place is looked at before all are counted.
const SMALL_POOL: usize = 64;

/// One look at a pool's members.
pub(crate) struct Round<'a> {
    pool: &'a Inner,
    search: &'a Search<'a>,
    snapshot: &'a Snapshot,
    members: &'a Members,
    now: UnixMs,
    /// Those that turned out to give nothing at this look.
    passed: Vec<CredentialId>,
    /// Whether one of those that were looked at cannot serve.
    passed_over: Cell<bool>,
    /// How a credential is paid for that is being waited for.
    waiting: Option<Billing>,
    /// The conversation's key, and where it went last.
    key: Option<u64>,
    held: Option<CredentialId>,
}

impl<'a> Round<'a> {
    pub(crate) fn new(
        pool: &'a Inner,
        search: &'a Search<'a>,
        snapshot: &'a Snapshot,
        members: &'a Members,
        now: UnixMs,
    ) -> Self {
        let key = search
            .ask
            .conversation
            .map(|conversation| members.lane.key(conversation));
        Self {
            pool,
            search,
            snapshot,
            members,
            now,
            passed: Vec::new(),
            passed_over: Cell::new(false),
            waiting: None,
            key,
            held: key.and_then(|key| pool.sticky.get(key)),
        }
    }

    /// The next credential to try; none when there is no further one.
    pub(crate) fn next(&self) -> Option<(Arc<Entry>, Standing)> {
        let billing = match self.waiting {
            Some(billing) => billing,
            None => self.usable(None).next()?.credential.billing,
        };
        let held = self.held.and_then(|id| self.snapshot.cell(id));
        let entry = match held.map(|cell| cell.entry()) {
            Some(entry) if entry.credential.billing == billing && self.standing(&entry).is_some() => entry,
            _ => self.best(billing)?,
        };
        let standing = self.standing(&entry)?;
        Some((entry, standing))
    }

    /// It gives nothing.
    pub(crate) fn pass(&mut self, entry: &Entry) {
        self.passed.push(entry.credential.id);
    }

    /// It will give something later; only what is paid for alike is taken in its place.
    pub(crate) fn stay(&mut self, entry: &Entry) {
        self.pass(entry);
        self.waiting.get_or_insert(entry.credential.billing);
    }

    /// Those that cannot serve, for the story of the request; nothing is looked up where the choice met none. Where the order
    /// decides, only those before the chosen one count.
    pub(crate) fn passed_over(&self, chosen: &Entry) -> Vec<Unusable> {
        if !self.passed_over.get() {
            return Vec::new();
        }
        let (ask, id) = (self.search.ask, chosen.credential.id);
        let in_order = self.members.lane.strategy() == Strategy::FillFirst && self.held != Some(id);
        self.members
            .cells()
            .iter()
            .map(|cell| cell.look())
            .take_while(|entry| !in_order || entry.credential.id != id)
            .filter(|entry| !ask.tried.contains(&entry.credential.id))
            .filter(|entry| !entry.stands(Some(ask.model), self.now).is_usable())
            .take(MOST_TOLD)
            .map(|entry| unusable(self.pool, &entry, ask, self.now))
            .collect()
    }

    pub(crate) fn is_held(&self, entry: &Entry) -> bool {
        self.held == Some(entry.credential.id)
    }

    /// Notes where the conversation went. It has not moved when its own credential failed this one request, or could not
    /// be read for it.
    pub(crate) fn remember(&self, entry: &Entry) {
        let Some(key) = self.key.filter(|_| !self.is_held(entry)) else {
            return;
        };
        let search = self.search;
        let left = self
            .held
            .filter(|id| search.ask.tried.contains(id) || search.without.contains(id));
        let left = left.and_then(|id| self.snapshot.get(id));
        if left.is_none_or(|left| !left.stands(Some(search.ask.model), self.now).is_usable()) {
            self.pool.sticky.put(key, entry.credential.id);
        }
    }

    /// How it could serve this request; none when it could not.
    fn standing(&self, entry: &Entry) -> Option<Standing> {
        let (id, search) = (entry.credential.id, self.search);
        let is_out =
            search.ask.tried.contains(&id) || search.without.contains(&id) || self.passed.contains(&id);
        if is_out || !entry.protocols().any(|one| one == search.ask.protocol) {
            return None;
        }
        match entry.stands(Some(search.ask.model), self.now) {
            // Its refresh brought nothing; the old token serves to its end.
            Standing::Stale if search.waited.contains(&id) => {
                entry.is_alive(self.now).then_some(Standing::Fresh)
            }
            Standing::Stale if self.waiting.is_some() => None,
            standing if standing.is_usable() => Some(standing),
            _ => {
                self.passed_over.set(true);
                None
            }
        }
    }

    /// Those that can serve, by priority.
    fn usable(&self, billing: Option<Billing>) -> impl Iterator<Item = Guard<Arc<Entry>>> {
        self.members
            .cells()
            .iter()
            .map(|cell| cell.look())
            .filter(move |entry| billing.is_none_or(|billing| billing == entry.credential.billing))
            .filter(|entry| self.standing(entry).is_some())
    }

    fn best(&self, billing: Billing) -> Option<Arc<Entry>> {
        let lane = &self.members.lane;
        let all = || self.usable(Some(billing));
        let free = || all().filter(|entry| in_flight(entry) < IN_FLIGHT);
        let strategy = lane.strategy();
        let best = match (strategy, self.key) {
            (Strategy::FillFirst, _) => free().next(),
            (_, Some(key)) => return highest(all(), key, strategy == Strategy::Weighted),
            (Strategy::RoundRobin, None) => self.in_place(free, billing, self.search.turn),
            (Strategy::LeastUsed, None) => {
                free().min_by_key(|entry| entry.slot.leased.load(Ordering::Relaxed))
            }
            (Strategy::Random, None) => self.in_place(free, billing, lane.roll()),
            (Strategy::Weighted, None) => return weigh(lane, free()).or_else(|| idlest(all())),
        };
        best.map(Guard::into_inner).or_else(|| idlest(all()))
    }

    /// The one at a number's place among those that are free, counted round. In a large pool the place among all members
    /// decides where it can, which is as fair while most are free, and needs no count.
    fn in_place<I: Iterator<Item = Guard<Arc<Entry>>>>(
        &self,
        free: impl Fn() -> I,
        billing: Billing,
        number: u64,
    ) -> Option<Guard<Arc<Entry>>> {
        let cells = self.members.cells();
        if cells.len() > SMALL_POOL {
            let entry = cells[place(number, cells.len())?].look();
            let is_free = entry.credential.billing == billing && in_flight(&entry) < IN_FLIGHT;
            if is_free && self.standing(&entry).is_some() {
                return Some(entry);
            }
        }
        let place = place(number, free().count())?;
        // One of them may have begun to rest meanwhile.
        free().nth(place).or_else(|| free().next())
    }
}

fn in_flight(entry: &Entry) -> u32 {
    entry.slot.in_flight.load(Ordering::Relaxed)
}

/// Where every one has as many requests as it should have, the one with the fewest.
fn idlest(entries: impl Iterator<Item = Guard<Arc<Entry>>>) -> Option<Arc<Entry>> {
    entries
        .min_by_key(|entry| in_flight(entry))
        .map(Guard::into_inner)
}

fn place(number: u64, count: usize) -> Option<usize> {
    let place = number.checked_rem(u64::try_from(count).ok()?)?;
    usize::try_from(place).ok()
}

/// Rendezvous hashing: every process gives a conversation the same credential, and one that goes takes only its own
/// conversations along.
fn highest(
    entries: impl Iterator<Item = Guard<Arc<Entry>>>,
    key: u64,
    is_weighted: bool,
) -> Option<Arc<Entry>> {
    let scored = entries.map(|entry| {
        let row = &entry.credential;
        let weight = if is_weighted { row.weight.max(1) } else { 1 };
        (score(key, row.id, weight), entry)
    });
    scored
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, entry)| Guard::into_inner(entry))
}

/// How much a conversation belongs to a credential; the highest wins, in proportion to the weights.
fn score(key: u64, id: CredentialId, weight: u32) -> f64 {
    let high = u32::try_from(hashed((key, id)) >> 32).unwrap_or(0);
    let chance = (f64::from(high) + 0.5) / (f64::from(u32::MAX) + 1.0);
    -f64::from(weight) / chance.ln()
}

/// Smooth weighted round-robin: each is owed its weight at every turn, and whoever is owed most serves and pays the sum.
fn weigh(lane: &Lane, entries: impl Iterator<Item = Guard<Arc<Entry>>>) -> Option<Arc<Entry>> {
    let _turn = lane.weighing.lock().unwrap_or_else(PoisonError::into_inner);
    let mut sum = 0;
    let mut most: Option<(i64, Arc<Entry>)> = None;
    for entry in entries {
        let weight = i64::from(entry.credential.weight.max(1));
        sum += weight;
        let owed = entry.slot.owed.fetch_add(weight, Ordering::Relaxed) + weight;
        if most.as_ref().is_none_or(|(highest, _)| owed > *highest) {
            most = Some((owed, Guard::into_inner(entry)));
        }
    }
    let (_, entry) = most?;
    entry.slot.owed.fetch_sub(sum, Ordering::Relaxed);
    Some(entry)
}
