//! `hermes drill`: the real walk against simulated providers, in throw-away lab homes. A drill ends with 0 only if what it tells
//! was measured.

mod crash;
mod limit;
mod login;
mod reuse;
mod two_machines;

use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use hermes_catalog::{LoginFlow, Provider};
use hermes_core::{Clock as _, CredentialId, Env, ExitKind, LabClock, SystemClock, UnixMs};
use hermes_oauth::{Challenge, Input, StartOptions};
use hermes_pool::{Finished, Progress};
use hermes_sim::{Sim, SimOptions};
use hermes_text::cli::drill as words;
use hermes_text::{Lang, Word};
use owo_colors::{OwoColorize as _, Style};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use super::chat::{self, Question};
use crate::app::App;
use crate::args::Drill;
use crate::failure::{Failure, Outcome};
use crate::printer::Printer;
use crate::safe::term_safe;

/// Life of an access token that a drill lets end.
const TOKEN_LIFE: Duration = Duration::from_hours(1);

pub(super) async fn run(app: &App<'_>, scenario: Drill) -> Outcome {
    let stage = Stage::open(app.printer).await?;
    let played = match scenario {
        Drill::Login => login::play(&stage).await,
        Drill::Reuse => reuse::play(&stage).await,
        Drill::Limit => limit::play(&stage).await,
        Drill::Crash => crash::play(&stage).await,
        Drill::TwoMachines => two_machines::play(&stage).await,
    };
    let removed = stage
        .folder
        .close()
        .map_err(|error| Failure::io(words::not_removed, &error));
    let result = played?;
    removed?;
    if app.printer.is_json() {
        app.printer.json(&result);
    }
    Ok(0)
}

/// What every drill plays on: the providers, a folder for homes, and somebody who tells the story.
struct Stage<'a> {
    printer: &'a Printer,
    /// Whether a script listens, which gets one result at the end instead of the story.
    told: bool,
    sim: Sim,
    folder: TempDir,
    /// Where every process of the drill begins to count time.
    anchor: UnixMs,
}

/// A login of the drill and something to ask it.
struct Login {
    provider: Provider,
    id: CredentialId,
    question: Question,
}

/// How a program of the drill ended.
struct Ended {
    /// None when it was killed.
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_default()
    }

    /// What `hermes token --json` printed.
    fn token(&self) -> Option<String> {
        self.json()["token"].as_str().map(str::to_owned)
    }
}

impl<'a> Stage<'a> {
    async fn open(printer: &'a Printer) -> Result<Self, Failure> {
        let folder = tempfile::Builder::new()
            .prefix("hermes-drill-")
            .tempdir()
            .map_err(|error| Failure::io(words::no_folder, &error))?;
        let sim = Sim::start(SimOptions::default())
            .await
            .map_err(|error| Failure::io(words::no_simulation, &error))?;
        Ok(Self {
            printer,
            told: printer.is_json(),
            sim,
            folder,
            anchor: SystemClock::new().now(),
        })
    }

    fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The surroundings of a process whose clock is ahead by `later` and runs this much faster.
    fn surroundings(&self, later: Duration, speed: u32) -> Vec<(String, String)> {
        let clock = format!("+{}s,x{speed}@{}", later.as_secs(), self.anchor.as_millis());
        debug_assert!(LabClock::parse(&clock).is_ok(), "{clock}");
        [
            ("HERMES_LAB_HOSTS", self.sim.lab_hosts()),
            ("HERMES_LAB_CLOCK", clock),
            ("HERMES_LANG", self.printer.lang().tag().to_owned()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// Hermes in this process, with a home of the drill.
    fn lab(&self, home: &str, speed: u32, extra: &[(&str, &str)]) -> Result<App<'a>, Failure> {
        let mut pairs = self.surroundings(Duration::ZERO, speed);
        pairs.extend(owned(extra));
        App::new(Some(&self.home(home)), None, Env::from_pairs(pairs), self.printer)
    }

    /// This very program as a process of its own, with a home of the drill and nothing of the person's surroundings.
    fn program(
        &self,
        home: &str,
        later: Duration,
        extra: &[(&str, &str)],
        args: &[&str],
    ) -> Result<Command, Failure> {
        let program = std::env::current_exe().map_err(|error| Failure::io(words::no_program, &error))?;
        let mut command = Command::new(program);
        command
            .args(args)
            .env_clear()
            .envs(self.surroundings(later, 1))
            .envs(owned(extra))
            .env("HERMES_HOME", self.home(home))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        Ok(command)
    }

    /// Runs the program to its end.
    async fn hermes(
        &self,
        home: &str,
        later: Duration,
        extra: &[(&str, &str)],
        args: &[&str],
    ) -> Result<Ended, Failure> {
        let output = self
            .program(home, later, extra, args)?
            .output()
            .await
            .map_err(|error| Failure::io(words::not_started, &error))?;
        Ok(Ended {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// The first provider whose usual login is a code to type, which is what newcomers meet most.
    async fn provider(&self, lab: &App<'_>) -> Result<Provider, Failure> {
        let catalog = lab.catalog().await?;
        let by_code = |row: &&Provider| {
            row.login
                .first()
                .is_some_and(|one| matches!(one.flow, LoginFlow::UserCode(_)))
        };
        let found = catalog.providers().find(by_code).cloned();
        found.ok_or_else(|| failed(words::no_provider))
    }

    /// Signs in without a word. Tokens of the drill live for an hour by the clock of whoever gets them.
    async fn sign_in(&self, lab: &App<'_>, provider: &Provider, label: &str) -> Result<Finished, Failure> {
        self.sim.script().token_expiry(json!(TOKEN_LIFE.as_secs()));
        let logins = lab.pool().await?.logins();
        let (id, challenge) = logins
            .start(&provider.id, None, None, Some(label), StartOptions::default())
            .await?;
        if !approve(&self.sim, &challenge) {
            return Err(failed(words::no_approval));
        }
        loop {
            match logins.advance(id, Input::Poll).await? {
                Progress::Done(finished) => return Ok(*finished),
                Progress::Waiting { next_poll, .. } => lab.clock.sleep(next_poll).await,
            }
        }
    }

    /// The home `first` with one login that ends after an hour.
    async fn one_login(&self, extra: &[(&str, &str)]) -> Result<Login, Failure> {
        let lab = self.lab("first", 20, extra)?;
        let made = async {
            let provider = self.provider(&lab).await?;
            let id = self.sign_in(&lab, &provider, "drill").await?.saved.credential.id;
            let view = lab.pool().await?.find(&id.to_string())?;
            let (model, protocol) = chat::default_model(&lab, &view).await?;
            Ok(Login {
                provider,
                id,
                question: Question {
                    model,
                    protocol,
                    text: words::question(self.printer.lang()).to_owned(),
                },
            })
        };
        let made = made.await;
        lab.close().await;
        made
    }

    /// Calls with a refresh token so far.
    fn renewals(&self) -> usize {
        self.sim.refresh_posts().iter().map(|(_, calls)| calls).sum()
    }

    fn title<S: Display>(&self, text: impl Fn(Lang) -> S) {
        if !self.told {
            let text = text(self.printer.lang());
            self.printer
                .line(format_args!("\n{}", text.style(Style::new().bold())));
        }
    }

    fn tell<S: Display>(&self, text: impl Fn(Lang) -> S) {
        if !self.told {
            self.printer.line(text(self.printer.lang()));
        }
    }

    /// The moral at the end, apart from the rest.
    fn close<S: Display>(&self, text: impl Fn(Lang) -> S) {
        self.tell(|lang| format!("\n{}", text(lang)));
    }

    /// A command that is run now, behind what there is to say of it.
    fn command(&self, before: Word, command: &str) {
        self.tell(|lang| format!("{} $ {command}", before(lang)));
    }

    /// What a program of the drill said to people.
    fn quote(&self, ended: &Ended) {
        for line in ended.stderr.lines().filter(|line| !line.contains(" WARN ")) {
            self.tell(|_| format!("  {}", term_safe(line)));
        }
    }

    fn done<S: Display>(&self, text: impl Fn(Lang) -> S) {
        if !self.told {
            let text = text(self.printer.lang());
            self.printer.line(format_args!("{} {text}", "✓".green()));
        }
    }

    /// Something that the drill shows, after it was measured.
    fn claim<S: Display>(&self, holds: bool, text: impl Fn(Lang) -> S) -> Result<(), Failure> {
        if !holds {
            return Err(failed(|lang| words::unexpected(lang, &text(lang).to_string())));
        }
        self.done(text);
        Ok(())
    }

    /// The beginning of every story.
    fn begin<S: Display>(&self, text: impl Fn(Lang) -> S) {
        self.title(text);
        let origin = self.sim.origin();
        self.tell(|lang| words::nothing_leaves(lang, &origin));
    }
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(own).collect()
}

/// The part of the person with the browser; false where that takes more than a code.
fn approve(sim: &Sim, challenge: &Challenge) -> bool {
    match challenge {
        Challenge::Code { user_code, .. } => sim.person().approve(user_code),
        Challenge::Browser { .. } | Challenge::Key { .. } => false,
    }
}

fn failed<S: Into<String>>(text: impl Fn(Lang) -> S) -> Failure {
    Failure::new(ExitKind::Failure, "drill", text)
}

/// How a token is named in a story: enough to tell it from others, too little to use it.
fn short(token: &str) -> String {
    Sim::fingerprint(token).chars().take(8).collect()
}

/// Copies a folder with everything in it, as a backup or a machine image does.
fn copy_folder(from: &Path, to: &Path) -> Result<(), Failure> {
    let copied = |error: std::io::Error| Failure::io(words::not_copied, &error);
    fs_err::create_dir_all(to).map_err(copied)?;
    let mode = fs_err::metadata(from).map_err(copied)?.permissions();
    fs_err::set_permissions(to, mode).map_err(copied)?;
    for entry in fs_err::read_dir(from).map_err(copied)? {
        let path = entry.map_err(copied)?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy_folder(&path, &target)?;
        } else {
            fs_err::copy(&path, &target).map_err(copied)?;
        }
    }
    Ok(())
}

/// How far a process of the drill is ahead of its beginning.
fn hours(count: u64) -> Duration {
    Duration::from_hours(count)
}
