mod controls;
mod conversation;
mod tools;

use hermes_catalog::Quirks;
use hermes_core::Protocol;
use serde_json::{Value, json};

use crate::chat::request_out::write_request;
use crate::chat::tests::target;
use crate::dropped::Dropped;
use crate::names::Names;
use crate::prompt::{Part, PartKind, Prompt, Role, Tool, ToolCall, ToolKind, ToolResult, Turn};
use crate::unsupported::Unsupported;

fn prompt(turns: Vec<(Role, Vec<PartKind>)>) -> Prompt {
    let turns = turns.into_iter().enumerate();
    Prompt {
        client: Some(Protocol::AnthropicMessages),
        model: "claude".to_owned(),
        turns: turns
            .map(|(number, (role, parts))| Turn {
                role,
                at: format!("messages[{number}]"),
                parts: parts
                    .into_iter()
                    .enumerate()
                    .map(|(place, kind)| Part::new(kind, format!("messages[{number}].content[{place}]")))
                    .collect(),
            })
            .collect(),
        ..Prompt::default()
    }
}

fn asking() -> Prompt {
    prompt(vec![(Role::User, vec![text("a")])])
}

fn text(text: &str) -> PartKind {
    PartKind::Text(text.to_owned())
}

fn call(id: &str, name: &str) -> PartKind {
    PartKind::Call(ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: "{ \"x\": 1.0 }".to_owned(),
        custom: false,
        namespace: None,
    })
}

fn result(id: &str, parts: Vec<PartKind>, is_error: bool) -> PartKind {
    let parts = parts.into_iter().map(|kind| Part::new(kind, "inner")).collect();
    PartKind::Result(ToolResult {
        id: id.to_owned(),
        name: None,
        parts,
        is_error,
        custom: false,
    })
}

fn tool(name: &str) -> Tool {
    Tool {
        kind: ToolKind::Function {
            schema: json!({"type": "object"}),
            strict: Some(true),
        },
        name: name.to_owned(),
        description: Some("d".to_owned()),
        namespace: None,
        cache: None,
        others: Vec::new(),
        at: "tools[0]".to_owned(),
    }
}

fn taken(fields: &[&str]) -> Quirks {
    Quirks {
        taken: Some(fields.iter().map(|field| (*field).to_owned()).collect()),
        ..Quirks::default()
    }
}

fn written_with(prompt: &Prompt, quirks: Quirks) -> Result<(Value, Vec<String>), Unsupported> {
    let keeps_custom = quirks.takes("custom_tools");
    let names = Names::new(&prompt.tools, keeps_custom);
    let mut dropped = Dropped::new(false);
    let body = write_request(prompt, &target(quirks), &names, &mut dropped)?;
    Ok((body, dropped.paths().to_vec()))
}

fn written(prompt: &Prompt) -> (Value, Vec<String>) {
    written_with(prompt, Quirks::default()).unwrap()
}
