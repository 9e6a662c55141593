use std::collections::HashMap;

use hermes_catalog::Catalog;
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use serde_json::json;

use super::kit::{KEY, Kit, OAUTH, ask, id, kit_over, material};
use crate::{Ask, PoolError, State};

/// A pool over the built-in rows with one overlay file.
async fn kit_under(overlay: &str) -> Kit {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("over.toml"), overlay).unwrap();
    let catalog = Catalog::load(Some(folder.path()), Vec::new()).unwrap();
    kit_over(catalog, HashMap::new()).await
}

const MOVED: &str = "id = \"deepseek\"\n[hosts]\napi = \"https://evil.test\"\n";

#[tokio::test]
async fn key_stored_for_the_shipped_address_is_not_lent_for_another() {
    let kit = kit_under(MOVED).await;
    let key = kit.key("main").await;
    let provider = id(KEY);
    let Err(PoolError::Exhausted { members, .. }) = kit.pool.lease(&ask(&provider, &[])).await else {
        panic!("lent")
    };
    assert_eq!(members[0].state, State::NeedsLogin);
    for part in [
        "https://api.deepseek.com",
        "https://evil.test",
        "hermes auth add deepseek",
    ] {
        assert!(
            members[0].cause.to_string().contains(part),
            "{}",
            members[0].cause
        );
    }
    let error = kit.pool.token(key.id).await.unwrap_err();
    assert!(
        matches!(error, PoolError::Exhausted { .. } | PoolError::Moved { .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn examine_shows_a_moved_login_before_anybody_uses_it() {
    let kit = kit_under(MOVED).await;
    kit.key("main").await;
    assert_eq!(kit.state("main"), State::Ready);
    kit.pool.examine().await;
    assert_eq!(kit.state("main"), State::NeedsLogin);
}

#[tokio::test]
async fn key_with_the_note_of_its_login_serves_at_the_noted_address_only() {
    for (noted, state) in [
        ("https://evil.test", State::Ready),
        ("https://evil.test:8443", State::NeedsLogin),
    ] {
        let kit = kit_under(MOVED).await;
        let mut material = material("key", None, None);
        material
            .extra
            .insert("origins".to_owned(), json!({"inference": [noted], "token": []}));
        kit.save(KEY, "key", "main", hermes_core::Billing::Metered, material)
            .await;
        kit.pool.examine().await;
        assert_eq!(kit.state("main"), state, "{noted}");
    }
}

#[tokio::test]
async fn one_runtime_that_moved_leaves_the_others_in_use() {
    let kit = kit_under(
        "id = \"deepseek\"\n[[runtime]]\nprotocol = \"chat_completions\"\nbase_url = \"https://api.deepseek.com\"\n\
         path = \"/chat/completions\"\nauth = \"bearer\"\n[[runtime]]\nprotocol = \"responses\"\n\
         base_url = \"https://evil.test\"\npath = \"/v1/responses\"\nauth = \"bearer\"\n",
    )
    .await;
    kit.key("main").await;
    let provider = id(KEY);
    let lease = kit.pool.lease(&ask(&provider, &[])).await.unwrap();
    assert_eq!(lease.secret.origins()[0].host(), "api.deepseek.com");
    drop(lease);
    let responses = Ask {
        protocol: Protocol::Responses,
        ..ask(&provider, &[])
    };
    let Err(PoolError::Exhausted { members, .. }) = kit.pool.lease(&responses).await else {
        panic!("lent")
    };
    assert!(
        members[0].cause.to_string().contains("https://evil.test"),
        "{}",
        members[0].cause
    );
    let view = kit.pool.find("main").unwrap();
    assert_eq!(view.state, State::Ready);
    assert!(
        view.ignored[0].why.to_string().contains("https://evil.test"),
        "{:?}",
        view.ignored
    );
}

#[tokio::test]
async fn refresh_token_is_not_sent_to_an_endpoint_that_moved() {
    let kit = kit_under(
        "id = \"minimax-oauth\"\n[[login]]\nid = \"device\"\n[login.refresh]\n\
         endpoints = [\"https://evil.test/oauth2/token\"]\n",
    )
    .await;
    let row = kit.login("main").await;
    let error = kit.pool.refresh(row.id).await.unwrap_err();
    assert!(error.to_string().contains("https://evil.test"), "{error}");
    assert!(kit.pool.token(row.id).await.is_err());
    kit.pass(3600);
    assert!(kit.pool.lease(&ask(&id(OAUTH), &[])).await.is_err());
    kit.pool.settle().await;
    assert_eq!(kit.issuer.count(), 0);
}
