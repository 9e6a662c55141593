//! Who used most.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{CredentialId, KeyId, OsRandom, UnixMs};
use hermes_store::{RankAsk, Ranking, RequestRow, Store, UsageBy, UsagePeriod};

use crate::log::row;
use crate::support::{Home, now};

const PERIODS: [(UsagePeriod, i64, i64); 3] = [
    (UsagePeriod::Day, HOUR, 24),
    (UsagePeriod::Week, DAY, 7),
    (UsagePeriod::Month, DAY, 30),
];
const GROUPS: [UsageBy; 3] = [UsageBy::Credential, UsageBy::Key, UsageBy::Model];
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;

fn ask(period: UsagePeriod, by: UsageBy, now: UnixMs) -> RankAsk {
    RankAsk {
        period,
        now,
        by,
        most: 100,
        own: 3,
    }
}

fn after(hours: u64) -> UnixMs {
    now().plus(Duration::from_hours(hours))
}

/// Logins, keys and models of a small crowd, of which the first ones are asked for most.
struct Crowd {
    logins: Vec<CredentialId>,
    keys: Vec<KeyId>,
}

impl Crowd {
    fn new() -> Self {
        Self {
            logins: (0..9).map(|_| CredentialId::new(now(), &OsRandom)).collect(),
            keys: (0..2).map(|_| KeyId::new(now(), &OsRandom)).collect(),
        }
    }

    fn request(&self, number: usize, at: UnixMs) -> RequestRow {
        RequestRow {
            credential: (!number.is_multiple_of(10)).then(|| self.logins[number * number % 10 % 9]),
            key: Some(self.keys[number % 2]),
            model: format!("model-{}", number % 3),
            tokens: (!number.is_multiple_of(4)).then_some([1, 2, 3, number as u64]),
            error: number.is_multiple_of(4).then(|| "x".to_owned()),
            reasoning: Some(1),
            total_ms: 8,
            first_byte_ms: Some(4),
            ..row(at)
        }
    }
}

/// What a ranking tells of a group: requests, failures, tokens, reasoning.
type Counts = (u64, u64, [u64; 4], u64);

fn group(row: &RequestRow, by: UsageBy) -> Option<String> {
    match by {
        UsageBy::Credential => row.credential.map(|id| id.to_string()),
        UsageBy::Key => row.key.map(|id| id.to_string()),
        UsageBy::Model | UsageBy::All => Some(row.model.clone()),
    }
}

/// The counts by group of requests within so many steps up to a moment, the busiest first.
fn expected(
    rows: &[RequestRow],
    by: UsageBy,
    now: UnixMs,
    (step, count): (i64, i64),
) -> Vec<(Option<String>, Counts)> {
    let last = now.as_millis().div_euclid(step) * step;
    let times = last - (count - 1) * step..last + step;
    let mut groups: BTreeMap<_, Counts> = BTreeMap::new();
    for row in rows.iter().filter(|row| times.contains(&row.at.as_millis())) {
        let sum = groups.entry(group(row, by)).or_default();
        sum.0 += 1;
        sum.1 += u64::from(row.error.is_some());
        for (total, tokens) in sum.2.iter_mut().zip(row.tokens.unwrap_or_default()) {
            *total += tokens;
        }
        sum.3 += row.reasoning.unwrap_or_default();
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, sum)| Reverse((sum.0, sum.2.iter().sum::<u64>())));
    groups
}

fn told(ranking: &Ranking) -> Vec<(Option<String>, Counts)> {
    let rows = ranking.best.iter();
    rows.map(|row| {
        (
            row.group.clone(),
            (row.requests, row.failures, row.tokens, row.reasoning),
        )
    })
    .collect()
}

async fn check(store: &Arc<dyn Store>, rows: &[RequestRow], now: UnixMs) {
    for (period, step, count) in PERIODS {
        for by in GROUPS {
            let found = store.ranking(&ask(period, by, now)).await.unwrap();
            let right = expected(rows, by, now, (step, count));
            assert_eq!(told(&found), right, "{period:?} {by:?}");
            assert_eq!(found.groups, right.len() as u64);
            check_steps(&found, (step, count), now);
        }
    }
}

/// The steps of the busiest few and of all add up to their sums, and latencies are told.
fn check_steps(found: &Ranking, (step, count): (i64, i64), now: UnixMs) {
    let last = now.as_millis().div_euclid(step) * step;
    let steps: Vec<_> = (0..count)
        .rev()
        .map(|back| UnixMs::from_millis(last - back * step))
        .collect();
    assert_eq!(found.steps, steps);
    for (place, best) in found.best.iter().enumerate() {
        assert_eq!(best.bucket, steps[0]);
        assert_eq!(best.first_byte.map(|latency| latency.p95), Some(4));
        assert_eq!(best.total.map(|latency| latency.p50), Some(8));
        let own = found.own.iter().filter(|row| row.group == best.group);
        let requests: u64 = own.map(|row| row.requests).sum();
        assert_eq!(requests, if place < 3 { best.requests } else { 0 });
    }
    let all: u64 = found.all.iter().map(|row| row.requests).sum();
    assert_eq!(all, found.best.iter().map(|row| row.requests).sum::<u64>());
    assert!(
        found
            .own
            .iter()
            .chain(&found.all)
            .all(|row| steps.contains(&row.bucket))
    );
}

pub(crate) async fn ranking_is_what_the_requests_add_up_to(home: Home) {
    let (crowd, mut rows) = (Crowd::new(), Vec::new());
    let mut store = home.open().await;
    check(&store, &rows, now()).await;
    // Hours and days pass with and without requests; some requests are noted long after they began.
    for (number, hours) in [0, 0, 1, 5, 23, 24, 25, 47, 80, 200, 700, 730, 900]
        .into_iter()
        .enumerate()
    {
        let late = after(hours).minus(Duration::from_hours(30));
        let some =
            (0..12).map(|one| crowd.request(number * 7 + one, if one == 11 { late } else { after(hours) }));
        let some: Vec<_> = some.collect();
        store.append_log(&some).await.unwrap();
        rows.extend(some);
        check(&store, &rows, after(hours)).await;
        if number % 4 == 3 {
            store.close().await.unwrap();
            store = home.open().await;
        }
    }
    // Without a request since, and by a clock that is behind.
    for hours in [901, 930, 1300, 905, 900, 3000] {
        check(&store, &rows, after(hours)).await;
    }
}

pub(crate) async fn ranking_tells_as_many_as_asked_for(home: Home) {
    let (crowd, store) = (Crowd::new(), home.open().await);
    let rows: Vec<_> = (0..50).map(|number| crowd.request(number, now())).collect();
    store.append_log(&rows).await.unwrap();
    let whole = store
        .ranking(&ask(UsagePeriod::Week, UsageBy::Credential, now()))
        .await
        .unwrap();
    let few = RankAsk {
        most: 2,
        own: 9,
        ..ask(UsagePeriod::Week, UsageBy::Credential, now())
    };
    let few = store.ranking(&few).await.unwrap();
    assert!(whole.groups > 2);
    assert_eq!((&few.best[..], few.groups), (&whole.best[..2], whole.groups));
    assert_eq!(few.own.len(), 2);
    let none = RankAsk {
        most: 0,
        ..ask(UsagePeriod::Week, UsageBy::Credential, now())
    };
    let none = store.ranking(&none).await.unwrap();
    assert_eq!(
        (none.best.len(), none.own.len(), none.groups),
        (0, 0, whole.groups)
    );
}

pub(crate) async fn ranking_of_two_gateways_at_once_loses_nothing(home: Home) {
    let crowd = Arc::new(Crowd::new());
    let store = home.open().await;
    let other = home.other(Duration::ZERO).open().await;
    let writers: Vec<_> = [store.clone(), other]
        .into_iter()
        .map(|store| {
            let crowd = Arc::clone(&crowd);
            tokio::spawn(async move {
                let mut all = Vec::new();
                for hour in 0..10 {
                    let rows: Vec<_> = (0..20).map(|one| crowd.request(one, after(hour * 3))).collect();
                    store.append_log(&rows).await.unwrap();
                    // A look may be what makes the sums anew.
                    store
                        .ranking(&ask(UsagePeriod::Day, UsageBy::Key, after(hour * 3)))
                        .await
                        .unwrap();
                    all.extend(rows);
                }
                all
            })
        })
        .collect();
    let mut rows = Vec::new();
    for writer in writers {
        rows.extend(writer.await.unwrap());
    }
    check(&store, &rows, after(27)).await;
}
