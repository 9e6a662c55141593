//! Moves between a file and a database, and copies, with logins that are renewed.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use hermes_sim::{Postgres, PostgresOptions};

use crate::harness::Lab;

fn database() -> String {
    server().url(&new_database())
}

/// One server for all tests of this file, with a database for each.
fn server() -> &'static Postgres {
    static SERVER: OnceLock<Postgres> = OnceLock::new();
    SERVER.get_or_init(|| Postgres::start(PostgresOptions::default()).expect("PostgreSQL starts"))
}

fn new_database() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let name = format!("stores_{}", COUNT.fetch_add(1, Ordering::Relaxed));
    server().create_database(&name).expect("a database");
    name
}

fn copy(lab: &Lab, name: &str) -> PathBuf {
    let to = lab.home().with_file_name(name);
    let done = Command::new("cp").arg("-rp").arg(lab.home()).arg(&to).status();
    assert!(done.expect("cp runs").success());
    to
}

fn elsewhere(lab: &Lab) -> String {
    lab.home().with_file_name("elsewhere").display().to_string()
}

fn renewals(lab: &Lab) -> usize {
    lab.sim.refresh_posts().iter().map(|(_, posts)| posts).sum()
}

async fn signed_in() -> Lab {
    let lab = Lab::new().await;
    let done = lab
        .sign_in(&["auth", "add", "minimax-oauth", "--label", "work"])
        .await;
    assert_eq!(done.code, 0, "{done:?}");
    lab
}

#[tokio::test]
async fn logins_move_to_a_database_and_back_and_only_the_last_store_renews() {
    let lab = signed_in().await;
    let url = database();
    lab.json(&["key", "create", "laptop", "--json"]).await;
    let moved = lab.json(&["migrate", "--to", &url, "--json"]).await;
    assert_eq!(
        (&moved["logins"], &moved["client_keys"], &moved["verified"]),
        (&1.into(), &1.into(), &true.into())
    );
    let refused = lab.run(&["auth", "refresh", "work"]).await;
    assert_eq!((refused.code, renewals(&lab)), (8, 0), "{refused:?}");
    assert!(refused.stderr.contains("its logins were moved to"), "{refused:?}");

    let renewed = lab.run(&["--store", &url, "auth", "refresh", "work"]).await;
    assert_eq!((renewed.code, renewals(&lab)), (0, 1), "{renewed:?}");
    let info = lab.json(&["--store", &url, "store", "info", "--json"]).await;
    assert_eq!(
        (&info["kind"], &info["standing"], &info["logins"]),
        (&"server".into(), &"good".into(), &1.into())
    );
    assert!(info["machine"].is_string(), "it has renewed: {info}");

    let back = lab.home().with_file_name("back").display().to_string();
    let done = lab.run(&["--store", &url, "migrate", "--to", &back]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let refused = lab.run(&["--store", &url, "auth", "refresh", "work"]).await;
    assert_eq!((refused.code, renewals(&lab)), (8, 1), "{refused:?}");
    let renewed = lab.run(&["--home", &back, "auth", "refresh", "work"]).await;
    assert_eq!((renewed.code, renewals(&lab)), (0, 2), "{renewed:?}");
    let keys = lab.json(&["--home", &back, "key", "list", "--json"]).await;
    assert!(keys.to_string().contains("laptop"), "{keys}");
    let posts = lab.sim.refresh_posts();
    assert!(posts.iter().all(|(_, count)| *count == 1), "{posts:?}");
}

#[tokio::test]
async fn gateway_that_runs_on_a_store_that_was_moved_away_renews_nothing() {
    let lab = signed_in().await;
    let up = lab.up().await;
    let moved = lab.run(&["migrate", "--to", &elsewhere(&lab)]).await;
    assert_eq!(moved.code, 0, "{moved:?}");
    lab.sim.expire_access_tokens();
    let request = serde_json::json!({
        "model": "minimax-oauth/MiniMax-M3", "max_tokens": 8, "messages": [{ "role": "user", "content": "hello" }],
    });
    let (status, body) = up.post("/v1/messages", &request).await;
    assert_ne!(status, 200, "{body}");
    assert_eq!(renewals(&lab), 0);
    up.end().await;
}

#[tokio::test]
async fn renewal_in_doubt_is_not_moved() {
    let mut lab = signed_in().await;
    lab.set("HERMES_LAB_FAULT", "answered=kill");
    assert_eq!(lab.run(&["auth", "refresh", "work"]).await.code, -1);
    lab.set("HERMES_LAB_FAULT", "acquire=kill@9");
    let refused = lab.run(&["migrate", "--to", &elsewhere(&lab)]).await;
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("under way or in doubt"), "{refused:?}");
    let info = lab.json(&["store", "info", "--json"]).await;
    assert_eq!(info["standing"], "good", "the old store stays in use: {info}");
}

#[tokio::test]
async fn copy_of_a_home_renews_only_after_it_was_adopted() {
    let lab = signed_in().await;
    let copy = copy(&lab, "copy").display().to_string();
    let refused = lab.run(&["--home", &copy, "auth", "refresh", "work"]).await;
    assert_eq!((refused.code, renewals(&lab)), (8, 0), "{refused:?}");
    assert!(
        refused.stderr.contains("it is a copy") && refused.stderr.contains("hermes store adopt"),
        "{refused:?}"
    );
    let adopted = lab.run(&["--home", &copy, "store", "adopt", "--yes"]).await;
    assert_eq!(adopted.code, 0, "{adopted:?}");
    let renewed = lab.run(&["--home", &copy, "auth", "refresh", "work"]).await;
    assert_eq!((renewed.code, renewals(&lab)), (0, 1), "{renewed:?}");
}

#[tokio::test]
async fn gateway_on_a_copy_says_so_and_serves_what_it_has() {
    let mut lab = signed_in().await;
    let copy = copy(&lab, "copy").display().to_string();
    lab.set("HERMES_HOME", &copy);
    let up = lab.up().await;
    let request = serde_json::json!({
        "model": "minimax-oauth/MiniMax-M3", "max_tokens": 8, "messages": [{ "role": "user", "content": "hello" }],
    });
    let (status, body) = up.post("/v1/messages", &request).await;
    assert_eq!(status, 200, "{body}");
    let done = up.end().await;
    assert!(
        done.stderr.contains("this store renews no token: it is a copy")
            && done.stderr.contains("are served all the same")
            && done.stderr.contains("hermes store adopt"),
        "{done:?}"
    );
    assert_eq!(renewals(&lab), 0);
}

#[tokio::test]
async fn home_that_was_put_back_is_told_as_older() {
    let mut lab = signed_in().await;
    let state = lab.home().with_file_name("state").display().to_string();
    lab.set("XDG_STATE_HOME", &state);
    assert_eq!(lab.run(&["auth", "refresh", "work"]).await.code, 0);
    let older = copy(&lab, "older");
    assert_eq!(lab.run(&["auth", "refresh", "work"]).await.code, 0);
    for name in ["hermes.db", "hermes.db.sum", "hermes.mark"] {
        fs_err::copy(older.join(name), lab.home().join(name)).expect("it is put back");
    }
    let refused = lab.run(&["auth", "refresh", "work"]).await;
    assert_eq!((refused.code, renewals(&lab)), (8, 2), "{refused:?}");
    assert!(refused.stderr.contains("it is older than"), "{refused:?}");
    let info = lab.json(&["store", "info", "--json"]).await;
    assert_eq!(info["standing"], "older", "{info}");
}

#[tokio::test]
async fn reads_of_a_shared_store_call_nobody_and_change_nothing() {
    let mut lab = Lab::new().await;
    lab.set("HERMES_STORE", &database());
    let done = lab
        .sign_in(&["auth", "add", "minimax-oauth", "--label", "work"])
        .await;
    assert_eq!(done.code, 0, "{done:?}");
    lab.sim.expire_access_tokens();
    let (before, calls) = (lab.files(), lab.sim.journal().entries().len());
    for args in [
        &["auth", "list", "-v"][..],
        &["auth", "status", "minimax-oauth", "-v"],
        &["store", "info"],
        &["store", "check"],
        &["doctor"],
        &[],
    ] {
        let done = lab.run(args).await;
        assert_eq!(done.code, 0, "{args:?}: {done:?}");
        assert_eq!(lab.files(), before, "{args:?}");
    }
    assert_eq!(lab.sim.journal().entries().len(), calls);
    let removed = lab.run(&["auth", "remove", "work"]).await;
    assert!(removed.stderr.contains("from the shared store"), "{removed:?}");
}

#[tokio::test]
async fn damaged_secret_is_named_and_the_others_are_whole() {
    let mut lab = Lab::new().await;
    let database = new_database();
    lab.set("HERMES_STORE", &server().url(&database));
    for (provider, key) in [
        ("deepseek", "sk-one-0123456789"),
        ("openrouter", "sk-or-two-0123456789"),
    ] {
        let done = lab.add_key(provider, key).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    assert_eq!(lab.run(&["store", "check"]).await.code, 0);
    let damage = "UPDATE credential_secret SET access = substring(access from 2) WHERE cred_id = \
                  (SELECT id FROM credential WHERE provider = 'deepseek')";
    server().sql(&database, damage).expect("a damaged row");
    let check = lab.run(&["store", "check"]).await;
    assert_eq!(check.code, 8, "{check:?}");
    assert_eq!(check.stdout.lines().count(), 1, "{check:?}");
    let json = lab.run(&["store", "check", "--json"]).await;
    let json: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    assert_eq!((&json["whole"], &json["logins"]), (&false.into(), &2.into()));
    let doctor = lab.run(&["doctor"]).await;
    assert_ne!(doctor.code, 0, "{doctor:?}");
    assert_eq!(
        lab.run(&["token", "openrouter"]).await.stdout.trim(),
        "sk-or-two-0123456789"
    );
}
