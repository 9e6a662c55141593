//! What goes wrong, and what a client of another protocol sees of it.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::Protocol;
use hermes_sim::{Answer as Sent, Part};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::{ALL, Answer, Stage, model, path, place, prompt};

/// Pairs of a client and a provider that speaks something else.
fn pairs() -> impl Iterator<Item = (Protocol, Protocol)> {
    ALL.into_iter()
        .flat_map(|client| ALL.into_iter().map(move |upstream| (client, upstream)))
        .filter(|(client, upstream)| client != upstream)
}

/// An error as the provider writes it.
fn error(upstream: Protocol, status: u16, message: &str) -> Value {
    match upstream {
        Protocol::AnthropicMessages => {
            json!({"type": "error", "error": {"type": "invalid_request_error", "message": message}})
        }
        Protocol::ChatCompletions | Protocol::Responses => {
            json!({"error": {"message": message, "type": "invalid_request_error", "param": null, "code": null}})
        }
        Protocol::Gemini => json!({"error": {"code": status, "message": message, "status": "UNKNOWN"}}),
    }
}

/// The shape of an error: where its type stands, and its message.
fn told(client: Protocol, body: &Value) -> (String, String) {
    let kind = match client {
        Protocol::Gemini => {
            assert!(body["error"]["code"].is_u64(), "{body}");
            &body["error"]["status"]
        }
        Protocol::AnthropicMessages => {
            assert_eq!(body["type"], "error", "{body}");
            &body["error"]["type"]
        }
        Protocol::ChatCompletions | Protocol::Responses => &body["error"]["type"],
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    (text(kind), text(&body["error"]["message"]))
}

/// The event that ends a failed stream.
fn end_of_stream(client: Protocol, answer: &Answer) -> (String, String) {
    let events = answer.events();
    assert!(!answer.body.contains("[DONE]"), "{}", answer.body);
    let last = events.last().expect("an event").clone();
    if client != Protocol::Responses {
        return told(client, &last);
    }
    assert_eq!(last["type"], "response.failed", "{last}");
    let error = &last["response"]["error"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let nested = events
        .iter()
        .find(|event| event["type"] == "error")
        .expect("an error event");
    (text(&nested["error"]["type"]), text(&error["message"]))
}

#[tokio::test]
async fn error_of_the_provider_is_told_in_the_words_of_the_client() {
    let stage = Stage::new().await;
    for (client, upstream) in pairs() {
        for status in [400, 404, 500, 529] {
            let message = format!("told {status}");
            for stream in [false, true] {
                let (host, at) = place(upstream, stream);
                let sent = Sent::json(status, &error(upstream, status, &message));
                stage.lab.sim.script().always(host, at, sent);
                // The same question within a moment is not asked again.
                let model = model(upstream);
                let mut body = prompt(client, &model, stream);
                body["tools"].take();
                let text = body.to_string().replace("Paris?", &format!("Paris, {status}?"));
                let body = serde_json::from_str(&text).expect("JSON");
                let answer = stage.send(&path(client, &model, stream), &body, &[]).await;
                let expected = hermes_wire::error_status(client, status);
                assert_eq!(
                    answer.status, expected,
                    "{client:?} {upstream:?}: {}",
                    answer.body
                );
                let (kind, said) = told(client, &answer.json());
                assert_eq!(
                    kind,
                    hermes_wire::error_type(client, status),
                    "{client:?} {upstream:?}"
                );
                assert_eq!(said, message, "{client:?} {upstream:?}");
                assert!(!answer.body.contains("canary"), "{}", answer.body);
                assert!(
                    answer.header("x-hermes-translated").is_some(),
                    "{:?}",
                    answer.headers
                );
            }
        }
    }
}

#[tokio::test]
async fn error_inside_a_stream_ends_it_in_the_words_of_the_client() {
    let stage = Stage::new().await;
    for (client, upstream) in pairs() {
        let (host, at) = place(upstream, true);
        let whole = begun(upstream);
        let event = match upstream {
            Protocol::AnthropicMessages => format!(
                "event: error\ndata: {}\n\n",
                json!({"type": "error", "error": {"type": "api_error", "message": "broken inside"}})
            ),
            Protocol::Responses => format!(
                "event: error\ndata: {}\n\n",
                json!({"type": "error", "code": "server_error", "message": "broken inside", "param": null, "sequence_number": 9})
            ),
            Protocol::ChatCompletions | Protocol::Gemini => {
                format!("data: {}\n\n", error(upstream, 500, "broken inside"))
            }
        };
        let events = whole.into_iter().chain([event]);
        stage.lab.sim.script().next(host, at, Sent::events(events));
        let answer = stage.ask(client, upstream, true).await;
        assert_eq!(answer.status, 200, "{client:?} {upstream:?}: {}", answer.body);
        assert!(answer.body.contains("Hello"), "{}", answer.body);
        let (_, said) = end_of_stream(client, &answer);
        assert_eq!(said, "broken inside", "{client:?} {upstream:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn stream_that_is_cut_ends_with_an_error() {
    let stage = Stage::new().await;
    for (client, upstream) in pairs() {
        for part in [Some(Part::Cut), None] {
            let (host, at) = place(upstream, true);
            let mut sent = Sent::events(begun(upstream));
            if let Some(part) = part.clone() {
                sent = sent.part(part);
            }
            stage.lab.sim.script().next(host, at, sent);
            let answer = stage.ask(client, upstream, true).await;
            assert_eq!(answer.status, 200, "{client:?} {upstream:?}: {}", answer.body);
            let (_, said) = end_of_stream(client, &answer);
            assert!(
                said.contains("answer"),
                "{client:?} {upstream:?} {part:?}: {said}"
            );
        }
    }
}

#[tokio::test]
async fn silent_stream_shows_signs_of_life() {
    let stage = Arc::new(Stage::new().await);
    let asked = pairs().map(|(client, upstream)| {
        let (host, at) = place(upstream, true);
        // The time of the providers runs 200 times as fast as that of the gateway's timers.
        let pause = Part::Pause(Duration::from_secs(20 * 200));
        stage
            .lab
            .sim
            .script()
            .next(host, at, Sent::events(begun(upstream)).part(pause));
        let stage = Arc::clone(&stage);
        tokio::spawn(async move { (client, upstream, stage.ask(client, upstream, true).await) })
    });
    for asked in asked.collect::<Vec<_>>() {
        let (client, upstream, answer) = asked.await.expect("an answer");
        let alive = match client {
            Protocol::AnthropicMessages => "event: ping",
            Protocol::ChatCompletions | Protocol::Responses => "\n: ",
            Protocol::Gemini => "\n\n\n",
        };
        assert!(
            answer.body.contains(alive),
            "{client:?} {upstream:?}: {}",
            answer.body
        );
    }
}

/// The first words of an answer.
fn begun(upstream: Protocol) -> Vec<String> {
    let named = |events: &[Value]| {
        let lines = events.iter().map(|event| {
            let kind = event["type"].as_str().unwrap_or_default();
            format!("event: {kind}\ndata: {event}\n\n")
        });
        lines.collect::<Vec<_>>()
    };
    match upstream {
        Protocol::AnthropicMessages => named(&[
            json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [],
                "stop_reason": null, "stop_sequence": null, "usage": {"input_tokens": 12, "output_tokens": 1}}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hello"}}),
        ]),
        Protocol::ChatCompletions => {
            let chunk = json!({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m",
                "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hello"}, "finish_reason": null}]});
            vec![format!("data: {chunk}\n\n")]
        }
        Protocol::Responses => named(&[
            json!({"type": "response.created", "sequence_number": 0, "response": {"id": "resp_1", "object": "response", "created_at": 1,
                "model": "m", "status": "in_progress", "output": []}}),
            json!({"type": "response.output_item.added", "sequence_number": 1, "output_index": 0,
                "item": {"type": "message", "id": "msg_1", "role": "assistant", "status": "in_progress", "content": []}}),
            json!({"type": "response.content_part.added", "sequence_number": 2, "output_index": 0, "content_index": 0, "item_id": "msg_1",
                "part": {"type": "output_text", "text": "", "annotations": []}}),
            json!({"type": "response.output_text.delta", "sequence_number": 3, "output_index": 0, "content_index": 0, "item_id": "msg_1",
                "delta": "Hello"}),
        ]),
        Protocol::Gemini => {
            let chunk = json!({"candidates": [{"content": {"parts": [{"text": "Hello"}], "role": "model"}, "index": 0}], "modelVersion": "m"});
            vec![format!("data: {chunk}\r\n\r\n")]
        }
    }
}

#[tokio::test]
async fn refused_login_is_no_refusal_of_the_client_key() {
    for (status, upstream) in [401, 403, 429]
        .into_iter()
        .flat_map(|status| ALL.map(|one| (status, one)))
    {
        let stage = Stage::new().await;
        for stream in [false, true] {
            let (host, at) = place(upstream, stream);
            let mut sent = Sent::json(status, &error(upstream, status, "no"));
            if status == 429 {
                sent = sent.header("retry-after", "3600");
            }
            stage.lab.sim.script().always(host, at, sent);
        }
        for client in ALL.into_iter().filter(|client| *client != upstream) {
            let answer = stage.ask(client, upstream, false).await;
            let ours = answer.status;
            // Waiting helps only where the provider said how long.
            let wanted: &[u16] = match status {
                401 => &[400],
                403 => &[400, 403],
                _ => &[429],
            };
            assert!(
                wanted.contains(&ours),
                "{client:?} {upstream:?} {status}: {ours} {}",
                answer.body
            );
            let (kind, _) = told(client, &answer.json());
            let usual = match (client, ours) {
                (Protocol::Gemini, 400) => "FAILED_PRECONDITION",
                _ => hermes_wire::error_type(client, ours),
            };
            assert_eq!(kind, usual, "{client:?} {upstream:?}");
            assert_eq!(
                answer.header("x-should-retry"),
                Some("false"),
                "{client:?} {upstream:?} {status}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_left_out_is_named_and_refused_where_nothing_may_be() {
    let stage = Stage::new().await;
    for (client, upstream) in pairs() {
        let mut body = prompt(client, &model(upstream), false);
        let place = match client {
            Protocol::AnthropicMessages => {
                body["tools"][0]["input_examples"] = json!([{"city": "Rome"}]);
                "tools[0].input_examples"
            }
            Protocol::ChatCompletions => {
                body["prediction"] = json!({"type": "content", "content": "x"});
                "prediction"
            }
            Protocol::Responses => {
                body["truncation"] = json!("auto");
                "truncation"
            }
            Protocol::Gemini => {
                body["safetySettings"] =
                    json!([{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_NONE"}]);
                "safetySettings"
            }
        };
        let path = path(client, &model(upstream), false);
        let answer = stage.send(&path, &body, &[]).await;
        assert_eq!(answer.status, 200, "{client:?} {upstream:?}: {}", answer.body);
        assert_eq!(
            answer.header("x-hermes-dropped"),
            Some(place),
            "{client:?} {upstream:?}"
        );
        let answer = stage.send(&path, &body, &[("x-hermes-strict", "true")]).await;
        assert_eq!(answer.status, 400, "{client:?} {upstream:?}: {}", answer.body);
        let (_, said) = told(client, &answer.json());
        assert!(said.contains(place), "{said}");
    }
}

#[tokio::test]
async fn config_file_can_refuse_every_loss() {
    let stage = Stage::of(Stage::lab_with("[gateway]\nstrict = true\n").await).await;
    let (client, upstream) = (Protocol::AnthropicMessages, Protocol::ChatCompletions);
    let model = model(upstream);
    let mut body = prompt(client, &model, false);
    let path = path(client, &model, false);
    assert_eq!(stage.send(&path, &body, &[]).await.status, 200);
    body["tools"][0]["input_examples"] = json!([{"city": "Rome"}]);
    let answer = stage.send(&path, &body, &[]).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(answer.body.contains("tools[0].input_examples"), "{}", answer.body);
}

#[tokio::test]
async fn tokens_are_counted_for_every_client() {
    let stage = Stage::new().await;
    for upstream in ALL {
        for client in [Protocol::AnthropicMessages, Protocol::Responses, Protocol::Gemini] {
            let model = model(upstream);
            let (path, field) = match client {
                Protocol::AnthropicMessages => ("/v1/messages/count_tokens".to_owned(), "input_tokens"),
                Protocol::Responses => ("/v1/responses/input_tokens".to_owned(), "input_tokens"),
                _ => (format!("/v1beta/models/{model}:countTokens"), "totalTokens"),
            };
            let answer = stage.send(&path, &prompt(client, &model, false), &[]).await;
            assert_eq!(answer.status, 200, "{client:?} {upstream:?}: {}", answer.body);
            let count = answer.json()[field].as_u64().unwrap_or_default();
            assert!(count > 0, "{client:?} {upstream:?}: {}", answer.body);
            let estimated = (client != upstream).then_some("true");
            if client != Protocol::Responses {
                assert_eq!(
                    answer.header("x-hermes-estimated"),
                    estimated,
                    "{client:?} {upstream:?}"
                );
            }
        }
    }
}
