use serde_json::{Map, Value, json};

use crate::gemini::json::{camel, entry, get, members, others, text};
use crate::gemini::schema::to_json_schema;
use crate::prompt::{Choice, Other, Prompt, Tool, ToolKind};
use crate::read::path;

pub(super) fn read(body: &Value, prompt: &mut Prompt) {
    for (at, group) in members(body, "tools", "") {
        for (at, declaration) in members(group, "functionDeclarations", &at) {
            prompt.tools.push(function(declaration, &at));
        }
        let hosted = group.as_object().into_iter().flatten();
        for (name, value) in
            hosted.filter(|(name, value)| camel(name) != "functionDeclarations" && !value.is_null())
        {
            prompt.tools.push(Tool {
                kind: ToolKind::Hosted(json!({name.as_str(): value})),
                name: camel(name),
                description: None,
                namespace: None,
                cache: None,
                others: Vec::new(),
                at: path(&at, name),
            });
        }
    }
    choice(body, prompt);
}

fn function(declaration: &Value, at: &str) -> Tool {
    let schema = get(declaration, "parametersJsonSchema").cloned();
    let schema = schema.or_else(|| get(declaration, "parameters").map(to_json_schema));
    let known = ["name", "description", "parameters", "parametersJsonSchema"];
    Tool {
        kind: ToolKind::Function {
            schema: schema.unwrap_or_else(|| json!({"type": "object", "properties": Map::new()})),
            strict: None,
        },
        name: text(declaration, "name").unwrap_or_default().to_owned(),
        description: text(declaration, "description").map(str::to_owned),
        namespace: None,
        cache: None,
        others: others(declaration, &known, at),
        at: at.to_owned(),
    }
}

fn choice(body: &Value, prompt: &mut Prompt) {
    let Some((at, config)) = entry(body, "toolConfig") else {
        return;
    };
    prompt
        .others
        .extend(others(config, &["functionCallingConfig"], at));
    let Some((name, calling)) = entry(config, "functionCallingConfig") else {
        return;
    };
    let at = path(at, name);
    prompt
        .others
        .extend(others(calling, &["mode", "allowedFunctionNames"], &at));
    let mode = text(calling, "mode").unwrap_or_default().to_ascii_uppercase();
    prompt.choice = chosen(calling, &mode);
    // That arguments are held to their schemas has no counterpart as a mode.
    if mode == "VALIDATED" && prompt.choice == Some(Choice::Auto) {
        prompt.others.push(Other {
            at: path(&at, "mode"),
            value: Value::String(mode),
        });
    }
}

fn chosen(calling: &Value, mode: &str) -> Option<Choice> {
    let names = members(calling, "allowedFunctionNames", "");
    let names: Vec<String> = names
        .iter()
        .filter_map(|(_, name)| name.as_str().map(str::to_owned))
        .collect();
    match (mode, names.as_slice()) {
        ("NONE", _) => Some(Choice::Never),
        ("ANY", []) => Some(Choice::Any),
        ("ANY", [name]) => Some(Choice::Tool {
            name: name.clone(),
            custom: false,
        }),
        ("AUTO" | "VALIDATED", []) => Some(Choice::Auto),
        (_, []) => None,
        (mode, _) => Some(Choice::Allowed {
            names,
            must: mode == "ANY",
        }),
    }
}
