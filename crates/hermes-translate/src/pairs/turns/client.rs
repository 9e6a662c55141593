use hermes_core::Protocol;
use hermes_wire::SseDecoder;
use serde_json::{Value, json};

use crate::{chat, gemini, messages};

/// A client that keeps the history of its conversation, as the official SDKs do.
pub(super) struct Client {
    pub(super) protocol: Protocol,
    pub(super) body: Value,
}

impl Client {
    /// A client with two tools and a first question.
    pub(super) fn new(protocol: Protocol) -> Self {
        let schema = json!({"type": "object", "properties": {"turn": {"type": "integer"}}});
        let names = ["look", "find"];
        let body = match protocol {
            Protocol::AnthropicMessages => json!({
                "model": "m", "max_tokens": 4096, "thinking": {"type": "adaptive"},
                "tools": names.map(|name| json!({"name": name, "input_schema": schema})),
                "messages": [],
            }),
            Protocol::ChatCompletions => json!({
                "model": "m", "reasoning_effort": "high",
                "tools": names.map(|name| json!({"type": "function", "function": {"name": name, "parameters": schema}})),
                "messages": [],
            }),
            Protocol::Responses => json!({
                "model": "m", "store": false, "include": ["reasoning.encrypted_content"],
                "tools": names.map(|name| json!({"type": "function", "name": name, "parameters": schema})),
                "input": [],
            }),
            Protocol::Gemini => json!({
                "model": "m",
                "tools": [{"functionDeclarations": names.map(|name| json!({"name": name, "parametersJsonSchema": schema}))}],
                "contents": [],
            }),
        };
        let mut client = Self { protocol, body };
        client.ask("What is there?");
        client
    }

    fn history(&mut self) -> &mut Vec<Value> {
        let field = match self.protocol {
            Protocol::AnthropicMessages | Protocol::ChatCompletions => "messages",
            Protocol::Responses => "input",
            Protocol::Gemini => "contents",
        };
        self.body[field].as_array_mut().unwrap()
    }

    fn ask(&mut self, text: &str) {
        let question = match self.protocol {
            Protocol::Gemini => json!({"role": "user", "parts": [{"text": text}]}),
            _ => json!({"role": "user", "content": text}),
        };
        self.history().push(question);
    }

    /// Keeps an answer, runs its tools or asks on, and tells the ids of its calls.
    pub(super) fn take(&mut self, answer: &Value) -> Vec<String> {
        let calls = match self.protocol {
            Protocol::AnthropicMessages => {
                let content = answer["content"].clone();
                self.history()
                    .push(json!({"role": "assistant", "content": content}));
                found(&content, "tool_use", "id")
            }
            Protocol::ChatCompletions => {
                let message = answer["choices"][0]["message"].clone();
                self.history().push(message.clone());
                found(&message["tool_calls"], "function", "id")
            }
            Protocol::Responses => {
                let output = answer["output"].clone();
                self.history().extend(output.as_array().unwrap().iter().cloned());
                found(&output, "function_call", "call_id")
            }
            Protocol::Gemini => {
                let content = answer["candidates"][0]["content"].clone();
                self.history().push(content.clone());
                called(&content)
            }
        };
        if calls.is_empty() {
            self.ask("And then?");
        } else {
            self.results(&calls);
        }
        calls.into_iter().map(|call| call.0).collect()
    }

    fn results(&mut self, calls: &[(String, String)]) {
        let protocol = self.protocol;
        let result = |(id, name): &(String, String)| match protocol {
            Protocol::AnthropicMessages => {
                json!({"type": "tool_result", "tool_use_id": id, "content": "done"})
            }
            Protocol::ChatCompletions => json!({"role": "tool", "tool_call_id": id, "content": "done"}),
            Protocol::Responses => json!({"type": "function_call_output", "call_id": id, "output": "done"}),
            Protocol::Gemini => {
                json!({"functionResponse": {"id": id, "name": name, "response": {"output": "done"}}})
            }
        };
        let results: Vec<Value> = calls.iter().map(result).collect();
        match protocol {
            Protocol::AnthropicMessages => self.history().push(json!({"role": "user", "content": results})),
            Protocol::Gemini => self.history().push(json!({"role": "user", "parts": results})),
            _ => self.history().extend(results),
        }
    }
}

/// Ids and names of the calls in a list.
fn found(list: &Value, kind: &str, id: &str) -> Vec<(String, String)> {
    let entries = list.as_array().into_iter().flatten();
    let calls = entries.filter(|entry| entry["type"] == kind);
    calls
        .map(|call| {
            let name = call["name"]
                .as_str()
                .or_else(|| call["function"]["name"].as_str());
            (call[id].as_str().unwrap().to_owned(), name.unwrap().to_owned())
        })
        .collect()
}

fn called(content: &Value) -> Vec<(String, String)> {
    let parts = content["parts"].as_array().into_iter().flatten();
    let calls = parts
        .map(|part| &part["functionCall"])
        .filter(|call| call.is_object());
    calls
        .map(|call| {
            let text = |field: &str| call[field].as_str().unwrap_or_default().to_owned();
            (text("id"), text("name"))
        })
        .collect()
}

/// The answer that a client puts together of a stream, without the code under test.
pub(super) fn folded(protocol: Protocol, stream: &[u8]) -> Value {
    match protocol {
        Protocol::AnthropicMessages => messages::tests::order::message(stream).unwrap(),
        Protocol::ChatCompletions => chat::tests::gathered(stream).unwrap(),
        Protocol::Gemini => gemini::tests::recorded_streams::joined(std::str::from_utf8(stream).unwrap()),
        Protocol::Responses => {
            let mut decoder = SseDecoder::default();
            let last = decoder.push(stream).last().unwrap().unwrap();
            let event: Value = serde_json::from_str(&last.data).unwrap();
            assert_eq!(event["type"], "response.completed");
            event["response"].clone()
        }
    }
}
