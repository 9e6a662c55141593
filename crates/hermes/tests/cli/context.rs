use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// An empty home and the real binary.
pub(crate) struct TestContext {
    folder: TempDir,
    env: Vec<(String, String)>,
}

/// Exit code, stdout and stderr of a run, with ids, times and paths made equal between runs.
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (out, err) = (self.stdout.trim_end(), self.stderr.trim_end());
        write!(f, "exit {}\n--- stdout\n{out}\n--- stderr\n{err}", self.code)
    }
}

impl TestContext {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            env: Vec::new(),
        }
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.folder.path().join("home")
    }

    pub(crate) fn config(&self, text: &str) {
        self.write("home/config.toml", text);
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        let parent = path.parent().unwrap();
        fs_err::create_dir_all(parent).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs_err::set_permissions(parent, std::fs::Permissions::from_mode(0o700)).unwrap();
        }
        fs_err::write(&path, text).unwrap();
        path
    }

    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_hermes"));
        command
            .args(args)
            .env_clear()
            .env("HERMES_HOME", self.home())
            .env("TZ", "UTC")
            .envs(self.env.iter().cloned())
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.redact(&self.command(args).output().unwrap())
    }

    pub(crate) fn run_with_input(&self, args: &[&str], input: &str) -> Run {
        let mut child = self.command(args).stdin(Stdio::piped()).spawn().unwrap();
        // A command that refuses its arguments does not read.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        self.redact(&child.wait_with_output().unwrap())
    }

    /// Runs a read and takes its JSON apart.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let run = self.run(args);
        serde_json::from_str(&run.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}\n{run}"))
    }

    /// Stores a key that nobody checks.
    pub(crate) fn add_key(&self, provider: &str, label: &str, key: &str) {
        let args = [
            "auth",
            "add",
            provider,
            "--label",
            label,
            "--api-key-stdin",
            "--no-verify",
        ];
        let run = self.run_with_input(&args, key);
        assert_eq!(run.code, 0, "{run}");
    }

    fn redact(&self, output: &Output) -> Run {
        let clean = |bytes: &[u8]| {
            let text = String::from_utf8(bytes.to_vec()).unwrap();
            redact_ids(&text.replace(&self.folder.path().display().to_string(), "[folder]"))
        };
        Run {
            code: output.status.code().unwrap_or(-1),
            stdout: clean(&output.stdout),
            stderr: clean(&output.stderr),
        }
    }
}

/// Replaces UUIDs by `[id]`.
fn redact_ids(text: &str) -> String {
    let is_id = |start: usize| {
        text.get(start..start + 36).is_some_and(|part| {
            part.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
        })
    };
    let mut out = String::new();
    let mut at = 0;
    while let Some(one) = text[at..].chars().next() {
        if is_id(at) {
            out.push_str("[id]");
            at += 36;
        } else {
            out.push(one);
            at += one.len_utf8();
        }
    }
    out
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}
