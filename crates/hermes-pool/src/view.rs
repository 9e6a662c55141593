//! How a credential stands, in words.

use std::sync::atomic::Ordering;

use hermes_core::{CoolCause, Health, LoginCause, Scope, UnixMs};
use hermes_text::Both;
use hermes_text::errors::{pool as text, semicolon};
use hermes_text::state::model_rests;

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
        setting: Both::of(|lang| text::address_for(lang, protocol)),
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
pub(crate) fn state_for(entry: &Entry, model: Option<&str>, now: UnixMs) -> (State, Both, Option<UnixMs>) {
    if let Some(origin) = &entry.switched_off {
        return (
            State::Disabled,
            Both::of(|lang| text::off_by(lang, origin.get(lang))),
            None,
        );
    }
    if let Some(defect) = entry.defect() {
        return (State::NeedsLogin, defect.clone(), None);
    }
    let row = &entry.credential;
    match &row.health {
        Health::Disabled => return (State::Disabled, Both::of(text::off), None),
        Health::Blocked { rule } => return (State::Blocked, entry.objection(rule), None),
        Health::NeedsLogin { cause } => return (State::NeedsLogin, Both::of(|lang| cause.words(lang)), None),
        Health::Ready | Health::Cooling { .. } => {}
    }
    let rests = resting_models(entry, now);
    let (state, words, until) = match entry.stands(model, now) {
        Standing::Resting(until, cause) => {
            let words = Both::of(|lang| cause.words(lang));
            (State::CoolingDown, words, Some(until))
        }
        Standing::Fresh if entry.is_alive(now) => {
            let until = entry.due().or(row.expires);
            (State::Ready, Both::of(text::ready), until)
        }
        Standing::Ended => {
            let words = Both::of(|lang| LoginCause::NoRefreshToken.words(lang));
            (State::NeedsLogin, words, None)
        }
        _ if entry.is_alive(now) => (State::Expiring, Both::of(text::due), row.expires),
        _ => (State::Refreshable, Both::of(text::ended), None),
    };
    (state, with_rests(words, &rests), until)
}

/// The words, and those of the models that rest.
fn with_rests(words: Both, rests: &[(&str, CoolCause)]) -> Both {
    if rests.is_empty() {
        return words;
    }
    Both::of(|lang| {
        let told = rests
            .iter()
            .map(|(model, cause)| model_rests(lang, model, cause.words(lang)));
        let all: Vec<String> = std::iter::once(words.get(lang).to_owned()).chain(told).collect();
        all.join(semicolon(lang))
    })
}

/// Cool-downs of single models leave the others usable, so they are only told of.
fn resting_models(entry: &Entry, now: UnixMs) -> Vec<(&str, CoolCause)> {
    let rests = entry.credential.rests.iter().filter(|rest| rest.until > now);
    rests
        .filter_map(|rest| match &rest.scope {
            Scope::Model(model) => Some((model.as_str(), rest.cause)),
            Scope::Account | Scope::Organisation(_) => None,
        })
        .collect()
}
