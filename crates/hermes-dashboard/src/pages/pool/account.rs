//! One account as a row: what it is, how it stands, what is left of its plan, and what can be done.

use hermes_core::{Source, Strategy, UnixMs};
use hermes_pool::{RenewalState, State};
use hermes_text::{Count, Lang, action, common, pages::pool as text, state, time};
use maud::{Markup, html};
use serde_json::json;

use super::{Account, Pool, dialogs};
use crate::look::{
    Call, Icon, Kind, billing_words, button, cause_words, copy_field, encoded, icon, moment, opener, prose,
    rest_words, state_badge, window_bar,
};

pub(super) fn render(lang: Lang, pool: &Pool, one: &Account) -> Markup {
    let stored = !matches!(one.source, Source::Config(_));
    let target = call(one, "priority").target();
    html! {
        li id={ "account-" (one.id) } class={ "account panel " (crate::look::tone(one.state).class()) } data-place=(one.place) data-call=(target) {
            (handle(lang, pool, one, stored))
            div class="account-who" {
                h2 { (one.label) }
                (who(lang, one))
            }
            div class="account-state" { (standing(lang, pool, one)) }
            @if !one.windows.is_empty() {
                div class="account-windows" aria-label=(text::windows(lang)) role="group" {
                    @for window in &one.windows { (window_bar(lang, window, pool.now)) }
                }
            }
            (times(lang, pool.now, one))
            (notes(lang, pool, one))
            @if stored { div class="account-menu" { (actions(lang, pool, one)) } }
        }
    }
}

/// The handle takes drags and arrow keys.
fn handle(lang: Lang, pool: &Pool, one: &Account, stored: bool) -> Markup {
    html! {
        @if stored && pool.paging.total > 1 {
            button type="button" class="handle" data-handle aria-label=(action::reorder(lang, &(one.place + 1).to_string(), &one.label)) title=(text::place(lang, &(one.place + 1).to_string())) {
                (icon(Icon::Grip)) span class="number" { (one.place + 1) }
            }
        } @else {
            span class="handle" aria-hidden="true" { span class="number" { (one.place + 1) } }
        }
    }
}

/// Who it is, in the words that are known.
fn who(lang: Lang, one: &Account) -> Markup {
    let known = |words: [Option<&str>; 2]| words.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let account = known([one.identity.as_deref(), one.organisation.as_deref()]);
    let plan = known([
        one.plan.as_deref().or(Some(billing_words(lang, one.billing))),
        one.region.as_deref(),
    ]);
    html! {
        @if !account.is_empty() { p class="faint" { (account) } }
        p class="faint" { (plan) }
    }
}

fn standing(lang: Lang, pool: &Pool, one: &Account) -> Markup {
    html! {
        p { (state_badge(lang, one.state)) }
        @if let Some(cause) = &one.cause { p { (prose(&cause_words(lang, cause))) } }
        @if let (State::CoolingDown, Some(until)) = (one.state, one.until) {
            p class="faint" { (state::usable_again(lang)) " " (moment(lang, until, pool.now)) }
        }
        @for rest in &one.rests {
            p class="faint" { (prose(&rest_words(lang, rest))) (common::comma(lang)) (state::usable_again(lang)) " " (moment(lang, rest.until, pool.now)) }
        }
        @if one.state == State::NeedsLogin {
            a class="button primary" href={ "/providers#provider-" (pool.provider) } { (action::sign_in_again(lang)) }
        }
        @if one.state == State::Disabled {
            (button(Kind::Plain, action::enable(lang), None, &call(one, "enable")))
        }
        @if one.state == State::Blocked {
            (button(Kind::Plain, action::use_again(lang), None, &call(one, "reset").confirm(text::lift_title(lang, &one.label), text::lift_asks(lang))))
        }
    }
}

fn times(lang: Lang, now: UnixMs, one: &Account) -> Markup {
    let or_never =
        |at: Option<UnixMs>| at.map_or_else(|| html! { (time::never(lang)) }, |at| moment(lang, at, now));
    html! {
        dl class="facts account-times" {
            div { dt { (text::last_served(lang)) } dd { (or_never(one.last_served)) } }
            div {
                dt { (text::token_ends(lang)) }
                dd {
                    @match one.token_ends {
                        Some(at) => { (moment(lang, at, now)) @if !one.renewable { " · " (text::not_renewable(lang)) } },
                        None => (text::token_endless(lang)),
                    }
                }
            }
            @if one.renewable { div { dt { (text::renewed(lang)) } dd { (or_never(one.refreshed)) } } }
            @if let Some(balance) = &one.balance { div { dt { (text::balance(lang)) } dd class="number" { (balance) } } }
            @if let Some(told) = one.told { div { dt { (text::told(lang)) } dd { (moment(lang, told, now)) } } }
            div { dt { (text::in_flight(lang)) } dd class="number" { (Count::from(one.in_flight).grouped()) } }
        }
    }
}

/// What is out of the ordinary, and what is seldom wanted.
fn notes(lang: Lang, pool: &Pool, one: &Account) -> Markup {
    html! {
        details class="account-more" {
            summary { (text::details(lang)) }
            dl class="facts" {
                div { dt { (common::billing(lang)) } dd { (billing_words(lang, one.billing)) } }
                div { dt { (common::method(lang)) } dd { (one.method) } }
                div { dt { (text::source(lang)) } dd { (prose(&source_words(lang, &one.source))) } }
                div { dt { (text::weight(lang)) } dd class="number" { (one.weight) } }
                div { dt { (text::served(lang)) } dd class="number" { (Count::from(one.served).grouped()) } }
                div { dt { (text::id(lang)) } dd { (copy_field(lang, text::id(lang), &one.id)) } }
            }
        }
        @let keyless = matches!(one.source, Source::Config(_));
        @if keyless || one.renewal.is_some_and(|renewal| is_news(&renewal)) || !one.ignored.is_empty() {
            div class="account-notes" {
                @if keyless { p class="faint" { (text::keyless(lang)) } }
                @if let Some(renewal) = one.renewal.filter(is_news) { p { (text::renewal(lang)) (common::colon(lang)) (renewal_words(lang, renewal, pool.now)) } }
                @for (setting, why) in &one.ignored { p class="faint" { (prose(&text::ignored(lang, setting, why))) } }
            }
        }
    }
}

/// The end of a login is told by its state and cause already.
fn is_news(renewal: &RenewalState) -> bool {
    !matches!(renewal, RenewalState::Ended { .. })
}

fn renewal_words(lang: Lang, renewal: RenewalState, now: UnixMs) -> Markup {
    match renewal {
        RenewalState::UnderWay => html! { (text::renewal_under_way(lang)) },
        RenewalState::Abandoned => html! { (text::renewal_abandoned(lang)) },
        RenewalState::Unanswered => html! { (text::renewal_unanswered(lang)) },
        RenewalState::InDoubt { since } => html! {
            (text::renewal_in_doubt(lang)) @if let Some(since) = since { (common::comma(lang)) (moment(lang, since, now)) }
        },
        RenewalState::Ended { .. } => html! { (text::renewal_ended(lang)) },
        RenewalState::Quiet { left } => html! {
            (text::renewal_quiet(lang)) " " (moment(lang, now.plus(left), now))
        },
        RenewalState::Paused { left } => html! {
            (text::renewal_paused(lang)) " " (moment(lang, now.plus(left), now))
        },
    }
}

fn source_words(lang: Lang, source: &Source) -> String {
    match source {
        Source::Login => text::source_login(lang).to_owned(),
        Source::Key => text::source_key(lang).to_owned(),
        Source::Env(name) => text::source_env(lang, name),
        Source::Config(name) => text::source_config(lang, name),
    }
}

pub(super) fn call(one: &Account, verb: &str) -> Call {
    Call::new("POST", format!("/api/credentials/{}/{verb}", encoded(&one.id)))
}

fn actions(lang: Lang, pool: &Pool, one: &Account) -> Markup {
    html! {
        details class="menu" {
            summary class="button bare icon-only" aria-label=(action::more(lang, &one.label)) { (icon(Icon::More)) }
            div class="menu-items" { (items(lang, pool, one)) }
        }
        (dialogs::rename(lang, one))
        @if pool.strategy == Strategy::Weighted { (dialogs::weight(lang, one)) }
    }
}

fn items(lang: Lang, pool: &Pool, one: &Account) -> Markup {
    let last = pool.paging.total.saturating_sub(1);
    let to = |place: u64| call(one, "priority").body(json!({ "place": place }));
    html! {
        (opener(Kind::Bare, action::rename(lang), None, &dialogs::rename_id(one)))
        @if pool.strategy == Strategy::Weighted { (opener(Kind::Bare, action::set_weight(lang), None, &dialogs::weight_id(one))) }
        @if one.place > 0 { (button(Kind::Bare, action::move_up(lang), None, &to(one.place - 1))) }
        @if one.place < last { (button(Kind::Bare, action::move_down(lang), None, &to(one.place + 1))) }
        hr;
        @if one.askable { (button(Kind::Bare, action::check_plan(lang), None, &call(one, "quota"))) }
        @if one.renewable { (button(Kind::Bare, action::refresh(lang), None, &call(one, "refresh"))) }
        (button(Kind::Bare, action::reset(lang), None, &call(one, "reset").confirm(text::reset_title(lang, &one.label), text::reset_asks(lang))))
        @if one.state == State::Disabled {
            (button(Kind::Bare, action::enable(lang), None, &call(one, "enable")))
        } @else {
            (button(Kind::Bare, action::disable(lang), None, &call(one, "disable").confirm(format!("{} · {}", action::disable(lang), one.label), text::disable_asks(lang, &one.label))))
        }
        hr;
        (dialogs::remove(lang, one))
        (dialogs::revoke(lang, one))
    }
}
