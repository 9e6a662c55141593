//! Items of an answer while they grow.

use serde_json::{Map, Value, json};

use super::{Place, Sink};
use crate::context::Context;
use crate::proof::Proof;
use crate::reply::Citation;

use super::annotation::annotation;

/// The item that is open.
#[derive(Clone)]
pub(super) enum Open {
    Message(Message),
    Thoughts(Thoughts),
    Call(Call),
}

impl Open {
    pub(super) fn text(&mut self, context: &Context, text: &str, sink: &mut Sink<'_>) {
        match self {
            Self::Message(message) => message.text(text, sink),
            Self::Thoughts(thoughts) if context.wants_thoughts => thoughts.text(text, sink),
            Self::Thoughts(_) => {}
            Self::Call(call) => call.text(text, sink),
        }
    }

    pub(super) fn proof(&mut self, proof: &Proof) {
        if let Self::Thoughts(thoughts) = self {
            thoughts.proof = Some(proof.wrapped());
        }
    }

    pub(super) fn citation(&mut self, context: &Context, citation: &Citation) {
        if let Self::Message(message) = self
            && let Some(part) = &mut message.part
        {
            part.citations.push(citation.clone());
            part.same = context.client == context.upstream;
        }
    }

    /// The block ends. An item that ends with it is returned; a message stays open for further parts.
    pub(super) fn close(&mut self, sink: &mut Sink<'_>) -> Option<Value> {
        match self {
            Self::Message(message) => {
                message.end_part(sink);
                None
            }
            Self::Thoughts(thoughts) => Some(thoughts.end("completed", sink)),
            Self::Call(call) => Some(call.end("completed", sink)),
        }
    }

    /// The item ends.
    pub(super) fn end(mut self, status: &str, sink: &mut Sink<'_>) -> Value {
        match &mut self {
            Self::Message(message) => message.end(status, sink),
            Self::Thoughts(thoughts) => thoughts.end(status, sink),
            Self::Call(call) => call.end(status, sink),
        }
    }
}

/// Something that the model says.
#[derive(Clone)]
pub(super) struct Message {
    id: String,
    index: usize,
    content: Vec<Value>,
    part: Option<Part>,
}

#[derive(Clone)]
struct Part {
    refusal: bool,
    text: String,
    citations: Vec<Citation>,
    /// Whether the citations are of the client's protocol.
    same: bool,
}

impl Message {
    pub(super) fn new(id: String, index: usize, sink: &mut Sink<'_>) -> Self {
        let item = json!({
            "id": id, "type": "message", "status": "in_progress", "role": "assistant", "content": [],
        });
        sink.emit(
            "response.output_item.added",
            json!({"output_index": index, "item": item}),
        );
        Self {
            id,
            index,
            content: Vec::new(),
            part: None,
        }
    }

    /// Where the part stands, for its events.
    fn place(&self) -> Value {
        json!({"item_id": self.id, "output_index": self.index, "content_index": self.content.len()})
    }

    /// Begins a part.
    pub(super) fn part(&mut self, refusal: bool, sink: &mut Sink<'_>) {
        self.end_part(sink);
        let part = Part {
            refusal,
            text: String::new(),
            citations: Vec::new(),
            same: false,
        };
        let place = with(self.place(), "part", part.value(&[]));
        sink.emit("response.content_part.added", place);
        self.part = Some(part);
    }

    fn text(&mut self, text: &str, sink: &mut Sink<'_>) {
        let Some(part) = &mut self.part else {
            return;
        };
        part.text.push_str(text);
        let place = Place {
            item: &self.id,
            index: self.index,
            part: Some(("content_index", self.content.len())),
        };
        if part.refusal {
            sink.delta("response.refusal.delta", &place, text, false);
        } else {
            sink.delta("response.output_text.delta", &place, text, true);
        }
    }

    /// Sources are told after the text, since only then it is known which of it they are for.
    fn end_part(&mut self, sink: &mut Sink<'_>) {
        let Some(part) = self.part.take() else {
            return;
        };
        let sources = part
            .citations
            .iter()
            .filter_map(|one| annotation(one, &part.text, part.same));
        let sources: Vec<Value> = sources.collect();
        for (number, source) in sources.iter().enumerate() {
            let place = with(self.place(), "annotation_index", number.into());
            sink.emit(
                "response.output_text.annotation.added",
                with(place, "annotation", source.clone()),
            );
        }
        let (kind, field) = if part.refusal {
            ("response.refusal.done", "refusal")
        } else {
            ("response.output_text.done", "text")
        };
        let mut done = with(self.place(), field, part.text.clone().into());
        if !part.refusal {
            done = with(done, "logprobs", json!([]));
        }
        sink.emit(kind, done);
        let value = part.value(&sources);
        sink.emit(
            "response.content_part.done",
            with(self.place(), "part", value.clone()),
        );
        self.content.push(value);
    }

    fn end(&mut self, status: &str, sink: &mut Sink<'_>) -> Value {
        self.end_part(sink);
        let item = json!({
            "id": self.id, "type": "message", "status": status, "role": "assistant", "content": self.content,
        });
        sink.emit(
            "response.output_item.done",
            json!({"output_index": self.index, "item": item}),
        );
        item
    }
}

impl Part {
    fn value(&self, sources: &[Value]) -> Value {
        if self.refusal {
            json!({"type": "refusal", "refusal": self.text})
        } else {
            json!({"type": "output_text", "annotations": sources, "logprobs": [], "text": self.text})
        }
    }
}

/// Thoughts of the model, shown as their summary: every client shows that, few show the other.
#[derive(Clone)]
pub(super) struct Thoughts {
    id: String,
    index: usize,
    text: String,
    proof: Option<String>,
}

impl Thoughts {
    pub(super) fn new(id: String, index: usize, sink: &mut Sink<'_>) -> Self {
        let item = json!({"id": id, "type": "reasoning", "summary": []});
        sink.emit(
            "response.output_item.added",
            json!({"output_index": index, "item": item}),
        );
        Self {
            id,
            index,
            text: String::new(),
            proof: None,
        }
    }

    fn place(&self) -> Value {
        json!({"item_id": self.id, "output_index": self.index, "summary_index": 0})
    }

    fn text(&mut self, text: &str, sink: &mut Sink<'_>) {
        if self.text.is_empty() {
            let empty = json!({"type": "summary_text", "text": ""});
            sink.emit(
                "response.reasoning_summary_part.added",
                with(self.place(), "part", empty),
            );
        }
        self.text.push_str(text);
        let place = Place {
            item: &self.id,
            index: self.index,
            part: Some(("summary_index", 0)),
        };
        sink.delta("response.reasoning_summary_text.delta", &place, text, false);
    }

    fn end(&mut self, status: &str, sink: &mut Sink<'_>) -> Value {
        let text = std::mem::take(&mut self.text);
        let mut summary = Vec::new();
        if !text.is_empty() {
            let part = json!({"type": "summary_text", "text": text});
            let done = with(self.place(), "text", text.into());
            sink.emit("response.reasoning_summary_text.done", done);
            let done = with(self.place(), "part", part.clone());
            sink.emit("response.reasoning_summary_part.done", done);
            summary.push(part);
        }
        let item = json!({
            "id": self.id, "type": "reasoning", "status": status, "summary": summary,
            "encrypted_content": self.proof,
        });
        sink.emit(
            "response.output_item.done",
            json!({"output_index": self.index, "item": item}),
        );
        item
    }
}

/// A call of a tool.
#[derive(Clone)]
pub(super) struct Call {
    head: Map<String, Value>,
    custom: bool,
    index: usize,
    text: String,
}

impl Call {
    /// `head` holds the ids and the name.
    pub(super) fn new(
        head: Value,
        namespace: Option<&str>,
        custom: bool,
        index: usize,
        sink: &mut Sink<'_>,
    ) -> Self {
        let mut head = match head {
            Value::Object(head) => head,
            _ => Map::new(),
        };
        if let Some(namespace) = namespace {
            head.insert("namespace".to_owned(), namespace.into());
        }
        let call = Self {
            head,
            custom,
            index,
            text: String::new(),
        };
        let item = call.item("in_progress");
        sink.emit(
            "response.output_item.added",
            json!({"output_index": index, "item": item}),
        );
        call
    }

    fn item(&self, status: &str) -> Value {
        let (kind, field) = if self.custom {
            ("custom_tool_call", "input")
        } else {
            ("function_call", "arguments")
        };
        let mut item = Map::new();
        item.insert("type".to_owned(), kind.into());
        item.insert("status".to_owned(), status.into());
        item.extend(self.head.clone());
        item.insert(field.to_owned(), self.text.clone().into());
        Value::Object(item)
    }

    fn place(&self) -> Value {
        json!({"item_id": self.head.get("id"), "output_index": self.index})
    }

    fn text(&mut self, text: &str, sink: &mut Sink<'_>) {
        self.text.push_str(text);
        let kind = if self.custom {
            "response.custom_tool_call_input.delta"
        } else {
            "response.function_call_arguments.delta"
        };
        let place = Place {
            item: self.head.get("id").and_then(Value::as_str).unwrap_or_default(),
            index: self.index,
            part: None,
        };
        sink.delta(kind, &place, text, false);
    }

    fn end(&mut self, status: &str, sink: &mut Sink<'_>) -> Value {
        if self.text.is_empty() && !self.custom {
            // Clients read the arguments as JSON.
            self.text("{}", sink);
        }
        let text = Value::from(self.text.clone());
        if self.custom {
            let done = with(self.place(), "input", text);
            sink.emit("response.custom_tool_call_input.done", done);
        } else {
            let name = self.head.get("name").cloned().unwrap_or_default();
            let done = with(with(self.place(), "name", name), "arguments", text);
            sink.emit("response.function_call_arguments.done", done);
        }
        let item = self.item(status);
        sink.emit(
            "response.output_item.done",
            json!({"output_index": self.index, "item": item}),
        );
        item
    }
}

fn with(mut value: Value, field: &str, more: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.insert(field.to_owned(), more);
    }
    value
}
