//! How a credential stands, in words.

use std::sync::atomic::Ordering;

use hermes_core::{Health, LoginCause, Scope, UnixMs};

use crate::api::{State, View};
use crate::entry::{Entry, Standing};
use crate::runtime::Ignored;
use crate::slot;

pub(crate) fn of(entry: &Entry, now: UnixMs) -> View {
    let (state, words, until) = state_for(entry, None, now);
    let outlook = entry.outlook.as_ref().as_ref();
    let mut ignored = outlook.map(|outlook| outlook.ignored.clone()).unwrap_or_default();
    let moved = entry
        .opened()
        .and_then(Result::ok)
        .into_iter()
        .flat_map(|opened| opened.all_moved());
    ignored.extend(moved.map(|(protocol, why)| Ignored {
        setting: format!("the address for {}", protocol.title()),
        why: why.clone(),
    }));
    View {
        credential: entry.credential.clone(),
        state,
        words,
        until,
        runtimes: outlook
            .map(|outlook| outlook.runtimes.clone())
            .unwrap_or_default(),
        ignored,
        left: slot::hold(&entry.slot.left).clone(),
        in_flight: u64::from(entry.slot.in_flight.load(Ordering::Relaxed)),
        served: entry.slot.served.load(Ordering::Relaxed),
    }
}

/// State, cause in words and when it changes by itself; for a model, or in general.
pub(crate) fn state_for(entry: &Entry, model: Option<&str>, now: UnixMs) -> (State, String, Option<UnixMs>) {
    if let Some(origin) = &entry.switched_off {
        return (State::Disabled, format!("switched off by {origin}"), None);
    }
    if let Some(defect) = entry.defect() {
        return (State::NeedsLogin, defect.to_owned(), None);
    }
    let row = &entry.credential;
    match &row.health {
        Health::Disabled => return (State::Disabled, "switched off".to_owned(), None),
        Health::Blocked { rule } => return (State::Blocked, rule.clone(), None),
        Health::NeedsLogin { cause } => return (State::NeedsLogin, cause.words().to_owned(), None),
        Health::Ready | Health::Cooling { .. } => {}
    }
    let rests = resting_models(entry, now);
    let (state, words, until) = match entry.stands(model, now) {
        Standing::Resting(until, cause) => (State::CoolingDown, cause.words(), Some(until)),
        Standing::Fresh if entry.is_alive(now) => (State::Ready, "ready", entry.due().or(row.expires)),
        Standing::Ended => (State::NeedsLogin, LoginCause::NoRefreshToken.words(), None),
        _ if entry.is_alive(now) => (State::Expiring, "the token is due for renewal", row.expires),
        _ => (
            State::Refreshable,
            "the token has ended; the next use renews it",
            None,
        ),
    };
    let words = rests.map_or_else(|| words.to_owned(), |rests| format!("{words}; {rests}"));
    (state, words, until)
}

/// Cool-downs of single models leave the others usable, so they are only told of.
fn resting_models(entry: &Entry, now: UnixMs) -> Option<String> {
    let told: Vec<String> = entry
        .credential
        .rests
        .iter()
        .filter(|rest| rest.until > now)
        .filter_map(|rest| match &rest.scope {
            Scope::Model(model) => Some(format!("`{model}` models: {}", rest.cause.words())),
            Scope::Account | Scope::Organisation(_) => None,
        })
        .collect();
    (!told.is_empty()).then(|| told.join("; "))
}
