mod blocks;
mod media;
mod thinking;
mod tools;
mod turns;

use hermes_core::Protocol;
use serde_json::Value;

use crate::prompt::{Format, Named, Other, Prompt, Sampling, Tier, Tool, ToolKind};
use crate::read::{flag, given, list, number, others, path, said, text, whole};
use crate::unsupported::Unsupported;

/// Fields that have a place in the common form, or one beside it.
const FIELDS: [&str; 21] = [
    "context_management",
    "max_tokens",
    "mcp_servers",
    "messages",
    "metadata",
    "model",
    "output_config",
    "output_format",
    "safeguards",
    "service_tier",
    "speed",
    "stop_sequences",
    "stream",
    "system",
    "temperature",
    "thinking",
    "thread",
    "tool_choice",
    "tools",
    "top_k",
    "top_p",
];

pub(crate) fn read_request(body: &Value) -> Result<Prompt, Unsupported> {
    let mut prompt = Prompt {
        client: Some(Protocol::AnthropicMessages),
        model: text(body, "model").unwrap_or_default().to_owned(),
        stream: flag(body, "stream") == Some(true),
        others: others(body, &FIELDS, ""),
        ..Prompt::default()
    };
    turns::read(body, &mut prompt)?;
    tools::read(body, &mut prompt);
    sampling(body, &mut prompt);
    thinking::read(body, &mut prompt);
    format(body, &mut prompt);
    metadata(body, &mut prompt);
    tier(body, &mut prompt);
    servers(body, &mut prompt);
    Ok(prompt)
}

fn sampling(body: &Value, prompt: &mut Prompt) {
    let stop = list(body, "stop_sequences").iter().filter_map(Value::as_str);
    prompt.sampling = Sampling {
        max_tokens: whole(body, "max_tokens"),
        temperature: number(body, "temperature"),
        top_p: number(body, "top_p"),
        top_k: number(body, "top_k"),
        stop: stop.map(str::to_owned).collect(),
        ..Sampling::default()
    };
    let read = &prompt.sampling;
    let odd = [
        ("max_tokens", read.max_tokens.is_none()),
        (
            "stop_sequences",
            !body.get("stop_sequences").is_some_and(Value::is_array),
        ),
        ("temperature", read.temperature.is_none()),
        ("top_p", read.top_p.is_none()),
        ("top_k", read.top_k.is_none()),
    ];
    let odd = odd.into_iter().filter(|(_, unread)| *unread);
    let odd: Vec<Other> = odd.filter_map(|(field, _)| other(body, field)).collect();
    prompt.others.extend(odd);
    if prompt.sampling.max_tokens == Some(0) {
        only_here(
            prompt,
            "max_tokens",
            "warming of a cache without an answer",
            Value::from(0),
        );
    }
}

fn format(body: &Value, prompt: &mut Prompt) {
    let Some(config) = given(body, "output_config") else {
        // The field of the beta, before `output_config` took it up.
        if let Some(old) = given(body, "output_format") {
            schema(old, "output_format", prompt);
        }
        return;
    };
    let unknown = others(config, &["effort", "format"], "output_config");
    prompt.others.extend(unknown);
    if let Some(format) = given(config, "format") {
        schema(format, "output_config.format", prompt);
    }
    prompt.others.extend(other(body, "output_format"));
}

fn schema(format: &Value, at: &str, prompt: &mut Prompt) {
    match (text(format, "type"), given(format, "schema")) {
        (Some("json_schema"), Some(schema)) => {
            prompt.format = Format::JsonSchema {
                name: None,
                description: None,
                schema: schema.clone(),
                strict: None,
            };
            let unknown = others(format, &["type", "schema"], at);
            prompt.others.extend(unknown);
        }
        _ => prompt.others.push(Other {
            at: at.to_owned(),
            value: format.clone(),
        }),
    }
}

fn metadata(body: &Value, prompt: &mut Prompt) {
    let Some(metadata) = given(body, "metadata") else {
        return;
    };
    if !metadata.is_object() {
        prompt.others.extend(other(body, "metadata"));
        return;
    }
    prompt.user = said(metadata, "user_id").map(|user| Named {
        at: "metadata.user_id".to_owned(),
        text: user.to_owned(),
    });
    let known: &[&str] = if prompt.user.is_some() { &["user_id"] } else { &[] };
    prompt.others.extend(others(metadata, known, "metadata"));
}

fn tier(body: &Value, prompt: &mut Prompt) {
    let tier = text(body, "service_tier").map(|tier| match tier {
        "auto" => Tier::Auto,
        "standard_only" => Tier::Standard,
        other => Tier::Named(other.to_owned()),
    });
    match text(body, "speed") {
        Some("fast") => {
            prompt.tier = Some(Tier::Priority);
            prompt.others.extend(other(body, "service_tier"));
        }
        Some("standard") => {
            prompt.tier = tier;
            prompt.own.insert("speed".to_owned(), "standard".into());
        }
        _ => {
            prompt.tier = tier;
            prompt.others.extend(other(body, "speed"));
        }
    }
}

/// What only the provider's own servers can do, and what an answer would be another one without.
fn servers(body: &Value, prompt: &mut Prompt) {
    for (index, server) in list(body, "mcp_servers").iter().enumerate() {
        let at = format!("mcp_servers[{index}]");
        only_here(prompt, &at, "an MCP server", server.clone());
    }
    for (field, what) in [
        ("mcp_servers", "a list of MCP servers"),
        ("safeguards", "the provider's own checks"),
        ("thread", "a conversation that the provider keeps"),
    ] {
        if let Some(value) = given(body, field) {
            prompt.own.insert(field.to_owned(), value.clone());
            if field != "mcp_servers" || !value.is_array() {
                only_here(prompt, field, what, value.clone());
            }
        }
    }
    if let Some(management) = given(body, "context_management") {
        compaction(management, prompt);
    }
}

/// Edits of the history only save tokens; but whoever asks for a summary waits for its block.
fn compaction(management: &Value, prompt: &mut Prompt) {
    let mut compacts = false;
    for (index, edit) in list(management, "edits").iter().enumerate() {
        if text(edit, "type").is_some_and(|kind| kind.starts_with("compact")) {
            let at = format!("context_management.edits[{index}]");
            only_here(prompt, &at, "compaction", edit.clone());
            compacts = true;
        }
    }
    let at = "context_management".to_owned();
    let value = management.clone();
    if compacts {
        prompt.own.insert(at, value);
    } else {
        prompt.others.push(Other { at, value });
    }
}

/// Notes something that no other protocol can do. It travels as a hosted tool, since every writer refuses those that it has no
/// counterpart for.
fn only_here(prompt: &mut Prompt, at: &str, what: &str, value: Value) {
    prompt.tools.push(Tool {
        kind: ToolKind::Hosted(value),
        name: what.to_owned(),
        description: None,
        namespace: None,
        cache: None,
        others: Vec::new(),
        at: at.to_owned(),
    });
}

/// A field of the body that could not be read, for its own protocol.
fn other(body: &Value, field: &str) -> Option<Other> {
    given(body, field).map(|value| Other {
        at: path("", field),
        value: value.clone(),
    })
}
