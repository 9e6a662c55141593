//! Who used most in the last day, week and month. The sums of each group are kept, in the order of requests, so that the busiest
//! are read without a look at the others. A request adds to them in its own transaction. When another hour or day begins they are
//! made anew from the sums of hours and days, by whoever comes first, so no mistake of them stays.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use hermes_core::UnixMs;

use super::read::{LATENCIES, SUMS, latency, read, usage};
use super::{Name, Span, Sum, Sums};
use crate::db::{Db, Part, args, unsigned};
use crate::fault::Fault;
use crate::{RankAsk, Ranking, UsageAsk, UsageBy, UsagePeriod, UsageRow, UsageSpan};

/// Most rows of a ranking, and of its busiest that are told step by step.
const MOST: u32 = 200;
const MOST_OWN: u32 = 20;
/// Rows that one statement adds.
const AT_ONCE: usize = 100;
const PERIODS: [UsagePeriod; 3] = [UsagePeriod::Day, UsagePeriod::Week, UsagePeriod::Month];

/// When the last step of each period began.
pub(crate) struct Last([i64; 3]);

impl UsagePeriod {
    fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    fn span(self) -> Span {
        match self {
            Self::Day => Span::Hour,
            Self::Week | Self::Month => Span::Day,
        }
    }

    fn count(self) -> i64 {
        match self {
            Self::Day => 24,
            Self::Week => 7,
            Self::Month => 30,
        }
    }

    /// When the first of the steps began whose last one is given.
    fn first(self, last: i64) -> i64 {
        last - (self.count() - 1) * self.span().length()
    }

    /// Its place among all of them, and how its last step is noted.
    fn note(self) -> (usize, &'static str) {
        match self {
            Self::Day => (0, "UPDATE usage_period SET day_last = $1 WHERE id = 1"),
            Self::Week => (1, "UPDATE usage_period SET week_last = $1 WHERE id = 1"),
            Self::Month => (2, "UPDATE usage_period SET month_last = $1 WHERE id = 1"),
        }
    }

    /// When each of the steps up to the present begins.
    pub(crate) fn steps(self, now: UnixMs) -> Vec<UnixMs> {
        let first = self.first(self.span().begin(now));
        let begin = |step| UnixMs::from_millis(first + step * self.span().length());
        (0..self.count()).map(begin).collect()
    }
}

/// Takes the row that all who count or make anew go through.
pub(crate) async fn lock(db: &mut Db<'_>) -> Result<Option<Last>, Fault> {
    let text = "UPDATE usage_period SET id = id WHERE id = 1 RETURNING day_last, week_last, month_last";
    read_last(db, text).await
}

async fn read_last(db: &mut Db<'_>, text: &'static str) -> Result<Option<Last>, Fault> {
    let row = db.maybe(text, args![]).await?;
    row.map(|row| Ok(Last([row.nth(0)?, row.nth(1)?, row.nth(2)?])))
        .transpose()
}

/// Adds what was counted, or makes the sums anew where a step has begun. The sums of hours and days have it already.
pub(super) async fn add(db: &mut Db<'_>, sums: &Sums<'_>, last: Last, newest: UnixMs) -> Result<(), Fault> {
    for period in PERIODS {
        let (last, begun) = (last.0[period.note().0], newest_step(sums, period, newest));
        if begun > last {
            make(db, period, begun).await?;
        } else {
            count(db, period, &gathered(sums, period, last)).await?;
        }
    }
    Ok(())
}

fn newest_step(sums: &Sums<'_>, period: UsagePeriod, newest: UnixMs) -> i64 {
    let of_span = sums.parts.keys().filter(|(span, ..)| *span == period.span());
    let buckets = of_span.map(|(_, bucket, _)| *bucket);
    buckets.max().unwrap_or_else(|| period.span().begin(newest))
}

/// What was counted within the period, by group.
fn gathered<'a>(sums: &'a Sums<'_>, period: UsagePeriod, last: i64) -> BTreeMap<Name<'a>, Sum> {
    let mut groups: BTreeMap<Name<'a>, Sum> = BTreeMap::new();
    for ((span, bucket, name), part) in &sums.parts {
        if *span == period.span() && (period.first(last)..=last).contains(bucket) {
            groups.entry(*name).or_default().merge(&part.sum);
        }
    }
    groups
}

async fn count(db: &mut Db<'_>, period: UsagePeriod, groups: &BTreeMap<Name<'_>, Sum>) -> Result<(), Fault> {
    let groups: Vec<_> = groups.iter().collect();
    for some in groups.chunks(AT_ONCE) {
        let mut parts = vec![Part::Text(
            "INSERT INTO usage_rank (period, dimension, name, requests, failures, input, cache_read, cache_write, output, \
             reasoning) VALUES ",
        )];
        for (place, (name, sum)) in some.iter().enumerate() {
            parts.push(Part::Text(if place == 0 { "(" } else { "), (" }));
            let [input, cache_read, cache_write, output] = sum.tokens;
            let keys = [
                period.as_str().into(),
                name.by().as_str().into(),
                name.to_text().into(),
            ];
            let numbers = [
                sum.requests,
                sum.failures,
                input,
                cache_read,
                cache_write,
                output,
                sum.reasoning,
            ];
            let values = keys.into_iter().chain(numbers.map(Into::into));
            for (place, value) in values.enumerate() {
                parts.extend((place > 0).then_some(Part::Text(", ")));
                parts.push(Part::Place(value));
            }
        }
        parts.push(Part::Text(
            ") ON CONFLICT (period, dimension, name) DO UPDATE SET \
             requests = usage_rank.requests + excluded.requests, failures = usage_rank.failures + excluded.failures, \
             input = usage_rank.input + excluded.input, cache_read = usage_rank.cache_read + excluded.cache_read, \
             cache_write = usage_rank.cache_write + excluded.cache_write, output = usage_rank.output + excluded.output, \
             reasoning = usage_rank.reasoning + excluded.reasoning",
        ));
        db.built(parts).await?;
    }
    Ok(())
}

/// Makes the sums of a period anew.
async fn make(db: &mut Db<'_>, period: UsagePeriod, last: i64) -> Result<(), Fault> {
    let text = "DELETE FROM usage_rank WHERE period = $1";
    db.run(text, args![period.as_str()]).await?;
    for by in [UsageBy::Credential, UsageBy::Key, UsageBy::Model] {
        let within = Within { period, last, by };
        let mut parts = vec![
            Part::Text(
                "INSERT INTO usage_rank (period, dimension, name, requests, failures, input, cache_read, cache_write, output, \
                 reasoning) SELECT CAST(",
            ),
            Part::Place(period.as_str().into()),
            Part::Text(" AS text), dimension, name, "),
            Part::Text(SUMS),
        ];
        parts.extend(within.steps());
        parts.push(Part::Text(" GROUP BY dimension, name"));
        db.built(parts).await?;
    }
    db.run(period.note().1, args![last]).await?;
    Ok(())
}

/// Makes the sums of a period anew when they end with another step than the present one.
pub(crate) async fn bring_up(db: &mut Db<'_>, ask: &RankAsk) -> Result<(), Fault> {
    let last = ask.period.span().begin(ask.now);
    match lock(db).await? {
        Some(kept) if kept.0[ask.period.note().0] != last => make(db, ask.period, last).await,
        _ => Ok(()),
    }
}

/// The sums that are wanted.
struct Within {
    period: UsagePeriod,
    last: i64,
    by: UsageBy,
}

impl Within {
    fn first(&self) -> UnixMs {
        UnixMs::from_millis(self.period.first(self.last))
    }

    fn steps(&self) -> [Part; 8] {
        [
            Part::Text(" FROM usage_sum WHERE span = "),
            Part::Place(self.period.span().as_str().into()),
            Part::Text(" AND dimension = "),
            Part::Place(self.by.as_str().into()),
            Part::Text(" AND bucket >= "),
            Part::Place(self.period.first(self.last).into()),
            Part::Text(" AND bucket <= "),
            Part::Place(self.last.into()),
        ]
    }

    /// Those of some groups. With every step named, each row is found by its key.
    fn of(&self, groups: &[UsageRow]) -> Vec<Part> {
        let mut parts: Vec<_> = self.steps().into();
        let steps = (0..self.period.count()).map(|back| self.last - back * self.period.span().length());
        parts.push(Part::Text(" AND bucket IN ("));
        parts.extend(listed(steps.map(Into::into)));
        parts.push(Part::Text(") AND name IN ("));
        let names = groups.iter().map(|row| row.group.clone().unwrap_or_default());
        parts.extend(listed(names.map(Into::into)));
        parts.push(Part::Text(")"));
        parts
    }
}

fn listed(values: impl Iterator<Item = crate::db::Value>) -> impl Iterator<Item = Part> {
    values.enumerate().flat_map(|(place, value)| {
        let comma = (place > 0).then_some(Part::Text(", "));
        comma.into_iter().chain([Part::Place(value)])
    })
}

/// The ranking; none when the sums that are kept end with another step than the present one, unless it is to be made without them.
pub(crate) async fn ranking(db: &mut Db<'_>, ask: &RankAsk, kept: bool) -> Result<Option<Ranking>, Fault> {
    let within = Within {
        period: ask.period,
        last: ask.period.span().begin(ask.now),
        by: ask.by,
    };
    if kept && !is_kept(db, &within).await? {
        return Ok(None);
    }
    let most = ask.most.min(MOST);
    let (mut best, groups) = if kept {
        (best(db, &within, most).await?, groups(db, &within).await?)
    } else {
        ranked(db, &within, most).await?
    };
    let own = usize::try_from(ask.own.min(MOST_OWN)).unwrap_or_default();
    let own = own_steps(db, &within, &best[..own.min(best.len())]).await?;
    add_latencies(db, &within, &mut best).await?;
    Ok(Some(Ranking {
        steps: ask.period.steps(ask.now),
        groups,
        all: all(db, &within).await?,
        best,
        own,
    }))
}

async fn is_kept(db: &mut Db<'_>, within: &Within) -> Result<bool, Fault> {
    let text = "SELECT day_last, week_last, month_last FROM usage_period WHERE id = 1";
    let kept = read_last(db, text).await?;
    Ok(kept.is_some_and(|kept| kept.0[within.period.note().0] == within.last))
}

/// Each step over all groups.
async fn all(db: &mut Db<'_>, within: &Within) -> Result<Vec<UsageRow>, Fault> {
    let ask = UsageAsk {
        from: UnixMs::from_millis(within.period.first(within.last)),
        to: UnixMs::from_millis(within.last + 1),
        span: match within.period.span() {
            Span::Hour => UsageSpan::Hour,
            Span::Day => UsageSpan::Day,
        },
        by: UsageBy::All,
        latencies: true,
    };
    usage(db, &ask).await
}

/// The busiest, of the sums that are kept.
async fn best(db: &mut Db<'_>, within: &Within, most: u32) -> Result<Vec<UsageRow>, Fault> {
    let rows = db
        .all(
            "SELECT * FROM usage_rank WHERE period = $1 AND dimension = $2 \
             ORDER BY requests DESC, input + cache_read + cache_write + output DESC, name LIMIT $3",
            args![within.period.as_str(), within.by.as_str(), most],
        )
        .await?;
    rows.iter().map(|row| read(row, within.first(), false)).collect()
}

/// The busiest and how many there are, by a look at all.
async fn ranked(db: &mut Db<'_>, within: &Within, most: u32) -> Result<(Vec<UsageRow>, u64), Fault> {
    let mut parts = vec![Part::Text("SELECT name, "), Part::Text(SUMS)];
    parts.extend(within.steps());
    parts.push(Part::Text(" GROUP BY name"));
    let rows = db.built(parts).await?;
    let groups = rows.len() as u64;
    let rows = rows.iter().map(|row| read(row, within.first(), false));
    let mut rows = rows.collect::<Result<Vec<_>, Fault>>()?;
    let tokens = |row: &UsageRow| {
        row.tokens
            .iter()
            .fold(0_u64, |sum, tokens| sum.saturating_add(*tokens))
    };
    rows.sort_by_cached_key(|row| (Reverse((row.requests, tokens(row))), row.group.clone()));
    rows.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok((rows, groups))
}

async fn groups(db: &mut Db<'_>, within: &Within) -> Result<u64, Fault> {
    let text = "SELECT count(*) FROM usage_rank WHERE period = $1 AND dimension = $2";
    let count = db
        .number(text, args![within.period.as_str(), within.by.as_str()])
        .await?;
    Ok(unsigned(count))
}

/// The steps of a few groups.
async fn own_steps(db: &mut Db<'_>, within: &Within, groups: &[UsageRow]) -> Result<Vec<UsageRow>, Fault> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut parts = vec![Part::Text("SELECT *")];
    parts.extend(within.of(groups));
    parts.push(Part::Text(" ORDER BY bucket, name"));
    let rows = db.built(parts).await?;
    let read = |row| read(row, UnixMs::from_millis(row.get("bucket")?), false);
    rows.iter().map(read).collect()
}

async fn add_latencies(db: &mut Db<'_>, within: &Within, groups: &mut [UsageRow]) -> Result<(), Fault> {
    if groups.is_empty() {
        return Ok(());
    }
    let mut parts = vec![Part::Text("SELECT name"), Part::Text(LATENCIES)];
    parts.extend(within.of(groups));
    parts.push(Part::Text(" GROUP BY name"));
    let mut found = BTreeMap::new();
    for row in db.built(parts).await? {
        let name: String = row.get("name")?;
        found.insert(
            name,
            (latency(&row, "total_ms")?, latency(&row, "first_byte_ms")?),
        );
    }
    for row in groups {
        if let Some((total, first_byte)) = found.remove(row.group.as_deref().unwrap_or_default()) {
            (row.total, row.first_byte) = (total, first_byte);
        }
    }
    Ok(())
}
