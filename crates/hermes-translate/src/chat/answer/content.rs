//! The text of a message: a string, or the parts of Mistral.

use serde_json::Value;

use super::{Answer, says_something};
use crate::read;
use crate::reply::{Block, Event};

pub(super) fn read(answer: &mut Answer, delta: &Value, place: &str, out: &mut Vec<Event>) {
    match delta.get("content") {
        Some(Value::String(text)) => text_of(answer, text, out),
        Some(Value::Array(parts)) => {
            for (number, part) in parts.iter().enumerate() {
                read_part(answer, part, number, place, out);
            }
        }
        // An object of one part.
        Some(part @ Value::Object(_)) => read_part(answer, part, 0, place, out),
        _ => {}
    }
    answer.cite(out);
}

fn text_of(answer: &mut Answer, text: &str, out: &mut Vec<Event>) {
    if text.is_empty() {
        return;
    }
    let pieces = answer.tag.push(text);
    answer.pieces(pieces, out);
}

fn read_part(answer: &mut Answer, part: &Value, number: usize, place: &str, out: &mut Vec<Event>) {
    if let Some(text) = part.as_str() {
        return text_of(answer, text, out);
    }
    match read::text(part, "type") {
        Some("text" | "output_text") => {
            text_of(answer, read::text(part, "text").unwrap_or_default(), out);
        }
        Some("thinking") => {
            let text = match part.get("thinking") {
                Some(Value::String(text)) => text.clone(),
                Some(Value::Array(parts)) => parts.iter().filter_map(|one| read::text(one, "text")).collect(),
                _ => String::new(),
            };
            answer.text(&Block::Thinking, None, &text, out);
        }
        Some("refusal") => {
            let text = read::text(part, "refusal").unwrap_or_default();
            answer.refused |= !text.is_empty();
            answer.text(&Block::Refusal, None, text, out);
        }
        _ if says_something(part) => {
            answer.drop(format!("choices[0].{place}.content[{number}]"), out);
        }
        _ => {}
    }
}
