//! An upstream's answer, chunk by chunk. A whole answer is read as one chunk, so that both tell the same.

mod calls;
mod citations;
mod content;
mod failure;
mod finish;
mod tag;

use hermes_core::Protocol;
use hermes_wire::{Usage, usage_of};
use serde_json::Value;

use crate::chat::details::{self, Detail};
use crate::proof::{Issuer, Proof, ProofKind};
use crate::read::{self, says_something};
use crate::reply::{Block, Event, Failure, Head};
use crate::sent::Sent;
use calls::Calls;
use citations::Citations;
pub(super) use failure::{cut_or_garbled, failure_of};
use finish::Ending;
use tag::{Piece, Tag};

/// Fields of a message whose loss nobody would notice, or that are read.
const KNOWN: [&str; 15] = [
    "role",
    "content",
    "refusal",
    "tool_calls",
    "function_call",
    "reasoning",
    "reasoning_content",
    "reasoning_details",
    "annotations",
    "citations",
    "channel",
    "index",
    "name",
    "extra_content",
    "provider_specific_fields",
];

/// Fields beside the choices that hold something for the client.
const CONTENT: [&str; 4] = ["moderation", "images", "related_questions", "videos"];

/// A block of text, thoughts or the refusal that is being written.
#[derive(Clone)]
struct Open {
    key: u32,
    block: Block,
    /// The thought that it belongs to in `reasoning_details`.
    thought: Option<u64>,
    proved: bool,
    sent: Sent,
    /// Characters of the answer's text before it.
    before: u64,
}

/// Reads the chunks of one answer.
#[derive(Clone)]
pub(super) struct Answer {
    issuer: Issuer,
    started: bool,
    keys: u32,
    open: Option<Open>,
    calls: Calls,
    tag: Tag,
    citations: Citations,
    ending: Ending,
    usage: Option<Usage>,
    dropped: Vec<String>,
    /// Characters of the text so far.
    said: u64,
    refused: bool,
    ended: bool,
}

impl Answer {
    pub(super) fn new(issuer: &Issuer) -> Self {
        Self {
            issuer: issuer.clone(),
            started: false,
            keys: 0,
            open: None,
            calls: Calls::default(),
            tag: Tag::default(),
            citations: Citations::default(),
            ending: Ending::default(),
            usage: None,
            dropped: Vec::new(),
            said: 0,
            refused: false,
            ended: false,
        }
    }

    /// Whether anything that ends an answer has come.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Whether the upstream has said why it stopped.
    pub(super) fn has_reason(&self) -> bool {
        self.ending.is_told()
    }

    /// Takes a chunk.
    pub(super) fn chunk(&mut self, chunk: &Value, out: &mut Vec<Event>) {
        if self.ended {
            return;
        }
        self.usage(chunk, out);
        if let Some(failure) = failure_of(chunk) {
            return self.fail(failure, out);
        }
        let choices = read::list(chunk, "choices");
        if !choices.is_empty() {
            self.start(chunk, out);
        }
        self.citations.of_answer(chunk);
        for (place, choice) in choices.iter().enumerate() {
            // Some upstreams number all chunks of their only answer from another number.
            match read::whole(choice, "index") {
                None | Some(0) if place == 0 => self.choice(choice, out),
                Some(0) => self.choice(choice, out),
                index => self.drop(format!("choices[{}]", index.unwrap_or(place as u64)), out),
            }
            if self.ended {
                return;
            }
        }
        for name in CONTENT {
            if chunk.get(name).is_some_and(says_something) {
                self.drop(name.to_owned(), out);
            }
        }
    }

    /// The upstream says that nothing follows; an answer that was begun is complete then, whether a reason was given or not.
    pub(super) fn done(&mut self, out: &mut Vec<Event>) {
        if self.ended || !self.started {
            return;
        }
        if let Some(failure) = self.ending.failure() {
            return self.fail(failure, out);
        }
        self.close_text(out);
        self.calls.finish(&mut self.keys, &self.issuer, out);
        for path in self.calls.nameless() {
            self.drop(path, out);
        }
        if self.citations.any_waiting() {
            self.drop("citations".to_owned(), out);
        }
        out.extend(self.usage.map(Event::Usage));
        out.push(Event::Finish(self.ending.finish(self.calls.any(), self.refused)));
        self.ended = true;
    }

    pub(super) fn fail(&mut self, failure: Failure, out: &mut Vec<Event>) {
        if !self.ended {
            out.push(Event::Error(failure));
            self.ended = true;
        }
    }

    fn start(&mut self, chunk: &Value, out: &mut Vec<Event>) {
        if self.started {
            return;
        }
        self.started = true;
        out.push(Event::Start(Head {
            id: read::said(chunk, "id").map(str::to_owned),
            model: read::said(chunk, "model").map(str::to_owned),
            created: read::whole(chunk, "created").filter(|time| *time > 0),
        }));
    }

    /// Usage stands beside the choices, in Groq's own field, or, at Moonshot, in the choice.
    fn usage(&mut self, chunk: &Value, out: &mut Vec<Event>) {
        let in_choice = || {
            read::list(chunk, "choices")
                .iter()
                .find_map(|one| one.get("usage"))
        };
        let found = [
            chunk.get("usage"),
            chunk.get("x_groq").and_then(|groq| groq.get("usage")),
            in_choice(),
        ];
        let mut found = found.into_iter().flatten();
        let usage = found.find_map(|usage| usage_of(Protocol::ChatCompletions, usage));
        // Counts of zero after others are no news.
        if let Some(usage) = usage.filter(|usage| self.usage.is_none() || usage.total() > 0)
            && self.usage != Some(usage)
        {
            self.usage = Some(usage);
            if self.started {
                out.push(Event::Usage(usage));
            }
        }
    }

    fn choice(&mut self, choice: &Value, out: &mut Vec<Event>) {
        let (place, delta) = match (choice.get("delta"), choice.get("message")) {
            (Some(delta), _) if delta.is_object() => ("delta", delta),
            (_, Some(message)) => ("message", message),
            _ => ("delta", &Value::Null),
        };
        self.thoughts(delta, out);
        self.citations.of_message(delta);
        for path in self.citations.unknown(place) {
            self.drop(path, out);
        }
        content::read(self, delta, place, out);
        if let Some(refusal) = read::said(delta, "refusal") {
            self.refused = true;
            self.text(&Block::Refusal, None, refusal, out);
        }
        self.calls(delta, out);
        for other in read::others(delta, &KNOWN, "") {
            if says_something(&other.value) {
                self.drop(format!("choices[0].{place}.{}", other.at), out);
            }
        }
        let logprobs = choice.get("logprobs").and_then(|one| one.get("content"));
        if logprobs.is_some_and(says_something) {
            self.drop("choices[0].logprobs".to_owned(), out);
        }
        self.ending.read(choice);
    }

    fn calls(&mut self, delta: &Value, out: &mut Vec<Event>) {
        let calls = read::list(delta, "tool_calls");
        let old = delta.get("function_call").filter(|call| calls::is_call(call));
        if calls.is_empty() && old.is_none() {
            return;
        }
        self.close_text(out);
        for call in calls {
            self.calls.take(call, &mut self.keys, &self.issuer, out);
        }
        if let Some(call) = old {
            self.calls.take_old(call, &mut self.keys, &self.issuer, out);
        }
    }

    /// Thoughts in one of their fields. The text in `reasoning` repeats that of the details.
    fn thoughts(&mut self, delta: &Value, out: &mut Vec<Event>) {
        let entries = read::list(delta, "reasoning_details");
        let details: Vec<_> = entries.iter().map(details::read).collect();
        let told = details.iter().any(|detail| !detail.text.is_empty());
        let field = read::said(delta, "reasoning_content").or_else(|| read::said(delta, "reasoning"));
        if let Some(text) = field.filter(|_| !told) {
            self.text(&Block::Thinking, None, text, out);
        }
        for detail in details {
            if !self.repeats(&detail) {
                self.text(&Block::Thinking, detail.index, detail.text, out);
            }
            if let Some((kind, data)) = detail.proof {
                self.proof(detail.index, kind, data, out);
            }
        }
        // Beside a text it proves that text, which follows.
        if let Some(data) = details::thought_signature(delta) {
            self.proof(None, ProofKind::Thought, data, out);
        }
    }

    /// Whether a detail is the proof of thoughts that came piece by piece in a field of their own: it holds all of their text again.
    fn repeats(&self, detail: &Detail<'_>) -> bool {
        let open = self.open.as_ref();
        detail.proof.is_some()
            && open.is_some_and(|open| open.thought.is_none() && !open.proved && open.sent.is(detail.text))
    }

    /// A proof goes with the thoughts that it belongs to, if they are still open, and otherwise stands for itself.
    fn proof(&mut self, thought: Option<u64>, kind: ProofKind, data: &str, out: &mut Vec<Event>) {
        let proof = Proof::minted(&self.issuer, kind, data);
        let alone = matches!(kind, ProofKind::Thought | ProofKind::Redacted);
        let fits = self.open.as_ref().is_some_and(|open| {
            let same = open.thought.is_none() || open.thought == thought;
            open.block == Block::Thinking && same && !open.proved
        });
        if alone || !fits {
            self.close_open(out);
            self.open(&Block::Thinking, thought, out);
        }
        if let Some(open) = &mut self.open {
            open.proved = true;
            out.push(Event::Proof { key: open.key, proof });
        }
        if alone {
            self.close_open(out);
        }
    }

    /// Adds to the block that is open, or opens another.
    fn text(&mut self, block: &Block, thought: Option<u64>, text: &str, out: &mut Vec<Event>) {
        if text.is_empty() {
            return;
        }
        if *block == Block::Thinking {
            self.tag.never();
        }
        let fits = self
            .open
            .as_ref()
            .is_some_and(|open| open.block == *block && open.thought == thought && !open.proved);
        if !fits {
            self.close_open(out);
            self.open(block, thought, out);
        }
        if let Some(open) = &mut self.open {
            match block {
                Block::Thinking => open.sent.add(text),
                Block::Text => self.said += text.chars().count() as u64,
                _ => {}
            }
            out.push(Event::Text {
                key: open.key,
                text: text.to_owned(),
            });
        }
    }

    fn open(&mut self, block: &Block, thought: Option<u64>, out: &mut Vec<Event>) {
        let key = self.keys;
        self.keys += 1;
        out.push(Event::Open {
            key,
            block: block.clone(),
        });
        self.open = Some(Open {
            key,
            block: block.clone(),
            thought,
            proved: false,
            sent: Sent::default(),
            before: self.said,
        });
        self.cite(out);
    }

    fn close_open(&mut self, out: &mut Vec<Event>) {
        if let Some(open) = self.open.take() {
            out.push(Event::Close { key: open.key });
        }
    }

    /// Closes what is open, after the text that was held back.
    fn close_text(&mut self, out: &mut Vec<Event>) {
        let held = self.tag.end();
        self.pieces(held, out);
        self.close_open(out);
    }

    /// Text in which thoughts may stand between tags.
    fn pieces(&mut self, pieces: Vec<Piece>, out: &mut Vec<Event>) {
        for piece in pieces {
            match piece {
                Piece::Thought(text) => self.tagged(&text, out),
                Piece::Text(text) => self.text(&Block::Text, None, &text, out),
            }
        }
    }

    /// Thoughts between tags are no reason to look for no more of them.
    fn tagged(&mut self, text: &str, out: &mut Vec<Event>) {
        let tag = std::mem::take(&mut self.tag);
        self.text(&Block::Thinking, None, text, out);
        self.tag = tag;
    }

    fn cite(&mut self, out: &mut Vec<Event>) {
        if let Some(Open {
            key,
            block: Block::Text,
            before,
            ..
        }) = self.open
        {
            let citations = self.citations.take(before);
            out.extend(
                citations
                    .into_iter()
                    .map(|citation| Event::Citation { key, citation }),
            );
        }
    }

    fn drop(&mut self, path: String, out: &mut Vec<Event>) {
        if !self.dropped.contains(&path) {
            self.dropped.push(path.clone());
            out.push(Event::Dropped(path));
        }
    }
}
