//! What the store does with its files: modes, damage, locks, crashes, keys, backups.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use fs_err as fs;
use hermes_core::{ExitKind, Explain, Lang, Secret};
use hermes_store::{
    HolderChoice, Keyring, KeyringProblem, OpenOptions, Protection, Store, StoreError, exists, open, restore,
};
use hermes_text::Both;
use sqlx::{Connection, SqliteConnection};
use support::{Home, labelled, login, material, now};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

fn store_bytes(home: &Home) -> Vec<(PathBuf, Vec<u8>)> {
    // The lock files are empty and may appear at an open.
    let mut files = home.bytes();
    files.retain(|(path, _)| !path.ends_with("hermes.lock") && !path.ends_with("hermes.gate"));
    files
}

/// Opens, expects a refusal of this kind with exit 8, and expects every file as it was.
async fn refuses(home: &Home, kind: &str) {
    let before = store_bytes(home);
    let error = home.refused().await;
    assert_eq!(error.kind(), kind, "{error}");
    assert_eq!(error.exit(), ExitKind::Store);
    assert!(error.hint(Lang::En).is_some());
    assert!(store_bytes(home) == before, "a file changed: {error}");
}

async fn raw(home: &Home, statement: &'static str) {
    let path = home.file("hermes.db");
    let mut connection = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let sum = home.file("hermes.db.sum");
    if sum.exists() {
        fs::remove_file(sum).unwrap();
    }
}

async fn first_id(store: &Arc<dyn Store>) -> hermes_core::CredentialId {
    store.credentials().await.unwrap()[0].id
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|part| part == word)
}

#[tokio::test]
async fn files_of_a_used_store_are_private() {
    let home = Home::new();
    let store = home.open().await;
    store.save_login(login("a"), now()).await.unwrap();
    store.save_login(login("b"), now()).await.unwrap();
    store.append_log(&[]).await.unwrap();
    store.backup(&home.file("copy.db")).await.unwrap();
    assert_eq!(mode(&home.folder()), 0o700);
    assert_eq!(mode(&home.file("backups")), 0o700);
    let files = home.bytes();
    assert!(files.iter().any(|(path, _)| path.ends_with("hermes.db-wal")));
    assert!(files.iter().any(|(path, _)| path.ends_with("hermes.db-shm")));
    for (path, _) in files {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn secrets_are_in_no_file() {
    let home = Home::new();
    let store = home.open().await;
    let id = store.save_login(login("a"), now()).await.unwrap().credential.id;
    store.commit_refresh(id, 1, material("b"), now()).await.unwrap();
    let make = || Secret::from("canary-setting");
    store.secret_setting("s", &make).await.unwrap();
    store.save_login(login("c"), now()).await.unwrap();
    for closed in [false, true] {
        for (path, bytes) in home.bytes() {
            assert!(
                !contains(&bytes, b"canary"),
                "{} (closed: {closed})",
                path.display()
            );
        }
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn open_clean_store_changes_no_byte() {
    let home = Home::filled().await;
    let before = store_bytes(&home);
    let store = home.open().await;
    assert_eq!(store.credentials().await.unwrap().len(), 3);
    let id = first_id(&store).await;
    store.material(id).await.unwrap();
    store.lease(id).await.unwrap().unwrap();
    store.changes(None).await.unwrap();
    assert_eq!(store.offer_spills(None, now()).await.unwrap(), []);
    store.close().await.unwrap();
    assert!(store_bytes(&home) == before);
    assert!(!home.file("run").exists() && !home.file("spill").exists());
}

#[tokio::test]
async fn open_truncated_at_fifty_offsets_is_refused() {
    let home = Home::filled().await;
    let path = home.file("hermes.db");
    let whole = fs::read(&path).unwrap();
    for step in 0..50 {
        fs::write(&path, &whole[..whole.len() * step / 50]).unwrap();
        refuses(&home, "store_unreadable").await;
    }
    fs::write(&path, &whole).unwrap();
    assert_eq!(home.open().await.credentials().await.unwrap().len(), 3);
}

#[tokio::test]
async fn open_any_flipped_byte_is_refused() {
    let home = Home::filled().await;
    let path = home.file("hermes.db");
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / 4096;
    let places = (0..pages).flat_map(|page| [page * 4096 + page % 100, page * 4096 + 4095 - 7 * page]);
    let mut count = 0;
    for place in places.chain(0..20) {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x20;
        fs::write(&path, &damaged).unwrap();
        refuses(&home, "store_unreadable").await;
        count += 1;
    }
    assert!(count >= 50, "{count} places");
}

#[tokio::test]
async fn open_missing_or_empty_store_with_remains_is_refused() {
    let home = Home::filled().await;
    let path = home.file("hermes.db");
    fs::write(&path, b"").unwrap();
    refuses(&home, "store_unreadable").await;
    fs::remove_file(&path).unwrap();
    assert!(exists(&home.folder()));
    refuses(&home, "store_unreadable").await;
    fs::remove_file(home.file("hermes.db.sum")).unwrap();
    // The key file is still there, and a backup.
    refuses(&home, "store_unreadable").await;
    fs::remove_file(home.config().join("store.key")).unwrap();
    refuses(&home, "store_unreadable").await;
    assert!(exists(&home.folder()));
}

#[tokio::test]
async fn open_without_create_leaves_an_empty_folder_alone() {
    let home = Home::new();
    let options = OpenOptions {
        create: false,
        ..home.options()
    };
    let error = open(options).await.err().unwrap();
    assert_eq!(error.kind(), "not_found");
    assert!(!home.folder().exists());
    assert!(!exists(&home.folder()));
}

/// As if the creation had died just before the store got its name.
fn unname(home: &Home) {
    fs::remove_file(home.file("hermes.db.sum")).unwrap();
    fs::rename(home.file("hermes.db"), home.file("hermes.db.new")).unwrap();
}

fn note_creation_of(home: &Home, store: &str) {
    let note = home.file("hermes.db.creating");
    fs::write(&note, store).unwrap();
    set_mode(&note, 0o600);
}

#[tokio::test]
async fn open_after_interrupted_creation_starts_again() {
    let home = Home::new();
    let store = home.open().await;
    let id = store.info().id.clone();
    store.close().await.unwrap();
    unname(&home);
    note_creation_of(&home, &id);
    let store = home.open().await;
    assert!(store.info().created);
    assert_ne!(store.info().id, id);
    store.save_login(login("a"), now()).await.unwrap();
    assert!(!home.file("hermes.db.new").exists());
    assert!(!home.file("hermes.db.creating").exists());
}

#[tokio::test]
async fn open_after_creation_that_only_lacked_its_name_finishes_it() {
    let home = Home::filled().await;
    unname(&home);
    let store = home.open().await;
    assert!(!store.info().created);
    assert_eq!(store.credentials().await.unwrap().len(), 3);
    store.material(first_id(&store).await).await.unwrap();
}

#[tokio::test]
async fn open_after_interrupted_creation_spares_the_key_of_another_store() {
    let home = Home::filled().await;
    let key = fs::read(home.config().join("store.key")).unwrap();
    fs::create_dir(home.root().join("aside")).unwrap();
    for name in ["hermes.db", "hermes.db.sum"] {
        fs::rename(home.file(name), home.root().join("aside").join(name)).unwrap();
    }
    note_creation_of(&home, "another");
    assert_eq!(home.refused().await.kind(), "store_unreadable");
    assert_eq!(fs::read(home.config().join("store.key")).unwrap(), key);
}

#[tokio::test]
async fn open_foreign_file_is_refused() {
    let home = Home::filled().await;
    fs::write(
        home.file("hermes.db"),
        "not a database, but long enough for a header".repeat(9),
    )
    .unwrap();
    refuses(&home, "store_unreadable").await;
    fs::remove_file(home.file("hermes.db.sum")).unwrap();
    refuses(&home, "store_unreadable").await;
}

#[tokio::test]
async fn open_readable_by_others_is_refused() {
    let home = Home::filled().await;
    let names = ["hermes.db", "hermes.db.sum", "hermes.lock", "hermes.gate"];
    let files = names.map(|name| home.file(name));
    for path in files.into_iter().chain([home.config().join("store.key")]) {
        set_mode(&path, 0o644);
        refuses(&home, "store_unsafe").await;
        set_mode(&path, 0o600);
    }
    set_mode(&home.folder(), 0o750);
    refuses(&home, "store_unsafe").await;
    set_mode(&home.folder(), 0o700);
    home.open().await.close().await.unwrap();
}

#[tokio::test]
async fn open_file_of_another_user_is_refused() {
    let home = Home::filled().await;
    let path = home.file("hermes.db");
    // Only root may give files away; for anybody else the refusal to do so is the proof that this cannot be set up.
    match std::os::unix::fs::chown(&path, Some(65534), None) {
        Ok(()) => refuses(&home, "store_unsafe").await,
        Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied),
    }
}

#[tokio::test]
async fn open_symbolic_link_at_any_name_is_refused() {
    let names = [
        "hermes.db",
        "hermes.db.sum",
        "hermes.lock",
        "hermes.gate",
        "log.db",
        "hermes.db-wal",
    ];
    for name in names {
        let home = Home::filled().await;
        let path = home.file(name);
        let aside = home.root().join("aside");
        if path.exists() {
            fs::rename(&path, &aside).unwrap();
        } else {
            fs::write(&aside, b"").unwrap();
        }
        fs::os::unix::fs::symlink(&aside, &path).unwrap();
        refuses(&home, "store_unsafe").await;
    }
}

#[tokio::test]
async fn open_hard_link_is_refused() {
    let home = Home::filled().await;
    for path in [home.file("hermes.db"), home.config().join("store.key")] {
        let second = home.root().join("second");
        fs::hard_link(&path, &second).unwrap();
        refuses(&home, "store_unsafe").await;
        fs::remove_file(&second).unwrap();
    }
}

#[tokio::test]
async fn open_linked_home_is_refused() {
    let home = Home::filled().await;
    fs::rename(home.folder(), home.root().join("real")).unwrap();
    fs::os::unix::fs::symlink(home.root().join("real"), home.folder()).unwrap();
    assert_eq!(home.refused().await.kind(), "store_unsafe");
}

#[tokio::test]
async fn open_newer_schema_is_refused() {
    let home = Home::filled().await;
    raw(&home, "PRAGMA user_version = 99").await;
    refuses(&home, "store_newer").await;
}

#[tokio::test]
async fn open_foreign_tables_are_refused() {
    let home = Home::filled().await;
    raw(&home, "CREATE TABLE stranger (a TEXT)").await;
    refuses(&home, "store_unreadable").await;
}

#[tokio::test]
async fn open_changed_header_fails_at_the_key() {
    let home = Home::filled().await;
    raw(&home, "UPDATE header SET created = created + 1").await;
    let store = home.open().await;
    let error = store.material(first_id(&store).await).await.unwrap_err();
    assert_eq!(error.kind(), "store_key");
}

#[tokio::test]
async fn open_lab_mark_counts_both_ways() {
    let home = Home::filled().await;
    let before = store_bytes(&home);
    let error = open(OpenOptions {
        lab: true,
        ..home.options()
    })
    .await
    .err()
    .unwrap();
    assert_eq!(error.kind(), "store_lab");
    assert!(store_bytes(&home) == before);
    let home = Home::new();
    let store = open(OpenOptions {
        lab: true,
        ..home.options()
    })
    .await
    .unwrap();
    assert!(store.info().lab);
    store.close().await.unwrap();
    refuses(&home, "store_lab").await;
}

#[tokio::test]
async fn key_missing_wrong_or_foreign_opens_nothing_and_changes_nothing() {
    let home = Home::filled().await;
    let path = home.config().join("store.key");
    let text = fs::read_to_string(&path).unwrap();
    let other = Home::filled().await;
    let foreign = fs::read_to_string(other.config().join("store.key")).unwrap();
    let wrong = text.replacen(
        text.split(' ').next_back().unwrap(),
        foreign.split(' ').next_back().unwrap(),
        1,
    );
    for content in [
        Some(wrong),
        Some(foreign),
        Some(String::new()),
        Some("\0\0".to_owned()),
        None,
    ] {
        fs::remove_file(&path).unwrap();
        if let Some(content) = &content {
            fs::write(&path, content).unwrap();
            set_mode(&path, 0o600);
        }
        let before = store_bytes(&home);
        let store = home.open().await;
        let id = first_id(&store).await;
        for error in [
            store.material(id).await.unwrap_err(),
            store.save_login(login("new"), now()).await.unwrap_err(),
            store
                .commit_refresh(id, 1, material("x"), now())
                .await
                .unwrap_err(),
            store.check().await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), "store_key", "{error}");
            assert_eq!(error.exit(), ExitKind::Store);
        }
        store.close().await.unwrap();
        assert!(store_bytes(&home) == before);
        if content.is_none() {
            fs::write(&path, &text).unwrap();
        }
    }
    set_mode(&path, 0o600);
    let store = home.open().await;
    store.material(first_id(&store).await).await.unwrap();
}

#[tokio::test]
async fn rows_swapped_are_named_and_others_still_work() {
    let home = Home::filled().await;
    raw(
        &home,
        "CREATE TEMP TABLE t AS SELECT s.cred_id, s.access FROM credential_secret s JOIN credential c ON c.id = s.cred_id
             WHERE c.label IN ('lab-1', 'lab-2');
         UPDATE credential_secret SET access = (SELECT access FROM t WHERE t.cred_id <> credential_secret.cred_id)
             WHERE cred_id IN (SELECT cred_id FROM t)",
    )
    .await;
    let store = home.open().await;
    let credentials = store.credentials().await.unwrap();
    for credential in &credentials[..2] {
        let error = store.material(credential.id).await.unwrap_err();
        assert_eq!(error.kind(), "store_damaged");
        assert!(error.to_string().contains(&credential.label), "{error}");
    }
    store.material(credentials[2].id).await.unwrap();
    assert_eq!(store.check().await.unwrap().len(), 2);
}

#[tokio::test]
async fn plain_columns_changed_are_noticed() {
    for statement in [
        "UPDATE credential SET provider = 'other'",
        "UPDATE credential SET issuer = 'evil.example'",
        "UPDATE credential SET subject = subject || 'x'",
        "UPDATE credential SET region = 'cn'",
        "UPDATE credential SET method = 'key'",
        "UPDATE credential_secret SET expires = expires + 1",
        "UPDATE credential_secret SET gen = gen + 1",
        "UPDATE credential_secret SET refresh = NULL",
    ] {
        let home = Home::filled().await;
        raw(&home, statement).await;
        let store = home.open().await;
        let error = store.material(first_id(&store).await).await.unwrap_err();
        assert_eq!(error.kind(), "store_damaged", "{statement}");
    }
}

#[tokio::test]
async fn replayed_older_secret_is_noticed() {
    let home = Home::filled().await;
    raw(&home, "CREATE TABLE kept AS SELECT * FROM credential_secret").await;
    // The extra table would be refused, so the old blob goes through a plain copy of the file.
    let old = fs::read(home.file("hermes.db")).unwrap();
    raw(&home, "DROP TABLE kept").await;
    let store = home.open().await;
    let id = first_id(&store).await;
    store
        .commit_refresh(id, 1, material("next"), now())
        .await
        .unwrap();
    store.close().await.unwrap();
    fs::write(home.root().join("old.db"), old).unwrap();
    let statement = format!(
        "ATTACH '{}' AS old; UPDATE credential_secret SET access = (SELECT access FROM old.kept k WHERE k.cred_id = credential_secret.cred_id)",
        home.root().join("old.db").display()
    );
    raw(&home, Box::leak(statement.into_boxed_str())).await;
    let store = home.open().await;
    assert_eq!(store.material(id).await.unwrap_err().kind(), "store_damaged");
}

#[tokio::test]
async fn damaged_plain_row_does_not_hide_the_others() {
    let home = Home::filled().await;
    raw(
        &home,
        "UPDATE credential SET billing = 'nonsense' WHERE label = 'lab-1'",
    )
    .await;
    let store = home.open().await;
    assert_eq!(store.credentials().await.unwrap().len(), 2);
    let problems = store.check().await.unwrap();
    assert!(problems[0].to_string().contains("column billing"), "{problems:?}");
}

#[tokio::test]
async fn checksum_is_withdrawn_by_writers_and_renewed_by_the_last_one_out() {
    let home = Home::filled().await;
    let sum = home.file("hermes.db.sum");
    let (first, second) = (home.open().await, home.open().await);
    assert!(sum.exists());
    second.save_login(login("x"), now()).await.unwrap();
    assert!(!sum.exists());
    let third = home.open().await;
    second.close().await.unwrap();
    first.close().await.unwrap();
    assert!(!sum.exists());
    third.close().await.unwrap();
    assert!(sum.exists());
    assert_eq!(home.open().await.credentials().await.unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn checksum_race_of_many_openers_and_closers_never_fails() {
    let home = Home::filled().await;
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..6 {
        let all: Vec<OpenOptions> = (0..10).map(|_| home.options()).collect();
        tasks.spawn(async move {
            for (round, options) in all.into_iter().enumerate() {
                let store = open(options).await.unwrap();
                if (number + round) % 2 == 0 {
                    store
                        .save_login(login(&format!("t{number}-{round}")), now())
                        .await
                        .unwrap();
                }
                store.credentials().await.unwrap();
                store.close().await.unwrap();
            }
        });
    }
    while let Some(task) = tasks.join_next().await {
        task.unwrap();
    }
    assert!(home.file("hermes.db.sum").exists());
    assert_eq!(home.open().await.credentials().await.unwrap().len(), 33);
}

/// Copies an open home, as a crash would leave it.
fn crashed(home: &Home) -> Home {
    let copy = Home::new();
    for (path, bytes) in home.bytes() {
        let target = copy.root().join(path.strip_prefix(home.root()).unwrap());
        let folder = target.parent().unwrap();
        fs::create_dir_all(folder).unwrap();
        set_mode(folder, 0o700);
        fs::write(&target, bytes).unwrap();
        set_mode(&target, 0o600);
    }
    copy
}

#[tokio::test]
async fn crash_with_a_write_ahead_log_loses_nothing() {
    let home = Home::filled().await;
    let store = home.open().await;
    let id = store
        .save_login(labelled("z", "last"), now())
        .await
        .unwrap()
        .credential
        .id;
    let crashed = crashed(&home);
    assert!(fs::metadata(crashed.file("hermes.db-wal")).unwrap().len() > 0);
    let store = crashed.open().await;
    assert_eq!(store.material(id).await.unwrap(), (1, material("z")));
    assert!(!crashed.file("checking").exists());
    store.close().await.unwrap();
    assert!(crashed.file("hermes.db.sum").exists());
}

#[tokio::test]
async fn crash_with_a_damaged_file_is_refused_unchanged() {
    let home = Home::filled().await;
    let store = home.open().await;
    store.save_login(login("z"), now()).await.unwrap();
    let crashed = crashed(&home);
    let path = crashed.file("hermes.db");
    let whole = fs::read(&path).unwrap();
    // The first page stands in the log, so the file's own copy of it is not what counts; a cut in the middle is.
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    refuses(&crashed, "store_unreadable").await;
}

#[tokio::test]
async fn dropped_without_close_opens_again() {
    let home = Home::filled().await;
    let store = home.open().await;
    store.save_login(login("z"), now()).await.unwrap();
    drop(store);
    assert_eq!(home.open().await.credentials().await.unwrap().len(), 4);
}

#[tokio::test]
async fn write_held_by_another_program_is_locked() {
    let home = Home::filled().await;
    let store = home.open().await;
    let path = home.file("hermes.db");
    let mut other = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    let held = other.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let error = store.save_login(login("z"), now()).await.unwrap_err();
    assert_eq!(error.kind(), "store_locked");
    held.rollback().await.unwrap();
    store.save_login(login("z"), now()).await.unwrap();
}

#[tokio::test]
async fn backup_into_a_missing_folder_is_told() {
    let home = Home::filled().await;
    let store = home.open().await;
    let target = home.root().join("missing").join("copy.db");
    let error = store.backup(&target).await.unwrap_err();
    assert_eq!(error.exit(), ExitKind::Store);
    assert!(error.to_string().contains("missing"), "{error}");
    assert_eq!(store.credentials().await.unwrap().len(), 3);
}

#[derive(Clone, Copy, PartialEq)]
enum Mood {
    Works,
    Absent,
    Locked,
    Slow,
    Forgets,
}

struct FakeKeyring {
    mood: Mutex<Mood>,
    entry: Mutex<Option<Secret<Vec<u8>>>>,
}

impl FakeKeyring {
    fn new(mood: Mood) -> Arc<Self> {
        Arc::new(Self {
            mood: Mutex::new(mood),
            entry: Mutex::new(None),
        })
    }

    fn set_mood(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    #[expect(clippy::disallowed_methods, reason = "a keyring that hangs really hangs")]
    fn feel(&self) -> Result<(), KeyringProblem> {
        let mood = *self.mood.lock().unwrap();
        match mood {
            Mood::Works | Mood::Forgets => Ok(()),
            Mood::Absent => Err(KeyringProblem::Absent),
            Mood::Locked => Err(KeyringProblem::Locked),
            Mood::Slow => {
                std::thread::sleep(Duration::from_mins(1));
                Ok(())
            }
        }
    }
}

impl Keyring for FakeKeyring {
    fn get(&self, _: &str) -> Result<Option<Secret<Vec<u8>>>, KeyringProblem> {
        self.feel()?;
        Ok(self.entry.lock().unwrap().clone())
    }

    fn set(&self, _: &str, key: &Secret<Vec<u8>>) -> Result<(), KeyringProblem> {
        self.feel()?;
        if *self.mood.lock().unwrap() != Mood::Forgets {
            *self.entry.lock().unwrap() = Some(key.clone());
        }
        Ok(())
    }

    fn delete(&self, _: &str) -> Result<(), KeyringProblem> {
        self.feel()?;
        *self.entry.lock().unwrap() = None;
        Ok(())
    }
}

fn auto(home: &Home) -> OpenOptions {
    OpenOptions {
        holder: HolderChoice::Auto,
        ..home.options()
    }
}

#[tokio::test]
async fn keyring_that_answers_holds_the_key() {
    let ring = FakeKeyring::new(Mood::Works);
    let home = Home::with_keyring(ring.clone());
    let store = open(auto(&home)).await.unwrap();
    assert_eq!(store.info().protection, Protection::Keyring);
    let id = store.save_login(login("a"), now()).await.unwrap().credential.id;
    store.close().await.unwrap();
    assert!(!home.config().join("store.key").exists());
    for mood in [Mood::Absent, Mood::Locked, Mood::Slow] {
        ring.set_mood(mood);
        let store = home.open().await;
        assert_eq!(store.credentials().await.unwrap().len(), 1);
        assert_eq!(store.material(id).await.unwrap_err().kind(), "store_key");
        store.close().await.unwrap();
    }
    ring.set_mood(Mood::Works);
    let store = home.open().await;
    assert_eq!(store.material(id).await.unwrap().1, material("a"));
    store.close().await.unwrap();
    ring.delete("").unwrap();
    let error = home.open().await.material(id).await.unwrap_err();
    assert!(error.to_string().contains("no entry"), "{error}");
}

#[tokio::test]
async fn keyring_that_does_not_answer_gives_a_key_file_and_says_so() {
    for mood in [Mood::Absent, Mood::Locked, Mood::Slow, Mood::Forgets] {
        let home = Home::with_keyring(FakeKeyring::new(mood));
        let store = open(auto(&home)).await.unwrap();
        let path = home.config().join("store.key");
        assert_eq!(mode(&path), 0o600);
        let path = path.display().to_string();
        assert_eq!(store.info().protection, Protection::KeyFile { path });
    }
}

#[tokio::test]
async fn keyring_asked_for_by_name_and_absent_creates_nothing() {
    let home = Home::with_keyring(FakeKeyring::new(Mood::Locked));
    let options = OpenOptions {
        holder: HolderChoice::Keyring,
        ..home.options()
    };
    assert_eq!(open(options).await.err().unwrap().kind(), "store_key");
    assert!(!exists(&home.folder()));
    assert!(!home.file("hermes.db.new").exists());
}

fn with_passphrase(home: &Home, passphrase: &'static str) -> OpenOptions {
    OpenOptions {
        holder: HolderChoice::Passphrase,
        passphrase: Some(Box::new(move |_| Ok(Secret::from(passphrase)))),
        ..home.options()
    }
}

#[tokio::test]
async fn passphrase_right_opens_wrong_or_none_does_not() {
    let home = Home::new();
    let store = open(with_passphrase(&home, "correct horse")).await.unwrap();
    assert_eq!(store.info().protection, Protection::Passphrase);
    let id = store.save_login(login("a"), now()).await.unwrap().credential.id;
    store.close().await.unwrap();
    let store = open(with_passphrase(&home, "correct horse")).await.unwrap();
    assert_eq!(store.material(id).await.unwrap().1, material("a"));
    store.close().await.unwrap();
    for options in [with_passphrase(&home, "wrong"), home.options()] {
        let store = open(options).await.unwrap();
        assert_eq!(store.credentials().await.unwrap().len(), 1);
        assert_eq!(store.material(id).await.unwrap_err().kind(), "store_key");
        store.close().await.unwrap();
    }
}

#[tokio::test]
async fn passphrase_refused_by_the_person_creates_nothing() {
    let home = Home::new();
    let options = OpenOptions {
        holder: HolderChoice::Passphrase,
        passphrase: Some(Box::new(|_| {
            Err(StoreError::Key {
                problem: Both::same("cancelled"),
            })
        })),
        ..home.options()
    };
    assert!(open(options).await.is_err());
    assert!(!exists(&home.folder()));
    home.open().await.close().await.unwrap();
}

fn backups(home: &Home) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(home.file("backups")) else {
        return Vec::new();
    };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .filter(|path| path.extension().is_some_and(|end| end == "db"))
        .collect()
}

#[tokio::test]
async fn backup_round_trip_brings_everything_back() {
    let home = Home::filled().await;
    let store = home.open().await;
    let copy = home.root().join("copy.db");
    store.backup(&copy).await.unwrap();
    assert_eq!(store.backup(&copy).await.unwrap_err().kind(), "taken");
    let id = first_id(&store).await;
    store.remove(id, now()).await.unwrap();
    assert_eq!(
        restore(home.options(), &copy, true).await.err().unwrap().kind(),
        "store_locked"
    );
    store.close().await.unwrap();
    assert_eq!(
        restore(home.options(), &copy, false).await.err().unwrap().kind(),
        "taken"
    );
    let store = restore(home.options(), &copy, true).await.unwrap();
    assert_eq!(store.credentials().await.unwrap().len(), 3);
    assert_eq!(store.material(id).await.unwrap(), (1, material("account-0")));
    store.close().await.unwrap();
    let aside = home
        .bytes()
        .into_iter()
        .find(|(path, _)| path.to_string_lossy().contains(".replaced-"));
    assert_eq!(mode(&aside.unwrap().0), 0o600);
    home.open().await.close().await.unwrap();
}

#[tokio::test]
async fn restore_over_a_damaged_store_works() {
    let home = Home::filled().await;
    let store = home.open().await;
    let copy = home.root().join("copy.db");
    store.backup(&copy).await.unwrap();
    store.close().await.unwrap();
    fs::write(home.file("hermes.db"), b"damaged").unwrap();
    let store = restore(home.options(), &copy, true).await.unwrap();
    assert_eq!(store.credentials().await.unwrap().len(), 3);
}

#[tokio::test]
async fn restore_of_a_bad_copy_changes_nothing() {
    let home = Home::filled().await;
    let store = home.open().await;
    let copy = home.root().join("copy.db");
    store.backup(&copy).await.unwrap();
    store.close().await.unwrap();
    let whole = fs::read(&copy).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() - 9] ^= 1;
    for bytes in [
        flipped,
        whole[..whole.len() / 2].to_vec(),
        Vec::new(),
        b"text".to_vec(),
    ] {
        fs::write(&copy, bytes).unwrap();
        let before = store_bytes(&home);
        let error = restore(home.options(), &copy, true).await.err().unwrap();
        assert_eq!(error.kind(), "store_unreadable", "{error}");
        assert!(store_bytes(&home) == before);
    }
    fs::write(&copy, whole).unwrap();
    let lab = OpenOptions {
        lab: true,
        ..home.options()
    };
    assert_eq!(restore(lab, &copy, true).await.err().unwrap().kind(), "store_lab");
    fs::remove_file(home.config().join("store.key")).unwrap();
    assert_eq!(
        restore(home.options(), &copy, true).await.err().unwrap().kind(),
        "store_key"
    );
}

#[tokio::test]
async fn daily_backup_is_taken_once_a_day_and_seven_are_kept() {
    let home = Home::new();
    let store = home.open().await;
    store.save_login(login("a"), now()).await.unwrap();
    assert_eq!(backups(&home).len(), 0);
    for day in 1..=10_usize {
        for _ in 0..3 {
            store.set_setting("x", Some("y")).await.unwrap();
        }
        assert_eq!(backups(&home).len(), day.min(7));
        home.clock.advance(Duration::from_hours(24));
    }
    let latest = backups(&home).into_iter().max().unwrap();
    store.close().await.unwrap();
    let store = restore(home.options(), &latest, true).await.unwrap();
    assert_eq!(store.credentials().await.unwrap().len(), 1);
}

#[tokio::test]
async fn daily_backup_that_fails_does_not_stop_the_write() {
    let home = Home::filled().await;
    fs::remove_dir_all(home.file("backups")).ok();
    let store = home.open().await;
    home.clock.advance(Duration::from_hours(25));
    fs::remove_dir_all(home.file("backups")).ok();
    fs::write(home.file("backups"), b"in the way").unwrap();
    store.save_login(login("z"), now()).await.unwrap();
    assert_eq!(store.credentials().await.unwrap().len(), 4);
}

#[tokio::test]
async fn log_of_a_newer_version_is_left_alone() {
    let home = Home::filled().await;
    let path = home.file("log.db");
    let mut other = SqliteConnection::connect(&format!("{}?mode=rwc", path.display()))
        .await
        .unwrap();
    sqlx::raw_sql("PRAGMA user_version = 9")
        .execute(&mut other)
        .await
        .unwrap();
    other.close().await.unwrap();
    set_mode(&path, 0o600);
    let store = home.open().await;
    assert_eq!(store.request("x").await.unwrap_err().kind(), "store_newer");
    store.save_login(login("z"), now()).await.unwrap();
}
