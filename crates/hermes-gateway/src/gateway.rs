use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use hermes_catalog::Catalog;
use hermes_core::{Brake, Clock, Protocol, Random, RequestId};
use hermes_http::Http;
use hermes_pool::{Keys, KnownKey, Pool};
use http::header::{ALLOW, HeaderValue};
use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use tokio::sync::Semaphore;

use crate::auth::{authenticate, count};
use crate::body::Body;
use crate::edge::Edge;
use crate::endpoint::Endpoint;
use crate::guard::Guard;
use crate::job::Call;
use crate::limits::Limits;
use crate::lobby::{Lobby, Visitor};
use crate::log::LogSender;
use crate::metrics::Metrics;
use crate::models::{self, ListAsk};
use crate::record::Record;
use crate::reply::{Refusal, text_answer};
use crate::resend::Resend;
use crate::route::{Router, Routes};

/// Another service on the same listener, for paths that are not the gateway's. It is called after the `Host` and `Origin`
/// checks and without a client key; whatever it guards it must guard itself.
pub type Fallback = Arc<
    dyn Fn(Request<Incoming>, SocketAddr) -> Pin<Box<dyn Future<Output = Response<Body>> + Send>>
        + Send
        + Sync,
>;

/// What a gateway is made of.
pub struct GatewayParts {
    /// Credentials.
    pub pool: Pool,
    /// Provider facts.
    pub catalog: Arc<Catalog>,
    /// The client for upstream calls.
    pub http: Http,
    /// Client keys.
    pub keys: Arc<Keys>,
    /// Request log.
    pub log: LogSender,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Aliases of the config file.
    pub routes: Routes,
    /// What a request may cost.
    pub limits: Limits,
    /// Whether a translation that would leave something out is refused, whatever the request says.
    pub strict: bool,
    /// Further names of the listener as `Host` gives them, such as `hermes.example.com` or `hermes.local:7766`.
    pub allowed_hosts: Vec<String>,
    /// How other machines reach the listener.
    pub edge: Edge,
    /// Version for the user agent.
    pub version: &'static str,
    /// What answers the other paths; plain 404 without one.
    pub fallback: Option<Fallback>,
}

/// The data plane.
pub struct Gateway {
    pub(crate) parts: GatewayParts,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) agent: HeaderValue,
    pub(crate) guard: OnceLock<Guard>,
    pub(crate) lobby: Lobby,
    /// The guard until the port is known.
    unbound: Guard,
    pub(crate) router: Router,
    brake: Brake,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) resend: Resend,
}

impl Gateway {
    /// Makes a gateway; nothing is read or opened.
    pub fn new(parts: GatewayParts) -> Arc<Self> {
        Arc::new(Self {
            metrics: Arc::default(),
            agent: HeaderValue::try_from(format!("hermes/{}", parts.version))
                .unwrap_or(HeaderValue::from_static("hermes")),
            guard: OnceLock::new(),
            lobby: Lobby::new(parts.limits.strangers, parts.limits.stranger_time),
            unbound: Guard::listed(&parts.allowed_hosts, &parts.edge),
            router: Router::new(Arc::clone(&parts.catalog), parts.routes.clone()),
            brake: Brake::new(parts.limits.failed_auth),
            streams: Arc::new(Semaphore::new(parts.limits.streams)),
            resend: Resend::default(),
            parts,
        })
    }

    /// Answers one request. Until [`Gateway::serve`] has told the port, only `allowed_hosts` are accepted as `Host`.
    pub async fn handle(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
        let id = RequestId::new(self.parts.clock.now(), &*self.parts.random);
        let endpoint = Endpoint::of(request.method(), request.uri(), request.headers());
        let shape = endpoint.shape(request.headers());
        let outcome = match self.admit(&request, &endpoint, peer.ip()) {
            Ok(key) => self.dispatch(request, endpoint, id, key, peer).await,
            Err(refusal) => Err(refusal),
        };
        outcome.unwrap_or_else(|refusal| {
            self.metrics.request(shape, refusal.status);
            let mut response = refusal.answer(shape, &id.to_string());
            if let Ok(id) = HeaderValue::try_from(id.to_string()) {
                response.headers_mut().insert("x-request-id", id.clone());
                response.headers_mut().insert("request-id", id.clone());
                response.headers_mut().insert("x-hermes-request-id", id);
            }
            response
        })
    }

    /// The checks that come before anything of a request's body is read.
    fn admit(
        &self,
        request: &Request<Incoming>,
        endpoint: &Endpoint,
        address: IpAddr,
    ) -> Result<Option<Arc<KnownKey>>, Refusal> {
        let guard = self.guard.get().unwrap_or(&self.unbound);
        guard.check(
            request.method(),
            request.uri(),
            request.version(),
            request.headers(),
        )?;
        if request
            .uri()
            .path_and_query()
            .map_or(0, |target| target.as_str().len())
            > self.parts.limits.target
        {
            return Err(Refusal::new(414, "target_too_long", "the request's address is too long").closing());
        }
        if matches!(endpoint, Endpoint::Health | Endpoint::Hello | Endpoint::Unknown) {
            return Ok(None);
        }
        let now = (self.parts.clock.now(), self.parts.clock.monotonic());
        let key = authenticate(request.headers(), &self.parts.keys, &self.brake, address, now)?;
        if let Some(visitor) = request.extensions().get::<Arc<Visitor>>() {
            self.lobby.leave(visitor);
        }
        Ok(Some(key))
    }

    async fn dispatch(
        &self,
        request: Request<Incoming>,
        endpoint: Endpoint,
        id: RequestId,
        key: Option<Arc<KnownKey>>,
        peer: SocketAddr,
    ) -> Result<Response<Body>, Refusal> {
        let call = match endpoint {
            Endpoint::Generate(protocol) => (Call::Generate, protocol),
            Endpoint::Count(protocol) => (Call::Count, protocol),
            Endpoint::Embeddings => (Call::Embeddings, Protocol::ChatCompletions),
            Endpoint::Compact => (Call::Compact, Protocol::Responses),
            Endpoint::Kept(_) => (Call::Kept, Protocol::Responses),
            Endpoint::Unknown => return Ok(self.elsewhere(request, peer).await),
            other => {
                let ask = ListAsk::of(request.uri(), request.headers());
                if matches!(other, Endpoint::Models | Endpoint::Model(_)) {
                    self.ask_due_models().await;
                }
                return self.small(&other, &ask, key.as_deref());
            }
        };
        let (call, protocol) = call;
        if let Some(key) = &key {
            count(key, self.parts.clock.monotonic())?;
        }
        let mut record = Record::new(
            id,
            protocol,
            Arc::clone(&self.parts.clock),
            self.parts.log.clone(),
            Arc::clone(&self.metrics),
        );
        record.key = key.as_ref().map(|key| key.id());
        Ok(self.call(request, call, key.as_deref(), record).await)
    }

    /// The paths that need no upstream.
    fn small(
        &self,
        endpoint: &Endpoint,
        ask: &ListAsk,
        key: Option<&KnownKey>,
    ) -> Result<Response<Body>, Refusal> {
        let pool = &self.parts.pool;
        match endpoint {
            Endpoint::Health => Ok(text_answer(StatusCode::OK, "ok")),
            Endpoint::Hello => Ok(Response::new(Body::empty())),
            Endpoint::Models => Ok(models::list(&self.router, pool, ask, key)),
            Endpoint::Model(id) => models::one(&self.router, pool, ask, key, id),
            Endpoint::Metrics => {
                let open = self
                    .parts
                    .limits
                    .streams
                    .saturating_sub(self.streams.available_permits());
                Ok(text_answer(
                    StatusCode::OK,
                    self.metrics.text(open, self.parts.log.dropped()),
                ))
            }
            Endpoint::Method(allowed) => {
                let refusal = Refusal::new(
                    405,
                    "method_not_allowed",
                    format!("this path takes {allowed} only"),
                );
                let mut response = refusal.answer(Some(Protocol::ChatCompletions), "");
                response
                    .headers_mut()
                    .insert(ALLOW, HeaderValue::from_static(allowed));
                Ok(response)
            }
            // The one status after which clients that try a WebSocket first fall back to POST at once (Codex 0.169).
            Endpoint::Socket => Err(Refusal::new(
                426,
                "no_websocket",
                "WebSockets are not spoken here; send the request with POST",
            )),
            _ => Ok(not_found()),
        }
    }

    async fn elsewhere(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
        match &self.parts.fallback {
            Some(fallback) => fallback(request, peer).await,
            None => not_found(),
        }
    }
}

fn not_found() -> Response<Body> {
    text_answer(StatusCode::NOT_FOUND, "not found\n")
}
