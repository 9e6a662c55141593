//! A store that the first version for servers made.

use std::path::Path;
use std::sync::Arc;

use hermes_core::{KeyId, OsRandom, Secret, SystemClock, UnixMs};
use hermes_sim::{Postgres, PostgresOptions};
use sqlx::{Connection, PgConnection};

use crate::db::Db;
use crate::open::Setup;
use crate::postgres::steps::STEPS;
use crate::sql::header;
use crate::{ClientKey, HolderChoice, KeyLimits, NoKeyring, OpenOptions, open, schema};

/// What the steps after the first one have added.
const BACK: &str = "DROP TABLE admin_code; DROP TABLE admin_session; \
    ALTER TABLE client_key DROP COLUMN last_used, DROP COLUMN per_minute, DROP COLUMN models; \
    ALTER TABLE request_log DROP COLUMN story, DROP COLUMN held, DROP COLUMN reasoning; \
    DROP INDEX request_log_provider, request_log_credential, request_log_key, request_log_model, failed_log, failed_log_provider, \
    failed_log_credential, failed_log_key, failed_log_model; \
    DROP TABLE usage_sum; DROP TABLE usage_rank; DROP TABLE usage_period;";

/// Every column, index and rule of the database.
const SHAPE: &str = "SELECT string_agg(line, E'\\n' ORDER BY line) FROM ( \
    SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '') \
    AS line FROM information_schema.columns WHERE table_schema = 'public' \
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public') AS shape";

fn options(root: &Path, address: &str) -> OpenOptions {
    OpenOptions {
        folder: root.join("home"),
        config_folder: root.join("config"),
        server: Some(Secret::from(address)),
        state_folder: None,
        create: true,
        lab: false,
        holder: HolderChoice::KeyFile,
        passphrase: None,
        keyring: Arc::new(NoKeyring),
        clock: Arc::new(SystemClock::new()),
        random: Arc::new(OsRandom),
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told where the programs are")]
fn server() -> Postgres {
    Postgres::start(PostgresOptions {
        binaries: std::env::var_os("HERMES_TEST_POSTGRES").map(Into::into),
        ..PostgresOptions::default()
    })
    .unwrap()
}

/// Makes the store one that the first version could have written.
async fn make_old(root: &Path, address: &str) {
    let setup = Setup::from(options(root, address));
    let mut connection = PgConnection::connect(address).await.unwrap();
    sqlx::raw_sql(BACK).execute(&mut connection).await.unwrap();
    let pool = sqlx::PgPool::connect(address).await.unwrap();
    let mut db = Db::Postgres(pool.begin().await.unwrap());
    let stored = header::read(&mut db, root).await.unwrap();
    let first = setup.keys.move_to_schema(&stored, 2).await.unwrap();
    header::write(&mut db, &first).await.unwrap();
    db.commit().await.unwrap();
}

#[test]
fn steps_of_a_server_lead_to_the_newest_schema() {
    assert_eq!(i64::try_from(STEPS.len()).unwrap() + 1, schema::NEWEST);
}

#[tokio::test(flavor = "multi_thread")]
async fn store_of_the_first_schema_is_brought_up_to_date_by_one_of_many() {
    let server = server();
    server.create_database("store").unwrap();
    let address = server.url("store");
    let root = tempfile::tempdir().unwrap();
    let store = open(options(root.path(), &address)).await.unwrap();
    let key = ClientKey {
        id: KeyId::new(UnixMs::from_millis(1), &OsRandom),
        name: "laptop".to_owned(),
        prefix: "hk_abc".to_owned(),
        hash: "00".to_owned(),
        created: UnixMs::from_millis(1),
        revoked: None,
        last_used: None,
        limits: KeyLimits::default(),
    };
    store.add_key(&key).await.unwrap();
    store
        .secret_setting("secret", &|| Secret::from("kept"))
        .await
        .unwrap();
    let shape = server.sql("store", SHAPE).unwrap();
    store.close().await.unwrap();
    make_old(root.path(), &address).await;
    assert_ne!(server.sql("store", SHAPE).unwrap(), shape);

    let opening: Vec<_> = (0..4)
        .map(|_| tokio::spawn(open(options(root.path(), &address))))
        .collect();
    for one in opening {
        let store = one.await.unwrap().unwrap();
        assert_eq!(store.info().schema, schema::NEWEST);
        assert_eq!(store.keys().await.unwrap(), std::slice::from_ref(&key));
        let secret = store
            .secret_setting("secret", &|| Secret::from("made anew"))
            .await;
        assert_eq!(secret.unwrap(), Secret::from("kept"));
        assert_eq!(store.suspect(), None);
        store.close().await.unwrap();
    }
    assert_eq!(server.sql("store", SHAPE).unwrap(), shape);
}
