use serde_json::Value;

use super::blocks::Read;
use crate::prompt::{Media, Other, PartKind, Prompt, Source};
use crate::read::{given, list, others, said, text};

pub(super) fn image(block: &Value, at: &str, prompt: &mut Prompt) -> Option<Read> {
    let (source, mime) = bytes(given(block, "source")?, at, prompt)?;
    let media = Media {
        source,
        mime,
        name: None,
        detail: None,
    };
    Some((PartKind::Image(media), &["source"]))
}

pub(super) fn document(block: &Value, at: &str, prompt: &mut Prompt) -> Option<Read> {
    let source = given(block, "source")?;
    let context = said(block, "context");
    let (source, mime) = match text(source, "type") {
        Some("text") => (text(source, "data")?.to_owned(), "text/plain"),
        Some("content") => (written(source)?, "text/plain"),
        _ => {
            let (source, mime) = bytes(source, at, prompt)?;
            return Some((file(source, mime, block), &["source", "title"]));
        }
    };
    // The words around a text go with it, since no other protocol keeps them apart.
    let text = match context {
        Some(context) => format!("{context}\n\n{source}"),
        None => source,
    };
    prompt.own.insert(at.to_owned(), block.clone());
    let file = file(Source::Text(text), mime.to_owned(), block);
    Some((file, &["source", "title", "context"]))
}

/// A hit of the client's own search is a text document to everybody else.
pub(super) fn search_result(block: &Value, at: &str, prompt: &mut Prompt) -> Option<Read> {
    let found = joined(list(block, "content"))?;
    let text = match said(block, "source") {
        Some(source) => format!("{source}\n\n{found}"),
        None => found,
    };
    prompt.own.insert(at.to_owned(), block.clone());
    let file = file(Source::Text(text), "text/plain".to_owned(), block);
    Some((file, &["source", "title", "content"]))
}

fn file(source: Source, mime: String, block: &Value) -> PartKind {
    PartKind::File(Media {
        source,
        mime,
        name: text(block, "title").map(str::to_owned),
        detail: None,
    })
}

/// Where the bytes are, and of what type they are.
fn bytes(source: &Value, at: &str, prompt: &mut Prompt) -> Option<(Source, String)> {
    let mime = text(source, "media_type").unwrap_or_default().to_owned();
    let (place, field) = match text(source, "type")? {
        "base64" => (Source::Base64(text(source, "data")?.to_owned()), "data"),
        "url" => (Source::Url(text(source, "url")?.to_owned()), "url"),
        "file" => (Source::Id(text(source, "file_id")?.to_owned()), "file_id"),
        _ => return None,
    };
    let known = ["type", "media_type", field];
    let unknown: Vec<Other> = others(source, &known, &format!("{at}.source"));
    prompt.others.extend(unknown);
    Some((place, mime))
}

/// The text of a document that is made of blocks, unless some are none.
fn written(source: &Value) -> Option<String> {
    match given(source, "content")? {
        Value::String(text) => Some(text.clone()),
        Value::Array(blocks) => joined(blocks),
        _ => None,
    }
}

fn joined(blocks: &[Value]) -> Option<String> {
    let texts: Option<Vec<&str>> = blocks.iter().map(|block| text(block, "text")).collect();
    texts.map(|texts| texts.join("\n\n"))
}
