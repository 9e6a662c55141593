//! Clients of Responses before the backend of ChatGPT plans, which takes less than their protocol allows.

use hermes_sim::Entry;
use serde_json::{Value, json};

use super::{Answer, Stage};
use crate::harness::request;

const MODEL: &str = "openai-codex/gpt-5.5";

/// What Codex sends, and the backend takes: with what only newer versions of either know.
fn fitting() -> String {
    let fields = [
        r#""model":"gpt-5.5""#,
        r#""instructions":"Be brief.""#,
        r#""input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]}, {"type":"new_item","deep":{"n":1.50}}]"#,
        r#""tools":[{"type":"web_search","external_web_access":false}]"#,
        r#""store":false, "stream":true"#,
        r#""include":["reasoning.encrypted_content"],"prompt_cache_key":"k","unknown":{"kept":1e2}"#,
    ];
    format!("{{{}}}", fields.join(", "))
}

impl Stage {
    async fn ask_plan(&self, body: &Value, headers: &[(&str, &str)]) -> Answer {
        self.send("/v1/responses", body, headers).await
    }

    fn asked_of_plan(&self) -> Vec<Entry> {
        let journal = self.lab.sim.journal();
        journal.find("chatgpt.com", "/backend-api/codex/responses")
    }
}

#[tokio::test]
async fn request_that_the_plan_takes_passes_byte_for_byte() {
    let stage = Stage::with_plan().await;
    let sent = fitting().replace("\"gpt-5.5\"", &format!("{MODEL:?}"));
    let key = [("x-api-key", stage.up.key.as_str())];
    let (status, body, _) = request(&stage.up.base, "POST", "/v1/responses", &key, &sent).await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(String::from_utf8_lossy(&stage.asked_of_plan()[0].body), fitting());
}

#[tokio::test]
async fn plain_request_is_made_one_that_the_plan_takes() {
    let stage = Stage::with_plan().await;
    let body = json!({
        "model": MODEL, "stream": true, "store": true, "temperature": 0.2, "max_output_tokens": 64, "user": null,
        "input": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "hi"},
            {"type": "new_item", "deep": {"n": 1.5}},
        ],
        "unknown": {"kept": true},
    });
    let answer = stage.ask_plan(&body, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let dropped = answer.header("x-hermes-dropped").unwrap_or_default();
    let mut dropped: Vec<&str> = dropped.split(',').map(str::trim).collect();
    dropped.sort_unstable();
    assert_eq!(dropped, ["max_output_tokens", "store", "temperature"]);
    assert_eq!(
        answer.header("x-hermes-translated"),
        None,
        "the answer passes as it is"
    );
    assert_eq!(
        answer.events().last().expect("events")["type"],
        "response.completed"
    );
    let sent = stage.asked_of_plan()[0].json();
    assert_eq!(
        sent,
        json!({
            "model": "gpt-5.5", "stream": true, "store": false, "instructions": "You are a helpful assistant.",
            "input": [
                {"role": "developer", "content": "Be brief."},
                {"role": "user", "content": "hi"},
                {"type": "new_item", "deep": {"n": 1.5}},
            ],
            "unknown": {"kept": true},
        })
    );
}

#[tokio::test]
async fn whole_answer_is_gathered_from_the_stream_of_the_plan() {
    let stage = Stage::with_plan().await;
    let body = json!({"model": MODEL, "input": "How is the weather?", "temperature": 0.2});
    let answer = stage.ask_plan(&body, &[]).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.header("x-hermes-dropped"), Some("temperature"));
    let whole = answer.json();
    assert_eq!(
        (&whole["object"], &whole["status"]),
        (&json!("response"), &json!("completed"))
    );
    assert_eq!(whole["output"][0]["content"][0]["type"], "output_text");
    assert_eq!(stage.asked_of_plan()[0].json()["stream"], true);
}

#[tokio::test]
async fn strict_client_of_the_plan_is_told_what_would_be_left_out() {
    let stage = Stage::with_plan().await;
    for stream in [true, false] {
        let body = json!({"model": MODEL, "stream": stream, "input": "hi", "temperature": 0.2});
        let answer = stage.ask_plan(&body, &[("x-hermes-strict", "true")]).await;
        assert_eq!(answer.status, 400, "{}", answer.body);
        assert_eq!(answer.json()["error"]["param"], "temperature", "{}", answer.body);
    }
    assert_eq!(stage.asked_of_plan().len(), 0);
}

#[tokio::test]
async fn plan_does_not_say_who_its_account_is() {
    let stage = Stage::with_plan().await;
    let event = |kind: &str, who: &str| {
        let text = r#""text":"\"safety_identifier\": \"said\"""#;
        format!(
            "data: {{\"type\":\"{kind}\",\"response\":{{\"id\":\"r\",\"safety_identifier\":{who},{text},\"output\":[]}}}}\n\n"
        )
    };
    let events = |who: &str| ["response.created", "response.completed"].map(|kind| event(kind, who));
    let answer = hermes_sim::Answer::events(events("\"user-ada\""));
    let script = stage.lab.sim.script();
    script.next("chatgpt.com", "/backend-api/codex/responses", answer);
    let body = json!({"model": MODEL, "stream": true, "input": "hi"});
    let answer = stage.ask_plan(&body, &[]).await;
    assert_eq!(answer.body, events("null").concat());
}
