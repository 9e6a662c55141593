use hermes_catalog::{CallIds, Quirks, SystemPlace, ThinkingStyle};
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Number, Value, json};

use super::write_request;
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::{
    Amount, Choice, Effort, Format, Media, Named, Other, Part, PartKind, Prompt, Role, Source, Thinking,
    Tier, Tool, ToolCall, ToolKind, ToolResult, Turn,
};
use crate::proof::{Issuer, Proof, ProofKind};
use crate::responses::tests::target;
use crate::unsupported::Unsupported;

fn sent(prompt: &Prompt, quirks: Quirks) -> Result<(Value, Vec<String>), Unsupported> {
    let keeps_custom = !quirks.refuses("tools.custom");
    let names = Names::new(&prompt.tools, keeps_custom);
    let mut dropped = Dropped::new(false);
    let body = write_request(prompt, &target(quirks), &names, &mut dropped)?;
    Ok((body, dropped.paths().to_vec()))
}

fn write(prompt: &Prompt) -> (Value, Vec<String>) {
    sent(prompt, Quirks::default()).unwrap()
}

fn from(client: Protocol) -> Prompt {
    Prompt {
        client: Some(client),
        turns: vec![turn(Role::User, vec![text("q")])],
        ..Prompt::default()
    }
}

fn turn(role: Role, parts: Vec<PartKind>) -> Turn {
    let numbered = parts.into_iter().enumerate();
    let parts = numbered.map(|(number, kind)| Part::new(kind, format!("messages[9].content[{number}]")));
    Turn {
        role,
        parts: parts.collect(),
        at: "messages[9]".to_owned(),
    }
}

fn text(text: &str) -> PartKind {
    PartKind::Text(text.to_owned())
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn function(name: &str, strict: Option<bool>) -> Tool {
    Tool {
        kind: ToolKind::Function {
            schema: json!({"type": "object"}),
            strict,
        },
        name: name.to_owned(),
        description: Some("d".to_owned()),
        namespace: None,
        cache: None,
        others: Vec::new(),
        at: "tools[0]".to_owned(),
    }
}

#[rstest]
#[case::messages(Protocol::AnthropicMessages, Role::System, "developer")]
#[case::chat_system(Protocol::ChatCompletions, Role::System, "system")]
#[case::chat_developer(Protocol::ChatCompletions, Role::Developer, "developer")]
fn instructions_lead_and_later_ones_stay(#[case] client: Protocol, #[case] role: Role, #[case] word: &str) {
    let prompt = Prompt {
        turns: vec![
            turn(Role::System, vec![text("one"), text("two")]),
            turn(role, vec![text("three")]),
            turn(Role::User, vec![text("q")]),
            turn(role, vec![text("later")]),
        ],
        ..from(client)
    };
    let (body, dropped) = write(&prompt);
    assert_eq!(body["instructions"], "one\n\ntwo\n\nthree");
    assert_eq!(
        body["input"],
        json!([
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "q"}]},
            {"type": "message", "role": word, "content": [{"type": "input_text", "text": "later"}]},
        ])
    );
    assert!(dropped.is_empty());
    let first = Quirks {
        system: Some(SystemPlace::First),
        ..Quirks::default()
    };
    assert_eq!(
        sent(&prompt, first).unwrap().0["instructions"],
        "one\n\ntwo\n\nthree\n\nlater"
    );
}

#[test]
fn a_turn_of_the_model_becomes_items_in_order() {
    let proof = |issuer: &str| Proof::minted(&Issuer::new(issuer), ProofKind::Encrypted, "enc");
    let thoughts = |issuer: &str| PartKind::Thinking {
        text: "t".to_owned(),
        proof: Some(proof(issuer)),
    };
    let call = |id: &str| {
        PartKind::Call(ToolCall {
            id: id.to_owned(),
            name: "f".to_owned(),
            arguments: "{\"n\": 1.0}".to_owned(),
            custom: false,
            namespace: None,
        })
    };
    let result = |id: &str, is_error| {
        PartKind::Result(ToolResult {
            id: id.to_owned(),
            name: None,
            parts: vec![Part::new(text("r"), "r")],
            is_error,
            custom: false,
        })
    };
    let prompt = Prompt {
        turns: vec![
            turn(Role::User, vec![text("q")]),
            turn(
                Role::Assistant,
                vec![
                    thoughts("openai"),
                    thoughts("xai"),
                    text("s"),
                    call("toolu_1"),
                    call("not fitting"),
                ],
            ),
            turn(
                Role::User,
                vec![
                    result("toolu_1", false),
                    result("not fitting", true),
                    text("go on"),
                ],
            ),
        ],
        ..from(Protocol::AnthropicMessages)
    };
    let (body, dropped) = write(&prompt);
    let other = body["input"][4]["call_id"].as_str().unwrap();
    assert!(other.starts_with("call_") && other.len() < 64);
    assert_eq!(
        body["input"],
        json!([
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "q"}]},
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "t"}], "encrypted_content": "enc"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "s", "annotations": []}]},
            {"type": "function_call", "call_id": "toolu_1", "name": "f", "arguments": "{\"n\": 1.0}"},
            {"type": "function_call", "call_id": other, "name": "f", "arguments": "{\"n\": 1.0}"},
            {"type": "function_call_output", "call_id": "toolu_1", "output": "r"},
            {"type": "function_call_output", "call_id": other, "output": "Error: r"},
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "go on"}]},
        ])
    );
    assert_eq!(
        dropped,
        ["messages[9].content[1]", "messages[9].content[1].is_error"]
    );
}

#[test]
fn calls_without_ids_find_their_results_by_name() {
    let call = |name: &str| {
        PartKind::Call(ToolCall {
            id: String::new(),
            name: name.to_owned(),
            arguments: "{}".to_owned(),
            custom: false,
            namespace: None,
        })
    };
    let result = |name: &str| {
        PartKind::Result(ToolResult {
            id: String::new(),
            name: Some(name.to_owned()),
            parts: Vec::new(),
            is_error: false,
            custom: false,
        })
    };
    let mut prompt = Prompt {
        turns: vec![
            turn(Role::Assistant, vec![call("f"), call("g"), call("f")]),
            turn(Role::User, vec![result("g"), result("f"), result("f")]),
        ],
        ..from(Protocol::Gemini)
    };
    let ids = |body: &Value| -> Vec<String> {
        let items = body["input"].as_array().unwrap().iter();
        items
            .map(|item| item["call_id"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        ids(&write(&prompt).0),
        ["call_1", "call_2", "call_3", "call_2", "call_1", "call_3"]
    );
    prompt.turns.truncate(1);
    let nine = Quirks {
        call_ids: Some(CallIds::NineAlphanumerics),
        ..Quirks::default()
    };
    for id in ids(&sent(&prompt, nine).unwrap().0) {
        assert!(
            id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            "{id}"
        );
    }
}

#[rstest]
#[case::image(PartKind::Image(media(Source::Base64("QQ==".to_owned()), "image/png")), json!({"type": "input_image", "image_url": "data:image/png;base64,QQ==", "detail": "auto"}))]
#[case::address(PartKind::Image(media(Source::Url("https://a".to_owned()), "")), json!({"type": "input_image", "image_url": "https://a", "detail": "auto"}))]
#[case::pdf(PartKind::File(media(Source::Base64("QQ==".to_owned()), "application/pdf")), json!({"type": "input_file", "filename": "document.pdf", "file_data": "data:application/pdf;base64,QQ=="}))]
#[case::document(PartKind::File(media(Source::Url("https://a".to_owned()), "")), json!({"type": "input_file", "file_url": "https://a"}))]
#[case::text(PartKind::File(media(Source::Text("t".to_owned()), "text/plain")), json!({"type": "input_text", "text": "t"}))]
fn media_go_in(#[case] kind: PartKind, #[case] expected: Value) {
    let prompt = Prompt {
        turns: vec![turn(Role::User, vec![kind])],
        ..from(Protocol::AnthropicMessages)
    };
    assert_eq!(write(&prompt).0["input"][0]["content"], json!([expected]));
}

#[rstest]
#[case::id(PartKind::Image(media(Source::Id("file_1".to_owned()), "")))]
#[case::file_id(PartKind::File(media(Source::Id("file_1".to_owned()), "")))]
#[case::sound(PartKind::Audio(media(Source::Base64("QQ==".to_owned()), "audio/wav")))]
fn media_that_cannot_go(#[case] kind: PartKind) {
    let prompt = Prompt {
        turns: vec![turn(Role::User, vec![kind])],
        ..from(Protocol::ChatCompletions)
    };
    let error = sent(&prompt, Quirks::default()).unwrap_err();
    assert_eq!(
        (error.code, error.at.as_str()),
        ("unsupported_by_upstream", "messages[9].content[0]")
    );
}

fn media(source: Source, mime: &str) -> Media {
    Media {
        source,
        mime: mime.to_owned(),
        name: None,
        detail: None,
    }
}

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
    prompt.client = Some(Protocol::ChatCompletions);
    prompt.sampling.seed = one();
    prompt.sampling.presence_penalty = one();
    prompt.sampling.frequency_penalty = one();
    prompt.sampling.logit_bias = Some(json!({}));
    let (_, dropped) = write(&prompt);
    assert_eq!(
        dropped,
        [
            "top_k",
            "stop",
            "seed",
            "presence_penalty",
            "frequency_penalty",
            "logit_bias",
            "container"
        ]
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

mod dialect;
