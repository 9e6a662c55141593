//! Turns are fair over processes, and their file is private.
#![cfg(unix)]

use std::collections::HashMap;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Clock, OsRandom, ProviderId, Secret, Strategy, SystemClock};
use hermes_sim::{Postgres, PostgresOptions};
use hermes_store::{HolderChoice, NoKeyring, OpenOptions, Store};
use pretty_assertions::assert_eq;

use super::flaky::Flaky;
use super::kit::{KEY, Kit, ask, id, pool_over};
use super::spread::pool_of;
use crate::choice::turns::Turns;
use crate::{Outcome, Pool};

const FILE: &str = "tests::turns::eight_processes_take_turns_fairly_on_a_file";
const SERVER: &str = "tests::turns::eight_processes_take_turns_fairly_on_a_server";
const PROCESSES: usize = 8;
const PICKS: usize = 1000;

/// These tests start their own executable again; a child is told its home and its server by further test filters, a path and an
/// address.
fn home_of_child() -> Option<(PathBuf, Option<String>)> {
    let mut arguments = std::env::args().skip(1);
    let home = arguments.find(|argument| Path::new(argument).is_absolute())?;
    Some((PathBuf::from(home), arguments.next()))
}

async fn store_at(home: &Path, server: Option<&str>, create: bool) -> Arc<dyn Store> {
    hermes_store::open(OpenOptions {
        folder: home.join("home"),
        config_folder: home.join("home"),
        server: server.map(Secret::from),
        state_folder: None,
        create,
        lab: true,
        holder: HolderChoice::KeyFile,
        passphrase: None,
        keyring: Arc::new(NoKeyring),
        clock: Arc::new(SystemClock::new()),
        random: Arc::new(OsRandom),
    })
    .await
    .unwrap()
}

/// A pool of a process of its own over a home.
async fn pool_at(home: &Path, server: Option<&str>) -> Pool {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let store = Arc::new(Flaky::new(store_at(home, server, false).await));
    let catalog = hermes_catalog::Catalog::builtin().unwrap();
    let run = Some(home.join("home/run"));
    let pool = pool_over(&store, &clock, "http://127.0.0.1:9", catalog, HashMap::new(), run);
    pool.set_strategy(&id(KEY), Strategy::RoundRobin).await.unwrap();
    pool.reload().await.unwrap();
    pool.warm().await;
    pool
}

/// Picks; gives who was picked how often, and how long the picks took.
async fn pick(pool: &Pool, count: usize) -> (HashMap<String, usize>, Vec<Duration>) {
    let (clock, provider) = (SystemClock::new(), id(KEY));
    let (mut counts, mut times) = (HashMap::new(), Vec::with_capacity(count));
    for _ in 0..count {
        let began = clock.monotonic();
        let lease = pool.lease(&ask(&provider, &[])).await.unwrap();
        times.push(clock.monotonic().saturating_sub(began));
        *counts.entry(lease.label.to_string()).or_default() += 1;
        lease.report(Outcome::Served).await;
    }
    times.sort_unstable();
    (counts, times)
}

fn print(who: &str, times: &[Duration]) {
    let sum: Duration = times.iter().sum();
    let rate = f64::from(u32::try_from(times.len()).unwrap()) / sum.as_secs_f64();
    println!(
        "{who}: {rate:.0} picks/s, p99 {:?}",
        times[times.len() * 99 / 100]
    );
}

async fn child(home: &Path, server: Option<&str>) {
    let pool = pool_at(home, server).await;
    // All begin together.
    let clock = SystemClock::new();
    fs_err::write(home.join(format!("ready-{}", std::process::id())), "").unwrap();
    for _ in 0..10_000 {
        if home.join("go").exists() {
            break;
        }
        clock.sleep(Duration::from_millis(1)).await;
    }
    let (counts, times) = pick(&pool, PICKS).await;
    let kind = server.map_or("file", |_| "server");
    print(&format!("a process of eight on a {kind}"), &times);
    let text = serde_json::to_string(&counts).unwrap();
    fs_err::write(home.join(format!("counts-{}", std::process::id())), text).unwrap();
}

#[tokio::test]
async fn eight_processes_take_turns_fairly_on_a_file() {
    match home_of_child() {
        Some((home, server)) => child(&home, server.as_deref()).await,
        None => eight(FILE, &seven().await, None).await,
    }
}

#[tokio::test]
async fn eight_processes_take_turns_fairly_on_a_server() {
    if let Some((home, server)) = home_of_child() {
        child(&home, server.as_deref()).await;
        return;
    }
    let postgres = Postgres::start(PostgresOptions {
        binaries: binaries(),
        ..PostgresOptions::default()
    })
    .unwrap();
    postgres.create_database("turns").unwrap();
    let (kit, url) = (seven().await, postgres.url("turns"));
    let server = store_at(kit.home.path(), Some(&url), true).await;
    let logins = kit.store.export().await.unwrap();
    server.import(&logins, SystemClock::new().now()).await.unwrap();
    eight(SERVER, &kit, Some(&url)).await;
}

#[expect(clippy::disallowed_methods, reason = "tests are told where the programs are")]
fn binaries() -> Option<PathBuf> {
    std::env::var_os("HERMES_TEST_POSTGRES").map(PathBuf::from)
}

/// A number that does not divide what one process picks, so that turns of its own would show.
async fn seven() -> Kit {
    pool_of(&["a", "b", "c", "d", "e", "f", "g"], Strategy::RoundRobin).await
}

async fn eight(test: &str, kit: &Kit, server: Option<&str>) {
    let home = kit.home.path();
    let children: Vec<_> = (0..PROCESSES)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args([test, "--exact", "--nocapture"])
                .arg(home)
                .args(server)
                .stdout(Stdio::inherit())
                .stderr(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for _ in 0..1000 {
        if files(home, "ready-").len() == PROCESSES {
            break;
        }
        SystemClock::new().sleep(Duration::from_millis(20)).await;
    }
    fs_err::write(home.join("go"), "").unwrap();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    check_shares(home);
}

fn check_shares(home: &Path) {
    let mut sums: HashMap<String, usize> = HashMap::new();
    for path in files(home, "counts-") {
        let one: HashMap<String, usize> = serde_json::from_slice(&fs_err::read(path).unwrap()).unwrap();
        for (label, count) in one {
            *sums.entry(label).or_default() += count;
        }
    }
    let share = PROCESSES * PICKS / 7;
    assert_eq!(sums.values().sum::<usize>(), PROCESSES * PICKS);
    assert_eq!(sums.len(), 7);
    for (label, count) in &sums {
        assert!(count.abs_diff(share) <= 1, "{label}: {count} of {share}");
    }
}

fn files(home: &Path, beginning: &str) -> Vec<PathBuf> {
    let entries = fs_err::read_dir(home).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(beginning))
        .collect()
}

#[tokio::test]
async fn picks_of_one_process_are_quick_enough_to_print() {
    let kit = pool_of(&["a", "b", "c", "d", "e"], Strategy::RoundRobin).await;
    let (counts, times) = pick(&kit.pool, 5000).await;
    print("one process", &times);
    assert!(counts.values().all(|count| *count == 1000), "{counts:?}");
}

fn turns(run: &Path) -> Turns {
    Turns::new(Some(run), &ProviderId::new("lab"))
}

#[test]
fn turns_of_two_holders_are_one_row_in_a_private_file() {
    let home = tempfile::tempdir().unwrap();
    let run = home.path().join("run");
    let (one, other) = (turns(&run), turns(&run));
    let row: Vec<_> = (0..3).flat_map(|_| [one.next(), other.next()]).collect();
    assert_eq!(row, [0, 1, 2, 3, 4, 5]);
    let mode = |path: &Path| fs_err::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!((mode(&run), mode(&run.join("turns"))), (0o700, 0o700));
    for entry in fs_err::read_dir(run.join("turns")).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
}

#[test]
fn link_or_open_folder_is_not_used() {
    let home = tempfile::tempdir().unwrap();
    let run = home.path().join("run");
    assert_eq!(turns(&run).next(), 0);
    let file = fs_err::read_dir(run.join("turns"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let target = home.path().join("target");
    fs_err::write(&target, "precious").unwrap();
    fs_err::set_permissions(&target, PermissionsExt::from_mode(0o600)).unwrap();
    fs_err::remove_file(&file).unwrap();
    symlink(&target, &file).unwrap();
    let (one, other) = (turns(&run), turns(&run));
    assert_eq!([one.next(), one.next(), other.next()], [0, 1, 0]);
    assert_eq!(fs_err::read_to_string(&target).unwrap(), "precious");

    fs_err::remove_file(&file).unwrap();
    fs_err::set_permissions(run.join("turns"), PermissionsExt::from_mode(0o755)).unwrap();
    assert_eq!(turns(&run).next(), 0);
    assert!(!file.exists());
}

#[test]
fn file_begins_anew_after_a_lap() {
    let home = tempfile::tempdir().unwrap();
    let run = home.path().join("run");
    let turns = turns(&run);
    turns.next();
    let file = fs_err::read_dir(run.join("turns"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    fs_err::OpenOptions::new()
        .write(true)
        .open(&file)
        .unwrap()
        .set_len(720_719)
        .unwrap();
    assert_eq!([turns.next(), turns.next(), turns.next()], [720_719, 0, 1]);
}
