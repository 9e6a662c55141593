//! What throw-away servers need: a user that is not root, a folder, and an end that comes whatever happens to this process.

use std::io::{self, BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

/// Users that servers run as when this process is root, the first that exists.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// Where folders are made: a socket path may have about 100 bytes, and the usual temporary folder may be deep.
const SHORT: &str = "/tmp";

/// The user that servers run as. PostgreSQL and `PgBouncer` refuse to run as root, so root hands them to another user.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RunAs(Option<(u32, u32)>);

impl RunAs {
    /// This process's own user, or another one when that is root.
    pub(crate) fn find() -> io::Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self(None));
        }
        let users = fs_err::read_to_string("/etc/passwd")?;
        let found = USERS.iter().find_map(|name| ids(&users, name));
        found
            .map(|ids| Self(Some(ids)))
            .ok_or_else(|| io::Error::other("there is neither a user `postgres` nor a user `nobody`"))
    }

    /// A program of this user in a plain English locale.
    pub(crate) fn command(self, program: &Path) -> Command {
        let mut command = match self.0 {
            None => Command::new(program),
            Some((user, group)) => {
                let mut command = Command::new("setpriv");
                command
                    .arg(format!("--reuid={user}"))
                    .arg(format!("--regid={group}"))
                    .arg("--clear-groups")
                    .arg(program);
                command
            }
        };
        command.env("LC_ALL", "C").stdin(Stdio::null());
        command
    }

    /// A new folder of this user that nobody else may enter.
    pub(crate) fn folder(self, prefix: &str) -> io::Result<PathBuf> {
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(SHORT)?.keep();
        if let Some((user, group)) = self.0 {
            std::os::unix::fs::chown(&folder, Some(user), Some(group))?;
        }
        Ok(folder)
    }
}

/// User and group id of a line of `/etc/passwd`.
pub(crate) fn ids(users: &str, name: &str) -> Option<(u32, u32)> {
    let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let mut found = fields.filter(|fields| fields.first() == Some(&name));
    let fields = found.next()?;
    Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?))
}

/// Runs a program to its end: what it printed, or an error that holds it.
pub(crate) fn finish(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    let printed = String::from_utf8_lossy(&output.stdout);
    if output.status.success() {
        return Ok(printed.into_owned());
    }
    Err(io::Error::other(format!(
        "`{}` ended with {}: {}{printed}",
        command.get_program().to_string_lossy(),
        output.status,
        String::from_utf8_lossy(&output.stderr),
    )))
}

/// A shell that waits until this process lets go of it, or ends in any way, and then cleans up.
///
/// A value in a static is never dropped, and a killed process drops nothing: the closed pipe is what tells in every case.
#[derive(Debug)]
pub(crate) struct Keeper {
    shell: Child,
    pipe: Option<ChildStdin>,
}

impl Keeper {
    /// Starts `script`, which is to `read` before it cleans up; `args` follow as `$1` and so on. A script that prints a line is
    /// waited for until it does when `prints` is set; one that ends without it is an error.
    pub(crate) fn start(script: &str, args: &Command, folder: &Path, prints: bool) -> io::Result<Self> {
        let mut shell = Command::new("sh");
        shell
            .args(["-c", script, "keeper"])
            .arg(folder)
            .arg(args.get_program())
            .args(args.get_args())
            .current_dir("/")
            .env("LC_ALL", "C")
            .stdin(Stdio::piped())
            .stdout(if prints { Stdio::piped() } else { Stdio::null() })
            .stderr(Stdio::null())
            // A Ctrl-C in the terminal must not end the shell before it has cleaned up.
            .process_group(0);
        let mut shell = shell.spawn()?;
        let pipe = shell.stdin.take();
        let output = shell.stdout.take();
        let keeper = Self { shell, pipe };
        if let Some(output) = output {
            let mut line = String::new();
            if BufReader::new(output).read_line(&mut line)? == 0 {
                return Err(io::Error::other("the server did not start"));
            }
        }
        Ok(keeper)
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        drop(self.pipe.take());
        // A shell that is gone already has nothing left to do.
        let _ = self.shell.wait();
    }
}
