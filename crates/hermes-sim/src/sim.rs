//! The running simulation.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Clock, SystemClock, UnixMs};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::journal::Journal;
use crate::person::Person;
use crate::refreshes::fingerprint;
use crate::script::Script;
use crate::server;
use crate::state::World;

/// Every host that is simulated, and who runs it: codes and tokens of one issuer are nothing to another.
const HOSTS: &[(&str, &str)] = &[
    ("account.minimax.io", "minimax.io"),
    ("api.minimax.io", "minimax.io"),
    ("platform.minimax.io", "minimax.io"),
    ("account.minimaxi.com", "minimaxi.com"),
    ("api.minimaxi.com", "minimaxi.com"),
    ("platform.minimaxi.com", "minimaxi.com"),
    ("portal.nousresearch.com", "nousresearch.com"),
    ("inference-api.nousresearch.com", "nousresearch.com"),
    ("auth.openai.com", "openai.com"),
    ("chatgpt.com", "openai.com"),
    ("api.openai.com", "openai.com"),
    ("claude.ai", "anthropic.com"),
    ("claude.com", "anthropic.com"),
    ("platform.claude.com", "anthropic.com"),
    ("console.anthropic.com", "anthropic.com"),
    ("api.anthropic.com", "anthropic.com"),
    ("openrouter.ai", "openrouter.ai"),
    ("api.deepseek.com", "deepseek.com"),
    ("generativelanguage.googleapis.com", "googleapis.com"),
];

/// How a simulation is started.
pub struct SimOptions {
    /// Time: lifetimes follow it, and scripted pauses wait by it.
    pub clock: Arc<dyn Clock>,
    /// Life of access tokens.
    pub token_life: Duration,
    /// Whether requests are kept; a bench switches this off.
    pub journal: bool,
}

impl Default for SimOptions {
    fn default() -> Self {
        Self {
            clock: Arc::new(SystemClock::new()),
            token_life: Duration::from_hours(30 * 24),
            journal: true,
        }
    }
}

/// Simulated providers behind one loopback listener, told apart by the `Host` header. Dropping it stops them.
pub struct Sim {
    pub(crate) world: Arc<World>,
    port: u16,
    task: JoinHandle<()>,
}

impl Sim {
    /// Binds a free port of 127.0.0.1 and serves.
    ///
    /// # Errors
    /// Those of binding.
    pub async fn start(options: SimOptions) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let world = Arc::new(World::new(options.clock, options.token_life, options.journal));
        let task = tokio::spawn(server::serve(listener, Arc::clone(&world)));
        Ok(Self { world, port, task })
    }

    /// The value of `HERMES_LAB_HOSTS` that leads every simulated host here.
    pub fn lab_hosts(&self) -> String {
        HOSTS
            .iter()
            .map(|(host, _)| format!("{host}=http://127.0.0.1:{}", self.port))
            .collect::<Vec<_>>()
            .join(",")
    }

    /// The loopback origin; a request to it without a simulated host in `Host` gets recorded and scripted answers only.
    pub fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// What was asked so far.
    pub fn journal(&self) -> Journal {
        self.world.journal.clone()
    }

    /// Changes what the providers do.
    pub fn script(&self) -> Script {
        Script::new(Arc::clone(&self.world))
    }

    /// The human in front of the browser.
    pub fn person(&self) -> Person {
        Person::new(Arc::clone(&self.world), self.port)
    }

    /// The simulation's time.
    pub fn now(&self) -> UnixMs {
        self.world.clock.now()
    }

    /// Ends every access token now, as a provider does at their end; refresh tokens stay good.
    pub fn expire_access_tokens(&self) {
        self.world.state().tokens.expire_all();
    }

    /// How often each refresh token was sent, whatever was answered: its [`Sim::fingerprint`] and the number of calls, in the order
    /// of the first call.
    pub fn refresh_posts(&self) -> Vec<(String, usize)> {
        self.world.state().refreshes.posts()
    }

    /// The name of a token in [`Sim::refresh_posts`], which tells nothing of the token.
    pub fn fingerprint(token: &str) -> String {
        fingerprint(token)
    }

    /// The most refresh calls for one family that ran at the same moment. A call runs from its arrival until its answer leaves.
    pub fn most_overlapping_refreshes(&self) -> usize {
        self.world.state().refreshes.most()
    }

    /// Whether the family of an access or refresh token is alive: it ends when a spent refresh token comes again. An unknown token
    /// has none.
    pub fn family_alive(&self, token: &str) -> bool {
        self.world.state().tokens.is_alive(token)
    }

    /// Every secret issued so far: tokens, keys, device codes.
    pub fn canaries(&self) -> Vec<String> {
        self.world.state().canaries.clone()
    }
}

impl Drop for Sim {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Who runs a simulated host; none for a host that is not simulated.
pub(crate) fn issuer(host: &str) -> Option<&'static str> {
    HOSTS
        .iter()
        .find(|(one, _)| *one == host)
        .map(|(_, issuer)| *issuer)
}
