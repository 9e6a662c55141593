//! Usage over time, as answers and as a page want it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use hermes_core::UnixMs;
use hermes_pool::{RankAsk, Ranking, StoreError, UsageAsk, UsageBy, UsagePeriod, UsageRow, UsageSpan};

use crate::pages::usage::{By, Range};
use crate::requests::Names;
use crate::shared::Shared;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What was used in a range, whole: by time and group.
pub(crate) struct Used {
    /// One row for each step and group that had a request.
    pub(crate) rows: Vec<UsageRow>,
    /// One row for each group; the busiest first.
    pub(crate) sums: Vec<UsageRow>,
}

/// The range that a query names; a day without one.
pub(crate) fn range(text: Option<&str>) -> Option<Range> {
    match text {
        None | Some("") => Some(Range::Day),
        Some(text) => [Range::Day, Range::Week, Range::Month]
            .into_iter()
            .find(|range| range.as_str() == text),
    }
}

/// The grouping that a query names; by login without one.
pub(crate) fn by(text: Option<&str>) -> Option<By> {
    match text {
        None | Some("") => Some(By::Credential),
        Some(text) => [By::Credential, By::Model, By::Key]
            .into_iter()
            .find(|by| by.as_str() == text),
    }
}

/// What was used, for a page: the busiest groups, and some of them step by step.
pub(crate) async fn ranking(
    shared: &Shared,
    (range, by): (Range, By),
    (most, own): (u32, u32),
) -> Result<Ranking, StoreError> {
    let ask = RankAsk {
        period: match range {
            Range::Day => UsagePeriod::Day,
            Range::Week => UsagePeriod::Week,
            Range::Month => UsagePeriod::Month,
        },
        now: shared.now(),
        by: group(by),
        most,
        own,
    };
    shared.parts.store.ranking(&ask).await
}

fn group(by: By) -> UsageBy {
    match by {
        By::Credential => UsageBy::Credential,
        By::Model => UsageBy::Model,
        By::Key => UsageBy::Key,
    }
}

/// Everything that was used, for programs and files.
pub(crate) async fn read(shared: &Shared, range: Range, by: By) -> Result<Used, StoreError> {
    let now = shared.now();
    let (step, count, span) = match range {
        Range::Day => (HOUR, 24, UsageSpan::Hour),
        Range::Week => (DAY, 7, UsageSpan::Day),
        Range::Month => (DAY, 30, UsageSpan::Day),
    };
    let millis = i64::try_from(step.as_millis()).unwrap_or(i64::MAX);
    let last = now.as_millis().div_euclid(millis) * millis;
    let ask = |span| UsageAsk {
        from: UnixMs::from_millis(last - (count - 1) * millis),
        to: now,
        span,
        by: group(by),
        latencies: true,
    };
    let store = shared.parts.store.as_ref();
    let mut sums = store.usage(&ask(UsageSpan::Whole)).await?;
    sums.sort_by_key(|row| std::cmp::Reverse((row.requests, tokens(row))));
    Ok(Used {
        rows: store.usage(&ask(span)).await?,
        sums,
    })
}

/// Tokens in and out of a row.
pub(crate) fn tokens(row: &UsageRow) -> u64 {
    row.tokens.iter().fold(0, |sum, count| sum.saturating_add(*count))
}

/// Tokens in: uncached, read from and written to cache.
pub(crate) fn tokens_in(row: &UsageRow) -> u64 {
    let [input, read, write, _] = row.tokens;
    input.saturating_add(read).saturating_add(write)
}

/// The names of groups for people; an id that is not known any more stays as it is.
pub(crate) fn names(names: &Names<'_>, by: By, rows: &[UsageRow]) -> HashMap<String, String> {
    let groups = rows.iter().filter_map(|row| row.group.clone());
    let name = |group: &str| match by {
        By::Credential => group.parse().ok().and_then(|id| names.credential(id)),
        By::Key => group.parse().ok().and_then(|id| names.key(id)),
        By::Model => None,
    };
    groups
        .map(|group| {
            let name = name(&group).unwrap_or_else(|| group.clone());
            (group, name)
        })
        .collect()
}

/// A value for each step; zero where there was no request.
pub(crate) fn spread<'a>(
    steps: &[UnixMs],
    rows: impl Iterator<Item = &'a UsageRow>,
    value: impl Fn(&UsageRow) -> u64,
) -> Vec<u64> {
    let mut values: BTreeMap<UnixMs, u64> = BTreeMap::new();
    for row in rows {
        let sum = values.entry(row.bucket).or_default();
        *sum = sum.saturating_add(value(row));
    }
    steps
        .iter()
        .map(|step| values.get(step).copied().unwrap_or_default())
        .collect()
}
