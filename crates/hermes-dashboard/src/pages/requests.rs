//! What passed the gateway: a live feed and the history.

mod rows;

use hermes_core::UnixMs;
use hermes_text::{Lang, common, pages::requests as text, shell};
use maud::{Markup, html};

use crate::look::{Head, Icon, empty, encoded, icon, page};

/// The page.
#[derive(Clone, Debug)]
pub struct Requests {
    /// What the list is narrowed to.
    pub filters: Filters,
    /// What can be chosen.
    pub choices: Choices,
    /// Requests, newest first.
    pub rows: Vec<Request>,
    /// Where the older ones begin, as `before` wants it; none at the end.
    pub older: Option<String>,
    /// Whether this is a page of older ones; new requests are not put in front of them.
    pub is_history: bool,
    /// The moment it shows.
    pub now: UnixMs,
}

/// What the list is narrowed to. Ids, as in the query of the address.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// Provider.
    pub provider: Option<String>,
    /// Credential.
    pub credential: Option<String>,
    /// Client key.
    pub key: Option<String>,
    /// Model as sent upstream.
    pub model: Option<String>,
    /// Only those that failed.
    pub failed: bool,
}

/// What the filters offer.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Providers.
    pub providers: Vec<Choice>,
    /// Credentials; the first few hundred at most.
    pub credentials: Vec<Choice>,
    /// Client keys.
    pub keys: Vec<Choice>,
    /// Models that were asked for lately.
    pub models: Vec<String>,
}

/// One thing to choose.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Its id.
    pub id: String,
    /// Its name for people.
    pub name: String,
}

/// One finished request; the event `request` carries the same as JSON, with these names and `at` in RFC 3339.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Request {
    /// Id.
    pub id: String,
    /// When it began.
    #[serde(serialize_with = "exact_time")]
    #[schema(value_type = String)]
    pub at: UnixMs,
    /// Model as sent upstream.
    pub model: String,
    /// Name of the provider.
    pub provider_name: Option<String>,
    /// Label of the account that served it.
    pub credential_label: Option<String>,
    /// Name of the client key.
    pub key_name: Option<String>,
    /// Status given to the client.
    pub status: u16,
    /// Calls made upstream.
    pub attempts: u32,
    /// Milliseconds to the first byte.
    pub first_byte_ms: Option<u32>,
    /// Milliseconds in all.
    pub total_ms: u32,
    /// Tokens in: uncached, read from and written to cache.
    pub tokens_in: Option<u64>,
    /// Tokens out.
    pub tokens_out: Option<u64>,
    /// Kind of error.
    pub error: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn exact_time<S: serde::Serializer>(at: &UnixMs, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::look::exact(*at))
}

/// Draws it.
pub fn render(lang: Lang, model: &Requests) -> Markup {
    let head = Head {
        title: shell::requests(lang),
        lede: None,
        actions: None,
        now: model.now,
        watch: "",
    };
    let is_live = !model.is_history && !model.filters.is_any();
    let nothing_to_choose = is_live && model.rows.is_empty() && model.choices.providers.is_empty();
    let content = html! {
        @if !nothing_to_choose { (filters(lang, model, is_live)) }
        @if model.rows.is_empty() { div id="feed-none" { (no_rows(lang, &model.filters)) } }
        (rows::table(lang, &model.rows, model.now, is_live))
        @if is_live { (rows::template(lang)) }
        (onward(lang, model))
    };
    page(&head, content)
}

fn no_rows(lang: Lang, filters: &Filters) -> Markup {
    if filters.is_any() {
        empty(
            Icon::Search,
            text::no_match(lang),
            text::no_match_next(lang),
            None,
        )
    } else {
        empty(Icon::Pulse, text::empty(lang), text::empty_next(lang), None)
    }
}

fn filters(lang: Lang, model: &Requests, is_live: bool) -> Markup {
    let Filters {
        provider,
        credential,
        key,
        model: name,
        failed,
    } = &model.filters;
    let models: Vec<_> = model
        .choices
        .models
        .iter()
        .map(|one| Choice {
            id: one.clone(),
            name: one.clone(),
        })
        .collect();
    html! {
        form class="filters" data-query role="search" aria-label=(text::filters(lang)) {
            (select(lang, "provider", common::provider(lang), &model.choices.providers, provider.as_deref()))
            (select(lang, "credential", common::account(lang), &model.choices.credentials, credential.as_deref()))
            (select(lang, "model", common::model(lang), &models, name.as_deref()))
            (select(lang, "key", common::client_key(lang), &model.choices.keys, key.as_deref()))
            label class="check" { input type="checkbox" name="failed" checked[*failed]; span { (text::only_failed(lang)) } }
            @if model.filters.is_any() { a class="button bare" href="/requests" { (hermes_text::action::clear(lang)) } }
            @if is_live {
                button type="button" class="button" id="feed-pause" aria-pressed="false" { (icon(Icon::Clock)) span { (text::pause(lang)) } }
            }
        }
    }
}

fn select(lang: Lang, name: &str, label: &str, choices: &[Choice], chosen: Option<&str>) -> Markup {
    // An id that is not offered any more is still what the list is narrowed to.
    let lost = chosen.filter(|chosen| choices.iter().all(|one| one.id != *chosen));
    html! {
        select name=(name) aria-label=(label) {
            option value="" selected[chosen.is_none()] { (label) (common::colon(lang)) (common::all(lang)) }
            @for one in choices { option value=(one.id) selected[chosen == Some(one.id.as_str())] { (one.name) } }
            @if let Some(lost) = lost { option value=(lost) selected { (lost) } }
        }
    }
}

fn onward(lang: Lang, model: &Requests) -> Markup {
    html! {
        @if model.older.is_some() || model.is_history {
            nav class="paging" aria-label=(common::pages(lang)) {
                @if model.is_history { a class="button" rel="first" href=(model.filters.address(None)) { (text::newest(lang)) } }
                @if let Some(older) = &model.older { a class="button" rel="next" href=(model.filters.address(Some(older))) { (text::older(lang)) } }
            }
        }
    }
}

impl Filters {
    fn is_any(&self) -> bool {
        self.failed
            || [&self.provider, &self.credential, &self.key, &self.model]
                .into_iter()
                .any(Option::is_some)
    }

    /// The page with these filters, from `before` on.
    fn address(&self, before: Option<&str>) -> String {
        let named = [
            ("provider", self.provider.as_deref()),
            ("credential", self.credential.as_deref()),
            ("key", self.key.as_deref()),
            ("model", self.model.as_deref()),
            ("failed", self.failed.then_some("true")),
            ("before", before),
        ];
        let parts: Vec<_> = named
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}={}", encoded(value?))))
            .collect();
        if parts.is_empty() {
            "/requests".to_owned()
        } else {
            format!("/requests?{}", parts.join("&"))
        }
    }
}
