//! A home in a temporary folder, on a file or on a server, a clock that stands still, and logins to store.
#![expect(dead_code, reason = "each test file uses its own part of this")]

pub(crate) mod child;
#[cfg(unix)]
pub(crate) mod server;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hermes_core::{
    Account, Billing, Clock, Identity, Material, NewCredential, OsRandom, ProviderId, Secret, Source, UnixMs,
};
use sqlx::{Connection, PgConnection, SqliteConnection};

use hermes_store::{HolderChoice, Keyring, NoKeyring, OpenOptions, Store, StoreError, open};

/// 2026-11-23T00:00:00Z.
pub(crate) const START: i64 = 1_795_392_000_000;

/// A clock that moves when it is told to; all machines of a test share it, each with its own error.
pub(crate) struct TestClock {
    passed: Arc<AtomicI64>,
    error: Duration,
}

impl TestClock {
    pub(crate) fn advance(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).unwrap();
        self.passed.fetch_add(millis, Ordering::SeqCst);
    }

    /// The right time.
    pub(crate) fn right(&self) -> UnixMs {
        UnixMs::from_millis(START + self.passed.load(Ordering::SeqCst))
    }
}

#[async_trait::async_trait]
impl Clock for TestClock {
    fn now(&self) -> UnixMs {
        self.right().plus(self.error)
    }

    /// The server's clock stands still too, and has no error.
    fn seen_as(&self, _: UnixMs) -> UnixMs {
        self.right()
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, _: Duration) {}
}

pub(crate) struct Home {
    root: Arc<tempfile::TempDir>,
    #[cfg(unix)]
    server: Option<Arc<server::Database>>,
    /// The address of the store, where it is not the file in the home.
    pub(crate) address: Option<String>,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) keyring: Arc<dyn Keyring>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with_keyring(Arc::new(NoKeyring))
    }

    pub(crate) fn with_keyring(keyring: Arc<dyn Keyring>) -> Self {
        Self {
            root: Arc::new(tempfile::tempdir().unwrap()),
            #[cfg(unix)]
            server: None,
            address: None,
            clock: Arc::new(TestClock {
                passed: Arc::default(),
                error: Duration::ZERO,
            }),
            keyring,
        }
    }

    /// A home whose store is a new database of the server that the tests of this binary share.
    #[cfg(unix)]
    pub(crate) fn on_server() -> Self {
        let database = server::Database::new();
        Self {
            address: Some(server::shared().url(&database.name)),
            server: Some(Arc::new(database)),
            ..Self::new()
        }
    }

    /// A home whose store is at this address.
    pub(crate) fn at(address: &str) -> Self {
        Self {
            address: Some(address.to_owned()),
            ..Self::new()
        }
    }

    pub(crate) fn is_on_server(&self) -> bool {
        self.address.is_some()
    }

    /// Who else renews: another machine on the same server, or another process on the same file. To be called once the store is
    /// there. A machine's own clock may be wrong.
    pub(crate) fn other(&self, error: Duration) -> Self {
        let other = Self {
            root: match self.address {
                Some(_) => Arc::new(tempfile::tempdir().unwrap()),
                None => Arc::clone(&self.root),
            },
            #[cfg(unix)]
            server: self.server.clone(),
            address: self.address.clone(),
            clock: Arc::new(TestClock {
                passed: Arc::clone(&self.clock.passed),
                error,
            }),
            keyring: Arc::clone(&self.keyring),
        };
        if self.is_on_server() {
            copy_tree(&self.config(), &other.config());
        }
        other
    }

    /// A new home with a store of the same kind.
    pub(crate) fn of_the_same_kind(&self) -> Self {
        #[cfg(unix)]
        if self.is_on_server() {
            return Self::on_server();
        }
        Self::new()
    }

    /// A new home with a store of the other kind, where there is a server.
    pub(crate) fn of_the_other_kind(&self) -> Self {
        #[cfg(unix)]
        if !self.is_on_server() {
            return Self::on_server();
        }
        Self::new()
    }

    /// This very home, for another process on this machine.
    pub(crate) fn same(&self) -> Self {
        Self {
            root: Arc::clone(&self.root),
            #[cfg(unix)]
            server: self.server.clone(),
            address: self.address.clone(),
            clock: Arc::clone(&self.clock),
            keyring: Arc::clone(&self.keyring),
        }
    }

    /// A store as another one finds it after its folder was copied, or its database was dumped and read in elsewhere.
    pub(crate) fn copied(&self) -> Self {
        let mut copy = Self {
            address: self.address.clone(),
            ..Self::new()
        };
        copy_tree(&self.config(), &copy.config());
        match &self.address {
            None => copy_tree(&self.folder(), &copy.folder()),
            #[cfg(unix)]
            Some(_) => {
                let database = server::Database::new();
                let from = self.server.as_ref().unwrap();
                server::dump(&from.name, &database.name);
                copy.address = Some(server::shared().url(&database.name));
                copy.server = Some(Arc::new(database));
            }
            #[cfg(not(unix))]
            Some(_) => unreachable!("there is no server"),
        }
        copy
    }

    /// How many deadlocks the server has ended in this home's database so far. Every store must be closed, which counts them.
    #[cfg(unix)]
    pub(crate) fn deadlocks(&self) -> String {
        let text =
            "SELECT coalesce(sum(deadlocks), 0) FROM pg_stat_database WHERE datname = current_database()";
        let name = self.server.as_ref().map_or("postgres", |database| &database.name);
        server::shared().sql(name, text).unwrap()
    }

    /// Runs SQL in the store behind its back. The store must be closed if it is a file.
    pub(crate) async fn sql(&self, statement: &'static str) {
        match &self.address {
            None => {
                let path = self.file("hermes.db");
                let mut connection = SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
                sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
                if self.file("hermes.db.sum").exists() {
                    fs_err::remove_file(self.file("hermes.db.sum")).unwrap();
                }
            }
            Some(address) => {
                let mut connection = PgConnection::connect(address).await.unwrap();
                sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
                connection.close().await.unwrap();
            }
        }
    }

    pub(crate) fn root(&self) -> &Path {
        self.root.path()
    }

    pub(crate) fn folder(&self) -> PathBuf {
        self.root.path().join("home")
    }

    pub(crate) fn config(&self) -> PathBuf {
        self.root.path().join("config")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    pub(crate) fn options(&self) -> OpenOptions {
        OpenOptions {
            folder: self.folder(),
            config_folder: self.config(),
            server: self.address.as_deref().map(Secret::from),
            state_folder: None,
            create: true,
            lab: false,
            holder: HolderChoice::KeyFile,
            passphrase: None,
            keyring: Arc::clone(&self.keyring),
            clock: self.clock.clone(),
            random: Arc::new(OsRandom),
        }
    }

    pub(crate) async fn open(&self) -> Arc<dyn Store> {
        open(self.options()).await.unwrap()
    }

    pub(crate) async fn refused(&self) -> StoreError {
        match open(self.options()).await {
            Ok(_) => panic!("the store opened"),
            Err(error) => error,
        }
    }

    /// A closed store with some credentials in it.
    pub(crate) async fn filled() -> Self {
        let home = Self::new();
        let store = home.open().await;
        for number in 0..3 {
            store
                .save_login(login(&format!("account-{number}")), now())
                .await
                .unwrap();
        }
        store.close().await.unwrap();
        home
    }

    /// Every file of home and config with its bytes.
    pub(crate) fn bytes(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(self.root.path(), &mut files);
        files.sort();
        files
    }
}

/// Copies a folder and all in it, with the modes of a home.
pub(crate) fn copy_tree(from: &Path, to: &Path) {
    fs_err::create_dir_all(to).unwrap();
    #[cfg(unix)]
    fs_err::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    for entry in fs_err::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let into = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_tree(&path, &into);
        } else {
            fs_err::copy(&path, &into).unwrap();
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            let bytes = fs_err::read(&path).unwrap();
            files.push((path, bytes));
        }
    }
}

pub(crate) fn now() -> UnixMs {
    UnixMs::from_millis(START)
}

pub(crate) fn material(name: &str) -> Material {
    Material {
        access: Secret::new(format!("canary-access-{name}")),
        refresh: Some(Secret::new(format!("canary-refresh-{name}"))),
        expires: Some(UnixMs::from_millis(START + 3_600_000)),
        earliest_refresh: None,
        scopes: vec!["one".to_owned(), "two".to_owned()],
        extra: serde_json::json!({ "account_id": format!("canary-extra-{name}") })
            .as_object()
            .unwrap()
            .clone(),
    }
}

pub(crate) fn login(subject: &str) -> NewCredential {
    NewCredential {
        provider: ProviderId::new("lab"),
        identity: Identity {
            issuer: "login.example".to_owned(),
            subject: subject.to_owned(),
            organisation: None,
        },
        label: None,
        method: "device".to_owned(),
        region: Some("global".to_owned()),
        billing: Billing::Subscription,
        source: Source::Login,
        account: Account::default(),
        material: material(subject),
    }
}

pub(crate) fn labelled(subject: &str, label: &str) -> NewCredential {
    NewCredential {
        label: Some(label.to_owned()),
        ..login(subject)
    }
}

pub(crate) fn displayed(subject: &str, display: &str) -> NewCredential {
    NewCredential {
        account: Account {
            display: Some(display.to_owned()),
            plan: None,
        },
        ..login(subject)
    }
}
