use serde_json::Value;

use super::Outlet;
use crate::read::said;
use crate::reply::{Block, Event};
use crate::sent::Sent;

/// A call of a tool.
#[derive(Clone)]
pub(in crate::responses) struct Call {
    custom: bool,
    key: Option<u32>,
    id: String,
    /// Arguments that came before the tool's name.
    early: String,
    sent: Sent,
    closed: bool,
}

impl Call {
    pub(super) fn new(custom: bool) -> Self {
        Self {
            custom,
            key: None,
            id: String::new(),
            early: String::new(),
            sent: Sent::default(),
            closed: false,
        }
    }

    /// Opens the block as soon as the tool is known.
    pub(super) fn learn(&mut self, item: &Value, out: &mut Outlet) {
        if self.key.is_some() || said(item, "name").is_none() {
            return;
        }
        self.custom = match item.get("type").and_then(Value::as_str) {
            Some(kind) => kind == "custom_tool_call",
            None => self.custom,
        };
        self.open(item, out);
    }

    fn open(&mut self, item: &Value, out: &mut Outlet) {
        let key = out.key();
        self.key = Some(key);
        let id = said(item, "call_id").or_else(|| said(item, "id"));
        id.unwrap_or_default().clone_into(&mut self.id);
        out.called = true;
        out.events.push(Event::Open {
            key,
            block: Block::Call {
                id: self.id.clone(),
                name: said(item, "name").unwrap_or_default().to_owned(),
                custom: self.custom,
                namespace: said(item, "namespace").map(str::to_owned),
            },
        });
        let early = std::mem::take(&mut self.early);
        self.more(&early, out);
    }

    /// More of the arguments.
    pub(in crate::responses) fn more(&mut self, text: &str, out: &mut Outlet) {
        match self.key {
            Some(_) if self.closed => {}
            Some(key) => {
                self.sent.add(text);
                out.text(key, text);
            }
            None => self.early.push_str(text),
        }
    }

    /// All of the arguments.
    pub(in crate::responses) fn whole(&mut self, arguments: &str, out: &mut Outlet) {
        if self.key.is_none() {
            arguments.clone_into(&mut self.early);
            return;
        }
        let missing = self.sent.missing(arguments).to_owned();
        self.more(&missing, out);
    }

    pub(super) fn done(&mut self, item: &Value, out: &mut Outlet) {
        self.learn(item, out);
        match item.get(if self.custom { "input" } else { "arguments" }) {
            Some(Value::String(arguments)) => self.whole(arguments, out),
            // Not what the protocol says, but what some upstreams send.
            Some(object @ Value::Object(_)) => self.whole(&object.to_string(), out),
            _ => {}
        }
        if self.key.is_none() {
            self.open(item, out);
        }
        self.close(out);
    }

    /// Whether an item is this call.
    pub(super) fn is(&self, item: &Value) -> bool {
        self.key.is_none() || said(item, "call_id").is_none_or(|id| id == self.id)
    }

    /// The answer ends.
    pub(super) fn end(&mut self, out: &mut Outlet) {
        if self.key.is_none() {
            self.open(&Value::Null, out);
        }
        self.close(out);
    }

    fn close(&mut self, out: &mut Outlet) {
        if let Some(key) = self.key
            && !self.closed
        {
            self.closed = true;
            out.events.push(Event::Close { key });
        }
    }
}
