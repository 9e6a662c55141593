use std::collections::{BTreeMap, HashMap};

use hermes_catalog::{Catalog, CustomEndpoint};
use hermes_core::{Billing, Explain, Protocol, Source};
use hermes_store::Store;
use pretty_assertions::assert_eq;

use super::kit::{Kit, ask, id, kit_over, material};
use crate::{Advice, Ask, Outcome, ProviderSettings, State, ignored_settings, keyless_views};

fn catalog(key_env: Option<&str>) -> Catalog {
    let endpoint = CustomEndpoint {
        name: "lab".to_owned(),
        base_url: "http://127.0.0.1:1234/v1".to_owned(),
        protocols: Vec::new(),
        models: vec!["tiny".to_owned()],
        key_env: key_env.map(str::to_owned),
        auth: None,
        headers: BTreeMap::new(),
    };
    Catalog::load(None, vec![endpoint]).unwrap()
}

async fn kit() -> Kit {
    let kit = kit_over(catalog(None), HashMap::new()).await;
    kit.pool.reload().await.unwrap();
    kit
}

fn chat(provider: &hermes_core::ProviderId) -> Ask<'_> {
    Ask {
        protocol: Protocol::ChatCompletions,
        ..ask(provider, &[])
    }
}

fn answered(status: u16, header: Option<(&str, &str)>) -> Outcome {
    Outcome::Answered {
        status,
        headers: header
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into_iter()
            .collect(),
        body: b"{}".to_vec(),
    }
}

#[tokio::test]
async fn keyless_endpoint_is_a_member_of_its_pool_and_in_no_store() {
    let kit = kit().await;
    let provider = id("custom:lab");
    assert!(kit.pool.has_login(&provider));
    let view = kit.pool.find("lab").unwrap();
    assert_eq!(
        (view.state, view.credential.billing),
        (State::Ready, Billing::Local)
    );
    assert_eq!(view.credential.source, Source::Config("lab".to_owned()));
    let lease = kit.pool.lease(&chat(&provider)).await.unwrap();
    assert_eq!(lease.runtime.auth, hermes_catalog::AuthStyle::None);
    assert!(kit.store.credentials().await.unwrap().is_empty());
    let before = keyless_views(&catalog(None), &HashMap::new());
    assert_eq!(before[0].credential, view.credential);
}

#[tokio::test]
async fn keyless_endpoint_that_wants_a_key_is_no_member() {
    let kit = kit_over(catalog(Some("LAB_KEY")), HashMap::new()).await;
    kit.pool.reload().await.unwrap();
    assert!(!kit.pool.has_login(&id("custom:lab")));
    assert!(keyless_views(&catalog(Some("LAB_KEY")), &HashMap::new()).is_empty());
}

#[tokio::test]
async fn keyless_endpoint_with_a_stored_key_has_no_second_member() {
    let kit = kit().await;
    kit.save(
        "custom:lab",
        "key",
        "mine",
        Billing::Local,
        material("key", None, None),
    )
    .await;
    let labels: Vec<_> = kit
        .pool
        .views()
        .into_iter()
        .map(|view| view.credential.label)
        .collect();
    assert_eq!(labels, ["mine"]);
}

#[tokio::test]
async fn keyless_endpoint_that_refuses_is_told_to_the_client_and_stays_ready() {
    let kit = kit().await;
    let provider = id("custom:lab");
    let lease = kit.pool.lease(&chat(&provider)).await.unwrap();
    assert_eq!(lease.report(answered(401, None)).await, Advice::Deliver);
    assert_eq!(kit.state("lab"), State::Ready);
}

#[tokio::test]
async fn keyless_endpoint_rests_in_memory_over_a_reload() {
    let kit = kit().await;
    let provider = id("custom:lab");
    let lease = kit.pool.lease(&chat(&provider)).await.unwrap();
    lease.report(answered(429, Some(("retry-after", "30")))).await;
    kit.pool.settle().await;
    kit.pool.reload().await.unwrap();
    assert_eq!(kit.state("lab"), State::CoolingDown);
    kit.pass(31);
    assert_eq!(kit.state("lab"), State::Ready);
}

#[tokio::test]
async fn keyless_endpoint_cannot_be_changed_by_hand() {
    let kit = kit().await;
    let member = kit.pool.find("lab").unwrap().credential.id;
    let errors = [
        kit.pool.remove(member).await.unwrap_err(),
        kit.pool.disable(member).await.unwrap_err(),
        kit.pool.refresh(member).await.unwrap_err(),
        kit.pool.token(member).await.unwrap_err(),
        kit.pool.end_at_provider(member).await.unwrap_err(),
    ];
    assert!(
        errors.iter().all(|error| error.kind() == "no_login_needed"),
        "{errors:?}"
    );
}

#[test]
fn setting_that_every_login_ignores_is_told_before_there_is_a_login() {
    let catalog = Catalog::builtin().unwrap();
    let settings = ProviderSettings {
        api_mode: Some(Protocol::ChatCompletions),
        base_url: Some(url::Url::parse("https://evil.test/v1").unwrap()),
        ..Default::default()
    };
    for (name, count) in [("minimax", 1), ("minimax-oauth", 2)] {
        let ignored = ignored_settings(catalog.provider(name).unwrap(), &settings).unwrap();
        assert_eq!(ignored.len(), count, "{name}: {ignored:?}");
    }
}
