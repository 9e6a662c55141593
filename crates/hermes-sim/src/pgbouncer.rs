//! A real `PgBouncer` before a [`Postgres`].

use std::io;
use std::path::{Path, PathBuf};

use crate::postgres::{Postgres, socket_url};
use crate::service::{Keeper, RunAs};

/// Where Debian puts the program.
const PROGRAM: &str = "/usr/sbin/pgbouncer";

/// The port in the name of the socket.
const PORT: u16 = 6432;

/// Runs the server until the pipe closes; says `ready` when its socket is there, and gives up after ten seconds. A job in
/// the background of a shell ignores SIGINT and SIGQUIT; to this server SIGTERM is the end at once.
const SERVE: &str = r#"folder=$1; shift
"$@" >"$folder/log" 2>&1 </dev/null &
server=$!
rounds=0
until [ -S "$folder/.s.PGSQL.6432" ]; do
    rounds=$((rounds + 1))
    [ $rounds -lt 500 ] && kill -0 $server || { kill -TERM $server; exit 1; }
    sleep 0.02
done
echo ready
read -r word
kill -TERM $server
wait $server
rm -rf "$folder""#;

/// How a pooler is started.
#[derive(Clone, Debug)]
pub struct PgBouncerOptions {
    /// The program; Debian's otherwise.
    pub program: Option<PathBuf>,
    /// Server connections for each database.
    pub default_pool_size: u16,
}

impl Default for PgBouncerOptions {
    fn default() -> Self {
        Self {
            program: None,
            default_pool_size: 4,
        }
    }
}

/// `PgBouncer` in transaction mode on a Unix socket in a temporary folder: each transaction may run on another server connection.
/// It ends with this value or with this process, however that ends.
#[derive(Debug)]
pub struct PgBouncer {
    _keeper: Keeper,
    folder: PathBuf,
}

impl PgBouncer {
    /// Starts it before a server; its socket is there when this returns.
    ///
    /// # Errors
    /// No program, no user to run as, or what the program said.
    pub fn start(server: &Postgres, options: PgBouncerOptions) -> io::Result<Self> {
        let program = options.program.unwrap_or_else(|| PROGRAM.into());
        let run_as = RunAs::find()?;
        let folder = run_as.folder("hermes-pb-")?;
        let settings = folder.join("pgbouncer.ini");
        fs_err::write(
            &settings,
            self::settings(server, &folder, options.default_pool_size),
        )?;
        let mut command = run_as.command(&program);
        command.arg("-q").arg(&settings);
        match Keeper::start(SERVE, &command, &folder, true) {
            Ok(keeper) => Ok(Self {
                _keeper: keeper,
                folder,
            }),
            Err(error) => {
                let log = fs_err::read_to_string(folder.join("log")).unwrap_or_default();
                fs_err::remove_dir_all(&folder)?;
                Err(io::Error::other(format!(
                    "{} does not run: {error}\n{log}",
                    program.display()
                )))
            }
        }
    }

    /// The address of a database of the server, through the pooler.
    pub fn url(&self, database: &str) -> String {
        socket_url(&self.folder, PORT, database)
    }
}

fn settings(server: &Postgres, folder: &Path, default_pool_size: u16) -> String {
    format!(
        "[databases]\n* = host={} port={} user=postgres\n[pgbouncer]\nunix_socket_dir = {}\nlisten_port = {PORT}\n\
         auth_type = any\npool_mode = transaction\ndefault_pool_size = {default_pool_size}\nmax_client_conn = 900\n\
         ignore_startup_parameters = extra_float_digits\n",
        server.socket_folder().display(),
        server.port(),
        folder.display(),
    )
}
