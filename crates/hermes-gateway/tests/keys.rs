//! What a client key may do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use hermes_core::{OsRandom, UnixMs};
use hermes_pool::KeyLimits;
use serde_json::Value;
use support::{Answer, Reply, Running, Setup, Upstream, start};

const PATHS: [&str; 3] = ["/v1/messages", "/v1/chat/completions", "/v1/responses"];

/// A gateway that is asked with a key of these limits.
async fn lab(requests_per_minute: Option<u32>, models: &[&str]) -> Running {
    let upstream = Upstream::start(|_| Reply::json(200, "{}")).await;
    let mut lab = start(upstream, Setup::default()).await;
    let limits = KeyLimits {
        requests_per_minute,
        models: models.iter().map(|&model| model.to_owned()).collect(),
    };
    let now = UnixMs::from_millis(1);
    let made = lab.keys.create("narrow", limits, now, &OsRandom).await.unwrap();
    lab.key.clone_from(made.secret.expose());
    lab.key_id = made.key.id;
    lab
}

fn body(model: &str) -> String {
    format!(r#"{{"model":"{model}","max_tokens":1}}"#)
}

/// The error's stable name, wherever the protocol has its place.
fn code(path: &str, answer: &Answer) -> Value {
    let body = answer.json();
    if path == "/v1/messages" {
        assert_eq!(body["type"], "error");
        body["error"]["details"]["error_code"].clone()
    } else {
        body["error"]["code"].clone()
    }
}

#[tokio::test]
async fn request_over_the_limit_is_429_with_a_time_in_each_protocols_shape() {
    let lab = lab(Some(2), &[]).await;
    for _ in 0..2 {
        assert_eq!(lab.post(PATHS[0], "", body("custom:lab/m-1")).await.status, 200);
    }
    let calls = lab.upstream.calls().len();
    for path in PATHS {
        let answer = lab.post(path, "", body("custom:lab/m-1")).await;
        assert_eq!(
            (answer.status, code(path, &answer)),
            (429, "key_rate_limit".into())
        );
        let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=30).contains(&wait), "{wait}");
        assert_eq!(answer.header("x-should-retry"), None);
        assert!(
            answer.text_body().contains("`narrow` may send 2 requests"),
            "{path}"
        );
    }
    assert_eq!(lab.upstream.calls().len(), calls);
    // Lists cost nothing, and other keys have limits of their own.
    assert_eq!(lab.ask("GET", "/v1/models", &lab.auth()).await.status, 200);
}

#[tokio::test]
async fn model_that_the_key_is_not_for_is_403_in_each_protocols_shape() {
    let lab = lab(None, &["custom:lab/lab-only", "other/*"]).await;
    for path in PATHS {
        for model in ["custom:lab/m-1", "fast"] {
            let answer = lab.post(path, "", body(model)).await;
            assert_eq!(
                (answer.status, code(path, &answer)),
                (403, "model_not_allowed".into())
            );
            let text = answer.text_body();
            assert!(text.contains(&format!("not for model `{model}`")), "{text}");
            assert!(text.contains("`custom:lab/lab-only`, `other/*`"), "{text}");
        }
        let answer = lab.post(path, "", body("custom:lab/lab-only")).await;
        assert_eq!(answer.status, 200);
    }
    assert_eq!(lab.upstream.calls().len(), 3);
    let refused = lab.post(PATHS[0], "", body("fast")).await;
    let id = refused.header("x-hermes-request-id").unwrap().to_owned();
    let key = lab.key_id;
    let row = lab.logged(&id).await;
    assert_eq!(
        (row.status, row.error.as_deref()),
        (403, Some("model_not_allowed"))
    );
    assert_eq!((row.key, row.attempts), (Some(key), 0));
}

#[tokio::test]
async fn model_list_shows_what_the_key_is_for() {
    let ids = async |models: &[&str]| -> Vec<String> {
        let lab = lab(None, models).await;
        let list = lab.ask("GET", "/v1/models", &lab.auth()).await.json();
        let ids = list["data"].as_array().unwrap().iter();
        ids.map(|one| one["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&["fast"]).await, ["fast"]);
    assert_eq!(ids(&["custom:lab/lab-only"]).await, ["custom:lab/lab-only"]);
    assert_eq!(
        ids(&["custom:lab/*"]).await,
        ["fast", "custom:lab/m-1", "custom:lab/lab-only"]
    );
    let lab = lab(None, &["custom:lab/lab-only"]).await;
    let hidden = lab.ask("GET", "/v1/models/custom:lab%2Fm-1", &lab.auth()).await;
    assert_eq!(hidden.status, 404);
}
