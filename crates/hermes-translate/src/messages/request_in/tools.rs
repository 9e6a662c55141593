use serde_json::{Value, json};

use super::blocks;
use crate::prompt::{Choice, Other, Prompt, Tool, ToolKind};
use crate::read::{flag, given, list, others, text};

/// The tools, and which of them is to be called.
pub(super) fn read(body: &Value, prompt: &mut Prompt) {
    for (index, value) in list(body, "tools").iter().enumerate() {
        let at = format!("tools[{index}]");
        if value.is_object() {
            prompt.tools.push(tool(value, at));
        } else {
            let value = value.clone();
            prompt.others.push(Other { at, value });
        }
    }
    if let Some(value) = given(body, "tool_choice") {
        choice(value, prompt);
    }
}

fn tool(value: &Value, at: String) -> Tool {
    let typed = text(value, "type").filter(|kind| *kind != "custom");
    if let Some(kind) = typed {
        return Tool {
            kind: ToolKind::Hosted(value.clone()),
            name: kind.to_owned(),
            description: None,
            namespace: None,
            cache: None,
            others: Vec::new(),
            at,
        };
    }
    let known = ["type", "name", "description", "input_schema", "strict"];
    let cache = blocks::cache(value);
    let mut unknown = others(value, &known, &at);
    if cache.is_some() {
        unknown.retain(|other| !other.at.ends_with(".cache_control"));
    }
    let schema = given(value, "input_schema").cloned();
    Tool {
        kind: ToolKind::Function {
            schema: schema.unwrap_or_else(|| json!({"type": "object", "properties": {}})),
            strict: flag(value, "strict"),
        },
        name: text(value, "name").unwrap_or_default().to_owned(),
        description: text(value, "description").map(str::to_owned),
        namespace: None,
        cache,
        others: unknown,
        at,
    }
}

fn choice(value: &Value, prompt: &mut Prompt) {
    let kind = value.as_str().or_else(|| text(value, "type"));
    let name = text(value, "name");
    prompt.choice = Some(match (kind, name) {
        (Some("auto"), _) => Choice::Auto,
        (Some("any"), _) => Choice::Any,
        (Some("none"), _) => Choice::Never,
        (Some("tool"), Some(name)) => Choice::Tool {
            name: name.to_owned(),
            custom: false,
        },
        _ => {
            prompt.choice = Some(Choice::Hosted(value.clone()));
            return;
        }
    });
    prompt.parallel = flag(value, "disable_parallel_tool_use").map(|disabled| !disabled);
    let known = ["type", "name", "disable_parallel_tool_use"];
    prompt.others.extend(others(value, &known, "tool_choice"));
}
