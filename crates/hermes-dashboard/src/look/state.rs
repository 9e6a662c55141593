use hermes_core::{Billing, CoolCause, Health, LoginCause, Rest, Scope, Strategy};
use hermes_pool::{State, View};
use hermes_text::{Both, Lang, common, state as text};
use maud::Markup;

use super::badge::{Tone, badge};

/// Why a login stands as it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Why it rests.
    Cool(CoolCause),
    /// Why a person must sign in.
    Login(LoginCause),
    /// A rule of the catalogue, a setting, or a defect, in words of its own.
    Words(Both),
}

impl Cause {
    /// Why a login stands as it does; none where its state says it all.
    pub fn of(view: &View) -> Option<Self> {
        match (&view.credential.health, view.state) {
            (Health::Cooling { cause, .. }, State::CoolingDown) => Some(Self::Cool(*cause)),
            (Health::NeedsLogin { cause }, State::NeedsLogin) => Some(Self::Login(*cause)),
            (Health::Disabled, State::Disabled)
            | (_, State::Ready | State::Expiring | State::Refreshable) => None,
            _ => Some(Self::Words(view.words.clone())),
        }
    }
}

/// A state as a dot and a word.
pub fn state_badge(lang: Lang, state: State) -> Markup {
    badge(tone(state), state_words(lang, state))
}

/// How good a state is.
pub(crate) fn tone(state: State) -> Tone {
    match state {
        State::Ready | State::Expiring | State::Refreshable => Tone::Good,
        State::CoolingDown => Tone::Wait,
        State::NeedsLogin | State::Blocked => Tone::Bad,
        State::Disabled | State::Absent => Tone::Quiet,
    }
}

/// A state in a word or two.
pub fn state_words(lang: Lang, state: State) -> &'static str {
    match state {
        State::Ready => text::ready(lang),
        State::Expiring => text::expiring(lang),
        State::Refreshable => text::refreshable(lang),
        State::CoolingDown => text::cooling_down(lang),
        State::NeedsLogin => text::needs_login(lang),
        State::Disabled => text::disabled(lang),
        State::Blocked => text::blocked(lang),
        State::Absent => text::absent(lang),
    }
}

/// A cause in plain words.
pub fn cause_words(lang: Lang, cause: &Cause) -> String {
    match cause {
        Cause::Cool(cause) => cool_words(lang, *cause).to_owned(),
        Cause::Login(cause) => login_words(lang, *cause).to_owned(),
        Cause::Words(words) => words.get(lang).to_owned(),
    }
}

fn cool_words(lang: Lang, cause: CoolCause) -> &'static str {
    match cause {
        CoolCause::RateLimit => text::rate_limit(lang),
        CoolCause::WindowSpent => text::window_spent(lang),
        CoolCause::Billing => text::out_of_credit(lang),
        CoolCause::Unauthorised => text::unauthorised(lang),
        CoolCause::Provider => text::provider_failing(lang),
        CoolCause::RefreshFailed => text::refresh_failed(lang),
        CoolCause::NoModel => text::no_model(lang),
    }
}

fn login_words(lang: Lang, cause: LoginCause) -> &'static str {
    match cause {
        LoginCause::RevokedOrReused => text::revoked_or_reused(lang),
        LoginCause::LostRotation => text::lost_rotation(lang),
        LoginCause::InDoubt => text::in_doubt(lang),
        LoginCause::NoRefreshToken => text::no_refresh_token(lang),
        LoginCause::KeyRejected => text::key_rejected(lang),
        LoginCause::TokenRejected => text::token_rejected(lang),
    }
}

/// A cool-down of a part: what rests and why.
pub fn rest_words(lang: Lang, rest: &Rest) -> String {
    let cause = cool_words(lang, rest.cause);
    match &rest.scope {
        Scope::Account => cause.to_owned(),
        Scope::Model(model) => text::model_rests(lang, model, cause),
        Scope::Organisation(name) => text::organisation_rests(lang, name, cause),
    }
}

/// A strategy's name and what it does.
pub fn strategy_words(lang: Lang, strategy: Strategy) -> (&'static str, &'static str) {
    match strategy {
        Strategy::FillFirst => (text::fill_first(lang), text::fill_first_means(lang)),
        Strategy::RoundRobin => (text::round_robin(lang), text::round_robin_means(lang)),
        Strategy::LeastUsed => (text::least_used(lang), text::least_used_means(lang)),
        Strategy::Random => (text::random(lang), text::random_means(lang)),
        Strategy::Weighted => (text::weighted(lang), text::weighted_means(lang)),
    }
}

/// How use is paid for.
pub fn billing_words(lang: Lang, billing: Billing) -> &'static str {
    match billing {
        Billing::Subscription => common::subscription(lang),
        Billing::Metered => common::metered(lang),
        Billing::Credits => common::credits(lang),
        Billing::Free => common::free(lang),
        Billing::Local => common::local(lang),
    }
}
