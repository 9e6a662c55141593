use serde_json::{Value, json};

use crate::read::text;
use crate::reply::Citation;

/// Annotations of the protocol that are no web pages.
const OTHERS: &[&str] = &["file_citation", "container_file_citation", "file_path"];

/// A source as an annotation of a text; none where it has no address and is not of this protocol. `same` says that the upstream speaks
/// this protocol, too.
pub(super) fn annotation(citation: &Citation, of: &str, same: bool) -> Option<Value> {
    let Some(url) = &citation.url else {
        let known = text(&citation.value, "type").is_some_and(|kind| OTHERS.contains(&kind));
        return (same && known).then(|| citation.value.clone());
    };
    // Without a place it is for all of the text.
    let all = u64::try_from(of.chars().count()).unwrap_or(u64::MAX);
    let (start, end) = citation.range.unwrap_or((0, all));
    let title = citation.title.as_deref().unwrap_or(url);
    Some(json!({
        "type": "url_citation", "url": url, "title": title, "start_index": start, "end_index": end,
    }))
}
