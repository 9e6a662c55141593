//! Output items of an answer, as they grow or as they are, turned into events.
//!
//! Items are told apart by their index: some upstreams change ids within one stream (GitHub Copilot). What an item holds when it is done
//! completes what its deltas said, so an upstream that sends only one of both is understood as well.

mod call;
mod message;
mod reasoning;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::usage_of;
use serde_json::Value;

use self::call::Call;
use self::message::Message;
use self::reasoning::Reasoning;
use super::failure::failure;
use crate::context::Context;
use crate::read::{given, list, said, text};
use crate::reply::{Event, Finish, Head, Reason};

pub(super) use self::message::Speech;
pub(super) use self::reasoning::Track;

/// Gathers what an upstream tells of its answer.
#[derive(Clone)]
pub(super) struct Assembly {
    pub(super) out: Outlet,
    items: BTreeMap<u64, Item>,
    started: bool,
    finished: bool,
}

#[derive(Clone)]
enum Item {
    Message(Message),
    Reasoning(Reasoning),
    Call(Call),
    /// Nothing of it goes on.
    Other,
}

/// Where events go, and what is known of the answer as a whole.
#[derive(Clone)]
pub(super) struct Outlet {
    pub(super) context: Arc<Context>,
    pub(super) events: Vec<Event>,
    keys: u32,
    dropped: HashSet<String>,
    called: bool,
    refusal: Option<String>,
}

impl Outlet {
    fn key(&mut self) -> u32 {
        self.keys += 1;
        self.keys - 1
    }

    fn text(&mut self, key: u32, text: &str) {
        if !text.is_empty() {
            self.events.push(Event::Text {
                key,
                text: text.to_owned(),
            });
        }
    }

    pub(super) fn drop(&mut self, path: String) {
        if self.dropped.insert(path.clone()) {
            self.events.push(Event::Dropped(path));
        }
    }
}

impl Assembly {
    pub(super) fn new(context: &Arc<Context>) -> Self {
        Self {
            out: Outlet {
                context: Arc::clone(context),
                events: Vec::new(),
                keys: 0,
                dropped: HashSet::new(),
                called: false,
                refusal: None,
            },
            items: BTreeMap::new(),
            started: false,
            finished: false,
        }
    }

    /// The answer begins; only the first time counts.
    pub(super) fn start(&mut self, response: &Value) {
        if self.started {
            return;
        }
        self.started = true;
        self.out.events.push(Event::Start(Head {
            id: said(response, "id").map(str::to_owned),
            model: said(response, "model").map(str::to_owned),
            created: seconds(response.get("created_at")),
        }));
    }

    /// An item appears.
    pub(super) fn added(&mut self, index: u64, item: &Value) {
        self.start(&Value::Null);
        if self.items.contains_key(&index) {
            return;
        }
        let kind = text(item, "type").unwrap_or_default();
        let made = match kind {
            "message" if text(item, "role").is_none_or(|role| role == "assistant") => {
                Item::Message(Message::new(index))
            }
            "reasoning" => Item::Reasoning(Reasoning::new(index)),
            "function_call" | "custom_tool_call" => {
                let mut call = Call::new(kind == "custom_tool_call");
                call.learn(item, &mut self.out);
                Item::Call(call)
            }
            _ => {
                self.out.drop(format!("output[{index}]"));
                Item::Other
            }
        };
        self.items.insert(index, made);
    }

    /// An item is complete.
    pub(super) fn done(&mut self, index: u64, item: &Value) {
        self.added(index, item);
        match self.items.get_mut(&index) {
            Some(Item::Message(message)) => message.done(item, &mut self.out),
            Some(Item::Reasoning(reasoning)) => reasoning.done(item, &mut self.out),
            Some(Item::Call(call)) => call.done(item, &mut self.out),
            Some(Item::Other) | None => {}
        }
    }

    pub(super) fn message(&mut self, index: u64) -> Option<(&mut Message, &mut Outlet)> {
        self.start(&Value::Null);
        let item = self
            .items
            .entry(index)
            .or_insert_with(|| Item::Message(Message::new(index)));
        match item {
            Item::Message(message) => Some((message, &mut self.out)),
            _ => None,
        }
    }

    pub(super) fn reasoning(&mut self, index: u64) -> Option<(&mut Reasoning, &mut Outlet)> {
        self.start(&Value::Null);
        let item = self
            .items
            .entry(index)
            .or_insert_with(|| Item::Reasoning(Reasoning::new(index)));
        match item {
            Item::Reasoning(reasoning) => Some((reasoning, &mut self.out)),
            _ => None,
        }
    }

    pub(super) fn call(&mut self, index: u64, custom: bool) -> Option<(&mut Call, &mut Outlet)> {
        self.start(&Value::Null);
        let item = self
            .items
            .entry(index)
            .or_insert_with(|| Item::Call(Call::new(custom)));
        match item {
            Item::Call(call) => Some((call, &mut self.out)),
            _ => None,
        }
    }

    /// The newest item: the one that is meant where an upstream leaves the index out.
    pub(super) fn newest(&self) -> u64 {
        self.items.keys().next_back().copied().unwrap_or(0)
    }

    /// The index of an item that appears without one.
    pub(super) fn next(&self) -> u64 {
        self.items
            .keys()
            .next_back()
            .map_or(0, |newest| newest.saturating_add(1))
    }

    /// The answer is complete, with what the upstream says of the whole of it.
    pub(super) fn conclude(&mut self, response: &Value, status: &str) {
        self.start(response);
        if self.finished {
            return;
        }
        if let Some(error) = given(response, "error") {
            self.usage(response);
            self.fail(error, response);
            return;
        }
        // Some upstreams end with an empty list here (Codex), others send nothing but this list.
        if self.items.is_empty() {
            for (index, item) in (0..).zip(list(response, "output")) {
                self.done(index, item);
            }
        } else {
            self.complete(response);
        }
        self.usage(response);
        self.finished = true;
        let finish = self.finish(response, status);
        self.out.events.push(Event::Finish(finish));
    }

    /// What the last event says of items that were never said to be done.
    fn complete(&mut self, response: &Value) {
        for (index, item) in (0..).zip(list(response, "output")) {
            let same = match (self.items.get(&index), text(item, "type")) {
                (Some(Item::Message(_)), Some("message")) | (Some(Item::Reasoning(_)), Some("reasoning")) => {
                    true
                }
                (Some(Item::Call(call)), Some("function_call" | "custom_tool_call")) => call.is(item),
                _ => false,
            };
            if same {
                self.done(index, item);
            }
        }
        for item in self.items.values_mut() {
            if let Item::Call(call) = item {
                call.end(&mut self.out);
            }
        }
    }

    /// Tokens, as far as an answer tells of them.
    pub(super) fn usage(&mut self, response: &Value) {
        let usage = given(response, "usage").and_then(|usage| usage_of(Protocol::Responses, usage));
        if !self.finished {
            self.out.events.extend(usage.map(Event::Usage));
        }
    }

    /// The answer failed.
    pub(super) fn fail(&mut self, error: &Value, outer: &Value) {
        self.start(&Value::Null);
        if !self.finished {
            self.finished = true;
            self.out.events.push(Event::Error(failure(error, outer)));
        }
    }

    fn finish(&self, response: &Value, status: &str) -> Finish {
        let incomplete = given(response, "incomplete_details");
        let why = incomplete.and_then(|details| said(details, "reason"));
        let cut = status == "incomplete" || said(response, "status") == Some("incomplete") || why.is_some();
        let reason = match why {
            Some("content_filter") => Reason::Refusal,
            _ if cut => Reason::MaxTokens,
            _ if self.out.called => Reason::ToolUse,
            _ if self.out.refusal.is_some() => Reason::Refusal,
            _ => Reason::End,
        };
        Finish {
            reason,
            stop_sequence: None,
            explanation: (reason == Reason::Refusal)
                .then(|| self.out.refusal.clone())
                .flatten(),
        }
    }
}

/// Seconds, also where they are written with a fraction.
fn seconds(value: Option<&Value>) -> Option<u64> {
    let text = value?.as_number()?.to_string();
    text.split('.').next()?.parse().ok()
}
