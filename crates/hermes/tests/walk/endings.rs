//! Logins that are ended from outside, and faults of the home that are told in the store's own words.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use pretty_assertions::assert_eq;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpListener;

use crate::harness::Lab;

async fn signed_in() -> Lab {
    let lab = Lab::new().await;
    let done = lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    lab
}

#[tokio::test]
async fn terminated_login_ends_with_3_and_leaves_no_attempt() {
    let lab = Lab::new().await;
    let login = lab.login(&["auth", "add", "minimax-oauth"]).await;
    let id = login.challenge["login_id"].as_str().expect("an id").to_owned();
    login.terminate();
    let done = login.end().await;
    assert_eq!(done.code, 3, "{done:?}");
    let again = lab.run(&["auth", "finish", &id]).await;
    assert_eq!(again.code, 2, "{again:?}");
    let list = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(list["credentials"], serde_json::json!([]));
}

#[tokio::test]
async fn terminated_finish_ends_with_3_and_leaves_no_attempt() {
    let lab = Lab::new().await;
    let started = lab
        .json(&["auth", "add", "minimax-oauth", "--start", "--json"])
        .await;
    let id = started["login_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{started}"))
        .to_owned();
    let finish = lab.waiting(&["auth", "finish", &id]).await;
    finish.terminate();
    let done = finish.end().await;
    assert_eq!(done.code, 3, "{done:?}");
    assert_eq!(lab.run(&["auth", "finish", &id]).await.code, 2);
}

#[tokio::test]
async fn code_that_was_sent_before_a_crash_has_to_be_started_anew() {
    let mut lab = Lab::new().await;
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = silent.local_addr().expect("an address").port();
    let hosts = format!("{},openrouter.ai=http://127.0.0.1:{port}", lab.sim.lab_hosts());
    lab.set("HERMES_LAB_HOSTS", &hosts);
    let args = [
        "auth",
        "add",
        "openrouter",
        "--method",
        "browser",
        "--start",
        "--json",
    ];
    let started = lab.json(&args).await;
    let id = started["login_id"]
        .as_str()
        .unwrap_or_else(|| panic!("{started}"))
        .to_owned();
    let mut child = lab
        .command(&["auth", "finish", &id, "--code-stdin"])
        .stdin(std::process::Stdio::piped())
        .spawn()
        .expect("hermes starts");
    let mut pipe = child.stdin.take().expect("stdin");
    pipe.write_all(b"code-1\n").await.expect("written");
    let (held, _) = silent.accept().await.expect("the exchange");
    held.readable().await.expect("sent");
    child.kill().await.expect("killed");
    let again = lab
        .run_with_input(&["auth", "finish", &id, "--code-stdin"], "code-1\n")
        .await;
    assert_eq!(again.code, 1, "{again:?}");
    assert!(again.stderr.contains("cannot be sent again"), "{again:?}");
    assert!(again.stderr.contains("hermes auth add"), "{again:?}");
    let other = tokio::time::timeout(Duration::from_millis(50), silent.accept()).await;
    assert!(other.is_err(), "the code was sent twice");
}

#[tokio::test]
async fn token_without_the_stores_key_says_what_the_store_says() {
    let lab = signed_in().await;
    let key = lab.home().join("config/store.key");
    let whole = fs_err::read(&key).expect("the key file");
    for damage in ["missing", "wrong"] {
        if damage == "missing" {
            fs_err::remove_file(&key).expect("removed");
        } else {
            let mut other = whole.clone();
            let last = other.len() - 8;
            other[last] = if other[last] == b'A' { b'B' } else { b'A' };
            fs_err::write(&key, other).expect("written");
            fs_err::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("a mode");
        }
        for args in [
            &["token", "minimax-oauth"][..],
            &["auth", "refresh", "minimax-oauth"],
        ] {
            let done = lab.run(args).await;
            assert_eq!(done.code, 8, "{damage}: {args:?}: {done:?}");
            assert!(
                !done.stderr.contains("could not be renewed"),
                "{damage}: {done:?}"
            );
            assert!(done.stderr.contains("key"), "{damage}: {done:?}");
            assert!(
                done.stderr.contains("help: Put the key back"),
                "{damage}: {done:?}"
            );
        }
    }
}

#[tokio::test]
async fn home_that_cannot_be_made_is_not_called_damaged() {
    let mut lab = Lab::new().await;
    let file = lab.write("plain", "a file");
    for place in [file.join("home"), "/proc/hermes/home".into()] {
        lab.set("HERMES_HOME", place.to_str().expect("a path"));
        let done = lab
            .run_with_input(
                &["auth", "add", "deepseek", "--api-key-stdin", "--no-verify"],
                "sk-0123456789abcdef",
            )
            .await;
        assert_eq!(done.code, 8, "{done:?}");
        assert!(done.stderr.contains("cannot be written"), "{done:?}");
        assert!(!done.stderr.contains("restore"), "{done:?}");
    }
}
