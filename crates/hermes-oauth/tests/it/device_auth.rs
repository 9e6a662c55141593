use hermes_core::{Clock, ExitKind, Explain, Lang};
use hermes_oauth::{Attempt, Challenge, Input};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json as object};

use crate::lab::{NOW, Reply, Server, World, json, jwt, ok, plan, raw, with_header, world};

const HOST: &str = "auth.openai.com";

fn code() -> Value {
    object!({"device_auth_id": "dev-1", "user_code": "ABCD-EFGHI", "interval": "5"})
}

fn approved() -> Value {
    object!({"authorization_code": "auth-1", "code_verifier": "verifier-1", "code_challenge": "x"})
}

fn access() -> String {
    jwt(&object!({
        "sub": "user-1",
        "exp": NOW / 1000 + 86_400,
        "https://api.openai.com/auth": {"chatgpt_account_id": "account-9", "chatgpt_plan_type": "plus"},
    }))
}

fn tokens() -> Value {
    object!({
        "access_token": access(),
        "refresh_token": "refresh-1",
        "id_token": jwt(&object!({"sub": "user-1", "email": "a@b.example"})),
    })
}

async fn issuer(script: Vec<Reply>) -> (World, Server) {
    let server = Server::start(script).await;
    (world(&[(HOST, Some(&server))]), server)
}

#[tokio::test]
async fn login_in_the_usual_order_sends_the_vendors_calls() {
    let script = vec![
        ok(&code()),
        raw(403, ""),
        json(404, &object!({})),
        ok(&approved()),
        ok(&tokens()),
    ];
    let (world, server) = issuer(script).await;
    let plan = plan("openai-codex", Some("device"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let Challenge::Code {
        url,
        expires,
        interval_ms,
        ..
    } = attempt.challenge().clone()
    else {
        panic!("not a code")
    };
    assert_eq!(url.as_str(), "https://auth.openai.com/codex/device");
    assert_eq!((expires.as_millis(), interval_ms), (NOW + 900_000, 5000));
    let polled = world.poll_out(&mut attempt, &plan).await;
    assert_eq!(polled.waits, [5000, 5000, 5000]);
    let credential = polled.credential.unwrap();
    assert_eq!(credential.identity.subject, "user-1");
    assert_eq!(credential.identity.organisation.as_deref(), Some("account-9"));
    assert_eq!(credential.account.display.as_deref(), Some("a@b.example"));
    assert_eq!(credential.account.plan.as_deref(), Some("plus"));
    assert_eq!(credential.material.extra["account_id"], "account-9");
    assert_eq!(credential.material.expires.unwrap().as_millis(), NOW + 86_400_000);
    let seen = server.seen();
    assert_eq!(seen[0].line, "POST /api/accounts/deviceauth/usercode HTTP/1.1");
    assert_eq!(seen[0].header("content-type"), Some("application/json"));
    assert_eq!(seen[0].body, r#"{"client_id":"app_EMoamEEZ73f0CkXaXp7hrann"}"#);
    assert_eq!(seen[1].line, "POST /api/accounts/deviceauth/token HTTP/1.1");
    assert_eq!(
        seen[1].body,
        r#"{"device_auth_id":"dev-1","user_code":"ABCD-EFGHI"}"#
    );
    assert_eq!(seen[4].line, "POST /oauth/token HTTP/1.1");
    assert_eq!(
        seen[4].body,
        "grant_type=authorization_code&code=auth-1&redirect_uri=https%3A%2F%2Fauth.openai.com%2Fdeviceauth%2Fcallback\
         &client_id=app_EMoamEEZ73f0CkXaXp7hrann&code_verifier=verifier-1"
    );
}

#[tokio::test]
async fn start_that_is_rate_limited_waits_as_told_and_goes_on() {
    let limited = with_header(raw(429, ""), "retry-after", "7");
    let (world, server) = issuer(vec![limited, raw(429, ""), ok(&code())]).await;
    world
        .start(&plan("openai-codex", Some("device"), None))
        .await
        .unwrap();
    assert_eq!(server.seen().len(), 3);
    assert_eq!(world.clock.now().as_millis() - NOW, 7000 + 4000);
}

#[tokio::test]
async fn start_that_stays_rate_limited_gives_up_after_four() {
    let (world, server) = issuer(vec![with_header(raw(429, ""), "retry-after", "3600")]).await;
    let error = world
        .start(&plan("openai-codex", Some("device"), None))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.exit(), server.seen().len()),
        ("rate_limited", ExitKind::Refused, 4)
    );
    assert_eq!(
        error.hint(Lang::En).as_deref(),
        Some("Wait 3600 s, then start the login again.")
    );
    assert_eq!(world.clock.now().as_millis() - NOW, 180_000);
}

#[rstest]
#[case::refused(raw(500, ""), "device_code_request_error")]
#[case::html(raw(200, "<html>"), "device_code_incomplete")]
#[case::no_id(ok(&object!({"user_code": "A"})), "device_code_incomplete")]
#[case::no_code(ok(&object!({"device_auth_id": "A"})), "device_code_incomplete")]
#[tokio::test]
async fn start_with_a_bad_answer_tells_what(#[case] reply: Reply, #[case] kind: &str) {
    let (world, _server) = issuer(vec![reply]).await;
    assert_eq!(
        world
            .start(&plan("openai-codex", Some("device"), None))
            .await
            .unwrap_err()
            .kind(),
        kind
    );
}

#[rstest]
#[case::poll_error(vec![raw(400, "no")], "device_code_poll_error", ExitKind::Refused)]
#[case::no_code(vec![ok(&object!({"code_verifier": "x"}))], "device_code_incomplete_exchange", ExitKind::Refused)]
#[case::never(vec![raw(403, "")], "device_code_timeout", ExitKind::LoginExpired)]
#[case::exchange_refused(vec![ok(&approved()), raw(400, "no")], "token_exchange_error", ExitKind::Refused)]
#[case::exchange_limited(vec![ok(&approved()), raw(429, "")], "rate_limited", ExitKind::Refused)]
#[case::no_access(vec![ok(&approved()), ok(&object!({}))], "token_exchange_no_access_token", ExitKind::Refused)]
#[case::exchange_lost(vec![ok(&approved()), Reply::Cut], "token_exchange_failed", ExitKind::Network)]
#[tokio::test]
async fn login_that_ends_badly_tells_which_way(
    #[case] rest: Vec<Reply>,
    #[case] kind: &str,
    #[case] exit: ExitKind,
) {
    let (world, server) = issuer([vec![ok(&code())], rest].concat()).await;
    let plan = plan("openai-codex", Some("device"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let error = world.poll_out(&mut attempt, &plan).await.error.unwrap();
    assert_eq!((error.kind(), error.exit()), (kind, exit), "{error}");
    let asked = server.seen().len();
    let _ = attempt
        .advance(&world.engine, &plan, Input::Poll)
        .await
        .unwrap_err();
    assert_eq!(server.seen().len(), asked, "a code must not be sent twice");
}

#[tokio::test]
async fn faults_between_polls_are_survived() {
    let script = vec![
        ok(&code()),
        raw(502, "<html>"),
        Reply::Cut,
        raw(200, "<html>"),
        ok(&approved()),
        ok(&tokens()),
    ];
    let (world, _server) = issuer(script).await;
    let plan = plan("openai-codex", Some("device"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    assert!(world.poll_out(&mut attempt, &plan).await.credential.is_some());
}

#[tokio::test]
async fn attempt_restored_in_the_middle_goes_on() {
    let (world, _server) = issuer(vec![ok(&code()), raw(403, ""), ok(&approved()), ok(&tokens())]).await;
    let plan = plan("openai-codex", Some("device"), None);
    let state = world.start(&plan).await.unwrap().to_state();
    let mut restored = Attempt::from_state(&plan, &state).unwrap();
    let polled = world.poll_out(&mut restored, &plan).await;
    assert_eq!(polled.waits, [5000, 5000]);
    assert!(polled.credential.is_some());
}
