use serde_json::{Map, Value, json};

use super::Writing;
use crate::prompt::{Part, PartKind, ToolCall, ToolResult};
use crate::read::arguments;
use crate::unsupported::Unsupported;

impl Writing<'_> {
    /// The block of a part; none where nothing of it can be sent.
    pub(super) fn block(&mut self, part: &Part) -> Result<Option<Value>, Unsupported> {
        if self.native()
            && let Some(own) = self.prompt.own.get(&part.at)
        {
            return Ok(Some(own.clone()));
        }
        let block = match &part.kind {
            PartKind::Text(text) | PartKind::Refusal(text) => self.text(text, &part.at)?,
            PartKind::Image(media) => Some(self.image(media, &part.at)?),
            PartKind::File(media) => Some(self.file(media, &part.at)?),
            PartKind::Audio(_) => {
                let way_out = "Send its transcript as text.";
                return Err(Unsupported::new(&part.at, "sound", &self.target.name, way_out));
            }
            PartKind::Thinking { text, proof } => {
                let block = self.thoughts(text, proof.as_ref(), &part.at)?;
                return self.unmarked(block, part);
            }
            PartKind::Call(call) => Some(self.call(call, &part.at)?),
            PartKind::Result(result) => Some(self.result(result, &part.at)?),
            PartKind::Foreign { value, .. } => {
                if self.native() {
                    return Ok(Some(value.clone()));
                }
                self.dropped.add(&part.at)?;
                None
            }
        };
        let Some(mut block) = block else {
            return self.unmarked(None, part);
        };
        self.mark(&mut block, part.cache.as_deref(), &part.at)?;
        self.extras.restore(&part.at, &mut block);
        Ok(Some(block))
    }

    /// A block that no cache marker may stand on.
    fn unmarked(&mut self, block: Option<Value>, part: &Part) -> Result<Option<Value>, Unsupported> {
        if part.cache.is_some() {
            self.spare_markers = self.spare_markers.saturating_sub(1);
            self.dropped.add(format!("{}.cache_control", part.at))?;
        }
        Ok(block.map(|mut block| {
            self.extras.restore(&part.at, &mut block);
            block
        }))
    }

    /// Empty texts are refused, and so are those of white space only, which other protocols take.
    fn text(&mut self, text: &str, at: &str) -> Result<Option<Value>, Unsupported> {
        if text.is_empty() {
            return Ok(None);
        }
        if text.trim().is_empty() && !self.native() {
            self.dropped.add(at)?;
            return Ok(None);
        }
        Ok(Some(json!({"type": "text", "text": text})))
    }

    fn call(&mut self, call: &ToolCall, at: &str) -> Result<Value, Unsupported> {
        let input = if call.custom {
            json!({"input": call.arguments})
        } else {
            let input = arguments(&call.arguments).filter(Value::is_object);
            input.ok_or_else(|| Unsupported::invalid(at, "has arguments that are not a JSON object"))?
        };
        Ok(json!({
            "type": "tool_use",
            "id": self.ids.call(&call.id, &call.name),
            "name": self.names.sent(&call.name, call.namespace.as_deref()),
            "input": input,
        }))
    }

    fn result(&mut self, result: &ToolResult, at: &str) -> Result<Value, Unsupported> {
        let id = self.ids.result(&result.id, result.name.as_deref());
        let mut block = Map::from_iter([
            ("type".to_owned(), "tool_result".into()),
            ("tool_use_id".to_owned(), id.into()),
        ]);
        let mut blocks = Vec::new();
        for part in &result.parts {
            match &part.kind {
                PartKind::Thinking { .. } | PartKind::Call(_) | PartKind::Result(_) => {
                    self.dropped.add(&part.at)?;
                }
                _ => blocks.extend(self.block(part)?),
            }
        }
        let mere = !self.native() || result.parts.iter().all(|part| part.at == format!("{at}.content"));
        let content = match &blocks[..] {
            [] => None,
            [one] if mere => plain(one).map(Value::from).or(Some(blocks.into())),
            _ => Some(blocks.into()),
        };
        if let Some(content) = content {
            block.insert("content".to_owned(), content);
        }
        if result.is_error {
            block.insert("is_error".to_owned(), true.into());
        }
        Ok(block.into())
    }
}

/// The text of a block that is nothing but a text.
pub(super) fn plain(block: &Value) -> Option<&str> {
    let fields = block.as_object().filter(|fields| fields.len() == 2)?;
    let text = fields.get("text")?.as_str();
    text.filter(|_| fields.get("type").is_some_and(|kind| kind == "text"))
}
