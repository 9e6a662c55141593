//! `hermes usage`: requests, tokens and latencies by login, model or client key.

use std::collections::HashMap;
use std::time::Duration;

use hermes_store::{UsageAsk, UsageBy, UsageRow, UsageSpan};
use hermes_text::cli::request as words;
use hermes_text::{Count, Lang, time};
use serde_json::{Value, json};
use unicode_width::UnicodeWidthStr as _;

use crate::app::App;
use crate::args::{By, Range};
use crate::failure::{Failure, Outcome};
use crate::table::{Cell, Table};
use crate::when;

pub(super) async fn run(app: &App<'_>, range: Range, by: By) -> Outcome {
    let now = app.now();
    let ask = UsageAsk {
        from: now.minus(span(range)),
        // What is under way counts in.
        to: now.plus(Duration::from_secs(1)),
        span: UsageSpan::Whole,
        by: match by {
            By::Credential => UsageBy::Credential,
            By::Model => UsageBy::Model,
            By::Key => UsageBy::Key,
        },
        latencies: true,
    };
    let mut rows = match app.existing_store().await? {
        Some(store) => store.usage(&ask).await?,
        None => Vec::new(),
    };
    rows.sort_by(|one, other| {
        let weight = |row: &UsageRow| (row.requests, row.tokens.iter().sum::<u64>());
        weight(other).cmp(&weight(one))
    });
    let names = names(app, by).await?;
    let lang = app.lang();
    if app.printer.is_json() {
        let rows: Vec<Value> = rows.iter().map(|row| machine_readable(row, &names)).collect();
        app.printer.json(&json!({
            "from": when::rfc3339(ask.from), "to": when::rfc3339(now), "by": word(by), "usage": rows,
        }));
        return Ok(0);
    }
    if rows.is_empty() {
        app.printer.say(words::nothing_used(lang));
        return Ok(0);
    }
    app.printer.line(table(lang, &rows, &names, by));
    Ok(0)
}

fn span(range: Range) -> Duration {
    let days = match range {
        Range::Day => 1,
        Range::Week => 7,
        Range::Month => 30,
    };
    Duration::from_hours(days * 24)
}

fn word(by: By) -> &'static str {
    match by {
        By::Credential => "credential",
        By::Model => "model",
        By::Key => "key",
    }
}

/// What a group is called, and how its use is paid for where that is known.
struct Names {
    lang: Lang,
    by: By,
    known: HashMap<String, (String, Option<&'static str>)>,
}

impl Names {
    fn name(&self, group: Option<&str>) -> String {
        let known = group.and_then(|group| self.known.get(group));
        let words = match (known, group, self.by) {
            (Some((name, _)), ..) => return name.clone(),
            (None, Some(model), By::Model) => return model.to_owned(),
            (None, None, By::Model) => words::no_model,
            (None, Some(_), By::Credential) => words::removed_login,
            (None, None, By::Credential) => words::no_login,
            (None, Some(_), By::Key) => words::foreign_key,
            (None, None, By::Key) => words::no_key,
        };
        words(self.lang).to_owned()
    }

    fn billing(&self, group: Option<&str>) -> Option<&'static str> {
        group.and_then(|group| self.known.get(group)?.1)
    }
}

async fn names(app: &App<'_>, by: By) -> Result<Names, Failure> {
    let mut known = HashMap::new();
    match by {
        By::Credential => {
            for view in app.views().await? {
                let row = view.credential;
                let name = format!("{}:{}", row.provider, row.label);
                known.insert(row.id.to_string(), (name, Some(row.billing.as_str())));
            }
        }
        By::Key => {
            if let Some(store) = app.existing_store().await? {
                for key in store.keys().await? {
                    known.insert(key.id.to_string(), (key.name, None));
                }
            }
        }
        By::Model => {}
    }
    Ok(Names {
        lang: app.lang(),
        by,
        known,
    })
}

fn machine_readable(row: &UsageRow, names: &Names) -> Value {
    let [input, cache_read, cache_write, output] = row.tokens;
    json!({
        "id": row.group, "name": names.name(row.group.as_deref()), "billing": names.billing(row.group.as_deref()),
        "requests": row.requests, "failures": row.failures,
        "tokens": {
            "input": input, "cache_read": cache_read, "cache_write": cache_write, "output": output,
            "reasoning": row.reasoning,
        },
        "total_ms": row.total, "first_byte_ms": row.first_byte,
    })
}

/// Heads of the columns of numbers, which are aligned to the right.
fn heads(lang: Lang) -> [&'static str; 7] {
    [
        words::head_requests(lang),
        words::head_failed(lang),
        words::head_input(lang),
        words::head_cached(lang),
        words::head_output(lang),
        "P50",
        "P95",
    ]
}

fn table(lang: Lang, rows: &[UsageRow], names: &Names, by: By) -> Table {
    let heads = heads(lang);
    let mut lines: Vec<(String, [String; 7])> = rows
        .iter()
        .map(|row| (names.name(row.group.as_deref()), numbers(lang, row)))
        .collect();
    if rows.len() > 1 {
        lines.push((words::all(lang).to_owned(), all(rows)));
    }
    let widths: [usize; 7] = std::array::from_fn(|column| {
        let cells = lines.iter().map(|(_, cells)| cells[column].width());
        cells.chain([heads[column].width()]).max().unwrap_or_default()
    });
    let aligned = |name: String, cells: [String; 7]| -> [String; 8] {
        let cells = cells.into_iter().zip(widths);
        let cells = cells.map(|(cell, width)| " ".repeat(width - cell.width()) + &cell);
        let mut cells = [name].into_iter().chain(cells);
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    };
    let head = match by {
        By::Credential => words::head_login(lang),
        By::Model => words::head_model(lang),
        By::Key => words::head_key(lang),
    };
    let head = aligned(head.to_owned(), heads.map(str::to_owned));
    let mut table = Table::with_head(head.each_ref().map(String::as_str));
    for (name, cells) in lines {
        table.row(aligned(name, cells).map(Cell::from));
    }
    table
}

fn numbers(lang: Lang, row: &UsageRow) -> [String; 7] {
    let [input, cache_read, cache_write, output] = row.tokens;
    let millis = |millis: Option<u32>| {
        millis.map_or_else(|| "-".to_owned(), |millis| time::millis(lang, millis.into()))
    };
    [
        grouped(row.requests),
        grouped(row.failures),
        grouped(input.saturating_add(cache_write)),
        grouped(cache_read),
        grouped(output),
        millis(row.total.map(|total| total.p50)),
        millis(row.total.map(|total| total.p95)),
    ]
}

/// The sum of everything; percentiles do not add up.
fn all(rows: &[UsageRow]) -> [String; 7] {
    let sum = |of: fn(&UsageRow) -> u64| grouped(rows.iter().map(of).fold(0, u64::saturating_add));
    [
        sum(|row| row.requests),
        sum(|row| row.failures),
        sum(|row| row.tokens[0].saturating_add(row.tokens[2])),
        sum(|row| row.tokens[1]),
        sum(|row| row.tokens[3]),
        String::new(),
        String::new(),
    ]
}

/// Digits in groups of three, `1,234,567`.
fn grouped(number: u64) -> String {
    Count::from(number).grouped()
}

#[cfg(test)]
mod tests;
