use serde_json::{Map, Value, json};

use super::{Request, names, rest};
use crate::dropped::Dropped;
use crate::gemini::schema::to_schema;
use crate::prompt::{Choice, Tool, ToolKind, free_text_schema};
use crate::read::is_blank;
use crate::unsupported::Unsupported;

pub(super) fn write(
    request: Request<'_>,
    body: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let (mut groups, mut functions): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    let mut any = false;
    for tool in &request.prompt.tools {
        if tool.cache.is_some() {
            let field = names::cache_field(request.prompt.client);
            dropped.add(format!("{}.{field}", tool.at))?;
        }
        if let ToolKind::Hosted(value) = &tool.kind {
            close(&mut functions, &mut groups);
            groups.extend(hosted(request, tool, value, dropped)?);
        } else if offered(request, tool) {
            functions.push(function(request, tool, dropped)?);
            any = true;
        }
    }
    close(&mut functions, &mut groups);
    if !groups.is_empty() {
        body.insert("tools".to_owned(), Value::Array(groups));
    }
    if let Some(calling) = choice(request, any, dropped)? {
        body.insert("toolConfig".to_owned(), json!({"functionCallingConfig": calling}));
    }
    if request.prompt.parallel == Some(false) {
        dropped.add(request.at("parallel"))?;
    }
    Ok(())
}

fn close(functions: &mut Vec<Value>, groups: &mut Vec<Value>) {
    if !functions.is_empty() {
        groups.push(json!({"functionDeclarations": std::mem::take(functions)}));
    }
}

/// Where only some may be called but none has to be, only those are told of.
fn offered(request: Request<'_>, tool: &Tool) -> bool {
    match &request.prompt.choice {
        Some(Choice::Allowed { names, must: false }) if !request.own() => names.contains(&tool.name),
        _ => true,
    }
}

fn function(request: Request<'_>, tool: &Tool, dropped: &mut Dropped) -> Result<Value, Unsupported> {
    let free = free_text_schema();
    let schema = match &tool.kind {
        ToolKind::Function { schema, strict } => {
            if *strict == Some(true) {
                dropped.add(format!("{}.strict", tool.at))?;
            }
            schema
        }
        ToolKind::Custom { format } => {
            if format.is_some() {
                dropped.add(format!("{}.format", tool.at))?;
            }
            &free
        }
        ToolKind::Hosted(value) => value,
    };
    let mut fields = Map::new();
    let name = request.names.sent(&tool.name, tool.namespace.as_deref());
    fields.insert("name".to_owned(), name.into());
    if let Some(description) = &tool.description {
        fields.insert("description".to_owned(), description.as_str().into());
    }
    parameters(request, tool, schema, &mut fields, dropped)?;
    for other in &tool.others {
        match other.at.strip_prefix(&format!("{}.", tool.at)) {
            Some(name) if request.own() => rest::set(&mut fields, name, other),
            _ => dropped.add(&other.at)?,
        }
    }
    Ok(Value::Object(fields))
}

fn parameters(
    request: Request<'_>,
    tool: &Tool,
    schema: &Value,
    fields: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    if schema.is_null() {
        return Ok(());
    }
    if !request
        .target
        .quirks
        .refuses("tools.functionDeclarations.parametersJsonSchema")
    {
        fields.insert("parametersJsonSchema".to_owned(), schema.clone());
        return Ok(());
    }
    let mut lost = Vec::new();
    let schema = to_schema(schema, &format!("{}.parameters", tool.at), &mut lost);
    for path in lost {
        dropped.add(path)?;
    }
    fields.insert("parameters".to_owned(), schema);
    Ok(())
}

/// Fields of a search that keep it to some sites.
const NARROWED: [&str; 3] = ["allowed_domains", "blocked_domains", "filters"];

/// Tools that the provider runs: a search and the running of code have counterparts.
fn hosted(
    request: Request<'_>,
    tool: &Tool,
    value: &Value,
    dropped: &mut Dropped,
) -> Result<Option<Value>, Unsupported> {
    if request.own() {
        return Ok(Some(value.clone()));
    }
    let searches = tool.name.starts_with("web_search");
    let runs = tool.name.starts_with("code_execution") || tool.name == "code_interpreter";
    let fields = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !is_blank(value));
    for (name, _) in fields {
        let at = format!("{}.{name}", tool.at);
        if NARROWED.contains(&name.as_str()) {
            return Err(request.unsupported(at, "a search of some sites only", "Leave it out."));
        }
        if (searches || runs) && !["type", "name"].contains(&name.as_str()) {
            dropped.add(at)?;
        }
    }
    match (searches, runs) {
        (true, _) => Ok(Some(json!({"googleSearch": {}}))),
        (_, true) => Ok(Some(json!({"codeExecution": {}}))),
        _ if request.prompt.can_spare(tool) => {
            dropped.add(tool.at.clone())?;
            Ok(None)
        }
        _ => Err(request.unsupported(
            &tool.at,
            &format!("the tool `{}` of your provider", tool.name),
            "Leave it out, or give a function of your own.",
        )),
    }
}

fn choice(request: Request<'_>, any: bool, dropped: &mut Dropped) -> Result<Option<Value>, Unsupported> {
    let sent = |name: &str| {
        let tool = request.prompt.tools.iter().find(|tool| tool.name == name);
        request
            .names
            .sent(name, tool.and_then(|tool| tool.namespace.as_deref()))
    };
    let calling = match &request.prompt.choice {
        None => return Ok(None),
        // Nothing is decided where there is nothing to call.
        Some(Choice::Auto | Choice::Never) if !any && !request.own() => return Ok(None),
        Some(Choice::Auto) => json!({"mode": "AUTO"}),
        Some(Choice::Any) => json!({"mode": "ANY"}),
        Some(Choice::Never) => json!({"mode": "NONE"}),
        Some(Choice::Tool { name, .. }) => json!({"mode": "ANY", "allowedFunctionNames": [sent(name)]}),
        Some(Choice::Allowed { names, must }) => {
            let names: Vec<String> = names.iter().map(|name| sent(name)).collect();
            match (must, request.own()) {
                (true, _) => json!({"mode": "ANY", "allowedFunctionNames": names}),
                (false, true) => json!({"mode": "VALIDATED", "allowedFunctionNames": names}),
                (false, false) => {
                    dropped.add(request.at("toolConfig"))?;
                    json!({"mode": "AUTO"})
                }
            }
        }
        Some(Choice::Hosted(_)) => {
            let at = request.at("toolConfig");
            return Err(request.unsupported(
                at,
                "the choice of a tool of your provider",
                "Choose a function.",
            ));
        }
    };
    Ok(Some(calling))
}
