//! A pool over a real store, a clock that tests move, and an issuer on loopback that answers what it is told.

use std::collections::{HashMap, VecDeque};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use hermes_catalog::Catalog;
use hermes_core::{
    Account, Billing, Clock, Credential, Identity, Material, NewCredential, OsRandom, Protocol, ProviderId,
    Secret, Source, UnixMs,
};
use hermes_http::{Http, HttpConfig, Lab, ProxySettings};
use hermes_oauth::Engine;
use hermes_store::{HolderChoice, NoKeyring, OpenOptions, Store};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use super::flaky::Flaky;
use crate::{Ask, Pool, PoolParts, ProviderSettings};

pub(crate) struct ManualClock {
    now: AtomicI64,
    start: i64,
}

impl ManualClock {
    fn new() -> Self {
        let start = 1_795_132_800_000;
        Self {
            now: AtomicI64::new(start),
            start,
        }
    }

    pub(crate) fn pass(&self, span: Duration) {
        self.now
            .fetch_add(i64::try_from(span.as_millis()).unwrap(), Ordering::SeqCst);
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> UnixMs {
        UnixMs::from_millis(self.now.load(Ordering::SeqCst))
    }

    fn monotonic(&self) -> Duration {
        let passed = self.now.load(Ordering::SeqCst) - self.start;
        Duration::from_millis(u64::try_from(passed).unwrap())
    }

    async fn sleep(&self, span: Duration) {
        self.pass(span);
        tokio::task::yield_now().await;
    }
}

/// A token endpoint. Without a script it rotates: `access-N` and `refresh-N`.
pub(crate) struct Issuer {
    pub(crate) calls: AtomicUsize,
    pub(crate) forms: Mutex<Vec<String>>,
    pub(crate) script: Mutex<VecDeque<(u16, String)>>,
    /// Answers wait for a permit; closed at first only where a test says so.
    pub(crate) gate: Semaphore,
    life_s: AtomicI64,
}

impl Issuer {
    async fn start() -> (Arc<Self>, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let issuer = Arc::new(Self {
            calls: AtomicUsize::new(0),
            forms: Mutex::default(),
            script: Mutex::default(),
            gate: Semaphore::new(100_000),
            life_s: AtomicI64::new(900),
        });
        let this = Arc::clone(&issuer);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(Arc::clone(&this).serve(socket));
            }
        });
        (issuer, origin)
    }

    async fn serve(self: Arc<Self>, mut socket: TcpStream) {
        let mut seen = Vec::new();
        let mut buffer = [0; 4096];
        loop {
            let read = socket.read(&mut buffer).await.unwrap_or(0);
            if read == 0 {
                return;
            }
            seen.extend_from_slice(&buffer[..read]);
            let Some(body) = whole_body(&seen) else { continue };
            seen.clear();
            let (status, text) = self.answer(&body);
            self.gate.acquire().await.unwrap().forget();
            if status == 0 {
                return;
            }
            let reply = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
                text.len()
            );
            if socket.write_all(reply.as_bytes()).await.is_err() {
                return;
            }
        }
    }

    fn answer(&self, form: &str) -> (u16, String) {
        self.forms.lock().unwrap().push(form.to_owned());
        let call = self.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let scripted = self.script.lock().unwrap().pop_front();
        let (status, text) = scripted.unwrap_or_else(|| (200, self.tokens(call)));
        let state = form
            .split('&')
            .find_map(|pair| pair.strip_prefix("state="))
            .unwrap_or_default();
        (status, text.replace("$STATE", state))
    }

    pub(crate) fn tokens(&self, number: usize) -> String {
        let life = self.life_s.load(Ordering::SeqCst);
        format!(
            r#"{{"status":"success","access_token":"access-{number}","refresh_token":"refresh-{number}","expired_in":{life},"token_type":"Bearer"}}"#
        )
    }

    pub(crate) fn say(&self, status: u16, text: &str) {
        self.script.lock().unwrap().push_back((status, text.to_owned()));
    }

    pub(crate) fn count(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    /// Holds every answer until [`Semaphore::add_permits`].
    pub(crate) fn hold(&self) {
        self.gate.forget_permits(100_000);
    }
}

fn whole_body(seen: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(seen);
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse::<usize>().ok())?
    });
    (body.len() >= length.unwrap_or(0)).then(|| body.to_owned())
}

pub(crate) struct Kit {
    pub(crate) pool: Pool,
    pub(crate) store: Arc<Flaky>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) issuer: Arc<Issuer>,
    pub(crate) home: tempfile::TempDir,
    origin: String,
}

pub(crate) const OAUTH: &str = "minimax-oauth";
pub(crate) const KEY: &str = "deepseek";

pub(crate) fn id(name: &str) -> ProviderId {
    ProviderId::new(name)
}

pub(crate) async fn kit() -> Kit {
    kit_with(HashMap::new()).await
}

pub(crate) async fn kit_with(settings: HashMap<ProviderId, ProviderSettings>) -> Kit {
    kit_over(Catalog::builtin().unwrap(), settings).await
}

pub(crate) async fn kit_over(catalog: Catalog, settings: HashMap<ProviderId, ProviderSettings>) -> Kit {
    let home = tempfile::tempdir().unwrap();
    let clock = Arc::new(ManualClock::new());
    let (issuer, origin) = Issuer::start().await;
    let store = hermes_store::open(OpenOptions {
        folder: home.path().join("home"),
        config_folder: home.path().join("home"),
        server: None,
        state_folder: None,
        create: true,
        lab: true,
        holder: HolderChoice::KeyFile,
        passphrase: None,
        keyring: Arc::new(NoKeyring),
        clock: Arc::clone(&clock) as Arc<dyn Clock>,
        random: Arc::new(OsRandom),
    })
    .await
    .unwrap();
    let store = Arc::new(Flaky::new(store));
    let time = Arc::clone(&clock) as Arc<dyn Clock>;
    let run = Some(home.path().join("home/run"));
    let pool = pool_over(&store, &time, &origin, catalog, settings, run);
    Kit {
        pool,
        store,
        clock,
        issuer,
        home,
        origin,
    }
}

pub(crate) fn pool_over(
    store: &Arc<Flaky>,
    clock: &Arc<dyn Clock>,
    origin: &str,
    catalog: Catalog,
    settings: HashMap<ProviderId, ProviderSettings>,
    run: Option<PathBuf>,
) -> Pool {
    let hosts = ["account.minimax.io", "api.minimax.io", "openrouter.ai"]
        .map(|host| format!("{host}={origin}"))
        .join(",");
    let http = Http::new(HttpConfig {
        user_agent: "hermes-test".to_owned(),
        lab: Some(Lab::parse(&hosts).unwrap()),
        proxy: ProxySettings::none(),
        extra_ca: None,
        allow_private: false,
    })
    .unwrap();
    let clock = Arc::clone(clock);
    Pool::new(PoolParts {
        store: Arc::clone(store) as Arc<dyn Store>,
        catalog: Arc::new(catalog),
        engine: Engine {
            http,
            clock: Arc::clone(&clock),
            random: Arc::new(OsRandom),
        },
        clock,
        random: Arc::new(OsRandom),
        settings,
        faults: hermes_core::Faults::none(),
        run,
    })
}

impl Kit {
    /// Stores a login with a token of 900 s and reads it in.
    pub(crate) async fn login(&self, label: &str) -> Credential {
        let expires = Some(self.clock.now().plus(Duration::from_mins(15)));
        let material = material(
            &format!("old-{label}"),
            Some(&format!("refresh-{label}")),
            expires,
        );
        self.save(OAUTH, "device", label, Billing::Subscription, material)
            .await
    }

    /// Stores an API key and reads it in.
    pub(crate) async fn key(&self, label: &str) -> Credential {
        let material = material(&format!("key-{label}"), None, None);
        self.save(KEY, "key", label, Billing::Metered, material).await
    }

    /// Stores an API key of an organisation and reads it in.
    pub(crate) async fn key_of(&self, label: &str, organisation: &str) -> Credential {
        let material = material(&format!("key-{label}"), None, None);
        let mut login = self.a_login(KEY, "key", label, Billing::Metered, material);
        login.identity.organisation = Some(organisation.to_owned());
        self.store_login(login).await
    }

    async fn store_login(&self, login: NewCredential) -> Credential {
        let saved = self.store.save_login(login, self.clock.now()).await.unwrap();
        self.pool.reload().await.unwrap();
        saved.credential
    }

    pub(crate) async fn save(
        &self,
        provider: &str,
        method: &str,
        label: &str,
        billing: Billing,
        material: Material,
    ) -> Credential {
        let login = self.a_login(provider, method, label, billing, material);
        self.store_login(login).await
    }

    fn a_login(
        &self,
        provider: &str,
        method: &str,
        label: &str,
        billing: Billing,
        material: Material,
    ) -> NewCredential {
        NewCredential {
            provider: id(provider),
            identity: Identity {
                issuer: "account.minimax.io".to_owned(),
                subject: label.to_owned(),
                organisation: None,
            },
            label: Some(label.to_owned()),
            method: self.method(provider, method),
            region: None,
            billing,
            source: Source::Login,
            account: Account::default(),
            material,
        }
    }

    fn method(&self, provider: &str, name: &str) -> String {
        let row = self.pool.inner.catalog.provider(provider).unwrap();
        row.method(Some(name)).unwrap().id.clone()
    }

    pub(crate) fn find(&self, label: &str) -> hermes_core::CredentialId {
        self.pool.find(label).unwrap().credential.id
    }

    /// A request on one credential that is told to come back later.
    pub(crate) async fn cool(&self, id: hermes_core::CredentialId, seconds: u64) {
        let others = self.pool.views().into_iter().map(|view| view.credential);
        let others: Vec<_> = others.filter(|row| row.id != id).map(|row| row.id).collect();
        let provider = self.pool.inner.entry(id).unwrap().credential.provider.clone();
        let lease = self.pool.lease(&ask(&provider, &others)).await.unwrap();
        let headers = vec![("retry-after".to_owned(), seconds.to_string())];
        let outcome = crate::Outcome::Answered {
            status: 429,
            headers,
            body: b"{}".to_vec(),
        };
        assert_eq!(lease.report(outcome).await, crate::Advice::Another);
        self.pool.settle().await;
    }

    /// A pool over the same store that shares nothing else.
    pub(crate) fn another_process(&self) -> Pool {
        let catalog = Catalog::builtin().unwrap();
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        pool_over(
            &self.store,
            &clock,
            "http://127.0.0.1:9",
            catalog,
            HashMap::new(),
            None,
        )
    }

    /// The pool of another run of the program in this home.
    pub(crate) fn another_run(&self) -> Pool {
        let catalog = Catalog::builtin().unwrap();
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        let run = Some(self.home.path().join("home/run"));
        pool_over(&self.store, &clock, &self.origin, catalog, HashMap::new(), run)
    }

    pub(crate) fn state(&self, label: &str) -> crate::State {
        self.pool.find(label).unwrap().state
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.pass(Duration::from_secs(seconds));
    }

    /// A lease for the OAuth provider; gives the token that was handed out.
    pub(crate) async fn token(&self) -> String {
        let provider = id(OAUTH);
        let lease = self.pool.lease(&ask(&provider, &[])).await.unwrap();
        let token = token_of(&lease);
        lease.report(crate::Outcome::Served).await;
        token
    }
}

pub(crate) fn material(access: &str, refresh: Option<&str>, expires: Option<UnixMs>) -> Material {
    Material {
        access: Secret::from(access),
        refresh: refresh.map(Secret::from),
        expires,
        earliest_refresh: None,
        scopes: Vec::new(),
        extra: serde_json::Map::new(),
    }
}

pub(crate) fn ask<'a>(provider: &'a ProviderId, tried: &'a [hermes_core::CredentialId]) -> Ask<'a> {
    let protocol = if provider.as_str() == KEY {
        Protocol::ChatCompletions
    } else {
        Protocol::AnthropicMessages
    };
    Ask {
        provider,
        protocol,
        model: "MiniMax-M3",
        tried,
        conversation: None,
    }
}

pub(crate) fn token_of(lease: &crate::Lease) -> String {
    let origin = lease.secret.origins().first().unwrap().clone();
    lease.secret.for_origin(&origin).unwrap().expose().clone()
}
