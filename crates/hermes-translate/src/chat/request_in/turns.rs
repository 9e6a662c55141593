//! The conversation.

use std::collections::HashMap;

use serde_json::Value;

use super::{media, thoughts};
use crate::prompt::{Other, Part, PartKind, Prompt, Role, ToolCall, ToolResult, Turn};
use crate::read::{self, path};
use crate::unsupported::Unsupported;

/// What later messages need to know of earlier ones.
#[derive(Default)]
struct History {
    /// Ids of calls of free-form tools.
    custom: Vec<String>,
    /// Ids made up for the calls of `function_call`, by the name of the function.
    functions: HashMap<String, String>,
}

pub(super) fn read(
    messages: &[Value],
    prompt: &mut Prompt,
    others: &mut Vec<Other>,
) -> Result<(), Unsupported> {
    let mut history = History::default();
    for (number, message) in messages.iter().enumerate() {
        let at = format!("messages[{number}]");
        if !message.is_object() {
            return Err(Unsupported::invalid(at, "has to be a message."));
        }
        let turn = turn(message, &at, number, &mut history, others)?;
        prompt.turns.push(turn);
        // It says nothing, but some upstreams want it there (Moonshot, DeepSeek).
        if message.get("reasoning_content").is_some_and(|text| text == "") {
            prompt.own.insert(path(&at, "reasoning_content"), "".into());
        }
    }
    Ok(())
}

fn turn(
    message: &Value,
    at: &str,
    number: usize,
    history: &mut History,
    others: &mut Vec<Other>,
) -> Result<Turn, Unsupported> {
    let role = read::text(message, "role").unwrap_or_default();
    let mut known = vec!["role", "content"];
    let (role, parts) = match role {
        "system" => (Role::System, content(message, at, others)?),
        "developer" => (Role::Developer, content(message, at, others)?),
        "user" => (Role::User, content(message, at, others)?),
        "assistant" => {
            known.extend(["refusal", "tool_calls", "function_call"]);
            known.extend(thoughts::FIELDS);
            (Role::Assistant, assistant(message, at, number, history, others)?)
        }
        "tool" | "function" => {
            known.extend(["tool_call_id", "name"]);
            let result = result(message, at, role == "function", history, others)?;
            (Role::User, vec![Part::new(PartKind::Result(result), at)])
        }
        _ => {
            return Err(Unsupported::invalid(
                path(at, "role"),
                "has to be system, developer, user, assistant or tool.",
            ));
        }
    };
    others.extend(read::others(message, &known, at));
    Ok(Turn {
        role,
        parts,
        at: at.to_owned(),
    })
}

fn content(message: &Value, at: &str, others: &mut Vec<Other>) -> Result<Vec<Part>, Unsupported> {
    let at = path(at, "content");
    match message.get("content") {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![Part::new(PartKind::Text(text.clone()), at)]),
        Some(Value::Array(parts)) => Ok(parts
            .iter()
            .enumerate()
            .map(|(number, part)| media::part(part, &format!("{at}[{number}]"), others))
            .collect()),
        Some(_) => Err(Unsupported::invalid(at, "has to be a text or a list of parts.")),
    }
}

fn assistant(
    message: &Value,
    at: &str,
    number: usize,
    history: &mut History,
    others: &mut Vec<Other>,
) -> Result<Vec<Part>, Unsupported> {
    let mut parts = thoughts::read(message, at);
    let content = content(message, at, others)?;
    parts.extend(content.into_iter().filter(|part| !is_empty_text(part)));
    if let Some(text) = read::said(message, "refusal") {
        parts.push(Part::new(PartKind::Refusal(text.to_owned()), path(at, "refusal")));
    }
    for (index, value) in read::list(message, "tool_calls").iter().enumerate() {
        let at = format!("{at}.tool_calls[{index}]");
        parts.extend(thoughts::of_call(value, &at));
        let call = call(value, &at, others)?;
        if call.custom {
            history.custom.push(call.id.clone());
        }
        parts.push(Part::new(PartKind::Call(call), at));
    }
    if let Some(value) = read::given(message, "function_call") {
        let mut call = function(value, &path(at, "function_call"))?;
        call.id = format!("call_function{number}");
        history.functions.insert(call.name.clone(), call.id.clone());
        parts.push(Part::new(PartKind::Call(call), path(at, "function_call")));
    }
    Ok(parts)
}

fn is_empty_text(part: &Part) -> bool {
    matches!(&part.kind, PartKind::Text(text) if text.is_empty())
}

fn call(value: &Value, at: &str, others: &mut Vec<Other>) -> Result<ToolCall, Unsupported> {
    let known = ["id", "type", "function", "custom", "index", "extra_content"];
    others.extend(read::others(value, &known, at));
    let is_custom = read::text(value, "type") == Some("custom");
    let mut call = match (value.get("custom").filter(|_| is_custom), value.get("function")) {
        (Some(inner), _) => ToolCall {
            id: String::new(),
            name: name(inner, &path(at, "custom"))?,
            arguments: text_of(inner.get("input")),
            custom: true,
            namespace: None,
        },
        (None, Some(inner)) => function(inner, &path(at, "function"))?,
        (None, None) => return Err(Unsupported::invalid(at, "is no call of a function.")),
    };
    read::text(value, "id")
        .unwrap_or_default()
        .clone_into(&mut call.id);
    let (kind, known) = if call.custom {
        ("custom", ["name", "input"])
    } else {
        ("function", ["name", "arguments"])
    };
    if let Some(inner) = value.get(kind) {
        others.extend(read::others(inner, &known, &path(at, kind)));
    }
    Ok(call)
}

fn name(inner: &Value, at: &str) -> Result<String, Unsupported> {
    let name = read::said(inner, "name").map(str::to_owned);
    name.ok_or_else(|| Unsupported::invalid(path(at, "name"), "has to be the name of a tool."))
}

fn function(inner: &Value, at: &str) -> Result<ToolCall, Unsupported> {
    Ok(ToolCall {
        id: String::new(),
        name: name(inner, at)?,
        arguments: text_of(inner.get("arguments")),
        custom: false,
        namespace: None,
    })
}

/// Arguments are a text; some clients send the object itself.
fn text_of(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn result(
    message: &Value,
    at: &str,
    is_function: bool,
    history: &History,
    others: &mut Vec<Other>,
) -> Result<ToolResult, Unsupported> {
    let name = read::said(message, "name").map(str::to_owned);
    let id = if is_function {
        let known = name.as_ref().and_then(|name| history.functions.get(name));
        known.cloned().unwrap_or_default()
    } else {
        read::text(message, "tool_call_id").unwrap_or_default().to_owned()
    };
    Ok(ToolResult {
        custom: history.custom.contains(&id),
        id,
        name,
        parts: content(message, at, others)?,
        is_error: false,
    })
}
