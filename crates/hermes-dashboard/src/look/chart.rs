use hermes_core::UnixMs;
use hermes_text::{Count, Lang, common, time};
use maud::{Markup, html};

use super::number::{compact, dollars};
use super::table::{Cell, Table};
use super::time::exact;

/// Width of one step in the drawing's own units; the drawing is stretched to its place.
const STEP: usize = 10;

/// Height of the drawing, likewise.
const HEIGHT: u64 = 1000;

/// Colours there are; a ninth series takes the first again.
const COLORS: usize = 8;

/// What a chart's numbers are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Things.
    Count,
    /// Millionths of a US dollar.
    Dollars,
    /// Milliseconds.
    Millis,
}

/// One series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// What it is of.
    pub name: String,
    /// One value for each step. In a line, zero is a gap.
    pub values: Vec<u64>,
}

/// Numbers over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// What is shown.
    pub title: String,
    /// A word of caution below it.
    pub note: Option<String>,
    /// What the numbers are.
    pub unit: Unit,
    /// When each step begins.
    pub steps: Vec<UnixMs>,
    /// Whether a step is a day; an hour otherwise.
    pub daily: bool,
    /// The series, the largest first.
    pub series: Vec<Series>,
}

/// Series stacked upon each other as bars.
pub fn bars(lang: Lang, chart: &Chart) -> Markup {
    let sums: Vec<u64> = (0..chart.steps.len())
        .map(|step| total(chart.series.iter().map(|one| value(one, step))))
        .collect();
    let top = ceiling(sums.iter().copied().max().unwrap_or(0));
    let drawing = html! {
        @for step in 0..chart.steps.len() {
            g class="step" {
                title { (chart.told(lang, step)) }
                rect class="hit" x=(step * STEP) width=(STEP) height=(HEIGHT) {}
                @for (class, low, high) in chart.stack(step) {
                    rect class=(class) x=(step * STEP + 1) width=(STEP - 2) y=(HEIGHT - scaled(high, top)) height=(scaled(high, top) - scaled(low, top)) {}
                }
            }
        }
    };
    let told = chart.unit.words(lang, total(sums.iter().copied()));
    chart.figure(lang, top, Some(told), drawing)
}

/// Each series as a line of its own.
pub fn lines(lang: Lang, chart: &Chart) -> Markup {
    let highest = chart
        .series
        .iter()
        .flat_map(|one| one.values.iter().copied())
        .max();
    let top = ceiling(highest.unwrap_or(0));
    let drawing = html! {
        @for (number, one) in chart.series.iter().enumerate() {
            path class={ "line " (color(number)) } d=(trace(&one.values, top)) {}
            @let alone = lonely(&one.values, top);
            @if !alone.is_empty() { path class={ "line alone " (color(number)) } d=(alone) {} }
        }
        @for step in 0..chart.steps.len() {
            g class="step" {
                title { (chart.told(lang, step)) }
                rect class="hit" x=(step * STEP) width=(STEP) height=(HEIGHT) {}
            }
        }
    };
    chart.figure(lang, top, None, drawing)
}

impl Chart {
    fn figure(&self, lang: Lang, top: u64, total: Option<String>, drawing: Markup) -> Markup {
        let view = format!("0 0 {} {HEIGHT}", (self.steps.len() * STEP).max(STEP));
        html! {
            figure class="chart panel" {
                figcaption { h2 { (self.title) } @if let Some(total) = total { span class="chart-total number" { (total) } } }
                div class="chart-body" {
                    div class="chart-scale number" aria-hidden="true" {
                        span { (self.unit.words(lang, top)) } @if top > 1 { span { (self.unit.words(lang, top / 2)) } } span { "0" }
                    }
                    svg role="img" aria-label=(self.title) viewBox=(view) preserveAspectRatio="none" {
                        path class="grid" d=(format!("M0 0H{0}M0 {1}H{0}M0 {HEIGHT}H{0}", self.steps.len() * STEP, HEIGHT / 2)) {}
                        (drawing)
                    }
                }
                (self.times())
                (self.legend())
                @if let Some(note) = &self.note { p class="faint" { (note) } }
                details class="as-table" { summary { (common::as_table(lang)) } (self.table(lang)) }
            }
        }
    }

    /// Five moments below the drawing.
    fn times(&self) -> Markup {
        let last = self.steps.len().saturating_sub(1);
        let mut shown: Vec<_> = (0..=4).map(|part| last * part / 4).collect();
        shown.dedup();
        html! {
            div class="chart-times number" aria-hidden="true" {
                @for step in shown { @if let Some(at) = self.steps.get(step) { (self.clock(*at)) } }
            }
        }
    }

    /// A moment as the script rewrites it into the person's own time zone.
    fn clock(&self, at: UnixMs) -> Markup {
        let exact = exact(at);
        let (style, short) = if self.daily {
            ("day", exact.get(5..10))
        } else {
            ("hour", exact.get(11..16))
        };
        html! { time datetime=(exact) data-clock=(style) { (short.unwrap_or_default()) } }
    }

    fn legend(&self) -> Markup {
        html! {
            ul class="legend" {
                @for (number, one) in self.series.iter().enumerate() {
                    li { span class={ "swatch " (color(number)) } aria-hidden="true" {} (one.name) }
                }
            }
        }
    }

    /// Class, lower and upper edge of each part of a bar.
    fn stack(&self, step: usize) -> Vec<(&'static str, u64, u64)> {
        let mut reached = 0_u64;
        let parts = self.series.iter().enumerate().map(|(number, one)| {
            let low = reached;
            reached = reached.saturating_add(value(one, step));
            (color(number), low, reached)
        });
        parts.filter(|(_, low, high)| high > low).collect()
    }

    /// Everything of one step in words.
    fn told(&self, lang: Lang, step: usize) -> String {
        let parts = self.series.iter().filter(|one| value(one, step) > 0);
        let parts: Vec<_> = parts
            .map(|one| format!("{}: {}", one.name, self.unit.words(lang, value(one, step))))
            .collect();
        let at = self.steps.get(step).map(|at| exact(*at)).unwrap_or_default();
        format!("{at}\n{}", parts.join("\n"))
    }

    fn table(&self, lang: Lang) -> Markup {
        let mut heads = vec![(common::when(lang), false)];
        heads.extend(self.series.iter().map(|one| (one.name.as_str(), true)));
        let row = |(step, at): (usize, &UnixMs)| {
            let mut cells = vec![Cell(self.clock(*at))];
            cells.extend(
                self.series
                    .iter()
                    .map(|one| Cell::from(self.unit.words(lang, value(one, step)))),
            );
            cells
        };
        Table {
            caption: &self.title,
            heads,
            rows: self.steps.iter().enumerate().map(row).collect(),
        }
        .render()
    }
}

impl Unit {
    fn words(self, lang: Lang, value: u64) -> String {
        match self {
            Self::Count if value < 10_000 => Count::from(value).grouped(),
            Self::Count => compact(value),
            Self::Dollars => dollars(value),
            Self::Millis => time::millis(lang, value),
        }
    }
}

/// A sum that stays at the end of the range rather than passing it.
fn total(values: impl Iterator<Item = u64>) -> u64 {
    values.fold(0, u64::saturating_add)
}

fn value(series: &Series, step: usize) -> u64 {
    series.values.get(step).copied().unwrap_or(0)
}

fn color(number: usize) -> &'static str {
    const CLASSES: [&str; COLORS] = ["s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7"];
    CLASSES[number % COLORS]
}

/// The next number whose half is round too: 1, 2 or 4 with zeros behind; at least 1.
fn ceiling(highest: u64) -> u64 {
    let mut power: u64 = 1;
    loop {
        for round in [1, 2, 4] {
            let limit = power.saturating_mul(round);
            if limit >= highest || limit == u64::MAX {
                return limit;
            }
        }
        power = power.saturating_mul(10);
    }
}

fn scaled(value: u64, top: u64) -> u64 {
    let height = u128::from(value) * u128::from(HEIGHT) / u128::from(top.max(1));
    u64::try_from(height).unwrap_or(HEIGHT).min(HEIGHT)
}

/// The values without a neighbour, which no line shows. A stroke without a length is a dot.
fn lonely(values: &[u64], top: u64) -> String {
    let is_gap = |step: Option<usize>| {
        step.and_then(|step| values.get(step))
            .is_none_or(|value| *value == 0)
    };
    let steps = values.iter().enumerate();
    let alone = steps
        .filter(|(step, value)| **value > 0 && is_gap(step.checked_sub(1)) && is_gap(step.checked_add(1)));
    let dots: Vec<_> = alone
        .map(|(step, value)| format!("M{} {}h0", step * STEP + STEP / 2, HEIGHT - scaled(*value, top)))
        .collect();
    dots.concat()
}

/// A line through all values but zeros, which break it.
fn trace(values: &[u64], top: u64) -> String {
    let mut path = Vec::new();
    let mut drawn = false;
    for (step, value) in values.iter().enumerate() {
        let (x, y) = (step * STEP + STEP / 2, HEIGHT - scaled(*value, top));
        match (*value, drawn) {
            (0, _) => drawn = false,
            (_, false) => {
                path.push(format!("M{x} {y}"));
                drawn = true;
            }
            (_, true) => path.push(format!("L{x} {y}")),
        }
    }
    path.concat()
}
