//! Requests of other protocols, in the common form, as this protocol writes them.

use hermes_catalog::{CallIds, Quirks, SystemPlace, ThinkingStyle};
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Number, Value, json};

use super::written;
use crate::prompt::{
    Amount, Choice, Effort, Format, Media, Named, Other, Part, PartKind, Prompt, Role, Source, Thinking,
    Tier, Tool, ToolCall, ToolKind, ToolResult, Turn,
};
use crate::proof::{Issuer, Proof, ProofKind};

fn turn(role: Role, kinds: Vec<PartKind>) -> Turn {
    let parts = kinds.into_iter().enumerate();
    Turn {
        role,
        parts: parts
            .map(|(index, kind)| Part::new(kind, format!("messages[1].content[{index}]")))
            .collect(),
        at: "messages[1]".to_owned(),
    }
}

fn text(text: &str) -> PartKind {
    PartKind::Text(text.to_owned())
}

fn says(role: Role, words: &str) -> Turn {
    turn(role, vec![text(words)])
}

/// A request of Chat Completions with these turns and a limit.
fn prompt(turns: Vec<Turn>) -> Prompt {
    let mut prompt = Prompt {
        client: Some(Protocol::ChatCompletions),
        turns,
        ..Prompt::default()
    };
    prompt.sampling.max_tokens = Some(2000);
    prompt
}

fn hello() -> Prompt {
    prompt(vec![says(Role::User, "Hi")])
}

fn tool(kind: ToolKind) -> Tool {
    Tool {
        kind,
        name: "n".to_owned(),
        description: None,
        namespace: None,
        cache: None,
        others: Vec::new(),
        at: "tools[0]".to_owned(),
    }
}

fn function(schema: Value) -> Tool {
    tool(ToolKind::Function { schema, strict: None })
}

fn call(id: &str, name: &str, arguments: &str) -> PartKind {
    PartKind::Call(ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
        custom: false,
        namespace: None,
    })
}

fn result(id: &str, name: Option<&str>, parts: Vec<PartKind>) -> PartKind {
    let parts = parts.into_iter();
    PartKind::Result(ToolResult {
        id: id.to_owned(),
        name: name.map(str::to_owned),
        parts: parts.map(|kind| Part::new(kind, "messages[1].content")).collect(),
        is_error: false,
        custom: false,
    })
}

fn anywhere() -> Quirks {
    Quirks {
        system: Some(SystemPlace::Anywhere),
        ..Quirks::default()
    }
}

fn body(prompt: &Prompt, quirks: Quirks) -> Value {
    written(prompt, quirks).unwrap().0
}

fn dropped(prompt: &Prompt, quirks: Quirks) -> Vec<String> {
    written(prompt, quirks).unwrap().1
}

#[test]
fn instructions_are_joined_or_stay_where_they_came() {
    let turns = vec![
        says(Role::System, "A"),
        says(Role::Developer, "B"),
        says(Role::User, "u"),
        says(Role::System, "C"),
    ];
    let hoisted = body(&prompt(turns.clone()), Quirks::default());
    assert_eq!(hoisted["system"], "A\n\nB\n\nC");
    assert_eq!(hoisted["messages"].as_array().unwrap().len(), 1);
    let kept = body(&prompt(turns), anywhere());
    assert_eq!(kept["system"], "A\n\nB");
    assert_eq!(kept["messages"][1]["role"], "system");
}

#[test]
fn instructions_of_the_upstream_stand_in_for_missing_ones() {
    let quirks = Quirks {
        instructions: Some("Help.".to_owned()),
        ..Quirks::default()
    };
    assert_eq!(body(&hello(), quirks)["system"], "Help.");
}

#[test]
fn turns_of_one_side_are_merged_with_results_first() {
    let turns = vec![
        says(Role::User, "u"),
        says(Role::Assistant, "a"),
        turn(Role::Assistant, vec![call("c1", "n", "{}"), call("c2", "n", "")]),
        says(Role::System, "s"),
        turn(Role::User, vec![result("c1", None, vec![text("r1")])]),
        says(Role::User, "v"),
        turn(Role::User, vec![result("c2", None, vec![])]),
        says(Role::Assistant, "b"),
    ];
    assert_eq!(
        body(&prompt(turns), anywhere())["messages"],
        json!([
            {"role": "user", "content": [{"type": "text", "text": "u"}]},
            {"role": "assistant", "content": [
                {"type": "text", "text": "a"},
                {"type": "tool_use", "id": "c1", "name": "n", "input": {}},
                {"type": "tool_use", "id": "c2", "name": "n", "input": {}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": "r1"},
                {"type": "tool_result", "tool_use_id": "c2"},
                {"type": "text", "text": "v"},
            ]},
            {"role": "system", "content": [{"type": "text", "text": "s"}]},
            {"role": "assistant", "content": [{"type": "text", "text": "b"}]},
        ])
    );
}

#[test]
fn calls_without_ids_find_their_results() {
    let turns = vec![
        turn(
            Role::Assistant,
            vec![
                call("", "a", "{}"),
                call("", "b", "{}"),
                call("functions.a:0", "a", "{}"),
            ],
        ),
        turn(
            Role::User,
            vec![
                result("", Some("b"), vec![]),
                result("", Some("a"), vec![]),
                result("functions.a:0", None, vec![]),
            ],
        ),
    ];
    let body = body(&prompt(turns), Quirks::default());
    let ids = |message: usize, field: &str| -> Vec<String> {
        let blocks = body["messages"][message]["content"].as_array().unwrap();
        blocks
            .iter()
            .map(|block| block[field].as_str().unwrap().to_owned())
            .collect()
    };
    let (calls, results) = (ids(0, "id"), ids(1, "tool_use_id"));
    assert_eq!(results, [calls[1].clone(), calls[0].clone(), calls[2].clone()]);
    assert_eq!(calls[0], "call_made_1");
    let fits = |id: &String| {
        id.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    assert!(calls.iter().all(fits), "{calls:?}");
}

#[test]
fn ids_of_a_demanding_upstream_have_nine_letters() {
    let quirks = Quirks {
        call_ids: Some(CallIds::NineAlphanumerics),
        ..Quirks::default()
    };
    let turns = vec![turn(
        Role::Assistant,
        vec![call("toolu_long_one", "a", "{}"), call("abcDEF123", "a", "{}")],
    )];
    let body = body(&prompt(turns), quirks);
    let id = |index: usize| {
        body["messages"][0]["content"][index]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert_eq!((id(0).len(), id(1).as_str()), (9, "abcDEF123"));
}

#[rstest]
#[case::cut("{\"a\":")]
#[case::list("[1]")]
#[case::text("\"a\"")]
fn arguments_that_are_no_object_are_refused(#[case] arguments: &str) {
    let turns = vec![turn(Role::Assistant, vec![call("c", "n", arguments)])];
    let error = written(&prompt(turns), Quirks::default()).unwrap_err();
    assert_eq!(error.at, "messages[1].content[0]");
}

#[test]
fn free_text_tools_become_functions() {
    let mut prompt = hello();
    prompt.tools.push(tool(ToolKind::Custom {
        format: Some(json!({"type": "grammar", "syntax": "lark"})),
    }));
    prompt.turns.push(turn(
        Role::Assistant,
        vec![PartKind::Call(ToolCall {
            id: "c".to_owned(),
            name: "n".to_owned(),
            arguments: "free".to_owned(),
            custom: true,
            namespace: None,
        })],
    ));
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(
        body["tools"][0]["input_schema"]["properties"],
        json!({"input": {"type": "string"}})
    );
    assert_eq!(
        body["messages"][1]["content"][0]["input"],
        json!({"input": "free"})
    );
    assert_eq!(dropped, ["tools[0].format"]);
}

#[rstest]
#[case::nothing(json!(null), json!({"type": "object", "properties": {}}), &[])]
#[case::no_type(json!({"properties": {"a": {}}}), json!({"properties": {"a": {}}, "type": "object"}), &[])]
#[case::any_of(
    json!({"anyOf": [{"properties": {"a": {"type": "string"}, "b": {}}, "required": ["a", "b"]}, {"properties": {"a": {}}, "required": ["a"]}]}),
    json!({"properties": {"a": {"type": "string"}, "b": {}}, "required": ["a"], "type": "object"}),
    &["tools[0].parameters.anyOf"],
)]
#[case::all_of(
    json!({"type": "object", "required": ["c"], "allOf": [{"properties": {"a": {}}, "required": ["a"]}, {"properties": {"b": {}}, "required": ["b"]}]}),
    json!({"type": "object", "required": ["c", "a", "b"], "properties": {"a": {}, "b": {}}}),
    &[],
)]
fn schemas_of_arguments_are_objects(#[case] schema: Value, #[case] expected: Value, #[case] lost: &[&str]) {
    let mut prompt = hello();
    prompt.tools.push(function(schema));
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(body["tools"][0]["input_schema"], expected);
    assert_eq!(dropped, lost);
}

#[rstest]
#[case::refused(Some(false), Some(true), json!(null), &["tools[0].strict"])]
#[case::taken(None, Some(true), json!(true), &[])]
#[case::no_wish(None, Some(false), json!(null), &[])]
fn strictness_of_tools(
    #[case] taken: Option<bool>,
    #[case] strict: Option<bool>,
    #[case] expected: Value,
    #[case] lost: &[&str],
) {
    let mut prompt = hello();
    prompt.tools.push(tool(ToolKind::Function {
        schema: json!({"type": "object"}),
        strict,
    }));
    let quirks = Quirks {
        strict_tools: taken,
        ..Quirks::default()
    };
    let (body, dropped) = written(&prompt, quirks).unwrap();
    assert_eq!(
        body["tools"][0].get("strict").cloned().unwrap_or_default(),
        expected
    );
    assert_eq!(dropped, lost);
}

fn hosted(name: &str, value: Value) -> Tool {
    Tool {
        name: name.to_owned(),
        ..tool(ToolKind::Hosted(value))
    }
}

#[test]
fn search_of_the_web_is_the_one_hosted_tool() {
    let mut prompt = hello();
    let value = json!({"type": "web_search", "filters": {"allowed_domains": ["a.example"]}, "search_context_size": "low"});
    prompt.tools = vec![hosted("web_search", value)];
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(
        body["tools"],
        json!([{"type": "web_search_20250305", "name": "web_search", "allowed_domains": ["a.example"]}])
    );
    assert_eq!(dropped, ["tools[0].search_context_size"]);
    let quirks = Quirks {
        refused: Some(vec!["tools.web_search".to_owned()]),
        ..Quirks::default()
    };
    let (body, dropped) = written(&prompt, quirks).unwrap();
    assert_eq!(
        (body.get("tools"), &dropped[..]),
        (None, &["tools[0]".to_owned()][..])
    );
    prompt.tools = vec![hosted("code_interpreter", json!({"type": "code_interpreter"}))];
    assert_eq!(
        written(&prompt, Quirks::default()).unwrap_err().code,
        "unsupported_by_upstream"
    );
}

#[rstest]
#[case::unsaid(None, None, json!(null))]
#[case::auto(Some(Choice::Auto), None, json!({"type": "auto"}))]
#[case::any(Some(Choice::Any), None, json!({"type": "any"}))]
#[case::never(Some(Choice::Never), Some(false), json!({"type": "none"}))]
#[case::this(Some(Choice::Tool { name: "n".to_owned(), custom: false }), Some(false), json!({"type": "tool", "name": "n", "disable_parallel_tool_use": true}))]
#[case::alone(None, Some(false), json!({"type": "auto", "disable_parallel_tool_use": true}))]
#[case::several(None, Some(true), json!(null))]
#[case::some(Some(Choice::Allowed { names: vec!["n".to_owned()], must: true }), None, json!({"type": "any"}))]
fn choices_are_written(
    #[case] choice: Option<Choice>,
    #[case] parallel: Option<bool>,
    #[case] expected: Value,
) {
    let mut prompt = hello();
    prompt.tools = vec![
        function(json!({"type": "object"})),
        Tool {
            name: "other".to_owned(),
            ..function(json!({}))
        },
    ];
    (prompt.choice, prompt.parallel) = (choice.clone(), parallel);
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(body.get("tool_choice").cloned().unwrap_or_default(), expected);
    let allowed = matches!(choice, Some(Choice::Allowed { .. }));
    assert_eq!(
        body["tools"].as_array().unwrap().len(),
        if allowed { 1 } else { 2 }
    );
    assert_eq!(dropped.is_empty(), !allowed);
}

#[test]
fn a_choice_without_tools_says_nothing() {
    let mut prompt = hello();
    prompt.choice = Some(Choice::Auto);
    prompt.parallel = Some(false);
    assert_eq!(body(&prompt, Quirks::default()).get("tool_choice"), None);
}

fn media(source: Source, mime: &str) -> Media {
    Media {
        source,
        mime: mime.to_owned(),
        name: None,
        detail: Some("auto".to_owned()),
    }
}

fn base64(data: &str) -> Source {
    Source::Base64(data.to_owned())
}

#[rstest]
#[case::image(PartKind::Image(media(base64("AA"), "image/jpg")), json!({"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "AA"}}))]
#[case::image_without_type(PartKind::Image(media(base64("iVBORw0KGgoA"), "")), json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgoA"}}))]
#[case::image_by_address(PartKind::Image(media(Source::Url("https://a.example".to_owned()), "")), json!({"type": "image", "source": {"type": "url", "url": "https://a.example"}}))]
#[case::pdf(PartKind::File(Media { name: Some("a.pdf".to_owned()), ..media(base64("AA"), "application/pdf") }), json!({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AA"}, "title": "a.pdf"}))]
#[case::text_file(PartKind::File(media(base64("aGk="), "text/csv; charset=utf-8")), json!({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hi"}}))]
#[case::words(PartKind::File(media(Source::Text("hi".to_owned()), "")), json!({"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "hi"}}))]
#[case::image_as_file(PartKind::File(media(base64("/9j/"), "")), json!({"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": "/9j/"}}))]
#[case::refusal(PartKind::Refusal("no".to_owned()), json!({"type": "text", "text": "no"}))]
fn parts_are_written(#[case] kind: PartKind, #[case] expected: Value) {
    let body = body(&prompt(vec![turn(Role::User, vec![kind])]), Quirks::default());
    assert_eq!(body["messages"][0]["content"], json!([expected]));
}

#[rstest]
#[case::bitmap(PartKind::Image(media(base64("AA"), "image/bmp")))]
#[case::foreign_id(PartKind::File(media(Source::Id("f".to_owned()), "")))]
#[case::image_id(PartKind::Image(media(Source::Id("f".to_owned()), "")))]
#[case::sound(PartKind::Audio(media(base64("AA"), "audio/wav")))]
#[case::archive(PartKind::File(media(base64("AA"), "application/zip")))]
#[case::not_utf8(PartKind::File(media(base64("/w=="), "text/plain")))]
fn parts_without_a_counterpart_are_refused(#[case] kind: PartKind) {
    let error = written(&prompt(vec![turn(Role::User, vec![kind])]), Quirks::default()).unwrap_err();
    assert_eq!(
        (error.code, error.at.as_str()),
        ("unsupported_by_upstream", "messages[1].content[0]")
    );
    assert!(error.message.contains("The Provider"), "{}", error.message);
}

#[test]
fn what_only_the_client_knows_is_named() {
    let mut prompt = hello();
    prompt.others.push(Other {
        at: "store".to_owned(),
        value: json!(true),
    });
    prompt.tools.push(Tool {
        others: vec![Other {
            at: "tools[0].x".to_owned(),
            value: json!(1),
        }],
        ..function(json!({"type": "object"}))
    });
    let foreign = PartKind::Foreign {
        name: "x".to_owned(),
        value: json!({}),
    };
    let detailed = PartKind::Image(Media {
        detail: Some("high".to_owned()),
        ..media(base64("AA"), "image/png")
    });
    prompt
        .turns
        .push(turn(Role::User, vec![foreign, text("  "), detailed]));
    prompt.sampling.seed = Some(1.into());
    prompt.sampling.presence_penalty = Some(1.into());
    prompt.sampling.frequency_penalty = Some(1.into());
    prompt.sampling.logit_bias = Some(json!({}));
    prompt.sampling.top_logprobs = Some(1);
    prompt.verbosity = Some("low".to_owned());
    prompt.cache_key = Some("k".to_owned());
    prompt.metadata = Some(serde_json::Map::new());
    prompt.tier = Some(Tier::Flex);
    let mut dropped = dropped(&prompt, Quirks::default());
    dropped.sort();
    assert_eq!(
        dropped,
        [
            "frequency_penalty",
            "logit_bias",
            "messages[1].content[0]",
            "messages[1].content[1]",
            "messages[1].content[2].detail",
            "metadata",
            "presence_penalty",
            "prompt_cache_key",
            "seed",
            "service_tier",
            "store",
            "tools[0].x",
            "top_logprobs",
            "verbosity",
        ]
    );
}

#[test]
fn wishes_without_a_counterpart_are_refused() {
    let mut logprobs = hello();
    logprobs.sampling.logprobs = true;
    let mut several = hello();
    several.sampling.n = Some(2);
    let mut object = hello();
    object.format = Format::JsonObject;
    for (prompt, at) in [
        (&logprobs, "logprobs"),
        (&several, "n"),
        (&object, "response_format"),
    ] {
        assert_eq!(written(prompt, Quirks::default()).unwrap_err().at, at);
    }
    let quirks = Quirks {
        taken: Some(vec!["emulate_json_object".to_owned()]),
        ..Quirks::default()
    };
    let (body, dropped) = written(&object, quirks).unwrap();
    assert!(body["system"].as_str().unwrap().contains("JSON"));
    assert_eq!(dropped, ["response_format"]);
}

#[test]
fn schemas_of_answers_are_closed() {
    let mut prompt = hello();
    prompt.format = Format::JsonSchema {
        name: Some("output".to_owned()),
        description: None,
        schema: json!({"type": "object", "properties": {"type": {"type": "object"}}, "required": ["type"]}),
        strict: None,
    };
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    let schema = &body["output_config"]["format"]["schema"];
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(
        schema["properties"]["type"],
        json!({"type": "object", "additionalProperties": false})
    );
    assert_eq!(dropped, ["response_format.json_schema.name"]);
}

#[rstest]
#[case::the_clients(Some(9), None, None, 9, false)]
#[case::the_models(None, Some(64_000), None, 64_000, false)]
#[case::nobodys(None, None, None, 4096, true)]
#[case::too_low(Some(1), None, Some(16), 16, false)]
fn a_limit_is_always_there(
    #[case] client: Option<u64>,
    #[case] default: Option<u64>,
    #[case] least: Option<u64>,
    #[case] expected: u64,
    #[case] told: bool,
) {
    let mut prompt = hello();
    prompt.sampling.max_tokens = client;
    let quirks = Quirks {
        limit_default: default,
        limit_least: least,
        ..Quirks::default()
    };
    let (body, dropped) = written(&prompt, quirks).unwrap();
    assert_eq!(body["max_tokens"], expected);
    assert_eq!(dropped == ["max_tokens"], told);
}

fn number(text: &str) -> Option<Number> {
    serde_json::from_str(text).ok()
}

#[rstest]
#[case::fits(number("0.70"), None, None, r#"{"temperature":0.70}"#, &[])]
#[case::too_hot(number("1.7"), None, None, r#"{"temperature":1.0}"#, &["temperature"])]
#[case::silent_nucleus(number("0.5"), number("1"), None, r#"{"temperature":0.5}"#, &["top_p"])]
#[case::silent_temperature(number("1"), number("0.5"), None, r#"{"top_p":0.5}"#, &["temperature"])]
#[case::with_thoughts(number("0.5"), None, Some(Effort::Low), "{}", &["temperature"])]
#[case::high_nucleus_with_thoughts(None, number("0.99"), Some(Effort::Low), r#"{"top_p":0.99}"#, &[])]
#[case::low_nucleus_with_thoughts(None, number("0.9"), Some(Effort::Low), "{}", &["top_p"])]
fn sampling_is_fitted(
    #[case] temperature: Option<Number>,
    #[case] top_p: Option<Number>,
    #[case] effort: Option<Effort>,
    #[case] expected: &str,
    #[case] lost: &[&str],
) {
    let mut prompt = hello();
    (prompt.sampling.temperature, prompt.sampling.top_p) = (temperature, top_p);
    prompt.thinking = effort.map(|effort| thinking(Amount::Effort(effort)));
    let (mut body, dropped) = written(&prompt, Quirks::default()).unwrap();
    for field in ["model", "max_tokens", "messages", "thinking", "output_config"] {
        body.as_object_mut().unwrap().remove(field);
    }
    assert_eq!(body.to_string(), expected);
    assert_eq!(dropped, lost);
}

#[test]
fn stop_texts_of_white_space_are_left_out() {
    let mut prompt = hello();
    prompt.sampling.stop = vec!["\n".to_owned(), "END".to_owned()];
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(body["stop_sequences"], json!(["END"]));
    assert_eq!(dropped, ["stop"]);
}

fn thinking(amount: Amount) -> Thinking {
    Thinking {
        amount,
        ..Thinking::default()
    }
}

#[rstest]
#[case::off(Amount::Off, None, json!({"type": "disabled"}), json!(null))]
#[case::adaptive(Amount::Adaptive, None, json!({"type": "adaptive"}), json!(null))]
#[case::minimal(Amount::Effort(Effort::Minimal), None, json!({"type": "adaptive"}), json!("low"))]
#[case::low(Amount::Effort(Effort::Low), None, json!({"type": "adaptive"}), json!("low"))]
#[case::xhigh(Amount::Effort(Effort::XHigh), None, json!({"type": "adaptive"}), json!("xhigh"))]
#[case::max(Amount::Effort(Effort::Max), None, json!({"type": "adaptive"}), json!("max"))]
#[case::small_budget(Amount::Budget(1024), None, json!({"type": "adaptive"}), json!("low"))]
#[case::budget(Amount::Budget(8192), None, json!({"type": "adaptive"}), json!("medium"))]
#[case::large_budget(Amount::Budget(24_576), None, json!({"type": "adaptive"}), json!("high"))]
#[case::huge_budget(Amount::Budget(24_577), None, json!({"type": "adaptive"}), json!("xhigh"))]
#[case::as_budget(Amount::Effort(Effort::Medium), Some(ThinkingStyle::Budget), json!({"type": "enabled", "budget_tokens": 8192}), json!(null))]
#[case::minimal_as_budget(Amount::Effort(Effort::Minimal), Some(ThinkingStyle::Budget), json!({"type": "enabled", "budget_tokens": 1024}), json!(null))]
#[case::adaptive_as_budget(Amount::Adaptive, Some(ThinkingStyle::Budget), json!({"type": "enabled", "budget_tokens": 24_576}), json!(null))]
#[case::max_as_budget(Amount::Effort(Effort::Max), Some(ThinkingStyle::Budget), json!({"type": "enabled", "budget_tokens": 31_999}), json!(null))]
#[case::off_as_budget(Amount::Off, Some(ThinkingStyle::Budget), json!({"type": "disabled"}), json!(null))]
#[case::too_small(Amount::Budget(100), Some(ThinkingStyle::Budget), json!(null), json!(null))]
#[case::between_tools(Amount::BetweenTools, None, json!(null), json!(null))]
#[case::switch(Amount::Effort(Effort::High), Some(ThinkingStyle::Switch), json!({"type": "enabled"}), json!(null))]
#[case::cannot_be_told(Amount::Effort(Effort::High), Some(ThinkingStyle::None), json!(null), json!(null))]
fn amounts_of_thinking(
    #[case] amount: Amount,
    #[case] style: Option<ThinkingStyle>,
    #[case] expected: Value,
    #[case] effort: Value,
) {
    let mut prompt = hello();
    prompt.sampling.max_tokens = Some(32_000);
    prompt.thinking = Some(thinking(amount));
    let quirks = Quirks {
        thinking: style,
        ..Quirks::default()
    };
    let (body, dropped) = written(&prompt, quirks).unwrap();
    assert_eq!(body.get("thinking").cloned().unwrap_or_default(), expected);
    assert_eq!(body["output_config"]["effort"], effort);
    let all = !expected.is_null() && style != Some(ThinkingStyle::Switch);
    assert_eq!(dropped.is_empty(), all, "{dropped:?}");
}

#[rstest]
#[case(&["low", "medium", "high", "max"], Effort::XHigh, "max")]
#[case(&["low", "high", "max"], Effort::Medium, "high")]
#[case(&["low", "medium"], Effort::Max, "medium")]
#[case(&["high"], Effort::Minimal, "high")]
fn the_nearest_effort_is_sent(#[case] taken: &[&str], #[case] effort: Effort, #[case] expected: &str) {
    let mut prompt = hello();
    prompt.thinking = Some(thinking(Amount::Effort(effort)));
    let quirks = Quirks {
        efforts: Some(taken.iter().map(|word| (*word).to_owned()).collect()),
        ..Quirks::default()
    };
    assert_eq!(body(&prompt, quirks)["output_config"]["effort"], expected);
}

#[rstest]
#[case(Some(true), None, json!("summarized"))]
#[case(Some(false), None, json!("omitted"))]
#[case(None, Some("auto"), json!("summarized"))]
#[case(None, None, json!(null))]
fn thoughts_are_shown_as_asked_for(
    #[case] shown: Option<bool>,
    #[case] summary: Option<&str>,
    #[case] expected: Value,
) {
    let mut prompt = hello();
    prompt.thinking = Some(Thinking {
        amount: Amount::Adaptive,
        shown,
        summary: summary.map(str::to_owned),
    });
    assert_eq!(body(&prompt, Quirks::default())["thinking"]["display"], expected);
}

#[test]
fn a_forced_call_leaves_no_thoughts() {
    let mut prompt = hello();
    prompt.tools.push(function(json!({"type": "object"})));
    prompt.choice = Some(Choice::Any);
    prompt.thinking = Some(thinking(Amount::Effort(Effort::Low)));
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(body.get("thinking"), None);
    assert_eq!(dropped, ["reasoning_effort"]);
}

fn thought(text: &str, proof: Option<Proof>) -> PartKind {
    PartKind::Thinking {
        text: text.to_owned(),
        proof,
    }
}

fn minted(issuer: &str, kind: ProofKind) -> Proof {
    Proof::minted(&Issuer::new(issuer), kind, "p")
}

fn bare() -> Proof {
    Proof::read("p", ProofKind::Signature)
}

#[rstest]
#[case::own(thought("t", Some(minted("anthropic", ProofKind::Signature))), json!({"type": "thinking", "thinking": "t", "signature": "p"}))]
#[case::own_redacted(thought("", Some(minted("anthropic", ProofKind::Redacted))), json!({"type": "redacted_thinking", "data": "p"}))]
#[case::of_another(thought("t", Some(minted("openai", ProofKind::Encrypted))), json!(null))]
#[case::of_another_of_this_kind(thought("t", Some(minted("minimax", ProofKind::Signature))), json!(null))]
#[case::bare_of_another_protocol(thought("t", Some(bare())), json!(null))]
#[case::unproved(thought("t", None), json!(null))]
fn thoughts_go_back_to_whoever_proved_them(#[case] kind: PartKind, #[case] expected: Value) {
    let prompt = prompt(vec![turn(Role::Assistant, vec![kind, text("a")])]);
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    let first = body["messages"][0]["content"][0].clone();
    if expected.is_null() {
        assert_eq!(first, json!({"type": "text", "text": "a"}));
        assert_eq!(dropped, ["messages[1].content[0]"]);
    } else {
        assert_eq!((first, dropped.len()), (expected, 0));
    }
    let plain = Quirks {
        thoughts_field: Some("thinking".to_owned()),
        ..Quirks::default()
    };
    assert_eq!(dropped_thoughts(&prompt, plain), 0);
}

fn dropped_thoughts(prompt: &Prompt, quirks: Quirks) -> usize {
    dropped(prompt, quirks).len()
}

#[test]
fn budgets_need_thoughts_first_in_a_turn_that_goes_on() {
    let budget = || Quirks {
        thinking: Some(ThinkingStyle::Budget),
        ..Quirks::default()
    };
    let turns = |first: Vec<PartKind>| {
        let mut kinds = first;
        kinds.push(call("c", "n", "{}"));
        vec![
            turn(Role::Assistant, kinds),
            turn(Role::User, vec![result("c", None, vec![text("r")])]),
        ]
    };
    let thinks = |first: Vec<PartKind>, quirks: Quirks| {
        let mut prompt = prompt(turns(first));
        prompt.sampling.max_tokens = Some(9000);
        prompt.thinking = Some(thinking(Amount::Effort(Effort::Low)));
        body(&prompt, quirks).get("thinking").is_some()
    };
    let proved = thought("t", Some(minted("anthropic", ProofKind::Signature)));
    assert!(!thinks(vec![], budget()));
    assert!(thinks(vec![proved], budget()));
    assert!(thinks(vec![], Quirks::default()));
}

#[test]
fn no_more_than_four_cache_markers_are_sent() {
    let mut prompt = hello();
    let part = |number: usize, lifetime: &str| Part {
        cache: Some(lifetime.to_owned()),
        ..Part::new(text("a"), format!("messages[{number}].content[0]"))
    };
    prompt.turns[0].parts = (0..5).map(|number| part(number, "5m")).collect();
    prompt.tools.push(Tool {
        cache: Some(String::new()),
        ..function(json!({"type": "object"}))
    });
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(
        dropped,
        ["tools[0].cache_control", "messages[0].content[0].cache_control"]
    );
    assert_eq!(body.to_string().matches("cache_control").count(), 4);
    prompt.turns[0].parts = vec![part(0, "30m")];
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(
        body["messages"][0]["content"][0]["cache_control"],
        json!({"type": "ephemeral"})
    );
    assert_eq!(dropped, ["messages[0].content[0].ttl"]);
}

#[test]
fn names_that_do_not_fit_are_sent_as_others() {
    let mut prompt = hello();
    prompt.tools.push(Tool {
        name: "get weather".to_owned(),
        namespace: Some("ns".to_owned()),
        ..function(json!({"type": "object"}))
    });
    let name = body(&prompt, Quirks::default())["tools"][0]["name"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(name.starts_with("ns__get_weather_"), "{name}");
}

#[rstest]
#[case(Tier::Auto, json!("auto"), json!(null))]
#[case(Tier::Standard, json!("standard_only"), json!(null))]
#[case(Tier::Priority, json!(null), json!("fast"))]
#[case(Tier::Flex, json!(null), json!(null))]
fn tiers_and_users(#[case] tier: Tier, #[case] service: Value, #[case] speed: Value) {
    let mut prompt = hello();
    prompt.tier = Some(tier);
    prompt.user = Some(Named {
        at: "user".to_owned(),
        text: "u".to_owned(),
    });
    prompt.stream = true;
    let body = body(&prompt, Quirks::default());
    assert_eq!((&body["service_tier"], &body["speed"]), (&service, &speed));
    assert_eq!(
        (&body["metadata"], &body["stream"]),
        (&json!({"user_id": "u"}), &json!(true))
    );
}

#[test]
fn what_an_upstream_refuses_is_left_out_and_what_it_always_gets_is_set() {
    let mut prompt = hello();
    prompt.sampling.temperature = number("0.5");
    prompt.user = Some(Named {
        at: "safety_identifier".to_owned(),
        text: "u".to_owned(),
    });
    prompt.turns[0].parts[0].cache = Some(String::new());
    prompt.thinking = Some(Thinking {
        amount: Amount::Off,
        shown: Some(true),
        summary: None,
    });
    prompt.tools.push(tool(ToolKind::Function {
        schema: json!({"type": "object"}),
        strict: Some(true),
    }));
    let quirks = Quirks {
        refused: Some(
            [
                "temperature",
                "metadata.user_id",
                "cache_control",
                "tools.strict",
                "top_k",
            ]
            .map(str::to_owned)
            .to_vec(),
        ),
        set: Some(
            [
                ("output_config.effort".to_owned(), json!("low")),
                ("temperature".to_owned(), json!(1)),
            ]
            .into(),
        ),
        stream_only: Some(true),
        ..Quirks::default()
    };
    let (body, dropped) = written(&prompt, quirks).unwrap();
    assert_eq!(
        dropped,
        [
            "messages[1].content[0].cache_control",
            "temperature",
            "safety_identifier",
            "tools.strict"
        ]
    );
    assert_eq!((body.get("metadata"), &body["temperature"]), (None, &json!(1)));
    assert_eq!(
        (&body["output_config"]["effort"], &body["stream"]),
        (&json!("low"), &json!(true))
    );
}

#[test]
fn a_turn_to_be_continued_is_refused_where_it_cannot_be() {
    let turns = vec![says(Role::User, "u"), says(Role::Assistant, "a")];
    assert!(written(&prompt(turns.clone()), Quirks::default()).is_ok());
    let quirks = Quirks {
        prefill: Some(false),
        ..Quirks::default()
    };
    assert_eq!(written(&prompt(turns), quirks).unwrap_err().at, "messages[1]");
}

#[test]
fn a_strict_client_gets_an_error_for_the_first_loss() {
    let mut prompt = hello();
    prompt.sampling.seed = Some(1.into());
    let names = crate::names::Names::default();
    let mut strict = crate::Dropped::new(true);
    let error =
        crate::messages::write_request(&prompt, &super::target(Quirks::default()), &names, &mut strict);
    assert_eq!(error.unwrap_err().at, "seed");
}
