//! What is asked of the log, and what it answers.

use hermes_core::{CredentialId, KeyId, ProviderId, UnixMs};
use serde::Serialize;

use crate::RequestRow;

/// Which requests to list; by default the newest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Only those before this id, which the page before has named.
    pub before: Option<String>,
    /// Most rows, 1 to 200.
    pub limit: u32,
    /// Only this provider's.
    pub provider: Option<ProviderId>,
    /// Only those that this credential served last.
    pub credential: Option<CredentialId>,
    /// Only those of this client key.
    pub key: Option<KeyId>,
    /// Only models with this in their name, in any case.
    pub model: Option<String>,
    /// Only those that failed.
    pub failed: bool,
}

/// A part of the list, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct RequestPage {
    /// The requests.
    pub rows: Vec<RequestRow>,
    /// What the next page begins before; none when this is the last one.
    pub next: Option<String>,
}

/// What usage is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum UsageBy {
    /// Credential; groups are ids.
    Credential,
    /// Client key; groups are ids.
    Key,
    /// Model as sent upstream.
    Model,
    /// Nothing: one row for each time.
    All,
}

/// How long each row's time is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsageSpan {
    /// An hour. Kept for 60 days.
    Hour,
    /// A day of UTC.
    Day,
    /// All that was asked for. Over more than 8 days it is made of whole days.
    Whole,
}

/// Which usage is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsageAsk {
    /// From the hour or day of this moment.
    pub from: UnixMs,
    /// To this moment, whose hour or day counts in so far as it has begun before.
    pub to: UnixMs,
    /// The time of each row.
    pub span: UsageSpan,
    /// The group of each row.
    pub by: UsageBy,
    /// Whether latencies are wanted too; without them the answer comes sooner.
    pub latencies: bool,
}

/// A time up to now that usage is ranked over, in whole steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UsagePeriod {
    /// 24 hours.
    Day,
    /// 7 days of UTC.
    Week,
    /// 30 days of UTC.
    Month,
}

/// Which ranking is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RankAsk {
    /// Over which time.
    pub period: UsagePeriod,
    /// The present; its hour or day is the last step.
    pub now: UnixMs,
    /// The group of each row; for [`UsageBy::All`] nothing is ranked.
    pub by: UsageBy,
    /// Most groups in the ranking, 200 at most.
    pub most: u32,
    /// How many of the busiest are told step by step, 20 at most.
    pub own: u32,
}

/// The groups that were used most.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ranking {
    /// When each step begins, oldest first.
    pub steps: Vec<UnixMs>,
    /// One row for each group over the whole time, the busiest first. The bucket is the first step.
    pub best: Vec<UsageRow>,
    /// How many groups there are, those beyond the ranking too.
    pub groups: u64,
    /// One row without latencies for each step and group of the busiest few.
    pub own: Vec<UsageRow>,
    /// One row for each step that had a request, over all groups.
    pub all: Vec<UsageRow>,
}

/// The usage of one group in one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct UsageRow {
    /// When the time began.
    pub bucket: UnixMs,
    /// Id or name; none for requests without one.
    pub group: Option<String>,
    /// Requests.
    pub requests: u64,
    /// Those that failed.
    pub failures: u64,
    /// Tokens: uncached input, cache read, cache write, output.
    pub tokens: [u64; 4],
    /// The part of the output that is known to be reasoning.
    pub reasoning: u64,
    /// How long whole requests took.
    pub total: Option<Latency>,
    /// How long it took to the first byte of an answer.
    pub first_byte: Option<Latency>,
}

/// Milliseconds that half, 95 % and 99 % of requests stay within, right to 7 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// Half.
    pub p50: u32,
    /// 95 %.
    pub p95: u32,
    /// 99 %.
    pub p99: u32,
}
