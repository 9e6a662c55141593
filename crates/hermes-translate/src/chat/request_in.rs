//! A client's request.

mod controls;
mod fields;
mod media;
mod thoughts;
mod tools;
mod turns;

use hermes_core::Protocol;
use serde_json::{Map, Value};

use crate::prompt::Prompt;
use crate::read;
use crate::target::Target;
use crate::unsupported::Unsupported;
use fields::Fields;

/// Fields that are read whatever they hold; those whose value cannot be read are among the others.
const READ: [&str; 6] = [
    "model",
    "messages",
    "tools",
    "functions",
    "stream",
    "stream_options",
];

/// Fields that the common form holds under another name or form.
const OWN: [&str; 9] = [
    "max_tokens",
    "max_completion_tokens",
    "reasoning_effort",
    "reasoning",
    "thinking",
    "enable_thinking",
    "thinking_budget",
    "user",
    "safety_identifier",
];

/// Reads a request.
///
/// # Errors
/// Something in it that says what is wanted is not what the protocol asks for.
pub(crate) fn read_request(body: &Value) -> Result<Prompt, Unsupported> {
    let messages = body
        .get("messages")
        .and_then(Value::as_array)
        .ok_or_else(|| Unsupported::invalid("messages", "has to be a list of messages."))?;
    let mut fields = Fields::new(body);
    let mut prompt = Prompt {
        client: Some(Protocol::ChatCompletions),
        model: read::text(body, "model").unwrap_or_default().to_owned(),
        stream: read::flag(body, "stream").unwrap_or(false),
        own: own(body),
        ..Prompt::default()
    };
    tools::read(body, &mut fields, &mut prompt)?;
    controls::read(&mut fields, &mut prompt);
    let mut others = fields.rest(&READ);
    turns::read(messages, &mut prompt, &mut others)?;
    prompt.others = others;
    Ok(prompt)
}

fn own(body: &Value) -> Map<String, Value> {
    let fields = body.as_object().into_iter().flatten();
    let own = fields.filter(|(name, value)| OWN.contains(&name.as_str()) && !value.is_null());
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

/// Refuses what no other protocol can give and what the answer would be worthless without.
///
/// # Errors
/// An answer in sound is wanted.
pub(crate) fn refuse_elsewhere(prompt: &Prompt, target: &Target) -> Result<(), Unsupported> {
    let modalities = prompt.others.iter().find(|other| other.at == "modalities");
    let wanted = modalities.and_then(|other| other.value.as_array());
    let beyond = wanted
        .into_iter()
        .flatten()
        .any(|one| one.as_str() != Some("text"));
    if beyond {
        return Err(Unsupported::new(
            "modalities",
            "an answer that is more than text",
            &target.name,
            "Ask for text only, or use a model that is served over Chat Completions.",
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
