//! A home in a temporary folder, a clock that stands still, and logins to store.
#![expect(dead_code, reason = "each test file uses its own part of this")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use hermes_core::{
    Account, Billing, Clock, Identity, Material, NewCredential, OsRandom, ProviderId, Secret, Source, UnixMs,
};
use hermes_store::{HolderChoice, Keyring, NoKeyring, OpenOptions, Store, StoreError, open};

/// 2026-11-23T00:00:00Z.
pub(crate) const START: i64 = 1_795_392_000_000;

pub(crate) struct TestClock(AtomicI64);

impl TestClock {
    pub(crate) fn advance(&self, span: Duration) {
        let millis = i64::try_from(span.as_millis()).unwrap();
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

#[async_trait::async_trait]
impl Clock for TestClock {
    fn now(&self) -> UnixMs {
        UnixMs::from_millis(self.0.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    async fn sleep(&self, _: Duration) {}
}

pub(crate) struct Home {
    root: tempfile::TempDir,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) keyring: Arc<dyn Keyring>,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with_keyring(Arc::new(NoKeyring))
    }

    pub(crate) fn with_keyring(keyring: Arc<dyn Keyring>) -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
            clock: Arc::new(TestClock(AtomicI64::new(START))),
            keyring,
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
            server: None,
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
