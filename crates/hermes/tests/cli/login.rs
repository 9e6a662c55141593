//! What a person reads during a login; whether logins work is shown by the `walk` tests.

use std::process::Command;

use hermes_sim::{Sim, SimOptions};
use insta::assert_snapshot;
use serde_json::Value;

use crate::context::TestContext;

async fn lab() -> (Sim, TestContext) {
    let sim = Sim::start(SimOptions::default()).await.unwrap();
    let context = TestContext::new().env("HERMES_LAB_HOSTS", &sim.lab_hosts());
    (sim, context)
}

/// Runs the binary beside the simulation, which lives in this test's runtime.
async fn beside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn device_login_shows_rule_link_and_code_on_lines_of_their_own() {
    let (sim, context) = lab().await;
    sim.person().approve_everything();
    let run =
        beside(move || context.run(&["auth", "add", "minimax-oauth", "--label", "mine", "--no-browser"]))
            .await;
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(run.stdout, "Signed in to MiniMax (OAuth) as \"mine\"\n");
    let lines: Vec<_> = run.stderr.lines().collect();
    let link = lines
        .iter()
        .position(|line| line.starts_with("https://"))
        .unwrap();
    let code = lines[link]
        .split("user_code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let shown = lines.iter().position(|line| line == &code).unwrap();
    let rule = lines
        .iter()
        .position(|line| line.contains("Use by other programs: Tolerated"))
        .unwrap();
    assert!(rule < link && link < shown, "{run}");
    assert!(
        run.stderr
            .contains("only because you started this login yourself"),
        "{run}"
    );
    assert!(
        !run.stderr.contains('\r') && !run.stderr.contains('█'),
        "no countdown and no QR code without a terminal: {run}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn started_login_is_finished_by_another_process() {
    let (sim, context) = lab().await;
    let run = beside(move || {
        let started = context.json(&["auth", "add", "minimax-oauth", "--start", "--json"]);
        assert_eq!(started["provider"], "minimax-oauth");
        assert!(
            started["expires_at"].as_str().unwrap().ends_with('Z'),
            "{started}"
        );
        (context, started)
    });
    let (context, started) = run.await;
    let code = started["challenge"]["user_code"].as_str().unwrap();
    assert!(sim.person().approve(code));
    let home = context.home();
    let lab_hosts = sim.lab_hosts();
    // The id was redacted, so it is asked for again.
    let output = beside(move || {
        let database = home.join("hermes.db");
        assert!(database.exists());
        Command::new(env!("CARGO_BIN_EXE_hermes"))
            .args(["auth", "add", "minimax-oauth", "--start", "--json"])
            .env_clear()
            .env("HERMES_HOME", home)
            .env("HERMES_LAB_HOSTS", lab_hosts)
            .output()
            .unwrap()
    })
    .await;
    let second: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(
        sim.person()
            .approve(second["challenge"]["user_code"].as_str().unwrap())
    );
    let id = second["login_id"].as_str().unwrap().to_owned();
    assert_eq!(second["finish"], format!("hermes auth finish {id}"));
    let (context, done) = beside(move || {
        let done = context.run(&["auth", "finish", &id, "--timeout", "30"]);
        (context, done)
    })
    .await;
    assert_eq!(done.code, 0, "{done}");
    let list = beside(move || context.json(&["auth", "list", "--json"])).await;
    assert_eq!(list["credentials"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn started_login_is_cancelled_by_another_process() {
    let (_sim, context) = lab().await;
    let text = beside(move || {
        let output = context
            .command(&["auth", "add", "minimax-oauth", "--start"])
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let id = stdout
            .lines()
            .find_map(|line| line.strip_prefix("login: "))
            .unwrap()
            .to_owned();
        let cancelled = context.run(&["auth", "cancel", &id]);
        let again = context.run(&["auth", "finish", &id]);
        format!("{cancelled}\n{again}")
    })
    .await;
    assert_snapshot!(text, @r"
    exit 0
    --- stdout

    --- stderr
    ✓ Cancelled the login; nothing was stored
    exit 2
    --- stdout

    --- stderr
    error: there is no login attempt `[id]`: it was finished, cancelled or has expired
    help: Start a new login with `hermes auth add`.
    ");
}
