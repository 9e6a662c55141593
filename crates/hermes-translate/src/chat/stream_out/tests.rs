use std::sync::Arc;

use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::Writer;
use crate::chat::tests::{context, data};
use crate::proof::{Issuer, Proof, ProofKind};
use crate::reply::{Block, Citation, Event, Failure, Finish, Head, Reason};
use crate::translator::WriteStream;

fn written(wants_usage: bool, events: &[Event]) -> Vec<Value> {
    let mut context = context().as_ref().clone();
    context.wants_usage = wants_usage;
    let mut writer = Writer::new(&Arc::new(context));
    let mut out = Vec::new();
    for event in events {
        writer.event(event, &mut out);
    }
    let data = data(&out).into_iter();
    data.map(|data| serde_json::from_str(&data).unwrap_or(Value::String(data)))
        .collect()
}

fn text(key: u32, text: &str) -> Event {
    let text = text.to_owned();
    Event::Text { key, text }
}

fn call(custom: bool) -> Event {
    Event::Open {
        key: 0,
        block: Block::Call {
            id: "c".to_owned(),
            name: "f".to_owned(),
            custom,
            namespace: None,
        },
    }
}

#[rstest]
#[case(true)]
#[case(false)]
fn a_stream_from_beginning_to_end(#[case] wants_usage: bool) {
    let events = [
        Event::Start(Head::default()),
        Event::Open {
            key: 0,
            block: Block::Text,
        },
        text(0, "a"),
        Event::Close { key: 0 },
        Event::Finish(Finish::default()),
    ];
    let chunks = written(wants_usage, &events);
    let deltas: Vec<&Value> = chunks.iter().map(|chunk| &chunk["choices"][0]["delta"]).collect();
    assert_eq!(
        deltas[0],
        &json!({"role": "assistant", "content": "", "refusal": null})
    );
    assert_eq!(deltas[1], &json!({"content": "a"}));
    assert_eq!(deltas[2], &json!({}));
    assert_eq!(chunks[2]["choices"][0]["finish_reason"], "stop");
    assert_eq!(chunks.len(), if wants_usage { 5 } else { 4 });
    assert_eq!(chunks.last().unwrap(), "[DONE]");
    assert_eq!(chunks[0].get("usage").is_some(), wants_usage);
    if wants_usage {
        assert_eq!(chunks[3]["choices"], json!([]));
        assert_eq!(chunks[3]["usage"]["total_tokens"], 0);
    }
}

#[rstest]
#[case(false, json!({"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}),
    json!({"index": 0, "function": {"arguments": "{}"}}))]
#[case(true, json!({"index": 0, "id": "c", "type": "custom", "custom": {"name": "f", "input": ""}}),
    json!({"index": 0, "custom": {"input": "{}"}}))]
fn calls_in_fragments(#[case] custom: bool, #[case] first: Value, #[case] second: Value) {
    let chunks = written(true, &[call(custom), text(0, "{}"), Event::Close { key: 0 }]);
    let delta = |place: usize| &chunks[place]["choices"][0]["delta"]["tool_calls"][0];
    assert_eq!((delta(0), delta(1)), (&first, &second));
}

#[test]
fn an_error_is_the_end() {
    let failure = Failure {
        status: 529,
        kind: "overloaded".to_owned(),
        message: "no".to_owned(),
    };
    let chunks = written(true, &[Event::Start(Head::default()), Event::Error(failure)]);
    assert_eq!(chunks.len(), 2);
    let expected = json!({"message": "no", "type": "overloaded", "param": null, "code": "overloaded"});
    assert_eq!(chunks[1], json!({ "error": expected }));
}

#[test]
fn the_text_that_ended_it_goes_along() {
    let finish = Finish {
        reason: Reason::StopSequence,
        stop_sequence: Some("END".to_owned()),
        explanation: None,
    };
    let chunks = written(false, &[Event::Finish(finish)]);
    assert_eq!(chunks[0]["choices"][0]["stop_reason"], "END");
}

#[test]
fn a_ping_is_a_comment() {
    let mut out = Vec::new();
    Writer::new(&context()).ping(&mut out);
    assert_eq!(data(&out), Vec::<String>::new());
    assert!(out.starts_with(b":"));
}

#[test]
fn entries_of_lists_carry_their_places() {
    let issuer = Issuer::new("a");
    let mut events = Vec::new();
    for key in 0..2 {
        let block = Block::Thinking;
        events.push(Event::Open { key, block });
        events.push(text(key, "t"));
        let proof = Proof::minted(&issuer, ProofKind::Encrypted, "p");
        events.push(Event::Proof { key, proof });
        events.push(Event::Close { key });
    }
    events.push(Event::Open {
        key: 2,
        block: Block::Text,
    });
    for url in ["u", "v"] {
        let citation = Citation {
            url: Some(url.to_owned()),
            title: None,
            quote: None,
            range: None,
            value: Value::Null,
        };
        events.push(Event::Citation { key: 2, citation });
    }
    let chunks = written(false, &events);
    for field in ["reasoning_details", "annotations"] {
        let deltas = chunks
            .iter()
            .filter_map(|chunk| chunk["choices"][0]["delta"].get(field));
        let places: Vec<&Value> = deltas.map(|list| &list[0]["index"]).collect();
        assert_eq!(places, [0, 1], "{field}");
    }
    let sealed = &chunks[1]["choices"][0]["delta"]["reasoning_details"][0];
    assert_eq!(
        (&sealed["text"], &sealed["data"]),
        (&json!("t"), &json!("hz1.a.enc.cA"))
    );
}
