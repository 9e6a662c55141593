//! One client in front of one provider, well or failing.

use std::process::Stdio;
use std::time::Duration;

use hermes_core::{Clock as _, SystemClock};
use hermes_sim::{Answer, Break, SimOptions};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

use super::program::{Client, Seat};
use super::upstream::Upstream;
use crate::harness::Lab;

/// How long a client may take.
const PATIENCE: Duration = Duration::from_mins(3);

/// What the model says where it calls no tool.
const HELLO: &str = "Hello from the simulated model.";

/// How a provider fails.
#[derive(Clone, Copy, Debug)]
pub(super) enum Fault {
    /// With this status.
    Status(u16),
    /// In the middle of its answer.
    Break(Break),
}

impl Fault {
    /// All of them.
    pub(super) const ALL: [Self; 6] = [
        Self::Status(401),
        Self::Status(403),
        Self::Status(429),
        Self::Status(529),
        Self::Break(Break::Error),
        Self::Break(Break::Cut),
    ];

    /// Its name in the table.
    pub(super) fn name(self) -> String {
        match self {
            Self::Status(status) => status.to_string(),
            Self::Break(Break::Error) => "error event".to_owned(),
            Self::Break(Break::Cut) => "cut".to_owned(),
        }
    }

    fn befall(self, lab: &Lab, upstream: &Upstream) {
        match self {
            Self::Status(status) => {
                let kind = match status {
                    401 => "authentication_error",
                    403 => "permission_error",
                    429 => "rate_limit_error",
                    _ => "overloaded_error",
                };
                let error = json!({"type": "error", "error": {"type": kind, "message": "The simulated provider refuses."}});
                let mut answer = Answer::json(status, &error);
                if status == 429 {
                    answer = answer.header("retry-after", "1");
                }
                upstream.answer(lab, &answer);
            }
            Self::Break(how) => lab.sim.script().break_off(Some(how)),
        }
    }
}

/// One cell of the table.
pub(super) struct Case {
    client: Client,
    upstream: Upstream,
    fault: Option<Fault>,
}

/// How a case ended.
pub(super) struct Ended {
    /// What is wrong, if anything is.
    pub(super) problem: Option<String>,
    /// Requests that the provider got.
    pub(super) requests: usize,
    /// For how long the client ran.
    pub(super) took: Duration,
    /// Its exit code; none when it was ended for its slowness.
    pub(super) code: Option<i32>,
}

impl Case {
    pub(super) fn new(client: Client, upstream: Upstream) -> Self {
        Self {
            client,
            upstream,
            fault: None,
        }
    }

    pub(super) fn with(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// Runs the client in a home and a world of its own.
    pub(super) async fn run(&self) -> Ended {
        let mut lab = match self.fault {
            None => Lab::new().await,
            // Waits are to be what a client sees of them.
            Some(_) => Lab::with(SimOptions::default(), "+0s").await,
        };
        let folder = TempDir::new().expect("a folder");
        let word = word();
        fs_err::write(folder.path().join("word.txt"), format!("{word}\n")).expect("a file");
        let secret = self.upstream.sign_in(&mut lab).await;
        lab.sim.script().call_tools(Client::calls(folder.path()));
        if let Some(fault) = self.fault {
            fault.befall(&lab, &self.upstream);
        }
        let up = lab.up().await;
        let seat = Seat {
            folder: folder.path().to_path_buf(),
            base: up.base.clone(),
            key: up.key.clone(),
            model: self.upstream.model(),
        };
        let clock = SystemClock::new();
        let started = clock.monotonic();
        let (code, text) = run(self.client.command(&seat)).await;
        let mut ended = Ended {
            problem: None,
            requests: self.upstream.requests(&lab),
            took: clock.monotonic().saturating_sub(started),
            code,
        };
        ended.problem = self.problem(&ended, &text, &word).or_else(|| {
            let told = secret.is_some_and(|secret| text.contains(&secret));
            told.then(|| "it shows the provider's key".to_owned())
        });
        ended
    }

    fn problem(&self, ended: &Ended, text: &str, word: &str) -> Option<String> {
        let wanted = if self.client.tools { word } else { HELLO };
        let least = if self.client.tools { 2 } else { 1 };
        let problem = match (self.fault, ended.code) {
            (_, None) => "it did not end",
            (None, _) if !text.contains(wanted) => "the word is not in its answer",
            (None, _) if ended.requests < least => "the provider was not asked",
            (Some(_), Some(0)) if !tells_an_error(text) => "it tells no error",
            (Some(_), _) if ended.requests == 0 => "the provider was not asked",
            _ => return None,
        };
        Some(format!(
            "{problem} ({:?}, {} requests): {}",
            ended.code,
            ended.requests,
            tail(text)
        ))
    }
}

fn tells_an_error(text: &str) -> bool {
    let text = text.to_lowercase();
    ["error", "fail", "overloaded", "refuses", "interrupted"]
        .iter()
        .any(|word| text.contains(word))
}

/// Its exit code and all that it printed. One that is too slow is ended with all that it started.
async fn run(mut command: Command) -> (Option<i32>, String) {
    let output = tempfile::NamedTempFile::new().expect("a file");
    let append = || {
        let file = fs_err::OpenOptions::new().append(true).open(output.path());
        Stdio::from(file.expect("a file").into_parts().0)
    };
    let mut child = command
        .stdin(Stdio::null())
        .stdout(append())
        .stderr(append())
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .expect("the client starts");
    let id = child.id().expect("running");
    let status = tokio::time::timeout(PATIENCE, child.wait()).await;
    let code = status
        .ok()
        .map(|status| status.expect("a status").code().unwrap_or(-1));
    // What it left behind in its group.
    let _ = std::process::Command::new("kill")
        .args(["-9", "--", &format!("-{id}")])
        .stderr(Stdio::null())
        .status();
    let text = fs_err::read(output.path()).expect("the output");
    (code, String::from_utf8_lossy(&text).into_owned())
}

/// A word that nobody can guess.
fn word() -> String {
    use hermes_core::{OsRandom, Random as _};
    let mut bytes = [0; 12];
    OsRandom.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}

/// The end of a text, in one line.
fn tail(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let line = words.join(" ");
    let start = line.char_indices().rev().nth(600).map_or(0, |(at, _)| at);
    line[start..].to_owned()
}
