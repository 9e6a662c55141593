//! The conversation.

use hermes_catalog::{CallIds, Quirks};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{anywhere, base64, body, call, function, hello, media, prompt, result, says, text, turn};
use crate::messages::tests::written;
use crate::prompt::{Media, Part, PartKind, Role, Source, Tool};

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
    assert_eq!(calls[0], "call_unnamed_1");
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
fn a_turn_to_be_continued_is_refused_where_it_cannot_be() {
    let turns = vec![says(Role::User, "u"), says(Role::Assistant, "a")];
    assert!(written(&prompt(turns.clone()), Quirks::default()).is_ok());
    let quirks = Quirks {
        prefill: Some(false),
        ..Quirks::default()
    };
    assert_eq!(written(&prompt(turns), quirks).unwrap_err().at, "messages[1]");
}
