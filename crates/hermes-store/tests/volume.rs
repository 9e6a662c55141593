//! How fast a large log answers. 50,000 requests by default; `HERMES_TEST_REQUESTS=1000000` for a month of a busy gateway.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "the times are shown to whoever asks for them")]

mod support;

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Clock, CredentialId, KeyId, ProviderId, SystemClock, UnixMs};
use hermes_store::{RankAsk, RequestFilter, RequestRow, Store, UsageAsk, UsageBy, UsagePeriod, UsageSpan};
use sqlx::{Connection, PgConnection, SqliteConnection};
use support::{Home, now};

/// Requests are spread over this, the newest last.
const MONTH: Duration = Duration::from_hours(30 * 24 - 1);

/// The columns of a request by its number `n`: 8 credentials of 3 providers, 5 keys, 12 models, one failure in 50.
macro_rules! requests {
    ($numbers:literal, $text:literal) => {
        concat!(
            "INSERT INTO request_log (id, at, key_id, cred_id, provider, model, protocol, status, attempts, first_byte_ms, \
             total_ms, input, cache_read, cache_write, output, error) SELECT ",
            $text,
            ", (SELECT max(at) FROM request_log) - 2588400000 + n * (2588400000 / $1), \
             '019aaaaa-0000-7000-8000-00000000000' || (n % 5), '019aaaaa-0000-7000-8000-00000000000' || (n * 7 % 8), 'provider-' || (n * 7 % 8 % 3), \
             'family-' || (n * 11 % 3) || '/model-' || (n * 11 % 12), 'responses', 200, 1, n % 900, n % 9000, \
             n % 5000, n % 3000, n % 70, n % 800, CASE WHEN n % 50 = 0 THEN 'upstream_error' END FROM ",
            $numbers
        )
    };
}

const ON_SQLITE: &str = requests!(
    "(WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < $1) SELECT n FROM numbers)",
    "printf('0000-%012d', n)"
);
const ON_POSTGRES: &str = requests!(
    "generate_series(CAST(0 AS bigint), $1 - 1) AS numbers (n)",
    "'0000-' || lpad(CAST(n AS text), 12, '0')"
);

#[expect(clippy::disallowed_methods, reason = "tests are told how much they shall do")]
fn count() -> i64 {
    let told = std::env::var("HERMES_TEST_REQUESTS").ok();
    told.map_or(50_000, |told| told.parse().unwrap())
}

/// A store with hours and days of usage of every group, and as many requests as asked for.
async fn filled(home: &Home) -> Arc<dyn Store> {
    let store = home.open().await;
    let hours = if count() < 1_000_000 { 3 * 24 } else { 30 * 24 };
    for hour in 30 * 24 - hours..30 * 24 {
        let at = now().plus(Duration::from_hours(hour));
        let rows: Vec<_> = (0..48).map(|number| request(hour * 48 + number, at)).collect();
        store.append_log(&rows).await.unwrap();
    }
    match &home.address {
        None => {
            let path = home.file("log.db");
            let mut log = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
            sqlx::query(ON_SQLITE)
                .bind(count())
                .execute(&mut log)
                .await
                .unwrap();
            log.close().await.unwrap();
        }
        Some(address) => {
            let mut log = PgConnection::connect(address).await.unwrap();
            sqlx::query(ON_POSTGRES)
                .bind(count())
                .execute(&mut log)
                .await
                .unwrap();
            sqlx::query("ANALYZE request_log")
                .execute(&mut log)
                .await
                .unwrap();
            log.close().await.unwrap();
        }
    }
    store
}

fn id<T: std::str::FromStr<Err: std::fmt::Debug>>(number: u64) -> T {
    format!("019aaaaa-0000-7000-8000-{number:012}").parse().unwrap()
}

fn request(number: u64, at: UnixMs) -> RequestRow {
    let small = u32::try_from(number % 9000).unwrap();
    RequestRow {
        id: format!("1000-{number:012}"),
        at,
        key: Some(id::<KeyId>(number % 5)),
        credential: Some(id::<CredentialId>(number % 8)),
        provider: Some(ProviderId::new(format!("provider-{}", number % 8 % 3))),
        model: format!("family-{}/model-{}", number % 3, number % 12),
        protocol: "responses".to_owned(),
        status: 200,
        attempts: 1,
        first_byte_ms: Some(small % 900),
        total_ms: small,
        tokens: Some([1, 2, 3, 4]),
        reasoning: None,
        error: None,
        held: None,
        story: None,
    }
}

/// Calls twice, and tells how long the second one took: the first one opens files and connections.
async fn timed<T>(what: &str, call: impl AsyncFn() -> T) -> T {
    let clock = SystemClock::new();
    call().await;
    let began = clock.monotonic();
    let found = call().await;
    let took = clock.monotonic().saturating_sub(began);
    println!("{what}: {} µs", took.as_micros());
    assert!(took < Duration::from_millis(100), "{what} took {took:?}");
    found
}

/// Each filter and some together; what finds nothing has the furthest to look.
fn filters() -> Vec<(&'static str, RequestFilter)> {
    let with = |change: fn(&mut RequestFilter)| {
        let mut filter = RequestFilter {
            limit: 50,
            ..RequestFilter::default()
        };
        change(&mut filter);
        filter
    };
    let deep = with(|filter| filter.before = Some("0000-000000020000".to_owned()));
    let provider = with(|filter| filter.provider = Some(ProviderId::new("provider-1")));
    let credential = with(|filter| filter.credential = Some(id(3)));
    let key = with(|filter| filter.key = Some(id(4)));
    let failed = |filter: &RequestFilter| RequestFilter {
        failed: true,
        ..filter.clone()
    };
    let model = |filter: &RequestFilter, part: &str| RequestFilter {
        model: Some(part.to_owned()),
        ..filter.clone()
    };
    let newest = with(|_| ());
    vec![
        ("one model", model(&newest, "MODEL-11")),
        ("a family", model(&newest, "family-1")),
        ("every model", model(&newest, "model")),
        ("failed", failed(&newest)),
        ("provider and failed", failed(&provider)),
        ("nothing", failed(&credential)),
        ("key and model", model(&key, "model-3")),
        ("newest", newest),
        ("deep page", deep),
        ("provider", provider),
        ("credential", credential),
        ("key", key),
    ]
}

async fn large_log_answers_at_once(home: Home) {
    let store = filled(&home).await;
    for (what, filter) in filters() {
        let page = timed(what, async || store.requests(&filter).await.unwrap()).await;
        assert_eq!(page.rows.is_empty(), what == "nothing", "{what}");
    }
    for by in [UsageBy::Credential, UsageBy::Key, UsageBy::Model] {
        for (days, span) in [
            (1, UsageSpan::Hour),
            (7, UsageSpan::Hour),
            (7, UsageSpan::Whole),
            (30, UsageSpan::Day),
            (30, UsageSpan::Whole),
        ] {
            let to = now().plus(MONTH);
            let from = to.minus(Duration::from_hours(days * 24));
            let ask = UsageAsk {
                from,
                to,
                span,
                by,
                latencies: true,
            };
            let what = format!("usage by {by:?}, {days} days, {span:?}");
            let rows = timed(&what, async || store.usage(&ask).await.unwrap()).await;
            assert!(!rows.is_empty(), "{what}");
        }
        for period in [UsagePeriod::Day, UsagePeriod::Week, UsagePeriod::Month] {
            let ask = RankAsk {
                period,
                now: now().plus(MONTH),
                by,
                most: 100,
                own: 7,
            };
            let what = format!("ranking by {by:?} of a {period:?}");
            let found = timed(&what, async || store.ranking(&ask).await.unwrap()).await;
            assert_eq!(found.groups, found.best.len() as u64, "{what}");
            assert!(!found.all.is_empty() && !found.own.is_empty(), "{what}");
        }
    }
}

#[tokio::test]
async fn large_log_in_a_file_answers_at_once() {
    large_log_answers_at_once(Home::new()).await;
}

#[cfg(unix)]
#[tokio::test]
async fn large_log_on_a_server_answers_at_once() {
    large_log_answers_at_once(Home::on_server()).await;
}
