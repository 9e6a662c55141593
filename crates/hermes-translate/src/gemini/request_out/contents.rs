//! Turns into `contents` and `systemInstruction`.

use std::collections::HashMap;

use hermes_catalog::SystemPlace;
use serde_json::{Map, Value, json};

use super::{Request, parts};
use crate::dropped::Dropped;
use crate::prompt::{Part, PartKind, Role, Turn};
use crate::unsupported::Unsupported;

/// The conversation as it is written so far.
pub(super) struct Contents {
    list: Vec<Value>,
    role: &'static str,
    parts: Vec<Value>,
    /// A signature that waits for the part it belongs to.
    pub(super) signature: Option<String>,
    /// Names of the tools that were called, by the ids of the calls.
    pub(super) called: HashMap<String, String>,
    /// Whether the open content holds a call already: only the first of a step must carry a signature.
    pub(super) has_call: bool,
}

impl Contents {
    fn new() -> Self {
        Self {
            list: Vec::new(),
            role: "",
            parts: Vec::new(),
            signature: None,
            called: HashMap::new(),
            has_call: false,
        }
    }

    fn turn(&mut self, role: &'static str, alone: bool) {
        if self.role != role || alone {
            self.close();
            self.role = role;
        }
    }

    /// Adds a part; the signature that waits goes with it.
    pub(super) fn add(&mut self, mut part: Value) {
        if let Some(signature) = self.signature.take() {
            part["thoughtSignature"] = signature.into();
        }
        self.parts.push(part);
    }

    /// A signature for the next part; one that still waits stands on an empty text, as Gemini itself does it.
    pub(super) fn sign(&mut self, signature: &str) {
        self.flush();
        self.signature = Some(signature.to_owned());
    }

    fn flush(&mut self) {
        if self.signature.is_some() {
            self.add(json!({"text": ""}));
        }
    }

    fn close(&mut self) {
        self.flush();
        self.has_call = false;
        let parts = std::mem::take(&mut self.parts);
        if !parts.is_empty() {
            self.list.push(json!({"role": self.role, "parts": parts}));
        }
    }
}

pub(super) fn write(
    request: Request<'_>,
    body: &mut Map<String, Value>,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    let turns = &request.prompt.turns;
    refuse_prefill(request)?;
    let moved = request.target.quirks.system == Some(SystemPlace::First);
    let leading = turns.iter().take_while(|turn| is_system(turn)).count();
    let (mut system, mut contents) = (Contents::new(), Contents::new());
    for (number, turn) in turns.iter().enumerate() {
        if number < leading || (moved && is_system(turn)) {
            if number >= leading {
                dropped.add(format!("{}.role", turn.at))?;
            }
            system.turn("user", false);
            for part in &turn.parts {
                parts::write(request, part, &mut system, dropped)?;
            }
        } else if is_system(turn) {
            contents.turn("user", false);
            dropped.add(format!("{}.role", turn.at))?;
            contents.add(json!({"text": wrapped(request, turn, dropped)?}));
        } else {
            let role = if turn.role == Role::Assistant {
                "model"
            } else {
                "user"
            };
            contents.turn(role, request.own());
            for part in &turn.parts {
                parts::write(request, part, &mut contents, dropped)?;
            }
        }
    }
    system.close();
    contents.close();
    if system.list.is_empty()
        && let Some(text) = &request.target.quirks.instructions
    {
        system
            .list
            .push(json!({"role": "user", "parts": [{"text": text}]}));
    }
    if contents.list.is_empty() && !request.own() {
        let at = request.at("contents");
        return Err(Unsupported::invalid(at, "holds nothing that can be sent"));
    }
    if let Some(system) = system.list.pop() {
        body.insert("systemInstruction".to_owned(), system);
    }
    body.insert("contents".to_owned(), Value::Array(contents.list));
    Ok(())
}

fn is_system(turn: &Turn) -> bool {
    matches!(turn.role, Role::System | Role::Developer)
}

/// An answer that the model is to continue would be read as one that is complete.
fn refuse_prefill(request: Request<'_>) -> Result<(), Unsupported> {
    let last = request.prompt.turns.last();
    match last.filter(|turn| turn.role == Role::Assistant && !request.own()) {
        Some(turn) if request.target.quirks.prefill != Some(true) => Err(request.unsupported(
            &turn.at,
            "the beginning of an answer",
            "End the conversation with a turn of the user.",
        )),
        _ => Ok(()),
    }
}

/// Instructions in the midst of a conversation have no place of their own: the user says them, marked as what they are.
fn wrapped(request: Request<'_>, turn: &Turn, dropped: &mut Dropped) -> Result<String, Unsupported> {
    let mut texts: Vec<&str> = Vec::new();
    for part in &turn.parts {
        parts::cache(request, part, dropped)?;
        match &part.kind {
            PartKind::Text(text) => texts.push(text),
            _ => dropped.add(&part.at)?,
        }
    }
    Ok(format!("<system>\n{}\n</system>", texts.join("\n\n")))
}

/// Whether a part says nothing at all.
pub(super) fn is_empty(part: &Part) -> bool {
    matches!(&part.kind, PartKind::Text(text) if text.is_empty())
}
