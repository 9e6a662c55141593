use hermes_core::{Billing, ExitKind, Explain, Lang, Material, NewCredential, Secret, Source};
use hermes_oauth::{Challenge, Input, KeyCheck, OauthError, Plan, Step, key_notes, revoke, validate_key};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::json as object;

use crate::lab::{Reply, Server, World, json, ok, plan, raw, row, world};

const HOST: &str = "openrouter.ai";

async fn ask(world: &World, provider: &str, method: &str, key: &Secret) -> Result<KeyCheck, OauthError> {
    let row = row(provider);
    let method = row.method(Some(method)).unwrap();
    validate_key(&world.engine, &row, method, None, key).await
}

async fn give(provider: &str, method: &str, key: &str) -> Result<NewCredential, OauthError> {
    let world = world(&[(HOST, None)]);
    let plan = plan(provider, Some(method), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let input = Input::Key {
        key: Secret::from(key),
        source: Source::Key,
        verify: false,
    };
    match attempt.advance(&world.engine, &plan, input).await? {
        Step::Done { credential, .. } => Ok(*credential),
        Step::Waiting { .. } => panic!("not done"),
    }
}

#[rstest]
#[case::plan("key", "sk-cp-0123", "plan-key", Billing::Subscription)]
#[case::metered("key", "sk-api-0123", "key", Billing::Metered)]
#[case::unknown("key", "eyJhbGci", "key", Billing::Metered)]
#[case::named("plan-key", "sk-cp-0123", "plan-key", Billing::Subscription)]
#[case::named_unknown("plan-key", "eyJhbGci", "plan-key", Billing::Subscription)]
#[tokio::test]
async fn key_given_to_the_usual_method_is_stored_by_the_method_of_its_kind(
    #[case] asked: &str,
    #[case] key: &str,
    #[case] method: &str,
    #[case] billing: Billing,
) {
    let login = give("minimax", asked, key).await.unwrap();
    assert_eq!((login.method.as_str(), login.billing), (method, billing));
}

#[tokio::test]
async fn key_of_another_kind_than_the_named_method_says_which_fits() {
    let error = give("minimax", "plan-key", "sk-api-0123").await.unwrap_err();
    assert_eq!((error.kind(), error.exit()), ("bad_key", ExitKind::Usage));
    assert!(!error.ends_attempt());
    let hint = error.hint(Lang::En).unwrap();
    assert!(hint.contains("--method key"), "{hint}");
}

#[tokio::test]
async fn key_of_a_method_that_the_call_is_not_for_is_not_asked_about() {
    let server = Server::start([ok(&object!({"data": []}))]).await;
    let world = world(&[("api.anthropic.com", Some(&server))]);
    let key = Secret::from("sk-ant-oat01-x");
    let check = ask(&world, "anthropic", "plan", &key).await.unwrap();
    assert!(matches!(check, KeyCheck::Unchecked { .. }), "{check:?}");
    assert!(server.seen().is_empty());
}

#[rstest]
#[case::good(ok(&object!({"data": {}})), Some(true), "")]
#[case::bad(json(401, &object!({"error": {"message": "No auth"}})), None, "key_rejected")]
#[case::forbidden(raw(403, ""), None, "key_rejected")]
#[case::busy(raw(503, ""), Some(false), "")]
#[case::limited(raw(429, ""), Some(false), "")]
#[case::cut(Reply::Cut, Some(false), "")]
#[tokio::test]
async fn key_that_is_asked_about_is_good_refused_or_unchecked(
    #[case] reply: Reply,
    #[case] good: Option<bool>,
    #[case] kind: &str,
) {
    let server = Server::start([reply]).await;
    let world = world(&[(HOST, Some(&server))]);
    let key = Secret::from("sk-or-v1-0123456789");
    match ask(&world, "openrouter", "key", &key).await {
        Ok(check) => assert_eq!(Some(check == KeyCheck::Good), good, "{check:?}"),
        Err(error) => assert_eq!(
            (good, error.kind(), error.exit()),
            (None, kind, ExitKind::Refused)
        ),
    }
    assert_eq!(server.seen()[0].line, "GET /api/v1/key HTTP/1.1");
    assert_eq!(
        server.seen()[0].header("authorization"),
        Some("Bearer sk-or-v1-0123456789")
    );
}

#[tokio::test]
async fn key_of_a_header_style_goes_only_into_that_header() {
    let server = Server::start([ok(&object!({"data": []}))]).await;
    let world = world(&[("api.anthropic.com", Some(&server))]);
    let key = Secret::from("sk-ant-api03-x");
    assert_eq!(
        ask(&world, "anthropic", "key", &key).await.unwrap(),
        KeyCheck::Good
    );
    let seen = &server.seen()[0];
    assert_eq!(seen.header("x-api-key"), Some("sk-ant-api03-x"));
    assert_eq!(seen.header("anthropic-version"), Some("2023-06-01"));
    assert_eq!(seen.header("authorization"), None);
}

#[rstest]
#[case::empty("")]
#[case::placeholder("changeme")]
#[case::template("<your-api-key>")]
#[case::crossed("xxxxxxxx")]
#[case::split("abc\r\nx-evil: 1")]
#[case::nul("abc\0def")]
#[case::inner_space("sk or")]
#[case::umlaut("schlüssel")]
#[tokio::test]
async fn key_that_cannot_be_one_is_refused_before_anything_is_sent(#[case] text: &str) {
    let world = world(&[(HOST, None)]);
    let plan = plan("openrouter", Some("key"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let input = Input::Key {
        key: Secret::from(text),
        source: Source::Key,
        verify: true,
    };
    let error = attempt.advance(&world.engine, &plan, input).await.unwrap_err();
    assert_eq!((error.kind(), error.exit()), ("bad_key", ExitKind::Usage));
    assert!(!error.ends_attempt());
}

#[tokio::test]
async fn key_of_16_kib_passes_and_one_byte_more_does_not() {
    for (length, fits) in [(16 * 1024, true), (16 * 1024 + 1, false)] {
        let key = Secret::new("k".repeat(length));
        assert_eq!(hermes_oauth::check_key_shape(&key).is_ok(), fits);
    }
}

#[tokio::test]
async fn key_login_unverified_sends_nothing_and_keeps_the_source() {
    let world = world(&[(HOST, None)]);
    let plan = plan("openrouter", Some("key"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let Challenge::Key { env, .. } = attempt.challenge() else {
        panic!("not a key")
    };
    assert_eq!(env, &["OPENROUTER_API_KEY"]);
    let source = Source::Env("OPENROUTER_API_KEY".to_owned());
    let input = Input::Key {
        key: Secret::from(" sk-or-v1-abc\n"),
        source: source.clone(),
        verify: false,
    };
    let Step::Done { credential, notes } = attempt.advance(&world.engine, &plan, input).await.unwrap() else {
        panic!("not done");
    };
    assert_eq!(credential.material.access.expose(), "sk-or-v1-abc");
    assert_eq!((credential.source, credential.material.expires), (source, None));
    assert_eq!(credential.identity.issuer, HOST);
    assert!(notes.is_empty());
}

#[tokio::test]
async fn key_that_is_refused_may_be_given_again() {
    let server = Server::start([raw(401, ""), ok(&object!({}))]).await;
    let world = world(&[(HOST, Some(&server))]);
    let plan = plan("openrouter", Some("key"), None);
    let mut attempt = world.start(&plan).await.unwrap();
    let give = |text: &str| Input::Key {
        key: Secret::from(text),
        source: Source::Key,
        verify: true,
    };
    assert_eq!(
        attempt
            .advance(&world.engine, &plan, give("sk-or-v1-1"))
            .await
            .unwrap_err()
            .kind(),
        "key_rejected"
    );
    assert!(matches!(
        attempt.advance(&world.engine, &plan, give("sk-or-v1-2")).await,
        Ok(Step::Done { .. })
    ));
}

#[test]
fn key_with_anothers_prefix_is_remarked_on() {
    let (one, other) = (row("openrouter"), row("anthropic"));
    let note = key_notes(&Secret::from("sk-ant-api03-x"), &one, [&one, &other]).unwrap();
    assert_eq!(
        note.to_string(),
        "The key looks like one of Anthropic, not of OpenRouter."
    );
    let note = key_notes(&Secret::from("plain"), &one, [&other]).unwrap();
    assert_eq!(
        note.to_string(),
        "Keys of OpenRouter usually begin with `sk-or-v1-`."
    );
    assert_eq!(key_notes(&Secret::from("sk-or-v1-x"), &one, [&other]), None);
}

#[test]
fn plan_with_an_unknown_name_lists_the_known_ones() {
    let provider = std::sync::Arc::new(row("openrouter"));
    let error = Plan::new(provider.clone(), Some("saml"), None, None).unwrap_err();
    assert_eq!((error.kind(), error.exit()), ("unknown_method", ExitKind::Usage));
    assert!(error.hint(Lang::En).unwrap().contains("`key`"));
    let error = Plan::new(provider, None, Some("mars"), None).unwrap_err();
    assert_eq!(error.kind(), "unknown_region");
}

#[test]
fn plan_of_an_unknown_dialect_is_an_unsupported_flow() {
    let mut provider = row("openrouter");
    provider.login[0].flow = hermes_catalog::LoginFlow::Unsupported {
        name: "smoke-signals".to_owned(),
    };
    let error = Plan::new(std::sync::Arc::new(provider), None, None, None).unwrap_err();
    assert_eq!(
        (error.kind(), error.exit()),
        ("unsupported_flow", ExitKind::Usage)
    );
    assert!(error.to_string().starts_with("Unsupported flow `smoke-signals`"));
}

#[tokio::test]
async fn revocation_spends_the_refresh_token_first() {
    let server = Server::start([raw(200, "")]).await;
    let world = world(&[("portal.nousresearch.com", Some(&server))]);
    let mut provider = row("nous");
    let material = Material {
        access: "a".into(),
        refresh: Some("r".into()),
        expires: None,
        earliest_refresh: None,
        scopes: Vec::new(),
        extra: serde_json::Map::new(),
    };
    let method = provider.login[0].clone();
    assert!(
        !revoke(&world.engine, &provider, &method, None, &material)
            .await
            .unwrap()
    );
    provider.login[0].revoke = Some(hermes_catalog::Revoke {
        endpoint: hermes_catalog::UrlTemplate::new("{portal}/revoke"),
        client_id: Some("c".to_owned()),
    });
    let method = provider.login[0].clone();
    assert!(
        revoke(&world.engine, &provider, &method, None, &material)
            .await
            .unwrap()
    );
    assert_eq!(
        server.seen()[0].body,
        "token=r&token_type_hint=refresh_token&client_id=c"
    );
}
