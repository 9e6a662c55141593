//! Turns as input items.

use serde_json::{Value, json};

use super::content::Place;
use super::system::is_system;
use super::{Item, Request};
use crate::prompt::{Part, PartKind, Role, ToolCall, ToolResult, Turn};
use crate::proof::{Proof, ProofKind};
use crate::unsupported::Unsupported;

use crate::ids::Ids;

/// Items as they are written, and the message that is open for further parts.
#[derive(Default)]
struct Out {
    items: Vec<Item>,
    ids: Ids,
    open: Option<Message>,
}

struct Message {
    role: String,
    parts: Vec<Value>,
    at: String,
    /// Whether all of it was one text.
    plain: bool,
}

impl Request<'_> {
    pub(super) fn items(&mut self) -> Result<Vec<Item>, Unsupported> {
        let prompt = self.prompt;
        self.no_prefill()?;
        let mut out = Out {
            ids: Ids::new(self.target.quirks.call_ids, self.own),
            ..Out::default()
        };
        for (number, turn) in prompt.turns.iter().enumerate() {
            if !self.is_instructions(number) {
                self.turn(turn, &mut out)?;
            }
            out.end();
        }
        if out.items.is_empty() && !self.own {
            let at = self.path("input");
            return Err(Unsupported::invalid(at, "holds nothing that can be sent"));
        }
        Ok(out.items)
    }

    /// An answer that the client began is not one that the model would go on with.
    fn no_prefill(&self) -> Result<(), Unsupported> {
        let Some(last) = self.prompt.turns.last() else {
            return Ok(());
        };
        let calls = last
            .parts
            .iter()
            .any(|part| matches!(part.kind, PartKind::Call(_)));
        if last.role != Role::Assistant || calls || self.own || self.target.quirks.prefill == Some(true) {
            return Ok(());
        }
        Err(Unsupported::new(
            &last.at,
            "the beginning of an answer",
            &self.target.name,
            "End the conversation with a message of the user.",
        ))
    }

    fn turn(&mut self, turn: &Turn, out: &mut Out) -> Result<(), Unsupported> {
        let role = match turn.role {
            Role::System | Role::Developer => self.system_role(turn.role),
            Role::User => "user".to_owned(),
            Role::Assistant => "assistant".to_owned(),
        };
        if turn.parts.is_empty() && self.own {
            out.message(&role, &turn.at);
        }
        for part in &turn.parts {
            self.part(turn, &role, part, out)?;
        }
        Ok(())
    }

    fn part(&mut self, turn: &Turn, role: &str, part: &Part, out: &mut Out) -> Result<(), Unsupported> {
        match &part.kind {
            PartKind::Thinking { text, proof } => self.thinking(part, text, proof.as_ref(), out),
            // Empty texts mean nothing where they came from.
            PartKind::Text(text) if text.is_empty() && !self.own => Ok(()),
            PartKind::Call(call) => self.call(part, call, out),
            PartKind::Result(result) => self.result(part, result, out),
            // Thoughts that only the provider keeps are nothing where their id counts for nothing.
            PartKind::Foreign { name, .. }
                if name == "reasoning" && self.target.quirks.refuses("input.id") =>
            {
                self.drop(part.at.clone())
            }
            PartKind::Foreign { value, .. } if self.own && item_of(&part.at) == part.at => {
                out.push(&part.at, value.clone());
                Ok(())
            }
            _ => {
                let place = match turn.role {
                    Role::Assistant => Place::Answer,
                    _ if is_system(turn) => Place::Instructions,
                    _ => Place::Question,
                };
                let Some(value) = self.content(part, place)? else {
                    return Ok(());
                };
                // With a list of parts the official types ask for an id of an answer, which nobody has here.
                let answer = place == Place::Answer && matches!(part.kind, PartKind::Text(_));
                let plain = if self.own { !part.at.ends_with(']') } else { answer };
                out.add(role, item_of(&part.at), value, plain);
                Ok(())
            }
        }
    }

    fn thinking(
        &mut self,
        part: &Part,
        text: &str,
        proof: Option<&Proof>,
        out: &mut Out,
    ) -> Result<(), Unsupported> {
        let texts = |kind: &str| match text {
            "" => json!([]),
            text => json!([{"type": kind, "text": text}]),
        };
        if let Some(data) = proof.and_then(|proof| self.valid(proof)) {
            let item = json!({
                "type": "reasoning", "summary": texts("summary_text"), "encrypted_content": data,
            });
            out.push(&part.at, item);
            return Ok(());
        }
        if text.is_empty() {
            return if proof.is_none() {
                Ok(())
            } else {
                self.drop(part.at.clone())
            };
        }
        let mut item = json!({"type": "reasoning", "summary": []});
        match self.target.quirks.thoughts_field.as_deref() {
            None => return self.drop(part.at.clone()),
            Some("summary") => item["summary"] = texts("summary_text"),
            Some(_) => item["content"] = texts("reasoning_text"),
        }
        // The protocol asks for an id; of thoughts in the open nobody looks it up.
        if !self.own && !self.target.quirks.refuses("input.id") {
            item["id"] = format!("rs_{}", out.items.len()).into();
        }
        out.push(&part.at, item);
        Ok(())
    }

    /// The proof, if it is one that the upstream minted. A bare one of a client of the same protocol was passed on as it was.
    fn valid<'p>(&self, proof: &'p Proof) -> Option<&'p str> {
        if self.own && proof.issuer.is_none() && proof.kind == ProofKind::Encrypted {
            return Some(&proof.data);
        }
        proof.for_issuer(&self.target.issuer, ProofKind::Encrypted)
    }

    fn call(&mut self, part: &Part, call: &ToolCall, out: &mut Out) -> Result<(), Unsupported> {
        let id = out.ids.call(&call.id, &call.name);
        let (name, namespace) = self.tool_name(&call.name, call.namespace.as_deref());
        let custom = call.custom && self.keeps_custom();
        let (kind, field) = if custom {
            ("custom_tool_call", "input")
        } else {
            ("function_call", "arguments")
        };
        let arguments = if call.custom && !custom {
            json!({"input": call.arguments}).to_string()
        } else {
            call.arguments.clone()
        };
        let mut item = json!({"type": kind, "call_id": id, "name": name});
        if let Some(namespace) = namespace {
            item["namespace"] = namespace.into();
        }
        item[field] = arguments.into();
        self.marker(part)?;
        out.push(&part.at, item);
        Ok(())
    }

    fn result(&mut self, part: &Part, result: &ToolResult, out: &mut Out) -> Result<(), Unsupported> {
        let id = out.ids.result(&result.id, result.name.as_deref());
        let mut output = Vec::new();
        let mut plain = true;
        for part in &result.parts {
            plain &= matches!(part.kind, PartKind::Text(_)) && !(self.own && part.at.ends_with(']'));
            output.extend(self.content(part, Place::Question)?);
        }
        if result.is_error {
            self.drop(format!("{}.is_error", part.at))?;
            failed(&mut output);
        }
        let output = match output.as_slice() {
            [] => "".into(),
            [one] if plain => one["text"].clone(),
            _ => Value::Array(output),
        };
        let custom = result.custom && self.keeps_custom();
        let kind = if custom {
            "custom_tool_call_output"
        } else {
            "function_call_output"
        };
        self.marker(part)?;
        out.push(&part.at, json!({"type": kind, "call_id": id, "output": output}));
        Ok(())
    }

    /// A cache marker on something that has no place for one.
    fn marker(&mut self, part: &Part) -> Result<(), Unsupported> {
        if part.cache.is_some() {
            self.drop(self.cache_path(&part.at))?;
        }
        Ok(())
    }
}

impl Out {
    fn push(&mut self, at: &str, value: Value) {
        self.end();
        self.items.push(Item {
            at: at.to_owned(),
            value,
        });
    }

    /// Opens a message, unless it is open.
    fn message(&mut self, role: &str, at: &str) -> &mut Message {
        if self.open.as_ref().is_some_and(|open| open.at != at) {
            self.end();
        }
        self.open.get_or_insert_with(|| Message {
            role: role.to_owned(),
            parts: Vec::new(),
            at: at.to_owned(),
            plain: false,
        })
    }

    fn add(&mut self, role: &str, at: &str, value: Value, plain: bool) {
        let message = self.message(role, at);
        message.parts.push(value);
        message.plain = plain;
    }

    fn end(&mut self) {
        let Some(message) = self.open.take() else {
            return;
        };
        let content = match message.parts.as_slice() {
            [one] if message.plain => one["text"].clone(),
            _ => Value::Array(message.parts),
        };
        self.items.push(Item {
            at: message.at,
            value: json!({"type": "message", "role": message.role, "content": content}),
        });
    }
}

/// Says that a tool failed, where no field does.
fn failed(output: &mut Vec<Value>) {
    match output.first_mut().filter(|first| first["type"] == "input_text") {
        Some(first) => {
            let text = first["text"].as_str().unwrap_or_default();
            first["text"] = format!("Error: {text}").into();
        }
        None => output.insert(0, json!({"type": "input_text", "text": "Error: "})),
    }
}

/// The place of the item or message that a part belongs to: `input[3].content[0]` belongs to `input[3]`.
pub(super) fn item_of(at: &str) -> &str {
    at.find(']').map_or(at, |end| &at[..=end])
}
