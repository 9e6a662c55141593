use sqlx::{Connection, SqliteConnection};

use super::{FINGERPRINT, NEWEST, fingerprint, migrate, version};

#[tokio::test]
async fn migrate_from_nothing_gives_the_recorded_schema() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    migrate(&mut connection, 0).await.unwrap();
    assert_eq!(version(&mut connection).await.unwrap(), NEWEST);
    assert_eq!(fingerprint(&mut connection).await.unwrap(), FINGERPRINT);
}

#[tokio::test]
async fn migrate_newest_changes_nothing() {
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.unwrap();
    migrate(&mut connection, 0).await.unwrap();
    migrate(&mut connection, NEWEST).await.unwrap();
    assert_eq!(fingerprint(&mut connection).await.unwrap(), FINGERPRINT);
}
