use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use hermes_pool::{Latency, UsageRow};
use hermes_text::{Lang, common};

use super::{Spoken, html};
use crate::api::Query;
use crate::api::usage::{Which, asked};
use crate::error::ApiError;
use crate::look::Series;
use crate::pages::usage::{Sum, Usage, others, render};
use crate::requests::Names;
use crate::shared::Shared;
use crate::usage::{Used, names, read, spread, tokens, tokens_in};

/// Groups with a colour of their own; the others share one.
const OWN: usize = 7;

/// The content of `/usage`.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
    Spoken(lang): Spoken,
) -> Result<Html<String>, ApiError> {
    let (range, by) = asked(&which)?;
    let used = read(&shared, range, by).await?;
    let known = names(&Names::read(&shared).await?, by, &used.sums);
    let model = Usage {
        range,
        by,
        tokens: stacked(lang, &used, &known, tokens),
        cost: Vec::new(),
        requests: stacked(lang, &used, &known, |row| row.requests),
        failures: stacked(lang, &used, &known, |row| row.failures),
        latency: [
            percentile(&used, |latency| latency.p50),
            percentile(&used, |latency| latency.p95),
            percentile(&used, |latency| latency.p99),
        ],
        sums: used.sums.iter().map(|row| sum(lang, row, &known)).collect(),
        steps: used.steps,
        now: shared.now(),
    };
    Ok(html(render(lang, &model)))
}

fn name(lang: Lang, row: &UsageRow, known: &HashMap<String, String>) -> String {
    let known = row.group.as_ref().and_then(|group| known.get(group).cloned());
    known.unwrap_or_else(|| common::none(lang).to_owned())
}

/// The busiest groups by themselves, and the others together; groups without a value are left out.
fn stacked(
    lang: Lang,
    used: &Used,
    known: &HashMap<String, String>,
    value: impl Fn(&UsageRow) -> u64,
) -> Vec<Series> {
    let own = used.sums.iter().take(OWN);
    let mut series: Vec<_> = own
        .clone()
        .map(|sum| Series {
            name: name(lang, sum, known),
            values: spread(
                &used.steps,
                used.rows.iter().filter(|row| row.group == sum.group),
                &value,
            ),
        })
        .collect();
    if used.sums.len() > OWN {
        let rest = used
            .rows
            .iter()
            .filter(|row| own.clone().all(|sum| sum.group != row.group));
        series.push(Series {
            name: others(lang),
            values: spread(&used.steps, rest, &value),
        });
    }
    series.retain(|one| one.values.iter().any(|value| *value > 0));
    series
}

fn percentile(used: &Used, value: impl Fn(Latency) -> u32) -> Vec<u64> {
    spread(&used.steps, used.all.iter(), |row| {
        row.first_byte.map_or(0, |latency| u64::from(value(latency)))
    })
}

fn sum(lang: Lang, row: &UsageRow, known: &HashMap<String, String>) -> Sum {
    Sum {
        name: name(lang, row, known),
        requests: row.requests,
        failed: row.failures,
        tokens_in: tokens_in(row),
        tokens_out: row.tokens[3],
        cost_micros: None,
        median_ms: row.first_byte.map(|latency| latency.p50),
    }
}
