//! Sources of a text: `groundingMetadata` and `citationMetadata`.

use serde_json::{Value, json};

use crate::bounds::{SOURCES_LIMIT, texts_in};
use crate::gemini::json::{get, said, text, whole};
use crate::reply::Citation;

/// What a candidate says beside its content, and has no place in another protocol.
const WITHOUT_PLACE: [&str; 2] = ["logprobsResult", "urlContextMetadata"];
const GROUNDING_WITHOUT_PLACE: [&str; 5] = [
    "searchEntryPoint",
    "webSearchQueries",
    "imageSearchQueries",
    "retrievalQueries",
    "googleMapsWidgetContextToken",
];

/// Sources that wait for the end of their text. Each chunk that holds some holds all of them.
#[derive(Clone, Default)]
pub(super) struct Sources {
    grounding: Option<Value>,
    citations: Option<Value>,
}

impl Sources {
    /// Takes what a candidate says of sources, and gives the names of what has no place.
    pub(super) fn take(&mut self, candidate: &Value) -> Vec<String> {
        let lost = WITHOUT_PLACE.into_iter();
        let mut lost: Vec<String> = lost
            .filter(|name| get(candidate, name).is_some())
            .map(str::to_owned)
            .collect();
        if let Some(metadata) = get(candidate, "groundingMetadata") {
            let names = GROUNDING_WITHOUT_PLACE.into_iter();
            let names = names.filter(|name| get(metadata, name).is_some());
            lost.extend(names.map(|name| format!("groundingMetadata.{name}")));
            if list(metadata, "groundingChunks").next().is_some() {
                self.grounding = Some(metadata.clone());
            }
        }
        if let Some(metadata) = get(candidate, "citationMetadata") {
            let found = ["citations", "citationSources"];
            if let Some(citations) = found.iter().find_map(|name| get(metadata, name)) {
                self.citations = Some(citations.clone());
            }
        }
        lost
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.grounding.is_some() || self.citations.is_some()
    }

    /// The sources of a text that ends; without the text nobody knows where in it they belong. None where they are too many: each
    /// support repeats all that its chunks say.
    pub(super) fn of(&mut self, text: Option<&str>) -> Option<Vec<Citation>> {
        let mut found = Vec::new();
        if let Some(metadata) = self.grounding.take() {
            grounded(&metadata, text, &mut found)?;
        }
        if let Some(Value::Array(citations)) = self.citations.take() {
            found.extend(citations.iter().map(|one| cited(one, text)));
        }
        Some(found)
    }
}

fn list<'a>(value: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    get(value, name).and_then(Value::as_array).into_iter().flatten()
}

fn grounded(metadata: &Value, text: Option<&str>, out: &mut Vec<Citation>) -> Option<()> {
    let chunks: Vec<&Value> = list(metadata, "groundingChunks").collect();
    let sizes: Vec<usize> = chunks.iter().map(|chunk| texts_in(chunk)).collect();
    let mut room = SOURCES_LIMIT;
    let mut used = vec![false; chunks.len()];
    for support in list(metadata, "groundingSupports") {
        for index in list(support, "groundingChunkIndices") {
            let index = index.as_u64().and_then(|index| usize::try_from(index).ok());
            let Some((index, chunk)) = index.and_then(|index| Some((index, *chunks.get(index)?))) else {
                continue;
            };
            used[index] = true;
            room = room.checked_sub(sizes[index] + texts_in(support))?;
            out.push(source(chunk, Some(support), text));
        }
    }
    let unused = chunks.iter().zip(used).filter(|(_, used)| !used);
    out.extend(unused.map(|(chunk, _)| source(chunk, None, text)));
    Some(())
}

fn source(chunk: &Value, support: Option<&Value>, text: Option<&str>) -> Citation {
    let kinds = ["web", "retrievedContext", "maps", "image"];
    let inner = kinds.iter().find_map(|name| get(chunk, name)).unwrap_or(chunk);
    let segment = support.and_then(|support| get(support, "segment"));
    let address = ["uri", "sourceUri", "imageUri"]
        .iter()
        .find_map(|name| said(inner, name));
    let mut value = json!({"groundingChunk": chunk});
    if let Some(support) = support {
        value["groundingSupport"] = support.clone();
    }
    Citation {
        url: address.map(str::to_owned),
        title: said(inner, "title").map(str::to_owned),
        quote: segment
            .and_then(|segment| said(segment, "text"))
            .map(str::to_owned),
        range: segment.zip(text).and_then(|(segment, text)| range(segment, text)),
        value,
    }
}

fn cited(citation: &Value, text: Option<&str>) -> Citation {
    Citation {
        url: said(citation, "uri").map(str::to_owned),
        title: said(citation, "title").map(str::to_owned),
        quote: None,
        range: text.and_then(|text| range(citation, text)),
        value: citation.clone(),
    }
}

/// Where a segment lies, in characters. Gemini counts bytes within a part, and what a part is depends on the chunks; the segment's own
/// text tells better.
fn range(segment: &Value, block: &str) -> Option<(u64, u64)> {
    let start = usize::try_from(whole(segment, "startIndex").unwrap_or(0)).ok()?;
    let end = whole(segment, "endIndex").and_then(|end| usize::try_from(end).ok());
    let quoted = text(segment, "text").filter(|text| !text.is_empty());
    let (start, end) = match (quoted, end) {
        (Some(text), _) if block.get(start..).is_some_and(|rest| rest.starts_with(text)) => {
            (start, start + text.len())
        }
        (Some(text), _) => {
            let found = block.find(text)?;
            (found, found + text.len())
        }
        (None, end) => (start, end?),
    };
    let characters = |end: usize| block.get(..end).map(|text| text.chars().count() as u64);
    let (start, end) = (characters(start)?, characters(end)?);
    (start < end).then_some((start, end))
}
