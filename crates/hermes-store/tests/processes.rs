//! Real processes on one store, killed without warning.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hermes_core::{Clock, CredentialId, OsRandom, Random, SystemClock};
use hermes_store::open;
use support::child::{options, part};
use support::{Home, login, now};

const NAME: &str = "processes_killed_without_warning_lose_no_committed_login";

/// Stores logins until it is killed (or, if its parent failed, for some seconds), and notes each one after it was stored.
async fn store_forever(root: &Path) {
    let own = CredentialId::new(SystemClock::new().now(), &OsRandom);
    let notes = root.join(format!("notes-{own}"));
    let mut notes = fs_err::File::create(notes).unwrap();
    for number in 0..2_000 {
        let store = open(options(root)).await.unwrap();
        for part in ["a", "b", "c"] {
            let subject = format!("{own}-{number}-{part}");
            store.save_login(login(&subject), now()).await.unwrap();
            writeln!(notes, "{subject}").unwrap();
        }
        store.close().await.unwrap();
    }
}

/// Starts a child under a umask that protects nothing.
fn child(root: &Path) -> Child {
    Command::new("sh")
        .args(["-c", "umask 000; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args([NAME, "--exact", "--nocapture"])
        .arg(root)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

fn noted(root: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    entries
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("notes-"))
        .flat_map(|path| {
            let text = fs_err::read_to_string(path).unwrap();
            // A kill may cut the last line.
            let whole = text
                .rsplit_once('\n')
                .map_or(String::new(), |(whole, _)| whole.to_owned());
            whole.lines().map(str::to_owned).collect::<Vec<_>>()
        })
        .collect()
}

/// Waits until the children have stored something, then a moment more that ends anywhere.
async fn wait_for_more(root: &Path, before: usize) {
    let clock = SystemClock::new();
    for _ in 0..400 {
        clock.sleep(Duration::from_millis(50)).await;
        if noted(root).len() > before {
            break;
        }
    }
    let mut byte = [0];
    OsRandom.fill(&mut byte);
    clock.sleep(Duration::from_millis(u64::from(byte[0]))).await;
}

#[tokio::test]
async fn processes_killed_without_warning_lose_no_committed_login() {
    if let Some((root, _)) = part() {
        store_forever(&root).await;
        return;
    }
    let home = Home::filled().await;
    let mut before = 0;
    for round in 0..5 {
        let mut children: Vec<Child> = (0..3).map(|_| child(home.root())).collect();
        wait_for_more(home.root(), before).await;
        for child in &mut children {
            assert!(
                child.try_wait().unwrap().is_none(),
                "a child ended by itself in round {round}"
            );
            child.kill().unwrap();
            child.wait().unwrap();
        }
        for (path, _) in home
            .bytes()
            .iter()
            .filter(|(path, _)| path.starts_with(home.folder()))
        {
            let mode = fs_err::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", path.display());
        }
        let store = open(options(home.root())).await.unwrap();
        assert_eq!(store.check().await.unwrap(), []);
        let stored = store.credentials().await.unwrap();
        let noted = noted(home.root());
        for subject in &noted {
            assert!(
                stored.iter().any(|one| one.identity.subject == *subject),
                "{subject} is lost"
            );
        }
        assert!(noted.len() > before, "nothing was stored in round {round}");
        before = noted.len();
        store.close().await.unwrap();
        assert!(home.file("hermes.db.sum").exists());
    }
}
