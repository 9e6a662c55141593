//! Sources of a text: OpenAI's annotations, and the lists of addresses of Perplexity and xAI.

use serde_json::{Value, json};

use super::says_something;
use crate::read;
use crate::reply::Citation;

/// Sources that wait for the block of text that they belong to.
#[derive(Clone, Default)]
pub(super) struct Citations {
    waiting: Vec<Citation>,
    /// Addresses from lists, which some upstreams repeat in every chunk.
    seen: Vec<String>,
    unknown: Vec<usize>,
}

impl Citations {
    /// Reads the lists beside the choices.
    pub(super) fn of_answer(&mut self, chunk: &Value) {
        let results = read::list(chunk, "search_results");
        for entry in read::list(chunk, "citations") {
            let url = entry.as_str().or_else(|| read::text(entry, "url"));
            let Some(url) = url.filter(|url| !self.seen.iter().any(|seen| seen == url)) else {
                continue;
            };
            self.seen.push(url.to_owned());
            let result = results.iter().find(|one| read::text(one, "url") == Some(url));
            let said = |name: &str| Some(read::said(result?, name)?.to_owned());
            self.waiting.push(Citation {
                url: Some(url.to_owned()),
                title: said("title").or_else(|| read::said(entry, "title").map(str::to_owned)),
                quote: said("snippet"),
                range: None,
                value: result.cloned().unwrap_or_else(|| json!({"url": url})),
            });
        }
    }

    /// Reads the annotations of a message.
    pub(super) fn of_message(&mut self, message: &Value) {
        for (number, entry) in read::list(message, "annotations").iter().enumerate() {
            match entry.get("url_citation").map(|inner| citation(entry, inner)) {
                Some(citation) => self.waiting.push(citation),
                None if says_something(entry) => self.unknown.push(number),
                None => {}
            }
        }
        // What our own answers hold of sources without an address.
        let citations = read::list(message, "citations")
            .iter()
            .filter(|one| one.is_object());
        self.waiting.extend(citations.map(|value| Citation {
            url: read::said(value, "url").map(str::to_owned),
            title: read::said(value, "title").map(str::to_owned),
            quote: read::said(value, "cited_text").map(str::to_owned),
            range: None,
            value: value.clone(),
        }));
    }

    /// Where annotations stood that are no sources from the web.
    pub(super) fn unknown(&mut self, place: &str) -> Vec<String> {
        let unknown = std::mem::take(&mut self.unknown).into_iter();
        unknown
            .map(|number| format!("choices[0].{place}.annotations[{number}]"))
            .collect()
    }

    pub(super) fn any_waiting(&self) -> bool {
        !self.waiting.is_empty()
    }

    /// The sources of a block that so many characters of the text stand before. They are counted from the beginning of the text.
    pub(super) fn take(&mut self, before: u64) -> Vec<Citation> {
        let mut found = std::mem::take(&mut self.waiting);
        for citation in &mut found {
            let within = |place: u64| place.checked_sub(before);
            citation.range = citation
                .range
                .and_then(|(start, end)| within(start).zip(within(end)));
        }
        found
    }
}

fn citation(entry: &Value, inner: &Value) -> Citation {
    let said = |name: &str| read::said(inner, name).map(str::to_owned);
    let range = read::whole(inner, "start_index").zip(read::whole(inner, "end_index"));
    Citation {
        url: said("url"),
        title: said("title"),
        quote: said("content"),
        range: range.filter(|(start, end)| start < end),
        value: entry.clone(),
    }
}
