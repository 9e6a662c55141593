//! The conversation.

use hermes_catalog::SystemPlace;
use hermes_core::Protocol;
use serde_json::{Map, Value, json};

use super::thoughts::Thoughts;
use super::{Job, content, results};
use crate::ids::Ids;
use crate::prompt::{Part, PartKind, Role, ToolCall};
use crate::read::path;
use crate::unsupported::Unsupported;

/// What becomes one message, or the messages of one side.
struct Group<'a> {
    role: Role,
    at: &'a str,
    parts: Vec<&'a Part>,
}

struct Messages<'a> {
    list: Vec<Value>,
    ids: Ids,
    /// Images and the like of results, for a message of their own after them.
    attached: Vec<&'a Part>,
}

pub(super) fn write(job: &mut Job<'_>) -> Result<Vec<Value>, Unsupported> {
    let prompt = job.prompt;
    let mut messages = Messages {
        list: Vec::new(),
        ids: Ids::new(job.target.quirks.call_ids, false),
        attached: Vec::new(),
    };
    let is_system = |role: Role| matches!(role, Role::System | Role::Developer);
    if let Some(text) = &job.target.quirks.instructions
        && !prompt.turns.iter().any(|turn| is_system(turn.role))
    {
        messages
            .list
            .push(json!({"role": role_word(job, Role::System), "content": text}));
    }
    let groups = groups(job);
    let last = groups.len().saturating_sub(1);
    for (number, group) in groups.iter().enumerate() {
        match group.role {
            Role::System | Role::Developer => messages.system(job, group)?,
            Role::User => messages.user(job, group)?,
            Role::Assistant => messages.assistant(job, group, number == last)?,
        }
    }
    messages.flush(job)?;
    Ok(messages.list)
}

/// Turns in the order and grouping that the upstream wants. Other protocols tell one answer in several turns; here its calls have to
/// stand in one message, or their results would not follow them.
fn groups<'a>(job: &Job<'a>) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for turn in &job.prompt.turns {
        let parts = turn.parts.iter().collect();
        match groups.last_mut() {
            Some(last) if turn.role == Role::Assistant && last.role == turn.role && !job.same => {
                last.parts.extend(turn.parts.iter());
            }
            _ => groups.push(Group {
                role: turn.role,
                at: &turn.at,
                parts,
            }),
        }
    }
    if job.target.quirks.system == Some(SystemPlace::First) {
        return system_first(groups);
    }
    groups
}

fn system_first(groups: Vec<Group<'_>>) -> Vec<Group<'_>> {
    let (mut system, rest): (Vec<_>, Vec<_>) = groups
        .into_iter()
        .partition(|group| matches!(group.role, Role::System | Role::Developer));
    if system.is_empty() {
        return rest;
    }
    let later = system.split_off(1);
    system[0]
        .parts
        .extend(later.into_iter().flat_map(|group| group.parts));
    system.extend(rest);
    system
}

fn role_word<'a>(job: &Job<'a>, role: Role) -> &'a str {
    match &job.target.quirks.system_role {
        Some(word) => word,
        None if job.same && role == Role::Developer => "developer",
        None => "system",
    }
}

/// A prefilled answer means something only to upstreams that go on with it.
fn refuse_prefill(job: &Job<'_>, group: &Group<'_>) -> Result<bool, Unsupported> {
    let means_it = matches!(
        job.prompt.client,
        Some(Protocol::AnthropicMessages | Protocol::Gemini)
    );
    let calls = group
        .parts
        .iter()
        .any(|part| matches!(part.kind, PartKind::Call(_)));
    if !means_it || calls {
        return Ok(false);
    }
    if job.target.quirks.prefill == Some(true) {
        return Ok(true);
    }
    Err(job.refuse(
        group.at,
        "the beginning of an answer, to be continued,",
        "Let the conversation end with the user.",
    ))
}

impl<'a> Messages<'a> {
    fn system(&mut self, job: &mut Job<'a>, group: &Group<'a>) -> Result<(), Unsupported> {
        self.flush(job)?;
        let role = role_word(job, group.role);
        let content = content::write(job, &group.parts, Some("\n\n"))?;
        self.push(job, group, role, content);
        Ok(())
    }

    /// Results come first, since they have to follow their calls.
    fn user(&mut self, job: &mut Job<'a>, group: &Group<'a>) -> Result<(), Unsupported> {
        let mut rest = Vec::new();
        for part in &group.parts {
            match &part.kind {
                PartKind::Result(result) => {
                    let written = results::write(job, part, result, &mut self.ids, &mut self.attached)?;
                    self.list.push(written);
                }
                _ => rest.push(*part),
            }
        }
        if rest.is_empty() && !group.parts.is_empty() {
            return Ok(());
        }
        self.flush(job)?;
        let content = content::write(job, &rest, None)?;
        self.push(job, group, "user", content);
        Ok(())
    }

    /// What was left of nothing is no message, unless the client sent one without content.
    fn push(&mut self, job: &mut Job<'a>, group: &Group<'a>, role: &str, content: Option<Value>) {
        if content.is_none() && !job.same {
            return;
        }
        let mut message = Map::from_iter([
            ("role".to_owned(), role.into()),
            ("content".to_owned(), content.unwrap_or_else(|| "".into())),
        ]);
        job.extras.put(group.at, &mut message);
        self.list.push(message.into());
    }

    fn flush(&mut self, job: &mut Job<'a>) -> Result<(), Unsupported> {
        if self.attached.is_empty() {
            return Ok(());
        }
        let attached = std::mem::take(&mut self.attached);
        if let Some(content) = content::write(job, &attached, None)? {
            self.list.push(json!({"role": "user", "content": content}));
        }
        Ok(())
    }

    fn assistant(&mut self, job: &mut Job<'a>, group: &Group<'a>, is_last: bool) -> Result<(), Unsupported> {
        self.flush(job)?;
        let prefills = is_last && refuse_prefill(job, group)?;
        let mut answer = Answer::default();
        for (number, part) in group.parts.iter().enumerate() {
            let next = group.parts.get(number + 1).map(|part| &part.kind);
            let of_call = matches!(next, Some(PartKind::Call(_)));
            answer.take(job, part, of_call, &mut self.ids)?;
        }
        let Some(mut message) = answer.finish(job.same) else {
            return Ok(());
        };
        job.extras.put(group.at, &mut message);
        if prefills {
            for field in ["prefix", "partial"] {
                if job.takes(field) {
                    message.insert(field.to_owned(), true.into());
                }
            }
        }
        self.list.push(message.into());
        Ok(())
    }
}

/// An assistant's message.
#[derive(Default)]
struct Answer {
    content: Vec<Map<String, Value>>,
    listed: bool,
    refusal: Option<String>,
    calls: Vec<Value>,
    thoughts: Thoughts,
}

impl Answer {
    fn take(
        &mut self,
        job: &mut Job<'_>,
        part: &Part,
        of_call: bool,
        ids: &mut Ids,
    ) -> Result<(), Unsupported> {
        match &part.kind {
            PartKind::Thinking { text, proof } => {
                self.thoughts.add(job, part, text, proof.as_ref(), of_call)?;
                self.content.append(&mut self.thoughts.content);
            }
            PartKind::Call(call) => self.call(job, part, call, ids),
            PartKind::Refusal(text) if job.same && part.at.ends_with(".refusal") => {
                self.refusal = Some(text.clone());
            }
            PartKind::Image(_) | PartKind::File(_) | PartKind::Audio(_) if !job.same => {
                job.drop(part.at.as_str())?;
            }
            _ => {
                self.listed |= part.at.ends_with(']');
                self.content.extend(content::write_part(job, part)?);
            }
        }
        Ok(())
    }

    fn call(&mut self, job: &mut Job<'_>, part: &Part, call: &ToolCall, ids: &mut Ids) {
        let name = job.names.sent(&call.name, call.namespace.as_deref());
        let mut written = Map::new();
        written.insert("id".to_owned(), ids.call(&call.id, &call.name).into());
        if call.custom && job.keeps_custom() {
            written.insert("type".to_owned(), "custom".into());
            let inner = json!({"name": name, "input": call.arguments});
            written.insert("custom".to_owned(), inner);
        } else {
            written.insert("type".to_owned(), "function".into());
            let inner = json!({"name": name, "arguments": arguments(job, call)});
            written.insert("function".to_owned(), inner);
        }
        if let Some(signature) = self.thoughts.signature.take() {
            let extra = crate::chat::details::with_thought_signature(&signature);
            written.insert("extra_content".to_owned(), extra);
        }
        for kind in ["function", "custom"] {
            if let Some(Value::Object(inner)) = written.get_mut(kind) {
                job.extras.put(&path(&part.at, kind), inner);
            }
        }
        job.extras.put(&part.at, &mut written);
        self.calls.push(written.into());
    }

    /// The message; none where all of it was left out.
    fn finish(self, same: bool) -> Option<Map<String, Value>> {
        let joint = Some("").filter(|_| !same);
        let content = content::shaped(self.content, joint, self.listed && same);
        let told = content.is_some() || !self.thoughts.is_empty();
        if !told && self.calls.is_empty() && self.refusal.is_none() && !same {
            return None;
        }
        let without = if self.calls.is_empty() && self.refusal.is_none() {
            "".into()
        } else {
            Value::Null
        };
        let mut message = Map::new();
        message.insert("role".to_owned(), "assistant".into());
        message.insert("content".to_owned(), content.unwrap_or(without));
        if let Some(refusal) = self.refusal {
            message.insert("refusal".to_owned(), refusal.into());
        }
        self.thoughts.finish(&mut message);
        if !self.calls.is_empty() {
            message.insert("tool_calls".to_owned(), self.calls.into());
        }
        Some(message)
    }
}

/// Free text travels as the one argument of the function that stands for its tool; no arguments are an empty object.
fn arguments(job: &Job<'_>, call: &ToolCall) -> String {
    if call.custom {
        return json!({ "input": call.arguments }).to_string();
    }
    if call.arguments.trim().is_empty() && !job.same {
        return "{}".to_owned();
    }
    call.arguments.clone()
}
