use std::sync::Arc;

use hermes_core::{OsRandom, ProviderId, SystemClock, UnixMs};
use sqlx::{Connection, SqliteConnection};

use crate::open::Setup;
use crate::sqlite::connect_options;
use crate::{HolderChoice, NoKeyring, OpenOptions, RequestRow, Store};

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
