//! One request and its story. No prompt and no answer: they are not kept.

use hermes_core::UnixMs;
use hermes_text::{Count, Lang, common, pages::requests as text, time};
use maud::{Markup, html};

use crate::look::{Head, Icon, Table, Tone, badge, copy_field, empty, encoded, icon, moment, page, prose};

/// The page.
#[derive(Clone, Debug)]
pub struct Story {
    /// Id.
    pub id: String,
    /// When it began.
    pub at: UnixMs,
    /// Model as the client named it.
    pub asked_model: String,
    /// Model as sent upstream.
    pub model: String,
    /// The alias or route that led from one to the other, in words.
    pub route: Option<String>,
    /// The client's protocol, for people.
    pub protocol: String,
    /// The protocol it was sent in, where it was translated.
    pub sent_as: Option<String>,
    /// Name of the client key.
    pub key_name: Option<String>,
    /// Status given to the client.
    pub status: u16,
    /// Kind of error, and what happened in words.
    pub error: Option<String>,
    /// Accounts that could have served, in the order they were looked at.
    pub candidates: Vec<Candidate>,
    /// Calls made upstream, in order.
    pub attempts: Vec<Attempt>,
    /// Fields that were dropped in translation.
    pub dropped: Vec<String>,
    /// Milliseconds to the first byte.
    pub first_byte_ms: Option<u32>,
    /// Milliseconds in all.
    pub total_ms: u32,
    /// Bytes held back before the first content.
    pub held_back: Option<u64>,
    /// Tokens: uncached input, cache read, cache write, output.
    pub tokens: Option<[u64; 4]>,
    /// The moment it shows.
    pub now: UnixMs,
}

/// An account that was looked at.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Id of the provider, for the link.
    pub provider: String,
    /// Label.
    pub label: String,
    /// What became of it.
    pub fate: Fate,
    /// Why, in words.
    pub why: String,
}

/// What became of an account that could have served.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It could not serve.
    PassedOver,
    /// It was asked, and failed.
    Failed,
    /// It served.
    Chosen,
}

/// A call upstream.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Label of the account.
    pub label: String,
    /// Status that came back; none without an answer.
    pub status: Option<u16>,
    /// Milliseconds it took.
    pub took_ms: u32,
    /// What followed, in words.
    pub outcome: String,
}

/// Draws it.
pub fn render(lang: Lang, model: &Story) -> Markup {
    let title = format!("{} {}", text::request(lang), model.model);
    let head = Head {
        title: &title,
        lede: Some(text::no_prompt(lang)),
        actions: Some(back(lang)),
        now: model.now,
        watch: "",
    };
    let content = html! {
        (facts(lang, model))
        div class="columns even" {
            (attempts(lang, model))
            (tokens(lang, model))
        }
        (candidates(lang, model))
        @if !model.dropped.is_empty() {
            section class="group" {
                h2 { (text::dropped(lang)) }
                ul class="panel pad chips" { @for one in &model.dropped { li { code { (one) } } } }
            }
        }
    };
    page(&head, content)
}

/// For an id that is not in the log.
pub fn gone(lang: Lang, now: UnixMs) -> Markup {
    let head = Head {
        title: text::request(lang),
        lede: None,
        actions: None,
        now,
        watch: "",
    };
    page(
        &head,
        empty(
            Icon::Search,
            text::gone(lang),
            text::gone_next(lang),
            Some(back(lang)),
        ),
    )
}

fn back(lang: Lang) -> Markup {
    html! { a class="button" href="/requests" { (icon(Icon::Back)) span { (text::back(lang)) } } }
}

fn facts(lang: Lang, model: &Story) -> Markup {
    let tone = if model.status >= 400 || model.error.is_some() {
        Tone::Bad
    } else {
        Tone::Good
    };
    html! {
        dl class="facts panel pad wide" {
            div { dt { (common::status(lang)) } dd { (badge(tone, &model.status.to_string())) } }
            @if let Some(error) = &model.error { div { dt { (text::error(lang)) } dd { (prose(error)) } } }
            div { dt { (common::when(lang)) } dd { (moment(lang, model.at, model.now)) } }
            div { dt { (common::model(lang)) } dd { code { (model.asked_model) } @if model.asked_model != model.model { " → " code { (model.model) } } } }
            @if let Some(route) = &model.route { div { dt { (text::route(lang)) } dd { (prose(route)) } } }
            div { dt { (text::asked_as(lang)) } dd { (model.protocol) } }
            div { dt { (text::sent_as(lang)) } dd { (model.sent_as.as_deref().unwrap_or(text::untouched(lang))) } }
            div { dt { (common::client_key(lang)) } dd { (model.key_name.as_deref().unwrap_or(common::none(lang))) } }
            @if let Some(first) = model.first_byte_ms { div { dt { (text::first_byte(lang)) } dd class="number" { (time::millis(lang, u64::from(first))) } } }
            div { dt { (text::total(lang)) } dd class="number" { (time::millis(lang, u64::from(model.total_ms))) } }
            @if let Some(bytes) = model.held_back { div { dt { (text::before_commit(lang)) } dd class="number" { (text::held_back(lang, &Count::from(bytes).grouped())) } } }
            div { dt { (text::id(lang)) } dd { (copy_field(lang, text::id(lang), &model.id)) } }
        }
    }
}

fn attempts(lang: Lang, model: &Story) -> Markup {
    html! {
        section class="group" {
            h2 { (text::story(lang)) }
            @if model.attempts.is_empty() {
                div class="panel pad faint" { (text::no_account(lang)) }
            } @else {
                ol class="story panel" {
                    @for (one, number) in model.attempts.iter().zip(1..) { (attempt(lang, one, number)) }
                }
            }
        }
    }
}

fn attempt(lang: Lang, one: &Attempt, number: u32) -> Markup {
    let tone = match one.status {
        Some(..400) => Tone::Good,
        Some(429) => Tone::Wait,
        _ => Tone::Bad,
    };
    let status = one
        .status
        .map_or_else(|| "–".to_owned(), |status| status.to_string());
    html! {
        li {
            p { strong { (text::attempt(lang, number)) } " · " (one.label) }
            p { (badge(tone, &status)) " " span class="faint number" { (time::millis(lang, u64::from(one.took_ms))) } }
            p { (prose(&one.outcome)) }
        }
    }
}

fn tokens(lang: Lang, model: &Story) -> Markup {
    let names = [
        text::tokens_in(lang),
        text::cache_read(lang),
        text::cache_write(lang),
        text::tokens_out(lang),
    ];
    html! {
        section class="group" {
            h2 { (common::tokens(lang)) }
            dl class="facts panel pad" {
                @match model.tokens {
                    Some(tokens) => {
                        @for (name, count) in names.into_iter().zip(tokens) { div { dt { (name) } dd class="number" { (Count::from(count).grouped()) } } }
                    },
                    None => { div { dt { (common::tokens(lang)) } dd { (common::unknown(lang)) } } },
                }
            }
        }
    }
}

fn candidates(lang: Lang, model: &Story) -> Markup {
    let row = |one: &Candidate| {
        let (tone, word) = match one.fate {
            Fate::Chosen => (Tone::Good, text::chosen(lang)),
            Fate::Failed => (Tone::Wait, text::asked_and_failed(lang)),
            Fate::PassedOver => (Tone::Quiet, text::passed_over(lang)),
        };
        vec![
            crate::look::Cell(html! { a href={ "/pool/" (encoded(&one.provider)) } { (one.label) } }),
            crate::look::Cell(badge(tone, word)),
            crate::look::Cell(prose(&one.why)),
        ]
    };
    let heads = vec![
        (common::account(lang), false),
        (common::status(lang), false),
        (text::why(lang), false),
    ];
    html! {
        @if !model.candidates.is_empty() {
            section class="group" {
                h2 { (text::candidates(lang)) }
                div class="panel" {
                    (Table { caption: text::candidates(lang), heads, rows: model.candidates.iter().map(row).collect() }.render())
                }
            }
        }
    }
}
