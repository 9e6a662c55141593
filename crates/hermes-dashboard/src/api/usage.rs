//! What was used.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::response::IntoResponse;
use hermes_pool::{Latency, UsageRow};
use hermes_text::errors::api as say;
use http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Query;
use crate::error::{ApiError, ErrorBody};
use crate::look::exact;
use crate::pages::usage::{By, Range};
use crate::requests::Names;
use crate::shared::Shared;
use crate::usage::{by, names, range, read};

/// Which usage.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `24h` by the hour, `7d` or `30d` by the day.
    pub(crate) range: Option<String>,
    /// `credential`, `model` or `key`.
    pub(crate) by: Option<String>,
}

/// Usage by time and group.
#[derive(Serialize, ToSchema)]
pub(crate) struct UsageBody {
    range: String,
    by: String,
    /// Oldest first; only what had a request.
    rows: Vec<RowBody>,
    /// Each group over the whole range, the busiest first.
    sums: Vec<RowBody>,
}

/// The usage of one group in one time.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowBody {
    /// When the time began.
    from: String,
    /// Id or name; none for requests without one.
    group: Option<String>,
    /// Its name for people.
    name: Option<String>,
    requests: u64,
    failures: u64,
    /// Uncached.
    input: u64,
    cache_read: u64,
    cache_write: u64,
    output: u64,
    /// The part of the output that is known to be reasoning.
    reasoning: u64,
    /// Milliseconds of whole requests.
    total: Option<LatencyBody>,
    /// Milliseconds to the first byte.
    first_byte: Option<LatencyBody>,
}

/// Milliseconds that half, 95 % and 99 % of requests stay within.
#[derive(Serialize, ToSchema)]
pub(crate) struct LatencyBody {
    p50: u32,
    p95: u32,
    p99: u32,
}

/// Tells what was used.
#[utoipa::path(get, path = "/api/usage", tag = "usage", params(Which),
    responses((status = 200, body = UsageBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn show(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Result<Answer<UsageBody>, ApiError> {
    body(&shared, &which).await.map(Answer)
}

/// The same as a table of comma-separated values.
#[utoipa::path(get, path = "/api/usage.csv", tag = "usage", params(Which),
    responses((status = 200, content_type = "text/csv", body = String), (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn csv(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Result<impl IntoResponse, ApiError> {
    let body = body(&shared, &which).await?;
    let head = "from,group,name,requests,failures,input,cache_read,cache_write,output,reasoning,first_byte_p50_ms,\
                first_byte_p95_ms,first_byte_p99_ms\r\n";
    let lines: Vec<_> = body.rows.iter().map(line).collect();
    let name = format!("attachment; filename=\"hermes-usage-{}.csv\"", body.range);
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (CONTENT_DISPOSITION, name),
    ];
    Ok((headers, format!("{head}{}", lines.concat())))
}

/// The range and grouping that a query names.
pub(crate) fn asked(which: &Which) -> Result<(Range, By), ApiError> {
    let range = range(which.range.as_deref());
    let by = by(which.by.as_deref());
    range
        .zip(by)
        .ok_or_else(|| ApiError::bad("bad_query", say::bad_range))
}

async fn body(shared: &Shared, which: &Which) -> Result<UsageBody, ApiError> {
    let (range, by) = asked(which)?;
    let used = read(shared, range, by).await?;
    let known = names(&Names::read(shared).await?, by, &used.sums);
    let row = |row: &UsageRow| {
        let name = row.group.as_ref().and_then(|group| known.get(group).cloned());
        row_body(row, name)
    };
    Ok(UsageBody {
        range: range.as_str().to_owned(),
        by: by.as_str().to_owned(),
        rows: used.rows.iter().map(row).collect(),
        sums: used.sums.iter().map(row).collect(),
    })
}

fn row_body(row: &UsageRow, name: Option<String>) -> RowBody {
    let [input, cache_read, cache_write, output] = row.tokens;
    RowBody {
        from: exact(row.bucket),
        group: row.group.clone(),
        name,
        requests: row.requests,
        failures: row.failures,
        input,
        cache_read,
        cache_write,
        output,
        reasoning: row.reasoning,
        total: row.total.map(latency),
        first_byte: row.first_byte.map(latency),
    }
}

fn latency(latency: Latency) -> LatencyBody {
    LatencyBody {
        p50: latency.p50,
        p95: latency.p95,
        p99: latency.p99,
    }
}

fn line(row: &RowBody) -> String {
    let number = |number: Option<u32>| number.map(|number| number.to_string()).unwrap_or_default();
    let first = row.first_byte.as_ref();
    let cells = [
        row.from.clone(),
        cell(row.group.as_deref().unwrap_or_default()),
        cell(row.name.as_deref().unwrap_or_default()),
        row.requests.to_string(),
        row.failures.to_string(),
        row.input.to_string(),
        row.cache_read.to_string(),
        row.cache_write.to_string(),
        row.output.to_string(),
        row.reasoning.to_string(),
        number(first.map(|one| one.p50)),
        number(first.map(|one| one.p95)),
        number(first.map(|one| one.p99)),
    ];
    format!("{}\r\n", cells.join(","))
}

/// A cell of RFC 4180. Spreadsheets take a text that begins with these signs for a formula, so such a text gets a quote in front.
fn cell(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}
