//! Which credential a TARGET of the command line names.

use std::sync::Arc;

use hermes_catalog::Catalog;
use hermes_core::{CredentialId, ProviderId};
use hermes_text::Both;
use hermes_text::errors::{comma, listed, pool as text};

use crate::entry::Entry;
use crate::error::PoolError;
use crate::snapshot::Snapshot;

/// Shorter beginnings of an id would catch a mistyped index.
const SHORTEST_ID: usize = 4;
/// How much of a target a message repeats.
const LONGEST_SHOWN: usize = 80;

/// Labels win over everything but a whole id; then `PROVIDER:LABEL`, `PROVIDER:INDEX`, the beginning of an id, a provider.
pub(crate) fn find(catalog: &Catalog, snapshot: &Snapshot, target: &str) -> Result<Arc<Entry>, PoolError> {
    let target = target.trim();
    if let Ok(id) = target.parse::<CredentialId>() {
        return snapshot.get(id).ok_or_else(|| none(target));
    }
    let labelled = matching(snapshot, |entry| entry.credential.label == target);
    if !labelled.is_empty() {
        return one(target, &labelled);
    }
    if let Some(found) = in_provider(catalog, snapshot, target) {
        return found;
    }
    let begun = matching(snapshot, |entry| has_beginning(entry.credential.id, target));
    if !begun.is_empty() {
        return one(target, &begun);
    }
    let Some(provider) = provider(catalog, snapshot, target) else {
        return Err(none(target));
    };
    let members = snapshot.of(&provider);
    if members.is_empty() {
        return Err(PoolError::NoLogin { provider });
    }
    one(target, &members)
}

/// `PROVIDER:REST` for every colon, since ids of custom endpoints have one themselves.
fn in_provider(
    catalog: &Catalog,
    snapshot: &Snapshot,
    target: &str,
) -> Option<Result<Arc<Entry>, PoolError>> {
    let splits = target
        .match_indices(':')
        .map(|(at, _)| (&target[..at], &target[at + 1..]));
    let mut missed = None;
    for (name, rest) in splits {
        let Some(provider) = provider(catalog, snapshot, name) else {
            continue;
        };
        let members = snapshot.of(&provider);
        if let Some(entry) = members.iter().find(|entry| entry.credential.label == rest) {
            return Some(Ok(Arc::clone(entry)));
        }
        if let Ok(index) = rest.parse::<usize>() {
            if let Some(entry) = index.checked_sub(1).and_then(|at| members.get(at)) {
                return Some(Ok(Arc::clone(entry)));
            }
            missed = Some(out_of_range(provider, index, members.len()));
        }
    }
    missed.map(Err)
}

fn out_of_range(provider: ProviderId, index: usize, count: usize) -> PoolError {
    match count {
        0 => PoolError::NoLogin { provider },
        _ => PoolError::Target(Both::of(|lang| text::out_of_range(lang, count, &provider, index))),
    }
}

fn provider(catalog: &Catalog, snapshot: &Snapshot, name: &str) -> Option<ProviderId> {
    // A row whose provider has left the catalogue can still be named, to remove it.
    let stored = snapshot.providers().find(|id| id.as_str() == name).cloned();
    stored.or_else(|| catalog.provider(name).ok().map(|provider| provider.id.clone()))
}

fn matching(snapshot: &Snapshot, test: impl Fn(&Entry) -> bool) -> Vec<Arc<Entry>> {
    snapshot.entries().filter(|entry| test(entry)).collect()
}

fn has_beginning(id: CredentialId, target: &str) -> bool {
    let target = target.to_ascii_lowercase();
    target.len() >= SHORTEST_ID && (id.to_string().starts_with(&target) || id.simple().starts_with(&target))
}

fn one(target: &str, found: &[Arc<Entry>]) -> Result<Arc<Entry>, PoolError> {
    match found {
        [entry] => Ok(Arc::clone(entry)),
        several => {
            let names: Vec<_> = several.iter().map(|entry| name(entry)).collect();
            let problem = |lang| text::several(lang, &shown(target), &listed(lang, &names, comma));
            Err(PoolError::Target(Both::of(problem)))
        }
    }
}

fn name(entry: &Entry) -> String {
    format!("{}:{}", entry.credential.provider, entry.credential.label)
}

fn none(target: &str) -> PoolError {
    PoolError::Target(Both::of(|lang| text::no_name(lang, &shown(target))))
}

fn shown(target: &str) -> String {
    target
        .chars()
        .take(LONGEST_SHOWN)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
