use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::client::{Reply, World, world};
use crate::Break;

const MESSAGES: (&str, &str) = ("api.minimax.io", "/anthropic/v1/messages");
const CHAT: (&str, &str) = ("api.deepseek.com", "/v1/chat/completions");
const RESPONSES: (&str, &str) = ("api.openai.com", "/v1/responses");

async fn scripted() -> World {
    let world = world().await;
    world.sim.script().call_tools([
        ("peek".to_owned(), json!({"at": "door"})),
        ("read".to_owned(), json!({"path": "wörd.txt"})),
    ]);
    world
}

async fn ask(world: &World, place: (&str, &str), body: &Value) -> Reply {
    let bearer = format!("Bearer {}", world.sim.script().issue_key());
    let headers = [("authorization", bearer.as_str())];
    world.client.json(place.0, place.1, &headers, body).await
}

/// Requests that offer the tools `other` and `read`, without and with a result.
fn requests(place: (&str, &str)) -> [Value; 2] {
    let flat = json!([{"type": "function", "name": "other"}, {"type": "function", "name": "read"}]);
    match place {
        MESSAGES => [
            json!({"tools": flat, "messages": [{"role": "user", "content": "go"}]}),
            json!({"tools": flat, "messages": [{"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "plum"}]},
                {"type": "text", "text": "and?"}]}]}),
        ],
        CHAT => {
            let nested = json!([{"function": {"name": "other"}}, {"function": {"name": "read"}}]);
            [
                json!({"tools": nested, "messages": [{"role": "user", "content": "go"}]}),
                json!({"tools": nested, "messages": [{"role": "tool", "tool_call_id": "a", "content": "plum"}]}),
            ]
        }
        _ => [
            json!({"tools": flat, "input": "go"}),
            json!({"tools": flat, "input": [{"type": "function_call_output", "call_id": "a", "output": "plum"}]}),
        ],
    }
}

/// All that the pieces of a stream say, or the answer in one piece, put together.
fn said(reply: &Reply) -> String {
    let texts = reply
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    let pieces = [
        "/delta/text",
        "/delta/partial_json",
        "/choices/0/delta/content",
        "/choices/0/delta/tool_calls/0/function/arguments",
        "/delta",
    ];
    texts
        .filter_map(|data| serde_json::from_str::<Value>(data).ok())
        .filter_map(|event| {
            let mut found = pieces
                .iter()
                .filter_map(|at| event.pointer(at)?.as_str().map(str::to_owned));
            found.next()
        })
        .collect()
}

#[rstest]
#[case(MESSAGES)]
#[case(CHAT)]
#[case(RESPONSES)]
#[tokio::test]
async fn tool_of_the_script_is_called_until_its_result_has_come(#[case] place: (&str, &str)) {
    let world = scripted().await;
    let [before, after] = requests(place);
    for stream in [false, true] {
        let with = |mut body: Value| {
            body["stream"] = json!(stream);
            body
        };
        let call = ask(&world, place, &with(before.clone())).await;
        assert!(
            call.text().contains("\"read\"") && !call.text().contains("\"other\""),
            "{}",
            call.text()
        );
        let answer = ask(&world, place, &with(after.clone())).await;
        assert!(!answer.text().contains("\"read\""), "{}", answer.text());
        if stream {
            assert!(said(&call).contains(r#"{"path":"wörd.txt"}"#), "{}", said(&call));
            assert_eq!(said(&answer), "The tool said: plum");
        } else {
            assert!(answer.text().contains("The tool said: plum"), "{}", answer.text());
        }
    }
}

#[tokio::test]
async fn request_without_a_tool_of_the_script_gets_words() {
    let world = scripted().await;
    let body = json!({"tools": [{"name": "other"}], "messages": []});
    let reply = ask(&world, MESSAGES, &body).await;
    assert_eq!(reply.json()["stop_reason"], "end_turn");
}

#[rstest]
#[case(MESSAGES, "event: error")]
#[case(CHAT, "data: {\"error\"")]
#[case(RESPONSES, "response.failed")]
#[tokio::test]
async fn answers_break_off_with_an_error_or_a_cut(#[case] place: (&str, &str), #[case] event: &str) {
    let world = scripted().await;
    let [mut body, _] = requests(place);
    body["stream"] = json!(true);
    world.sim.script().break_off(Some(Break::Error));
    let failed = ask(&world, place, &body).await;
    assert!(
        failed.complete && failed.text().contains(event),
        "{}",
        failed.text()
    );
    world.sim.script().break_off(Some(Break::Cut));
    let cut = ask(&world, place, &body).await;
    assert!(!cut.complete && !cut.text().contains(event) && !said(&cut).is_empty());
    body["stream"] = json!(false);
    assert!(!ask(&world, place, &body).await.complete);
    world.sim.script().break_off(Some(Break::Error));
    assert_eq!(ask(&world, place, &body).await.status, 500);
    world.sim.script().break_off(None);
    assert_eq!(ask(&world, place, &body).await.status, 200);
}
