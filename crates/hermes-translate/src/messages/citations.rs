use serde_json::{Value, json};

use crate::read::text;
use crate::reply::Citation;

/// A source as the provider names it. It belongs to the whole of its block.
pub(super) fn read(value: &Value) -> Citation {
    let first = |fields: &[&str]| {
        fields
            .iter()
            .find_map(|field| text(value, field))
            .map(str::to_owned)
    };
    Citation {
        url: first(&["url"]),
        title: first(&["title", "document_title"]),
        quote: first(&["cited_text"]),
        range: None,
        value: value.clone(),
    }
}

/// A source for the client. Those of other protocols are pages of the web, or places in a document.
pub(super) fn write(citation: &Citation) -> Value {
    let own = text(&citation.value, "type").is_some_and(|kind| kind.ends_with("_location"));
    if own {
        return citation.value.clone();
    }
    let quote = citation.quote.as_deref().unwrap_or_default();
    if let Some(url) = &citation.url {
        return json!({
            "type": "web_search_result_location",
            "cited_text": quote,
            "encrypted_index": "",
            "title": citation.title,
            "url": url,
        });
    }
    let (start, end) = citation.range.unwrap_or_default();
    json!({
        "type": "char_location",
        "cited_text": quote,
        "document_index": 0,
        "document_title": citation.title,
        "start_char_index": start,
        "end_char_index": end,
        "file_id": text(&citation.value, "file_id"),
    })
}
