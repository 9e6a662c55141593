use std::path::Path;
use std::sync::Arc;

use hermes_core::{
    Account, AttemptId, Billing, CoolCause, Credential, CredentialId, Health, Identity, KeyId, Material,
    NewCredential, OsRandom, ProviderId, Scope, Secret, Source, Strategy, SystemClock, UnixMs,
};
use sqlx::{Connection, SqliteConnection};

use super::{OpenOptions, Setup, connect_options};
use crate::db::Db;
use crate::sql::header;
use crate::{
    AttemptRow, ClientKey, Commit, HolderChoice, KeyLimits, LeaseMove, NoKeyring, Phase, Store, StoreInfo,
    open, schema,
};

fn now() -> UnixMs {
    UnixMs::from_millis(1_000)
}

fn options(root: &Path) -> OpenOptions {
    OpenOptions {
        folder: root.join("home"),
        config_folder: root.join("config"),
        server: None,
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

fn material(name: &str) -> Material {
    Material {
        access: Secret::new(format!("access {name}")),
        refresh: Some(Secret::new(format!("refresh {name}"))),
        expires: Some(UnixMs::from_millis(99)),
        earliest_refresh: None,
        scopes: vec!["one".to_owned()],
        extra: serde_json::Map::new(),
    }
}

fn login(subject: &str) -> NewCredential {
    NewCredential {
        provider: ProviderId::new("lab"),
        identity: Identity {
            issuer: "login.example".to_owned(),
            subject: subject.to_owned(),
            organisation: None,
        },
        label: None,
        method: "device".to_owned(),
        region: None,
        billing: Billing::Subscription,
        source: Source::Login,
        account: Account::default(),
        material: material(subject),
    }
}

fn attempt() -> AttemptRow {
    AttemptRow {
        id: AttemptId::new(now(), &OsRandom),
        provider: ProviderId::new("lab"),
        method: "device".to_owned(),
        region: None,
        label: None,
        state: Secret::from("state"),
        created: now(),
        expires: now(),
    }
}

fn client_key() -> ClientKey {
    ClientKey {
        id: KeyId::new(now(), &OsRandom),
        name: "laptop".to_owned(),
        prefix: "hk_abc".to_owned(),
        hash: "00".to_owned(),
        created: now(),
        revoked: None,
        last_used: None,
        limits: KeyLimits::default(),
    }
}

/// Moves every row of `now`, the newest schema, into the tables of the first one.
const TO_THE_FIRST: &str = "
    DELETE FROM counter;
    INSERT INTO header SELECT * FROM now.header;
    INSERT INTO credential SELECT id, provider, issuer, subject, organisation, label, label_key, method, region,
        billing, priority, source, display, plan, created, refreshed FROM now.credential;
    INSERT INTO credential_secret SELECT * FROM now.credential_secret;
    INSERT INTO credential_health SELECT cred_id, scope, until, health, seq FROM now.credential_health;
    INSERT INTO pool SELECT provider, strategy FROM now.pool;
    INSERT INTO login_attempt SELECT * FROM now.login_attempt;
    INSERT INTO client_key SELECT id, name, prefix, hash, created, revoked FROM now.client_key;
    INSERT INTO setting SELECT * FROM now.setting WHERE name <> 'place';
    INSERT INTO event SELECT * FROM now.event;
    INSERT INTO counter SELECT * FROM now.counter WHERE name IN ('version', 'backup');";

/// Makes the home's store one that the first version could have written.
async fn make_old(root: &Path) {
    let setup = Setup::from(options(root));
    let places = setup.keys.places.clone();
    let mut newest = SqliteConnection::connect_with(&connect_options(&places.database()))
        .await
        .unwrap();
    let mut db = Db::Sqlite(newest.begin().await.unwrap());
    let stored = header::read(&mut db, &places.database()).await.unwrap();
    let first = setup.keys.move_to_schema(&stored, 1).await.unwrap();
    header::write(&mut db, &first).await.unwrap();
    db.commit().await.unwrap();
    newest.close().await.unwrap();
    let aside = root.join("now.db");
    fs_err::rename(places.database(), &aside).unwrap();
    drop(crate::files::create(&places.database()).unwrap());
    let mut old = SqliteConnection::connect_with(&connect_options(&places.database()))
        .await
        .unwrap();
    sqlx::raw_sql(schema::STEPS[0]).execute(&mut old).await.unwrap();
    sqlx::query("ATTACH ?1 AS now")
        .bind(aside.to_str().unwrap())
        .execute(&mut old)
        .await
        .unwrap();
    sqlx::raw_sql(TO_THE_FIRST).execute(&mut old).await.unwrap();
    assert_eq!(schema::version(&mut old).await.unwrap(), 1);
    old.close().await.unwrap();
    for file in [places.checksum(), places.mark(), aside] {
        crate::files::remove(&file).unwrap();
    }
}

async fn fill(store: &Arc<dyn Store>) -> Vec<CredentialId> {
    let mut ids = Vec::new();
    for subject in ["a", "b", "c"] {
        ids.push(
            store
                .save_login(login(subject), now())
                .await
                .unwrap()
                .credential
                .id,
        );
    }
    let commit = store
        .commit_refresh(ids[0], 1, material("later"), now())
        .await
        .unwrap();
    assert_eq!(commit, Commit::Stored(2));
    let cooling = Health::Cooling {
        until: UnixMs::from_millis(5),
        cause: CoolCause::RateLimit,
        scope: Scope::Account,
    };
    store.set_health(ids[1], None, cooling, now()).await.unwrap();
    store
        .set_health(ids[2], None, Health::Disabled, now())
        .await
        .unwrap();
    let provider = ProviderId::new("lab");
    store
        .set_strategy(&provider, Strategy::Weighted, now())
        .await
        .unwrap();
    store.set_setting("plain", Some("value")).await.unwrap();
    let make = || Secret::from("setting");
    store.secret_setting("secret", &make).await.unwrap();
    ids
}

/// Old rows know no fingerprint before the next token.
fn without_fingerprint(credentials: Vec<Credential>) -> Vec<Credential> {
    let clear = |credential| Credential {
        fingerprint: String::new(),
        ..credential
    };
    credentials.into_iter().map(clear).collect()
}

#[tokio::test]
async fn open_of_the_first_schema_makes_a_backup_and_keeps_everything() {
    let root = tempfile::tempdir().unwrap();
    let store = open(options(root.path())).await.unwrap();
    let ids = fill(&store).await;
    let (attempt, key) = (attempt(), client_key());
    store.save_attempt(&attempt).await.unwrap();
    store.add_key(&key).await.unwrap();
    let before = without_fingerprint(store.credentials().await.unwrap());
    let (version, events) = (
        store.version().await.unwrap(),
        store.events(None, 99).await.unwrap(),
    );
    let dump = store.export().await.unwrap();
    let info = store.info().clone();
    store.close().await.unwrap();
    make_old(root.path()).await;

    let store = open(options(root.path())).await.unwrap();
    let created = false;
    assert_eq!(*store.info(), StoreInfo { created, ..info });
    assert_eq!(store.suspect(), None);
    assert_eq!(store.credentials().await.unwrap(), before);
    assert_eq!(store.events(None, 99).await.unwrap(), events);
    assert_eq!(store.export().await.unwrap(), dump);
    assert_eq!(
        store.attempt(attempt.id).await.unwrap().unwrap().state,
        attempt.state
    );
    assert_eq!(store.keys().await.unwrap(), [key]);
    assert!(store.version().await.unwrap() >= version);
    assert_eq!(store.changes(Some(0)).await.unwrap().credentials.len(), 3);
    assert_eq!(store.check().await.unwrap(), []);
    renews(&store, ids[0]).await;
    store.close().await.unwrap();
    let store = open(options(root.path())).await.unwrap();
    assert_eq!((store.info().schema, store.suspect()), (schema::NEWEST, None));
    store.close().await.unwrap();
    backup_is_of_the_first_schema(root.path()).await;
}

async fn renews(store: &Arc<dyn Store>, id: CredentialId) {
    let attempt = crate::Attempt::new(&OsRandom);
    let acquire = LeaseMove::Acquire {
        attempt: attempt.clone(),
        gone: None,
        force: false,
    };
    for step in [acquire, LeaseMove::Mark(attempt)] {
        assert!(store.move_lease(id, 2, &step).await.unwrap());
    }
    let commit = store.commit_refresh(id, 2, material("new"), now()).await.unwrap();
    assert_eq!(commit, Commit::Stored(3));
    let lease = store.lease(id).await.unwrap().unwrap();
    assert_eq!((lease.phase, lease.generation), (Phase::Idle, 3));
    assert!(!lease.fingerprint.is_empty());
}

async fn backup_is_of_the_first_schema(root: &Path) {
    let entries = fs_err::read_dir(root.join("home/backups")).unwrap();
    let copies: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
        .filter(|path| schema::version_in_file(path).unwrap() == 1)
        .collect();
    assert_eq!(copies.len(), 1);
    let options = OpenOptions {
        folder: root.join("restored"),
        ..options(root)
    };
    let store = crate::restore(options, &copies[0], false).await.unwrap();
    assert_eq!(store.credentials().await.unwrap().len(), 3);
    assert_eq!(store.check().await.unwrap(), []);
}
