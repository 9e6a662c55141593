use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use pretty_assertions::assert_eq;
use rstest::rstest;

use crate::postgres::newest;
use crate::service::{RunAs, finish, ids};
use crate::{PgBouncer, PgBouncerOptions, Postgres, PostgresOptions};

#[expect(clippy::disallowed_methods, reason = "tests are told where the programs are")]
fn told(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

fn options() -> PostgresOptions {
    PostgresOptions {
        binaries: told("HERMES_TEST_POSTGRES"),
        ..PostgresOptions::default()
    }
}

fn binaries() -> PathBuf {
    told("HERMES_TEST_POSTGRES").unwrap_or_else(|| newest("/usr/lib/postgresql".as_ref()).unwrap())
}

/// The server that tests share which do not stop it.
fn shared() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| Postgres::start(options()).unwrap())
}

fn pooler(default_pool_size: u16) -> PgBouncer {
    let options = PgBouncerOptions {
        program: told("HERMES_TEST_PGBOUNCER"),
        default_pool_size,
    };
    PgBouncer::start(shared(), options).unwrap()
}

fn psql(url: &str, sql: &str) -> Command {
    let mut command = Command::new(binaries().join("psql"));
    command.args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql, url]);
    command
}

fn query(url: &str, sql: &str) -> String {
    finish(&mut psql(url, sql)).unwrap().trim_end().to_owned()
}

#[test]
fn server_writes_durably_and_listens_on_its_socket_only() {
    let server = shared();
    for (name, value) in [
        ("fsync", "on"),
        ("synchronous_commit", "on"),
        ("max_connections", "120"),
        ("listen_addresses", ""),
        ("log_min_messages", "fatal"),
    ] {
        assert_eq!(
            server.sql("postgres", &format!("SHOW {name}")).unwrap(),
            value,
            "{name}"
        );
    }
    assert!(server.socket().exists() && server.socket().as_os_str().len() < 100);
    assert_eq!(server.address(), None);
}

#[test]
fn settings_asked_for_are_the_servers() {
    let options = PostgresOptions {
        tcp: true,
        max_connections: 17,
        ..options()
    };
    let server = Postgres::start(options).unwrap();
    assert_eq!(server.sql("postgres", "SHOW max_connections").unwrap(), "17");
    let url = server.url_through(server.address().unwrap(), "postgres");
    assert_eq!(
        query(&url, "SELECT inet_server_port()"),
        server.port().to_string()
    );
}

#[test]
fn databases_are_apart() {
    let server = shared();
    for name in ["apart_1", "apart_2"] {
        server.create_database(name).unwrap();
        server.sql(name, "CREATE TABLE one (id int)").unwrap();
    }
    let url = server.url("apart_1");
    assert_eq!(
        query(&url, "INSERT INTO one VALUES (7), (8); SELECT * FROM one"),
        "7\n8"
    );
    assert_eq!(server.sql("apart_2", "SELECT count(*) FROM one").unwrap(), "0");
    let taken = server.create_database("apart_1").unwrap_err().to_string();
    assert!(taken.contains("already exists"), "{taken}");
}

#[rstest]
#[case::empty("")]
#[case::quote("a\"b")]
#[case::dash("a-b")]
#[case::letter_outside_ascii("é")]
fn database_name_of_other_characters_is_refused(#[case] name: &str) {
    let error = shared().create_database(name).unwrap_err();
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
}

#[test]
fn crash_loses_open_work_and_keeps_committed_work() {
    let server = Postgres::start(options()).unwrap();
    server
        .sql(
            "postgres",
            "CREATE TABLE one (id int); INSERT INTO one VALUES (1)",
        )
        .unwrap();
    let mut open = psql(
        &server.url("postgres"),
        "BEGIN; INSERT INTO one VALUES (2); SELECT pg_sleep(60)",
    );
    let mut open = open.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    until(|| {
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
        server.sql("postgres", waiting).unwrap() == "1"
    });
    server.stop_immediate().unwrap();
    assert!(!open.wait().unwrap().success(), "the open connection was cut");
    server.sql("postgres", "SELECT 1").unwrap_err();
    server.stop_immediate().unwrap();
    server.restart().unwrap();
    assert_eq!(server.sql("postgres", "SELECT id FROM one").unwrap(), "1");
    server.restart().unwrap();
    assert_eq!(server.sql("postgres", "SELECT id FROM one").unwrap(), "1");
}

#[test]
fn failover_goes_back_to_the_backup_on_a_timeline_of_its_own() {
    let server = Postgres::start(options()).unwrap();
    let rows = || server.sql("postgres", "SELECT id FROM one ORDER BY id").unwrap();
    let timeline = || {
        let file = "SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)";
        server.sql("postgres", file).unwrap()
    };
    let add = |id: u32| {
        server
            .sql("postgres", &format!("INSERT INTO one VALUES ({id})"))
            .unwrap()
    };
    server.sql("postgres", "CREATE TABLE one (id int)").unwrap();
    add(1);
    let backup = server.base_backup().unwrap();
    add(2);
    assert_eq!((rows().as_str(), timeline().as_str()), ("1\n2", "00000001"));
    server.promote_from(&backup).unwrap();
    assert_eq!((rows().as_str(), timeline().as_str()), ("1", "00000002"));
    assert_eq!(server.sql("postgres", "SELECT pg_is_in_recovery()").unwrap(), "f");
    add(3);
    server.promote_from(&backup).unwrap();
    assert_eq!((rows().as_str(), timeline().as_str()), ("1", "00000003"));
    server.stop_immediate().unwrap();
    server.restart().unwrap();
    assert_eq!((rows().as_str(), timeline().as_str()), ("1", "00000003"));
}

#[test]
fn dropped_server_is_gone_with_its_folder() {
    let server = Postgres::start(options()).unwrap();
    let folder = server.socket_folder().to_owned();
    let first = fs_err::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    let process = PathBuf::from(format!("/proc/{}/stat", first.lines().next().unwrap()));
    drop(server);
    assert!(!folder.exists());
    until(|| fs_err::read_to_string(&process).map_or(true, |stat| stat.contains(") Z ")));
}

#[test]
fn server_without_binaries_says_what_is_missing() {
    let nowhere = tempfile::tempdir().unwrap();
    let error = newest(nowhere.path()).unwrap_err();
    assert_eq!(error.to_string(), "no PostgreSQL server is installed");
    let options = PostgresOptions {
        binaries: Some(nowhere.path().to_owned()),
        ..options()
    };
    Postgres::start(options).unwrap_err();
}

#[test]
fn newest_version_is_taken_by_number() {
    let versions = tempfile::tempdir().unwrap();
    for (version, program) in [
        ("9", "postgres"),
        ("15", "postgres"),
        ("17", "psql"),
        ("x", "postgres"),
    ] {
        let folder = versions.path().join(version).join("bin");
        fs_err::create_dir_all(&folder).unwrap();
        fs_err::write(folder.join(program), "").unwrap();
    }
    assert_eq!(newest(versions.path()).unwrap(), versions.path().join("15/bin"));
}

#[rstest]
#[case::found("nobody", Some((65534, 65533)))]
#[case::part_of_a_name("body", None)]
#[case::not_a_number("odd", None)]
fn user_is_found_by_its_whole_name(#[case] name: &str, #[case] found: Option<(u32, u32)>) {
    let users =
        "root:x:0:0:root:/root:/bin/bash\nodd:x:a:b:::\nnobody:x:65534:65533:nobody:/:/usr/sbin/nologin\n";
    assert_eq!(ids(users, name), found);
}

#[test]
fn pooler_gives_many_clients_few_connections() {
    let pooler = pooler(2);
    shared().create_database("pooled").unwrap();
    let url = pooler.url("pooled");
    let ask = "SELECT pg_backend_pid() FROM pg_sleep(0.1)";
    let clients: Vec<Child> = (0..8)
        .map(|_| psql(&url, ask).stdout(Stdio::piped()).spawn().unwrap())
        .collect();
    let mut servers: Vec<_> = clients
        .into_iter()
        .map(|client| {
            let output = client.wait_with_output().unwrap();
            assert!(output.status.success());
            output.stdout
        })
        .collect();
    servers.sort();
    servers.dedup();
    assert!((1..=2).contains(&servers.len()), "{}", servers.len());
}

#[test]
fn pooler_hands_each_transaction_to_any_connection() {
    let pooler = pooler(1);
    shared().create_database("shifted").unwrap();
    let url = pooler.url("shifted");
    query(&url, "SET lock_timeout = '77s'");
    let seen = query(&url, "SHOW lock_timeout");
    assert_eq!(
        seen, "77s",
        "a setting of one client is left behind for the next one"
    );
}

#[test]
fn dropped_pooler_is_gone_and_one_that_cannot_start_says_why() {
    let pooler = pooler(1);
    let url = pooler.url("postgres");
    assert_eq!(query(&url, "SELECT 1"), "1");
    drop(pooler);
    assert!(!psql(&url, "SELECT 1").output().unwrap().status.success());
    let options = PgBouncerOptions {
        program: Some("/bin/false".into()),
        ..PgBouncerOptions::default()
    };
    let error = PgBouncer::start(shared(), options).unwrap_err().to_string();
    assert!(error.contains("/bin/false does not run"), "{error}");
}

#[test]
fn program_runs_as_another_user_than_root() {
    let run_as = RunAs::find().unwrap();
    let user = finish(run_as.command("id".as_ref()).arg("-u")).unwrap();
    assert_ne!(user.trim(), "0");
}

#[expect(clippy::disallowed_methods, reason = "another process is waited for")]
fn until(mut done: impl FnMut() -> bool) {
    for _ in 0..500 {
        if done() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("it did not happen within ten seconds");
}
