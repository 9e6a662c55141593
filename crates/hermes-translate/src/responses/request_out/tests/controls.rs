use hermes_catalog::{Quirks, ThinkingStyle};
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Number, Value, json};

use super::{from, function, sent, text, turn, words, write};
use crate::prompt::{
    Amount, Choice, Effort, Format, Named, Other, PartKind, Prompt, Role, Thinking, Tier, Tool, ToolCall,
    ToolKind,
};

#[rstest]
#[case::off(Amount::Off, None, json!({"effort": "none"}))]
#[case::low(Amount::Effort(Effort::Low), None, json!({"effort": "low", "summary": "auto"}))]
#[case::hidden(Amount::Effort(Effort::Max), Some(false), json!({"effort": "max"}))]
#[case::adaptive(Amount::Adaptive, None, json!({"effort": "high", "summary": "auto"}))]
#[case::small(Amount::Budget(1024), Some(true), json!({"effort": "low", "summary": "auto"}))]
#[case::middle(Amount::Budget(8192), Some(false), json!({"effort": "medium"}))]
#[case::large(Amount::Budget(24_576), Some(false), json!({"effort": "high"}))]
#[case::huge(Amount::Budget(24_577), Some(false), json!({"effort": "xhigh"}))]
#[case::between(Amount::BetweenTools, None, Value::Null)]
fn thinking(#[case] amount: Amount, #[case] shown: Option<bool>, #[case] expected: Value) {
    let prompt = Prompt {
        thinking: Some(Thinking {
            amount,
            shown,
            summary: None,
        }),
        ..from(Protocol::AnthropicMessages)
    };
    let (body, dropped) = write(&prompt);
    assert_eq!(body.get("reasoning").cloned().unwrap_or_default(), expected);
    assert_eq!(dropped.is_empty(), amount != Amount::BetweenTools);
    assert_eq!(body["include"], json!(["reasoning.encrypted_content"]));
}

#[rstest]
#[case(None, Some(vec!["low", "high"]), "max", json!({"effort": "high"}))]
#[case(None, Some(vec!["low", "medium", "high"]), "minimal", json!({"effort": "low"}))]
#[case(Some(ThinkingStyle::None), None, "low", Value::Null)]
fn effort_that_the_upstream_takes(
    #[case] style: Option<ThinkingStyle>,
    #[case] efforts: Option<Vec<&str>>,
    #[case] effort: &str,
    #[case] expected: Value,
) {
    let prompt = Prompt {
        thinking: Some(Thinking {
            amount: Amount::Effort(Effort::of(effort).unwrap()),
            ..Thinking::default()
        }),
        ..from(Protocol::ChatCompletions)
    };
    let quirks = Quirks {
        thinking: style,
        efforts: efforts.map(|all| words(&all)),
        ..Quirks::default()
    };
    let (body, _) = sent(&prompt, quirks).unwrap();
    assert_eq!(body.get("reasoning").cloned().unwrap_or_default(), expected);
}

#[rstest]
#[case::said_nothing(Protocol::AnthropicMessages, None, json!(false))]
#[case::said_yes(Protocol::ChatCompletions, Some(true), json!(true))]
#[case::own(Protocol::Responses, None, Value::Null)]
fn tools_are_strict_only_where_the_client_says_so(
    #[case] client: Protocol,
    #[case] strict: Option<bool>,
    #[case] expected: Value,
) {
    let prompt = Prompt {
        tools: vec![function("f", strict)],
        ..from(client)
    };
    let (body, _) = write(&prompt);
    assert_eq!(
        body["tools"][0].get("strict").cloned().unwrap_or_default(),
        expected
    );
    assert_eq!(body["tools"][0]["parameters"], json!({"type": "object"}));
    let loose = Quirks {
        strict_tools: Some(false),
        ..Quirks::default()
    };
    assert!(
        sent(&prompt, loose).unwrap().0["tools"][0]
            .get("strict")
            .is_none()
    );
}

#[rstest]
#[case(Choice::Auto, json!("auto"))]
#[case(Choice::Any, json!("required"))]
#[case(Choice::Never, json!("none"))]
#[case(Choice::Tool { name: "f".to_owned(), custom: false }, json!({"type": "function", "name": "f"}))]
#[case(
    Choice::Allowed { names: vec!["f".to_owned()], must: true },
    json!({"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]})
)]
fn choices(#[case] choice: Choice, #[case] expected: Value) {
    let prompt = Prompt {
        tools: vec![function("f", None)],
        choice: Some(choice),
        parallel: Some(false),
        ..from(Protocol::AnthropicMessages)
    };
    let (body, _) = write(&prompt);
    assert_eq!(
        (&body["tool_choice"], &body["parallel_tool_calls"]),
        (&expected, &json!(false))
    );
}

#[test]
fn hosted_tools_of_others_are_a_search_or_nothing() {
    let hosted = |value: Value| Tool {
        name: value["type"].as_str().unwrap().to_owned(),
        kind: ToolKind::Hosted(value),
        ..function("", None)
    };
    let search =
        json!({"type": "web_search_20250305", "name": "web_search", "allowed_domains": ["a"], "max_uses": 2});
    let mut prompt = Prompt {
        tools: vec![hosted(search)],
        ..from(Protocol::AnthropicMessages)
    };
    let (body, dropped) = write(&prompt);
    assert_eq!(
        body["tools"],
        json!([{"type": "web_search", "filters": {"allowed_domains": ["a"]}}])
    );
    assert_eq!(dropped, ["tools[0].max_uses"]);
    prompt.tools = vec![hosted(json!({"type": "bash_20250124", "name": "bash"}))];
    assert_eq!(sent(&prompt, Quirks::default()).unwrap_err().at, "tools[0]");
}

#[test]
fn free_text_tools_become_functions_where_they_are_refused() {
    let mut prompt = from(Protocol::Responses);
    prompt.tools = vec![Tool {
        kind: ToolKind::Custom {
            format: Some(json!({"type": "text"})),
        },
        ..function("patch", None)
    }];
    prompt.turns.push(turn(
        Role::Assistant,
        vec![PartKind::Call(ToolCall {
            id: "c".to_owned(),
            name: "patch".to_owned(),
            arguments: "*** Begin".to_owned(),
            custom: true,
            namespace: None,
        })],
    ));
    let (body, _) = write(&prompt);
    assert_eq!(body["tools"][0]["type"], "custom");
    assert_eq!(body["input"][1]["input"], "*** Begin");
    let quirks = Quirks {
        refused: Some(words(&["tools.custom"])),
        ..Quirks::default()
    };
    let (body, dropped) = sent(&prompt, quirks).unwrap();
    assert_eq!(body["tools"][0]["type"], "function");
    assert_eq!(body["input"][1]["arguments"], "{\"input\":\"*** Begin\"}");
    assert_eq!(dropped, ["tools[0].format"]);
}

#[test]
fn what_responses_has_no_field_for_is_named_as_the_client_knows_it() {
    let one = || Some(Number::from(1));
    let mut prompt = from(Protocol::AnthropicMessages);
    prompt.sampling.top_k = one();
    prompt.sampling.stop = words(&["END"]);
    prompt.sampling.temperature = one();
    prompt.sampling.max_tokens = Some(5);
    prompt.others = vec![Other {
        at: "container".to_owned(),
        value: json!("c"),
    }];
    let quirks = Quirks {
        limit_least: Some(16),
        ..Quirks::default()
    };
    let (body, dropped) = sent(&prompt, quirks).unwrap();
    assert_eq!(dropped, ["max_tokens", "top_k", "stop_sequences", "container"]);
    assert_eq!(
        (&body["max_output_tokens"], &body["temperature"]),
        (&json!(16), &json!(1))
    );
}

#[test]
fn what_responses_has_no_field_for_of_chat_is_named() {
    let one = || Some(Number::from(1));
    let mut prompt = from(Protocol::ChatCompletions);
    prompt.sampling.seed = one();
    prompt.sampling.presence_penalty = one();
    prompt.sampling.frequency_penalty = one();
    prompt.sampling.logit_bias = Some(json!({}));
    let (_, dropped) = write(&prompt);
    assert_eq!(
        dropped,
        ["seed", "presence_penalty", "frequency_penalty", "logit_bias",]
    );
    prompt.sampling.n = Some(2);
    assert_eq!(sent(&prompt, Quirks::default()).unwrap_err().at, "n");
}

#[test]
fn the_rest_goes_where_it_belongs() {
    let mut prompt = from(Protocol::ChatCompletions);
    prompt.format = Format::JsonSchema {
        name: None,
        description: None,
        schema: json!({}),
        strict: Some(true),
    };
    prompt.verbosity = Some("low".to_owned());
    prompt.sampling.logprobs = true;
    prompt.sampling.top_logprobs = Some(2);
    prompt.tier = Some(Tier::Standard);
    prompt.cache_key = Some("k".to_owned());
    prompt.stream = true;
    prompt.others = vec![Other {
        at: "store".to_owned(),
        value: json!(true),
    }];
    let (body, dropped) = write(&prompt);
    assert_eq!(
        body["text"],
        json!({"format": {"type": "json_schema", "name": "output", "schema": {}, "strict": true}, "verbosity": "low"})
    );
    assert_eq!(
        body["include"],
        json!(["reasoning.encrypted_content", "message.output_text.logprobs"])
    );
    assert_eq!(
        (&body["store"], &body["service_tier"]),
        (&json!(true), &json!("default"))
    );
    assert_eq!(
        (&body["stream"], &body["prompt_cache_key"]),
        (&json!(true), &json!("k"))
    );
    assert!(dropped.is_empty());
}

#[test]
fn account_data_of_a_user_goes_to_nobody_else() {
    let mut prompt = from(Protocol::AnthropicMessages);
    prompt.user = Some(Named {
        at: "metadata.user_id".to_owned(),
        text: "user_account_session".to_owned(),
    });
    let (body, _) = write(&prompt);
    let name = body["safety_identifier"].as_str().unwrap();
    assert!(name.len() == 32 && !name.contains("account"));
    prompt.client = Some(Protocol::ChatCompletions);
    prompt.user.as_mut().unwrap().at = "user".to_owned();
    assert_eq!(write(&prompt).0["user"], "user_account_session");
}

#[test]
fn an_answer_that_the_client_began_is_refused() {
    let mut prompt = from(Protocol::AnthropicMessages);
    prompt.turns.push(turn(Role::Assistant, vec![text("{")]));
    assert_eq!(sent(&prompt, Quirks::default()).unwrap_err().at, "messages[9]");
    let quirks = Quirks {
        prefill: Some(true),
        ..Quirks::default()
    };
    assert!(sent(&prompt, quirks).is_ok());
}

#[rstest]
#[case::marker_refused(Quirks::default(), false)]
#[case::marker_taken(Quirks { taken: Some(vec!["prompt_cache_breakpoint".to_owned()]), ..Quirks::default() }, true)]
fn cache_markers(#[case] quirks: Quirks, #[case] taken: bool) {
    let mut prompt = from(Protocol::AnthropicMessages);
    prompt.turns[0].parts[0].cache = Some("5m".to_owned());
    let (body, dropped) = sent(&prompt, quirks).unwrap();
    let marker = &body["input"][0]["content"][0]["prompt_cache_breakpoint"];
    assert_eq!(*marker == json!({"mode": "explicit"}), taken);
    assert_eq!(dropped.is_empty(), taken);
}
