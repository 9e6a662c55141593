//! What the terminal calls the values of other crates. The words are those of the dashboard.

use hermes_core::{Scope, Source, UnixMs};
use hermes_dashboard::look::{Cause, cause_words, rest_words, state_words};
use hermes_pool::{State, View};
use hermes_text::Lang;
use hermes_text::cli::account as words;
use hermes_text::pages::pool;

use crate::when;

/// The state of a login, with its cause where it is not plain.
pub(crate) fn state(lang: Lang, view: &View, now: UnixMs) -> String {
    let state = state_words(lang, view.state);
    let cause = cause(lang, view, now);
    match (cause.is_empty(), view.state, view.until) {
        (true, ..) => state.to_owned(),
        (false, State::CoolingDown, Some(until)) => {
            words::because_until(lang, state, &cause, &when::relative(lang, until, now))
        }
        (false, ..) => words::because(lang, state, &cause),
    }
}

/// Why a login stands as it does; nothing where its state says it all.
pub(crate) fn cause(lang: Lang, view: &View, now: UnixMs) -> String {
    let models = view.credential.rests.iter().filter(|rest| rest.until > now);
    let models = models
        .filter(|rest| view.state.usable() && matches!(rest.scope, Scope::Model(_)))
        .map(|rest| rest_words(lang, rest));
    Cause::of(view)
        .map(|cause| cause_words(lang, &cause))
        .into_iter()
        .chain(models)
        .reduce(|one, other| words::also(lang, &one, &other))
        .unwrap_or_default()
}

/// Where a login came from.
pub(crate) fn source(lang: Lang, source: &Source) -> String {
    match source {
        Source::Login => pool::source_login(lang).to_owned(),
        Source::Key => pool::source_key(lang).to_owned(),
        Source::Env(name) => pool::source_env(lang, name),
        Source::Config(name) => pool::source_config(lang, name),
    }
}
