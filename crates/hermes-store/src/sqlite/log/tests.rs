use std::sync::Arc;

use hermes_core::{OsRandom, ProviderId, SystemClock, UnixMs};
use sqlx::{Connection, SqliteConnection};

use crate::open::Setup;
use crate::sqlite::connect_options;
use crate::{
    HolderChoice, NoKeyring, OpenOptions, RankAsk, RequestLog, RequestRow, UsageAsk, UsageBy, UsagePeriod,
    UsageSpan,
};

#[tokio::test]
async fn append_log_of_many_counts_each_request_once() {
    let folder = tempfile::tempdir().unwrap();
    let store = Setup::from(options(&folder)).open_sqlite().await.unwrap();
    let rows: Vec<RequestRow> = (0..70).map(request).collect();
    store.append_log(&rows[..40]).await.unwrap();
    // What is there already stands first, last and in between.
    store.append_log(&rows[20..]).await.unwrap();
    store.append_log(&rows).await.unwrap();
    let mut log = SqliteConnection::connect_with(&connect_options(&folder.path().join("home/log.db")))
        .await
        .unwrap();
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM request_log")
        .fetch_one(&mut log)
        .await
        .unwrap();
    let counted: Vec<(String, i64, i64, i64)> =
        sqlx::query_as("SELECT model, requests, failures, output FROM usage ORDER BY model")
            .fetch_all(&mut log)
            .await
            .unwrap();
    assert_eq!(kept, 70);
    assert_eq!(
        counted,
        [("even".to_owned(), 35, 0, 35 * 4), ("odd".to_owned(), 35, 35, 0)]
    );
    assert_eq!(
        store.request(&rows[33].id).await.unwrap().as_ref(),
        Some(&rows[33])
    );
}

#[tokio::test]
async fn log_of_the_first_schema_is_summed_up_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let store = Setup::from(options(&folder)).open_sqlite().await.unwrap();
    store.append_log(&[request(0)]).await.unwrap();
    crate::Store::close(&store).await.unwrap();
    let path = folder.path().join("home/log.db");
    for suffix in ["", "-wal", "-shm"] {
        crate::files::remove(&folder.path().join(format!("home/log.db{suffix}"))).unwrap();
    }
    drop(crate::files::create(&path).unwrap());
    let mut old = SqliteConnection::connect_with(&connect_options(&path))
        .await
        .unwrap();
    sqlx::raw_sql(super::STEPS[0]).execute(&mut old).await.unwrap();
    sqlx::raw_sql(
        "INSERT INTO usage VALUES ('local', 3600000, 'k', 'c', 'm', 2, 1, 1, 2, 3, 4), \
         ('local', 7200000, 'k', '', 'm', 5, 0, 10, 20, 30, 40), ('local', 90000000, 'k', 'c', 'm', 1, 0, 0, 0, 0, 0)",
    )
    .execute(&mut old)
    .await
    .unwrap();
    old.close().await.unwrap();
    let store = Setup::from(options(&folder)).open_sqlite().await.unwrap();
    let ask = |span, by| UsageAsk {
        from: UnixMs::from_millis(0),
        to: UnixMs::from_millis(200_000_000),
        span,
        by,
        latencies: true,
    };
    let counted = async |span, by| -> Vec<(i64, Option<String>, u64, [u64; 4])> {
        let rows = store.usage(&ask(span, by)).await.unwrap();
        rows.into_iter()
            .map(|row| (row.bucket.as_millis(), row.group, row.requests, row.tokens))
            .collect()
    };
    let named = |name: &str| Some(name.to_owned());
    assert_eq!(
        counted(UsageSpan::Day, UsageBy::Credential).await,
        [
            (0, None, 5, [10, 20, 30, 40]),
            (0, named("c"), 2, [1, 2, 3, 4]),
            (86_400_000, named("c"), 1, [0; 4]),
        ]
    );
    assert_eq!(
        counted(UsageSpan::Whole, UsageBy::Key).await,
        [(0, named("k"), 8, [11, 22, 33, 44])]
    );
    let hours = store.usage(&ask(UsageSpan::Hour, UsageBy::Model)).await.unwrap();
    assert_eq!(hours.len(), 3);
    assert_eq!((hours[0].failures, hours[0].total), (1, None));
    let ask = RankAsk {
        period: UsagePeriod::Month,
        now: UnixMs::from_millis(100_000_000),
        by: UsageBy::Credential,
        most: 9,
        own: 9,
    };
    let ranking = store.ranking(&ask).await.unwrap();
    let best: Vec<_> = ranking
        .best
        .into_iter()
        .map(|row| (row.group, row.requests, row.total))
        .collect();
    assert_eq!(best, [(None, 5, None), (named("c"), 3, None)]);
    assert_eq!((ranking.own.len(), ranking.groups), (3, 2));
}

fn request(number: u32) -> RequestRow {
    let even = number.is_multiple_of(2);
    RequestRow {
        id: format!("request-{number:03}"),
        at: UnixMs::from_millis(7_200_000 + i64::from(number)),
        key: None,
        credential: None,
        provider: Some(ProviderId::new("lab")),
        model: if even { "even" } else { "odd" }.to_owned(),
        protocol: "responses".to_owned(),
        status: 200,
        attempts: 1,
        first_byte_ms: Some(number),
        total_ms: 9,
        tokens: even.then_some([1, 2, 3, 4]),
        error: (!even).then(|| "upstream_cut".to_owned()),
        reasoning: None,
        held: None,
        story: None,
    }
}

fn options(folder: &tempfile::TempDir) -> OpenOptions {
    OpenOptions {
        folder: folder.path().join("home"),
        config_folder: folder.path().join("config"),
        server: None,
        state_folder: None,
        create: true,
        lab: true,
        holder: HolderChoice::KeyFile,
        passphrase: None,
        keyring: Arc::new(NoKeyring),
        clock: Arc::new(SystemClock::new()),
        random: Arc::new(OsRandom),
    }
}
