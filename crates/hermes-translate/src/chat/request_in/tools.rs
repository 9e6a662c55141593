//! Tools and the choice among them.

use serde_json::{Value, json};

use super::fields::Fields;
use super::media;
use crate::prompt::{Choice, Prompt, Tool, ToolKind};
use crate::read::{self, path};
use crate::unsupported::Unsupported;

pub(super) fn read(body: &Value, fields: &mut Fields<'_>, prompt: &mut Prompt) -> Result<(), Unsupported> {
    for (number, value) in read::list(body, "tools").iter().enumerate() {
        prompt.tools.push(tool(value, &format!("tools[{number}]"))?);
    }
    for (number, value) in read::list(body, "functions").iter().enumerate() {
        let at = format!("functions[{number}]");
        prompt.tools.push(function(value, value, &at, &at)?);
    }
    prompt.parallel = fields.flag("parallel_tool_calls");
    let newer = fields.take("tool_choice", |body, name| choice(body.get(name)?));
    let older = fields.take("function_call", |body, name| choice(body.get(name)?));
    prompt.choice = newer.or(older);
    Ok(())
}

fn tool(value: &Value, at: &str) -> Result<Tool, Unsupported> {
    let kind = read::text(value, "type");
    match (kind, value.get("function"), value.get("custom")) {
        (Some("function") | None, Some(inner), _) => function(value, inner, at, &path(at, "function")),
        (Some("custom"), _, Some(inner)) => custom(value, inner, at),
        (Some(kind), ..) => Ok(Tool {
            kind: ToolKind::Hosted(value.clone()),
            name: kind.to_owned(),
            ..empty(value, at)
        }),
        (None, None, _) => Err(Unsupported::invalid(at, "is no tool: it has no type.")),
    }
}

fn empty(value: &Value, at: &str) -> Tool {
    Tool {
        kind: ToolKind::Hosted(Value::Null),
        name: String::new(),
        description: None,
        namespace: None,
        cache: media::cache(value),
        others: Vec::new(),
        at: at.to_owned(),
    }
}

fn name(inner: &Value, at: &str) -> Result<String, Unsupported> {
    let name = read::said(inner, "name").map(str::to_owned);
    name.ok_or_else(|| Unsupported::invalid(path(at, "name"), "has to be the name of the tool."))
}

fn function(value: &Value, inner: &Value, at: &str, inner_at: &str) -> Result<Tool, Unsupported> {
    let schema = inner.get("parameters").filter(|schema| schema.is_object());
    let mut tool = Tool {
        kind: ToolKind::Function {
            schema: schema
                .cloned()
                .unwrap_or_else(|| json!({"type": "object", "properties": {}})),
            strict: read::flag(inner, "strict"),
        },
        name: name(inner, inner_at)?,
        description: read::text(inner, "description").map(str::to_owned),
        ..empty(value, at)
    };
    let known = ["name", "description", "parameters", "strict"];
    if at == inner_at {
        tool.others = read::others(value, &known, at);
    } else {
        let mut outer = media::CACHE.to_vec();
        outer.extend(["type", "function"]);
        tool.others = read::others(value, &outer, at);
        tool.others.extend(read::others(inner, &known, inner_at));
    }
    Ok(tool)
}

fn custom(value: &Value, inner: &Value, at: &str) -> Result<Tool, Unsupported> {
    let inner_at = path(at, "custom");
    let mut outer = media::CACHE.to_vec();
    outer.extend(["type", "custom"]);
    let mut others = read::others(value, &outer, at);
    others.extend(read::others(inner, &["name", "description", "format"], &inner_at));
    Ok(Tool {
        kind: ToolKind::Custom {
            format: read::given(inner, "format").map(flat_format),
        },
        name: name(inner, &inner_at)?,
        description: read::text(inner, "description").map(str::to_owned),
        others,
        ..empty(value, at)
    })
}

/// Chat Completions nests what Responses keeps flat: `{"type": "grammar", "grammar": {"syntax", "definition"}}`.
fn flat_format(format: &Value) -> Value {
    match (read::text(format, "type"), format.get("grammar")) {
        (Some("grammar"), Some(Value::Object(grammar))) => {
            let mut flat = grammar.clone();
            flat.insert("type".to_owned(), "grammar".into());
            flat.into()
        }
        _ => format.clone(),
    }
}

fn choice(value: &Value) -> Option<Choice> {
    if let Some(word) = value.as_str() {
        return match word {
            "auto" => Some(Choice::Auto),
            "none" => Some(Choice::Never),
            // Mistral's word.
            "required" | "any" => Some(Choice::Any),
            _ => None,
        };
    }
    if let Some((name, custom)) = named(value) {
        return Some(Choice::Tool { name, custom });
    }
    if read::text(value, "type") == Some("allowed_tools") {
        return allowed(value.get("allowed_tools").unwrap_or(value));
    }
    value.is_object().then(|| Choice::Hosted(value.clone()))
}

/// A tool by its name, in this protocol's form, that of Responses, or that of `function_call`.
fn named(value: &Value) -> Option<(String, bool)> {
    let kind = read::text(value, "type");
    if let Some(inner) = value.get("function") {
        return Some((read::said(inner, "name")?.to_owned(), false));
    }
    if let Some(inner) = value.get("custom") {
        return Some((read::said(inner, "name")?.to_owned(), true));
    }
    match kind {
        Some("function") | None => Some((read::said(value, "name")?.to_owned(), false)),
        Some("custom") => Some((read::said(value, "name")?.to_owned(), true)),
        _ => None,
    }
}

fn allowed(value: &Value) -> Option<Choice> {
    let tools = value.get("tools")?.as_array()?;
    let names: Option<Vec<String>> = tools
        .iter()
        .map(|tool| named(tool).map(|(name, _)| name))
        .collect();
    Some(Choice::Allowed {
        names: names?,
        must: read::text(value, "mode") == Some("required"),
    })
}
