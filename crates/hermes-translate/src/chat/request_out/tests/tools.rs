use hermes_catalog::{CallIds, Quirks};
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{asking, call, prompt, result, taken, text, tool, written, written_with};
use crate::chat::request_out::write_request;
use crate::chat::tests::target;
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::{Choice, Named, Other, Part, PartKind, Prompt, Role, Tier, Tool, ToolCall, ToolKind};

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

/// A request of Messages with all that only Messages has.
fn with_foreign_fields() -> Prompt {
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
    prompt
}

#[test]
fn what_only_the_other_protocol_has_is_named() {
    let prompt = with_foreign_fields();
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
