//! Turns into `contents` and `systemInstruction`.

use std::collections::HashMap;

use hermes_catalog::SystemPlace;
use serde_json::{Map, Value, json};

use super::{Request, parts};
use crate::dropped::Dropped;
use crate::ids::Ids;
use crate::prompt::{Part, PartKind, Role, Turn};
use crate::unsupported::Unsupported;

/// The conversation as it is written so far.
pub(super) struct Contents {
    list: Vec<Value>,
    role: &'static str,
    parts: Vec<Value>,
    /// A signature that waits for the part it belongs to.
    pub(super) signature: Option<String>,
    pub(super) ids: Ids,
    /// Names of the tools that were called, by the ids of the calls.
    pub(super) called: HashMap<String, String>,
    /// Whether each turn is a content of its own.
    alone: bool,
    /// Whether the open content holds a call already: only the first of a step must carry a signature.
    pub(super) has_call: bool,
}

impl Contents {
    fn new(own: bool) -> Self {
        Self {
            list: Vec::new(),
            role: "",
            parts: Vec::new(),
            signature: None,
            ids: Ids::new(None, own),
            called: HashMap::new(),
            alone: own,
            has_call: false,
        }
    }

    fn turn(&mut self, role: &'static str) {
        if self.role != role || self.alone {
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
    refuse_prefill(request)?;
    let turns = &request.prompt.turns;
    let leading = turns.iter().take_while(|turn| is_system(turn)).count();
    let (mut system, mut contents) = (Contents::new(false), Contents::new(request.own()));
    for (number, turn) in turns.iter().enumerate() {
        let role = match turn.role {
            Role::Assistant => "model",
            _ => "user",
        };
        if number < leading {
            add_turn(request, turn, role, &mut system, dropped)?;
        } else if is_system(turn) {
            dropped.add(format!("{}.role", turn.at))?;
            later_instructions(request, turn, &mut system, &mut contents, dropped)?;
        } else {
            add_turn(request, turn, role, &mut contents, dropped)?;
        }
    }
    system.close();
    contents.close();
    finish(request, system, contents, body)
}

fn finish(
    request: Request<'_>,
    mut system: Contents,
    contents: Contents,
    body: &mut Map<String, Value>,
) -> Result<(), Unsupported> {
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

fn add_turn(
    request: Request<'_>,
    turn: &Turn,
    role: &'static str,
    contents: &mut Contents,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    contents.turn(role);
    for part in &turn.parts {
        parts::write(request, part, contents, dropped)?;
    }
    Ok(())
}

/// Instructions in the midst of a conversation have no place of their own: the user says them, marked as what they are, unless the
/// upstream wants all of them first.
fn later_instructions(
    request: Request<'_>,
    turn: &Turn,
    system: &mut Contents,
    contents: &mut Contents,
    dropped: &mut Dropped,
) -> Result<(), Unsupported> {
    if request.target.quirks.system == Some(SystemPlace::First) {
        return add_turn(request, turn, "user", system, dropped);
    }
    contents.turn("user");
    contents.add(json!({"text": wrapped(request, turn, dropped)?}));
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
