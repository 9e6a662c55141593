//! Input items as turns.
//!
//! Items of the model stand side by side (thoughts, texts, calls); they make up one turn, since every other protocol has them so. A new
//! turn begins where the model speaks a second time.

use serde_json::Value;

use super::content;
use super::filled;
use crate::prompt::{Other, Part, PartKind, Prompt, Role, ToolCall, ToolResult, Turn};
use crate::proof::{Proof, ProofKind};
use crate::read::{others, path, said, text};
use crate::responses::items::reasoning_text;
use crate::unsupported::Unsupported;

/// Fields of every item that only tell the item apart at the provider.
const MARKS: &[&str] = &["id", "status"];

#[derive(Clone, Copy, PartialEq)]
enum Group {
    /// Of the model, and whether it has spoken in this turn.
    Model { spoke: bool },
    /// Results of tools.
    Results,
}

struct Reader<'a> {
    prompt: &'a mut Prompt,
    group: Option<Group>,
}

pub(super) fn read(body: &Value, prompt: &mut Prompt) -> Result<(), Unsupported> {
    let mut reader = Reader { prompt, group: None };
    match body.get("input") {
        None | Some(Value::Null) => {}
        Some(Value::String(input)) => {
            let part = Part::new(PartKind::Text(input.clone()), "input");
            reader.turn(Role::User, vec![part], "input");
        }
        Some(Value::Array(items)) => {
            for (number, item) in items.iter().enumerate() {
                reader.item(item, &format!("input[{number}]"))?;
            }
        }
        Some(_) => {
            return Err(Unsupported::invalid(
                "input",
                "has to be a text or a list of items",
            ));
        }
    }
    Ok(())
}

impl Reader<'_> {
    fn item(&mut self, item: &Value, at: &str) -> Result<(), Unsupported> {
        if let Value::String(input) = item {
            let part = Part::new(PartKind::Text(input.clone()), at);
            self.turn(Role::User, vec![part], at);
            return Ok(());
        }
        if !item.is_object() {
            return Err(Unsupported::invalid(at, "has to be an object"));
        }
        let kind = text(item, "type").unwrap_or(if item.get("role").is_some() { "message" } else { "" });
        match kind {
            "message" => self.message(item, at),
            "reasoning" => {
                self.reasoning(item, at);
                Ok(())
            }
            "function_call" | "custom_tool_call" => {
                self.call(item, kind == "custom_tool_call", at);
                Ok(())
            }
            "function_call_output" | "custom_tool_call_output" => {
                self.result(item, kind == "custom_tool_call_output", at)
            }
            "" => Err(Unsupported::invalid(at, "has neither a type nor a role")),
            kind => {
                self.foreign(item, kind, at);
                Ok(())
            }
        }
    }

    fn turn(&mut self, role: Role, parts: Vec<Part>, at: &str) {
        self.group = None;
        self.prompt.turns.push(Turn {
            role,
            parts,
            at: at.to_owned(),
        });
    }

    /// Adds to the turn of a group, or begins it.
    fn grouped(&mut self, group: Group, same: bool, part: Part, at: &str) {
        if same && let Some(turn) = self.prompt.turns.last_mut() {
            turn.parts.push(part);
        } else {
            let role = match group {
                Group::Model { .. } => Role::Assistant,
                Group::Results => Role::User,
            };
            self.turn(role, vec![part], at);
        }
        self.group = Some(group);
    }

    fn of_model(&mut self, part: Part, at: &str) {
        let (same, spoke) = match self.group {
            Some(Group::Model { spoke }) => (true, spoke),
            _ => (false, false),
        };
        self.grouped(Group::Model { spoke }, same, part, at);
    }

    fn message(&mut self, item: &Value, at: &str) -> Result<(), Unsupported> {
        let role = match text(item, "role").unwrap_or("user") {
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "system" => Role::System,
            "developer" => Role::Developer,
            _ => {
                return Err(Unsupported::invalid(
                    path(at, "role"),
                    "has to be user, assistant, system or developer",
                ));
            }
        };
        self.rest(item, &["type", "role", "content"], at);
        let parts = content::read(item.get("content"), &path(at, "content"), self.prompt)?;
        if role != Role::Assistant {
            self.turn(role, parts, at);
            return Ok(());
        }
        if matches!(self.group, Some(Group::Model { spoke: false }))
            && let Some(turn) = self.prompt.turns.last_mut()
        {
            turn.parts.extend(parts);
        } else {
            self.turn(role, parts, at);
        }
        self.group = Some(Group::Model { spoke: true });
        Ok(())
    }

    fn reasoning(&mut self, item: &Value, at: &str) {
        let known = ["type", "summary", "content", "encrypted_content"];
        self.rest(item, &known, at);
        for field in ["summary", "content"] {
            if let Some(value) = filled(item, field) {
                self.mark(path(at, field), value);
            }
        }
        let proof = said(item, "encrypted_content").map(|proof| Proof::read(proof, ProofKind::Encrypted));
        let text = reasoning_text(item);
        let kind = if proof.is_none() && text.is_empty() {
            // Only an id, of thoughts that the provider keeps.
            PartKind::Foreign {
                name: "reasoning".to_owned(),
                value: item.clone(),
            }
        } else {
            PartKind::Thinking { text, proof }
        };
        if matches!(self.group, Some(Group::Model { spoke: true })) {
            self.group = None;
        }
        self.of_model(Part::new(kind, at), at);
    }

    fn call(&mut self, item: &Value, custom: bool, at: &str) {
        let field = if custom { "input" } else { "arguments" };
        self.rest(item, &["type", "call_id", "name", "namespace", field], at);
        let arguments = match item.get(field) {
            Some(Value::String(arguments)) => arguments.clone(),
            None | Some(Value::Null) => String::new(),
            Some(other) => other.to_string(),
        };
        let call = ToolCall {
            id: said(item, "call_id")
                .or_else(|| said(item, "id"))
                .unwrap_or_default()
                .to_owned(),
            name: text(item, "name").unwrap_or_default().to_owned(),
            arguments,
            custom,
            namespace: said(item, "namespace").map(str::to_owned),
        };
        self.of_model(Part::new(PartKind::Call(call), at), at);
    }

    fn result(&mut self, item: &Value, custom: bool, at: &str) -> Result<(), Unsupported> {
        self.rest(item, &["type", "call_id", "output"], at);
        let parts = content::read(item.get("output"), &path(at, "output"), self.prompt)?;
        let result = ToolResult {
            id: text(item, "call_id").unwrap_or_default().to_owned(),
            name: None,
            parts,
            is_error: false,
            custom,
        };
        let same = self.group == Some(Group::Results);
        self.grouped(Group::Results, same, Part::new(PartKind::Result(result), at), at);
        Ok(())
    }

    fn foreign(&mut self, item: &Value, kind: &str, at: &str) {
        if matches!(kind, "item_reference" | "compaction" | "compaction_summary") {
            // It stands for a part of the conversation that only the provider can read.
            self.prompt.needs.push(Other {
                at: at.to_owned(),
                value: item.clone(),
            });
        }
        let part = Part::new(
            PartKind::Foreign {
                name: kind.to_owned(),
                value: item.clone(),
            },
            at,
        );
        if kind.ends_with("_output") || kind.ends_with("_response") {
            let same = self.group == Some(Group::Results);
            self.grouped(Group::Results, same, part, at);
        } else {
            self.of_model(part, at);
        }
    }

    fn mark(&mut self, at: String, value: &Value) {
        self.prompt.own.insert(at, value.clone());
    }

    /// The fields of an item that have no place of their own.
    fn rest(&mut self, item: &Value, known: &[&str], at: &str) {
        for field in MARKS {
            if let Some(value) = filled(item, field) {
                self.mark(path(at, field), value);
            }
        }
        let known: Vec<&str> = known.iter().chain(MARKS).copied().collect();
        self.prompt.others.extend(others(item, &known, at));
    }
}
