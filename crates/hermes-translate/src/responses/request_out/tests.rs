use hermes_catalog::{CallIds, Quirks, SystemPlace};
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::write_request;
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::{
    Media, Part, PartKind, Prompt, Role, Source, Tool, ToolCall, ToolKind, ToolResult, Turn,
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

fn call_of(id: &str) -> PartKind {
    PartKind::Call(ToolCall {
        id: id.to_owned(),
        name: "f".to_owned(),
        arguments: "{\"n\": 1.0}".to_owned(),
        custom: false,
        namespace: None,
    })
}

fn result_of(id: &str, is_error: bool) -> PartKind {
    PartKind::Result(ToolResult {
        id: id.to_owned(),
        name: None,
        parts: vec![Part::new(text("r"), "r")],
        is_error,
        custom: false,
    })
}

/// A question, an answer with thoughts and calls, and their results.
fn with_calls() -> Prompt {
    let proof = |issuer: &str| Proof::minted(&Issuer::new(issuer), ProofKind::Encrypted, "enc");
    let thoughts = |issuer: &str| PartKind::Thinking {
        text: "t".to_owned(),
        proof: Some(proof(issuer)),
    };
    let said = vec![
        thoughts("openai"),
        thoughts("xai"),
        text("s"),
        call_of("toolu_1"),
        call_of("not fitting"),
    ];
    let results = vec![
        result_of("toolu_1", false),
        result_of("not fitting", true),
        text("go on"),
    ];
    Prompt {
        turns: vec![
            turn(Role::User, vec![text("q")]),
            turn(Role::Assistant, said),
            turn(Role::User, results),
        ],
        ..from(Protocol::AnthropicMessages)
    }
}

#[test]
fn a_turn_of_the_model_becomes_items_in_order() {
    let (body, dropped) = write(&with_calls());
    let other = body["input"][4]["call_id"].as_str().unwrap();
    assert!(other.starts_with("call_") && other.len() < 64);
    assert_eq!(
        body["input"],
        json!([
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "q"}]},
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "t"}], "encrypted_content": "enc"},
            {"type": "message", "role": "assistant", "content": "s"},
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

/// Three calls of two tools, and their results in another order, as Gemini's clients send them.
fn without_ids() -> Prompt {
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
    Prompt {
        turns: vec![
            turn(Role::Assistant, vec![call("f"), call("g"), call("f")]),
            turn(Role::User, vec![result("g"), result("f"), result("f")]),
        ],
        ..from(Protocol::Gemini)
    }
}

#[test]
fn calls_without_ids_find_their_results_by_name() {
    let mut prompt = without_ids();
    let ids = |body: &Value| -> Vec<String> {
        let items = body["input"].as_array().unwrap().iter();
        items
            .map(|item| item["call_id"].as_str().unwrap().to_owned())
            .collect()
    };
    let expected = [1, 2, 3, 2, 1, 3].map(|number| format!("call_unnamed_{number}"));
    assert_eq!(ids(&write(&prompt).0), expected);
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

mod controls;
mod dialect;
