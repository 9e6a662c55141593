use std::time::Duration;

use hermes_core::{ExitKind, Explain, Lang, Material, Secret, UnixMs};
use hermes_oauth::expiry::{Expiry, Reading};
use hermes_oauth::{RefreshError, Refreshed, refresh};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json as object};

use crate::lab::{NOW, Reply, Server, World, json, ok, plan, raw, row, with_header, world};

const NEW: &str = "account.minimax.io";
const OLD: &str = "api.minimax.io";
/// Until when a call may go on: long enough for all of them.
const LATER: Duration = Duration::from_hours(1);

fn stored() -> Material {
    Material {
        access: Secret::from("access-0"),
        refresh: Some(Secret::from("refresh-0")),
        expires: None,
        earliest_refresh: None,
        scopes: vec!["old".to_owned()],
        extra: object!({"resource_url": "kept"}).as_object().unwrap().clone(),
    }
}

async fn renew(
    world: &World,
    provider: &str,
    method: usize,
    material: &Material,
) -> Result<Refreshed, RefreshError> {
    let provider = row(provider);
    let method = &provider.login[method];
    refresh(&world.engine, &provider, method, None, material, LATER).await
}

fn fresh() -> Value {
    object!({"status": "success", "access_token": "access-1", "refresh_token": "refresh-1", "expired_in": NOW + 900_000})
}

async fn issuer(reply: Reply) -> (World, Server) {
    let server = Server::start([reply]).await;
    (world(&[(NEW, Some(&server)), (OLD, None)]), server)
}

#[tokio::test]
async fn refresh_sends_one_form_and_keeps_what_is_not_renewed() {
    let dated = with_header(ok(&fresh()), "date", "Fri, 09 Jan 2026 15:25:13 GMT");
    let (world, server) = issuer(dated).await;
    let refreshed = renew(&world, "minimax-oauth", 0, &stored()).await.unwrap();
    assert_eq!(refreshed.material.access.expose(), "access-1");
    assert_eq!(refreshed.material.refresh.unwrap().expose(), "refresh-1");
    // The issuer's clock is two minutes ahead, and the moment is by its clock.
    assert_eq!(refreshed.material.expires.unwrap().as_millis(), NOW + 780_000);
    assert_eq!(refreshed.material.scopes, ["old"]);
    assert_eq!(refreshed.material.extra["resource_url"], "kept");
    assert_eq!(refreshed.clock_ahead_ms, Some(120_000));
    let seen = server.seen();
    assert_eq!(
        (seen.len(), seen[0].line.as_str()),
        (1, "POST /oauth2/token HTTP/1.1")
    );
    assert_eq!(
        seen[0].body,
        "grant_type=refresh_token&client_id=78257093-7e40-4613-99e0-527b14b39113&refresh_token=refresh-0"
    );
}

#[tokio::test]
async fn refresh_answer_without_a_refresh_token_keeps_the_old_one() {
    let mut answer = fresh();
    answer.as_object_mut().unwrap().remove("refresh_token");
    let (world, _server) = issuer(ok(&answer)).await;
    let refreshed = renew(&world, "minimax-oauth", 0, &stored()).await.unwrap();
    assert_eq!(refreshed.material.refresh.unwrap().expose(), "refresh-0");
}

#[tokio::test]
async fn refresh_token_goes_into_the_header_where_the_row_says_so() {
    let server = Server::start([ok(&object!({"access_token": "a"}))]).await;
    let world = world(&[("portal.nousresearch.com", Some(&server))]);
    renew(&world, "nous", 0, &stored()).await.unwrap();
    let seen = &server.seen()[0];
    assert_eq!(seen.header("x-nous-refresh-token"), Some("refresh-0"));
    assert_eq!(seen.body, "grant_type=refresh_token&client_id=hermes-cli");
}

#[tokio::test]
async fn refresh_in_json_is_a_flat_object() {
    let server = Server::start([ok(&object!({"access_token": "a", "expires_in": 60}))]).await;
    let world = world(&[("platform.claude.com", Some(&server))]);
    let provider = row("anthropic");
    let method = provider.method(Some("plan")).unwrap();
    refresh(&world.engine, &provider, method, None, &stored(), LATER)
        .await
        .unwrap();
    assert_eq!(
        server.seen()[0].body,
        r#"{"grant_type":"refresh_token","client_id":"9d1c250a-e61b-44d9-88ed-5944d1962f5e","refresh_token":"refresh-0"}"#
    );
}

#[rstest]
#[case::grant(json(400, &object!({"error": "invalid_grant"})), "invalid_grant")]
#[case::reused(json(401, &object!({"error": {"code": "refresh_token_reused"}})), "refresh_token_reused")]
#[case::words(json(400, &object!({"base_resp": {"status_msg": "Invalid_Refresh_Token given"}})), "invalid_refresh_token")]
#[case::success_status(ok(&object!({"status": "error", "error": "invalid_grant"})), "invalid_grant")]
#[case::bare_status(ok(&object!({"status": "error"})), "status_error")]
#[tokio::test]
async fn refusal_that_the_row_knows_is_terminal_after_one_request(
    #[case] reply: Reply,
    #[case] expected: &str,
) {
    let (world, server) = issuer(reply).await;
    let error = renew(&world, "minimax-oauth", 0, &stored()).await.unwrap_err();
    let RefreshError::Terminal { code, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (code.as_str(), error.kind(), error.exit()),
        (expected, "refresh_failed", ExitKind::LoginRequired)
    );
    assert_eq!(server.seen().len(), 1);
}

#[rstest]
#[case::html(raw(502, "<html>invalid_grant</html>"), true)]
#[case::html_400(raw(400, "<html>invalid_grant</html>"), false)]
#[case::busy(json(503, &object!({"error": "invalid_grant"})), false)]
#[case::limited(json(429, &object!({"error": "slow"})), false)]
#[case::odd(json(400, &object!({"error": "something_else"})), false)]
#[case::not_found(raw(404, "nginx"), false)]
#[case::cut(Reply::Cut, true)]
#[case::half(Reply::Half, true)]
#[case::endless(Reply::Endless, true)]
#[case::not_json(raw(200, "<html>"), true)]
#[case::no_token(ok(&object!({"status": "success"})), true)]
#[case::pending(ok(&object!({"status": "pending"})), false)]
#[case::bad_expiry(ok(&object!({"status": "success", "access_token": "a", "expired_in": {}})), true)]
#[case::foreign_redirect(with_header(raw(307, ""), "location", "https://evil.example/"), true)]
#[tokio::test]
async fn passing_fault_keeps_the_login_and_tells_whether_the_token_may_be_spent(
    #[case] reply: Reply,
    #[case] spent: bool,
) {
    let (world, server) = issuer(reply).await;
    let error = renew(&world, "minimax-oauth", 0, &stored()).await.unwrap_err();
    let RefreshError::Transient { sent, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(*sent, spent, "{error}");
    assert_eq!(server.seen().len(), 1, "a token call is never repeated");
    assert!(error.hint(Lang::En).is_some());
}

#[rstest]
#[case::empty_401(raw(401, ""), true)]
#[case::json_401(json(401, &object!({})), true)]
#[case::page_401(raw(401, "<html>proxy login</html>"), false)]
#[case::other_status(raw(400, ""), false)]
#[tokio::test]
async fn status_that_the_row_calls_terminal_ends_the_login_unless_a_page_came(
    #[case] reply: Reply,
    #[case] ends: bool,
) {
    let server = Server::start([reply]).await;
    let world = world(&[("auth.openai.com", Some(&server))]);
    let error = renew(&world, "openai-codex", 0, &stored()).await.unwrap_err();
    assert_eq!(matches!(error, RefreshError::Terminal { .. }), ends, "{error}");
}

#[tokio::test]
async fn retry_after_is_handed_on() {
    let (world, _server) = issuer(with_header(raw(429, ""), "retry-after", "17")).await;
    let error = renew(&world, "minimax-oauth", 0, &stored()).await.unwrap_err();
    let RefreshError::Transient { retry_after, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(retry_after, Some(Duration::from_secs(17)));
}

#[rstest]
#[case::unreachable(None)]
#[case::unknown_path(Some(raw(404, "nginx")))]
#[tokio::test]
async fn endpoint_that_cannot_answer_leads_to_the_next(#[case] first: Option<Reply>) {
    let new = match first {
        Some(reply) => Some(Server::start([reply]).await),
        None => None,
    };
    let old = Server::start([ok(&fresh())]).await;
    let world = world(&[(NEW, new.as_ref()), (OLD, Some(&old))]);
    renew(&world, "minimax-oauth", 0, &stored()).await.unwrap();
    assert_eq!(old.seen()[0].line, "POST /oauth/token HTTP/1.1");
}

/// How many of the two endpoints are asked when the machine sleeps for an hour after each look at the time.
#[rstest]
#[case::no_time_at_all(Duration::from_secs(19), [0, 0], "refresh_failed")]
#[case::slept_after_the_first(Duration::from_mins(50), [1, 0], "refresh_failed")]
#[case::time_for_both(Duration::from_hours(2), [1, 1], "")]
#[tokio::test]
async fn no_endpoint_is_asked_when_the_call_could_outlive_its_lease(
    #[case] until: Duration,
    #[case] asked: [usize; 2],
    #[case] kind: &str,
) {
    let new = Server::start([raw(404, "nginx")]).await;
    let old = Server::start([ok(&fresh())]).await;
    let world = world(&[(NEW, Some(&new)), (OLD, Some(&old))]);
    world.clock.nap_after_looks(3_600_000);
    let (provider, stored) = (row("minimax-oauth"), stored());
    let method = &provider.login[0];
    let called = refresh(&world.engine, &provider, method, None, &stored, until);
    let error = called.await.err();
    assert_eq!([new.seen().len(), old.seen().len()], asked);
    assert_eq!(error.as_ref().map_or("", Explain::kind), kind);
    assert_eq!(
        matches!(error, Some(RefreshError::TooLate)),
        asked == [0, 0],
        "{error:?}"
    );
}

#[rstest]
#[case::known("https://api.minimax.io/oauth/token", true)]
#[case::foreign("https://evil.example/oauth/token", false)]
#[tokio::test]
async fn endpoint_of_the_login_comes_first_if_the_row_names_it(#[case] used: &str, #[case] first: bool) {
    let (new, old) = (
        Server::start([ok(&fresh())]).await,
        Server::start([ok(&fresh())]).await,
    );
    let world = world(&[(NEW, Some(&new)), (OLD, Some(&old))]);
    let mut material = stored();
    material.extra.insert("token_endpoint".to_owned(), used.into());
    renew(&world, "minimax-oauth", 0, &material).await.unwrap();
    assert_eq!(
        (old.seen().len(), new.seen().len()),
        if first { (1, 0) } else { (0, 1) }
    );
}

#[tokio::test]
async fn refresh_without_token_or_rule_sends_nothing() {
    let world = world(&[(NEW, None)]);
    let material = Material {
        refresh: None,
        ..stored()
    };
    let error = renew(&world, "minimax-oauth", 0, &material).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.exit()),
        ("no_refresh_token", ExitKind::LoginRequired)
    );
    let error = renew(&world, "openrouter", 0, &stored()).await.unwrap_err();
    assert_eq!(error.kind(), "refresh_not_possible");
}

#[rstest]
#[case(object!(3600))]
#[case(object!(3600.0))]
#[case(object!("3600"))]
#[case(object!(" 3600 "))]
#[case(object!(NOW + 3_600_000))]
#[case(object!((NOW + 3_600_000) / 1000))]
#[case(object!((NOW + 3_600_000) * 1000))]
#[case(object!((NOW + 3_600_000).to_string()))]
#[case(object!("2026-01-09T15:23:13.716839300Z"))]
#[case(object!("2027-01-09T15:23:13.716839300Z"))]
#[case(object!("2027-01-09T16:23:13+01:00"))]
#[case(object!(0))]
#[case(object!(-1))]
#[case(object!(1))]
#[case(object!(1_778_010_274_711_i64))]
#[case(object!(1_778_010_274))]
#[case(object!(1e308))]
#[case(object!("1e308"))]
#[case(object!(i64::MIN))]
#[case(object!(u64::MAX))]
#[tokio::test]
async fn every_spelling_of_an_expiry_agrees_between_login_countdown_and_refresh(#[case] raw: Value) {
    let now = UnixMs::from_millis(NOW);
    let expected = Expiry::resolve(Some(&raw), now);
    assert_ne!(expected.reading, Reading::Unreadable);
    let code = object!({
        "user_code": "A", "verification_uri": "https://platform.minimax.io/oauth-authorize", "expired_in": raw, "state": "{state}",
    });
    let mut answer = fresh();
    answer["expired_in"] = raw.clone();
    let longer = object!({
        "user_code": "A", "verification_uri": "https://platform.minimax.io/oauth-authorize", "expired_in": 60, "state": "{state}",
    });
    let server = Server::start([ok(&code), ok(&longer), ok(&answer), ok(&answer)]).await;
    let world = world(&[(NEW, Some(&server))]);
    let plan = plan("minimax-oauth", None, None);
    assert_eq!(world.start(&plan).await.unwrap().expires(), expected.at);
    let mut attempt = world.start(&plan).await.unwrap();
    let login = world.poll_out(&mut attempt, &plan).await.credential.unwrap();
    let refreshed = renew(&world, "minimax-oauth", 0, &login.material).await.unwrap();
    assert_eq!(login.material.expires, Some(expected.at));
    assert_eq!(refreshed.material.expires, Some(expected.at));
    assert!(expected.at >= now && expected.at < UnixMs::MAX);
}

#[rstest]
#[case(object!("NaN"))]
#[case(object!("inf"))]
#[case(object!("-Infinity"))]
#[case(object!("soon"))]
#[case(object!("1e999"))]
#[case(object!(true))]
#[case(object!([3600]))]
#[case(object!({}))]
#[tokio::test]
async fn expiry_that_is_none_is_refused_by_login_and_refresh_alike(#[case] raw: Value) {
    let mut answer = fresh();
    answer["expired_in"] = raw;
    let code = object!({
        "user_code": "A", "verification_uri": "https://platform.minimax.io/oauth-authorize", "expired_in": 60, "state": "{state}",
    });
    let server = Server::start([ok(&code), ok(&answer)]).await;
    let world = world(&[(NEW, Some(&server))]);
    let plan = plan("minimax-oauth", None, None);
    let mut attempt = world.start(&plan).await.unwrap();
    let error = world.poll_out(&mut attempt, &plan).await.error.unwrap();
    assert_eq!(error.kind(), "token_incomplete");
    assert!(matches!(
        renew(&world, "minimax-oauth", 0, &stored()).await,
        Err(RefreshError::Transient { sent: true, .. })
    ));
}
