//! What was used, over a day, a week or a month.

use hermes_core::UnixMs;
use hermes_text::{Count, Lang, common, pages::usage as text, shell, time};
use maud::{Markup, html};

use crate::look::{Chart, Head, Icon, Series, Table, Unit, bars, compact, dollars, empty, icon, lines, page};

/// The page.
#[derive(Clone, Debug)]
pub struct Usage {
    /// The range.
    pub range: Range,
    /// What the bars are stacked by.
    pub by: By,
    /// When each step begins: hours of a day, or days.
    pub steps: Vec<UnixMs>,
    /// Tokens in and out by group, the largest first; at most eight, the last may be [`others`].
    pub tokens: Vec<Series>,
    /// Cost in millionths of a US dollar, likewise; empty where no price is known, and then no cost is shown.
    pub cost: Vec<Series>,
    /// Requests, likewise.
    pub requests: Vec<Series>,
    /// Failed requests, likewise.
    pub failures: Vec<Series>,
    /// Milliseconds to the first byte at the 50th, 95th and 99th percentile; zero where there was no request.
    pub latency: [Vec<u64>; 3],
    /// Sums of the range by group, the largest first; the file has all.
    pub sums: Vec<Sum>,
    /// Groups beyond them.
    pub more: u64,
    /// The moment it shows.
    pub now: UnixMs,
}

/// A range of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Range {
    /// 24 hours, by the hour.
    Day,
    /// 7 days, by the day.
    Week,
    /// 30 days, by the day.
    Month,
}

/// What is told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Accounts.
    Credential,
    /// Models.
    Model,
    /// Client keys.
    Key,
}

/// What one group used in the range.
#[derive(Clone, Debug)]
pub struct Sum {
    /// Its name for people.
    pub name: String,
    /// Requests.
    pub requests: u64,
    /// Failed ones of them.
    pub failed: u64,
    /// Tokens in.
    pub tokens_in: u64,
    /// Tokens out.
    pub tokens_out: u64,
    /// Cost in millionths of a US dollar, where it is known.
    pub cost_micros: Option<u64>,
    /// Median milliseconds to the first byte.
    pub median_ms: Option<u32>,
}

impl Range {
    const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// The word in the query.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Day => text::range_day(lang),
            Self::Week => text::range_week(lang),
            Self::Month => text::range_month(lang),
        }
    }
}

impl By {
    const ALL: [Self; 3] = [Self::Credential, Self::Model, Self::Key];

    /// The word in the query.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Model => "model",
            Self::Key => "key",
        }
    }

    fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Credential => common::account(lang),
            Self::Model => common::model(lang),
            Self::Key => common::client_key(lang),
        }
    }
}

/// The name for everything that has no series of its own.
pub fn others(lang: Lang) -> String {
    text::others(lang).to_owned()
}

/// Draws it.
pub fn render(lang: Lang, model: &Usage) -> Markup {
    let csv = format!(
        "/api/usage.csv?range={}&by={}",
        model.range.as_str(),
        model.by.as_str()
    );
    let actions = html! {
        a class="button" href=(csv) data-download={ "hermes-usage-" (model.range.as_str()) ".csv" } { (icon(Icon::Down)) span { (text::csv(lang)) } }
    };
    let head = Head {
        title: shell::usage(lang),
        lede: None,
        actions: Some(actions),
        now: model.now,
        watch: "",
    };
    let content = html! {
        (choices(lang, model))
        @if model.sums.is_empty() {
            (empty(Icon::Chart, text::empty(lang), text::empty_next(lang), None))
        } @else {
            div class="charts" {
                (bars(lang, &chart(lang, model, text::tokens(lang), Unit::Count, &model.tokens)))
                @if !model.cost.is_empty() { (bars(lang, &chart(lang, model, text::cost(lang), Unit::Dollars, &model.cost))) }
                (bars(lang, &chart(lang, model, common::requests(lang), Unit::Count, &model.requests)))
                (lines(lang, &latency(lang, model)))
                (bars(lang, &chart(lang, model, text::failures(lang), Unit::Count, &model.failures)))
            }
            (breakdown(lang, model))
        }
    };
    page(&head, content)
}

fn choices(lang: Lang, model: &Usage) -> Markup {
    html! {
        div class="filters" {
            nav class="segments" aria-label=(text::range(lang)) {
                @for one in Range::ALL {
                    a href=(address(one, model.by)) aria-current=[(one == model.range).then_some("true")] { (one.words(lang)) }
                }
            }
            nav class="segments" aria-label=(text::group(lang)) {
                @for one in By::ALL {
                    a href=(address(model.range, one)) aria-current=[(one == model.by).then_some("true")] { (one.words(lang)) }
                }
            }
        }
    }
}

fn address(range: Range, by: By) -> String {
    format!("/usage?range={}&by={}", range.as_str(), by.as_str())
}

fn chart(lang: Lang, model: &Usage, title: &str, unit: Unit, series: &[Series]) -> Chart {
    Chart {
        title: title.to_owned(),
        note: (unit == Unit::Dollars).then(|| text::cost_note(lang).to_owned()),
        unit,
        steps: model.steps.clone(),
        daily: model.range != Range::Day,
        series: series.to_vec(),
    }
}

fn latency(lang: Lang, model: &Usage) -> Chart {
    let names = [text::median(lang), text::p95(lang), text::p99(lang)];
    let series = names.into_iter().zip(&model.latency);
    let series: Vec<_> = series
        .map(|(name, values)| Series {
            name: name.to_owned(),
            values: values.clone(),
        })
        .collect();
    chart(lang, model, text::latency(lang), Unit::Millis, &series)
}

fn breakdown(lang: Lang, model: &Usage) -> Markup {
    let dash = || "–".to_owned();
    let costs = model.sums.iter().any(|sum| sum.cost_micros.is_some());
    let row = |one: &Sum| {
        let mut cells = vec![
            one.name.as_str().into(),
            Count::from(one.requests).grouped().into(),
            Count::from(one.failed).grouped().into(),
            compact(one.tokens_in).into(),
            compact(one.tokens_out).into(),
        ];
        if costs {
            cells.push(one.cost_micros.map_or_else(dash, dollars).into());
        }
        let median = one.median_ms.map(|millis| time::millis(lang, u64::from(millis)));
        cells.push(median.unwrap_or_else(dash).into());
        cells
    };
    let mut heads = vec![
        (model.by.words(lang), false),
        (common::requests(lang), true),
        (text::failed(lang), true),
        (hermes_text::pages::requests::tokens_in(lang), true),
        (hermes_text::pages::requests::tokens_out(lang), true),
    ];
    heads.extend(costs.then(|| (text::cost(lang), true)));
    heads.push((text::median_head(lang), true));
    html! {
        section class="group" {
            h2 { (text::breakdown(lang)) }
            div class="panel" { (Table { caption: text::breakdown(lang), heads, rows: model.sums.iter().map(row).collect() }.render()) }
            @if model.more > 0 { p class="faint" { (common::and_more(lang, model.more)) } }
        }
    }
}
