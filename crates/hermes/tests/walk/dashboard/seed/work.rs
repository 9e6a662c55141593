//! What providers answer a person who works: streams with the tokens and the times of real ones.

use std::time::Duration;

use hermes_sim::{Answer, Part};
use serde_json::{Value, json};

/// How much faster than outside the time of this person passes.
pub(super) const HASTE: u32 = 100;

/// A turn of a conversation with a tool.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    /// Input tokens that were not in the cache.
    fresh: u64,
    /// Input tokens from the cache.
    cached: u64,
    /// Output tokens.
    out: u64,
}

impl Turn {
    /// One turn of many, none like the one before.
    pub(super) fn number(number: usize) -> Self {
        let spread = |of: u64, by: u64| (number as u64).wrapping_mul(by) % of;
        Self {
            fresh: 400 + 90 * spread(43, 17),
            cached: 2048 * spread(13, 7),
            out: 60 + 37 * spread(31, 11),
        }
    }

    /// The answer in the protocol of this path. Much input takes long to begin, much output long to end.
    pub(super) fn answer(self, path: &str, model: &str) -> Answer {
        let first = Duration::from_millis(280 + self.fresh / 4 + self.cached / 64);
        let rest = Duration::from_millis(self.out * 9);
        let (begin, end) = if path.ends_with("/messages") {
            self.messages(model)
        } else {
            self.chunks(model)
        };
        let answer = Answer::status(200).header("content-type", "text/event-stream; charset=utf-8");
        let answer = answer.text(&begin).part(Part::Pause(rest / HASTE)).text(&end);
        answer.after(first / HASTE)
    }

    fn messages(self, model: &str) -> (String, String) {
        let usage = json!({
            "input_tokens": self.fresh, "cache_read_input_tokens": self.cached, "cache_creation_input_tokens": 0, "output_tokens": 1,
        });
        let message = json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": [],
            "stop_reason": null, "stop_sequence": null, "usage": usage,
        });
        let begin = [
            json!({"type": "message_start", "message": message}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
            json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "It"}}),
        ];
        let end = [
            json!({"type": "content_block_stop", "index": 0}),
            json!({"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": null},
                   "usage": {"output_tokens": self.out}}),
            json!({"type": "message_stop"}),
        ];
        let event = |data: &Value| {
            let name = data["type"].as_str().unwrap_or_default();
            format!("event: {name}\ndata: {data}\n\n")
        };
        (begin.iter().map(event).collect(), end.iter().map(event).collect())
    }

    fn chunks(self, model: &str) -> (String, String) {
        let chunk = |choices: Value, usage: Value| {
            let data = json!({
                "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_700_000_000, "model": model,
                "choices": choices, "usage": usage,
            });
            format!("data: {data}\n\n")
        };
        let choice =
            |delta: Value, finish: Value| json!([{"index": 0, "delta": delta, "finish_reason": finish}]);
        let asked = self.fresh + self.cached;
        let usage = json!({
            "prompt_tokens": asked, "completion_tokens": self.out, "total_tokens": asked + self.out,
            "prompt_tokens_details": {"cached_tokens": self.cached},
        });
        let said = choice(json!({"role": "assistant", "content": "It"}), Value::Null);
        let ended = choice(json!({}), json!("stop"));
        let end = chunk(ended, Value::Null) + &chunk(json!([]), usage) + "data: [DONE]\n\n";
        (chunk(said, Value::Null), end)
    }
}

/// A refusal that is the request's own fault.
pub(super) fn refusal(status: u16, kind: &str, message: &str) -> Answer {
    Answer::json(
        status,
        &json!({"type": "error", "error": {"type": kind, "message": message}}),
    )
}
