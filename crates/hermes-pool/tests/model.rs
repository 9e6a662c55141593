//! The model of the refresh state machine, checked by Spin: what is required holds over every interleaving, and each rule that is
//! taken away breaks what it is there for.
//!
//! The model has two holders and knows safety only; it takes for granted that "the holder is gone" is known exactly and that the
//! provider accepts each refresh token once.
#![cfg(unix)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Rows that run at the same time.
const AT_ONCE: usize = 2;

/// The rules as they are, and no fault.
const GOOD: &[(&str, u8)] = &[
    ("N", 2),
    ("ROUNDS", 2),
    ("NONCE", 1),
    ("GENCAS", 1),
    ("FENCE_OK", 0),
    ("FAILGUARD", 1),
    ("JOURNAL", 1),
    ("SPILL", 1),
    ("QUAR", 1),
    ("REPLAY", 2),
    ("CRASH", 0),
    ("LOSS", 0),
    ("FAILOVER", 0),
    ("RELOGIN", 0),
];

/// One run of the checker.
struct Row {
    name: &'static str,
    /// What differs from [`GOOD`].
    changes: &'static [(&'static str, u8)],
    /// Asserted together.
    properties: &'static [&'static str],
    holds: bool,
}

const fn holds(
    name: &'static str,
    changes: &'static [(&'static str, u8)],
    properties: &'static [&'static str],
) -> Row {
    Row {
        name,
        changes,
        properties,
        holds: true,
    }
}

/// One row for each property, since a run ends at the first violation.
const fn breaks(
    name: &'static str,
    changes: &'static [(&'static str, u8)],
    property: &'static [&'static str],
) -> Row {
    Row {
        name,
        changes,
        properties: property,
        holds: false,
    }
}

/// No refresh token is sent twice.
const ONCE: &[&str] = &["P_DUP"];
/// No refresh token is sent three times.
const TWICE: &[&str] = &["P_MAX2"];
/// Never do two refresh calls run at once.
const APART: &[&str] = &["P_OVERLAP"];
/// The live token is in the store and not declared dead, unless a crash hit the one open window or a message was lost.
const LOGIN: &[&str] = &["P_LOGIN"];
/// The same without a look at whether it was declared dead.
const TOKEN: &[&str] = &["P_TOKEN"];
/// A person's new login is never overwritten.
const RELOGIN: &[&str] = &["P_RELOGIN"];

const ALWAYS: &[&str] = &["P_DUP", "P_MAX2", "P_OVERLAP", "P_LOGIN", "P_TOKEN"];
/// A holder that is gone, or an answer that is lost, makes a second post of the same token right.
const WITH_REPLAY: &[&str] = &["P_MAX2", "P_OVERLAP", "P_LOGIN", "P_TOKEN"];
const WITH_PERSON: &[&str] = &["P_MAX2", "P_OVERLAP", "P_LOGIN", "P_TOKEN", "P_RELOGIN"];

const REQUIRED: &[Row] = &[
    holds("no fault", &[], ALWAYS),
    holds("no fault, three rounds", &[("ROUNDS", 3)], ALWAYS),
    holds("a crash", &[("CRASH", 1)], WITH_REPLAY),
    holds("a lost message", &[("LOSS", 1)], WITH_REPLAY),
    holds(
        "a crash and a lost message",
        &[("CRASH", 1), ("LOSS", 1)],
        WITH_REPLAY,
    ),
    holds("a failover", &[("FAILOVER", 1)], ALWAYS),
    holds(
        "a failover and a lost message",
        &[("FAILOVER", 1), ("LOSS", 1)],
        WITH_REPLAY,
    ),
    holds(
        "a new login, a crash and a lost message",
        &[("RELOGIN", 1), ("CRASH", 1), ("LOSS", 1)],
        WITH_PERSON,
    ),
    holds(
        "a new login and a failover",
        &[("RELOGIN", 1), ("FAILOVER", 1)],
        WITH_PERSON,
    ),
    // The rules hold the new login even where another broken rule makes late calls common.
    holds(
        "a new login, tokens never sent again",
        &[("RELOGIN", 1), ("REPLAY", 0)],
        RELOGIN,
    ),
    holds(
        "a new login, tokens sent again too early",
        &[("RELOGIN", 1), ("REPLAY", 1)],
        RELOGIN,
    ),
];

const NO_JOURNAL: &[(&str, u8)] = &[("JOURNAL", 0)];
const EARLY_REPLAY: &[(&str, u8)] = &[("REPLAY", 1)];
const FENCED_SUCCESS: &[(&str, u8)] = &[("FENCE_OK", 1), ("CRASH", 1)];
const NO_GENERATION: &[(&str, u8)] = &[("GENCAS", 0), ("RELOGIN", 1), ("REPLAY", 0)];
const FREE_FAILURE: &[(&str, u8)] = &[("FAILGUARD", 0), ("REPLAY", 1), ("RELOGIN", 1)];
const NO_SPILL: &[(&str, u8)] = &[("SPILL", 0), ("FAILOVER", 1)];
const NO_QUARANTINE: &[(&str, u8)] = &[("QUAR", 0), ("FAILOVER", 1)];
const NO_NONCE: &[(&str, u8)] = &[("NONCE", 0), ("FAILOVER", 1)];

const BROKEN: &[Row] = &[
    breaks("a late success is thrown away", FENCED_SUCCESS, LOGIN),
    breaks("a late success is thrown away", FENCED_SUCCESS, TOKEN),
    breaks("no mark before the call", NO_JOURNAL, ONCE),
    breaks("no mark before the call", NO_JOURNAL, TWICE),
    breaks("no mark before the call", NO_JOURNAL, APART),
    breaks("no mark before the call", NO_JOURNAL, LOGIN),
    breaks("sent again while the holder lives", EARLY_REPLAY, ONCE),
    breaks("sent again while the holder lives", EARLY_REPLAY, APART),
    breaks("sent again while the holder lives", EARLY_REPLAY, LOGIN),
    breaks("a success is committed on any generation", NO_GENERATION, RELOGIN),
    breaks("a failure is written by anyone", FREE_FAILURE, ONCE),
    breaks("a failure is written by anyone", FREE_FAILURE, APART),
    breaks("a failure is written by anyone", FREE_FAILURE, LOGIN),
    breaks("a failure is written by anyone", FREE_FAILURE, RELOGIN),
    breaks("no copy on the holder's disk", NO_SPILL, LOGIN),
    breaks("no wait after a failover", NO_QUARANTINE, LOGIN),
    breaks("attempts are numbered, not drawn", NO_NONCE, LOGIN),
];

/// A misspelt knob would change nothing, and a misspelt property would hold.
#[test]
fn rows_name_knobs_and_properties_of_the_model() {
    let model = fs_err::read_to_string(model()).expect("the model");
    for row in REQUIRED.iter().chain(BROKEN) {
        for (knob, _) in row.changes {
            assert!(GOOD.iter().any(|(name, _)| name == knob), "{}: {knob}", row.name);
        }
        for property in row.properties {
            let guard = format!("#ifdef {property}\n");
            assert!(model.contains(&guard), "{}: {property}", row.name);
        }
    }
    for (knob, _) in GOOD {
        let used = |byte: char| !(byte.is_alphanumeric() || byte == '_');
        assert!(model.split(used).any(|word| word == *knob), "{knob}");
    }
}

#[test]
fn model_holds_what_is_required_and_finds_every_broken_rule() {
    let rows: Vec<&Row> = REQUIRED.iter().chain(BROKEN).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut wrong = Vec::new();
        while let Some(row) = rows.get(next.fetch_add(1, Ordering::Relaxed)) {
            wrong.extend(check(row).err());
        }
        wrong
    };
    let wrong: Vec<String> = thread::scope(|scope| {
        let workers: Vec<_> = (0..AT_ONCE).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a worker"))
            .collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// Whether a row ends as it should; what the checker said otherwise.
fn check(row: &Row) -> Result<(), String> {
    let said = explore(row);
    let searched = said.contains("State-vector") && !said.contains("max search depth too small");
    let found = said.contains("assertion violated");
    let clean = said.contains("errors: 0");
    let right = if row.holds {
        searched && clean && !found
    } else {
        searched && found && !clean
    };
    if right {
        return Ok(());
    }
    let wanted = if row.holds { "should hold" } else { "should break" };
    Err(format!("{}: {:?} {wanted}:\n{said}", row.name, row.properties))
}

/// Searches every state of a row: what the checker printed.
fn explore(row: &Row) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let changed = |name: &str| row.changes.iter().find(|(one, _)| *one == name);
    let knobs = GOOD.iter().map(|good| {
        let (name, value) = changed(good.0).unwrap_or(good);
        format!("-D{name}={value}")
    });
    let properties = row.properties.iter().map(|name| format!("-D{name}"));
    let here = |command: &mut Command| said(command.current_dir(folder.path()));
    let spin = here(
        Command::new(spin())
            .arg("-a")
            .args(knobs)
            .args(properties)
            .arg(model()),
    );
    let compiler =
        here(Command::new("cc").args(["-O1", "-w", "-DSAFETY", "-DVECTORSZ=2048", "-o", "pan", "pan.c"]));
    let search = here(Command::new(folder.path().join("pan")).args(["-m200000", "-w22"]));
    format!("{spin}{compiler}{search}")
}

fn model() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/model/refresh.pml")
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        let program = command.get_program().to_string_lossy();
        panic!("`{program}` could not be started: {error}; `cargo xtask test` installs it")
    });
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&text).into_owned()
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is how the test command tells where its tools are"
)]
fn spin() -> String {
    std::env::var("HERMES_TEST_SPIN").unwrap_or_else(|_| "spin".to_owned())
}
