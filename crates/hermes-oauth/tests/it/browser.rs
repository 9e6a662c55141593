use std::collections::BTreeMap;

use hermes_core::{ExitKind, Explain, Secret};
use hermes_oauth::{Attempt, Callback, Challenge, Input, Listener, Plan, StartOptions, Step};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json as object};
use url::Url;

use crate::lab::{NOW, Reply, Server, World, json, ok, plan, raw, with_header, world};

const HOST: &str = "platform.claude.com";
const PAGE: &str = "https://platform.claude.com/oauth/code/callback";
const VERIFIER: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE";
const STATE: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI";
const CHALLENGE: &str = "VtX6czP210fbQsI5QH5dpMMvTHnzXQkrE0_TWkAtnFw";

fn tokens() -> Value {
    object!({
        "access_token": "access-1",
        "refresh_token": "refresh-1",
        "token_type": "Bearer",
        "expires_in": 28_800,
        "scope": "user:profile user:inference",
        "account": {"uuid": "account-1", "email_address": "a@b.example"},
        "organization": {"uuid": "org-1", "name": "Org"},
    })
}

async fn issuer(script: Vec<Reply>) -> (World, Server) {
    let server = Server::start(script).await;
    (world(&[(HOST, Some(&server))]), server)
}

fn query(url: &Url) -> BTreeMap<String, String> {
    url.query_pairs().into_owned().collect()
}

fn link(attempt: &Attempt) -> Url {
    let Challenge::Browser { url, .. } = attempt.challenge() else {
        panic!("not a browser login")
    };
    url.clone()
}

async fn paste(
    world: &World,
    plan: &Plan,
    attempt: &mut Attempt,
    text: &str,
) -> Result<Step, hermes_oauth::OauthError> {
    attempt
        .advance(&world.engine, plan, Input::Pasted(Secret::from(text)))
        .await
}

#[tokio::test]
async fn pasted_login_sends_the_documented_link_and_exchange() {
    let (world, server) = issuer(vec![ok(&tokens())]).await;
    let plan = plan("anthropic", Some("plan"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let url = link(&attempt);
    assert_eq!(
        url.as_str(),
        format!(
            "https://claude.com/cai/oauth/authorize?code=true&client_id=9d1c250a-e61b-44d9-88ed-5944d1962f5e&response_type=code\
             &redirect_uri=https%3A%2F%2Fplatform.claude.com%2Foauth%2Fcode%2Fcallback&scope=user%3Aprofile+user%3Ainference\
             &code_challenge={CHALLENGE}&code_challenge_method=S256&state={STATE}"
        )
    );
    let Step::Done { credential, .. } = paste(&world, &plan, &mut attempt, &format!(" code-1#{STATE}\n"))
        .await
        .unwrap()
    else {
        panic!("not done");
    };
    assert_eq!(credential.identity.subject, "account-1");
    assert_eq!(credential.identity.organisation.as_deref(), Some("org-1"));
    assert_eq!(credential.account.display.as_deref(), Some("a@b.example"));
    assert_eq!(credential.material.expires.unwrap().as_millis(), NOW + 28_800_000);
    assert_eq!(credential.material.scopes, ["user:profile", "user:inference"]);
    let seen = server.seen();
    assert_eq!(
        (seen.len(), seen[0].line.as_str()),
        (1, "POST /v1/oauth/token HTTP/1.1")
    );
    assert_eq!(
        seen[0].body,
        format!(
            "{{\"grant_type\":\"authorization_code\",\"client_id\":\"9d1c250a-e61b-44d9-88ed-5944d1962f5e\",\"code\":\"code-1\",\
             \"state\":\"{STATE}\",\"redirect_uri\":\"{PAGE}\",\"code_verifier\":\"{VERIFIER}\"}}"
        )
    );
}

#[rstest]
#[case::address(format!("{PAGE}?code=code-1&state={STATE}"))]
#[case::query(format!("code=code-1&state={STATE}"))]
#[case::both(format!("code-1#{STATE}"))]
#[tokio::test]
async fn paste_in_any_honest_form_signs_in(#[case] text: String) {
    let (world, server) = issuer(vec![ok(&tokens())]).await;
    let plan = plan("anthropic", Some("plan"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    assert!(matches!(
        paste(&world, &plan, &mut attempt, &text).await,
        Ok(Step::Done { .. })
    ));
    assert!(server.seen()[0].body.contains("\"code\":\"code-1\""));
}

#[rstest]
#[case::empty("", "bad_paste", ExitKind::Usage)]
#[case::bare_code("code-1", "bad_paste", ExitKind::Usage)]
#[case::no_state("code-1#", "bad_paste", ExitKind::Usage)]
#[case::two_lines("code-1\n#x", "bad_paste", ExitKind::Usage)]
#[case::escape("code\u{1b}#x", "bad_paste", ExitKind::Usage)]
#[case::wrong_state("code-1#evil", "state_mismatch", ExitKind::Refused)]
#[case::wrong_state_in_address(
    "https://platform.claude.com/oauth/code/callback?code=c&state=evil",
    "state_mismatch",
    ExitKind::Refused
)]
#[case::verifier_as_state(
    "code-1#AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE",
    "state_mismatch",
    ExitKind::Refused
)]
#[case::no_state_in_query("code=code-1&x=1", "state_mismatch", ExitKind::Refused)]
#[case::other_page(
    "https://evil.example/oauth/code/callback?code=c&state=s",
    "bad_paste",
    ExitKind::Usage
)]
#[case::doubled(
    "code=a&code=b&state=AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI",
    "bad_callback",
    ExitKind::Refused
)]
#[tokio::test]
async fn paste_of_anything_else_sends_nothing_and_may_be_repeated(
    #[case] text: &str,
    #[case] kind: &str,
    #[case] exit: ExitKind,
) {
    let (world, server) = issuer(vec![ok(&tokens())]).await;
    let plan = plan("anthropic", Some("plan"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let error = paste(&world, &plan, &mut attempt, text).await.unwrap_err();
    assert_eq!(
        (error.kind(), error.exit(), error.ends_attempt()),
        (kind, exit, false),
        "{error}"
    );
    assert!(server.seen().is_empty());
    let good = format!("code-1#{STATE}");
    assert!(matches!(
        paste(&world, &plan, &mut attempt, &good).await,
        Ok(Step::Done { .. })
    ));
}

#[rstest]
#[case::refused(json(400, &object!({"error": "invalid_grant", "error_description": "bad code"})), "token_exchange_failed", ExitKind::Refused)]
#[case::error_in_200(ok(&object!({"error": "invalid_grant"})), "token_exchange_failed", ExitKind::Refused)]
#[case::html(raw(200, "<html>"), "token_exchange_failed", ExitKind::Refused)]
#[case::no_token(ok(&object!({"token_type": "bearer"})), "token_incomplete", ExitKind::Refused)]
#[case::lost(Reply::Cut, "token_exchange_failed", ExitKind::Network)]
#[case::half(Reply::Half, "token_exchange_failed", ExitKind::Network)]
#[case::endless(Reply::Endless, "token_exchange_failed", ExitKind::Network)]
#[case::redirect(
    with_header(raw(307, ""), "location", "https://evil.example/"),
    "token_exchange_failed",
    ExitKind::Refused
)]
#[case::limited(
    with_header(raw(429, ""), "retry-after", "9"),
    "rate_limited",
    ExitKind::Refused
)]
#[tokio::test]
async fn exchange_that_fails_is_never_repeated(
    #[case] reply: Reply,
    #[case] kind: &str,
    #[case] exit: ExitKind,
) {
    let (world, server) = issuer(vec![reply]).await;
    let plan = plan("anthropic", Some("plan"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let text = format!("code-1#{STATE}");
    let error = paste(&world, &plan, &mut attempt, &text).await.unwrap_err();
    assert_eq!((error.kind(), error.exit()), (kind, exit), "{error}");
    assert_eq!(
        paste(&world, &plan, &mut attempt, &text)
            .await
            .unwrap_err()
            .kind(),
        "attempt_finished"
    );
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn exchange_that_cannot_be_sent_leaves_the_attempt_alive() {
    let world = world(&[(HOST, None)]);
    let plan = plan("anthropic", Some("plan"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let text = format!("code-1#{STATE}");
    for _ in 0..2 {
        let error = paste(&world, &plan, &mut attempt, &text).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.exit()),
            ("token_exchange_failed", ExitKind::Network)
        );
    }
}

#[tokio::test]
async fn dropped_exchange_does_not_let_the_code_be_sent_again() {
    let (world, server) = issuer(vec![Reply::Hang, ok(&tokens())]).await;
    let plan = plan("anthropic", Some("plan"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let text = format!("code-1#{STATE}");
    let nothing = tokio::time::timeout(
        std::time::Duration::from_millis(100),
        paste(&world, &plan, &mut attempt, &text),
    )
    .await;
    assert!(nothing.is_err());
    assert_eq!(
        paste(&world, &plan, &mut attempt, &text)
            .await
            .unwrap_err()
            .kind(),
        "attempt_spent"
    );
    assert!(server.seen().len() == 1);
}

async fn loopback_login(world: &World, plan: &Plan) -> (Listener, Attempt) {
    let listener = Listener::for_plan(&world.engine, plan).await.unwrap().unwrap();
    let options = StartOptions {
        loopback: Some(listener.redirect_url().clone()),
        ..StartOptions::default()
    };
    let attempt = Attempt::start(&world.engine, plan, options).await.unwrap();
    (listener, attempt)
}

#[tokio::test]
async fn loopback_login_uses_the_bound_redirect_in_both_calls_and_offers_a_manual_link() {
    let (world, server) = issuer(vec![ok(&tokens())]).await;
    let plan = plan("anthropic", Some("plan"), None);
    let (listener, mut attempt) = loopback_login(&world, &plan).await;
    let Challenge::Browser {
        url,
        manual_url,
        loopback,
        paste,
        ..
    } = attempt.challenge().clone()
    else {
        panic!("not a browser login");
    };
    assert!(loopback && paste);
    let redirect = listener.redirect_url().to_string();
    assert!(
        redirect.starts_with("http://localhost:") && redirect.ends_with("/callback"),
        "{redirect}"
    );
    assert_eq!(query(&url)["redirect_uri"], redirect);
    assert_eq!(query(&manual_url.unwrap())["redirect_uri"], PAGE);
    let callback = Callback {
        code: Some("code-1".into()),
        state: Some(STATE.into()),
        iss: Some("https://platform.claude.com".to_owned()),
        ..Callback::default()
    };
    let step = attempt
        .advance(&world.engine, &plan, Input::Callback(callback))
        .await
        .unwrap();
    assert!(matches!(step, Step::Done { .. }));
    let body: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
    assert_eq!(body["redirect_uri"], redirect);
}

#[tokio::test]
async fn paste_during_a_loopback_login_uses_the_page_it_came_from() {
    for from_page in [true, false] {
        let (world, server) = issuer(vec![ok(&tokens())]).await;
        let plan = plan("anthropic", Some("plan"), None);
        let (listener, mut attempt) = loopback_login(&world, &plan).await;
        let state = query(&link(&attempt))["state"].clone();
        let redirect = listener.redirect_url().to_string();
        let text = if from_page {
            format!("c#{state}")
        } else {
            format!("{redirect}?code=c&state={state}")
        };
        paste(&world, &plan, &mut attempt, &text).await.unwrap();
        let body: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
        assert_eq!(
            body["redirect_uri"],
            if from_page { PAGE.to_owned() } else { redirect }
        );
    }
}

fn callback(pairs: &str) -> Callback {
    Callback::from_query(&pairs.replace("{state}", STATE)).unwrap()
}

#[rstest]
#[case::denied(
    "error=access_denied&state={state}",
    "authorization_denied",
    ExitKind::Cancelled,
    true
)]
#[case::error(
    "error=server_error&error_description=sorry%1b&state={state}",
    "authorization_failed",
    ExitKind::Refused,
    true
)]
#[case::no_code("state={state}", "authorization_incomplete", ExitKind::Refused, true)]
#[case::forged_error("error=access_denied&state=evil", "state_mismatch", ExitKind::Refused, false)]
#[case::no_state("code=c", "state_mismatch", ExitKind::Refused, false)]
#[case::other_issuer(
    "code=c&state={state}&iss=https%3A%2F%2Fevil.example",
    "bad_callback",
    ExitKind::Refused,
    false
)]
#[case::odd_issuer("code=c&state={state}&iss=nonsense", "bad_callback", ExitKind::Refused, false)]
#[tokio::test]
async fn callback_that_does_not_count_sends_nothing(
    #[case] pairs: &str,
    #[case] kind: &str,
    #[case] exit: ExitKind,
    #[case] ends: bool,
) {
    let (world, server) = issuer(vec![ok(&tokens())]).await;
    let plan = plan("anthropic", Some("plan"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let error = attempt
        .advance(&world.engine, &plan, Input::Callback(callback(pairs)))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.exit(), error.ends_attempt()),
        (kind, exit, ends),
        "{error}"
    );
    assert!(error.to_string().chars().all(|one| !one.is_control()));
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn minted_key_is_kept_and_the_token_is_not() {
    let (world, server) = {
        let platform = Server::start([ok(&tokens())]).await;
        let api = Server::start([ok(&object!({"raw_key": "sk-ant-api03-made"}))]).await;
        (
            world(&[(HOST, Some(&platform)), ("api.anthropic.com", Some(&api))]),
            api,
        )
    };
    let plan = plan("anthropic", Some("console"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let step = paste(&world, &plan, &mut attempt, &format!("code-1#{STATE}"))
        .await
        .unwrap();
    let Step::Done { credential, .. } = step else {
        panic!("not done")
    };
    assert_eq!(credential.material.access.expose(), "sk-ant-api03-made");
    assert_eq!(
        (credential.material.refresh.clone(), credential.material.expires),
        (None, None)
    );
    assert_eq!(credential.identity.subject, "account-1");
    assert_eq!(
        server.seen()[0].line,
        "POST /api/oauth/claude_cli/create_api_key HTTP/1.1"
    );
    assert_eq!(server.seen()[0].header("authorization"), Some("Bearer access-1"));
}

#[tokio::test]
async fn mint_that_is_refused_ends_the_login() {
    let platform = Server::start([ok(&tokens())]).await;
    let api = Server::start([json(
        403,
        &object!({"error": {"type": "permission_error", "message": "no"}}),
    )])
    .await;
    let world = world(&[(HOST, Some(&platform)), ("api.anthropic.com", Some(&api))]);
    let plan = plan("anthropic", Some("console"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let error = paste(&world, &plan, &mut attempt, &format!("code-1#{STATE}"))
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.exit(), error.ends_attempt()),
        ("key_mint_failed", ExitKind::Refused, true)
    );
}

#[tokio::test]
async fn login_without_state_has_a_random_path_and_yields_a_key() {
    let server = Server::start([ok(&object!({"key": "sk-or-v1-made"}))]).await;
    let world = world(&[("openrouter.ai", Some(&server))]);
    let plan = plan("openrouter", Some("browser"), None);
    let (listener, mut attempt) = loopback_login(&world, &plan).await;
    let redirect = listener.redirect_url().clone();
    assert_eq!(redirect.path().len(), "/callback/".len() + 43);
    let pairs = query(&link(&attempt));
    assert_eq!(pairs["callback_url"], redirect.as_str());
    assert_eq!(
        pairs.keys().collect::<Vec<_>>(),
        ["callback_url", "code_challenge", "code_challenge_method"]
    );
    let mut other = redirect.clone();
    other.set_path("/callback/guessed");
    let error = paste(&world, &plan, &mut attempt, &format!("{other}?code=c"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), "bad_paste");
    let step = paste(&world, &plan, &mut attempt, &format!("{redirect}?code=c"))
        .await
        .unwrap();
    let Step::Done { credential, .. } = step else {
        panic!("not done")
    };
    assert_eq!(credential.material.access.expose(), "sk-or-v1-made");
    let body: Value = serde_json::from_str(&server.seen()[0].body).unwrap();
    let names: Vec<_> = body.as_object().unwrap().keys().cloned().collect();
    assert_eq!(names, ["code", "code_verifier", "code_challenge_method"]);
}

#[tokio::test]
async fn browser_attempt_restored_in_another_process_still_takes_the_paste() {
    let (world, _server) = issuer(vec![ok(&tokens())]).await;
    let plan = plan("anthropic", Some("plan"), None);
    let attempt = world.start(&plan).await.unwrap();
    let state = attempt.to_state();
    assert!(
        !serde_json::to_string(attempt.challenge())
            .unwrap()
            .contains(VERIFIER)
    );
    let mut restored = Attempt::from_state(&plan, &state).unwrap();
    assert_eq!(restored.challenge(), attempt.challenge());
    let step = paste(&world, &plan, &mut restored, &format!("code-1#{STATE}")).await;
    assert!(matches!(step, Ok(Step::Done { .. })));
}

#[tokio::test]
async fn browser_attempt_past_its_end_takes_nothing() {
    let (world, server) = issuer(vec![ok(&tokens())]).await;
    let plan = plan("anthropic", Some("plan"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let polled = world.poll_out(&mut attempt, &plan).await;
    let error = polled.error.unwrap();
    assert_eq!((error.kind(), error.exit()), ("timeout", ExitKind::LoginExpired));
    assert_eq!(polled.waits.len(), 900);
    assert!(server.seen().is_empty());
}
