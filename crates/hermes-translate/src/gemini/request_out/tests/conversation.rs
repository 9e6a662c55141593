use hermes_catalog::{Quirks, SystemPlace};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{asked, body, dropped, sent, text, turn};
use crate::prompt::{Media, Part, PartKind, Prompt, Role, Source, ToolCall, ToolResult, Turn};
use crate::proof::{Issuer, Proof, ProofKind};

fn call(id: &str, arguments: &str, custom: bool) -> PartKind {
    PartKind::Call(ToolCall {
        id: id.to_owned(),
        name: "f".to_owned(),
        arguments: arguments.to_owned(),
        custom,
        namespace: None,
    })
}

fn result(id: &str, parts: Vec<PartKind>, is_error: bool) -> PartKind {
    PartKind::Result(ToolResult {
        id: id.to_owned(),
        name: None,
        parts: parts.into_iter().map(|kind| Part::new(kind, "r")).collect(),
        is_error,
        custom: false,
    })
}

fn thinking(text: &str, issuer: Option<&str>, kind: ProofKind) -> PartKind {
    let proof = issuer.map(|issuer| Proof::minted(&Issuer::new(issuer), kind, "proof"));
    PartKind::Thinking {
        text: text.to_owned(),
        proof,
    }
}

fn image(source: Source) -> PartKind {
    PartKind::Image(Media {
        source,
        mime: String::new(),
        name: None,
        detail: None,
    })
}

fn talk(turns: Vec<Turn>) -> Prompt {
    Prompt { turns, ..asked() }
}

#[test]
fn instructions_stand_first_or_are_said_by_the_user() {
    let prompt = talk(vec![
        turn(Role::System, vec![text("a"), text("b")]),
        turn(Role::Developer, vec![text("c")]),
        turn(Role::User, vec![text("d")]),
        turn(Role::System, vec![text("e")]),
        turn(Role::User, vec![text("f")]),
    ]);
    let (written, dropped) = sent(&prompt, Quirks::default()).unwrap();
    assert_eq!(
        written["systemInstruction"]["parts"],
        json!([{"text": "a"}, {"text": "b"}, {"text": "c"}])
    );
    let parts = json!([{"text": "d"}, {"text": "<system>\ne\n</system>"}, {"text": "f"}]);
    assert_eq!(written["contents"], json!([{"role": "user", "parts": parts}]));
    assert_eq!(dropped, ["m.role"]);
    let moved = Quirks {
        system: Some(SystemPlace::First),
        ..Quirks::default()
    };
    let (written, _) = sent(&prompt, moved).unwrap();
    assert_eq!(written["systemInstruction"]["parts"][3], json!({"text": "e"}));
    assert_eq!(
        written["contents"][0]["parts"],
        json!([{"text": "d"}, {"text": "f"}])
    );
}

#[test]
fn instructions_that_must_be_there_are_put_there() {
    let quirks = Quirks {
        instructions: Some("be good".to_owned()),
        ..Quirks::default()
    };
    let (written, _) = sent(&asked(), quirks).unwrap();
    assert_eq!(
        written["systemInstruction"],
        json!({"role": "user", "parts": [{"text": "be good"}]})
    );
}

fn with_calls() -> Prompt {
    talk(vec![
        turn(Role::User, vec![text("q")]),
        turn(Role::Assistant, vec![text("a"), call("1", "{\"x\": 1.0}", false)]),
        turn(
            Role::Assistant,
            vec![call("2", "", false), call("3", "print", true)],
        ),
        turn(
            Role::User,
            vec![result("1", vec![text("one"), text("two")], false)],
        ),
        turn(
            Role::User,
            vec![result(
                "2",
                vec![image(Source::Base64("iVBORw0".to_owned()))],
                true,
            )],
        ),
        turn(Role::User, vec![result("orphan", vec![], false), text("go on")]),
    ])
}

#[test]
fn calls_and_their_results() {
    let expected = json!([
        {"role": "user", "parts": [{"text": "q"}]},
        {"role": "model", "parts": [
            {"text": "a"},
            {"functionCall": {"id": "1", "name": "f", "args": {"x": serde_json::from_str::<Value>("1.0").unwrap()}}},
            {"functionCall": {"id": "2", "name": "f", "args": {}}},
            {"functionCall": {"id": "3", "name": "f", "args": {"input": "print"}}},
        ]},
        {"role": "user", "parts": [
            {"functionResponse": {"id": "1", "name": "f", "response": {"output": "one\ntwo"}}},
            {"functionResponse": {
                "id": "2",
                "name": "f",
                "response": {"error": ""},
                "parts": [{"inlineData": {"mimeType": "image/png", "data": "iVBORw0"}}],
            }},
            {"functionResponse": {"id": "orphan", "name": "orphan", "response": {"output": ""}}},
            {"text": "go on"},
        ]},
    ]);
    assert_eq!(body(&with_calls())["contents"], expected);
}

#[rstest]
#[case("[1]")]
#[case("{\"a\": ")]
#[case("text")]
fn arguments_that_are_no_object_are_refused(#[case] arguments: &str) {
    let prompt = talk(vec![
        turn(Role::Assistant, vec![call("1", arguments, false)]),
        turn(Role::User, vec![text("q")]),
    ]);
    let refusal = sent(&prompt, Quirks::default()).unwrap_err();
    assert_eq!(
        (refusal.code, refusal.at.as_str()),
        ("invalid_request", "m.content[0]")
    );
}

#[test]
fn proofs_go_to_their_issuer_alone() {
    let said = |thoughts: Vec<PartKind>| {
        let mut parts = thoughts;
        parts.push(call("1", "{}", false));
        let prompt = talk(vec![
            turn(Role::Assistant, parts),
            turn(Role::User, vec![result("1", vec![], false)]),
        ]);
        let (written, dropped) = sent(&prompt, Quirks::default()).unwrap();
        (written["contents"][0]["parts"].clone(), dropped)
    };
    let function = json!({"id": "1", "name": "f", "args": {}});
    let signed = json!({"functionCall": function, "thoughtSignature": "proof"});
    let none: Vec<String> = Vec::new();
    let own = thinking("t", Some("gemini"), ProofKind::Thought);
    let expected = json!([{"text": "t", "thought": true}, signed]);
    assert_eq!(said(vec![own]), (expected.clone(), none.clone()));
    let apart = vec![
        thinking("t", None, ProofKind::Thought),
        thinking("", Some("gemini"), ProofKind::Thought),
    ];
    assert_eq!(said(apart), (expected, none));
    for (issuer, kind) in [("anthropic", ProofKind::Signature), ("other", ProofKind::Thought)] {
        let foreign = thinking("t", Some(issuer), kind);
        let bare = json!([{"functionCall": function}]);
        assert_eq!(said(vec![foreign]), (bare, vec!["m.content[0]".to_owned()]));
    }
}

#[test]
fn a_signature_without_a_part_stands_on_an_empty_text() {
    let prompt = talk(vec![
        turn(
            Role::Assistant,
            vec![text("a"), thinking("", Some("gemini"), ProofKind::Thought)],
        ),
        turn(Role::User, vec![text("q")]),
    ]);
    let expected = json!([{"text": "a"}, {"text": "", "thoughtSignature": "proof"}]);
    assert_eq!(body(&prompt)["contents"][0]["parts"], expected);
}

#[test]
fn a_missing_signature_is_stood_in_for() {
    let prompt = talk(vec![
        turn(
            Role::Assistant,
            vec![text("a"), call("1", "{}", false), call("2", "{}", false)],
        ),
        turn(
            Role::User,
            vec![result("1", vec![], false), result("2", vec![], false)],
        ),
    ]);
    let quirks = Quirks {
        proof_stand_in: Some("c3RhbmQtaW4=".to_owned()),
        ..Quirks::default()
    };
    let (written, _) = sent(&prompt, quirks).unwrap();
    let parts = &written["contents"][0]["parts"];
    assert_eq!(parts[1]["thoughtSignature"], "c3RhbmQtaW4=");
    assert!(parts[0].get("thoughtSignature").is_none() && parts[2].get("thoughtSignature").is_none());
}

#[rstest]
#[case::image(image(Source::Base64("/9j/4A".to_owned())), json!({"inlineData": {"mimeType": "image/jpeg", "data": "/9j/4A"}}))]
#[case::stored(image(Source::Url("gs://a/b.webp".to_owned())), json!({"fileData": {"mimeType": "image/webp", "fileUri": "gs://a/b.webp"}}))]
#[case::document(
    PartKind::File(Media { source: Source::Url("https://a/b".to_owned()), mime: String::new(), name: None, detail: None }),
    json!({"fileData": {"mimeType": "application/pdf", "fileUri": "https://a/b"}}),
)]
#[case::text(
    PartKind::File(Media { source: Source::Text("words".to_owned()), mime: "text/plain".to_owned(), name: Some("title".to_owned()), detail: None }),
    json!({"text": "title\n\nwords"}),
)]
#[case::sound(
    PartKind::Audio(Media { source: Source::Base64("AA==".to_owned()), mime: "audio/wav".to_owned(), name: None, detail: None }),
    json!({"inlineData": {"mimeType": "audio/wav", "data": "AA=="}}),
)]
#[case::refusal(PartKind::Refusal("no".to_owned()), json!({"text": "no"}))]
fn parts(#[case] kind: PartKind, #[case] expected: Value) {
    let prompt = talk(vec![turn(Role::User, vec![kind])]);
    assert_eq!(body(&prompt)["contents"][0]["parts"], json!([expected]));
}

#[test]
fn images_by_address_only_where_they_are_read() {
    let prompt = talk(vec![turn(
        Role::User,
        vec![image(Source::Url("https://a/b.png".to_owned()))],
    )]);
    assert_eq!(sent(&prompt, Quirks::default()).unwrap_err().at, "m.content[0]");
    let quirks = Quirks {
        image_urls: Some(true),
        ..Quirks::default()
    };
    let (written, _) = sent(&prompt, quirks).unwrap();
    assert_eq!(
        written["contents"][0]["parts"][0]["fileData"]["fileUri"],
        "https://a/b.png"
    );
    let stored = talk(vec![turn(
        Role::User,
        vec![image(Source::Id("file-1".to_owned()))],
    )]);
    assert_eq!(sent(&stored, Quirks::default()).unwrap_err().at, "m.content[0]");
}

#[test]
fn names_details_and_foreign_parts_are_named() {
    let medium = Media {
        source: Source::Base64("AA==".to_owned()),
        mime: "application/pdf".to_owned(),
        name: Some("a.pdf".to_owned()),
        detail: Some("high".to_owned()),
    };
    let foreign = PartKind::Foreign {
        name: "server_tool_use".to_owned(),
        value: json!({}),
    };
    let prompt = talk(vec![turn(Role::User, vec![PartKind::File(medium), foreign])]);
    assert_eq!(
        dropped(&prompt),
        ["m.content[0].detail", "m.content[0].filename", "m.content[1]"]
    );
}
