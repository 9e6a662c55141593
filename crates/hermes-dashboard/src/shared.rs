//! What every handler may use.

use std::net::IpAddr;
use std::sync::Arc;

use hermes_catalog::Catalog;
use hermes_core::{Clock, Env, ProviderId, Random, Secret, UnixMs};
use hermes_pool::{Feed, Keys, LoginDesk, Pool, Store};
use tokio::sync::watch;

use crate::brakes::Brakes;
use crate::error::ApiError;
use crate::facts::Facts;
use crate::findings::Findings;
use crate::session::{NewSession, Sessions};

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

/// The state of a dashboard.
pub(crate) struct Shared {
    pub(crate) parts: DashboardParts,
    pub(crate) sessions: Sessions,
    pub(crate) brakes: Brakes,
    pub(crate) findings: Findings,
    stop: watch::Sender<bool>,
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

impl Shared {
    /// Wires it together; nothing is read or opened.
    pub(crate) fn new(parts: DashboardParts) -> Self {
        Self {
            sessions: Sessions::new(
                Arc::clone(&parts.store),
                Arc::clone(&parts.clock),
                Arc::clone(&parts.random),
            ),
            brakes: Brakes::default(),
            findings: Findings::default(),
            stop: watch::Sender::new(false),
            parts,
        }
    }

    pub(crate) fn now(&self) -> UnixMs {
        self.parts.clock.now()
    }

    /// Counts a wrong code or token; the refusal when it was one too many.
    pub(crate) fn slow_down(&self, Peer(address): Peer) -> Option<ApiError> {
        self.brakes.slow_down(address, &*self.parts.clock)
    }

    /// Opens a session with the password, unless too many wrong ones were sent.
    pub(crate) async fn sign_in(
        &self,
        Peer(address): Peer,
        password: &Secret,
    ) -> Result<NewSession, ApiError> {
        let clock = &*self.parts.clock;
        self.brakes
            .sign_in(&self.sessions, address, password, clock)
            .await
    }

    /// A provider's name for people.
    pub(crate) fn name_of(&self, provider: &ProviderId) -> String {
        let row = self.parts.catalog.get(provider);
        row.map_or_else(|| provider.to_string(), |row| row.name.clone())
    }

    /// The program ends.
    pub(crate) fn stop(&self) {
        self.stop.send_replace(true);
    }

    /// Is ready when the program ends.
    pub(crate) async fn stopped(&self) {
        // The sender lives as long as this value.
        let _ = self.stop.subscribe().wait_for(|stopped| *stopped).await;
    }
}
