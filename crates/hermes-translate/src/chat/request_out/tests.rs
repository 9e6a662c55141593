use hermes_catalog::{CallIds, Quirks, SystemPlace, ThinkingStyle};
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::write_request;
use crate::chat::tests::target;
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::{
    Amount, Choice, Effort, Format, Media, Named, Other, Part, PartKind, Prompt, Role, Sampling, Source,
    Thinking, Tier, Tool, ToolCall, ToolKind, ToolResult, Turn,
};
use crate::proof::{Issuer, Proof, ProofKind};
use crate::unsupported::Unsupported;

fn prompt(turns: Vec<(Role, Vec<PartKind>)>) -> Prompt {
    let turns = turns.into_iter().enumerate();
    Prompt {
        client: Some(Protocol::AnthropicMessages),
        model: "claude".to_owned(),
        turns: turns
            .map(|(number, (role, parts))| Turn {
                role,
                at: format!("messages[{number}]"),
                parts: parts
                    .into_iter()
                    .enumerate()
                    .map(|(place, kind)| Part::new(kind, format!("messages[{number}].content[{place}]")))
                    .collect(),
            })
            .collect(),
        ..Prompt::default()
    }
}

fn asking() -> Prompt {
    prompt(vec![(Role::User, vec![text("a")])])
}

fn text(text: &str) -> PartKind {
    PartKind::Text(text.to_owned())
}

fn call(id: &str, name: &str) -> PartKind {
    PartKind::Call(ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: "{ \"x\": 1.0 }".to_owned(),
        custom: false,
        namespace: None,
    })
}

fn result(id: &str, parts: Vec<PartKind>, is_error: bool) -> PartKind {
    let parts = parts.into_iter().map(|kind| Part::new(kind, "inner")).collect();
    PartKind::Result(ToolResult {
        id: id.to_owned(),
        name: None,
        parts,
        is_error,
        custom: false,
    })
}

fn image(source: Source) -> PartKind {
    PartKind::Image(media(source, "image/png"))
}

fn media(source: Source, mime: &str) -> Media {
    Media {
        source,
        mime: mime.to_owned(),
        name: None,
        detail: None,
    }
}

fn tool(name: &str) -> Tool {
    Tool {
        kind: ToolKind::Function {
            schema: json!({"type": "object"}),
            strict: Some(true),
        },
        name: name.to_owned(),
        description: Some("d".to_owned()),
        namespace: None,
        cache: None,
        others: Vec::new(),
        at: "tools[0]".to_owned(),
    }
}

fn taken(fields: &[&str]) -> Quirks {
    Quirks {
        taken: Some(fields.iter().map(|field| (*field).to_owned()).collect()),
        ..Quirks::default()
    }
}

fn written_with(prompt: &Prompt, quirks: Quirks) -> Result<(Value, Vec<String>), Unsupported> {
    let keeps_custom = quirks.takes("custom_tools");
    let names = Names::new(&prompt.tools, keeps_custom);
    let mut dropped = Dropped::new(false);
    let body = write_request(prompt, &target(quirks), &names, &mut dropped)?;
    Ok((body, dropped.paths().to_vec()))
}

fn written(prompt: &Prompt) -> (Value, Vec<String>) {
    written_with(prompt, Quirks::default()).unwrap()
}

#[test]
fn a_conversation_with_a_tool() {
    let prompt = prompt(vec![
        (Role::System, vec![text("s"), text("t")]),
        (Role::User, vec![text("a")]),
        (Role::Assistant, vec![text("b"), call("c", "f"), call("d", "f")]),
        (
            Role::User,
            vec![
                result("c", vec![text("r")], false),
                result("d", vec![], true),
                text("e"),
            ],
        ),
    ]);
    let (body, dropped) = written(&prompt);
    let function = json!({"name": "f", "arguments": "{ \"x\": 1.0 }"});
    assert_eq!(
        body["messages"],
        json!([
            {"role": "system", "content": "s\n\nt"},
            {"role": "user", "content": "a"},
            {"role": "assistant", "content": "b", "tool_calls": [
                {"id": "c", "type": "function", "function": function},
                {"id": "d", "type": "function", "function": function},
            ]},
            {"role": "tool", "tool_call_id": "c", "content": "r"},
            {"role": "tool", "tool_call_id": "d", "content": "Error: "},
            {"role": "user", "content": "e"},
        ])
    );
    assert_eq!(dropped, ["messages[3].content[1].is_error"]);
    assert_eq!(body["model"], "m");
    assert!(body.get("stream").is_none());
}

#[test]
fn one_answer_in_several_turns_is_one_message() {
    let prompt = prompt(vec![
        (Role::Assistant, vec![call("c", "f")]),
        (Role::Assistant, vec![call("d", "f")]),
        (Role::User, vec![result("c", vec![text("r")], false)]),
        (Role::User, vec![result("d", vec![text("r")], false)]),
    ]);
    let (body, _) = written(&prompt);
    let roles: Vec<&Value> = body["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["role"])
        .collect();
    assert_eq!(roles, ["assistant", "tool", "tool"]);
    assert_eq!(body["messages"][0]["tool_calls"].as_array().unwrap().len(), 2);
    assert_eq!(body["messages"][0]["content"], Value::Null);
}

#[test]
fn images_of_results_follow_all_results() {
    let picture = image(Source::Base64("AA==".to_owned()));
    let prompt = prompt(vec![
        (Role::Assistant, vec![call("c", "f"), call("d", "f")]),
        (Role::User, vec![result("c", vec![text("r"), picture], false)]),
        (Role::User, vec![result("d", vec![text("s")], false)]),
        (Role::User, vec![text("e")]),
    ]);
    let (body, dropped) = written(&prompt);
    assert_eq!(
        body["messages"].as_array().unwrap()[1..],
        [
            json!({"role": "tool", "tool_call_id": "c", "content": "r\n[attached in the next message]"}),
            json!({"role": "tool", "tool_call_id": "d", "content": "s"}),
            json!({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]}),
            json!({"role": "user", "content": "e"}),
        ]
    );
    assert!(dropped.is_empty());
}

#[rstest]
#[case::image(image(Source::Base64("AA==".into())),
    json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}))]
#[case::image_url(image(Source::Url("https://x".into())), json!({"type": "image_url", "image_url": {"url": "https://x"}}))]
#[case::pdf(PartKind::File(media(Source::Base64("AA==".into()), "application/pdf")),
    json!({"type": "file", "file": {"filename": "document.pdf", "file_data": "data:application/pdf;base64,AA=="}}))]
#[case::text(PartKind::File(Media { name: Some("t".into()), ..media(Source::Text("x".into()), "text/plain") }),
    json!({"type": "text", "text": "t\n\nx"}))]
#[case::sound(PartKind::Audio(media(Source::Base64("AA==".into()), "audio/mpeg")),
    json!({"type": "input_audio", "input_audio": {"data": "AA==", "format": "mp3"}}))]
fn media_of_the_user(#[case] part: PartKind, #[case] expected: Value) {
    let (body, _) = written(&prompt(vec![(Role::User, vec![text("a"), part])]));
    assert_eq!(body["messages"][0]["content"][1], expected);
}

#[rstest]
#[case::image_id(image(Source::Id("i".into())))]
#[case::file_id(PartKind::File(media(Source::Id("i".into()), "")))]
#[case::file_url(PartKind::File(media(Source::Url("https://x".into()), "")))]
#[case::sound_url(PartKind::Audio(media(Source::Url("https://x".into()), "")))]
fn media_without_a_counterpart(#[case] part: PartKind) {
    let prompt = prompt(vec![(Role::User, vec![part])]);
    let error = written_with(&prompt, Quirks::default()).unwrap_err();
    assert_eq!(
        (error.code, error.at.as_str()),
        ("unsupported_by_upstream", "messages[0].content[0]")
    );
}

#[test]
fn images_by_address_where_they_are_refused() {
    let quirks = Quirks {
        image_urls: Some(false),
        ..Quirks::default()
    };
    let prompt = prompt(vec![(Role::User, vec![image(Source::Url("https://x".into()))])]);
    assert!(written_with(&prompt, quirks).is_err());
}

#[rstest]
#[case::openai("max_completion_tokens", Some("max_completion_tokens"))]
#[case::others("max_tokens", None)]
fn the_field_of_the_limit(#[case] field: &str, #[case] quirk: Option<&str>) {
    let mut prompt = asking();
    prompt.sampling.max_tokens = Some(5);
    let quirks = Quirks {
        limit_field: quirk.map(str::to_owned),
        limit_least: Some(16),
        ..Quirks::default()
    };
    let (body, dropped) = written_with(&prompt, quirks).unwrap();
    assert_eq!(body[field], 16);
    assert_eq!(dropped, ["max_tokens"]);
}

#[test]
fn a_limit_of_nothing_is_refused() {
    let mut prompt = asking();
    prompt.sampling.max_tokens = Some(0);
    assert_eq!(
        written_with(&prompt, Quirks::default()).unwrap_err().at,
        "max_tokens"
    );
}

#[test]
fn sampling() {
    let number = |text: &str| Some(serde_json::from_str(text).unwrap());
    let mut prompt = asking();
    prompt.sampling = Sampling {
        temperature: number("1.50"),
        top_p: number("0.90"),
        top_k: number("5"),
        stop: vec!["S".to_owned()],
        seed: number("3"),
        presence_penalty: number("-1"),
        frequency_penalty: number("2"),
        logit_bias: Some(json!({"1": 2})),
        logprobs: true,
        top_logprobs: Some(2),
        n: Some(2),
        max_tokens: None,
    };
    let (body, dropped) = written(&prompt);
    assert!(
        body.to_string().contains("\"temperature\":1.50"),
        "numbers keep their text"
    );
    assert_eq!(
        (&body["stop"], &body["n"], &body["seed"]),
        (&json!(["S"]), &json!(2), &json!(3))
    );
    assert_eq!(body["logit_bias"], json!({"1": 2}));
    assert_eq!(
        (&body["logprobs"], &body["top_logprobs"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(dropped, ["top_k"]);
    let mut quirks = taken(&["top_k"]);
    quirks.temperature_most = Some(1.0);
    let (body, dropped) = written_with(&prompt, quirks).unwrap();
    assert_eq!((&body["top_k"], &body["temperature"]), (&json!(5), &json!(1.0)));
    assert_eq!(dropped, ["temperature"]);
}

#[test]
fn more_than_four_stop_texts_are_refused() {
    let mut prompt = asking();
    prompt.sampling.stop = vec!["S".to_owned(); 5];
    assert_eq!(
        written_with(&prompt, Quirks::default()).unwrap_err().at,
        "stop_sequences"
    );
}

fn thinking(amount: Amount) -> Prompt {
    let mut prompt = asking();
    prompt.thinking = Some(Thinking {
        amount,
        shown: None,
        summary: None,
    });
    prompt
}

#[rstest]
#[case(Amount::Effort(Effort::Low), "low")]
#[case(Amount::Effort(Effort::Max), "max")]
#[case(Amount::Adaptive, "high")]
#[case(Amount::Budget(1024), "low")]
#[case(Amount::Budget(8192), "medium")]
#[case(Amount::Budget(24_576), "high")]
#[case(Amount::Budget(24_577), "xhigh")]
fn degrees_of_thinking(#[case] amount: Amount, #[case] word: &str) {
    let (body, dropped) = written(&thinking(amount));
    assert_eq!(body["reasoning_effort"], word);
    assert!(dropped.is_empty());
}

#[rstest]
#[case::nearest(Amount::Effort(Effort::Max), &["low", "high"], Some("high"), true)]
#[case::between(Amount::Effort(Effort::Medium), &["low", "high"], Some("high"), true)]
#[case::off(Amount::Off, &["none", "low"], Some("none"), false)]
#[case::not_off(Amount::Off, &["low"], None, true)]
#[case::between_tools(Amount::BetweenTools, &["low"], None, true)]
fn degrees_that_are_taken(
    #[case] amount: Amount,
    #[case] efforts: &[&str],
    #[case] word: Option<&str>,
    #[case] told: bool,
) {
    let quirks = Quirks {
        efforts: Some(efforts.iter().map(|word| (*word).to_owned()).collect()),
        ..Quirks::default()
    };
    let (body, dropped) = written_with(&thinking(amount), quirks).unwrap();
    assert_eq!(body.get("reasoning_effort").and_then(Value::as_str), word);
    assert_eq!(dropped, if told { vec!["thinking"] } else { vec![] });
}

#[rstest]
#[case::budget(ThinkingStyle::Budget, Amount::Budget(2000), json!({"reasoning": {"max_tokens": 2000}}), false)]
#[case::effort(ThinkingStyle::Budget, Amount::Effort(Effort::Medium), json!({"reasoning": {"max_tokens": 8192}}), false)]
#[case::no_budget(ThinkingStyle::Budget, Amount::Off, json!({"reasoning": {"enabled": false}}), false)]
#[case::too_little(ThinkingStyle::Budget, Amount::Budget(100), json!({}), true)]
#[case::on(ThinkingStyle::Switch, Amount::Adaptive, json!({"thinking": {"type": "enabled"}}), false)]
#[case::off(ThinkingStyle::Switch, Amount::Off, json!({"thinking": {"type": "disabled"}}), false)]
#[case::degree(ThinkingStyle::Switch, Amount::Effort(Effort::Low), json!({"thinking": {"type": "enabled"}}), true)]
#[case::none(ThinkingStyle::None, Amount::Adaptive, json!({}), true)]
fn styles_of_thinking(
    #[case] style: ThinkingStyle,
    #[case] amount: Amount,
    #[case] expected: Value,
    #[case] told: bool,
) {
    let quirks = Quirks {
        thinking: Some(style),
        ..Quirks::default()
    };
    let (body, dropped) = written_with(&thinking(amount), quirks).unwrap();
    for field in ["reasoning", "thinking", "reasoning_effort"] {
        assert_eq!(body.get(field), expected.get(field), "{field}");
    }
    assert_eq!(!dropped.is_empty(), told);
}

#[rstest]
#[case(Choice::Auto, json!("auto"))]
#[case(Choice::Any, json!("required"))]
#[case(Choice::Never, json!("none"))]
#[case(Choice::Tool { name: "f".into(), custom: false }, json!({"type": "function", "function": {"name": "f"}}))]
fn tools_and_their_choice(#[case] choice: Choice, #[case] expected: Value) {
    let mut prompt = asking();
    prompt.tools = vec![tool("f")];
    prompt.choice = Some(choice);
    prompt.parallel = Some(false);
    let (body, _) = written(&prompt);
    let function = json!({"name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true});
    assert_eq!(body["tools"], json!([{"type": "function", "function": function}]));
    assert_eq!(
        (&body["tool_choice"], &body["parallel_tool_calls"]),
        (&expected, &json!(false))
    );
}

#[test]
fn only_the_allowed_tools_are_sent() {
    let mut prompt = asking();
    prompt.tools = vec![tool("f"), tool("g")];
    prompt.choice = Some(Choice::Allowed {
        names: vec!["g".to_owned()],
        must: true,
    });
    let (body, dropped) = written(&prompt);
    assert_eq!(body["tools"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&body["tool_choice"], &dropped[..]),
        (&json!("required"), &["tool_choice".to_owned()][..])
    );
    let (body, dropped) = written_with(&prompt, taken(&["allowed_tools"])).unwrap();
    assert_eq!(body["tools"].as_array().unwrap().len(), 2);
    assert_eq!(body["tool_choice"]["allowed_tools"]["mode"], "required");
    assert!(dropped.is_empty());
}

#[test]
fn tools_of_free_text() {
    let mut prompt = prompt(vec![(
        Role::Assistant,
        vec![PartKind::Call(ToolCall {
            id: "c".into(),
            name: "p".into(),
            arguments: "some \"text\"".into(),
            custom: true,
            namespace: None,
        })],
    )]);
    let grammar = json!({"type": "grammar", "syntax": "lark", "definition": "start: /a/"});
    prompt.tools = vec![Tool {
        kind: ToolKind::Custom {
            format: Some(grammar),
        },
        ..tool("p")
    }];
    prompt.client = Some(Protocol::Responses);
    let (body, dropped) = written(&prompt);
    assert_eq!(
        body["tools"][0]["function"]["parameters"]["required"],
        json!(["input"])
    );
    let arguments = &body["messages"][0]["tool_calls"][0]["function"]["arguments"];
    assert_eq!(arguments, "{\"input\":\"some \\\"text\\\"\"}");
    assert_eq!(dropped, ["tools[0].format"]);
    let (body, dropped) = written_with(&prompt, taken(&["custom_tools"])).unwrap();
    let format = json!({"type": "grammar", "grammar": {"syntax": "lark", "definition": "start: /a/"}});
    assert_eq!(body["tools"][0]["custom"]["format"], format);
    assert_eq!(
        body["messages"][0]["tool_calls"][0]["custom"]["input"],
        "some \"text\""
    );
    assert!(dropped.is_empty());
}

#[test]
fn tools_that_others_run_are_refused() {
    let mut prompt = asking();
    prompt.tools = vec![Tool {
        kind: ToolKind::Hosted(json!({"type": "web_search_20250305", "name": "web_search"})),
        ..tool("web_search_20250305")
    }];
    let error = written_with(&prompt, Quirks::default()).unwrap_err();
    assert_eq!(error.at, "tools[0]");
    assert!(error.message.contains("Somebody") && error.message.contains("web_search_20250305"));
}

#[test]
fn what_only_the_other_protocol_has_is_named() {
    let mut prompt = asking();
    let other = |at: &str| Other {
        at: at.to_owned(),
        value: json!(1),
    };
    prompt.others = vec![other("container")];
    prompt.tools = vec![Tool {
        others: vec![other("tools[0].defer_loading")],
        cache: Some(String::new()),
        ..tool("f")
    }];
    prompt.turns[0].parts[0].cache = Some("1h".to_owned());
    prompt.turns[0].parts.push(Part::new(
        PartKind::Foreign {
            name: "search_result".to_owned(),
            value: json!({}),
        },
        "messages[0].content[1]",
    ));
    prompt.user = Some(Named {
        at: "metadata.user_id".to_owned(),
        text: "secret".to_owned(),
    });
    prompt.tier = Some(Tier::Named("odd".to_owned()));
    let (body, dropped) = written(&prompt);
    assert_eq!(
        dropped,
        [
            "messages[0].content[0].cache_control",
            "messages[0].content[1]",
            "tools[0].cache_control",
            "tools[0].defer_loading",
            "metadata.user_id",
            "service_tier",
            "container",
        ]
    );
    assert!(!body.to_string().contains("secret"));
    let mut strict = Dropped::new(true);
    let result = write_request(
        &prompt,
        &target(Quirks::default()),
        &Names::default(),
        &mut strict,
    );
    assert_eq!(result.unwrap_err().at, "messages[0].content[0].cache_control");
}

#[test]
fn cache_markers_where_they_are_taken() {
    let mut prompt = asking();
    prompt.turns[0].parts[0].cache = Some("1h".to_owned());
    let (body, dropped) = written_with(&prompt, taken(&["cache_control"])).unwrap();
    let marker = json!({"type": "ephemeral", "ttl": "1h"});
    assert_eq!(body["messages"][0]["content"][0]["cache_control"], marker);
    let (body, _) = written_with(&prompt, taken(&["prompt_cache_breakpoint"])).unwrap();
    assert_eq!(
        body["messages"][0]["content"][0]["prompt_cache_breakpoint"],
        json!({"mode": "explicit"})
    );
    assert!(dropped.is_empty());
}

#[test]
fn structured_answers() {
    let mut prompt = asking();
    prompt.format = Format::JsonSchema {
        name: None,
        description: None,
        schema: json!({"type": "object"}),
        strict: None,
    };
    let (body, _) = written(&prompt);
    let inner = json!({"name": "output", "schema": {"type": "object"}});
    assert_eq!(
        body["response_format"],
        json!({"type": "json_schema", "json_schema": inner})
    );
    prompt.format = Format::JsonObject;
    assert_eq!(
        written(&prompt).0["response_format"],
        json!({"type": "json_object"})
    );
}

fn thought(issuer: &str, kind: ProofKind, text: &str) -> PartKind {
    PartKind::Thinking {
        text: text.to_owned(),
        proof: Some(Proof::minted(&Issuer::new(issuer), kind, "p")),
    }
}

fn field(name: &str) -> Quirks {
    Quirks {
        thoughts_field: Some(name.to_owned()),
        ..Quirks::default()
    }
}

#[rstest]
#[case::nowhere(Quirks::default(), "other", json!({}), true)]
#[case::plain(field("reasoning_content"), "other", json!({"reasoning_content": "t"}), false)]
#[case::mistral(field("content"), "other",
    json!({"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "t"}]}, {"type": "text", "text": "b"}]}), false)]
#[case::proved(field("reasoning_details"), "somebody",
    json!({"reasoning_details": [{"type": "reasoning.text", "index": 0, "text": "t", "signature": "p", "format": "anthropic-claude-v1"}]}), false)]
#[case::foreign(field("reasoning_details"), "other", json!({}), true)]
fn thoughts_go_where_they_are_wanted(
    #[case] quirks: Quirks,
    #[case] issuer: &str,
    #[case] expected: Value,
    #[case] told: bool,
) {
    let thought = thought(issuer, ProofKind::Signature, "t");
    let prompt = prompt(vec![
        (Role::Assistant, vec![thought, text("b")]),
        (Role::User, vec![text("c")]),
    ]);
    let (body, dropped) = written_with(&prompt, quirks).unwrap();
    let message = &body["messages"][0];
    for field in ["reasoning_content", "reasoning_details"] {
        assert_eq!(message.get(field), expected.get(field), "{field}");
    }
    if let Some(content) = expected.get("content") {
        assert_eq!(&message["content"], content);
    }
    assert_eq!(dropped == ["messages[0].content[0]"], told);
}

#[rstest]
#[case("somebody", true)]
#[case("other", false)]
fn geminis_signature_goes_back_with_its_call(#[case] issuer: &str, #[case] sent: bool) {
    let thought = thought(issuer, ProofKind::Thought, "");
    let prompt = prompt(vec![(Role::Assistant, vec![thought, call("c", "f")])]);
    let (body, dropped) = written_with(&prompt, taken(&["extra_content"])).unwrap();
    let extra = body["messages"][0]["tool_calls"][0].get("extra_content");
    let expected = json!({"google": {"thought_signature": "p"}});
    assert_eq!(extra, sent.then_some(&expected));
    assert_eq!(dropped.is_empty(), sent);
}

#[rstest]
#[case(None, false)]
#[case(Some(true), true)]
fn an_answer_to_be_continued(#[case] prefill: Option<bool>, #[case] sent: bool) {
    let prompt = prompt(vec![
        (Role::User, vec![text("a")]),
        (Role::Assistant, vec![text("b")]),
    ]);
    let quirks = Quirks {
        prefill,
        ..taken(&["prefix"])
    };
    match written_with(&prompt, quirks) {
        Ok((body, _)) => {
            assert!(sent);
            assert_eq!(
                body["messages"][1],
                json!({"role": "assistant", "content": "b", "prefix": true})
            );
        }
        Err(error) => assert!(!sent && error.at == "messages[1]"),
    }
}

#[test]
fn instructions_where_the_upstream_wants_them() {
    let prompt = prompt(vec![
        (Role::User, vec![text("a")]),
        (Role::Developer, vec![text("s")]),
        (Role::System, vec![text("t")]),
    ]);
    let quirks = Quirks {
        system: Some(SystemPlace::First),
        system_role: Some("developer".to_owned()),
        ..Quirks::default()
    };
    let (body, _) = written_with(&prompt, quirks).unwrap();
    let expected = json!([{"role": "developer", "content": "s\n\nt"}, {"role": "user", "content": "a"}]);
    assert_eq!(body["messages"], expected);
    let (body, _) = written(&prompt);
    assert_eq!(body["messages"][1], json!({"role": "system", "content": "s"}));
    let quirks = Quirks {
        instructions: Some("be good".to_owned()),
        ..Quirks::default()
    };
    let (body, _) = written_with(&asking(), quirks).unwrap();
    assert_eq!(
        body["messages"][0],
        json!({"role": "system", "content": "be good"})
    );
}

#[test]
fn refused_fields_and_fixed_ones() {
    let mut prompt = asking();
    prompt.stream = true;
    prompt.sampling.temperature = Some(1.into());
    prompt.tools = vec![tool("f")];
    let quirks = Quirks {
        refused: Some(vec![
            "temperature".into(),
            "stream_options".into(),
            "tools.function.strict".into(),
        ]),
        set: Some([("store".to_owned(), json!(false)), ("a.b".to_owned(), json!(1))].into()),
        ..Quirks::default()
    };
    let (body, dropped) = written_with(&prompt, quirks).unwrap();
    assert!(body.get("temperature").is_none() && body.get("stream_options").is_none());
    assert!(body["tools"][0]["function"].get("strict").is_none());
    assert_eq!((&body["store"], &body["a"]), (&json!(false), &json!({"b": 1})));
    assert_eq!(dropped, ["temperature", "tools.function.strict"]);
}

#[test]
fn ids_and_strictness_as_the_upstream_wants_them() {
    let mut prompt = prompt(vec![
        (Role::Assistant, vec![call("call_abcdef", "f")]),
        (Role::User, vec![result("call_abcdef", vec![text("r")], false)]),
    ]);
    prompt.tools = vec![tool("f")];
    let quirks = Quirks {
        call_ids: Some(CallIds::NineAlphanumerics),
        strict_tools: Some(false),
        stream_only: Some(true),
        ..Quirks::default()
    };
    let (body, dropped) = written_with(&prompt, quirks).unwrap();
    let id = body["messages"][0]["tool_calls"][0]["id"].as_str().unwrap();
    assert_eq!(id.len(), 9);
    assert_eq!(body["messages"][1]["tool_call_id"], id);
    assert_eq!(dropped, ["tools[0].strict"]);
    assert_eq!(
        (&body["stream"], &body["stream_options"]),
        (&json!(true), &json!({"include_usage": true}))
    );
}
