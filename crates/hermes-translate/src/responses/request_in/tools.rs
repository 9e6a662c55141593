//! Tools and which of them is to be called.

use serde_json::{Value, json};

use crate::prompt::{Choice, Prompt, Tool, ToolKind};
use crate::read::{flag, given, list, others, path, said, text};
use crate::unsupported::Unsupported;

pub(super) fn read(body: &Value, prompt: &mut Prompt) -> Result<(), Unsupported> {
    for (number, value) in list(body, "tools").iter().enumerate() {
        let at = format!("tools[{number}]");
        if text(value, "type") == Some("namespace") {
            namespace(value, &at, prompt)?;
        } else {
            prompt.tools.push(tool(value, None, &at)?);
        }
    }
    prompt.parallel = flag(body, "parallel_tool_calls");
    prompt.choice = given(body, "tool_choice").map(choice).transpose()?;
    Ok(())
}

fn namespace(value: &Value, at: &str, prompt: &mut Prompt) -> Result<(), Unsupported> {
    let name = said(value, "name").ok_or_else(|| Unsupported::invalid(path(at, "name"), "is missing"))?;
    prompt
        .others
        .extend(others(value, &["type", "name", "tools"], at));
    for (number, value) in list(value, "tools").iter().enumerate() {
        let at = format!("{at}.tools[{number}]");
        prompt.tools.push(tool(value, Some(name), &at)?);
    }
    Ok(())
}

fn tool(value: &Value, namespace: Option<&str>, at: &str) -> Result<Tool, Unsupported> {
    let kind = said(value, "type").ok_or_else(|| Unsupported::invalid(path(at, "type"), "is missing"))?;
    let name = || {
        let name = said(value, "name").map(str::to_owned);
        name.ok_or_else(|| Unsupported::invalid(path(at, "name"), "is missing"))
    };
    let (name, known, kind) = match kind {
        "function" => (
            name()?,
            ["type", "name", "description", "parameters", "strict"].as_slice(),
            ToolKind::Function {
                schema: given(value, "parameters").cloned().unwrap_or_else(no_arguments),
                strict: flag(value, "strict"),
            },
        ),
        "custom" => (
            name()?,
            ["type", "name", "description", "format"].as_slice(),
            ToolKind::Custom {
                format: given(value, "format").cloned(),
            },
        ),
        kind => return Ok(hosted(kind, value, namespace, at)),
    };
    Ok(Tool {
        kind,
        name,
        description: text(value, "description").map(str::to_owned),
        namespace: namespace.map(str::to_owned),
        cache: None,
        others: others(value, known, at),
        at: at.to_owned(),
    })
}

fn hosted(kind: &str, value: &Value, namespace: Option<&str>, at: &str) -> Tool {
    Tool {
        kind: ToolKind::Hosted(value.clone()),
        name: kind.to_owned(),
        description: None,
        namespace: namespace.map(str::to_owned),
        cache: None,
        others: Vec::new(),
        at: at.to_owned(),
    }
}

fn no_arguments() -> Value {
    json!({"type": "object", "properties": {}})
}

fn choice(value: &Value) -> Result<Choice, Unsupported> {
    if let Value::String(word) = value {
        return match word.as_str() {
            "auto" => Ok(Choice::Auto),
            "required" | "any" => Ok(Choice::Any),
            "none" => Ok(Choice::Never),
            _ => Err(Unsupported::invalid(
                "tool_choice",
                "has to be auto, required, none or an object",
            )),
        };
    }
    Ok(match text(value, "type") {
        Some(kind @ ("function" | "custom")) if said(value, "name").is_some() => Choice::Tool {
            name: text(value, "name").unwrap_or_default().to_owned(),
            custom: kind == "custom",
        },
        Some("allowed_tools") => allowed(value),
        _ => Choice::Hosted(value.clone()),
    })
}

fn allowed(value: &Value) -> Choice {
    let names: Option<Vec<String>> = list(value, "tools").iter().map(plain_name).collect();
    match names {
        Some(names) => Choice::Allowed {
            names,
            must: text(value, "mode") == Some("required"),
        },
        None => Choice::Hosted(value.clone()),
    }
}

/// The name of an allowed tool that the client runs.
fn plain_name(tool: &Value) -> Option<String> {
    matches!(text(tool, "type"), Some("function" | "custom")).then_some(())?;
    said(tool, "name").map(str::to_owned)
}
