//! The same walk for every login dialect, and every way it can end badly.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::catalogue::with_strange;
use crate::harness::{Done, Lab};

async fn nothing_stored(lab: &Lab) {
    let list = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(list["credentials"], json!([]), "nothing may be stored");
}

/// Opens the link as a browser with a willing person would and pastes what the page shows.
async fn paste(lab: &Lab, provider: &str, change: impl Fn(String) -> String) -> Done {
    let started = lab
        .run(&[
            "auth",
            "add",
            provider,
            "--method",
            "paste",
            "--accept-terms",
            "--start",
            "--json",
        ])
        .await;
    assert_eq!(started.code, 0, "{started:?}");
    let started: serde_json::Value = serde_json::from_str(&started.stdout).expect("JSON");
    let id = started["login_id"].as_str().expect("an id");
    let url = started["challenge"]["url"].as_str().expect("a link");
    let shown = lab
        .sim
        .person()
        .approve_browser(url)
        .await
        .expect("a page with a code");
    lab.run_with_input(&["auth", "finish", id, "--code-stdin", "--json"], &change(shown))
        .await
}

#[tokio::test]
async fn nous_device_login_is_stored_and_renewed() {
    let lab = Lab::new().await;
    let done = lab.sign_in(&["auth", "add", "nous"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(lab.run(&["auth", "status", "nous"]).await.code, 0);
    let renewed = lab.run(&["auth", "refresh", "nous"]).await;
    assert_eq!(renewed.code, 0, "{renewed:?}");
    let refresh = lab
        .sim
        .journal()
        .find("portal.nousresearch.com", "/api/oauth/token");
    let last = refresh.last().expect("a refresh");
    assert!(last.header("x-nous-refresh-token").is_some());
    assert!(
        !last.form().iter().any(|(name, _)| name == "refresh_token"),
        "the token stays out of the body"
    );
}

#[tokio::test]
async fn codex_device_login_is_stored_and_renewed() {
    let lab = Lab::new().await;
    let done = lab.sign_in(&["auth", "add", "openai-codex"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(lab.run(&["auth", "status", "openai-codex"]).await.code, 0);
    let renewed = lab.run(&["auth", "refresh", "openai-codex"]).await;
    assert_eq!(renewed.code, 0, "{renewed:?}");
}

#[tokio::test]
async fn anthropic_plan_login_by_paste_is_stored() {
    let lab = Lab::new().await;
    let started = lab
        .run(&[
            "auth",
            "add",
            "anthropic",
            "--method",
            "plan",
            "--accept-terms",
            "--start",
            "--json",
        ])
        .await;
    assert_eq!(started.code, 0, "{started:?}");
    let started: serde_json::Value = serde_json::from_str(&started.stdout).expect("JSON");
    let url = started["challenge"]["url"].as_str().expect("a link");
    let shown = lab
        .sim
        .person()
        .approve_browser(url)
        .await
        .expect("a page with a code");
    let id = started["login_id"].as_str().expect("an id");
    let done = lab
        .run_with_input(&["auth", "finish", id, "--code-stdin"], &shown)
        .await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(lab.run(&["auth", "status", "anthropic"]).await.code, 0);
    let again = lab
        .run_with_input(&["auth", "finish", id, "--code-stdin"], &shown)
        .await;
    assert_ne!(again.code, 0, "a login is finished once");
}

#[tokio::test]
async fn anthropic_plan_login_over_the_loopback_is_stored() {
    let lab = Lab::new().await;
    let login = lab
        .login(&["auth", "add", "anthropic", "--method", "plan", "--accept-terms"])
        .await;
    let back = lab
        .sim
        .person()
        .approve_browser(&login.url())
        .await
        .expect("a redirect");
    lab.sim.person().follow(&back).await;
    let done = login.end().await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(lab.run(&["auth", "status", "anthropic"]).await.code, 0);
}

#[tokio::test]
async fn anthropic_plan_without_consent_is_refused() {
    let lab = Lab::new().await;
    let done = lab.run(&["auth", "add", "anthropic", "--method", "plan"]).await;
    assert_eq!(done.code, 3, "{done:?}");
    assert!(done.stderr.contains("--accept-terms"), "{done:?}");
    nothing_stored(&lab).await;
    assert_eq!(
        lab.sim.journal().entries().len(),
        0,
        "nothing is sent before consent"
    );
}

#[tokio::test]
async fn openrouter_browser_login_yields_a_key() {
    let lab = Lab::new().await;
    let login = lab
        .login(&["auth", "add", "openrouter", "--method", "browser"])
        .await;
    let back = lab
        .sim
        .person()
        .approve_browser(&login.url())
        .await
        .expect("a redirect");
    lab.sim.person().follow(&back).await;
    let done = login.end().await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(lab.run(&["auth", "status", "openrouter"]).await.code, 0);
}

#[tokio::test]
async fn pasted_code_with_another_state_is_refused() {
    let lab = Lab::new().await;
    let done = paste(&lab, "anthropic", |shown| {
        let (code, _) = shown.split_once('#').expect("code#state");
        format!("{code}#evilstate")
    })
    .await;
    assert_eq!(done.code, 6, "{done:?}");
    nothing_stored(&lab).await;
    assert_eq!(
        lab.sim.journal().count("platform.claude.com", "/v1/oauth/token"),
        0,
        "no code is exchanged"
    );
}

#[tokio::test]
async fn denied_login_ends_with_3() {
    let lab = Lab::new().await;
    for provider in ["minimax-oauth", "nous"] {
        let login = lab.login(&["auth", "add", provider]).await;
        lab.sim.person().deny(&login.user_code());
        let done = login.end().await;
        assert_eq!(done.code, 3, "{provider}: {done:?}");
    }
    nothing_stored(&lab).await;
}

#[tokio::test]
async fn login_that_nobody_approves_ends_with_5() {
    let lab = Lab::new().await;
    for provider in ["minimax-oauth", "nous", "openai-codex"] {
        let login = lab.login(&["auth", "add", provider, "--timeout", "20"]).await;
        let done = login.end().await;
        assert_eq!(done.code, 5, "{provider}: {done:?}");
    }
    nothing_stored(&lab).await;
}

#[tokio::test]
async fn interrupted_login_ends_with_3_and_stores_nothing() {
    let lab = Lab::new().await;
    let login = lab.login(&["auth", "add", "minimax-oauth"]).await;
    let code = login.user_code();
    login.interrupt();
    let done = login.end().await;
    assert_eq!(done.code, 3, "{done:?}");
    lab.sim.person().approve(&code);
    nothing_stored(&lab).await;
}

#[tokio::test]
async fn redirect_to_a_foreign_host_is_refused() {
    let lab = Lab::new().await;
    for host in ["account.minimax.io", "api.minimax.io"] {
        for path in ["/oauth2/device/code", "/oauth/code"] {
            lab.sim
                .script()
                .redirect(host, path, 307, "https://api.deepseek.com/oauth2/device/code");
        }
    }
    let done = lab.run(&["auth", "add", "minimax-oauth", "--no-browser"]).await;
    assert_eq!(done.code, 6, "{done:?}");
    assert_eq!(lab.sim.journal().count_host("api.deepseek.com"), 0);
    nothing_stored(&lab).await;
}

#[tokio::test]
async fn unknown_login_method_of_an_overlay_is_unsupported() {
    let mut lab = Lab::new().await;
    with_strange(&mut lab);
    let done = lab.run(&["auth", "add", "strange"]).await;
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stderr.contains("Unsupported flow"), "{done:?}");
    assert_eq!(lab.sim.journal().entries().len(), 0, "no provider is contacted");
    nothing_stored(&lab).await;
}
