//! Custody: one renewal for everybody, and no login lost, whatever dies, stops or goes away meanwhile. With a file and with a
//! server.

mod copies;
mod herd;
mod journal;
mod kills;
mod network;
mod outages;
mod stops;
mod strict;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use hermes_core::{Clock, SystemClock};
use hermes_sim::{Postgres, PostgresOptions, Sim, SimOptions};
use serde_json::Value;
use tokio::process::Command;

use crate::harness::{Done, Lab, ended};

/// The provider that most of these tests sign in to.
const PROVIDER: &str = "minimax-oauth";
/// Its token endpoint.
const TOKEN: (&str, &str) = ("account.minimax.io", "/oauth2/token");

/// Where the logins are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    File,
    Server,
}

/// The server that all tests of this program share; it ends with the program.
fn server() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(start_server)
}

fn start_server() -> Postgres {
    Postgres::start(PostgresOptions {
        binaries: binaries(),
        max_connections: 300,
        ..PostgresOptions::default()
    })
    .expect("PostgreSQL starts")
}

fn binaries() -> Option<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the test command has put the tools"
    )]
    std::env::var_os("HERMES_TEST_POSTGRES").map(PathBuf::from)
}

/// A new database of the shared server.
fn database() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let name = format!(
        "custody_{}_{}",
        std::process::id(),
        NUMBER.fetch_add(1, Ordering::Relaxed)
    );
    server().create_database(&name).expect("a database");
    server().url(&name)
}

/// One login in one store, and the machines that use it.
struct Custody {
    lab: Lab,
}

impl Custody {
    /// A lab whose clock runs as outside.
    async fn new(kind: Kind) -> Self {
        Self::with(kind, SimOptions::default()).await
    }

    async fn with(kind: Kind, options: SimOptions) -> Self {
        let store = (kind == Kind::Server).then(database);
        Self::over(store, options).await
    }

    /// Over a database at an address, such as that of a proxy.
    async fn over(store: Option<String>, options: SimOptions) -> Self {
        let mut lab = Lab::with(options, "+0s").await;
        if let Some(store) = &store {
            lab.set("HERMES_STORE", store);
        }
        Self { lab }
    }

    fn sim(&self) -> &Sim {
        &self.lab.sim
    }

    /// Signs in; the token ends after a second, the ones after it live for the usual time.
    async fn sign_in_with_a_short_token(&self) {
        self.sim().script().token_expiry(1.into());
        let done = self.lab.sign_in_at_once(&["auth", "add", PROVIDER]).await;
        assert_eq!(done.code, 0, "{done:?}");
        self.sim().script().token_expiry(900.into());
        wait(Duration::from_millis(1100)).await;
    }

    /// Signs in; tokens live for a quarter of an hour.
    async fn sign_in(&self) {
        self.sim().script().token_expiry(900.into());
        let done = self.lab.sign_in_at_once(&["auth", "add", PROVIDER]).await;
        assert_eq!(done.code, 0, "{done:?}");
    }

    /// The program with its clock put forward.
    fn command(&self, args: &[&str], shift_s: u64) -> Command {
        let mut command = self.lab.command(args);
        command.env("HERMES_LAB_CLOCK", format!("+{shift_s}s"));
        command
    }

    /// Runs the program with its clock put forward.
    async fn run(&self, args: &[&str], shift_s: u64) -> Done {
        ended(self.command(args, shift_s)).await
    }

    /// Runs it and takes its JSON apart.
    async fn json(&self, args: &[&str], shift_s: u64) -> Value {
        let done = self.run(args, shift_s).await;
        serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}: {done:?}"))
    }

    /// Runs the program with a strike at a point of the renewal.
    async fn struck(&self, fault: &str, shift_s: u64) -> Done {
        let mut command = self.command(&["token", PROVIDER], shift_s);
        command.env("HERMES_LAB_FAULT", fault);
        ended(command).await
    }

    /// Token calls that spend a refresh token, as often as they came.
    fn refreshes(&self) -> usize {
        self.sim().refresh_posts().iter().map(|(_, count)| count).sum()
    }

    /// The one login as `auth status` tells it.
    async fn login(&self, shift_s: u64) -> Value {
        let told = self.json(&["auth", "list", "--json"], shift_s).await;
        told["credentials"][0].clone()
    }

    /// The latest events of the login, newest first.
    async fn events(&self, shift_s: u64) -> Vec<Value> {
        let told = self
            .json(&["auth", "status", PROVIDER, "-v", "--json"], shift_s)
            .await;
        let events = told["credentials"][0]["events"].as_array();
        events.unwrap_or_else(|| panic!("no events: {told}")).clone()
    }
}

/// Tells a figure of the run to whoever asked for it with `--nocapture`.
#[expect(clippy::print_stdout, reason = "figures are what a long run is for")]
fn tell(words: &str) {
    println!("{words}");
}

/// Waits for real: these tests are about processes that the machine runs.
async fn wait(span: Duration) {
    SystemClock::new().sleep(span).await;
}

/// Copies a folder with everything in it, as a person would.
fn copy_folder(from: &Path, to: &Path) {
    let done = std::process::Command::new("cp")
        .args(["-a", "--"])
        .args([from, to])
        .status();
    assert!(done.expect("cp runs").success());
}
