use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use hermes_pool::{Latency, Ranking, UsageRow};
use hermes_text::{Lang, common};

use super::{Spoken, html};
use crate::api::Query;
use crate::api::usage::{Which, asked};
use crate::error::ApiError;
use crate::look::Series;
use crate::pages::usage::{Sum, Usage, others, render};
use crate::requests::Names;
use crate::shared::Shared;
use crate::usage::{names, ranking, spread, tokens, tokens_in};

/// Groups with a colour of their own; the others share one.
const OWN: u32 = 7;
/// Groups in the table; the file has all.
const MOST: u32 = 100;

/// The content of `/usage`.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
    Spoken(lang): Spoken,
) -> Result<Html<String>, ApiError> {
    let (range, by) = asked(&which)?;
    let used = ranking(&shared, (range, by), (MOST, OWN)).await?;
    let known = names(&Names::read(&shared).await?, by, &used.best);
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
        sums: used.best.iter().map(|row| sum(lang, row, &known)).collect(),
        more: used.groups.saturating_sub(used.best.len() as u64),
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
    used: &Ranking,
    known: &HashMap<String, String>,
    value: impl Fn(&UsageRow) -> u64,
) -> Vec<Series> {
    let own = usize::try_from(OWN).unwrap_or_default();
    let mut rest = spread(&used.steps, used.all.iter(), &value);
    let mut series = Vec::new();
    for sum in used.best.iter().take(own) {
        let rows = used.own.iter().filter(|row| row.group == sum.group);
        let values = spread(&used.steps, rows, &value);
        for (rest, value) in rest.iter_mut().zip(&values) {
            *rest = rest.saturating_sub(*value);
        }
        series.push(Series {
            name: name(lang, sum, known),
            values,
        });
    }
    if used.groups > u64::from(OWN) {
        series.push(Series {
            name: others(lang),
            values: rest,
        });
    }
    series.retain(|one| one.values.iter().any(|value| *value > 0));
    series
}

fn percentile(used: &Ranking, value: impl Fn(Latency) -> u32) -> Vec<u64> {
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
