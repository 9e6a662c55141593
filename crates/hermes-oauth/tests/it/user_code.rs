use std::time::Duration;

use hermes_core::{ExitKind, Explain, Lang, Secret};
use hermes_oauth::{Attempt, Challenge, Input, StartOptions, Step};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json as object};

use crate::lab::{NOW, Reply, Server, World, json, ok, plan, raw, with_header, world};

const NEW: &str = "account.minimax.io";
const OLD: &str = "api.minimax.io";

fn code() -> Value {
    object!({
        "user_code": "ABCD-1234",
        "verification_uri": "https://www.minimax.io/oauth-authorize?user_code=ABCD-1234",
        "expired_in": NOW + 600_000,
        "interval": 3000,
        "state": "{state}",
    })
}

fn tokens() -> Value {
    object!({
        "status": "success",
        "access_token": "access-1",
        "refresh_token": "refresh-1",
        "expired_in": NOW + 900_000,
        "resource_url": "https://api.minimax.io/anthropic",
        "notification_message": "Hello\u{1b}[2J",
    })
}

fn pending() -> Reply {
    ok(&object!({"status": "pending"}))
}

async fn at_new(script: Vec<Reply>) -> (World, Server) {
    let server = Server::start(script).await;
    (world(&[(NEW, Some(&server)), (OLD, None)]), server)
}

#[tokio::test]
async fn login_in_the_usual_order_sends_exactly_the_documented_fields() {
    let (world, server) = at_new(vec![ok(&code()), pending(), pending(), ok(&tokens())]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let Challenge::Code {
        url,
        user_code,
        expires,
        interval_ms,
        ..
    } = attempt.challenge().clone()
    else {
        panic!("not a code");
    };
    assert_eq!(
        url.as_str(),
        "https://platform.minimax.io/oauth-authorize?user_code=ABCD-1234"
    );
    assert_eq!(
        (user_code.as_str(), expires.as_millis(), interval_ms),
        ("ABCD-1234", NOW + 600_000, 3000)
    );
    let polled = world.poll_out(&mut attempt, &plan).await;
    assert_eq!(polled.waits, [3000, 3000]);
    assert_eq!(polled.notes, ["Hello\\u{1b}[2J"]);

    let seen = server.seen();
    assert_eq!(seen.len(), 4);
    assert_eq!(seen[0].line, "POST /oauth2/device/code HTTP/1.1");
    assert_eq!(seen[0].header("host"), Some(NEW));
    assert_eq!(
        seen[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(seen[0].header("accept"), Some("application/json"));
    assert_eq!(
        seen[0]
            .header("x-request-id")
            .unwrap()
            .parse::<uuid::Uuid>()
            .unwrap()
            .get_version_num(),
        4
    );
    // 32 bytes of 1 are the verifier, 32 bytes of 2 the state.
    assert_eq!(
        seen[0].body,
        "response_type=code&client_id=78257093-7e40-4613-99e0-527b14b39113&scope=group_id+profile+model.completion\
         &code_challenge=VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw&code_challenge_method=S256\
         &state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"
    );
    assert_eq!(seen[1].line, "POST /oauth2/token HTTP/1.1");
    assert_eq!(
        seen[1].body,
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Auser_code\
         &client_id=78257093-7e40-4613-99e0-527b14b39113&user_code=ABCD-1234\
         &code_verifier=AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"
    );
}

#[tokio::test]
async fn login_that_succeeds_gives_one_complete_credential() {
    let (world, _server) = at_new(vec![ok(&code()), ok(&tokens())]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let credential = world.poll_out(&mut attempt, &plan).await.credential.unwrap();
    assert_eq!(credential.region.as_deref(), Some("global"));
    assert_eq!(credential.identity.issuer, NEW);
    assert!(credential.identity.subject.starts_with("sha256:"));
    assert_eq!(credential.material.access.expose(), "access-1");
    assert_eq!(credential.material.refresh.unwrap().expose(), "refresh-1");
    assert_eq!(credential.material.expires.unwrap().as_millis(), NOW + 900_000);
    assert_eq!(
        credential.material.extra["resource_url"],
        "https://api.minimax.io/anthropic"
    );
    assert_eq!(
        credential.material.extra["token_endpoint"],
        "https://account.minimax.io/oauth2/token"
    );
    let again = attempt
        .advance(&world.engine, &plan, Input::Poll)
        .await
        .unwrap_err();
    assert_eq!(again.kind(), "attempt_finished");
}

#[tokio::test]
async fn region_cn_asks_only_the_hosts_of_cn() {
    let mut answer = code();
    answer["verification_uri"] = "https://www.minimaxi.com/oauth-authorize?x=1".into();
    let server = Server::start(vec![ok(&answer), ok(&tokens())]).await;
    let world = world(&[("account.minimaxi.com", Some(&server))]);
    let plan = plan("minimax-oauth", None, Some("cn"));
    let mut attempt = world.start(&plan).await.unwrap();
    let Challenge::Code { url, .. } = attempt.challenge() else {
        panic!("not a code")
    };
    assert_eq!(url.host_str(), Some("platform.minimaxi.com"));
    let credential = world.poll_out(&mut attempt, &plan).await.credential.unwrap();
    assert_eq!(credential.region.as_deref(), Some("cn"));
    assert_eq!(credential.identity.issuer, "account.minimaxi.com");
}

#[rstest]
#[case::unreachable(None)]
#[case::unknown_path(Some(404))]
#[case::wrong_method(Some(405))]
#[case::gone(Some(410))]
#[tokio::test]
async fn first_pair_that_cannot_answer_leads_to_the_second_for_the_whole_login(#[case] status: Option<u16>) {
    let new = Server::start([raw(status.unwrap_or(500), "<html>nginx</html>")]).await;
    let old = Server::start([ok(&code()), ok(&tokens())]).await;
    let world = world(&[(NEW, status.map(|_| &new)), (OLD, Some(&old))]);
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let credential = world.poll_out(&mut attempt, &plan).await.credential.unwrap();
    let lines: Vec<_> = old.seen().into_iter().map(|seen| seen.line).collect();
    assert_eq!(lines, ["POST /oauth/code HTTP/1.1", "POST /oauth/token HTTP/1.1"]);
    assert_eq!(
        credential.material.extra["token_endpoint"],
        "https://api.minimax.io/oauth/token"
    );
    assert_eq!(credential.identity.issuer, NEW);
    assert_eq!(new.seen().len(), usize::from(status.is_some()));
}

#[rstest]
#[case::server_error(raw(500, "oops"), "authorization_failed", ExitKind::Refused)]
#[case::refused(json(400, &object!({"base_resp": {"status_code": 1, "status_msg": "no client"}})), "authorization_failed", ExitKind::Refused)]
#[case::html(
    raw(200, "<html>sign in to the airport</html>"),
    "authorization_incomplete",
    ExitKind::Refused
)]
#[case::empty(raw(200, ""), "authorization_incomplete", ExitKind::Refused)]
#[case::list(raw(200, "[1]"), "authorization_incomplete", ExitKind::Refused)]
#[case::bad_utf8(raw(200, vec![b'{', b'"', 0xff, 0xfe]), "authorization_incomplete", ExitKind::Refused)]
#[case::deep(raw(200, "[".repeat(100_000)), "authorization_incomplete", ExitKind::Refused)]
#[case::endless(Reply::Endless, "authorization_failed", ExitKind::Network)]
#[case::cut(Reply::Cut, "authorization_failed", ExitKind::Network)]
#[case::half(Reply::Half, "authorization_failed", ExitKind::Network)]
#[case::foreign_redirect(
    with_header(raw(307, ""), "location", "https://evil.example/oauth"),
    "authorization_failed",
    ExitKind::Refused
)]
#[case::downgraded_redirect(
    with_header(raw(302, ""), "location", "https://api.minimax.io/oauth"),
    "authorization_failed",
    ExitKind::Refused
)]
#[tokio::test]
async fn code_request_with_a_bad_answer_fails_without_asking_elsewhere(
    #[case] reply: Reply,
    #[case] kind: &str,
    #[case] exit: ExitKind,
) {
    let new = Server::start([reply]).await;
    let old = Server::start([ok(&code())]).await;
    let world = world(&[(NEW, Some(&new)), (OLD, Some(&old))]);
    let error = world.start(&plan("minimax-oauth", None, None)).await.unwrap_err();
    assert_eq!((error.kind(), error.exit()), (kind, exit), "{error}");
    assert!(error.hint(Lang::En).is_some());
    assert!(old.seen().is_empty());
}

#[rstest]
#[case::no_code("user_code", Value::Null, "authorization_incomplete")]
#[case::number_code("user_code", object!(12), "authorization_incomplete")]
#[case::no_link("verification_uri", Value::Null, "authorization_incomplete")]
#[case::no_expiry("expired_in", Value::Null, "authorization_incomplete")]
#[case::expiry_list("expired_in", object!([1]), "authorization_incomplete")]
#[case::other_state("state", object!("evil"), "state_mismatch")]
#[case::no_state("state", Value::Null, "state_mismatch")]
#[case::file_link("verification_uri", object!("file:///etc/passwd"), "unsafe_link")]
#[case::script_link("verification_uri", object!("javascript:alert(1)"), "unsafe_link")]
#[case::plain_http("verification_uri", object!("http://platform.minimax.io/oauth-authorize"), "unsafe_link")]
#[case::other_host("verification_uri", object!("https://platform.minimax.io.evil.example/"), "unsafe_link")]
#[case::user_info("verification_uri", object!("https://platform.minimax.io@evil.example/"), "unsafe_link")]
#[case::option("verification_uri", object!("-x"), "unsafe_link")]
#[case::control("verification_uri", object!("https://platform.minimax.io/\u{1b}[2J"), "unsafe_link")]
#[case::shell("user_code", object!("$(reboot)"), "unsafe_link")]
#[case::escape_code("user_code", object!("A\u{1b}]52;c;x\u{7}"), "unsafe_link")]
#[tokio::test]
async fn code_answer_with_a_bad_field_shows_nothing(
    #[case] field: &str,
    #[case] value: Value,
    #[case] kind: &str,
) {
    let mut answer = code();
    answer[field] = value;
    let (world, _server) = at_new(vec![ok(&answer)]).await;
    let error = world.start(&plan("minimax-oauth", None, None)).await.unwrap_err();
    assert_eq!((error.kind(), error.exit()), (kind, ExitKind::Refused), "{error}");
    assert!(error.to_string().chars().all(|one| !one.is_control()));
}

#[rstest]
#[case::missing(Value::Null, 2000)]
#[case::zero(object!(0), 2000)]
#[case::short(object!(500), 2000)]
#[case::text(object!("4000"), 4000)]
#[case::huge(object!(1e308), 60_000)]
#[case::word(object!("soon"), 2000)]
#[tokio::test]
async fn interval_in_milliseconds_keeps_its_floor(#[case] given: Value, #[case] expected: u128) {
    let mut answer = code();
    answer["interval"] = given;
    let (world, _server) = at_new(vec![ok(&answer), pending(), ok(&tokens())]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    assert_eq!(world.poll_out(&mut attempt, &plan).await.waits, [expected]);
}

#[tokio::test]
async fn redirect_to_an_allowed_host_carries_the_body() {
    let moved = with_header(
        raw(307, ""),
        "location",
        "https://account.minimax.io/oauth2/elsewhere",
    );
    let (world, server) = at_new(vec![moved, ok(&code()), ok(&tokens())]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    assert!(world.poll_out(&mut attempt, &plan).await.credential.is_some());
    let seen = server.seen();
    assert_eq!(seen[1].line, "POST /oauth2/elsewhere HTTP/1.1");
    assert_eq!(seen[0].body, seen[1].body);
}

#[rstest]
#[case::cut(Reply::Cut)]
#[case::half(Reply::Half)]
#[case::endless(Reply::Endless)]
#[case::bad_gateway(raw(502, "<html>bad gateway</html>"))]
#[case::busy(json(503, &object!({"error": "temporarily_unavailable"})))]
#[case::limited(raw(429, "slow"))]
#[case::html(raw(200, "<html>hello</html>"))]
#[case::empty(raw(200, ""))]
#[case::bad_utf8(raw(200, vec![0xff, 0xfe]))]
#[case::proxy_page(raw(403, "<html>blocked</html>"))]
#[tokio::test]
async fn fault_between_polls_is_survived_and_said(#[case] fault: Reply) {
    let (world, _server) = at_new(vec![
        ok(&code()),
        pending(),
        fault.clone(),
        fault,
        pending(),
        ok(&tokens()),
    ])
    .await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let polled = world.poll_out(&mut attempt, &plan).await;
    assert!(polled.credential.is_some(), "{polled:?}");
    assert_eq!(polled.waits, [3000, 6000, 12_000, 3000]);
    assert!(polled.notes[0].starts_with("Still trying"), "{:?}", polled.notes);
}

#[rstest]
#[case::denied(ok(&object!({"status": "error"})), "authorization_denied", ExitKind::Cancelled)]
#[case::refused(json(400, &object!({"base_resp": {"status_msg": "bad code"}})), "token_exchange_failed", ExitKind::Refused)]
#[case::gone(raw(404, "nothing"), "token_exchange_failed", ExitKind::Refused)]
#[case::no_access(ok(&object!({"status": "success", "refresh_token": "r", "expired_in": 9})), "token_incomplete", ExitKind::Refused)]
#[case::no_refresh(ok(&object!({"status": "success", "access_token": "a", "expired_in": 9})), "token_incomplete", ExitKind::Refused)]
#[case::no_expiry(ok(&object!({"status": "success", "access_token": "a", "refresh_token": "r"})), "token_incomplete", ExitKind::Refused)]
#[case::word_expiry(ok(&object!({"status": "success", "access_token": "a", "refresh_token": "r", "expired_in": "abc"})), "token_incomplete", ExitKind::Refused)]
#[case::number_token(ok(&object!({"status": "success", "access_token": 7, "refresh_token": "r", "expired_in": 9})), "token_incomplete", ExitKind::Refused)]
#[case::header_split(ok(&object!({"status": "success", "access_token": "a\r\nx: y", "refresh_token": "r", "expired_in": 9})), "token_incomplete", ExitKind::Refused)]
#[case::never(ok(&object!({"status": "pending"})), "timeout", ExitKind::LoginExpired)]
#[case::no_status(ok(&object!({})), "timeout", ExitKind::LoginExpired)]
#[case::foreign_redirect(
    with_header(raw(308, ""), "location", "https://evil.example/"),
    "token_exchange_failed",
    ExitKind::Refused
)]
#[tokio::test]
async fn poll_that_ends_badly_tells_which_way(
    #[case] last: Reply,
    #[case] kind: &str,
    #[case] exit: ExitKind,
) {
    let (world, server) = at_new(vec![ok(&code()), last]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let polled = world.poll_out(&mut attempt, &plan).await;
    let error = polled.error.unwrap();
    assert_eq!((error.kind(), error.exit()), (kind, exit), "{error}");
    assert!(error.ends_attempt() && error.hint(Lang::En).is_some());
    let asked = server.seen().len();
    assert!(attempt.advance(&world.engine, &plan, Input::Poll).await.is_err());
    assert_eq!(server.seen().len(), asked);
}

#[tokio::test]
async fn refusal_after_a_lost_answer_says_that_the_code_may_be_spent() {
    let refused = json(400, &object!({"error": "invalid_grant"}));
    let (world, _server) = at_new(vec![ok(&code()), Reply::Cut, refused]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let error = world.poll_out(&mut attempt, &plan).await.error.unwrap();
    assert!(error.to_string().contains("lost"), "{error}");
}

#[tokio::test]
async fn poll_that_comes_too_early_sends_nothing() {
    let (world, server) = at_new(vec![ok(&code()), pending()]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let _ = attempt.advance(&world.engine, &plan, Input::Poll).await.unwrap();
    world.clock.pass(Duration::from_secs(1));
    let step = attempt.advance(&world.engine, &plan, Input::Poll).await.unwrap();
    let Step::Waiting { next_poll, .. } = step else {
        panic!("{step:?}")
    };
    assert_eq!(next_poll, Duration::from_secs(2));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test]
async fn attempt_restored_from_its_state_goes_on_where_it_was() {
    let (world, server) = at_new(vec![ok(&code()), pending(), ok(&tokens())]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let _ = attempt.advance(&world.engine, &plan, Input::Poll).await.unwrap();
    let state = attempt.to_state();
    drop(attempt);
    let mut restored = Attempt::from_state(&plan, &state).unwrap();
    let polled = world.poll_out(&mut restored, &plan).await;
    assert!(polled.credential.is_some());
    assert_eq!(polled.waits, [3000]);
    let seen = server.seen();
    assert_eq!(seen[1].body, seen[2].body);
}

#[rstest]
#[case::other_region("minimax-oauth", Some("cn"))]
#[case::other_provider("nous", None)]
#[tokio::test]
async fn state_of_another_login_is_refused(#[case] provider: &str, #[case] region: Option<&str>) {
    let (world, _server) = at_new(vec![ok(&code())]).await;
    let attempt = world.start(&plan("minimax-oauth", None, None)).await.unwrap();
    let other = plan(provider, None, region);
    let error = Attempt::from_state(&other, &attempt.to_state()).unwrap_err();
    assert_eq!(error.kind(), "attempt_unreadable");
    assert!(Attempt::from_state(&other, &Secret::from("{")).is_err());
}

#[tokio::test]
async fn restored_attempt_past_its_end_is_expired_without_a_request() {
    let (world, server) = at_new(vec![ok(&code()), pending()]).await;
    let plan = plan("minimax-oauth", None, None);
    let state = world.start(&plan).await.unwrap().to_state();
    world.clock.pass(Duration::from_secs(601));
    let mut restored = Attempt::from_state(&plan, &state).unwrap();
    let error = restored
        .advance(&world.engine, &plan, Input::Poll)
        .await
        .unwrap_err();
    assert_eq!((error.kind(), error.exit()), ("timeout", ExitKind::LoginExpired));
    assert_eq!(server.seen().len(), 1);
}

#[rstest]
#[case::forward(3_600_000)]
#[case::back(-3_600_000)]
#[tokio::test]
async fn wall_clock_that_is_set_neither_ends_nor_stalls_a_running_attempt(#[case] by: i64) {
    let (world, _server) = at_new(vec![ok(&code()), pending(), pending(), ok(&tokens())]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let _ = attempt.advance(&world.engine, &plan, Input::Poll).await.unwrap();
    world.clock.set_by(by);
    let polled = world.poll_out(&mut attempt, &plan).await;
    assert!(
        polled.error.is_none() && polled.waits.iter().all(|wait| *wait <= 3000),
        "{polled:?}"
    );
}

#[tokio::test]
async fn wait_never_reaches_past_the_end_of_the_attempt() {
    let (world, _server) = at_new(vec![ok(&code()), pending()]).await;
    let plan = plan("minimax-oauth", None, None);
    let options = StartOptions {
        lifetime: Some(Duration::from_secs(7)),
        ..StartOptions::default()
    };
    let mut attempt = Attempt::start(&world.engine, &plan, options).await.unwrap();
    let polled = world.poll_out(&mut attempt, &plan).await;
    assert_eq!(polled.waits, [3000, 3000, 1000]);
    assert_eq!(polled.error.unwrap().kind(), "timeout");
}

#[tokio::test]
async fn poll_that_is_dropped_leaves_the_attempt_as_it_was() {
    let (world, _server) = at_new(vec![ok(&code()), Reply::Hang, ok(&tokens())]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let before = attempt.to_state();
    let polling = attempt.advance(&world.engine, &plan, Input::Poll);
    assert!(
        tokio::time::timeout(Duration::from_millis(100), polling)
            .await
            .is_err()
    );
    assert!(attempt.to_state() == before);
    assert!(world.poll_out(&mut attempt, &plan).await.credential.is_some());
}

#[tokio::test]
async fn lifetime_asked_for_cuts_the_issuers() {
    let (world, _server) = at_new(vec![ok(&code())]).await;
    let options = StartOptions {
        lifetime: Some(Duration::from_secs(30)),
        ..StartOptions::default()
    };
    let attempt = Attempt::start(&world.engine, &plan("minimax-oauth", None, None), options)
        .await
        .unwrap();
    assert_eq!(attempt.expires().as_millis(), NOW + 30_000);
}

#[tokio::test]
async fn nothing_of_an_attempt_prints_its_secrets() {
    let (world, _server) = at_new(vec![ok(&code())]).await;
    let attempt = world.start(&plan("minimax-oauth", None, None)).await.unwrap();
    let verifier = "AQEBAQEBAQEB";
    assert!(attempt.to_state().expose().contains(verifier));
    let shown = format!(
        "{attempt:?} {:?} {}",
        attempt.to_state(),
        serde_json::to_string(attempt.challenge()).unwrap()
    );
    assert!(!shown.contains(verifier), "{shown}");
}

#[tokio::test]
async fn code_input_of_another_kind_is_refused_and_harmless() {
    let (world, _server) = at_new(vec![ok(&code()), ok(&tokens())]).await;
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let error = attempt
        .advance(&world.engine, &plan, Input::Pasted("x".into()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), "wrong_input");
    assert!(world.poll_out(&mut attempt, &plan).await.credential.is_some());
}
