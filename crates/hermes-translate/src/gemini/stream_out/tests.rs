use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::Writer;
use crate::gemini::tests::support::{context, streamed};
use crate::reply::{Block, Event, Failure, Finish, Head};
use crate::translator::WriteStream as _;

#[test]
fn an_answer_comes_piece_by_piece() {
    let text = |text: &str| Event::Text {
        key: 0,
        text: text.to_owned(),
    };
    let out = streamed([
        Event::Start(Head::default()),
        Event::Open {
            key: 0,
            block: Block::Text,
        },
        text("a"),
        text("b"),
        Event::Close { key: 0 },
        Event::Finish(Finish::default()),
    ]);
    let of = |chunk: Value| format!("data: {chunk}\n\n");
    let piece = |text: &str| {
        of(json!({
            "candidates": [{"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}],
            "modelVersion": "asked-for",
            "responseId": "made",
        }))
    };
    let last = of(json!({
        "candidates": [{"content": {"parts": [{"text": ""}], "role": "model"}, "finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 0, "candidatesTokenCount": 0, "totalTokenCount": 0},
        "modelVersion": "asked-for",
        "responseId": "made",
    }));
    assert_eq!(out, [piece("a"), piece("b"), last].concat());
}

#[test]
fn an_error_is_a_chunk() {
    let out = streamed([Event::Error(Failure {
        status: 529,
        kind: "overloaded".to_owned(),
        message: "m".to_owned(),
    })]);
    let error = json!({"error": {
        "code": 503,
        "message": "m",
        "status": "UNAVAILABLE",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "overloaded", "domain": "hermes"}],
    }});
    assert_eq!(out, format!("data: {error}\n\n"));
}

#[test]
fn no_line_comes_that_the_official_sdk_would_choke_on() {
    let (mut writer, mut out) = (Writer::new(&context()), Vec::new());
    writer.ping(&mut out);
    writer.dropped("choices[0].x", &mut out);
    assert_eq!(out, b"\n");
    writer.event(&Event::Finish(Finish::default()), &mut out);
    let out = String::from_utf8(out).unwrap();
    assert!(
        out.contains(r#""finishMessage":"Left out: choices[0].x.""#),
        "{out}"
    );
}
