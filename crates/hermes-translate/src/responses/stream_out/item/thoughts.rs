use serde_json::json;

use crate::json;
use crate::proof::Proof;
use crate::responses::stream_out::sink::{Place, Sink};

/// Thoughts of the model, shown as their summary: every client shows that, few show the other.
#[derive(Clone)]
pub(crate) struct Thoughts {
    id: String,
    index: usize,
    text: String,
    proof: Option<String>,
}

impl Thoughts {
    pub(crate) fn new(id: String, index: usize, sink: &mut Sink<'_>) -> Self {
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

    fn place(&self) -> Place<'_> {
        Place {
            item: &self.id,
            index: self.index,
            part: Some(("summary_index", 0)),
        }
    }

    pub(crate) fn proof(&mut self, proof: &Proof) {
        self.proof = Some(proof.wrapped());
    }

    pub(crate) fn text(&mut self, text: &str, sink: &mut Sink<'_>) {
        if self.text.is_empty() {
            let empty = br#"{"type":"summary_text","text":""}"#;
            sink.part("response.reasoning_summary_part.added", &self.place(), empty);
        }
        self.text.push_str(text);
        let delta = "response.reasoning_summary_text.delta";
        sink.text(delta, &self.place(), "delta", text, false);
    }

    pub(crate) fn end(mut self, status: &str, sink: &mut Sink<'_>) -> Vec<u8> {
        let mut item = b"{\"id\":".to_vec();
        json::write_text(&self.id, &mut item);
        item.extend_from_slice(br#","type":"reasoning","status":"#);
        json::write_text(status, &mut item);
        item.extend_from_slice(b",\"summary\":[");
        if !self.text.is_empty() {
            let start = item.len();
            let text = std::mem::take(&mut self.text);
            let done = "response.reasoning_summary_text.done";
            sink.text(done, &self.place(), "text", &text, false);
            item.extend_from_slice(br#"{"type":"summary_text","text":"#);
            json::write_text(&text, &mut item);
            item.push(b'}');
            drop(text);
            let done = "response.reasoning_summary_part.done";
            sink.part(done, &self.place(), &item[start..]);
        }
        item.extend_from_slice(b"],\"encrypted_content\":");
        match self.proof.take() {
            Some(proof) => json::write_text(&proof, &mut item),
            None => item.extend_from_slice(b"null"),
        }
        item.push(b'}');
        sink.item(self.index, &item);
        item
    }
}
