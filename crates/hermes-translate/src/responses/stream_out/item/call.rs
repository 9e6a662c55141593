use serde_json::{Map, Value, json};

use crate::json;
use crate::responses::stream_out::sink::{Place, Sink};

/// A call of a tool.
#[derive(Clone)]
pub(crate) struct Call {
    head: Map<String, Value>,
    custom: bool,
    index: usize,
    text: String,
}

impl Call {
    /// `head` holds the ids and the name.
    pub(crate) fn new(
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
        let mut item = call.fields("in_progress");
        item.insert(call.field().to_owned(), "".into());
        sink.emit(
            "response.output_item.added",
            json!({"output_index": index, "item": item}),
        );
        call
    }

    /// The field that its text stands in.
    fn field(&self) -> &'static str {
        if self.custom { "input" } else { "arguments" }
    }

    /// All fields but its text.
    fn fields(&self, status: &str) -> Map<String, Value> {
        let kind = if self.custom {
            "custom_tool_call"
        } else {
            "function_call"
        };
        let mut item = Map::new();
        item.insert("type".to_owned(), kind.into());
        item.insert("status".to_owned(), status.into());
        item.extend(self.head.clone());
        item
    }

    fn place(&self) -> Place<'_> {
        Place {
            item: self.head.get("id").and_then(Value::as_str).unwrap_or_default(),
            index: self.index,
            part: None,
        }
    }

    pub(crate) fn text(&mut self, text: &str, sink: &mut Sink<'_>) {
        self.text.push_str(text);
        let kind = if self.custom {
            "response.custom_tool_call_input.delta"
        } else {
            "response.function_call_arguments.delta"
        };
        sink.text(kind, &self.place(), "delta", text, false);
    }

    pub(crate) fn end(mut self, status: &str, sink: &mut Sink<'_>) -> Vec<u8> {
        if self.text.is_empty() && !self.custom {
            // Clients read the arguments as JSON.
            self.text("{}", sink);
        }
        let text = std::mem::take(&mut self.text);
        if self.custom {
            let done = "response.custom_tool_call_input.done";
            sink.text(done, &self.place(), "input", &text, false);
        } else {
            let name = self.head.get("name").and_then(Value::as_str).unwrap_or_default();
            sink.arguments(&self.place(), name, &text);
        }
        let mut item = Vec::new();
        json::write_value(&Value::Object(self.fields(status)), &mut item);
        item.pop();
        item.extend_from_slice(format!(",\"{}\":", self.field()).as_bytes());
        json::write_text(&text, &mut item);
        item.push(b'}');
        drop(text);
        sink.item(self.index, &item);
        item
    }
}
