//! The server that the tests of a binary share, with a database for each test.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use hermes_sim::{Postgres, PostgresOptions};

#[expect(clippy::disallowed_methods, reason = "tests are told where the programs are")]
pub(crate) fn told(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

pub(crate) fn options() -> PostgresOptions {
    PostgresOptions {
        binaries: told("HERMES_TEST_POSTGRES"),
        ..PostgresOptions::default()
    }
}

pub(crate) fn shared() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| Postgres::start(options()).unwrap())
}

/// A database of the shared server; it goes with this value.
pub(crate) struct Database {
    pub(crate) name: String,
}

impl Database {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("test_{}", COUNT.fetch_add(1, Ordering::Relaxed));
        shared().create_database(&name).unwrap();
        Self { name }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // What is left goes with the server.
        let _ = shared().sql("postgres", &format!("DROP DATABASE {} WITH (FORCE)", self.name));
    }
}

/// Reads a dump of one database of the shared server into another one.
pub(crate) fn dump(from: &str, to: &str) {
    pipe(&shared().url(from), &shared().url(to));
}

/// Reads a dump of one database into another one.
pub(crate) fn pipe(from: &str, to: &str) {
    let program = |name: &str| match told("HERMES_TEST_POSTGRES") {
        Some(folder) => folder.join(name),
        None => PathBuf::from(name),
    };
    let dumped = Command::new(program("pg_dump")).arg(from).output().unwrap();
    assert!(
        dumped.status.success(),
        "{}",
        String::from_utf8_lossy(&dumped.stderr)
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    fs_err::write(file.path(), &dumped.stdout).unwrap();
    let read = Command::new(program("psql"))
        .args(["-Xq", "-v", "ON_ERROR_STOP=1", "-f"])
        .arg(file.path())
        .arg(to)
        .output()
        .unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
}
