//! Which models are known, with the providers' help and without.

use hermes_sim::Answer;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use crate::harness::Lab;

const HOST: &str = "api.openai.com";

fn ids(list: &Value) -> Vec<&str> {
    let models = list["models"].as_array().expect("models").iter();
    models.filter_map(|model| model["id"].as_str()).collect()
}

#[tokio::test]
async fn what_a_provider_told_is_kept_for_when_it_cannot_be_asked() {
    let lab = Lab::new().await;
    let key = lab.sim.script().issue_key();
    lab.add_key("openai-api", &key).await;
    let before = lab.json(&["models", "--json"]).await;
    assert!(!ids(&before).contains(&"openai-api/simulated-1"), "{before}");
    let asked = lab.sim.journal().count(HOST, "/v1/models");

    let told = lab.json(&["models", "--refresh", "--json"]).await;
    assert_eq!(ids(&told).last(), Some(&"openai-api/simulated-1"), "{told}");
    assert_eq!(ids(&told).len(), ids(&before).len() + 1);
    assert_eq!(lab.sim.journal().count(HOST, "/v1/models"), asked + 1);

    let trouble = json!({"error": {"message": "down"}});
    lab.sim
        .script()
        .next(HOST, "/v1/models", Answer::json(503, &trouble));
    let kept = lab.run(&["models", "openai-api", "--refresh"]).await;
    assert_eq!(kept.code, 0, "{kept:?}");
    assert!(kept.stdout.contains("openai-api/simulated-1"), "{kept:?}");
    assert!(
        kept.stderr
            .contains("openai-api did not tell its models: it answered 503"),
        "{kept:?}"
    );

    // By its bare name, in another process, without asking again.
    let said = lab.run(&["chat", "-m", "simulated-1", "hello"]).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert_eq!(lab.sim.journal().count(HOST, "/v1/models"), asked + 2);
}
