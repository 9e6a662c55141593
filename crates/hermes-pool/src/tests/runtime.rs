use hermes_catalog::{AuthStyle, Catalog, CustomEndpoint};
use hermes_core::{Credential, Protocol};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Map, Value, json};
use url::Url;

use super::kit::{OAUTH, kit};
use crate::{ProviderSettings, resolve};

fn fields(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}

fn settings(mode: Option<Protocol>, base: Option<&str>) -> ProviderSettings {
    ProviderSettings {
        api_mode: mode,
        base_url: base.map(|base| Url::parse(base).unwrap()),
        ..Default::default()
    }
}

async fn oauth_row() -> Credential {
    kit().await.login("main").await
}

#[tokio::test]
async fn pinned_provider_ignores_foreign_settings_and_says_why() {
    let catalog = Catalog::builtin().unwrap();
    let provider = catalog.provider(OAUTH).unwrap();
    let row = oauth_row().await;
    for base in [
        "https://attacker.test/v1",
        "https://api.minimax.io/v1",
        "http://api.minimax.io/anthropic",
    ] {
        let settings = settings(Some(Protocol::ChatCompletions), Some(base));
        let (runtimes, ignored) = resolve(provider, &row, &Map::new(), Some(&settings)).unwrap();
        assert_eq!(runtimes.len(), 1);
        let runtime = &runtimes[0];
        assert_eq!(runtime.protocol, Protocol::AnthropicMessages);
        assert_eq!(
            runtime.endpoint.as_str(),
            "https://api.minimax.io/anthropic/v1/messages"
        );
        assert_eq!(runtime.auth, AuthStyle::Bearer);
        assert!(
            runtime
                .headers
                .contains(&("anthropic-version".to_owned(), "2023-06-01".to_owned()))
        );
        let named: Vec<_> = ignored.iter().map(|one| one.setting.to_string()).collect();
        assert_eq!(
            named,
            [
                "api_mode = \"chat_completions\"".to_owned(),
                format!("base_url = \"{base}\"")
            ]
        );
        assert!(ignored.iter().all(|one| !one.why.to_string().is_empty()));
    }
}

#[tokio::test]
async fn settings_that_say_what_holds_anyway_are_not_ignored() {
    let catalog = Catalog::builtin().unwrap();
    let provider = catalog.provider(OAUTH).unwrap();
    let settings = settings(
        Some(Protocol::AnthropicMessages),
        Some("https://api.minimax.io/anthropic/"),
    );
    let (_, ignored) = resolve(provider, &oauth_row().await, &Map::new(), Some(&settings)).unwrap();
    assert_eq!(ignored, []);
}

#[tokio::test]
async fn region_moves_the_address() {
    let catalog = Catalog::builtin().unwrap();
    let mut row = oauth_row().await;
    row.region = Some("cn".to_owned());
    let (runtimes, _) = resolve(catalog.provider(OAUTH).unwrap(), &row, &Map::new(), None).unwrap();
    assert_eq!(
        runtimes[0].endpoint.as_str(),
        "https://api.minimaxi.com/anthropic/v1/messages"
    );
    row.region = Some("mars".to_owned());
    assert!(resolve(catalog.provider(OAUTH).unwrap(), &row, &Map::new(), None).is_err());
}

#[rstest]
#[case(
    "https://api.minimaxi.com/anthropic",
    "https://api.minimaxi.com/anthropic/v1/messages",
    true
)]
#[case(
    "https://api.minimaxi.com/anthropic/v1/",
    "https://api.minimaxi.com/anthropic/v1/messages",
    true
)]
#[case(
    "https://api.minimaxi.com",
    "https://api.minimaxi.com/anthropic/v1/messages",
    true
)]
#[case(
    "https://api.minimaxi.com/v1",
    "https://api.minimaxi.com/anthropic/v1/messages",
    true
)]
#[case("api.minimaxi.com", "https://api.minimaxi.com/anthropic/v1/messages", true)]
#[case(
    "http://api.minimaxi.com/anthropic",
    "https://api.minimax.io/anthropic/v1/messages",
    false
)]
#[case(
    "https://api.minimax.io.attacker.test",
    "https://api.minimax.io/anthropic/v1/messages",
    false
)]
#[case(
    "https://api.minimax.io@attacker.test",
    "https://api.minimax.io/anthropic/v1/messages",
    false
)]
#[case(
    "https://api.minimaxi.com:8443/anthropic",
    "https://api.minimax.io/anthropic/v1/messages",
    false
)]
#[case("::", "https://api.minimax.io/anthropic/v1/messages", false)]
#[tokio::test]
async fn answer_may_name_only_a_listed_host(
    #[case] value: &str,
    #[case] endpoint: &str,
    #[case] taken: bool,
) {
    let catalog = Catalog::builtin().unwrap();
    let extra = fields(json!({ "resource_url": value }));
    let row = oauth_row().await;
    let (runtimes, ignored) = resolve(catalog.provider(OAUTH).unwrap(), &row, &extra, None).unwrap();
    assert_eq!(runtimes[0].endpoint.as_str(), endpoint);
    assert_eq!(ignored.is_empty(), taken);
}

#[tokio::test]
async fn kept_field_becomes_a_header_unless_it_could_break_one() {
    let catalog = Catalog::builtin().unwrap();
    let provider = catalog.provider("openai-codex").unwrap();
    let mut row = oauth_row().await;
    row.method.clone_from(&provider.login[0].id);
    for (value, sent) in [
        (json!("acc-1"), true),
        (json!("a\r\nx: y"), false),
        (json!(7), false),
        (json!(""), false),
    ] {
        let (runtimes, _) = resolve(provider, &row, &fields(json!({ "account_id": value })), None).unwrap();
        let found = runtimes[0]
            .headers
            .iter()
            .any(|(name, _)| name == "chatgpt-account-id");
        assert_eq!(found, sent, "{value}");
    }
}

#[tokio::test]
async fn custom_endpoint_picks_its_protocol_and_keeps_its_key_at_home() {
    let endpoint = CustomEndpoint {
        name: "lab".to_owned(),
        base_url: "https://models.example.com/v1".to_owned(),
        protocols: vec![Protocol::ChatCompletions, Protocol::Responses],
        models: Vec::new(),
        key_env: Some("LAB_KEY".to_owned()),
        auth: None,
        headers: std::collections::BTreeMap::new(),
    };
    let catalog = Catalog::load(None, vec![endpoint]).unwrap();
    let provider = catalog.provider("custom:lab").unwrap();
    let mut row = oauth_row().await;
    "key".clone_into(&mut row.method);
    "models.example.com".clone_into(&mut row.identity.issuer);

    let picked = settings(Some(Protocol::Responses), Some("https://models.example.com/v2"));
    let (runtimes, ignored) = resolve(provider, &row, &Map::new(), Some(&picked)).unwrap();
    let endpoints: Vec<_> = runtimes.iter().map(|one| one.endpoint.as_str()).collect();
    assert_eq!(endpoints, ["https://models.example.com/v2/responses"]);
    assert_eq!(ignored, []);

    let moved = settings(None, Some("https://attacker.test/v1"));
    let (runtimes, ignored) = resolve(provider, &row, &Map::new(), Some(&moved)).unwrap();
    assert!(
        runtimes
            .iter()
            .all(|one| one.endpoint.host_str() == Some("models.example.com"))
    );
    assert_eq!(ignored.len(), 1);
}
