//! What the simulated world remembers.

use std::collections::{HashMap, HashSet, VecDeque};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hermes_core::{Clock, OsRandom, Random, UnixMs};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::inference::{Break, ToolCalls};
use crate::journal::Journal;
use crate::refreshes::Refreshes;
use crate::tokens::Tokens;

/// Everything the server, the script and the person share.
pub(crate) struct World {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) journal: Journal,
    pub(crate) keep_journal: bool,
    state: Mutex<State>,
}

/// What changes.
pub(crate) struct State {
    pub(crate) steps: HashMap<(String, String), VecDeque<Answer>>,
    pub(crate) standing: HashMap<(String, String), Answer>,
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) grants: HashMap<String, AuthCode>,
    pub(crate) tokens: Tokens,
    pub(crate) refreshes: Refreshes,
    pub(crate) refresh_delay: Duration,
    /// How much later every unscripted answer leaves.
    pub(crate) answer_delay: Duration,
    pub(crate) keys: HashSet<String>,
    pub(crate) canaries: Vec<String>,
    pub(crate) counter: u64,
    pub(crate) approve_everything: bool,
    pub(crate) code_expiry: Option<Value>,
    pub(crate) token_expiry: Option<Value>,
    pub(crate) account: String,
    pub(crate) recordings: HashMap<String, PathBuf>,
    /// What the models call; the first tool on offer without it.
    pub(crate) tool_calls: Option<ToolCalls>,
    /// How the answers of the models break off.
    pub(crate) breaks: Option<Break>,
}

/// A user code that waits for the person.
#[derive(Clone)]
pub(crate) struct Code {
    pub(crate) issuer: &'static str,
    /// Device code or device id that polls with it.
    pub(crate) device: String,
    pub(crate) challenge: Option<String>,
    pub(crate) verifier: String,
    pub(crate) decision: Decision,
    pub(crate) expires: UnixMs,
    pub(crate) account: String,
}

/// What the person did with a code.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Open,
    Approved,
    Denied,
    Used,
}

/// An authorization code.
#[derive(Clone)]
pub(crate) struct AuthCode {
    pub(crate) issuer: &'static str,
    /// `state` of the authorize link; empty where the dialect has none.
    pub(crate) state: String,
    pub(crate) challenge: String,
    pub(crate) redirect: String,
    pub(crate) account: String,
    pub(crate) used: bool,
}

impl World {
    pub(crate) fn new(clock: Arc<dyn Clock>, token_life: Duration, keep_journal: bool) -> Self {
        Self {
            clock,
            journal: Journal::default(),
            keep_journal,
            state: Mutex::new(State {
                steps: HashMap::new(),
                standing: HashMap::new(),
                codes: HashMap::new(),
                grants: HashMap::new(),
                tokens: Tokens::new(token_life),
                refreshes: Refreshes::default(),
                refresh_delay: Duration::ZERO,
                answer_delay: Duration::ZERO,
                keys: HashSet::new(),
                canaries: Vec::new(),
                counter: 0,
                approve_everything: false,
                code_expiry: None,
                token_expiry: None,
                account: "person".to_owned(),
                recordings: HashMap::new(),
                tool_calls: None,
                breaks: None,
            }),
        }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// A secret that a sweep over logs and files recognises.
    pub(crate) fn secret(&mut self, kind: &str) -> String {
        let mut bytes = [0; 18];
        OsRandom.fill(&mut bytes);
        self.counter += 1;
        let text = format!("canary-{kind}-{}-{}", self.counter, URL_SAFE_NO_PAD.encode(bytes));
        self.canaries.push(text.clone());
        text
    }

    /// Keeps a new user code and gives it back.
    pub(crate) fn open_code(
        &mut self,
        issuer: &'static str,
        device: &str,
        challenge: Option<String>,
        verifier: &str,
        expires: UnixMs,
    ) -> String {
        let user_code = user_code();
        let decision = if self.approve_everything {
            Decision::Approved
        } else {
            Decision::Open
        };
        let code = Code {
            issuer,
            device: device.to_owned(),
            challenge,
            verifier: verifier.to_owned(),
            decision,
            expires,
            account: self.account.clone(),
        };
        self.codes.insert(user_code.clone(), code);
        user_code
    }
}

/// The S256 challenge of a verifier (RFC 7636 section 4.2).
pub(crate) fn challenge_of(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}

/// A code for people: four letters, a dash, four letters.
fn user_code() -> String {
    const LETTERS: &[u8] = b"BCDFGHJKLMNPQRSTVWXZ";
    let mut bytes = [0; 8];
    OsRandom.fill(&mut bytes);
    let letters: String = bytes
        .iter()
        .map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()]))
        .collect();
    format!("{}-{}", &letters[..4], &letters[4..])
}
