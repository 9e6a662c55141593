use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::echo;

#[rstest]
#[case::other_client(Protocol::ChatCompletions, json!({"temperature": 1}), "temperature", Value::Null)]
#[case::as_it_came(Protocol::Responses, json!({"temperature": 0.5}), "temperature", json!(0.5))]
#[case::nothing_said(Protocol::Responses, json!({}), "temperature", json!(1.0))]
#[case::null(Protocol::Responses, json!({"reasoning": null}), "reasoning", json!({"effort": null, "summary": null}))]
#[case::nonsense(Protocol::Responses, json!({"tool_choice": 3}), "tool_choice", json!("auto"))]
#[case::a_tier_of_nobody(Protocol::Responses, json!({"service_tier": "on_demand"}), "service_tier", json!("default"))]
#[case::numbers_among_texts(Protocol::Responses, json!({"metadata": {"a": 1}}), "metadata", json!({}))]
#[case::a_format_at_least(Protocol::Responses, json!({"text": {"verbosity": "low"}}), "text",
    json!({"verbosity": "low", "format": {"type": "text"}}))]
#[case::a_whole_tool(Protocol::Responses, json!({"tools": [{"type": "function", "name": "f"}]}), "tools",
    json!([{"type": "function", "name": "f", "parameters": null, "strict": true}]))]
#[case::no_keys(Protocol::Responses,
    json!({"tools": [{"type": "mcp", "server_label": "s", "authorization": "key", "headers": {"a": "b"}}]}), "tools",
    json!([{"type": "mcp", "server_label": "s"}]))]
fn what_is_repeated(
    #[case] client: Protocol,
    #[case] body: Value,
    #[case] field: &str,
    #[case] expected: Value,
) {
    assert_eq!(
        echo(client, &body).get(field).cloned().unwrap_or_default(),
        expected
    );
}
