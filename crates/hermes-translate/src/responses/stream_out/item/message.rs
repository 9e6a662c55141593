use serde_json::{Value, json};

use crate::json;
use crate::reply::Citation;
use crate::responses::stream_out::annotation::annotation;
use crate::responses::stream_out::sink::{Place, Sink};

/// Something that the model says.
#[derive(Clone)]
pub(crate) struct Message {
    id: String,
    index: usize,
    /// The item as JSON up to its last part; a message is written with its parts before its end is known.
    written: Vec<u8>,
    parts: usize,
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
    pub(crate) fn new(id: String, index: usize, sink: &mut Sink<'_>) -> Self {
        let item = json!({
            "id": id, "type": "message", "status": "in_progress", "role": "assistant", "content": [],
        });
        sink.emit(
            "response.output_item.added",
            json!({"output_index": index, "item": item}),
        );
        let mut written = b"{\"id\":".to_vec();
        json::write_text(&id, &mut written);
        written.extend_from_slice(br#","type":"message","role":"assistant","content":["#);
        Self {
            id,
            index,
            written,
            parts: 0,
            part: None,
        }
    }

    fn place(&self) -> Place<'_> {
        Place {
            item: &self.id,
            index: self.index,
            part: Some(("content_index", self.parts)),
        }
    }

    /// Begins a part.
    pub(crate) fn part(&mut self, refusal: bool, sink: &mut Sink<'_>) {
        self.end_part(sink);
        let part = Part {
            refusal,
            text: String::new(),
            citations: Vec::new(),
            same: false,
        };
        let mut empty = Vec::new();
        part.write(&[], &mut empty);
        sink.part("response.content_part.added", &self.place(), &empty);
        self.part = Some(part);
    }

    pub(crate) fn text(&mut self, text: &str, sink: &mut Sink<'_>) {
        let Some(mut part) = self.part.take() else {
            return;
        };
        part.text.push_str(text);
        let place = self.place();
        if part.refusal {
            sink.text("response.refusal.delta", &place, "delta", text, false);
        } else {
            sink.text("response.output_text.delta", &place, "delta", text, true);
        }
        self.part = Some(part);
    }

    /// `same` says that the source is of the client's protocol.
    pub(crate) fn citation(&mut self, citation: &Citation, same: bool) {
        if let Some(part) = &mut self.part {
            part.citations.push(citation.clone());
            part.same = same;
        }
    }

    /// Sources are told after the text, since only then it is known which of it they are for.
    pub(crate) fn end_part(&mut self, sink: &mut Sink<'_>) {
        let Some(part) = self.part.take() else {
            return;
        };
        let sources = part.sources();
        for (number, source) in sources.iter().enumerate() {
            let mut fields = self.place().value();
            fields["annotation_index"] = number.into();
            fields["annotation"] = source.clone();
            sink.emit("response.output_text.annotation.added", fields);
        }
        let (kind, field) = if part.refusal {
            ("response.refusal.done", "refusal")
        } else {
            ("response.output_text.done", "text")
        };
        sink.text(kind, &self.place(), field, &part.text, !part.refusal);
        if self.parts > 0 {
            self.written.push(b',');
        }
        let start = self.written.len();
        part.write(&sources, &mut self.written);
        drop(part);
        let done = "response.content_part.done";
        sink.part(done, &self.place(), &self.written[start..]);
        self.parts += 1;
    }

    pub(crate) fn end(mut self, status: &str, sink: &mut Sink<'_>) -> Vec<u8> {
        self.end_part(sink);
        let mut item = self.written;
        item.extend_from_slice(b"],\"status\":");
        json::write_text(status, &mut item);
        item.push(b'}');
        sink.item(self.index, &item);
        item
    }
}

impl Part {
    fn sources(&self) -> Vec<Value> {
        let sources = self.citations.iter();
        let sources = sources.filter_map(|one| annotation(one, &self.text, self.same));
        sources.collect()
    }

    fn write(&self, sources: &[Value], out: &mut Vec<u8>) {
        if self.refusal {
            out.extend_from_slice(br#"{"type":"refusal","refusal":"#);
        } else {
            out.extend_from_slice(br#"{"type":"output_text","annotations":"#);
            json::write_list(sources, out);
            out.extend_from_slice(br#","logprobs":[],"text":"#);
        }
        json::write_text(&self.text, out);
        out.push(b'}');
    }
}
