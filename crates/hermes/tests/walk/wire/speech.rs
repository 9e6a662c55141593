//! What an answer says, whatever its protocol.

use hermes_core::Protocol;
use serde_json::{Value, json};

use super::Answer;

/// What the person's program gets to see.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Speech {
    pub(super) text: String,
    /// Names and arguments of the calls.
    pub(super) calls: Vec<(String, Value)>,
    pub(super) stop: String,
    /// Tokens in and out.
    pub(super) tokens: (u64, u64),
}

impl Speech {
    /// What the simulated models say to the question.
    pub(super) fn expected(client: Protocol) -> Self {
        let stop = match client {
            Protocol::AnthropicMessages => "tool_use",
            Protocol::ChatCompletions => "tool_calls",
            Protocol::Responses => "completed",
            Protocol::Gemini => "STOP",
        };
        Self {
            text: "Hello from the simulated model.".to_owned(),
            calls: vec![("weather".to_owned(), json!({"city": "Paris"}))],
            stop: stop.to_owned(),
            tokens: (12, 7),
        }
    }

    pub(super) fn of(client: Protocol, stream: bool, answer: &Answer) -> Self {
        if !stream {
            return whole(client, &answer.json());
        }
        let events = answer.events();
        match client {
            Protocol::AnthropicMessages => messages_stream(&events),
            Protocol::ChatCompletions => {
                assert!(answer.body.ends_with("data: [DONE]\n\n"), "{}", answer.body);
                chat_stream(&events)
            }
            Protocol::Responses => responses_stream(&events),
            Protocol::Gemini => gemini_stream(&events),
        }
    }
}

fn whole(client: Protocol, body: &Value) -> Speech {
    match client {
        Protocol::AnthropicMessages => messages(body),
        Protocol::ChatCompletions => chat(body),
        Protocol::Responses => responses(body),
        Protocol::Gemini => gemini(body),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn read(arguments: &Value) -> Value {
    serde_json::from_str(&text(arguments)).unwrap_or_else(|error| panic!("{error}: {arguments}"))
}

fn tokens(usage: &Value, names: (&str, &str)) -> (u64, u64) {
    let of = |name: &str| usage[name].as_u64().unwrap_or_default();
    (of(names.0), of(names.1))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn messages(body: &Value) -> Speech {
    let mut speech = Speech {
        stop: text(&body["stop_reason"]),
        tokens: tokens(&body["usage"], ("input_tokens", "output_tokens")),
        ..Speech::default()
    };
    for block in list(&body["content"]) {
        match block["type"].as_str() {
            Some("text") => speech.text.push_str(&text(&block["text"])),
            Some("tool_use") => speech.calls.push((text(&block["name"]), block["input"].clone())),
            // A proof without thoughts, which is not for people.
            Some("redacted_thinking") => {}
            other => panic!("{other:?} in {body}"),
        }
    }
    speech
}

fn messages_stream(events: &[Value]) -> Speech {
    let mut message = Value::Null;
    for event in events {
        let index = usize::try_from(event["index"].as_u64().unwrap_or_default()).expect("an index");
        match event["type"].as_str() {
            Some("message_start") => message = event["message"].clone(),
            Some("content_block_start") => {
                let content = message["content"].as_array_mut().expect("a list");
                assert_eq!(content.len(), index, "{event}");
                content.push(event["content_block"].clone());
            }
            Some("content_block_delta") => {
                let block = &mut message["content"][index];
                let (field, more) = match event["delta"]["type"].as_str() {
                    Some("text_delta") => ("text", text(&event["delta"]["text"])),
                    Some("input_json_delta") => ("json", text(&event["delta"]["partial_json"])),
                    other => panic!("{other:?}"),
                };
                block[field] = json!(text(&block[field]) + &more);
            }
            Some("content_block_stop") => {
                let block = &mut message["content"][index];
                if block["json"].is_string() {
                    block["input"] = read(&block["json"]);
                }
            }
            Some("message_delta") => {
                message["stop_reason"] = event["delta"]["stop_reason"].clone();
                for (name, value) in event["usage"].as_object().into_iter().flatten() {
                    message["usage"][name] = value.clone();
                }
            }
            Some("message_stop" | "ping") => {}
            other => panic!("{other:?} in {event}"),
        }
    }
    assert_eq!(
        events.last().map(|last| text(&last["type"])).as_deref(),
        Some("message_stop")
    );
    messages(&message)
}

fn chat(body: &Value) -> Speech {
    let choice = &body["choices"][0];
    let calls = list(&choice["message"]["tool_calls"]);
    Speech {
        text: text(&choice["message"]["content"]),
        calls: calls
            .map(|call| {
                (
                    text(&call["function"]["name"]),
                    read(&call["function"]["arguments"]),
                )
            })
            .collect(),
        stop: text(&choice["finish_reason"]),
        tokens: tokens(&body["usage"], ("prompt_tokens", "completion_tokens")),
    }
}

fn chat_stream(events: &[Value]) -> Speech {
    let (mut words, mut name, mut arguments) = (String::new(), String::new(), String::new());
    let mut speech = Speech::default();
    for event in events {
        for choice in list(&event["choices"]) {
            words.push_str(&text(&choice["delta"]["content"]));
            for call in list(&choice["delta"]["tool_calls"]) {
                name.push_str(&text(&call["function"]["name"]));
                arguments.push_str(&text(&call["function"]["arguments"]));
            }
            if choice["finish_reason"].is_string() {
                speech.stop = text(&choice["finish_reason"]);
            }
        }
        if event["usage"].is_object() {
            speech.tokens = tokens(&event["usage"], ("prompt_tokens", "completion_tokens"));
        }
    }
    speech.text = words;
    speech.calls = vec![(name, read(&json!(arguments)))];
    speech
}

fn responses(body: &Value) -> Speech {
    let mut speech = Speech {
        stop: text(&body["status"]),
        tokens: tokens(&body["usage"], ("input_tokens", "output_tokens")),
        ..Speech::default()
    };
    for item in list(&body["output"]) {
        match item["type"].as_str() {
            Some("message") => {
                for part in list(&item["content"]) {
                    speech.text.push_str(&text(&part["text"]));
                }
            }
            Some("function_call") => speech.calls.push((text(&item["name"]), read(&item["arguments"]))),
            // A proof without thoughts, which is not for people.
            Some("reasoning") => {}
            other => panic!("{other:?} in {body}"),
        }
    }
    speech
}

fn responses_stream(events: &[Value]) -> Speech {
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event["sequence_number"].as_u64(), Some(number as u64), "{event}");
    }
    let said: String = events
        .iter()
        .filter(|event| event["type"] == "response.output_text.delta")
        .map(|event| text(&event["delta"]))
        .collect();
    let last = events.last().expect("an event");
    assert_eq!(last["type"], "response.completed");
    let speech = responses(&last["response"]);
    assert_eq!(said, speech.text);
    speech
}

fn gemini(body: &Value) -> Speech {
    gemini_stream(std::slice::from_ref(body))
}

fn gemini_stream(chunks: &[Value]) -> Speech {
    let mut speech = Speech::default();
    for chunk in chunks {
        let candidate = &chunk["candidates"][0];
        for part in list(&candidate["content"]["parts"]) {
            speech.text.push_str(&text(&part["text"]));
            if let Some(call) = part.get("functionCall") {
                speech.calls.push((text(&call["name"]), call["args"].clone()));
            }
        }
        if candidate["finishReason"].is_string() {
            speech.stop = text(&candidate["finishReason"]);
        }
        if chunk["usageMetadata"].is_object() {
            speech.tokens = tokens(
                &chunk["usageMetadata"],
                ("promptTokenCount", "candidatesTokenCount"),
            );
        }
    }
    speech
}
