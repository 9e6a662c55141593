use hermes_catalog::{Quirks, SystemPlace};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{asking, call, prompt, result, taken, text, written, written_with};
use crate::prompt::{Media, PartKind, Role, Source};
use crate::proof::{Issuer, Proof, ProofKind};

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
