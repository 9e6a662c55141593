use pretty_assertions::assert_eq;
use serde_json::json;

use super::read_reply;
use crate::gemini::tests::support::{answer, context};
use crate::reply::Reason;

#[test]
fn a_whole_answer_needs_no_reason() {
    let body = json!({"candidates": [{"content": {"parts": [{"text": "a"}]}}], "modelVersion": "m", "responseId": "r"});
    let reply = read_reply(&context(), &body).unwrap();
    assert_eq!(reply.finish.reason, Reason::End);
    assert_eq!(
        (reply.head.id.as_deref(), reply.head.model.as_deref()),
        (Some("r"), Some("m"))
    );
}

#[test]
fn no_answer_is_a_failure() {
    for body in [
        json!({}),
        json!({"usageMetadata": {}}),
        json!(null),
        json!("text"),
    ] {
        assert_eq!(read_reply(&context(), &body).unwrap_err().status, 502);
    }
    let body = json!({"error": {"code": 400, "message": "m", "status": "INVALID_ARGUMENT"}});
    assert_eq!(read_reply(&context(), &body).unwrap_err().status, 400);
}

#[test]
fn numbers_in_arguments_keep_their_letters() {
    let text = answer(json!([{"functionCall": {"name": "f", "args": "ARGS"}}]), "STOP").to_string();
    let body =
        serde_json::from_str(&text.replace("\"ARGS\"", r#"{"a":1.50,"b":12345678901234567890123}"#)).unwrap();
    let reply = read_reply(&context(), &body).unwrap();
    assert_eq!(reply.blocks[0].text, r#"{"a":1.50,"b":12345678901234567890123}"#);
}
