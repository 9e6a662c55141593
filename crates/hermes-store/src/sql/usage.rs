//! What requests add to the usage of their hour and day. `read.rs` reads it, `rank.rs` keeps and reads who used most.

pub(crate) mod rank;
mod read;

use std::collections::BTreeMap;
use std::time::Duration;

use hermes_core::{CredentialId, KeyId, UnixMs};

use crate::db::{Db, args, signed};
use crate::fault::Fault;
use crate::histogram::Histogram;
use crate::{RequestRow, UsageBy};

pub(crate) use read::usage;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Sums of hours older than this are dropped; those of days stay.
const HOURS_KEPT: Duration = Duration::from_hours(60 * 24);

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

    /// Milliseconds.
    fn length(self) -> i64 {
        match self {
            Self::Hour => HOUR_MS,
            Self::Day => DAY_MS,
        }
    }

    /// When the hour or day of a moment began.
    fn begin(self, at: UnixMs) -> i64 {
        at.as_millis().div_euclid(self.length()) * self.length()
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

    fn merge(&mut self, other: &Self) {
        self.requests += other.requests;
        self.failures += other.failures;
        for (total, tokens) in self.tokens.iter_mut().zip(other.tokens) {
            *total = total.saturating_add(tokens);
        }
        self.reasoning = self.reasoning.saturating_add(other.reasoning);
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
        let Some(newest) = self.groups.keys().map(|(bucket, ..)| *bucket).max() else {
            return Ok(());
        };
        // First, so that of several gateways one counts after the other, and none counts into sums that are made anew.
        let last = rank::lock(db).await?;
        for (group, sum) in &self.groups {
            count(db, node, group, sum).await?;
        }
        for ((span, bucket, name), part) in &self.parts {
            count_part(db, (*span, *bucket, *name), part).await?;
        }
        if let Some(last) = last {
            rank::add(db, self, last, UnixMs::from_millis(newest)).await?;
        }
        let oldest = UnixMs::from_millis(newest).minus(HOURS_KEPT);
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
