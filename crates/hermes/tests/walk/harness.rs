//! A lab home, simulated providers, and the real binary.

mod http;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Clock, LabClock, SystemClock};
use hermes_sim::{Sim, SimOptions};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdout, Command};

pub(crate) use http::{request, request_bytes};

/// Waiting runs this much faster in the binary, so that a poll every two seconds costs a test 10 ms.
const SPEED: &str = "+0s,x200@";

/// How long a child may take before the test fails.
const PATIENCE: Duration = Duration::from_mins(1);

/// One home with its simulated world.
pub(crate) struct Lab {
    folder: TempDir,
    /// The providers.
    pub(crate) sim: Sim,
    clock: String,
    extra: Vec<(String, String)>,
}

/// How a run of the binary ended.
#[derive(Debug)]
pub(crate) struct Done {
    /// Exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) stdout: String,
    /// Standard error.
    pub(crate) stderr: String,
}

impl Lab {
    /// A fresh home; time passes 200 times as fast as outside.
    pub(crate) async fn new() -> Self {
        Self::with(SimOptions::default(), SPEED).await
    }

    /// A fresh home with these providers and this lab clock.
    pub(crate) async fn with(mut options: SimOptions, clock: &str) -> Self {
        let clock = if clock.ends_with('@') {
            format!("{clock}{}", SystemClock::new().now().as_millis())
        } else {
            clock.to_owned()
        };
        options.clock = Arc::new(LabClock::parse(&clock).expect("a lab clock")) as Arc<dyn Clock>;
        let sim = Sim::start(options).await.expect("the simulated providers start");
        Self {
            folder: TempDir::new().expect("a folder"),
            sim,
            clock,
            extra: Vec::new(),
        }
    }

    /// Sets a variable for every later run.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.extra.push((name.to_owned(), value.to_owned()));
    }

    /// The home folder.
    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    /// Writes a file below the test's folder and gives its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        fs_err::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs_err::write(&path, text).expect("a file");
        path
    }

    /// Writes the home's config file.
    pub(crate) fn config(&self, text: &str) {
        self.write("home/config.toml", text);
    }

    /// The binary with this lab's environment and nothing else of ours.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hermes"));
        command
            .args(args)
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HERMES_HOME", self.home())
            .env("HERMES_LAB_HOSTS", self.sim.lab_hosts())
            .env("HERMES_LAB_CLOCK", &self.clock)
            .envs(self.extra.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    /// Runs the binary to its end.
    pub(crate) async fn run(&self, args: &[&str]) -> Done {
        finish(self.command(args).spawn().expect("hermes starts"), String::new()).await
    }

    /// Runs the binary with this text as its input.
    pub(crate) async fn run_with_input(&self, args: &[&str], input: &str) -> Done {
        let mut child = self
            .command(args)
            .stdin(Stdio::piped())
            .spawn()
            .expect("hermes starts");
        let mut pipe = child.stdin.take().expect("stdin");
        // A program that has already found something wrong does not read on.
        let _ = pipe.write_all(input.as_bytes()).await;
        drop(pipe);
        finish(child, String::new()).await
    }

    /// Stores a key without asking the provider about it.
    pub(crate) async fn add_key(&self, provider: &str, key: &str) -> Done {
        let args = [
            "auth",
            "add",
            provider,
            "--method",
            "key",
            "--api-key-stdin",
            "--no-verify",
        ];
        self.run_with_input(&args, key).await
    }

    /// Runs a read and takes its JSON apart.
    pub(crate) async fn json(&self, args: &[&str]) -> Value {
        let done = self.run(args).await;
        serde_json::from_str(&done.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}: {done:?}"))
    }

    /// Starts a login and waits for its challenge.
    pub(crate) async fn login(&self, args: &[&str]) -> Login {
        self.waiting(&[args, &["--no-browser"]].concat()).await
    }

    /// Runs a command that prints a challenge, and waits for it.
    pub(crate) async fn waiting(&self, args: &[&str]) -> Login {
        let mut child = self.command(args).arg("--json").spawn().expect("hermes starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout"));
        let mut first = String::new();
        tokio::time::timeout(PATIENCE, lines.read_line(&mut first))
            .await
            .expect("a challenge in time")
            .expect("a line");
        let Ok(challenge) = serde_json::from_str(&first) else {
            child.stdout = None;
            let done = finish(child, first).await;
            panic!("no challenge: {done:?}");
        };
        Login {
            child,
            lines,
            challenge,
        }
    }

    /// The whole sign-in to MiniMax.
    pub(crate) async fn sign_in(&self, args: &[&str]) -> Done {
        let login = self.login(args).await;
        self.sim.person().approve(&login.user_code());
        login.end().await
    }

    /// A sign-in that is approved as soon as its code is issued, for providers whose clock is not sped up.
    pub(crate) async fn sign_in_at_once(&self, args: &[&str]) -> Done {
        self.sim.person().approve_everything();
        self.run(&[args, &["--no-browser"]].concat()).await
    }

    /// The gateway, running.
    pub(crate) async fn up(&self) -> Up {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        drop(listener);
        self.up_at(address, &[]).await
    }

    /// The gateway at this address.
    pub(crate) async fn up_at(&self, address: SocketAddr, options: &[&str]) -> Up {
        let key = self.json(&["key", "create", "test", "--json"]).await;
        let key = key["key"].as_str().expect("a key").to_owned();
        self.up_with(address, key, options).await
    }

    /// The gateway at this address, asked with this client key.
    pub(crate) async fn up_with(&self, address: SocketAddr, key: String, options: &[&str]) -> Up {
        let mut child = self
            .command(&["up", "--listen", &address.to_string()])
            .args(options)
            .spawn()
            .expect("hermes starts");
        let base = format!("http://{address}");
        for _ in 0..1000 {
            if tokio::net::TcpStream::connect(address).await.is_ok() {
                return Up { child, base, key };
            }
            let ended = child.try_wait().expect("a state");
            assert!(
                ended.is_none(),
                "the gateway ended: {:?}",
                finish(child, String::new()).await
            );
            LabClock::parse("+0s")
                .expect("a clock")
                .sleep(Duration::from_millis(10))
                .await;
        }
        panic!("the gateway does not listen");
    }

    /// Every file under the home with its bytes.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.home(), &mut files);
        files.sort();
        files
    }
}

/// A login that waits for the person.
pub(crate) struct Login {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// The challenge as the program printed it.
    pub(crate) challenge: Value,
}

impl Login {
    /// The code to type.
    pub(crate) fn user_code(&self) -> String {
        self.challenge["challenge"]["user_code"]
            .as_str()
            .unwrap_or_else(|| panic!("{:?}", self.challenge))
            .to_owned()
    }

    /// The link to open.
    pub(crate) fn url(&self) -> String {
        self.challenge["challenge"]["url"]
            .as_str()
            .unwrap_or_else(|| panic!("{:?}", self.challenge))
            .to_owned()
    }

    /// Presses Ctrl-C.
    pub(crate) fn interrupt(&self) {
        self.signal("-INT");
    }

    /// Asks it to end, as a service manager does.
    pub(crate) fn terminate(&self) {
        self.signal("-TERM");
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().expect("running").to_string();
        let status = std::process::Command::new("kill")
            .args([name, &pid])
            .status()
            .expect("kill runs");
        assert!(status.success());
    }

    /// Waits for the end.
    pub(crate) async fn end(mut self) -> Done {
        let mut rest = String::new();
        tokio::time::timeout(PATIENCE, self.lines.read_to_string(&mut rest))
            .await
            .expect("an end in time")
            .expect("text");
        finish(self.child, rest).await
    }
}

/// A running gateway; ended when dropped.
pub(crate) struct Up {
    child: Child,
    /// Its base URL.
    pub(crate) base: String,
    /// A client key.
    pub(crate) key: String,
}

impl Up {
    /// Its process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("running")
    }

    /// The first line that it prints, which under `--json` tells where it is.
    pub(crate) async fn told(&mut self) -> Value {
        let mut line = Vec::new();
        let stdout = self.child.stdout.as_mut().expect("stdout");
        while let Ok(Ok(byte)) = tokio::time::timeout(PATIENCE, stdout.read_u8()).await {
            if byte == b'\n' {
                break;
            }
            line.push(byte);
        }
        serde_json::from_slice(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }

    /// What it says to its standard error from now on.
    pub(crate) fn stderr(&mut self) -> tokio::process::ChildStderr {
        self.child.stderr.take().expect("nobody listens yet")
    }

    /// Asks it to end and waits.
    pub(crate) async fn end(self) -> Done {
        let pid = self.child.id().expect("running").to_string();
        assert!(
            std::process::Command::new("kill")
                .arg(&pid)
                .status()
                .expect("kill runs")
                .success()
        );
        finish(self.child, String::new()).await
    }

    /// Posts JSON and gives status and body.
    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, String) {
        let (status, body, _) = request(
            &self.base,
            "POST",
            path,
            &[("x-api-key", &self.key)],
            &body.to_string(),
        )
        .await;
        (status, body)
    }
}

/// Runs a command to its end.
pub(crate) async fn ended(mut command: Command) -> Done {
    finish(command.spawn().expect("hermes starts"), String::new()).await
}

/// Waits for the end of a program and gives what it printed.
pub(crate) async fn finish(mut child: Child, before: String) -> Done {
    let mut stdout = before;
    let mut stderr = String::new();
    let (out, err) = (child.stdout.take(), child.stderr.take());
    let read = async {
        let first = async {
            if let Some(mut out) = out {
                out.read_to_string(&mut stdout).await.expect("text");
            }
        };
        let second = async {
            if let Some(mut err) = err {
                err.read_to_string(&mut stderr).await.expect("text");
            }
        };
        tokio::join!(first, second);
        child.wait().await.expect("a status")
    };
    let status = tokio::time::timeout(PATIENCE, read)
        .await
        .expect("the program ends in time");
    Done {
        code: status.code().unwrap_or(-1),
        stdout,
        stderr,
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs_err::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push((path.clone(), fs_err::read(&path).expect("a file")));
        }
    }
}
