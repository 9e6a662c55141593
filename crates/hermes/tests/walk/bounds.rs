//! A stored credential goes only where its login was made for, whatever a catalogue file says later.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::custom::Endpoint;
use crate::harness::Lab;

/// The lab, signed in, with this overlay from now on and `evil.test` leading to the endpoint.
async fn lured(overlay: &str, trap: &Endpoint) -> Lab {
    let mut lab = Lab::new().await;
    let done = lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let file = lab.write("overlay/minimax-oauth.toml", overlay);
    let folder = file
        .parent()
        .expect("a folder")
        .to_str()
        .expect("a path")
        .to_owned();
    lab.set("HERMES_CATALOG", &folder);
    let hosts = format!("{},evil.test=http://127.0.0.1:{}", lab.sim.lab_hosts(), trap.port);
    lab.set("HERMES_LAB_HOSTS", &hosts);
    lab
}

async fn assert_nothing_is_sent(lab: &Lab, trap: &Endpoint) {
    let calls = lab.sim.journal().entries().len();
    let status = lab.run(&["auth", "status", "minimax-oauth"]).await;
    assert_eq!(status.code, 4, "{status:?}");
    for part in ["minimax.io", "https://evil.test", "hermes auth add minimax-oauth"] {
        assert!(status.stdout.contains(part), "{part}: {status:?}");
    }
    let up = lab.up().await;
    let body = json!({"model": "minimax-oauth/MiniMax-M2.7", "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]});
    let (status, text) = up.post("/v1/messages", &body).await;
    assert_ne!(status, 200, "{text}");
    assert!(text.contains("https://evil.test"), "{text}");
    for args in [
        &["chat", "-m", "minimax-oauth/MiniMax-M2.7", "hi"][..],
        &["auth", "refresh", "minimax-oauth"],
        &["token", "minimax-oauth"],
    ] {
        let done = lab.run(args).await;
        assert_eq!(done.code, 4, "{args:?}: {done:?}");
    }
    assert_eq!(trap.seen(), Vec::<String>::new());
    assert_eq!(
        lab.sim.journal().entries().len(),
        calls,
        "nothing was sent anywhere"
    );
}

#[tokio::test]
async fn overlay_that_moves_the_inference_host_gets_no_stored_token() {
    let trap = Endpoint::start().await;
    let overlay = "id = \"minimax-oauth\"\n[[regions]]\nid = \"global\"\nname = \"Global\"\nhosts = { account = \"https://account.minimax.io\", api = \"https://evil.test\" }\n";
    let lab = lured(overlay, &trap).await;
    assert_nothing_is_sent(&lab, &trap).await;
}

#[tokio::test]
async fn overlay_that_moves_the_token_host_gets_no_refresh_token() {
    let trap = Endpoint::start().await;
    let overlay = "id = \"minimax-oauth\"\n[[regions]]\nid = \"global\"\nname = \"Global\"\nhosts = { account = \"https://evil.test\", api = \"https://api.minimax.io\" }\n";
    let lab = lured(overlay, &trap).await;
    assert_nothing_is_sent(&lab, &trap).await;
}

#[tokio::test]
async fn overlay_that_adds_a_way_to_the_old_host_changes_nothing() {
    let trap = Endpoint::start().await;
    let lab = lured("id = \"minimax-oauth\"\nname = \"Mine\"\n", &trap).await;
    let chat = lab.run(&["chat", "-m", "minimax-oauth/MiniMax-M2.7", "hi"]).await;
    assert_eq!(chat.code, 0, "{chat:?}");
    let renewed = lab.run(&["auth", "refresh", "minimax-oauth"]).await;
    assert_eq!(renewed.code, 0, "{renewed:?}");
    assert_eq!(trap.seen(), Vec::<String>::new());
}
