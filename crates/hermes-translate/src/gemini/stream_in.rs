//! Gemini's answer, whole or in chunks of the same form, into events.

mod finish;
mod partial;
mod sources;
mod text;

use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::{SseEvent, Usage, usage_of};
use serde_json::{Map, Value};

use self::partial::Partial;
use self::sources::Sources;
use self::text::Texts;
use super::json::{entry, flag, get, said, text};
use crate::context::Context;
use crate::proof::{Issuer, Proof, ProofKind};
use crate::reply::{Block, Event, Failure, Finish, Head, Reason};
use crate::translator::ReadStream;

/// Path of the only answer that is read.
const CANDIDATE: &str = "candidates[0]";

/// Reads chunks.
#[derive(Clone)]
pub(crate) struct Reader {
    issuer: Issuer,
    started: bool,
    next: u32,
    texts: Texts,
    sources: Sources,
    partial: Option<Partial>,
    calls: bool,
    finish: Option<Finish>,
    usage: Option<Usage>,
    failed: bool,
}

impl Reader {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        Self::of(context)
    }

    pub(super) fn of(context: &Context) -> Self {
        Self {
            issuer: context.issuer.clone(),
            started: false,
            next: 0,
            texts: Texts::default(),
            sources: Sources::default(),
            partial: None,
            calls: false,
            finish: None,
            usage: None,
            failed: false,
        }
    }

    /// Takes a chunk, or a whole answer.
    pub(super) fn chunk(&mut self, value: &Value, out: &mut Vec<Event>) {
        // A list of one is how errors come, and how streams come that are not events; some gateways wrap the answer.
        let value = value.as_array().and_then(|list| list.first()).unwrap_or(value);
        let value = get(value, "response")
            .filter(|inner| inner.is_object())
            .unwrap_or(value);
        if self.failed {
            return;
        }
        if let Some(failure) = finish::failure(value) {
            self.fail(failure, out);
            return;
        }
        if !value.is_object() {
            return;
        }
        self.start(value, out);
        self.usage(value, out);
        let candidates = get(value, "candidates").and_then(Value::as_array);
        for (number, candidate) in candidates.into_iter().flatten().enumerate() {
            let index = get(candidate, "index").and_then(Value::as_u64).unwrap_or(0);
            if index == 0 {
                self.candidate(candidate, out);
            } else {
                out.push(Event::Dropped(format!(
                    "candidates[{}]",
                    index.max(number as u64)
                )));
            }
        }
        if let Some(finish) = finish::blocked(value) {
            self.finish.get_or_insert(finish);
        }
    }

    /// Whether the answer says why it ended.
    pub(super) fn finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Takes an answer that does not say why it ended for one that is complete.
    pub(super) fn complete(&mut self) {
        self.finish.get_or_insert_with(Finish::default);
    }

    /// Whether there was a failure.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    fn start(&mut self, value: &Value, out: &mut Vec<Event>) {
        if !self.started {
            self.started = true;
            out.push(Event::Start(Head {
                id: said(value, "responseId").map(str::to_owned),
                model: said(value, "modelVersion").map(str::to_owned),
                created: None,
            }));
        }
    }

    /// Counts grow along a stream, but chunks of a server tool hold only a part of them.
    fn usage(&mut self, value: &Value, out: &mut Vec<Event>) {
        let found = get(value, "usageMetadata").and_then(|usage| usage_of(Protocol::Gemini, usage));
        let Some(found) = found else { return };
        let more = self.usage.is_none_or(|before| found.total() >= before.total());
        if more && self.usage != Some(found) {
            self.usage = Some(found);
            out.push(Event::Usage(found));
        }
    }

    fn candidate(&mut self, candidate: &Value, out: &mut Vec<Event>) {
        for lost in self.sources.take(candidate) {
            out.push(Event::Dropped(format!("{CANDIDATE}.{lost}")));
        }
        let parts = get(candidate, "content").and_then(|content| get(content, "parts"));
        let parts = match parts {
            Some(Value::Array(parts)) => parts.as_slice(),
            Some(part) => std::slice::from_ref(part),
            None => &[],
        };
        for (number, part) in parts.iter().enumerate() {
            self.part(part, number, out);
        }
        match finish::reason(candidate) {
            Some(Ok(finish)) => self.finish = Some(finish),
            Some(Err(failure)) => self.fail(failure, out),
            None => {}
        }
    }

    fn part(&mut self, part: &Value, number: usize, out: &mut Vec<Event>) {
        let signature = said(part, "thoughtSignature");
        let proof = signature.map(|text| Proof::minted(&self.issuer, ProofKind::Thought, text));
        if let Some(call) = get(part, "functionCall") {
            self.call(call, proof, out);
            return;
        }
        self.end_call(out);
        let thought = flag(part, "thought") == Some(true);
        if let Some(text) = text(part, "text") {
            let block = if thought { Block::Thinking } else { Block::Text };
            self.write(block, text, proof, out);
            return;
        }
        let fields = part.as_object().into_iter().flatten();
        let content = fields
            .filter(|(_, value)| value.is_object())
            .map(|(name, _)| name);
        for name in content {
            out.push(Event::Dropped(format!(
                "{CANDIDATE}.content.parts[{number}].{name}"
            )));
        }
    }

    /// A call comes whole, or in pieces: a name first, then arguments by their paths, then an end without any.
    fn call(&mut self, call: &Value, proof: Option<Proof>, out: &mut Vec<Event>) {
        match said(call, "name") {
            Some(name) => self.begin_call(call, name, proof, out),
            None if self.partial.is_none() => return,
            None => {}
        }
        let Some(partial) = &mut self.partial else { return };
        if let Some((_, pieces)) = entry(call, "partialArgs")
            && !partial.take(pieces)
        {
            self.fail(finish::odd_call(), out);
            return;
        }
        if flag(call, "willContinue") != Some(true) {
            self.end_call(out);
        }
    }

    fn begin_call(&mut self, call: &Value, name: &str, proof: Option<Proof>, out: &mut Vec<Event>) {
        self.end_call(out);
        self.calls = true;
        self.clear(out);
        self.sign(proof, out);
        let key = self.key();
        out.push(Event::Open {
            key,
            block: Block::Call {
                id: text(call, "id").unwrap_or_default().to_owned(),
                name: name.to_owned(),
                custom: false,
                namespace: None,
            },
        });
        let args = get(call, "args").cloned();
        let args = args.unwrap_or_else(|| Value::Object(Map::new()));
        self.partial = Some(Partial::new(key, args));
    }

    fn end_call(&mut self, out: &mut Vec<Event>) {
        if let Some(partial) = self.partial.take() {
            let (key, text) = partial.end();
            out.push(Event::Text { key, text });
            out.push(Event::Close { key });
        }
    }

    fn key(&mut self) -> u32 {
        self.next = self.next.wrapping_add(1);
        self.next
    }

    fn fail(&mut self, failure: Failure, out: &mut Vec<Event>) {
        if !self.failed {
            self.failed = true;
            out.push(Event::Error(failure));
        }
    }
}

impl ReadStream for Reader {
    #[cfg(test)]
    fn copy(&self) -> Box<dyn ReadStream> {
        Box::new(self.clone())
    }

    fn event(&mut self, event: &SseEvent, out: &mut Vec<Event>) {
        let data = event.data.trim();
        if data.is_empty() || data == "[DONE]" {
            return;
        }
        match serde_json::from_str(data) {
            Ok(value) => self.chunk(&value, out),
            Err(_) => self.fail(finish::unreadable(), out),
        }
    }

    fn end(&mut self, out: &mut Vec<Event>) {
        let Some(mut finish) = self.finish.take().filter(|_| !self.failed) else {
            return;
        };
        self.end_call(out);
        self.last(out);
        if finish.reason == Reason::End && self.calls {
            finish.reason = Reason::ToolUse;
        }
        out.extend(self.usage.map(Event::Usage));
        out.push(Event::Finish(finish));
    }
}

#[cfg(test)]
mod tests;
