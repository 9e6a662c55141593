//! Tools, and which of them is to be called.

use hermes_catalog::Quirks;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{body, function, hello, tool, turn};
use crate::messages::tests::written;
use crate::prompt::{Choice, PartKind, Role, Tool, ToolCall, ToolKind};

fn hosted(name: &str, value: Value) -> Tool {
    Tool {
        name: name.to_owned(),
        ..tool(ToolKind::Hosted(value))
    }
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
