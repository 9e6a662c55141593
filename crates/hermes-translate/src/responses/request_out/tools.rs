//! Tools and which of them is to be called.

use serde_json::{Value, json};

use super::Request;
use crate::prompt::{Choice, Tool, ToolKind, free_text_schema};
use crate::read::{is_blank, list, path, text};
use crate::unsupported::Unsupported;

impl Request<'_> {
    pub(super) fn keeps_custom(&self) -> bool {
        !self.target.quirks.refuses("tools.custom")
    }

    /// Only a client of Responses has namespaces.
    fn keeps_namespaces(&self) -> bool {
        self.own && !self.target.quirks.refuses("tools.namespace")
    }

    /// The name of a tool, and its namespace where the upstream knows them.
    pub(super) fn tool_name(&self, name: &str, namespace: Option<&str>) -> (String, Option<String>) {
        if self.keeps_namespaces() {
            (name.to_owned(), namespace.map(str::to_owned))
        } else {
            (self.names.sent(name, namespace), None)
        }
    }

    pub(super) fn tools(&mut self) -> Result<(), Unsupported> {
        let prompt = self.prompt;
        let mut tools: Vec<Value> = Vec::new();
        for tool in &prompt.tools {
            let Some(value) = self.tool(tool)? else { continue };
            match &tool.namespace {
                Some(namespace) if self.keeps_namespaces() => nest(&mut tools, namespace, value),
                _ => tools.push(value),
            }
        }
        if !tools.is_empty() {
            self.put("tools", "tools", tools)?;
        }
        if let Some(choice) = &prompt.choice {
            let choice = self.choice(choice)?;
            self.put("tool_choice", self.path("tool_choice"), choice)?;
        }
        if let Some(parallel) = prompt.parallel {
            self.put("parallel_tool_calls", self.path("parallel_tool_calls"), parallel)?;
        }
        Ok(())
    }

    fn tool(&mut self, tool: &Tool) -> Result<Option<Value>, Unsupported> {
        if tool.cache.is_some() {
            self.drop(self.cache_path(&tool.at))?;
        }
        let (name, _) = self.tool_name(&tool.name, tool.namespace.as_deref());
        let mut value = match &tool.kind {
            ToolKind::Hosted(hosted) => return self.hosted(tool, hosted),
            ToolKind::Function { schema, strict } => {
                let mut value = json!({"type": "function", "name": name});
                self.strict(tool, *strict, &mut value)?;
                value["parameters"] = schema.clone();
                value
            }
            ToolKind::Custom { format } if self.keeps_custom() => {
                let mut value = json!({"type": "custom", "name": name});
                if let Some(format) = format {
                    value["format"] = format.clone();
                }
                value
            }
            ToolKind::Custom { format } => {
                if format.is_some() {
                    self.drop(path(&tool.at, "format"))?;
                }
                free_text(&name)
            }
        };
        if let Some(description) = &tool.description {
            value["description"] = description.clone().into();
        }
        self.rest(tool, &mut value)?;
        Ok(Some(value))
    }

    /// Responses takes a tool without a word for a strict one, and changes its schema; the other protocols do not.
    fn strict(&mut self, tool: &Tool, strict: Option<bool>, value: &mut Value) -> Result<(), Unsupported> {
        if self.target.quirks.strict_tools == Some(false) {
            if strict == Some(true) {
                self.drop(path(&tool.at, "strict"))?;
            }
            return Ok(());
        }
        if let Some(strict) = strict.or((!self.own).then_some(false)) {
            value["strict"] = strict.into();
        }
        Ok(())
    }

    fn rest(&mut self, tool: &Tool, value: &mut Value) -> Result<(), Unsupported> {
        for other in &tool.others {
            let field = other
                .at
                .strip_prefix(&tool.at)
                .and_then(|rest| rest.strip_prefix('.'));
            match field {
                Some(field) if self.own || (field == "defer_loading" && self.searches()) => {
                    value[field] = other.value.clone();
                }
                _ => self.drop(other.at.clone())?,
            }
        }
        Ok(())
    }

    /// Whether the upstream gets a tool that finds deferred ones; without it nobody would ever load them.
    fn searches(&self) -> bool {
        self.prompt.tools.iter().any(|tool| tool.name == "tool_search")
    }

    fn hosted(&mut self, tool: &Tool, hosted: &Value) -> Result<Option<Value>, Unsupported> {
        if self.own {
            return Ok(Some(hosted.clone()));
        }
        let search = tool.name.starts_with("web_search")
            || matches!(tool.name.as_str(), "googleSearch" | "google_search");
        if !search && self.prompt.can_spare(tool) {
            self.drop(tool.at.clone())?;
            return Ok(None);
        }
        if !search {
            return Err(Unsupported::new(
                &tool.at,
                &format!("the tool `{}`", tool.name),
                &self.target.name,
                "Leave the tool out, or give one that you run yourself.",
            ));
        }
        let mut value = json!({"type": "web_search"});
        let settings = hosted.as_object().into_iter().flatten();
        for (field, setting) in settings.filter(|(_, setting)| !is_blank(setting)) {
            match field.as_str() {
                "type" | "name" => {}
                "allowed_domains" => value["filters"] = json!({"allowed_domains": setting}),
                "user_location" => value["user_location"] = setting.clone(),
                field => self.drop(path(&tool.at, field))?,
            }
        }
        Ok(Some(value))
    }

    fn choice(&mut self, choice: &Choice) -> Result<Value, Unsupported> {
        Ok(match choice {
            Choice::Auto => "auto".into(),
            Choice::Any => "required".into(),
            Choice::Never => "none".into(),
            Choice::Tool { name, custom } => self.chosen(name, *custom),
            Choice::Allowed { names, must } => {
                let tools: Vec<Value> = names.iter().map(|name| self.chosen(name, false)).collect();
                let mode = if *must { "required" } else { "auto" };
                json!({"type": "allowed_tools", "mode": mode, "tools": tools})
            }
            Choice::Hosted(value) if self.own => value.clone(),
            Choice::Hosted(_) => {
                return Err(Unsupported::new(
                    self.path("tool_choice"),
                    "a tool of the provider",
                    &self.target.name,
                    "Let the model choose.",
                ));
            }
        })
    }

    fn chosen(&self, name: &str, custom: bool) -> Value {
        let tool = self.prompt.tools.iter().find(|tool| tool.name == name);
        let custom = custom || tool.is_some_and(|tool| matches!(tool.kind, ToolKind::Custom { .. }));
        let namespace = tool.and_then(|tool| tool.namespace.as_deref());
        let (name, _) = self.tool_name(name, namespace);
        let kind = if custom && self.keeps_custom() {
            "custom"
        } else {
            "function"
        };
        json!({"type": kind, "name": name})
    }
}

/// A tool of free text as a function with one text; the answer is turned back.
fn free_text(name: &str) -> Value {
    json!({
        "type": "function",
        "name": name,
        "strict": false,
        "parameters": free_text_schema(),
    })
}

/// Adds a tool to its namespace, which stands where its first tool did.
fn nest(tools: &mut Vec<Value>, namespace: &str, tool: Value) {
    let found = tools
        .iter_mut()
        .find(|one| text(one, "type") == Some("namespace") && text(one, "name") == Some(namespace));
    match found {
        Some(found) => {
            let mut inside = list(found, "tools").to_vec();
            inside.push(tool);
            found["tools"] = inside.into();
        }
        None => tools.push(json!({"type": "namespace", "name": namespace, "tools": [tool]})),
    }
}
