//! The page one leaves open.

mod gateway;
mod snippets;

use hermes_core::{Billing, Protocol, ProviderId, UnixMs};
use hermes_pool::State;
use hermes_text::{Count, Lang, action, common, pages::overview as text, shell};
use maud::{Markup, html};

use crate::look::{
    Cause, Head, Icon, Table, billing_words, cause_words, compact, dollars, empty, encoded, icon, moment,
    page, prose, rest_of, state_badge,
};

/// More than anybody works through at once; the pools list all.
const MOST_NEEDS: usize = 20;

/// The page.
#[derive(Clone, Debug)]
pub struct Overview {
    /// What needs a person, the most urgent first.
    pub needs: Vec<Need>,
    /// Providers with an account.
    pub providers: Vec<Provider>,
    /// Requests now.
    pub rate: Rate,
    /// Since midnight of this machine.
    pub today: Today,
    /// Where tools connect.
    pub gateway: Gateway,
    /// The moment it shows.
    pub now: UnixMs,
}

/// Something that needs a person.
#[derive(Clone, Debug)]
pub enum Need {
    /// An account that no request can use until a person acts.
    Account {
        /// Provider.
        provider: ProviderId,
        /// Its name.
        provider_name: String,
        /// The account's label.
        label: String,
        /// How it stands.
        state: State,
        /// Why.
        cause: Option<Cause>,
    },
    /// The store renews no token.
    Store {
        /// Why, one sentence.
        problem: String,
        /// What to do.
        next: String,
    },
    /// Anything else.
    Other {
        /// What.
        title: String,
        /// What to do.
        next: String,
    },
}

/// A provider with accounts.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Id.
    pub id: ProviderId,
    /// Name.
    pub name: String,
    /// As its best account stands.
    pub state: State,
    /// Accounts.
    pub accounts: u64,
    /// Those that can serve now or after a renewal.
    pub usable: u64,
    /// When the first of its resting accounts is back, where none is usable.
    pub until: Option<UnixMs>,
    /// Requests since midnight.
    pub requests: u64,
    /// Tokens since midnight, in and out.
    pub tokens: u64,
}

/// Requests now.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rate {
    /// Requests per second, in tenths.
    pub tenths_per_second: u64,
    /// Under way.
    pub in_flight: u64,
}

/// Since midnight.
#[derive(Clone, Debug, Default)]
pub struct Today {
    /// Requests.
    pub requests: u64,
    /// Failed ones of them.
    pub failed: u64,
    /// Tokens in: uncached, read from and written to cache.
    pub tokens_in: u64,
    /// Tokens out.
    pub tokens_out: u64,
    /// By how it is paid for; without those that had no request.
    pub billing: Vec<Spend>,
}

/// What one billing class used.
#[derive(Clone, Copy, Debug)]
pub struct Spend {
    /// Class.
    pub billing: Billing,
    /// Requests.
    pub requests: u64,
    /// Tokens in and out.
    pub tokens: u64,
    /// Cost in millionths of a US dollar; none where it is not known or nothing is paid by the token.
    pub cost_micros: Option<u64>,
}

/// Where tools connect.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Base address without a path, such as `http://127.0.0.1:7766`.
    pub url: String,
    /// For each protocol a model of a provider that is signed in and speaks it, for the snippets.
    pub models: Vec<(Protocol, String)>,
    /// Client keys that are in use.
    pub keys: u64,
}

/// Draws it.
pub fn render(lang: Lang, model: &Overview) -> Markup {
    let head = Head {
        title: shell::overview(lang),
        lede: None,
        actions: None,
        now: model.now,
        watch: "credentials keys settings",
    };
    let content = html! {
        (needs(lang, model))
        @if model.providers.is_empty() {
            (empty(Icon::Plug, text::empty(lang), text::empty_next(lang), Some(html! {
                a class="button primary" href="/providers" { (text::choose_provider(lang)) }
            })))
        } @else {
            (tiles(lang, model))
            div class="columns even" {
                (providers(lang, model))
                div class="stack wide" {
                    (billing(lang, &model.today))
                    (gateway::render(lang, &model.gateway))
                }
            }
        }
        @if model.providers.is_empty() { (gateway::render(lang, &model.gateway)) }
    };
    page(&head, content)
}

fn needs(lang: Lang, model: &Overview) -> Markup {
    html! {
        @if !model.needs.is_empty() {
            section class="group" aria-labelledby="needs-title" {
                h2 id="needs-title" { (text::needs_you(lang)) " " span class="tally number" { (model.needs.len()) } }
                ul class="rows panel needs" {
                    @for one in model.needs.iter().take(MOST_NEEDS) { (need(lang, one)) }
                    (rest_of(lang, model.needs.len(), MOST_NEEDS))
                }
            }
        } @else if !model.providers.is_empty() {
            p class="all-well" { (icon(Icon::Check)) (text::all_well(lang)) }
        }
    }
}

fn need(lang: Lang, need: &Need) -> Markup {
    match need {
        Need::Account {
            provider,
            provider_name,
            label,
            state,
            cause,
        } => {
            let (href, act) = match state {
                State::NeedsLogin => (
                    format!("/providers#provider-{provider}"),
                    action::sign_in_again(lang),
                ),
                _ => (format!("/pool/{}", encoded(provider.as_str())), text::lift(lang)),
            };
            html! {
                li class="need" {
                    div {
                        p { strong { (label) } " · " (provider_name) }
                        p class="with-badge" { (state_badge(lang, *state)) @if let Some(cause) = cause { span { (prose(&cause_words(lang, cause))) } } }
                    }
                    a class="button primary" href=(href) { (act) }
                }
            }
        }
        Need::Store { problem, next } => told(text::store_stopped(lang), Some(problem), next),
        Need::Other { title, next } => told(title, None, next),
    }
}

fn told(title: &str, text: Option<&str>, next: &str) -> Markup {
    html! {
        li class="need" {
            div {
                p { strong { (prose(title)) } }
                @if let Some(text) = text { p { (prose(text)) } }
                p class="faint" { (prose(next)) }
            }
        }
    }
}

fn tiles(lang: Lang, model: &Overview) -> Markup {
    let (rate, today) = (model.rate, &model.today);
    let split = text::tokens_in_out(lang, &compact(today.tokens_in), &compact(today.tokens_out));
    let failed = (today.failed > 0).then(|| text::failed_today(lang, today.failed));
    html! {
        dl class="tiles" {
            div class="tile panel" {
                dt { (text::per_second(lang)) }
                dd class="number" data-rate="per_second" { (rate.tenths_per_second / 10) "." (rate.tenths_per_second % 10) }
                dd class="faint" { (text::in_flight(lang)) (common::colon(lang)) span class="number" data-rate="in_flight" { (rate.in_flight) } }
            }
            div class="tile panel" {
                dt { (text::requests_today(lang)) }
                dd class="number" { (Count::from(today.requests).grouped()) }
                dd class="faint" { @if let Some(failed) = failed { span class="bad-text" { (failed) } } }
            }
            div class="tile panel" {
                dt { (text::tokens_today(lang)) }
                dd class="number" { (compact(today.tokens_in.saturating_add(today.tokens_out))) }
                dd class="faint number" { (split) }
            }
        }
    }
}

fn providers(lang: Lang, model: &Overview) -> Markup {
    html! {
        section class="group grow" aria-labelledby="accounts-title" {
            h2 id="accounts-title" { (text::accounts(lang)) }
            ul class="rows panel" { @for one in &model.providers { (provider(lang, one, model.now)) } }
        }
    }
}

fn provider(lang: Lang, one: &Provider, now: UnixMs) -> Markup {
    html! {
        li class="signed" {
            a class="row-link" href={ "/pool/" (encoded(one.id.as_str())) } {
                strong { (one.name) }
            }
            span class="signed-state" {
                (state_badge(lang, one.state))
                @if let (State::CoolingDown, Some(until)) = (one.state, one.until) { " " span class="faint" { (moment(lang, until, now)) } }
            }
            span class="faint number" { (text::usable_of(lang, one.usable, one.accounts)) }
            span class="faint number" { (common::requests_counted(lang, one.requests)) " · " (common::tokens_counted(lang, &compact(one.tokens))) }
        }
    }
}

fn billing(lang: Lang, today: &Today) -> Markup {
    let costs = today.billing.iter().any(|one| one.cost_micros.is_some());
    let row = |one: &Spend| {
        let mut cells = vec![
            billing_words(lang, one.billing).into(),
            Count::from(one.requests).grouped().into(),
            compact(one.tokens).into(),
        ];
        if costs {
            let cost = one.cost_micros.map(|cost| text::estimated(lang, &dollars(cost)));
            cells.push(cost.unwrap_or_else(|| "–".to_owned()).into());
        }
        cells
    };
    let mut heads = vec![
        (common::billing(lang), false),
        (common::requests(lang), true),
        (common::tokens(lang), true),
    ];
    heads.extend(costs.then(|| (hermes_text::pages::usage::cost(lang), true)));
    html! {
        section class="group" aria-labelledby="spend-title" {
            h2 id="spend-title" { (text::spend_today(lang)) }
            @if today.billing.is_empty() {
                div class="panel pad faint" { (text::no_spend(lang)) }
            } @else {
                div class="panel" {
                    (Table { caption: text::spend_today(lang), heads, rows: today.billing.iter().map(row).collect() }.render())
                }
            }
        }
    }
}
