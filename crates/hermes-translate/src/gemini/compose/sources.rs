//! Sources into `groundingMetadata`, which stands at the end of the answer and counts bytes.

use serde_json::{Map, Value, json};

use crate::reply::Citation;

/// How much of a block's text is kept to count in it, bytes.
const KEPT: usize = 1 << 20;

/// The sources of an answer.
#[derive(Clone, Default)]
pub(super) struct Sources {
    text: String,
    cut: bool,
    open: Vec<Citation>,
    chunks: Vec<Value>,
    /// Segments, each with the numbers of its chunks.
    supports: Vec<(Value, Vec<usize>)>,
}

impl Sources {
    pub(super) fn text(&mut self, text: &str) {
        if self.cut || self.text.len() + text.len() > KEPT {
            self.cut = true;
            self.text = String::new();
        } else {
            self.text.push_str(text);
        }
    }

    pub(super) fn add(&mut self, citation: &Citation) {
        self.open.push(citation.clone());
    }

    /// The block with this number among the parts ends.
    pub(super) fn close(&mut self, part: usize) {
        let text = std::mem::take(&mut self.text);
        let cut = std::mem::take(&mut self.cut);
        for citation in std::mem::take(&mut self.open) {
            let number = self.chunk(chunk(&citation));
            let Some(segment) = segment(&citation, (!cut).then_some(text.as_str()), part) else {
                continue;
            };
            match self.supports.iter_mut().find(|(known, _)| *known == segment) {
                Some((_, numbers)) if numbers.contains(&number) => {}
                Some((_, numbers)) => numbers.push(number),
                None => self.supports.push((segment, vec![number])),
            }
        }
    }

    fn chunk(&mut self, chunk: Value) -> usize {
        if let Some(known) = self.chunks.iter().position(|known| *known == chunk) {
            return known;
        }
        self.chunks.push(chunk);
        self.chunks.len() - 1
    }

    pub(super) fn metadata(&mut self) -> Option<Value> {
        if self.chunks.is_empty() {
            return None;
        }
        let supports = std::mem::take(&mut self.supports).into_iter();
        let supports: Vec<Value> = supports
            .map(|(segment, numbers)| json!({"segment": segment, "groundingChunkIndices": numbers}))
            .collect();
        let mut fields = Map::new();
        fields.insert(
            "groundingChunks".to_owned(),
            std::mem::take(&mut self.chunks).into(),
        );
        if !supports.is_empty() {
            fields.insert("groundingSupports".to_owned(), supports.into());
        }
        Some(Value::Object(fields))
    }
}

/// A page where there is an address; otherwise what was cited, as something that was looked up.
fn chunk(citation: &Citation) -> Value {
    if let Some(chunk) = citation.value.get("groundingChunk") {
        return chunk.clone();
    }
    let mut fields = Map::new();
    let said = [("uri", &citation.url), ("title", &citation.title)];
    for (name, text) in said {
        if let Some(text) = text {
            fields.insert(name.to_owned(), text.as_str().into());
        }
    }
    if citation.url.is_some() {
        return json!({"web": fields});
    }
    let text = citation
        .quote
        .clone()
        .unwrap_or_else(|| citation.value.to_string());
    fields.insert("text".to_owned(), text.into());
    json!({"retrievedContext": fields})
}

fn segment(citation: &Citation, block: Option<&str>, part: usize) -> Option<Value> {
    let block = block?;
    let (start, end) = citation.range?;
    let (start, end) = (bytes(block, start)?, bytes(block, end)?);
    let text = block.get(start..end)?;
    let mut segment = Map::new();
    if part > 0 {
        segment.insert("partIndex".to_owned(), part.into());
    }
    if start > 0 {
        segment.insert("startIndex".to_owned(), start.into());
    }
    segment.insert("endIndex".to_owned(), end.into());
    segment.insert("text".to_owned(), text.into());
    Some(Value::Object(segment))
}

/// How many bytes so many characters take.
fn bytes(text: &str, characters: u64) -> Option<usize> {
    let count = usize::try_from(characters).ok()?;
    let starts = text.char_indices().map(|(at, _)| at);
    starts.chain([text.len()]).nth(count)
}
