use serde_json::Value;

use super::{join, parts};
use crate::gemini::json::{entry, members, others, text};
use crate::prompt::{Part, PartKind, Prompt, Role, Turn};
use crate::unsupported::Unsupported;

/// Reads the instructions and the conversation.
pub(super) fn read(body: &Value, prompt: &mut Prompt) -> Result<(), Unsupported> {
    if let Some((name, value)) = entry(body, "systemInstruction") {
        let turn = turn(value, Role::System, name, prompt)?;
        prompt.turns.push(turn);
    }
    for (at, value) in members(body, "contents", "") {
        let role = role(value, &at)?;
        let turn = turn(value, role, &at, prompt)?;
        prompt.turns.push(turn);
    }
    join::fragments(prompt);
    join::name_calls(&mut prompt.turns);
    Ok(())
}

fn role(content: &Value, at: &str) -> Result<Role, Unsupported> {
    match text(content, "role") {
        None | Some("" | "user" | "function" | "tool") => Ok(Role::User),
        Some("model" | "assistant") => Ok(Role::Assistant),
        Some("system") => Ok(Role::System),
        Some(_) => Err(Unsupported::invalid(
            format!("{at}.role"),
            "is neither `user` nor `model`",
        )),
    }
}

fn turn(content: &Value, role: Role, at: &str, prompt: &mut Prompt) -> Result<Turn, Unsupported> {
    let mut turn = Turn {
        role,
        parts: Vec::new(),
        at: at.to_owned(),
    };
    match content {
        Value::String(text) => turn.parts.push(Part::new(PartKind::Text(text.clone()), at)),
        Value::Object(_) => {
            for (at, value) in members(content, "parts", at) {
                parts::read(value, &at, &mut turn.parts, &mut prompt.others)?;
            }
            prompt.others.extend(others(content, &["role", "parts"], at));
        }
        _ => return Err(Unsupported::invalid(at, "is no content with `role` and `parts`")),
    }
    Ok(turn)
}
