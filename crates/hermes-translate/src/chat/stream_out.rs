//! A client's stream.

use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::{Usage, stream_error, write_event};
use serde_json::{Map, Value, json};

use super::pieces::{self, Source};
use crate::context::Context;
use crate::json;
use crate::proof::{Proof, ProofKind};
use crate::reply::{Block, Citation, Event, Finish, Head, Reason};
use crate::translator::WriteStream;

/// How much of a thought is kept for the proof that may follow it, bytes.
const KEPT_LIMIT: usize = 4 << 20;

/// Writes chunks: the first with the role, one for each event, one with the reason, one with usage where it is wanted, and `[DONE]`.
#[derive(Clone)]
pub(crate) struct Writer {
    context: Arc<Context>,
    head: Map<String, Value>,
    /// A chunk up to its delta, and from there on.
    frame: (String, &'static str),
    open: Option<Block>,
    thought: Thought,
    /// Proofs given so far.
    proved: u64,
    annotations: u64,
    citations: u64,
    calls: u32,
    refused: bool,
    /// Characters of the text so far, and of that before the block that is open.
    said: u64,
    before: u64,
    /// Gemini's signature of what follows.
    signature: Option<Proof>,
    usage: Option<Usage>,
}

/// The thought that is open: a proof is only worth something beside all of its text.
#[derive(Clone, Default)]
struct Thought {
    text: String,
    too_long: bool,
    proof: Option<Proof>,
}

impl Writer {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        let head = pieces::head(context, &Head::default(), "chat.completion.chunk");
        Self {
            frame: frame(&head, context.wants_usage),
            head,
            context: Arc::clone(context),
            open: None,
            thought: Thought::default(),
            proved: 0,
            annotations: 0,
            citations: 0,
            calls: 0,
            refused: false,
            said: 0,
            before: 0,
            signature: None,
            usage: None,
        }
    }

    fn chunk(&self, choices: Vec<Value>, usage: Value, out: &mut Vec<u8>) {
        let mut chunk = self.head.clone();
        chunk.insert("choices".to_owned(), choices.into());
        if self.context.wants_usage {
            chunk.insert("usage".to_owned(), usage);
        }
        json::write_event(None, &Value::Object(chunk), out);
    }

    fn delta(&self, delta: Value, out: &mut Vec<u8>) {
        let Value::Object(delta) = delta else { return };
        let choice = pieces::choice("delta", delta, None);
        self.chunk(vec![choice.into()], Value::Null, out);
    }

    fn start(&mut self, head: &Head, out: &mut Vec<u8>) {
        self.head = pieces::head(&self.context, head, "chat.completion.chunk");
        self.frame = frame(&self.head, self.context.wants_usage);
        self.delta(json!({"role": "assistant", "content": "", "refusal": null}), out);
    }

    fn open(&mut self, block: &Block, out: &mut Vec<u8>) {
        self.open = Some(block.clone());
        self.before = self.said;
        let Block::Call { id, name, custom, .. } = block else {
            return self.sign(out);
        };
        let signature = self.signature.take();
        let mut call = Map::from_iter([("index".to_owned(), self.calls.into())]);
        call.extend(pieces::call(id, name, *custom, "", signature.as_ref()));
        self.calls += 1;
        self.delta(json!({ "tool_calls": [call] }), out);
    }

    fn text(&mut self, text: &str, out: &mut Vec<u8>) {
        match &self.open {
            None => {}
            Some(Block::Text) => {
                self.said += text.chars().count() as u64;
                self.more(r#"{"content":"#, text, "}", out);
            }
            Some(Block::Refusal) => {
                self.refused = true;
                self.more(r#"{"refusal":"#, text, "}", out);
            }
            Some(Block::Thinking) if !self.context.wants_thoughts => {}
            Some(Block::Thinking) => {
                self.thought.keep(text);
                self.more(r#"{"reasoning_content":"#, text, "}", out);
            }
            Some(Block::Call { custom, .. }) => {
                let (kind, field) = pieces::kind(*custom);
                let index = self.calls.saturating_sub(1);
                let before = format!(r#"{{"tool_calls":[{{"index":{index},"{kind}":{{"{field}":"#);
                self.more(&before, text, "}}]}", out);
            }
        }
    }

    /// A delta of text: the chunk that a stream is made of, written without a tree of JSON.
    fn more(&self, before: &str, text: &str, after: &str, out: &mut Vec<u8>) {
        let (front, back) = &self.frame;
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(front.as_bytes());
        out.extend_from_slice(before.as_bytes());
        json::write_text(text, out);
        out.extend_from_slice(after.as_bytes());
        out.extend_from_slice(back.as_bytes());
        out.extend_from_slice(b"\n\n");
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        self.open = None;
        let thought = std::mem::take(&mut self.thought);
        match thought.proof {
            Some(proof) if proof.kind == ProofKind::Thought => self.signature = Some(proof),
            // A proof without its text would be refused.
            Some(_) if thought.too_long => out.extend_from_slice(b": x-hermes-dropped signature\n\n"),
            Some(proof) => self.prove(&thought.text, &proof, out),
            None => {}
        }
    }

    fn prove(&mut self, text: &str, proof: &Proof, out: &mut Vec<u8>) {
        let detail = pieces::proved(self.proved, text, proof);
        self.proved += 1;
        self.delta(json!({ "reasoning_details": [detail] }), out);
    }

    /// A signature that no call followed goes among the details.
    fn sign(&mut self, out: &mut Vec<u8>) {
        if let Some(proof) = self.signature.take() {
            self.prove("", &proof, out);
        }
    }

    fn cite(&mut self, citation: &Citation, out: &mut Vec<u8>) {
        let (field, count, value) = match pieces::source(citation, self.before) {
            Source::Annotation(value) => ("annotations", &mut self.annotations, value),
            Source::Other(value) => ("citations", &mut self.citations, value),
        };
        let entry = pieces::numbered(*count, value);
        *count += 1;
        let delta = json!({ field: [entry] });
        self.delta(delta, out);
    }

    fn finish(&mut self, finish: &Finish, out: &mut Vec<u8>) {
        self.sign(out);
        if finish.reason == Reason::Refusal
            && !self.refused
            && let Some(explanation) = &finish.explanation
        {
            self.delta(json!({ "refusal": explanation }), out);
        }
        let reason = pieces::reason(finish, self.calls > 0);
        let mut choice = pieces::choice("delta", Map::new(), Some(reason));
        pieces::put_stop(&mut choice, finish);
        self.chunk(vec![choice.into()], Value::Null, out);
        if self.context.wants_usage {
            self.chunk(Vec::new(), pieces::usage(self.usage), out);
        }
        write_event(out, None, "[DONE]");
    }
}

/// What stands before and after the delta of a chunk.
fn frame(head: &Map<String, Value>, wants_usage: bool) -> (String, &'static str) {
    let mut front = Value::Object(head.clone()).to_string();
    front.pop();
    front.push_str(r#","choices":[{"index":0,"delta":"#);
    let back = if wants_usage {
        r#","logprobs":null,"finish_reason":null}],"usage":null}"#
    } else {
        r#","logprobs":null,"finish_reason":null}]}"#
    };
    (front, back)
}

impl Thought {
    fn keep(&mut self, text: &str) {
        if self.too_long || self.text.len() + text.len() > KEPT_LIMIT {
            self.too_long = true;
            self.text = String::new();
            return;
        }
        self.text.push_str(text);
    }
}

impl WriteStream for Writer {
    #[cfg(test)]
    fn copy(&self) -> Box<dyn WriteStream> {
        Box::new(self.clone())
    }

    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        match event {
            Event::Start(head) => self.start(head, out),
            Event::Open { block, .. } => self.open(block, out),
            Event::Text { text, .. } => self.text(text, out),
            Event::Proof { proof, .. } => self.thought.proof = Some(proof.clone()),
            Event::Citation { citation, .. } => self.cite(citation, out),
            Event::Close { .. } => self.close(out),
            Event::Usage(usage) => self.usage = Some(*usage),
            Event::Finish(finish) => self.finish(finish, out),
            Event::Error(failure) => {
                let status = failure.status;
                let (kind, message) = (&failure.kind, &failure.message);
                out.extend(stream_error(Protocol::ChatCompletions, status, kind, message, ""));
            }
            Event::Dropped(_) => {}
        }
    }

    fn ping(&mut self, out: &mut Vec<u8>) {
        out.extend_from_slice(b": ping\n\n");
    }
}

#[cfg(test)]
mod tests;
