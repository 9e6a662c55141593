use serde_json::{Map, Value, json};

use super::Writing;
use super::fields::Field;
use super::schema;
use crate::prompt::{Choice, Tool, ToolKind, free_text_schema};
use crate::read::{given, is_blank, others, text};
use crate::unsupported::Unsupported;

/// The search of the web that every model of Anthropic has.
const WEB_SEARCH: &str = "web_search_20250305";

impl Writing<'_> {
    pub(super) fn tools(&mut self) -> Result<Vec<Value>, Unsupported> {
        let prompt = self.prompt;
        let mut tools = Vec::new();
        for tool in &prompt.tools {
            if let Some(Choice::Allowed { names, .. }) = &prompt.choice
                && !names.contains(&tool.name)
            {
                continue;
            }
            let written = match &tool.kind {
                ToolKind::Function { schema, strict } => Some(self.function(tool, schema, *strict)?),
                ToolKind::Custom { format } => Some(self.custom(tool, format.as_ref())?),
                ToolKind::Hosted(value) => self.hosted(tool, value)?,
            };
            let Some(mut written) = written else { continue };
            self.mark(&mut written, tool.cache.as_deref(), &tool.at)?;
            self.extras.restore(&tool.at, &mut written);
            if self.native() {
                for other in &tool.others {
                    let field = other
                        .at
                        .strip_prefix(&tool.at)
                        .and_then(|rest| rest.strip_prefix('.'));
                    written[field.unwrap_or(&other.at)] = other.value.clone();
                }
            } else {
                for other in &tool.others {
                    self.dropped.add(&other.at)?;
                }
            }
            tools.push(written);
        }
        Ok(tools)
    }

    fn function(&mut self, tool: &Tool, schema: &Value, strict: Option<bool>) -> Result<Value, Unsupported> {
        let schema = if self.native() {
            schema.clone()
        } else {
            let (schema, lost) = schema::of_arguments(schema);
            for word in lost {
                self.dropped.add(format!("{}.parameters.{word}", tool.at))?;
            }
            schema
        };
        let mut written = self.named(tool, schema);
        match strict {
            Some(strict) if self.native() || strict => {
                if self.target.quirks.strict_tools == Some(false) {
                    self.dropped.add(format!("{}.strict", tool.at))?;
                } else {
                    written["strict"] = strict.into();
                }
            }
            _ => {}
        }
        Ok(written)
    }

    /// A tool of free text becomes a function with that text as its only argument.
    fn custom(&mut self, tool: &Tool, format: Option<&Value>) -> Result<Value, Unsupported> {
        if format.is_some_and(|format| text(format, "type") != Some("text")) {
            self.dropped.add(format!("{}.format", tool.at))?;
        }
        Ok(self.named(tool, free_text_schema()))
    }

    fn named(&self, tool: &Tool, schema: Value) -> Value {
        let name = self.names.sent(&tool.name, tool.namespace.as_deref());
        let mut written = Map::from_iter([("name".to_owned(), name.into())]);
        if let Some(description) = &tool.description {
            written.insert("description".to_owned(), description.as_str().into());
        }
        written.insert("input_schema".to_owned(), schema);
        written.into()
    }

    fn hosted(&mut self, tool: &Tool, value: &Value) -> Result<Option<Value>, Unsupported> {
        if self.target.quirks.refuses(&format!("tools.{}", tool.name)) {
            self.dropped.add(&tool.at)?;
            return Ok(None);
        }
        if self.native() {
            // What is no tool, and only travels as one, is put back where it stood.
            return Ok(tool.at.starts_with("tools[").then(|| value.clone()));
        }
        if searches(&tool.name) {
            return self.web_search(tool, value).map(Some);
        }
        if self.prompt.can_spare(tool) {
            self.dropped.add(&tool.at)?;
            return Ok(None);
        }
        let what = format!("the tool `{}`, which the provider runs,", tool.name);
        let way_out = "Leave it out, or use a provider that has it.";
        Err(Unsupported::new(&tool.at, &what, &self.target.name, way_out))
    }

    fn web_search(&mut self, tool: &Tool, value: &Value) -> Result<Value, Unsupported> {
        let mut written = json!({"type": WEB_SEARCH, "name": "web_search"});
        if let Some(location) = given(value, "user_location") {
            written["user_location"] = location.clone();
        }
        if let Some(filters) = given(value, "filters") {
            for field in ["allowed_domains", "blocked_domains"] {
                if let Some(domains) = given(filters, field) {
                    written[field] = domains.clone();
                }
            }
        }
        // The objects of Gemini and of Chat Completions hold nothing that is known here.
        for other in others(value, &["type", "name", "user_location", "filters"], &tool.at) {
            if !is_blank(&other.value) {
                self.dropped.add(other.at)?;
            }
        }
        Ok(written)
    }

    /// Which tool is to be called, and whether several at once.
    pub(super) fn choice(
        &mut self,
        body: &mut Map<String, Value>,
        has_tools: bool,
    ) -> Result<(), Unsupported> {
        let alone = self.prompt.parallel == Some(false);
        let mut choice = match &self.prompt.choice {
            Some(choice) => self.chosen(choice)?,
            None if alone => json!({"type": "auto"}),
            None => return Ok(()),
        };
        let kind = text(&choice, "type").unwrap_or_default().to_owned();
        // Without tools a choice is refused, and says nothing.
        if !has_tools && !self.native() && matches!(kind.as_str(), "auto" | "none") {
            return Ok(());
        }
        let told = self.prompt.parallel.filter(|parallel| !parallel || self.native());
        if let Some(parallel) = told
            && kind != "none"
        {
            choice["disable_parallel_tool_use"] = (!parallel).into();
        }
        body.insert("tool_choice".to_owned(), choice);
        Ok(())
    }

    fn chosen(&mut self, choice: &Choice) -> Result<Value, Unsupported> {
        let at = Field::Choice.at(self.prompt.client);
        Ok(match choice {
            Choice::Auto => json!({"type": "auto"}),
            Choice::Any => json!({"type": "any"}),
            Choice::Never => json!({"type": "none"}),
            Choice::Tool { name, .. } => json!({"type": "tool", "name": self.names.sent(name, None)}),
            Choice::Allowed { must, .. } => {
                // The other tools were left out, and with them what a cache held of them.
                self.dropped.add(at)?;
                json!({"type": if *must { "any" } else { "auto" }})
            }
            Choice::Hosted(value) if self.native() => value.clone(),
            Choice::Hosted(value) if text(value, "type").is_some_and(searches) => {
                json!({"type": "tool", "name": "web_search"})
            }
            Choice::Hosted(_) => {
                let way_out = "Let the model choose, or name a tool of the client.";
                return Err(Unsupported::new(
                    at,
                    "this choice of a tool",
                    &self.target.name,
                    way_out,
                ));
            }
        })
    }
}

/// Whether a hosted tool of any protocol searches the web.
fn searches(name: &str) -> bool {
    name.starts_with("web_search") || matches!(name, "googleSearch" | "google_search")
}
