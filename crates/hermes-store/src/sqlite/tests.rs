use std::sync::Arc;

use hermes_core::{
    Account, Billing, Explain, Identity, Material, NewCredential, OsRandom, ProviderId, Secret, Source,
    SystemClock, UnixMs,
};

use crate::open::Setup;
use crate::{HolderChoice, NoKeyring, OpenOptions, Store};

fn login(subject: &str, bulk: usize) -> NewCredential {
    NewCredential {
        provider: ProviderId::new("lab"),
        identity: Identity {
            issuer: "login.example".to_owned(),
            subject: subject.to_owned(),
            organisation: None,
        },
        label: None,
        method: "key".to_owned(),
        region: None,
        billing: Billing::Metered,
        source: Source::Key,
        account: Account::default(),
        material: Material {
            access: Secret::new("x".repeat(bulk)),
            refresh: None,
            expires: None,
            earliest_refresh: None,
            scopes: Vec::new(),
            extra: serde_json::Map::new(),
        },
    }
}

#[tokio::test]
async fn full_disk_refuses_the_write_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let options = OpenOptions {
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
    };
    let store = Setup::from(options).open_sqlite().await.unwrap();
    let now = UnixMs::from_millis(1);
    let kept = store.save_login(login("a", 10), now).await.unwrap().credential;
    // SQLite's own limit gives the same code as a full file system; it is cut to the present size.
    set_limit(&store, "PRAGMA max_page_count = 1").await;
    let before = store.version().await.unwrap();
    for attempt in 0..3 {
        let error = store.save_login(login("b", 100_000), now).await.unwrap_err();
        assert_eq!(error.kind(), "store_not_writable", "attempt {attempt}: {error}");
    }
    let renewed = login("a", 100_000).material;
    let error = store.commit_refresh(kept.id, 1, renewed, now).await.unwrap_err();
    assert_eq!(error.kind(), "store_not_writable");
    assert_eq!(store.version().await.unwrap(), before);
    assert_eq!(store.credentials().await.unwrap(), std::slice::from_ref(&kept));
    assert_eq!(store.material(kept.id).await.unwrap().1, login("a", 10).material);
    set_limit(&store, "PRAGMA max_page_count = 1000000").await;
    store.save_login(login("b", 100_000), now).await.unwrap();
    assert_eq!(store.check().await.unwrap(), []);
}

async fn set_limit(store: &crate::store::SqlStore, statement: &'static str) {
    let mut writer = store.back.writer().await.unwrap();
    sqlx::raw_sql(statement)
        .execute(writer.sqlite().unwrap())
        .await
        .unwrap();
}
