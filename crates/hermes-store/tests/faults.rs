//! A disk that is full or broken, and a process that ends, after a token was received and before it is in the database.
#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;

use hermes_core::{CredentialId, Explain, OsRandom, Random};
use hermes_store::{Attempt, Commit, LeaseMove, Phase, Store, open};
use rustix::process::{Resource, Rlimit, setrlimit};
use support::child::{options, part};
use support::server::told;
use support::{Home, material, now};

/// More than an answer takes, and less than a commit writes.
const ROOM: u64 = 16 * 1024;

/// The name of the only attempt is known beforehand, so that a fault can be aimed at its file.
struct Sevens;

impl Random for Sevens {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

fn attempt() -> Attempt {
    Attempt::new(&Sevens)
}

/// Runs a part in a process of its own, under the words of a tool if there are any.
fn run(name: &str, part: &str, root: &Path, tool: &[String]) -> ExitStatus {
    // A process that writes beyond its limit is told so and not ended.
    let script = "trap '' XFSZ; exec \"$@\"";
    Command::new("sh")
        .args(["-c", script, "sh"])
        .args(tool)
        .arg(std::env::current_exe().unwrap())
        .args([name, "--exact", "--nocapture"])
        .arg(root)
        .arg(part)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .unwrap()
}

async fn first_id(store: &Arc<dyn Store>) -> CredentialId {
    store.credentials().await.unwrap()[0].id
}

/// The steps of a renewal up to the answer.
async fn until_sent(root: &Path) -> (Arc<dyn Store>, CredentialId) {
    let store = open(options(root)).await.unwrap();
    let id = first_id(&store).await;
    let acquire = LeaseMove::Acquire {
        attempt: attempt(),
        gone: None,
        force: false,
    };
    assert!(store.move_lease(id, 1, &acquire).await.unwrap());
    store.prepare_spill(&attempt()).await.unwrap();
    assert!(
        store
            .move_lease(id, 1, &LeaseMove::Mark(attempt()))
            .await
            .unwrap()
    );
    (store, id)
}

/// What a process finds that starts after the fault.
async fn next_process_has_the_token(home: &Home) {
    let store = open(options(home.root())).await.unwrap();
    let id = first_id(&store).await;
    let lease = store.lease(id).await.unwrap().unwrap();
    assert_eq!((lease.phase, lease.holder_gone), (Phase::Sent, true));
    assert_eq!(store.material(id).await.unwrap(), (1, material("account-0")));
    let offered = store.offer_spills(None, now()).await.unwrap();
    assert_eq!(offered, [(id, Commit::Stored(2))]);
    assert_eq!(store.material(id).await.unwrap(), (2, material("received")));
    assert_eq!(store.lease(id).await.unwrap().unwrap().phase, Phase::Idle);
    assert_eq!(store.check().await.unwrap(), []);
}

#[tokio::test]
async fn disk_that_fills_up_still_takes_an_answer_that_room_was_made_for() {
    if let Some((root, _)) = part() {
        let (store, id) = until_sent(&root).await;
        let limit = Rlimit {
            current: Some(ROOM),
            maximum: Some(ROOM),
        };
        setrlimit(Resource::Fsize, limit).unwrap();
        let received = material("received");
        store.spill(id, 1, &attempt(), &received, now()).await.unwrap();
        let error = store.commit_refresh(id, 1, received, now()).await.unwrap_err();
        assert_eq!(error.kind(), "store_not_writable", "{error}");
        // The next renewal ends before anything is sent.
        let error = store.prepare_spill(&Attempt::new(&OsRandom)).await.unwrap_err();
        assert_eq!(error.kind(), "store_not_writable", "{error}");
        std::process::abort();
    }
    let name = "disk_that_fills_up_still_takes_an_answer_that_room_was_made_for";
    let home = Home::filled().await;
    let status = run(name, "full", home.root(), &[]);
    assert!(
        std::os::unix::process::ExitStatusExt::signal(&status).is_some(),
        "{status}"
    );
    next_process_has_the_token(&home).await;
}

#[tokio::test]
async fn process_that_ends_right_after_the_answer_was_kept_loses_nothing() {
    if let Some((root, _)) = part() {
        let (store, id) = until_sent(&root).await;
        let received = material("received");
        store.spill(id, 1, &attempt(), &received, now()).await.unwrap();
        std::process::abort();
    }
    let name = "process_that_ends_right_after_the_answer_was_kept_loses_nothing";
    let home = Home::filled().await;
    let status = run(name, "abort", home.root(), &[]);
    assert!(
        std::os::unix::process::ExitStatusExt::signal(&status).is_some(),
        "{status}"
    );
    next_process_has_the_token(&home).await;
}

#[tokio::test]
async fn answer_that_cannot_be_made_durable_is_told_and_still_committed() {
    if let Some((root, _)) = part() {
        let (store, id) = until_sent(&root).await;
        let received = material("received");
        let kept = store.spill(id, 1, &attempt(), &received, now()).await;
        let error = kept.unwrap_err();
        assert_eq!(error.kind(), "store_not_writable", "{error}");
        let commit = store.commit_refresh(id, 1, received, now()).await.unwrap();
        assert_eq!(commit, Commit::Stored(2));
        store.close().await.unwrap();
        return;
    }
    let name = "answer_that_cannot_be_made_durable_is_told_and_still_committed";
    let home = Home::filled().await;
    let file = home.file("spill").join(attempt().as_str());
    let words = told("HERMES_TEST_STRACE").unwrap_or_else(|| "strace".into());
    let words = words.to_str().unwrap().split_whitespace();
    let fault = "-f -qq -o /dev/null -e trace=fdatasync -e inject=fdatasync:error=EIO -P";
    let fault = fault.split_whitespace().chain([file.to_str().unwrap()]);
    let tool: Vec<String> = words.chain(fault).map(str::to_owned).collect();
    let status = run(name, "broken", home.root(), &tool);
    assert!(status.success(), "{status}");
    let store = open(options(home.root())).await.unwrap();
    let id = first_id(&store).await;
    assert_eq!(store.material(id).await.unwrap(), (2, material("received")));
}
