//! The accounts of one provider.

mod account;
mod dialogs;

use hermes_core::{Billing, ProviderId, Rest, Strategy, UnixMs};
use hermes_pool::{RenewalState, State};
use hermes_text::{Lang, action, pages::pool as text};
use maud::{Markup, html};

use crate::look::{
    Cause, Head, Icon, Paging, Window, empty, encoded, icon, page, paging, prose, strategy_words,
};

/// The page.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Provider.
    pub provider: ProviderId,
    /// Its name for people.
    pub name: String,
    /// How the pool chooses.
    pub strategy: Strategy,
    /// The provider objected to an account, and all of them wait for a person.
    pub stopped: Option<Stopped>,
    /// The accounts of this page, in their order.
    pub accounts: Vec<Account>,
    /// Which part of the list it is.
    pub paging: Paging,
    /// The moment it shows.
    pub now: UnixMs,
}

/// Why a provider is stopped.
#[derive(Clone, Debug)]
pub struct Stopped {
    /// The account it objected to.
    pub label: String,
    /// The rule that fired, in words.
    pub rule: String,
}

/// One account.
#[derive(Clone, Debug)]
pub struct Account {
    /// The credential's id.
    pub id: String,
    /// Label.
    pub label: String,
    /// E-mail, name or subject of the account, where it is known and is not the label.
    pub identity: Option<String>,
    /// The organisation.
    pub organisation: Option<String>,
    /// The plan's name.
    pub plan: Option<String>,
    /// Name of the login method.
    pub method: String,
    /// The region's name.
    pub region: Option<String>,
    /// How its use is paid for.
    pub billing: Billing,
    /// Place in the order, from 0.
    pub place: u64,
    /// Its share under the weighted strategy.
    pub weight: u32,
    /// Where it came from.
    pub source: hermes_core::Source,
    /// How it stands.
    pub state: State,
    /// Why, unless the state says it all.
    pub cause: Option<Cause>,
    /// When a cool-down ends; shown with a countdown.
    pub until: Option<UnixMs>,
    /// Cool-downs of models and of the organisation that have not ended.
    pub rests: Vec<Rest>,
    /// Windows of its plan, where the quota is known.
    pub windows: Vec<Window>,
    /// Money that is left, with its currency.
    pub balance: Option<String>,
    /// When the provider told these.
    pub told: Option<UnixMs>,
    /// Whether the provider can be asked what is left.
    pub askable: bool,
    /// When the access token ends.
    pub token_ends: Option<UnixMs>,
    /// Whether the token can be renewed.
    pub renewable: bool,
    /// When it last served a request.
    pub last_served: Option<UnixMs>,
    /// When its token was last renewed.
    pub refreshed: Option<UnixMs>,
    /// Requests it serves now.
    pub in_flight: u64,
    /// Requests it has served since the program began.
    pub served: u64,
    /// A renewal under way or in trouble.
    pub renewal: Option<RenewalState>,
    /// Settings that were not followed, each with why.
    pub ignored: Vec<(String, String)>,
    /// What revoking ends, in words; none where the provider has no revocation.
    pub revoke_ends: Option<String>,
}

/// Draws it.
pub fn render(lang: Lang, model: &Pool) -> Markup {
    let title = text::title(lang, &model.name);
    let head = Head {
        title: &title,
        lede: (model.accounts.len() > 1).then_some(text::order_hint(lang)),
        actions: Some(add(lang, model)),
        now: model.now,
        watch: "credentials",
    };
    if model.accounts.is_empty() && model.paging.offset == 0 {
        return page(
            &head,
            empty(
                Icon::Key,
                text::empty(lang),
                text::empty_next(lang),
                Some(add(lang, model)),
            ),
        );
    }
    let address = format!("/pool/{}", encoded(model.provider.as_str()));
    let content = html! {
        @if let Some(stopped) = &model.stopped { (stop(lang, stopped)) }
        (strategy(lang, model))
        ol id="accounts" class="accounts" data-reorder data-first=(model.paging.offset) data-total=(model.paging.total) {
            @for one in &model.accounts { (account::render(lang, model, one)) }
        }
        (paging(lang, &address, model.paging))
    };
    page(&head, content)
}

fn add(lang: Lang, model: &Pool) -> Markup {
    html! {
        a class="button primary" href={ "/providers#provider-" (model.provider) } { (icon(Icon::Plus)) span { (action::add_account(lang)) } }
    }
}

fn stop(lang: Lang, stopped: &Stopped) -> Markup {
    html! {
        div class="note bad" role="alert" {
            (icon(Icon::Warning))
            div {
                p class="note-title" { (text::stopped(lang)) }
                p { (prose(&text::stopped_why(lang, &stopped.label, &stopped.rule))) }
            }
        }
    }
}

fn strategy(lang: Lang, model: &Pool) -> Markup {
    let (_, means) = strategy_words(lang, model.strategy);
    let target = format!("PUT /api/pools/{}/strategy", encoded(model.provider.as_str()));
    html! {
        div class="strategy" {
            label for="strategy" { (text::strategy(lang)) }
            select id="strategy" name="strategy" data-call=(target) aria-describedby="strategy-means" {
                @for one in Strategy::ALL {
                    option value=(one.as_str()) selected[one == model.strategy] { (strategy_words(lang, one).0) }
                }
            }
            span id="strategy-means" class="faint" { (means) }
        }
    }
}
