//! What requests add up to.

use std::sync::Arc;
use std::time::Duration;

use hermes_store::{Latency, RequestRow, Store, UsageAsk, UsageBy, UsageRow, UsageSpan};

use crate::log::{at, row};
use crate::support::{Home, now};

fn ask(span: UsageSpan, by: UsageBy, hours: u64) -> UsageAsk {
    UsageAsk {
        from: now(),
        to: at(hours * 3600),
        span,
        by,
        latencies: true,
    }
}

pub(crate) async fn usage_adds_up_by_time_and_group(home: Home) {
    let store = home.open().await;
    assert_eq!(
        store
            .usage(&ask(UsageSpan::Hour, UsageBy::Model, 1))
            .await
            .unwrap(),
        []
    );
    let rows: Vec<_> = (0..100_u32)
        .map(|number| RequestRow {
            model: if number < 90 { "a" } else { "b" }.to_owned(),
            key: None,
            total_ms: 10 * (number + 1),
            first_byte_ms: (number < 90).then_some(5),
            tokens: (number > 0).then_some([1, 2, 3, 4]),
            reasoning: Some(2),
            error: (number % 10 == 0).then(|| "x".to_owned()),
            // Half of them an hour later, and ten a day later.
            ..row(at(u64::from(number % 2) * 3600 + u64::from(number / 90) * 86_400))
        })
        .collect();
    store.append_log(&rows[..50]).await.unwrap();
    store.append_log(&rows[40..]).await.unwrap();
    let days = store
        .usage(&ask(UsageSpan::Day, UsageBy::Model, 48))
        .await
        .unwrap();
    let a = UsageRow {
        bucket: now(),
        group: Some("a".to_owned()),
        requests: 90,
        failures: 9,
        tokens: [89, 178, 267, 356],
        reasoning: 180,
        total: days[0].total,
        first_byte: Some(Latency {
            p50: 5,
            p95: 5,
            p99: 5,
        }),
    };
    let b = UsageRow {
        bucket: at(86_400),
        group: Some("b".to_owned()),
        requests: 10,
        failures: 1,
        tokens: [10, 20, 30, 40],
        reasoning: 20,
        total: days[1].total,
        first_byte: None,
    };
    assert_eq!(days, [a, b]);
    let near = |found: u32, right: u32| assert!(found.abs_diff(right) * 14 <= right, "{found} for {right}");
    let total = days[0].total.unwrap();
    near(total.p50, 450);
    near(total.p95, 860);
    near(total.p99, 900);
    let hours = store
        .usage(&ask(UsageSpan::Hour, UsageBy::Key, 48))
        .await
        .unwrap();
    let counted: Vec<_> = hours
        .iter()
        .map(|row| (row.bucket, row.group.clone(), row.requests))
        .collect();
    let hour = |number: u64, count| (at(number * 3600), None, count);
    assert_eq!(counted, [hour(0, 45), hour(1, 45), hour(24, 5), hour(25, 5)]);
    let whole = store
        .usage(&ask(UsageSpan::Whole, UsageBy::Key, 2))
        .await
        .unwrap();
    assert_eq!((whole.len(), whole[0].requests, whole[0].bucket), (1, 90, now()));
    check_counts(&store).await;
    let month = store
        .usage(&ask(UsageSpan::Whole, UsageBy::Credential, 30 * 24))
        .await
        .unwrap();
    assert_eq!(month.iter().map(|row| row.requests).sum::<u64>(), 101);
}

/// Without latencies the answer is the same but for them, however groups are called.
async fn check_counts(store: &Arc<dyn Store>) {
    let strange = RequestRow {
        model: "a b  \u{e4} 'c'\n1 2".to_owned(),
        ..row(at(0))
    };
    store.append_log(&[strange]).await.unwrap();
    for by in [UsageBy::All, UsageBy::Credential, UsageBy::Key, UsageBy::Model] {
        for hours in [1, 2, 30 * 24] {
            let whole = ask(UsageSpan::Whole, by, hours);
            let counts = UsageAsk {
                latencies: false,
                ..whole
            };
            let mut right = store.usage(&whole).await.unwrap();
            for row in &mut right {
                (row.total, row.first_byte) = (None, None);
            }
            assert_eq!(store.usage(&counts).await.unwrap(), right, "{by:?}");
        }
    }
}

pub(crate) async fn usage_of_two_gateways_at_once_loses_nothing(home: Home) {
    let store = home.open().await;
    let other = home.other(Duration::ZERO).open().await;
    let writers: Vec<_> = [store.clone(), other]
        .into_iter()
        .map(|store| {
            tokio::spawn(async move {
                for _ in 0..10 {
                    let rows: Vec<_> = (0..20).map(|_| row(now())).collect();
                    store.append_log(&rows).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let rows = store
        .usage(&ask(UsageSpan::Hour, UsageBy::Model, 1))
        .await
        .unwrap();
    let [row] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!((row.requests, row.tokens[3]), (400, 1600));
    assert_eq!(row.total.map(|total| total.p99.abs_diff(99) < 7), Some(true));
}
