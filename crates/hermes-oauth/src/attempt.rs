use std::fmt;
use std::time::Duration;

use hermes_catalog::LoginFlow;
use hermes_core::{NewCredential, Origin, Secret, Source, UnixMs};
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Word};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::callback::Callback;
use crate::flow::{self, Flow, Turn};
use crate::{Engine, OauthError, Plan};

/// How an attempt is started.
#[derive(Clone, Debug, Default)]
pub struct StartOptions {
    /// The bound redirect URL of a [`crate::Listener`]; without one a browser login takes only pasted codes.
    pub loopback: Option<Url>,
    /// Ends the attempt earlier than the issuer would.
    pub lifetime: Option<Duration>,
}

/// What the person has to do. Holds nothing that would let anybody finish the login.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Challenge {
    /// Open the link and type the code there.
    Code {
        /// Checked link.
        url: Url,
        /// Checked link with the code in it, where the issuer gives one.
        complete_url: Option<Url>,
        /// The code.
        user_code: String,
        /// When it ends.
        expires: UnixMs,
        /// Time between polls, milliseconds.
        interval_ms: u64,
    },
    /// Open the link and approve.
    Browser {
        /// Link; leads back to the listener if there is one.
        url: Url,
        /// Link for a browser on another machine: it ends on a page that shows a code to paste.
        manual_url: Option<Url>,
        /// Whether a listener waits for the callback.
        loopback: bool,
        /// Whether a pasted code, or the pasted address of the page the browser ended on, is taken.
        paste: bool,
        /// When the attempt ends.
        expires: UnixMs,
    },
    /// Give an API key.
    Key {
        /// Environment variables that may hold one.
        env: Vec<String>,
        /// How keys of this provider begin.
        prefixes: Vec<String>,
        /// When the attempt ends.
        expires: UnixMs,
    },
}

impl Challenge {
    /// When the attempt ends.
    pub fn expires(&self) -> UnixMs {
        match self {
            Self::Code { expires, .. } | Self::Browser { expires, .. } | Self::Key { expires, .. } => {
                *expires
            }
        }
    }
}

/// What an attempt is given.
#[derive(Debug)]
pub enum Input {
    /// The time has come to look again.
    Poll,
    /// What the person pasted.
    Pasted(Secret),
    /// What the listener received.
    Callback(Callback),
    /// An API key.
    Key {
        /// The key.
        key: Secret,
        /// Where it came from.
        source: Source,
        /// Whether the provider is asked.
        verify: bool,
    },
}

impl Input {
    /// The input in words, for messages.
    pub(crate) fn words(&self) -> Word {
        match self {
            Self::Poll => say::given_poll,
            Self::Pasted(_) => say::given_paste,
            Self::Callback(_) => say::given_callback,
            Self::Key { .. } => say::given_key,
        }
    }
}

/// What an attempt answers.
#[derive(Debug)]
pub enum Step {
    /// Not yet.
    Waiting {
        /// Time to wait before the next [`Input::Poll`].
        next_poll: Duration,
        /// Something the person may want to know, such as trouble on the network.
        note: Option<Both>,
    },
    /// Signed in; nothing is stored yet.
    Done {
        /// What to store.
        credential: Box<NewCredential>,
        /// Things the person should know, such as a key that could not be checked or scopes that were not granted.
        notes: Vec<Both>,
    },
}

/// One login attempt. Dropping it leaves nothing behind.
///
/// Between two steps it can be written with [`Attempt::to_state`] and continued by another process. Write it after every step, and
/// throw it away once a step is [`Step::Done`] or an error [ends it](OauthError::ends_attempt).
pub struct Attempt {
    state: State,
    /// When the attempt ends by the clock that never goes back; found at the first use in this process.
    deadline: Option<Duration>,
    /// No poll before this moment of the same clock; found likewise.
    poll_at: Option<Duration>,
}

/// The durable part.
#[derive(Serialize, Deserialize)]
struct State {
    version: u8,
    provider: String,
    method: String,
    region: Option<String>,
    /// Where codes and tokens of this login go; a catalogue that says otherwise later does not get them.
    origins: Vec<Origin>,
    challenge: Challenge,
    /// No poll before this moment.
    not_before: UnixMs,
    /// Current time between polls, milliseconds; also the most a restored attempt waits.
    wait_ms: u64,
    flow: Flow,
}

const VERSION: u8 = 1;

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("provider", &self.state.provider)
            .field("method", &self.state.method)
            .finish_non_exhaustive()
    }
}

impl Attempt {
    /// Starts a login: asks the issuer for a code, or builds the link to open.
    pub async fn start(engine: &Engine, plan: &Plan, options: StartOptions) -> Result<Self, OauthError> {
        let started = flow::start(engine, plan, options).await?;
        let now = engine.clock.now();
        let life = started.challenge.expires().since(now);
        Ok(Self {
            deadline: Some(engine.clock.monotonic().saturating_add(life)),
            poll_at: Some(engine.clock.monotonic().saturating_add(started.first_wait)),
            state: State {
                version: VERSION,
                provider: plan.provider().id.to_string(),
                method: plan.method().id.clone(),
                region: plan.region().map(str::to_owned),
                origins: origins(plan),
                challenge: started.challenge,
                not_before: now.plus(started.first_wait),
                wait_ms: millis(started.first_wait),
                flow: started.flow,
            },
        })
    }

    /// What the person has to do.
    pub fn challenge(&self) -> &Challenge {
        &self.state.challenge
    }

    /// When the attempt ends.
    pub fn expires(&self) -> UnixMs {
        self.state.challenge.expires()
    }

    /// Goes one step. A poll that comes too early sends nothing and says how long to wait.
    ///
    /// # Errors
    /// After one that [`OauthError::ends_attempt`] every further step is [`OauthError::Finished`].
    pub async fn advance(&mut self, engine: &Engine, plan: &Plan, input: Input) -> Result<Step, OauthError> {
        if matches!(self.state.flow, Flow::Ended) {
            return Err(OauthError::Finished);
        }
        if self.left(engine).is_zero() {
            let kind = self.state.flow.timeout_kind();
            self.state.flow = Flow::Ended;
            return Err(OauthError::Expired { kind });
        }
        if let (Input::Poll, Some(next_poll)) = (&input, self.too_early(engine)) {
            return Ok(Step::Waiting {
                next_poll,
                note: None,
            });
        }
        match self.state.flow.advance(engine, plan, input).await {
            Ok(Turn::Wait { wait, note }) => Ok(self.wait(engine, wait, note)),
            Ok(Turn::Done { credential, notes }) => {
                self.state.flow = Flow::Ended;
                Ok(Step::Done { credential, notes })
            }
            Err(error) => {
                if error.ends_attempt() {
                    self.state.flow = Flow::Ended;
                }
                Err(error)
            }
        }
    }

    /// The state to store before this input goes to [`Attempt::advance`], when the input holds a code that will be sent to the
    /// issuer: in it the code counts as spent, so that nobody sends it again should this process end before the answer is
    /// stored. None when nothing would be sent.
    pub fn spent_by(&mut self, plan: &Plan, input: &Input) -> Option<Secret> {
        let (Flow::Browser(memory), LoginFlow::Browser(row)) = (&mut self.state.flow, &plan.method().flow)
        else {
            return None;
        };
        if !memory.sends(plan, row, input) {
            return None;
        }
        let verifier = memory.swap_verifier(Secret::from(""));
        let state = self.to_state();
        if let Flow::Browser(memory) = &mut self.state.flow {
            memory.swap_verifier(verifier);
        }
        Some(state)
    }

    /// Whether the code of this attempt was sent by a process that did not store how that ended, or has not yet.
    pub fn is_spent(&self) -> bool {
        matches!(&self.state.flow, Flow::Browser(memory) if memory.is_spent())
    }

    /// The attempt as text that another process can continue from. It holds the verifier and the device code.
    pub fn to_state(&self) -> Secret {
        let text = serde_json::to_string(&self.state).expect("the state holds only text, numbers and lists");
        Secret::new(text)
    }

    /// Continues an attempt.
    ///
    /// # Errors
    /// [`OauthError::BadState`] when the text is unreadable or belongs to another provider, login method or region.
    pub fn from_state(plan: &Plan, state: &Secret) -> Result<Self, OauthError> {
        let state: State = serde_json::from_str(state.expose()).map_err(|_| OauthError::BadState {
            why: say::state_unreadable,
        })?;
        let ours = state.provider == plan.provider().id.as_str()
            && state.method == plan.method().id
            && state.region.as_deref() == plan.region();
        if state.version != VERSION {
            return Err(OauthError::BadState {
                why: say::state_version,
            });
        }
        if !ours {
            return Err(OauthError::BadState {
                why: say::state_other,
            });
        }
        if !state.flow.fits(&plan.method().flow) {
            return Err(OauthError::BadState {
                why: say::state_method,
            });
        }
        if state.origins != origins(plan) {
            return Err(OauthError::BadState {
                why: say::state_addresses,
            });
        }
        Ok(Self {
            state,
            deadline: None,
            poll_at: None,
        })
    }

    /// What is left of the wait. In another process only the wall clock tells; one that was set back lengthens it by at most one wait.
    fn too_early(&mut self, engine: &Engine) -> Option<Duration> {
        let left = self.state.not_before.since(engine.clock.now());
        let left = left.min(Duration::from_millis(self.state.wait_ms));
        let now = engine.clock.monotonic();
        let poll_at = *self.poll_at.get_or_insert(now.saturating_add(left));
        let left = poll_at.saturating_sub(now).min(self.left(engine));
        (!left.is_zero()).then_some(left)
    }

    fn wait(&mut self, engine: &Engine, wait: Duration, note: Option<Both>) -> Step {
        self.state.wait_ms = millis(wait);
        self.state.not_before = engine.clock.now().plus(wait);
        self.poll_at = Some(engine.clock.monotonic().saturating_add(wait));
        Step::Waiting {
            next_poll: wait.min(self.left(engine)),
            note,
        }
    }

    /// Time until the attempt ends.
    fn left(&mut self, engine: &Engine) -> Duration {
        let left = self.expires().since(engine.clock.now());
        let now = engine.clock.monotonic();
        let deadline = *self.deadline.get_or_insert(now.saturating_add(left));
        deadline.saturating_sub(now)
    }
}

fn origins(plan: &Plan) -> Vec<Origin> {
    plan.provider().token_origins(plan.method(), plan.region())
}

pub(crate) fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Flow {
    /// Whether the catalogue's method still is of this kind.
    fn fits(&self, flow: &LoginFlow) -> bool {
        matches!(
            (self, flow),
            (Self::UserCode(_), LoginFlow::UserCode(_))
                | (Self::DeviceCode(_), LoginFlow::DeviceCode(_))
                | (Self::DeviceAuth(_), LoginFlow::DeviceAuth(_))
                | (Self::Browser(_), LoginFlow::Browser(_))
                | (Self::Key, LoginFlow::ApiKey)
                | (Self::Ended, _)
        )
    }
}
