//! A person's browser: headless Chromium, driven as a person would, by roles and names, pointer and keys.
//!
//! Nothing but this machine can be reached from it. A failure panics with what was on the page.

mod element;
mod keys;
mod page;
mod pipe;
mod record;
mod tests;

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{Clock as _, SystemClock};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) use page::Page;
pub(crate) use record::Exchange;

use crate::sdk::tool;
use pipe::Pipe;

/// How long anything on a page may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// Between two looks at a page.
const GLANCE: Duration = Duration::from_millis(20);

/// Chromium is driven over its descriptors 3 and 4; a process can be given its first three only.
const DESCRIPTORS: &str = r#"exec "$0" "$@" 3<&0 4>&1 </dev/null >/dev/null"#;

/// Every other name and address leads nowhere.
const NOWHERE: &str = "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]";

/// What Chromium is started with beside its profile and the names it may resolve.
const FLAGS: [&str; 15] = [
    "--headless=new",
    "--remote-debugging-pipe",
    // Root may not use the sandbox, and CI has no user namespaces. The pages are ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--password-store=basic",
    // The same picture everywhere.
    "--font-render-hinting=none",
    "--hide-scrollbars",
];

/// A running Chromium with a profile of its own; dropped, it ends with all its processes.
#[derive(Debug)]
pub(crate) struct Browser {
    child: Child,
    pipe: Arc<Pipe>,
    profile: TempDir,
}

impl Browser {
    /// Starts Chromium, which reaches this machine only.
    pub(crate) async fn start() -> Self {
        Self::resolving(&[]).await
    }

    /// Starts Chromium for which these names lead to 127.0.0.1 too.
    pub(crate) async fn resolving(names: &[&str]) -> Self {
        Self::with(names, &[]).await
    }

    /// Starts Chromium for which these names lead to 127.0.0.1 too, and which takes certificates with this key (SHA-256 of its public part,
    /// base64) as good.
    pub(crate) async fn trusting(names: &[&str], key: &str) -> Self {
        Self::with(names, &[format!("--ignore-certificate-errors-spki-list={key}")]).await
    }

    async fn with(names: &[&str], flags: &[String]) -> Self {
        let profile = TempDir::new().expect("a folder");
        let mut child = command(profile.path(), names)
            .args(flags)
            .spawn()
            .expect("a shell");
        let input = child.stdin.take().expect("a pipe");
        let output = child.stdout.take().expect("a pipe");
        let browser = Self {
            child,
            pipe: Arc::new(Pipe::open(input, output)),
            profile,
        };
        browser.call("Browser.getVersion", json!({})).await;
        browser
    }

    /// A new, empty tab.
    pub(crate) async fn page(&self) -> Page {
        let made = self
            .call("Target.createTarget", json!({"url": "about:blank"}))
            .await;
        self.attach(made["targetId"].as_str().expect("an id")).await
    }

    /// The tab that a page opened by itself with this in its address.
    pub(crate) async fn opened(&self, part: &str) -> Page {
        let target = until(async || {
            let known = self.call("Target.getTargets", json!({})).await;
            let targets = known["targetInfos"].as_array().cloned().unwrap_or_default();
            let found = targets.into_iter().find(|target| {
                target["type"] == "page"
                    && target["attached"] == false
                    && target["url"].as_str().is_some_and(|url| url.contains(part))
            })?;
            found["targetId"].as_str().map(str::to_owned)
        });
        let target = target.await;
        self.attach(&target.unwrap_or_else(|| panic!("no tab was opened with `{part}` in its address")))
            .await
    }

    /// Every cookie of the profile.
    pub(crate) async fn cookies(&self) -> Vec<Value> {
        let found = self.call("Storage.getCookies", json!({})).await;
        found["cookies"].as_array().cloned().unwrap_or_default()
    }

    async fn attach(&self, target: &str) -> Page {
        let attached = self
            .call(
                "Target.attachToTarget",
                json!({"targetId": target, "flatten": true}),
            )
            .await;
        let session = attached["sessionId"].as_str().expect("a session").to_owned();
        Page::new(Arc::clone(&self.pipe), target.to_owned(), session).await
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        let answer = self.pipe.call(None, method, params).await;
        answer.unwrap_or_else(|error| panic!("{error}: {}", self.complaints()))
    }

    /// What Chromium said to its standard error.
    fn complaints(&self) -> String {
        fs_err::read_to_string(self.profile.path().join("stderr")).unwrap_or_default()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            // It may have ended already.
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

fn command(profile: &Path, names: &[&str]) -> Command {
    let mut rules: Vec<String> = names.iter().map(|name| format!("MAP {name} 127.0.0.1")).collect();
    rules.push(NOWHERE.to_owned());
    let complaints = fs_err::File::create(profile.join("stderr")).expect("a file");
    let mut command = Command::new("/bin/sh");
    command
        .args(["-c", DESCRIPTORS])
        .arg(tool("HERMES_TEST_CHROMIUM"))
        .args(FLAGS)
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("--host-resolver-rules={}", rules.join(", ")))
        .arg("about:blank")
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", profile)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(complaints.into_file())
        .process_group(0);
    command
}

/// Looks again and again until there is something, for as long as anything may take.
async fn until<T>(look: impl AsyncFn() -> Option<T>) -> Option<T> {
    let clock = SystemClock::new();
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            clock.sleep(GLANCE).await;
        }
    };
    tokio::time::timeout(PATIENCE, looking).await.ok()
}
