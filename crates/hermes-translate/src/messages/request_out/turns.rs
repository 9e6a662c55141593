use hermes_catalog::SystemPlace;
use serde_json::{Value, json};

use super::Writing;
use super::blocks::plain;
use crate::prompt::{Part, PartKind, Role, Turn};
use crate::read::text;
use crate::unsupported::Unsupported;

/// The conversation as the upstream gets it.
pub(super) struct Conversation {
    /// The field `system`.
    pub(super) system: Option<Value>,
    /// The field `messages`.
    pub(super) messages: Value,
    /// Whether results of tools are the last thing that came, for a turn of the model that holds no thoughts any more.
    pub(super) continues_without_thoughts: bool,
}

/// What one side says, while others may still add to it.
struct Message {
    role: &'static str,
    blocks: Vec<Value>,
    /// Whether its content was a mere text.
    plain: bool,
    at: String,
}

#[derive(Default)]
struct Messages {
    done: Vec<Message>,
    /// Instructions that came between calls and their results, where nothing may stand.
    held: Vec<Message>,
}

impl Writing<'_> {
    pub(super) fn conversation(&mut self) -> Result<Conversation, Unsupported> {
        let prompt = self.prompt;
        let (mut system, mut messages) = (Vec::new(), Messages::default());
        let mut leading = true;
        for turn in &prompt.turns {
            let instructs = matches!(turn.role, Role::System | Role::Developer);
            leading &= instructs && (!self.native() || turn.at == "system");
            if instructs && (leading || self.hoists(turn)) {
                for block in self.blocks(turn)? {
                    system.push((block, turn));
                }
                continue;
            }
            let message = Message {
                role: role(turn.role),
                blocks: self.blocks(turn)?,
                plain: turn.parts.len() == 1 && turn.parts[0].at.ends_with(".content"),
                at: turn.at.clone(),
            };
            messages.push(message, self.native());
        }
        let messages = messages.end();
        self.prefill(&messages)?;
        if messages.is_empty() {
            return Err(Unsupported::invalid(
                "messages",
                "hold nothing that could be sent: the upstream takes no empty message",
            ));
        }
        Ok(Conversation {
            system: self.system(system),
            continues_without_thoughts: continues_without_thoughts(&messages),
            messages: messages.into_iter().map(|one| self.message(one)).collect(),
        })
    }

    /// Whether instructions in the middle go to the beginning. Other things than text have no place there.
    fn hoists(&self, turn: &Turn) -> bool {
        let words = |kind: &PartKind| matches!(kind, PartKind::Text(_) | PartKind::Refusal(_));
        self.target.quirks.system != Some(SystemPlace::Anywhere)
            && turn.parts.iter().all(|part| !self.native() || words(&part.kind))
    }

    fn blocks(&mut self, turn: &Turn) -> Result<Vec<Value>, Unsupported> {
        let mut blocks = Vec::new();
        for part in &turn.parts {
            blocks.extend(self.block(part)?);
        }
        if !self.native() {
            // Results of tools come before whatever else is said with them (Anthropic).
            blocks.sort_by_key(|block| !is(block, "tool_result"));
        }
        Ok(blocks)
    }

    /// The system text: as its client wrote it, or one text with blank lines between.
    fn system(&self, blocks: Vec<(Value, &Turn)>) -> Option<Value> {
        if blocks.is_empty() {
            return self.target.quirks.instructions.as_deref().map(Value::from);
        }
        let mere = |part: &Part| part.at == "system" || part.at.ends_with(".content");
        let mere = blocks.len() == 1 && blocks[0].1.parts.iter().all(mere);
        let blocks: Vec<Value> = blocks.into_iter().map(|(block, _)| block).collect();
        if mere || !self.native() {
            let texts: Option<Vec<&str>> = blocks.iter().map(plain).collect();
            if let Some(texts) = texts {
                return Some(texts.join("\n\n").into());
            }
        }
        Some(blocks.into())
    }

    fn prefill(&self, messages: &[Message]) -> Result<(), Unsupported> {
        match messages.last() {
            Some(last) if last.role == "assistant" && self.target.quirks.prefill == Some(false) => {
                Err(Unsupported::new(
                    &last.at,
                    "a turn of the assistant at the end, to be continued,",
                    &self.target.name,
                    "Let the conversation end with a turn of the user.",
                ))
            }
            _ => Ok(()),
        }
    }

    fn message(&self, message: Message) -> Value {
        let content = match &message.blocks[..] {
            [block] if message.plain => plain(block).map(Value::from),
            _ => None,
        };
        let content = content.unwrap_or_else(|| message.blocks.into());
        let mut value = json!({"role": message.role, "content": content});
        self.extras.restore(&message.at, &mut value);
        value
    }
}

impl Messages {
    fn push(&mut self, message: Message, native: bool) {
        if message.blocks.is_empty() {
            return;
        }
        if native {
            self.done.push(message);
            return;
        }
        let last = self.done.last();
        if message.role == "system" && last.is_some_and(|last| last.blocks.iter().any(calls)) {
            self.held.push(message);
            return;
        }
        if message.role != "user" {
            self.done.append(&mut self.held);
        }
        match self.done.last_mut() {
            Some(last) if last.role == message.role => {
                last.blocks.extend(message.blocks);
                last.blocks.sort_by_key(|block| !is(block, "tool_result"));
                last.plain = false;
            }
            _ => self.done.push(message),
        }
    }

    fn end(mut self) -> Vec<Message> {
        self.done.append(&mut self.held);
        self.done
    }
}

fn role(role: Role) -> &'static str {
    match role {
        Role::System | Role::Developer => "system",
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

fn is(block: &Value, kind: &str) -> bool {
    text(block, "type") == Some(kind)
}

fn calls(block: &Value) -> bool {
    is(block, "tool_use")
}

fn continues_without_thoughts(messages: &[Message]) -> bool {
    let results = |message: &Message| message.blocks.iter().any(|block| is(block, "tool_result"));
    let place = messages.iter().rposition(|message| message.role == "assistant");
    let Some(place) = place else { return false };
    let first = messages[place].blocks.first();
    let thinks = first.is_some_and(|block| is(block, "thinking") || is(block, "redacted_thinking"));
    messages[place].blocks.iter().any(calls) && !thinks && messages[place + 1..].iter().any(results)
}
