use serde_json::{Value, json};

use crate::dropped::Dropped;
use crate::{Issuer, Stamp, Target, Translated, Unsupported};
use hermes_core::Protocol;

fn crossed(body: &Value, upstream: Protocol, strict: bool) -> Result<Translated, Unsupported> {
    let target = Target {
        protocol: upstream,
        model: "model".to_owned(),
        name: "Upstream".to_owned(),
        issuer: Issuer::new("upstream".to_owned()),
        quirks: hermes_catalog::Quirks::default(),
    };
    let stamp = Stamp {
        id: "1".to_owned(),
        now: 0,
    };
    crate::request(Protocol::Responses, body, &target, strict, stamp)
}

fn request(tools: &Value) -> Value {
    json!({"model": "model", "input": "go", "tools": tools})
}

fn paths(dropped: &Dropped) -> Vec<String> {
    dropped.paths().to_vec()
}

#[test]
fn search_beside_own_tools_is_left_out_and_told_of() {
    let own = json!({"type": "function", "name": "read", "parameters": {"type": "object"}, "strict": false});
    let body = request(&json!([own, {"type": "web_search"}]));
    let crossed = crossed(&body, Protocol::ChatCompletions, false).unwrap();
    let sent: Value = serde_json::from_slice(&crossed.body).unwrap();
    assert_eq!(sent["tools"].as_array().map(Vec::len), Some(1), "{sent}");
    assert!(
        paths(&crossed.dropped).contains(&"tools[1]".to_owned()),
        "{:?}",
        crossed.dropped
    );
}

#[test]
fn search_that_the_request_is_about_is_refused() {
    let own = json!({"type": "function", "name": "read", "parameters": {"type": "object"}});
    let alone = request(&json!([{"type": "web_search"}]));
    let mut chosen = request(&json!([own, {"type": "web_search"}]));
    chosen["tool_choice"] = json!({"type": "web_search"});
    let client_run = request(&json!([own, {"type": "local_shell"}]));
    for body in [alone, chosen, client_run] {
        assert!(
            crossed(&body, Protocol::ChatCompletions, false).is_err(),
            "{body}"
        );
    }
    let body = request(&json!([own, {"type": "web_search"}]));
    assert!(crossed(&body, Protocol::ChatCompletions, true).is_err());
}

#[test]
fn other_extras_are_left_out_in_every_protocol() {
    let own = json!({"type": "function", "name": "read", "parameters": {"type": "object"}});
    let body = request(&json!([own, {"type": "image_generation"}]));
    for upstream in [
        Protocol::ChatCompletions,
        Protocol::AnthropicMessages,
        Protocol::Gemini,
    ] {
        let crossed = crossed(&body, upstream, false).unwrap();
        assert!(
            paths(&crossed.dropped).contains(&"tools[1]".to_owned()),
            "{upstream:?}"
        );
    }
}
