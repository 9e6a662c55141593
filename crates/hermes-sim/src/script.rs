//! Changes to what the providers do.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::answer::Answer;
use crate::inference::Break;
use crate::replay;
use crate::state::World;

/// Programs the simulated providers.
#[derive(Clone)]
pub struct Script {
    world: Arc<World>,
}

impl Script {
    pub(crate) fn new(world: Arc<World>) -> Self {
        Self { world }
    }

    /// The next request to this path of this host gets this answer; several queue up.
    pub fn next(&self, host: &str, path: &str, answer: Answer) {
        self.world
            .state()
            .steps
            .entry((host.to_owned(), path.to_owned()))
            .or_default()
            .push_back(answer);
    }

    /// Every later request to this path of this host gets this answer.
    pub fn always(&self, host: &str, path: &str, answer: Answer) {
        self.world
            .state()
            .standing
            .insert((host.to_owned(), path.to_owned()), answer);
    }

    /// Every later request to this path of this host is redirected: `redirect("api.minimax.io", "/oauth/token", 307,
    /// "https://account.minimax.io/oauth2/token")` is the old host that sends its callers to the new one.
    pub fn redirect(&self, host: &str, path: &str, status: u16, location: &str) {
        self.always(host, path, Answer::status(status).header("location", location));
    }

    /// The expiry that code requests answer, as any JSON value; the dialect's own otherwise.
    pub fn code_expiry(&self, value: Value) {
        self.world.state().code_expiry = Some(value);
    }

    /// The expiry that token calls answer, as any JSON value; the dialect's own otherwise.
    pub fn token_expiry(&self, value: Value) {
        self.world.state().token_expiry = Some(value);
    }

    /// Every refresh call is answered this much later, by the simulation's clock; the token is spent when the call arrives.
    pub fn refresh_delay(&self, span: Duration) {
        self.world.state().refresh_delay = span;
    }

    /// Every answer that is not scripted leaves this much later, by the simulation's clock.
    pub fn answer_delay(&self, span: Duration) {
        self.world.state().answer_delay = span;
    }

    /// A spent refresh token gives another pair until this long after it was spent, as some issuers forgive a lost answer; later
    /// it ends its family. Zero, as at the start, forgives nothing.
    pub fn reuse_grace(&self, span: Duration) {
        self.world.state().tokens.grace = span;
    }

    /// The account that the next logins belong to.
    pub fn account(&self, name: &str) {
        name.clone_into(&mut self.world.state().account);
    }

    /// A new API key, good at every simulated provider.
    pub fn issue_key(&self) -> String {
        let mut state = self.world.state();
        let key = state.secret("key");
        state.keys.insert(key.clone());
        key
    }

    /// Withdraws an API key.
    pub fn withdraw_key(&self, key: &str) {
        self.world.state().keys.remove(key);
    }

    /// From now on a model that is offered one of these tools calls it with these arguments, the first of them in this order, unless the
    /// request holds the result of a tool already: then it answers with what the result says.
    pub fn call_tools(&self, calls: impl IntoIterator<Item = (String, Value)>) {
        self.world.state().tool_calls = Some(calls.into_iter().collect());
    }

    /// From now on every answer of a model breaks off in the middle, or none any more.
    pub fn break_off(&self, how: Option<Break>) {
        self.world.state().breaks = how;
    }

    /// Serves every recording of a folder to requests that name it in `x-sim-case`, or as their model.
    ///
    /// # Errors
    /// Those of reading the folder.
    pub fn replay_folder(&self, folder: &Path) -> io::Result<usize> {
        let found = replay::find(folder)?;
        let count = found.len();
        self.world.state().recordings.extend(found);
        Ok(count)
    }
}
