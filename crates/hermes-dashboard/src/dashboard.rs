use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use hermes_catalog::Catalog;
use hermes_core::{Brake, Clock, Env, ProviderId, Random, UnixMs};
use hermes_pool::{Feed, Keys, LoginDesk, Pool, Store};
use http::{Request, Response};
use http_body::Body as HttpBody;
use tokio::sync::watch;
use tower::ServiceExt;

use crate::facts::Facts;
use crate::findings::Findings;
use crate::router;
use crate::session::{PasswordBrake, Sessions};

/// Wrong codes and tokens that an address may send in a minute.
const WRONG_TRIES: u32 = 20;
/// Wrong passwords that all addresses together may send in a minute.
const WRONG_PASSWORDS: u32 = 100;

/// What a dashboard is made of.
pub struct DashboardParts {
    /// Credentials.
    pub pool: Pool,
    /// Logins that wait for a person.
    pub desk: LoginDesk,
    /// Provider facts.
    pub catalog: Arc<Catalog>,
    /// Client keys of the gateway.
    pub keys: Arc<Keys>,
    /// Requests as they end.
    pub feed: Feed,
    /// Sessions, request log and settings.
    pub store: Arc<dyn Store>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The environment, in which keys may be found.
    pub env: Env,
    /// What only the running program knows.
    pub facts: Arc<dyn Facts>,
    /// Names, in lower case, by which browsers come through TLS from other machines; with any other name a password and cookies are not
    /// taken. Empty where the listener serves this machine alone.
    pub far_hosts: Vec<String>,
    /// Version for the footer and the API document.
    pub version: &'static str,
}

/// Pages and admin API. Clones share one state.
#[derive(Clone)]
pub struct Dashboard {
    router: Router,
    shared: Arc<Shared>,
}

/// What every handler may use.
pub(crate) struct Shared {
    pub(crate) parts: DashboardParts,
    pub(crate) sessions: Sessions,
    pub(crate) brake: Brake,
    pub(crate) passwords: PasswordBrake,
    pub(crate) findings: Findings,
    stop: watch::Sender<bool>,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Dashboard {
    /// Wires it together; nothing is read or opened.
    pub fn new(parts: DashboardParts) -> Self {
        let shared = Arc::new(Shared {
            sessions: Sessions::new(
                Arc::clone(&parts.store),
                Arc::clone(&parts.clock),
                Arc::clone(&parts.random),
            ),
            brake: Brake::new(WRONG_TRIES),
            passwords: PasswordBrake::new(WRONG_TRIES, WRONG_PASSWORDS),
            findings: Findings::default(),
            stop: watch::Sender::new(false),
            parts,
        });
        Self {
            router: router::build(Arc::clone(&shared)),
            shared,
        }
    }

    /// Answers one request, which has passed the listener's checks of `Host` and `Origin`.
    pub async fn answer<B>(&self, request: Request<B>, peer: SocketAddr) -> Response<Body>
    where
        B: HttpBody<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        let answer: Result<_, Infallible> = self.router.clone().oneshot(request).await;
        answer.unwrap_or_else(|never| match never {})
    }

    /// Ends every event stream, so that the listener can close.
    pub fn stop(&self) {
        self.shared.stop.send_replace(true);
    }
}

impl Shared {
    pub(crate) fn now(&self) -> UnixMs {
        self.parts.clock.now()
    }

    /// A provider's name for people.
    pub(crate) fn name_of(&self, provider: &ProviderId) -> String {
        let row = self.parts.catalog.get(provider);
        row.map_or_else(|| provider.to_string(), |row| row.name.clone())
    }

    /// Is ready when the program ends.
    pub(crate) async fn stopped(&self) {
        // The sender lives as long as this value.
        let _ = self.stop.subscribe().wait_for(|stopped| *stopped).await;
    }
}
