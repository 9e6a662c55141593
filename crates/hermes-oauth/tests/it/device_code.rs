use std::sync::Arc;

use hermes_catalog::LoginFlow;
use hermes_core::{ExitKind, Explain, Lang};
use hermes_oauth::{Challenge, Plan};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json as object};

use crate::lab::{NOW, Reply, Server, World, json, jwt, ok, plan, raw, row, world};

const HOST: &str = "portal.nousresearch.com";

fn code() -> Value {
    object!({
        "device_code": "device-1",
        "user_code": "WDJB-MJHT",
        "verification_uri": "https://portal.nousresearch.com/device",
        "verification_uri_complete": "https://portal.nousresearch.com/device?user_code=WDJB-MJHT",
        "expires_in": 900,
        "interval": 5,
    })
}

fn tokens() -> Value {
    object!({"access_token": "access-1", "refresh_token": "refresh-1", "token_type": "bEaReR", "expires_in": "3600"})
}

fn error(status: u16, code: &str) -> Reply {
    json(status, &object!({"error": code}))
}

async fn issuer(script: Vec<Reply>) -> (World, Server) {
    let server = Server::start(script).await;
    (world(&[(HOST, Some(&server))]), server)
}

#[tokio::test]
async fn login_in_the_usual_order_sends_what_rfc_8628_says() {
    let (world, server) = issuer(vec![
        ok(&code()),
        error(400, "authorization_pending"),
        ok(&tokens()),
    ])
    .await;
    let plan = plan("nous", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let Challenge::Code {
        url,
        complete_url,
        expires,
        interval_ms,
        ..
    } = attempt.challenge().clone()
    else {
        panic!("not a code");
    };
    assert_eq!(url.as_str(), "https://portal.nousresearch.com/device");
    assert_eq!(complete_url.unwrap().query(), Some("user_code=WDJB-MJHT"));
    assert_eq!((expires.as_millis(), interval_ms), (NOW + 900_000, 6000));
    let polled = world.poll_out(&mut attempt, &plan).await;
    assert_eq!(polled.waits, [6000]);
    let material = polled.credential.unwrap().material;
    assert_eq!(material.expires.unwrap().as_millis(), NOW + 6000 + 3_600_000);
    let seen = server.seen();
    assert_eq!(seen[0].line, "POST /api/oauth/device/code HTTP/1.1");
    assert_eq!(seen[0].body, "client_id=hermes-cli&scope=inference%3Ainvoke");
    assert_eq!(seen[1].line, "POST /api/oauth/token HTTP/1.1");
    assert_eq!(
        seen[1].body,
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=hermes-cli&device_code=device-1"
    );
}

#[tokio::test]
async fn slow_down_lengthens_this_and_later_waits() {
    let named = json(429, &object!({"error": "slow_down", "interval": 30}));
    let script = vec![
        ok(&code()),
        error(400, "authorization_pending"),
        error(200, "slow_down"),
        error(200, "authorization_pending"),
        error(400, "slow_down"),
        named,
        error(428, "authorization_pending"),
        ok(&tokens()),
    ];
    let (world, _server) = issuer(script).await;
    let plan = plan("nous", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let polled = world.poll_out(&mut attempt, &plan).await;
    assert_eq!(polled.waits, [6000, 11_000, 11_000, 16_000, 36_000, 36_000]);
    assert!(
        polled.notes.iter().any(|note| note.contains("clock")),
        "{:?}",
        polled.notes
    );
    assert!(polled.credential.is_some());
}

#[rstest]
#[case::missing(Value::Null, 6000)]
#[case::text("7".into(), 8400)]
#[case::zero(0.into(), 6000)]
#[case::negative((-4).into(), 6000)]
#[case::fraction(object!(0.2), 1200)]
#[case::huge(object!(1e300), 72_000)]
#[tokio::test]
async fn interval_as_it_comes_gives_a_sane_wait(#[case] given: Value, #[case] expected: u128) {
    let mut answer = code();
    answer["interval"] = given;
    let (world, _server) = issuer(vec![
        ok(&answer),
        error(400, "authorization_pending"),
        ok(&tokens()),
    ])
    .await;
    let plan = plan("nous", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    assert_eq!(world.poll_out(&mut attempt, &plan).await.waits, [expected]);
}

#[rstest]
#[case::denied(error(400, "access_denied"), "authorization_denied", ExitKind::Cancelled)]
#[case::denied_other_word(
    error(400, "authorization_denied"),
    "authorization_denied",
    ExitKind::Cancelled
)]
#[case::expired(error(400, "expired_token"), "device_code_timeout", ExitKind::LoginExpired)]
#[case::own_deadline(
    error(400, "authorization_pending"),
    "device_code_timeout",
    ExitKind::LoginExpired
)]
#[case::invalid_client(error(401, "invalid_client"), "token_exchange_failed", ExitKind::Refused)]
#[case::error_object(json(400, &object!({"error": {"code": "invalid_grant", "message": "no"}})), "token_exchange_failed", ExitKind::Refused)]
#[case::error_word(json(400, &object!({"code": "bad_request"})), "token_exchange_failed", ExitKind::Refused)]
#[case::no_token(ok(&object!({"token_type": "bearer"})), "token_incomplete", ExitKind::Refused)]
#[case::mac_token(ok(&object!({"access_token": "a", "token_type": "mac"})), "token_incomplete", ExitKind::Refused)]
#[case::not_found(raw(404, "<html>"), "token_exchange_failed", ExitKind::Refused)]
#[tokio::test]
async fn poll_that_ends_badly_tells_which_way(
    #[case] last: Reply,
    #[case] kind: &str,
    #[case] exit: ExitKind,
) {
    let (world, _server) = issuer(vec![ok(&code()), last]).await;
    let plan = plan("nous", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let error = world.poll_out(&mut attempt, &plan).await.error.unwrap();
    assert_eq!((error.kind(), error.exit()), (kind, exit), "{error}");
    assert!(error.hint(Lang::En).is_some());
}

#[rstest]
#[case::html(raw(502, "<html>"))]
#[case::server_error(error(500, "server_error"))]
#[case::busy(error(503, "temporarily_unavailable"))]
#[case::cut(Reply::Cut)]
#[case::half(Reply::Half)]
#[case::not_json(raw(200, "hello"))]
#[tokio::test]
async fn fault_between_polls_backs_off_and_goes_on(#[case] fault: Reply) {
    let script = vec![
        ok(&code()),
        fault.clone(),
        fault.clone(),
        fault,
        error(400, "authorization_pending"),
        ok(&tokens()),
    ];
    let (world, _server) = issuer(script).await;
    let plan = plan("nous", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let polled = world.poll_out(&mut attempt, &plan).await;
    assert!(polled.credential.is_some(), "{polled:?}");
    assert_eq!(polled.waits, [12_000, 24_000, 48_000, 6000]);
    assert_eq!(polled.notes.len(), 3);
}

#[tokio::test]
async fn invalid_grant_after_a_lost_answer_says_so() {
    let (world, server) = issuer(vec![ok(&code()), Reply::Cut, error(400, "invalid_grant")]).await;
    let plan = plan("nous", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let error = world.poll_out(&mut attempt, &plan).await.error.unwrap();
    assert!(error.to_string().contains("lost"), "{error}");
    assert_eq!((error.exit(), server.seen().len()), (ExitKind::Network, 3));
}

#[rstest]
#[case("device_code")]
#[case("user_code")]
#[case("verification_uri")]
#[case("expires_in")]
#[tokio::test]
async fn code_answer_without_a_field_names_it(#[case] field: &str) {
    let mut answer = code();
    answer.as_object_mut().unwrap().remove(field);
    let (world, _server) = issuer(vec![ok(&answer)]).await;
    let error = world.start(&plan("nous", None, None)).await.unwrap_err();
    assert_eq!(error.kind(), "device_code_incomplete");
    assert!(error.to_string().contains(&format!("`{field}`")), "{error}");
}

#[tokio::test]
async fn unsafe_complete_link_is_refused_too() {
    let mut answer = code();
    answer["verification_uri_complete"] = "https://evil.example/?code=x".into();
    let (world, _server) = issuer(vec![ok(&answer)]).await;
    assert_eq!(
        world.start(&plan("nous", None, None)).await.unwrap_err().kind(),
        "unsafe_link"
    );
}

#[tokio::test]
async fn pkce_of_a_row_that_asks_for_it_matches_between_the_calls() {
    let mut provider = row("nous");
    let LoginFlow::DeviceCode(flow) = &mut provider.login[0].flow else {
        panic!("not a device code")
    };
    flow.pkce = true;
    let plan = Plan::new(Arc::new(provider), None, None, None).unwrap();
    let (world, server) = issuer(vec![ok(&code()), ok(&tokens())]).await;
    let mut attempt = world.start(&plan).await.unwrap();
    assert!(world.poll_out(&mut attempt, &plan).await.credential.is_some());
    let seen = server.seen();
    assert_eq!(
        seen[0].field("code_challenge"),
        "VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw"
    );
    assert_eq!(seen[0].field("code_challenge_method"), "S256");
    assert_eq!(
        seen[1].field("code_verifier"),
        "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
    );
}

#[tokio::test]
async fn jwt_claims_name_the_account_and_the_end() {
    let token = jwt(&object!({"sub": "user-7", "exp": NOW / 1000 + 7200}));
    let (world, _server) = issuer(vec![
        ok(&code()),
        ok(&object!({"access_token": token, "scope": "other"})),
    ])
    .await;
    let plan = plan("nous", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let polled = world.poll_out(&mut attempt, &plan).await;
    let credential = polled.credential.unwrap();
    assert_eq!(credential.identity.subject, "user-7");
    assert_eq!(credential.material.expires.unwrap().as_millis(), NOW + 7_200_000);
    assert_eq!(credential.material.refresh, None);
    assert_eq!(polled.notes, ["The provider did not grant `inference:invoke`."]);
}

#[tokio::test]
async fn unreachable_issuer_is_a_network_error() {
    let world = world(&[(HOST, None)]);
    let error = world.start(&plan("nous", None, None)).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.exit()),
        ("device_code_request_failed", ExitKind::Network)
    );
}
