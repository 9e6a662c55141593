//! A real PostgreSQL server that lives as long as the value that holds it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use url::form_urlencoded::byte_serialize;

use crate::service::{Keeper, RunAs, finish};

/// Where Debian puts the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// The port in the name of the socket when there is no TCP port.
const PORT: u16 = 5432;

/// Stops the server at once and removes its folder.
const CLEAN_UP: &str = r#"read -r word; folder=$1; shift; "$@"; rm -rf "$folder""#;

/// Puts the backup `$1` in place of the data. Without the history of later timelines the next one would get a used number.
const RESTORE: &str = r#"set -e
cp -Rp "$1" restored
for one in data/pg_wal/*.history; do [ ! -e "$one" ] || cp -p "$one" restored/pg_wal/; done
rm -rf data
mv restored data
: > data/standby.signal"#;

/// How a server is started.
#[derive(Clone, Debug)]
pub struct PostgresOptions {
    /// Folder of `initdb`, `postgres`, `pg_ctl`, `psql` and `pg_basebackup`; the newest below `/usr/lib/postgresql` otherwise.
    pub binaries: Option<PathBuf>,
    /// Whether it also listens on a free port of 127.0.0.1.
    pub tcp: bool,
    /// Connections at the same time, those of the superuser included.
    pub max_connections: u16,
}

impl Default for PostgresOptions {
    fn default() -> Self {
        Self {
            binaries: None,
            tcp: false,
            max_connections: 120,
        }
    }
}

/// A PostgreSQL server on a Unix socket in a temporary folder. It trusts everyone, writes durably (`fsync` and
/// `synchronous_commit` are on) and ends with this value or with this process, however that ends.
///
/// Calls block, and one test binary should share one server with a database for each test.
#[derive(Debug)]
pub struct Postgres {
    // Declared first: the server is gone before anything else is.
    _keeper: Keeper,
    run_as: RunAs,
    binaries: PathBuf,
    folder: PathBuf,
    port: u16,
    tcp: bool,
    backups: AtomicU32,
}

/// A copy of a server's data at one moment; it goes with the server.
#[derive(Clone, Debug)]
pub struct BaseBackup(PathBuf);

impl Postgres {
    /// Makes a new cluster and starts it; it answers when this returns.
    ///
    /// # Errors
    /// No binaries, no user to run as, or what `initdb` or the server said.
    pub fn start(options: PostgresOptions) -> io::Result<Self> {
        let binaries = match options.binaries {
            Some(folder) => folder,
            None => newest(Path::new(VERSIONS))?,
        };
        let run_as = RunAs::find()?;
        let folder = run_as.folder("hermes-pg-")?;
        let mut stop = run_as.command(&binaries.join("pg_ctl"));
        stop.arg("-D")
            .arg(folder.join("data"))
            .args(["-m", "immediate", "stop"]);
        let server = Self {
            _keeper: Keeper::start(CLEAN_UP, &stop, &folder, false)?,
            run_as,
            binaries,
            port: if options.tcp { free_port()? } else { PORT },
            tcp: options.tcp,
            folder,
            backups: AtomicU32::new(0),
        };
        server.initialise(options.max_connections)?;
        server.control(&["start"])?;
        Ok(server)
    }

    /// The address of a database for clients, over the Unix socket.
    pub fn url(&self, database: &str) -> String {
        socket_url(&self.folder, self.port, database)
    }

    /// The address of a database behind a TCP address, such as that of a proxy before this server.
    pub fn url_through(&self, address: SocketAddr, database: &str) -> String {
        format!("postgres://postgres@{address}/{database}?sslmode=disable")
    }

    /// The TCP address, if it was asked for.
    pub fn address(&self) -> Option<SocketAddr> {
        self.tcp.then(|| SocketAddr::from(([127, 0, 0, 1], self.port)))
    }

    /// The folder of the Unix socket.
    pub fn socket_folder(&self) -> &Path {
        &self.folder
    }

    /// The Unix socket itself.
    pub fn socket(&self) -> PathBuf {
        self.folder.join(format!(".s.PGSQL.{}", self.port))
    }

    /// The port in the socket's name, which is also the TCP port if there is one.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// A name with other characters than letters, digits and underscores; a name that is taken; a server that does not run.
    pub fn create_database(&self, name: &str) -> io::Result<()> {
        plain(name)?;
        self.sql("postgres", &format!(r#"CREATE DATABASE "{name}""#))?;
        Ok(())
    }

    /// Runs SQL as the superuser: the rows as lines, their columns divided by `|`.
    ///
    /// # Errors
    /// What the server said.
    pub fn sql(&self, database: &str, sql: &str) -> io::Result<String> {
        let printed = finish(
            Command::new(self.binaries.join("psql"))
                .env("LC_ALL", "C")
                .args(["-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql])
                .arg(self.url(database)),
        )?;
        Ok(printed.trim_end().to_owned())
    }

    /// Ends the server as a crash does: open work is lost, committed work is replayed at the next start. A stopped server stays so.
    ///
    /// # Errors
    /// What `pg_ctl` said.
    pub fn stop_immediate(&self) -> io::Result<()> {
        if !self.data().join("postmaster.pid").exists() {
            return Ok(());
        }
        self.control(&["-m", "immediate", "stop"])
    }

    /// Starts the server again, on the same addresses; one that runs is stopped first in good order, its connections ended.
    ///
    /// # Errors
    /// What the server said.
    pub fn restart(&self) -> io::Result<()> {
        self.control(&["-m", "fast", "restart"])
    }

    /// Copies the data of the running server.
    ///
    /// # Errors
    /// What `pg_basebackup` said.
    pub fn base_backup(&self) -> io::Result<BaseBackup> {
        let number = self.backups.fetch_add(1, Ordering::Relaxed);
        let into = self.folder.join(format!("backup-{number}"));
        finish(
            self.command("pg_basebackup")
                .args(["-c", "fast", "-X", "stream", "-D"])
                .arg(&into)
                .arg("-d")
                .arg(self.url("postgres")),
        )?;
        Ok(BaseBackup(into))
    }

    /// Fails over to a standby that saw nothing after the backup: crashes the server, puts the backup in its place and promotes it.
    /// What was committed since is lost, and a timeline begins that this server never had before.
    ///
    /// # Errors
    /// What the server said.
    pub fn promote_from(&self, backup: &BaseBackup) -> io::Result<()> {
        self.stop_immediate()?;
        finish(
            self.command("/bin/sh")
                .args(["-c", RESTORE, "restore"])
                .arg(&backup.0),
        )?;
        self.control(&["start"])?;
        self.control(&["promote"])
    }

    fn initialise(&self, max_connections: u16) -> io::Result<()> {
        finish(
            self.command("initdb")
                .args([
                    "--no-sync",
                    "--no-instructions",
                    "--auth=trust",
                    "--username=postgres",
                ])
                .args(["--encoding=UTF8", "--locale=C", "-D"])
                .arg(self.data()),
        )?;
        let settings = format!(
            "listen_addresses = '{}'\nport = {}\nunix_socket_directories = '{}'\nmax_connections = {max_connections}\n\
             shared_buffers = '16MB'\nfsync = on\nsynchronous_commit = on\nlog_min_messages = fatal\n\
             recovery_target_timeline = 'current'\n",
            if self.tcp { "127.0.0.1" } else { "" },
            self.port,
            self.folder.display(),
        );
        // Later lines win over those that `initdb` wrote.
        let path = self.data().join("postgresql.conf");
        let written = fs_err::read_to_string(&path)?;
        fs_err::write(&path, written + &settings)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = self.run_as.command(&self.binaries.join(program));
        command.current_dir(&self.folder);
        command
    }

    /// Runs `pg_ctl`, which waits until what it was asked for is done.
    fn control(&self, args: &[&str]) -> io::Result<()> {
        let log = self.folder.join("log");
        let mut command = self.command("pg_ctl");
        command.arg("-D").arg(self.data()).arg("-l").arg(&log);
        finish(command.args(["-w", "-t", "30"]).args(args))
            .map(drop)
            .map_err(|error| {
                let log = fs_err::read_to_string(&log).unwrap_or_default();
                io::Error::other(format!("{error}\n{log}"))
            })
    }
}

/// The address of a database on a Unix socket; the folder stands in the query because a host must have no slashes.
pub(crate) fn socket_url(folder: &Path, port: u16, database: &str) -> String {
    let folder: String = byte_serialize(folder.as_os_str().as_encoded_bytes()).collect();
    format!("postgres://postgres@localhost:{port}/{database}?host={folder}&sslmode=disable")
}

fn plain(name: &str) -> io::Result<()> {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || !name.bytes().all(good) {
        let text = format!("`{name}` is no database name of letters, digits and underscores");
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    Ok(())
}

/// The `bin` folder of the newest version that has a server.
pub(crate) fn newest(versions: &Path) -> io::Result<PathBuf> {
    let missing = || io::Error::new(io::ErrorKind::NotFound, "no PostgreSQL server is installed");
    let entries = fs_err::read_dir(versions).map_err(|_| missing())?;
    entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            let binaries = entry.path().join("bin");
            binaries.join("postgres").exists().then_some((version, binaries))
        })
        .max()
        .map(|(_, binaries)| binaries)
        .ok_or_else(missing)
}

/// A port that was free a moment ago.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
