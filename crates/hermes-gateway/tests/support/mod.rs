//! A gateway on a real socket, with a real store and pool, in front of a scripted provider.
#![expect(dead_code, reason = "each test file uses a part")]
#![expect(clippy::unwrap_used, reason = "a helper that fails is a test that fails")]

mod client;
mod upstream;

use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use hermes_catalog::{AuthStyle, Catalog, CustomEndpoint};
use hermes_core::{
    Account, Billing, Clock, Credential, Identity, KeyId, Material, NewCredential, OsRandom, Protocol,
    ProviderId, Secret, Source, SystemClock,
};
use hermes_gateway::{Edge, Fallback, Gateway, GatewayParts, Limits, LogSender, Routes, Target};
use hermes_http::{Http, HttpConfig, Lab, ProxySettings};
use hermes_oauth::Engine;
use hermes_pool::{Feed, KeyLimits, Keys, Pool, PoolParts, RequestRow, Store};
use hermes_store::{HolderChoice, NoKeyring, OpenOptions};
use tempfile::TempDir;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) use client::{Answer, Raw};
pub(crate) use upstream::{Reply, Upstream};

/// What a test wants to differ.
pub(crate) struct Setup {
    pub(crate) limits: Limits,
    pub(crate) logins: Vec<&'static str>,
    pub(crate) protocols: Vec<Protocol>,
    /// Whether to sign in to the provider whose tokens are renewed.
    pub(crate) tokens: bool,
    /// Whether another service answers the other paths.
    pub(crate) fallback: bool,
    /// How other machines reach it.
    pub(crate) edge: Edge,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            logins: vec!["one"],
            protocols: Protocol::ALL.to_vec(),
            tokens: false,
            fallback: false,
            edge: Edge::default(),
        }
    }
}

/// A running gateway.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) key: String,
    pub(crate) key_id: KeyId,
    pub(crate) keys: Arc<Keys>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) feed: Feed,
    pub(crate) upstream: Upstream,
    pub(crate) credentials: Vec<Credential>,
    stop: Option<oneshot::Sender<()>>,
    pub(crate) server: Option<JoinHandle<()>>,
    writer: JoinHandle<()>,
    _home: TempDir,
}

pub(crate) async fn start(upstream: Upstream, setup: Setup) -> Running {
    let home = tempfile::tempdir().unwrap();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let store = open_store(&home, &clock).await;
    let catalog = Arc::new(
        Catalog::load(
            Some(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/overlay"))),
            vec![endpoint("lab", &setup), endpoint("other", &setup)],
        )
        .unwrap(),
    );
    let mut credentials = Vec::new();
    for label in &setup.logins {
        let mut login = key(&catalog, label);
        hermes_pool::note_origins(&mut login, catalog.provider("custom:lab").unwrap());
        credentials.push(store.save_login(login, clock.now()).await.unwrap().credential);
    }
    if setup.tokens {
        let mut login = tokens(&catalog);
        hermes_pool::note_origins(&mut login, catalog.provider("lab-oauth").unwrap());
        credentials.push(store.save_login(login, clock.now()).await.unwrap().credential);
    }
    let http = http(&upstream);
    let pool = pool(&store, &catalog, &http, &clock);
    pool.reload().await.unwrap();
    let keys = Arc::new(Keys::load(Arc::clone(&store), &OsRandom).await.unwrap());
    let made = keys
        .create("test", KeyLimits::default(), clock.now(), &OsRandom)
        .await
        .unwrap();
    let feed = Feed::default();
    let (log, writer) = LogSender::start(Arc::clone(&store), feed.clone());
    let lab = Target {
        provider: ProviderId::new("custom:lab"),
        model: "m-1".to_owned(),
    };
    let gateway = Gateway::new(GatewayParts {
        pool,
        catalog,
        http,
        keys: Arc::clone(&keys),
        log,
        clock,
        random: Arc::new(OsRandom),
        routes: Routes::new([("fast".to_owned(), lab)]),
        limits: setup.limits,
        strict: false,
        allowed_hosts: vec!["hermes.example.com".to_owned()],
        edge: setup.edge,
        version: "0.0.0",
        fallback: Some::<Fallback>(Arc::new(|request, _| {
            let page = format!("elsewhere {}\n", request.uri().path());
            Box::pin(async move { http::Response::new(hermes_gateway::Body::full(page)) })
        }))
        .filter(|_| setup.fallback),
    });
    let listener = listen();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let server = tokio::spawn(async move {
        let stopped = async { drop(stopped.await) };
        gateway.serve(listener, stopped).await.unwrap();
    });
    Running {
        address,
        key: made.secret.expose().clone(),
        key_id: made.key.id,
        keys,
        store,
        feed,
        upstream,
        credentials,
        stop: Some(stop),
        server: Some(server),
        writer,
        _home: home,
    }
}

impl Running {
    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    /// Stops, waits until the request log is written, and reads one row of it.
    pub(crate) async fn logged(mut self, request: &str) -> RequestRow {
        self.stop();
        self.server.take().unwrap().await.unwrap();
        self.writer.await.unwrap();
        self.store
            .request(request)
            .await
            .unwrap()
            .expect("the request is in the log")
    }

    /// A `POST` with the client key.
    pub(crate) async fn post(&self, path: &str, headers: &str, body: impl AsRef<[u8]>) -> Answer {
        let body = body.as_ref();
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nConnection: close\r\nContent-Type: \
             application/json\r\nContent-Length: {}\r\n{headers}\r\n",
            self.address,
            self.key,
            body.len()
        );
        let mut raw = Raw::connect(self.address).await;
        raw.send(head.as_bytes()).await;
        raw.send(body).await;
        raw.answer().await
    }

    /// Any method without a body; `headers` end in CRLF each.
    pub(crate) async fn ask(&self, method: &str, target: &str, headers: &str) -> Answer {
        let head = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{headers}\r\n",
            self.address
        );
        self.raw(head.as_bytes()).await
    }

    /// These bytes, and whatever comes until the gateway ends the connection.
    pub(crate) async fn raw(&self, bytes: &[u8]) -> Answer {
        let mut raw = Raw::connect(self.address).await;
        raw.send(bytes).await;
        raw.answer().await
    }

    pub(crate) fn auth(&self) -> String {
        format!("Authorization: Bearer {}\r\n", self.key)
    }
}

/// A listener whose queue holds every client of a test; the usual one is too short for 500 at once.
pub(crate) fn listen() -> TcpListener {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    socket.listen(4096).unwrap()
}

async fn open_store(home: &TempDir, clock: &Arc<dyn Clock>) -> Arc<dyn Store> {
    hermes_store::open(OpenOptions {
        folder: home.path().join("data"),
        config_folder: home.path().join("config"),
        server: None,
        state_folder: None,
        create: true,
        lab: true,
        holder: HolderChoice::KeyFile,
        passphrase: None,
        keyring: Arc::new(NoKeyring),
        clock: Arc::clone(clock),
        random: Arc::new(OsRandom),
    })
    .await
    .unwrap()
}

fn endpoint(name: &str, setup: &Setup) -> CustomEndpoint {
    CustomEndpoint {
        name: name.to_owned(),
        base_url: format!("https://{name}.test/v1"),
        protocols: setup.protocols.clone(),
        models: vec!["m-1".to_owned(), format!("{name}-only")],
        key_env: None,
        auth: Some(AuthStyle::Bearer),
        headers: [("x-fixed".to_owned(), "runtime".to_owned())].into(),
    }
}

fn key(catalog: &Catalog, label: &str) -> NewCredential {
    let provider = catalog.provider("custom:lab").unwrap();
    NewCredential {
        provider: provider.id.clone(),
        identity: Identity {
            issuer: "lab.test".to_owned(),
            subject: label.to_owned(),
            organisation: None,
        },
        label: Some(label.to_owned()),
        method: provider
            .login
            .first()
            .map_or_else(|| "key".to_owned(), |method| method.id.clone()),
        region: None,
        billing: Billing::Metered,
        source: Source::Key,
        account: Account::default(),
        material: Material {
            access: Secret::from(format!("sk-{label}")),
            refresh: None,
            expires: None,
            earliest_refresh: None,
            scopes: Vec::new(),
            extra: serde_json::Map::new(),
        },
    }
}

fn tokens(catalog: &Catalog) -> NewCredential {
    let mut login = key(catalog, "tokens");
    login.provider = ProviderId::new("lab-oauth");
    "device".clone_into(&mut login.method);
    login.source = Source::Login;
    login.material.access = Secret::from("at-0");
    login.material.refresh = Some(Secret::from("rt-0"));
    login
}

fn http(upstream: &Upstream) -> Http {
    let lab = format!("lab.test=http://{0},other.test=http://{0}", upstream.address);
    Http::new(HttpConfig {
        user_agent: "hermes/0.0.0".to_owned(),
        lab: Some(Lab::parse(&lab).unwrap()),
        proxy: ProxySettings::none(),
        extra_ca: None,
        allow_private: false,
    })
    .unwrap()
}

fn pool(store: &Arc<dyn Store>, catalog: &Arc<Catalog>, http: &Http, clock: &Arc<dyn Clock>) -> Pool {
    let engine = Engine {
        http: http.clone(),
        clock: Arc::clone(clock),
        random: Arc::new(OsRandom),
    };
    Pool::new(PoolParts {
        store: Arc::clone(store),
        catalog: Arc::clone(catalog),
        engine,
        clock: Arc::clone(clock),
        random: Arc::new(OsRandom),
        settings: HashMap::new(),
        faults: hermes_core::Faults::none(),
        run: None,
    })
}

/// The path of a streaming call.
pub(crate) fn calling(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Gemini => "/v1beta/models/m-1:streamGenerateContent",
        other => other.gateway_path(),
    }
}
