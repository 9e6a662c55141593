//! `hermes usage`: requests, tokens and latencies by login, model or client key.

use std::collections::HashMap;
use std::time::Duration;

use hermes_store::{UsageAsk, UsageBy, UsageRow, UsageSpan};
use serde_json::{Value, json};

use crate::app::App;
use crate::args::{By, Range};
use crate::failure::{Failure, Outcome};
use crate::table::{Cell, Table};
use crate::when;

/// Columns of numbers, aligned to the right.
const NUMBERS: [&str; 7] = ["REQUESTS", "FAILED", "INPUT", "CACHED", "OUTPUT", "P50", "P95"];

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
    if app.printer.is_json() {
        let rows: Vec<Value> = rows.iter().map(|row| machine_readable(row, &names)).collect();
        app.printer.json(&json!({
            "from": when::rfc3339(ask.from), "to": when::rfc3339(now), "by": word(by), "usage": rows,
        }));
        return Ok(0);
    }
    if rows.is_empty() {
        app.printer.say(
            "No requests in that time. `hermes up` serves them; see `hermes usage --range 30d` for more.",
        );
        return Ok(0);
    }
    app.printer.line(table(&rows, &names, by));
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
    by: By,
    known: HashMap<String, (String, Option<&'static str>)>,
}

impl Names {
    fn name(&self, group: Option<&str>) -> String {
        let known = group.and_then(|group| self.known.get(group));
        match (known, group, self.by) {
            (Some((name, _)), ..) => name.clone(),
            (None, Some(model), By::Model) => model.to_owned(),
            (None, None, By::Model) => "no model".to_owned(),
            (None, Some(_), By::Credential) => "a login that was removed".to_owned(),
            (None, None, By::Credential) => "no login".to_owned(),
            (None, Some(_), By::Key) => "a key of another store".to_owned(),
            (None, None, By::Key) => "no key".to_owned(),
        }
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
    Ok(Names { by, known })
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

fn table(rows: &[UsageRow], names: &Names, by: By) -> Table {
    let mut lines: Vec<(String, [String; 7])> = rows
        .iter()
        .map(|row| (names.name(row.group.as_deref()), numbers(row)))
        .collect();
    if rows.len() > 1 {
        lines.push(("all".to_owned(), all(rows)));
    }
    let widths: [usize; 7] = std::array::from_fn(|column| {
        let cells = lines.iter().map(|(_, cells)| cells[column].len());
        cells.chain([NUMBERS[column].len()]).max().unwrap_or_default()
    });
    let aligned = |name: String, cells: [String; 7]| -> [String; 8] {
        let cells = cells.into_iter().zip(widths);
        let cells = cells.map(|(cell, width)| format!("{cell:>width$}"));
        let mut cells = [name].into_iter().chain(cells);
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    };
    let head = match by {
        By::Credential => "LOGIN",
        By::Model => "MODEL",
        By::Key => "KEY",
    };
    let head = aligned(head.to_owned(), NUMBERS.map(str::to_owned));
    let mut table = Table::with_head(head.each_ref().map(String::as_str));
    for (name, cells) in lines {
        table.row(aligned(name, cells).map(Cell::from));
    }
    table
}

fn numbers(row: &UsageRow) -> [String; 7] {
    let [input, cache_read, cache_write, output] = row.tokens;
    let millis = |millis: Option<u32>| millis.map_or_else(|| "-".to_owned(), seconds);
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

/// `850 ms`, `12.3 s`.
fn seconds(millis: u32) -> String {
    if millis < 1000 {
        return format!("{millis} ms");
    }
    let tenths = millis / 100;
    format!("{}.{} s", tenths / 10, tenths % 10)
}

/// Digits in groups of three, `1 234 567`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests;
