//! Tools and the choice among them.

use serde_json::{Map, Value, json};

use super::{Job, content};
use crate::prompt::{Choice, Tool, ToolKind, free_text_schema};
use crate::read::path;
use crate::unsupported::Unsupported;

pub(super) fn write(job: &mut Job<'_>, body: &mut Map<String, Value>) -> Result<(), Unsupported> {
    let prompt = job.prompt;
    let listed = listed(job)?;
    let mut tools = Vec::new();
    for tool in &prompt.tools {
        if listed.as_ref().is_none_or(|names| names.contains(&tool.name)) {
            tools.extend(write_tool(job, tool)?);
        }
    }
    let any = !tools.is_empty();
    if any {
        body.insert("tools".to_owned(), tools.into());
    }
    if let Some(choice) = &prompt.choice {
        let idle = matches!(choice, Choice::Auto | Choice::Never);
        // Without tools there is nothing to choose, and OpenAI refuses a choice then.
        if any || !idle || job.same {
            let choice = write_choice(job, choice)?;
            body.insert("tool_choice".to_owned(), choice);
        }
    }
    if let Some(parallel) = prompt.parallel
        && (any || job.same)
    {
        body.insert("parallel_tool_calls".to_owned(), parallel.into());
    }
    Ok(())
}

fn takes_allowed(job: &Job<'_>) -> bool {
    job.same || job.takes("allowed_tools")
}

/// The only tools to be sent, where the upstream cannot be told which of them are allowed.
fn listed(job: &mut Job<'_>) -> Result<Option<Vec<String>>, Unsupported> {
    let Some(Choice::Allowed { names, .. }) = &job.prompt.choice else {
        return Ok(None);
    };
    if takes_allowed(job) {
        return Ok(None);
    }
    job.drop("tool_choice")?;
    Ok(Some(names.clone()))
}

fn write_tool(job: &mut Job<'_>, tool: &Tool) -> Result<Option<Value>, Unsupported> {
    let mut written = match &tool.kind {
        ToolKind::Function { schema, strict } => function(job, tool, schema, *strict)?,
        ToolKind::Custom { format } if job.keeps_custom() => custom(job, tool, format.as_ref()),
        ToolKind::Custom { format } => {
            if format.as_ref().is_some_and(|format| format["type"] != "text") {
                job.drop(path(&tool.at, "format"))?;
            }
            free_text(job, tool)
        }
        ToolKind::Hosted(value) => {
            if !job.same && job.prompt.can_spare(tool) {
                job.drop(tool.at.as_str())?;
                return Ok(None);
            }
            if !job.same {
                return Err(job.refuse(
                    &tool.at,
                    &format!("the tool `{}`, which its provider runs,", tool.name),
                    "Leave the tool out, or use a model whose provider has it.",
                ));
            }
            return Ok(Some(value.clone()));
        }
    };
    if let Some(lifetime) = &tool.cache {
        content::write_cache(job, lifetime, &tool.at, &mut written)?;
    }
    put_others(job, tool, &mut written)?;
    Ok(Some(written.into()))
}

fn named(job: &Job<'_>, tool: &Tool) -> Map<String, Value> {
    let name = job.names.sent(&tool.name, tool.namespace.as_deref());
    let mut inner = Map::from_iter([("name".to_owned(), name.into())]);
    if let Some(description) = &tool.description {
        inner.insert("description".to_owned(), description.as_str().into());
    }
    inner
}

fn tool_of(kind: &str, inner: Map<String, Value>) -> Map<String, Value> {
    Map::from_iter([("type".to_owned(), kind.into()), (kind.to_owned(), inner.into())])
}

fn function(
    job: &mut Job<'_>,
    tool: &Tool,
    schema: &Value,
    strict: Option<bool>,
) -> Result<Map<String, Value>, Unsupported> {
    let mut inner = named(job, tool);
    inner.insert("parameters".to_owned(), schema.clone());
    if job.target.quirks.strict_tools == Some(false) {
        if strict == Some(true) {
            let field = if job.same { "function.strict" } else { "strict" };
            job.drop(path(&tool.at, field))?;
        }
    } else if let Some(strict) = strict {
        inner.insert("strict".to_owned(), strict.into());
    }
    Ok(tool_of("function", inner))
}

/// A tool of free text as a function with one text, whose calls are turned back on the way down.
fn free_text(job: &Job<'_>, tool: &Tool) -> Map<String, Value> {
    let mut inner = named(job, tool);
    inner.insert("parameters".to_owned(), free_text_schema());
    tool_of("function", inner)
}

/// Responses keeps flat what this protocol nests.
fn custom(job: &Job<'_>, tool: &Tool, format: Option<&Value>) -> Map<String, Value> {
    let mut inner = named(job, tool);
    if let Some(format) = format {
        let written = match format {
            Value::Object(fields) if format["type"] == "grammar" => {
                let mut grammar = fields.clone();
                grammar.shift_remove("type");
                json!({"type": "grammar", "grammar": grammar})
            }
            other => other.clone(),
        };
        inner.insert("format".to_owned(), written);
    }
    tool_of("custom", inner)
}

fn put_others(job: &mut Job<'_>, tool: &Tool, written: &mut Map<String, Value>) -> Result<(), Unsupported> {
    for other in &tool.others {
        let Some(field) = other.at.strip_prefix(&format!("{}.", tool.at)) else {
            job.drop(other.at.as_str())?;
            continue;
        };
        let inner = ["function", "custom"]
            .iter()
            .find_map(|kind| Some((*kind, field.strip_prefix(&format!("{kind}."))?)));
        match (job.same, inner) {
            (false, _) => job.drop(other.at.as_str())?,
            (true, Some((kind, field))) => {
                if let Some(Value::Object(inner)) = written.get_mut(kind) {
                    inner.insert(field.to_owned(), other.value.clone());
                } else {
                    job.drop(other.at.as_str())?;
                }
            }
            (true, None) => {
                written.insert(field.to_owned(), other.value.clone());
            }
        }
    }
    Ok(())
}

fn write_choice(job: &mut Job<'_>, choice: &Choice) -> Result<Value, Unsupported> {
    Ok(match choice {
        Choice::Auto => "auto".into(),
        Choice::Any => "required".into(),
        Choice::Never => "none".into(),
        Choice::Tool { name, custom } => one(job, name, *custom),
        Choice::Allowed { names, must } => {
            let mode = if *must { "required" } else { "auto" };
            if !takes_allowed(job) {
                return Ok(mode.into());
            }
            let tools: Vec<Value> = names
                .iter()
                .map(|name| one(job, name, is_custom(job, name)))
                .collect();
            json!({"type": "allowed_tools", "allowed_tools": {"mode": mode, "tools": tools}})
        }
        Choice::Hosted(value) if job.same => value.clone(),
        Choice::Hosted(_) => {
            return Err(job.refuse(
                "tool_choice",
                "the choice of a tool that its provider runs",
                "Leave the choice out, or use a model whose provider has the tool.",
            ));
        }
    })
}

fn is_custom(job: &Job<'_>, name: &str) -> bool {
    let mut tools = job.prompt.tools.iter();
    tools.any(|tool| tool.name == name && matches!(tool.kind, ToolKind::Custom { .. }))
}

/// A tool by its name. The choice names no namespace; that of the tool is taken.
fn one(job: &Job<'_>, name: &str, custom: bool) -> Value {
    let tool = job.prompt.tools.iter().find(|tool| tool.name == name);
    let namespace = tool.and_then(|tool| tool.namespace.as_deref());
    let sent = job.names.sent(name, namespace);
    if custom && job.keeps_custom() {
        json!({"type": "custom", "custom": {"name": sent}})
    } else {
        json!({"type": "function", "function": {"name": sent}})
    }
}
