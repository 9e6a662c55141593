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

/// What parts rows that come as one text.
const RECORD: &str = "\u{1e}";

pub(crate) async fn usage(db: &mut Db<'_>, ask: &UsageAsk) -> Result<Vec<UsageRow>, Fault> {
    if ask.span == UsageSpan::Whole && !ask.latencies {
        return packed(db, ask).await;
    }
    let rows = db.built(select(ask)).await?;
    let mut rows: Vec<_> = rows
        .iter()
        .map(|row| read(row, UnixMs::from_millis(row.get("bucket")?), ask.latencies))
        .collect::<Result<_, Fault>>()?;
    rows.sort_by(|one, other| (one.bucket, &one.group).cmp(&(other.bucket, &other.group)));
    Ok(rows)
}

/// The same as one text: of very many small rows most of the time would go into handing them over one by one.
async fn packed(db: &mut Db<'_>, ask: &UsageAsk) -> Result<Vec<UsageRow>, Fault> {
    let mut parts = vec![
        // The name, which may hold anything, is the last.
        Part::Text(
            "SELECT coalesce(string_agg(requests || ' ' || failures || ' ' || input || ' ' || cache_read || ' ' || cache_write || \
             ' ' || output || ' ' || reasoning || ' ' || replace(name, ",
        ),
        Part::Place(RECORD.into()),
        Part::Text(", ''), "),
        Part::Place(RECORD.into()),
        Part::Text("), '') FROM ("),
    ];
    parts.extend(select(ask));
    parts.push(Part::Text(") AS sums"));
    let row = db.built(parts).await?.into_iter().next();
    let text: String = row.map_or(Ok(String::new()), |row| row.nth(0))?;
    let rows = text.split(RECORD).filter_map(|text| unpacked(text, ask.from));
    let mut rows: Vec<_> = rows.collect();
    rows.sort_by(|one, other| one.group.cmp(&other.group));
    Ok(rows)
}

fn unpacked(text: &str, bucket: UnixMs) -> Option<UsageRow> {
    let mut parts = text.splitn(8, ' ');
    let mut number = || parts.next()?.parse::<i64>().ok().map(unsigned);
    let (requests, failures) = (number()?, number()?);
    let tokens = [number()?, number()?, number()?, number()?];
    let reasoning = number()?;
    let name = parts.next()?;
    Some(UsageRow {
        bucket,
        group: Some(name.to_owned()).filter(|name| !name.is_empty()),
        requests,
        failures,
        tokens,
        reasoning,
        total: None,
        first_byte: None,
    })
}

fn select(ask: &UsageAsk) -> Vec<Part> {
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
    parts
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
