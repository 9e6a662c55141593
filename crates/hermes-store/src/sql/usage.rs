//! What requests add to the usage of their hour and day, and how it is read.

use std::collections::BTreeMap;
use std::time::Duration;

use hermes_core::{CredentialId, KeyId, UnixMs};

use crate::db::{Db, Row, args, signed, unsigned};
use crate::fault::Fault;
use crate::histogram::Histogram;
use crate::{Latency, RequestRow, UsageAsk, UsageBy, UsageRow, UsageSpan};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Sums of hours older than this are dropped; those of days stay.
const HOURS_KEPT: Duration = Duration::from_hours(60 * 24);
/// Up to here a whole is made of hours.
const FINE: Duration = Duration::from_hours(8 * 24);

/// Whose usage it is: the bucket, the client key, the credential and the model.
type Group<'a> = (i64, Option<KeyId>, Option<CredentialId>, &'a str);

/// One of the names that sums are kept by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Name<'a> {
    Credential(Option<CredentialId>),
    Key(Option<KeyId>),
    Model(&'a str),
}

/// What requests add up to.
#[derive(Default)]
struct Sum {
    requests: i64,
    failures: i64,
    tokens: [i64; 4],
    reasoning: i64,
}

#[derive(Default)]
struct Part {
    sum: Sum,
    total: Histogram,
    first_byte: Histogram,
}

/// What a batch of requests adds. The order is the same in every process, so that none waits for another in a circle.
#[derive(Default)]
pub(crate) struct Sums<'a> {
    groups: BTreeMap<Group<'a>, Sum>,
    parts: BTreeMap<(Span, i64, Name<'a>), Part>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Span {
    Hour,
    Day,
}

impl Span {
    fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// When the hour or day of a moment began.
    fn begin(self, at: UnixMs) -> i64 {
        let length = match self {
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        };
        at.as_millis().div_euclid(length) * length
    }
}

impl UsageBy {
    /// The name that sums are kept by. Those of models are added up where nothing is asked for, since they are the fewest.
    fn as_str(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Key => "key",
            Self::Model | Self::All => "model",
        }
    }
}

impl Name<'_> {
    fn by(self) -> UsageBy {
        match self {
            Self::Credential(_) => UsageBy::Credential,
            Self::Key(_) => UsageBy::Key,
            Self::Model(_) => UsageBy::Model,
        }
    }

    fn to_text(self) -> String {
        match self {
            Self::Credential(id) => id.map(|id| id.to_string()).unwrap_or_default(),
            Self::Key(id) => id.map(|id| id.to_string()).unwrap_or_default(),
            Self::Model(model) => model.to_owned(),
        }
    }
}

impl Sum {
    fn add(&mut self, request: &RequestRow) {
        self.requests += 1;
        self.failures += i64::from(request.error.is_some());
        for (total, tokens) in self.tokens.iter_mut().zip(request.tokens.unwrap_or_default()) {
            *total = total.saturating_add(signed(tokens));
        }
        let reasoning = signed(request.reasoning.unwrap_or_default());
        self.reasoning = self.reasoning.saturating_add(reasoning);
    }
}

impl<'a> Sums<'a> {
    pub(crate) fn add(&mut self, request: &'a RequestRow) {
        let (key, credential, model) = (request.key, request.credential, request.model.as_str());
        let group = (Span::Hour.begin(request.at), key, credential, model);
        self.groups.entry(group).or_default().add(request);
        for span in [Span::Hour, Span::Day] {
            let bucket = span.begin(request.at);
            for name in [Name::Credential(credential), Name::Key(key), Name::Model(model)] {
                let part = self.parts.entry((span, bucket, name)).or_default();
                part.sum.add(request);
                part.total.add(request.total_ms);
                if let Some(millis) = request.first_byte_ms {
                    part.first_byte.add(millis);
                }
            }
        }
    }

    pub(crate) async fn write(&self, db: &mut Db<'_>, node: &str) -> Result<(), Fault> {
        for (group, sum) in &self.groups {
            count(db, node, group, sum).await?;
        }
        for ((span, bucket, name), part) in &self.parts {
            count_part(db, (*span, *bucket, *name), part).await?;
        }
        let newest = self.groups.keys().map(|(bucket, ..)| *bucket).max();
        let oldest = UnixMs::from_millis(newest.unwrap_or_default()).minus(HOURS_KEPT);
        let text = "DELETE FROM usage_sum WHERE span = 'hour' \
                    AND dimension IN ('credential', 'key', 'model') AND bucket < $1";
        db.run(text, args![oldest]).await?;
        Ok(())
    }
}

async fn count(db: &mut Db<'_>, node: &str, group: &Group<'_>, sum: &Sum) -> Result<(), Fault> {
    let (bucket, key, credential, model) = group;
    db.run(
        "INSERT INTO usage (node, bucket, key_id, cred_id, model, requests, failures, input, cache_read, \
         cache_write, output) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) \
         ON CONFLICT (node, bucket, key_id, cred_id, model) DO UPDATE SET \
         requests = usage.requests + excluded.requests, failures = usage.failures + excluded.failures, \
         input = usage.input + excluded.input, cache_read = usage.cache_read + excluded.cache_read, \
         cache_write = usage.cache_write + excluded.cache_write, output = usage.output + excluded.output",
        args![
            node,
            *bucket,
            key.map(|id| id.to_string()).unwrap_or_default(),
            credential.map(|id| id.to_string()).unwrap_or_default(),
            *model,
            sum.requests,
            sum.failures,
            sum.tokens[0],
            sum.tokens[1],
            sum.tokens[2],
            sum.tokens[3],
        ],
    )
    .await?;
    Ok(())
}

async fn count_part(
    db: &mut Db<'_>,
    (span, bucket, name): (Span, i64, Name<'_>),
    part: &Part,
) -> Result<(), Fault> {
    let (span, by, name, sum) = (span.as_str(), name.by().as_str(), name.to_text(), &part.sum);
    let row = db
        .maybe(
            "INSERT INTO usage_sum (span, dimension, bucket, name, requests, failures, input, cache_read, cache_write, \
             output, reasoning, total_ms, first_byte_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, '', '') \
             ON CONFLICT (span, dimension, bucket, name) DO UPDATE SET \
             requests = usage_sum.requests + excluded.requests, failures = usage_sum.failures + excluded.failures, \
             input = usage_sum.input + excluded.input, cache_read = usage_sum.cache_read + excluded.cache_read, \
             cache_write = usage_sum.cache_write + excluded.cache_write, \
             output = usage_sum.output + excluded.output, reasoning = usage_sum.reasoning + excluded.reasoning \
             RETURNING total_ms, first_byte_ms",
            args![
                span,
                by,
                bucket,
                &name,
                sum.requests,
                sum.failures,
                sum.tokens[0],
                sum.tokens[1],
                sum.tokens[2],
                sum.tokens[3],
                sum.reasoning,
            ],
        )
        .await?;
    // The row is this transaction's until its end, so the counts cannot be lost to another's.
    let (mut total, mut first_byte) = (part.total.clone(), part.first_byte.clone());
    if let Some(row) = row {
        total.merge_text(&row.get::<String>("total_ms")?);
        first_byte.merge_text(&row.get::<String>("first_byte_ms")?);
    }
    db.run(
        "UPDATE usage_sum SET total_ms = $5, first_byte_ms = $6 \
         WHERE span = $1 AND dimension = $2 AND bucket = $3 AND name = $4",
        args![span, by, bucket, &name, total.to_text(), first_byte.to_text()],
    )
    .await?;
    Ok(())
}

/// A row that others may still be added to.
struct Gathered {
    row: UsageRow,
    total: Histogram,
    first_byte: Histogram,
}

pub(crate) async fn usage(db: &mut Db<'_>, ask: &UsageAsk) -> Result<Vec<UsageRow>, Fault> {
    let span = match ask.span {
        UsageSpan::Hour => Span::Hour,
        UsageSpan::Whole if ask.to.since(ask.from) <= FINE => Span::Hour,
        UsageSpan::Day | UsageSpan::Whole => Span::Day,
    };
    let rows = db
        .all(
            "SELECT * FROM usage_sum WHERE span = $1 AND dimension = $2 AND bucket >= $3 AND bucket < $4 \
             ORDER BY bucket, name",
            args![span.as_str(), ask.by.as_str(), span.begin(ask.from), ask.to],
        )
        .await?;
    let mut gathered: BTreeMap<(i64, String), Gathered> = BTreeMap::new();
    for row in &rows {
        let bucket = match ask.span {
            UsageSpan::Whole => ask.from.as_millis(),
            UsageSpan::Hour | UsageSpan::Day => row.get("bucket")?,
        };
        let name = match ask.by {
            UsageBy::All => String::new(),
            UsageBy::Credential | UsageBy::Key | UsageBy::Model => row.get("name")?,
        };
        gather(gathered.entry((bucket, name)), row)?;
    }
    Ok(gathered.into_values().map(finished).collect())
}

fn gather(
    entry: std::collections::btree_map::Entry<'_, (i64, String), Gathered>,
    row: &Row,
) -> Result<(), Fault> {
    let (bucket, name) = entry.key();
    let empty = Gathered {
        row: UsageRow {
            bucket: UnixMs::from_millis(*bucket),
            group: Some(name.clone()).filter(|name| !name.is_empty()),
            requests: 0,
            failures: 0,
            tokens: [0; 4],
            reasoning: 0,
            total: None,
            first_byte: None,
        },
        total: Histogram::default(),
        first_byte: Histogram::default(),
    };
    let one = entry.or_insert(empty);
    let number = |column| row.get::<i64>(column).map(unsigned);
    one.row.requests += number("requests")?;
    one.row.failures += number("failures")?;
    one.row.reasoning += number("reasoning")?;
    let columns = ["input", "cache_read", "cache_write", "output"];
    for (sum, column) in one.row.tokens.iter_mut().zip(columns) {
        *sum = sum.saturating_add(number(column)?);
    }
    one.total.merge_text(&row.get::<String>("total_ms")?);
    one.first_byte.merge_text(&row.get::<String>("first_byte_ms")?);
    Ok(())
}

fn finished(gathered: Gathered) -> UsageRow {
    let latency = |histogram: &Histogram| {
        Some(Latency {
            p50: histogram.percentile(50)?,
            p95: histogram.percentile(95)?,
            p99: histogram.percentile(99)?,
        })
    };
    UsageRow {
        total: latency(&gathered.total),
        first_byte: latency(&gathered.first_byte),
        ..gathered.row
    }
}
