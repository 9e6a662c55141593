use serde_json::Value;

use super::blocks;
use crate::prompt::{Other, Prompt, Role, Turn};
use crate::read::{given, others, text};
use crate::unsupported::Unsupported;

/// The system text first, then the conversation.
pub(super) fn read(body: &Value, prompt: &mut Prompt) -> Result<(), Unsupported> {
    if let Some(system) = given(body, "system") {
        let parts = blocks::read(system, "system", prompt);
        prompt.turns.push(Turn {
            role: Role::System,
            parts,
            at: "system".to_owned(),
        });
    }
    let messages = body.get("messages").and_then(Value::as_array);
    let messages =
        messages.ok_or_else(|| Unsupported::invalid("messages", "has to be a list of messages"))?;
    for (index, message) in messages.iter().enumerate() {
        turn(message, format!("messages[{index}]"), prompt)?;
    }
    Ok(())
}

fn turn(message: &Value, at: String, prompt: &mut Prompt) -> Result<(), Unsupported> {
    let role = match text(message, "role") {
        Some("user") => Role::User,
        Some("assistant") => Role::Assistant,
        Some("system") => Role::System,
        _ => {
            let at = format!("{at}.role");
            return Err(Unsupported::invalid(
                at,
                "has to be `user`, `assistant` or `system`",
            ));
        }
    };
    let content = message.get("content").unwrap_or(&Value::Null);
    let parts = blocks::read(content, &format!("{at}.content"), prompt);
    let unknown: Vec<Other> = others(message, &["role", "content"], &at);
    prompt.others.extend(unknown);
    prompt.turns.push(Turn { role, parts, at });
    Ok(())
}
