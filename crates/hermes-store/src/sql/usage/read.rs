//! How usage is read.

use std::time::Duration;

use super::Span;
use crate::db::{Db, Part, Row, unsigned};
use crate::fault::Fault;
use crate::histogram::Histogram;
use crate::{Latency, UsageAsk, UsageBy, UsageRow, UsageSpan};
use hermes_core::UnixMs;

/// Up to here a whole is made of hours.
const FINE: Duration = Duration::from_hours(8 * 24);

/// The columns of a row's numbers, added up.
pub(super) const SUMS: &str = "CAST(sum(requests) AS bigint) AS requests, CAST(sum(failures) AS bigint) AS failures, \
    CAST(sum(input) AS bigint) AS input, CAST(sum(cache_read) AS bigint) AS cache_read, \
    CAST(sum(cache_write) AS bigint) AS cache_write, CAST(sum(output) AS bigint) AS output, \
    CAST(sum(reasoning) AS bigint) AS reasoning";

/// The columns of latencies. One text after another is again a histogram.
pub(super) const LATENCIES: &str =
    ", string_agg(total_ms, ' ') AS total_ms, string_agg(first_byte_ms, ' ') AS first_byte_ms";

pub(crate) async fn usage(db: &mut Db<'_>, ask: &UsageAsk) -> Result<Vec<UsageRow>, Fault> {
    let span = match ask.span {
        UsageSpan::Hour => Span::Hour,
        UsageSpan::Whole if ask.to.since(ask.from) <= FINE => Span::Hour,
        UsageSpan::Day | UsageSpan::Whole => Span::Day,
    };
    let named = match ask.by {
        UsageBy::All => "'' AS name, ",
        UsageBy::Credential | UsageBy::Key | UsageBy::Model => "name, ",
    };
    let mut parts = vec![Part::Text("SELECT ")];
    match ask.span {
        UsageSpan::Whole => parts.extend([
            Part::Text("CAST("),
            Part::Place(ask.from.into()),
            Part::Text(" AS bigint) AS bucket, "),
        ]),
        UsageSpan::Hour | UsageSpan::Day => parts.push(Part::Text("bucket, ")),
    }
    parts.extend([Part::Text(named), Part::Text(SUMS)]);
    if ask.latencies {
        parts.push(Part::Text(LATENCIES));
    }
    parts.extend([
        Part::Text(" FROM usage_sum WHERE span = "),
        Part::Place(span.as_str().into()),
        Part::Text(" AND dimension = "),
        Part::Place(ask.by.as_str().into()),
        Part::Text(" AND bucket >= "),
        Part::Place(span.begin(ask.from).into()),
        Part::Text(" AND bucket < "),
        Part::Place(ask.to.into()),
        Part::Text(" GROUP BY 1, 2"),
    ]);
    let rows = db.built(parts).await?;
    let mut rows: Vec<_> = rows
        .iter()
        .map(|row| read(row, UnixMs::from_millis(row.get("bucket")?), ask.latencies))
        .collect::<Result<_, Fault>>()?;
    rows.sort_by(|one, other| (one.bucket, &one.group).cmp(&(other.bucket, &other.group)));
    Ok(rows)
}

/// A row of sums, with latencies where they were asked for.
pub(super) fn read(row: &Row, bucket: UnixMs, latencies: bool) -> Result<UsageRow, Fault> {
    let number = |column| row.get::<i64>(column).map(unsigned);
    let name: String = row.get("name")?;
    let mut out = UsageRow {
        bucket,
        group: Some(name).filter(|name| !name.is_empty()),
        requests: number("requests")?,
        failures: number("failures")?,
        tokens: [
            number("input")?,
            number("cache_read")?,
            number("cache_write")?,
            number("output")?,
        ],
        reasoning: number("reasoning")?,
        total: None,
        first_byte: None,
    };
    if latencies {
        (out.total, out.first_byte) = (latency(row, "total_ms")?, latency(row, "first_byte_ms")?);
    }
    Ok(out)
}

/// The percentiles of a histogram's column.
pub(super) fn latency(row: &Row, column: &'static str) -> Result<Option<Latency>, Fault> {
    let mut histogram = Histogram::default();
    histogram.merge_text(&row.get::<String>(column)?);
    let of = |percent| histogram.percentile(percent);
    let percentiles = of(50).zip(of(95)).zip(of(99));
    Ok(percentiles.map(|((p50, p95), p99)| Latency { p50, p95, p99 }))
}
