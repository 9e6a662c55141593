//! A token that the provider refuses, and calls that only this provider has.

mod support;

use hermes_core::Health;
use support::{Reply, Running, Setup, Upstream, start};

/// Takes the token `at-1` only, which `/token` hands out for `rt-0`.
async fn lab(renews: bool) -> Running {
    let upstream = Upstream::start(move |call| match call.target.as_str() {
        "/token" if renews && String::from_utf8_lossy(&call.body).contains("rt-0") => Reply::json(
            200,
            r#"{"access_token":"at-1","refresh_token":"rt-1","token_type":"Bearer","expires_in":3600}"#,
        ),
        "/token" => Reply::json(400, r#"{"error":"invalid_grant"}"#),
        _ if call.header("authorization") == "Bearer at-1" => Reply::json(200, r#"{"input_tokens":3}"#),
        _ => Reply::json(
            401,
            r#"{"type":"error","error":{"type":"authentication_error","message":"expired"}}"#,
        ),
    })
    .await;
    start(
        upstream,
        Setup {
            logins: Vec::new(),
            tokens: true,
            ..Setup::default()
        },
    )
    .await
}

#[tokio::test]
async fn refused_token_is_renewed_once_and_the_request_served() {
    let lab = lab(true).await;
    for attempts in ["2", "1"] {
        let answer = lab.post("/v1/messages", "", r#"{"model":"o-1"}"#).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("x-hermes-attempts"), Some(attempts));
    }
    let targets: Vec<_> = lab.upstream.calls().into_iter().map(|call| call.target).collect();
    assert_eq!(
        targets,
        ["/v1/messages", "/token", "/v1/messages", "/v1/messages"]
    );
}

#[tokio::test]
async fn token_refused_inside_a_stream_is_renewed_once_and_the_request_served() {
    let done = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
    let refused = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"expired\"}}\n\n";
    let upstream = Upstream::start(move |call| match call.target.as_str() {
        "/token" => Reply::json(
            200,
            r#"{"access_token":"at-1","refresh_token":"rt-1","token_type":"Bearer","expires_in":3600}"#,
        ),
        _ if call.header("authorization") == "Bearer at-1" => Reply::events(done),
        _ => Reply::events(refused),
    });
    let setup = Setup {
        logins: Vec::new(),
        tokens: true,
        ..Setup::default()
    };
    let lab = start(upstream.await, setup).await;
    let answer = lab.post("/v1/messages", "", r#"{"model":"o-1"}"#).await;
    assert_eq!((answer.status, answer.text_body().as_str()), (200, done));
    let targets: Vec<_> = lab.upstream.calls().into_iter().map(|call| call.target).collect();
    assert_eq!(targets, ["/v1/messages", "/token", "/v1/messages"]);
}

#[tokio::test]
async fn many_requests_with_a_refused_token_renew_it_once() {
    let lab = std::sync::Arc::new(lab(true).await);
    let clients: Vec<_> = (0..40)
        .map(|_| {
            let lab = std::sync::Arc::clone(&lab);
            tokio::spawn(async move { lab.post("/v1/messages", "", r#"{"model":"o-1"}"#).await.status })
        })
        .collect();
    for client in clients {
        assert_eq!(client.await.unwrap(), 200);
    }
    assert_eq!(
        lab.upstream
            .calls()
            .iter()
            .filter(|call| call.target == "/token")
            .count(),
        1
    );
}

#[tokio::test]
async fn login_that_ended_is_400_with_the_cause_and_never_401() {
    let lab = lab(false).await;
    for _ in 0..2 {
        let answer = lab.post("/v1/messages", "", r#"{"model":"o-1"}"#).await;
        assert_eq!(answer.status, 400, "{}", answer.text);
        assert_eq!(answer.header("x-should-retry"), Some("false"));
        let members = answer.json()["error"]["details"]["credentials"].to_string();
        assert!(members.contains("needs-login"), "{members}");
        assert!(!answer.text.contains("at-0") && !answer.text.contains("rt-0"));
    }
    let stored = lab.store.credentials().await.unwrap();
    assert!(
        matches!(stored[0].health, Health::NeedsLogin { .. }),
        "{:?}",
        stored[0].health
    );
}

#[tokio::test]
async fn token_count_goes_to_the_providers_own_call() {
    let lab = lab(true).await;
    let answer = lab
        .post("/v1/messages/count_tokens", "", r#"{"model":"lab-oauth/o-1"}"#)
        .await;
    assert_eq!(
        (answer.status, answer.text_body().as_str()),
        (200, r#"{"input_tokens":3}"#)
    );
    let last = lab.upstream.calls().pop().unwrap();
    assert_eq!(
        (last.target.as_str(), &last.body[..]),
        ("/v1/messages/count_tokens", &br#"{"model":"o-1"}"#[..])
    );
}

#[tokio::test]
async fn beta_names_are_removed_and_added_as_the_row_says() {
    let lab = lab(true).await;
    let answer = lab
        .post(
            "/v1/messages",
            "anthropic-beta: gone, kept,unknown-2099\r\n",
            r#"{"model":"o-1"}"#,
        )
        .await;
    assert_eq!(answer.status, 200);
    let last = lab.upstream.calls().pop().unwrap();
    assert_eq!(last.header("anthropic-beta"), "kept,unknown-2099,added");
}
