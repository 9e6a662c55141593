//! Parts of a message's content.

use serde_json::Value;

use super::thoughts;
use crate::prompt::{Media, Other, Part, PartKind, Source};
use crate::read::{self, path};

/// Fields with which a part or a tool is marked for the cache: Anthropic's, which routers take too, and OpenAI's.
pub(super) const CACHE: [&str; 2] = ["cache_control", "prompt_cache_breakpoint"];

/// The cache marker of a part or a tool.
pub(super) fn cache(value: &Value) -> Option<String> {
    let marker = CACHE.iter().find_map(|name| read::given(value, name))?;
    Some(read::text(marker, "ttl").unwrap_or_default().to_owned())
}

/// Reads a part.
pub(super) fn part(value: &Value, at: &str, others: &mut Vec<Other>) -> Part {
    let (kind, known): (PartKind, &[&str]) = match value {
        Value::String(text) => (PartKind::Text(text.clone()), &[]),
        value => object(value).unwrap_or_else(|| foreign(value)),
    };
    if !matches!(kind, PartKind::Foreign { .. }) {
        let mut known = known.to_vec();
        known.push("type");
        known.extend(CACHE);
        others.extend(read::others(value, &known, at));
        for inner in ["image_url", "input_audio", "file"] {
            let known = [
                "url",
                "detail",
                "data",
                "format",
                "file_data",
                "file_id",
                "filename",
            ];
            if let Some(value) = value.get(inner) {
                others.extend(read::others(value, &known, &path(at, inner)));
            }
        }
    }
    Part {
        kind,
        cache: cache(value),
        at: at.to_owned(),
    }
}

fn foreign(value: &Value) -> (PartKind, &'static [&'static str]) {
    let name = read::text(value, "type").unwrap_or("unknown").to_owned();
    let value = value.clone();
    (PartKind::Foreign { name, value }, &[])
}

fn object(value: &Value) -> Option<(PartKind, &'static [&'static str])> {
    match read::text(value, "type")? {
        // The words of Responses are taken too.
        "text" | "input_text" | "output_text" => {
            Some((PartKind::Text(read::text(value, "text")?.to_owned()), &["text"]))
        }
        "image_url" => Some((PartKind::Image(image(value)?), &["image_url"])),
        "input_audio" => Some((PartKind::Audio(audio(value)?), &["input_audio"])),
        "file" => Some((PartKind::File(file(value)?), &["file"])),
        "document_url" => Some((PartKind::File(document(value)?), &["document_url"])),
        "refusal" => Some((
            PartKind::Refusal(read::text(value, "refusal")?.to_owned()),
            &["refusal"],
        )),
        "thinking" => Some((
            PartKind::Thinking {
                text: thoughts::of_content(value),
                proof: None,
            },
            &["thinking", "closed"],
        )),
        _ => None,
    }
}

fn media(source: Source, mime: &str) -> Media {
    Media {
        source,
        mime: mime.to_owned(),
        name: None,
        detail: None,
    }
}

/// The bytes of a data URL, or the address.
fn address(url: &str) -> Media {
    let data = url
        .get(..5)
        .filter(|scheme| scheme.eq_ignore_ascii_case("data:"))
        .and_then(|_| url[5..].split_once(";base64,"));
    match data {
        Some((mime, data)) => media(Source::Base64(data.to_owned()), mime),
        None => media(Source::Url(url.to_owned()), ""),
    }
}

/// Mistral writes the address without an object around it.
fn image(value: &Value) -> Option<Media> {
    let inner = value.get("image_url")?;
    let url = inner.as_str().or_else(|| read::text(inner, "url"))?;
    Some(Media {
        detail: read::said(inner, "detail").map(str::to_owned),
        ..address(url)
    })
}

fn audio(value: &Value) -> Option<Media> {
    let inner = value.get("input_audio")?;
    let data = inner.as_str().or_else(|| read::text(inner, "data"))?;
    let found = address(data);
    if found.mime.is_empty() {
        let format = read::said(inner, "format").unwrap_or("wav");
        return Some(media(Source::Base64(data.to_owned()), &format!("audio/{format}")));
    }
    Some(found)
}

fn file(value: &Value) -> Option<Media> {
    let inner = value.get("file")?;
    let name = read::said(inner, "filename").map(str::to_owned);
    let found = match (read::said(inner, "file_data"), read::said(inner, "file_id")) {
        (Some(data), _) => match address(data) {
            found if found.mime.is_empty() && !data.contains("://") => {
                media(Source::Base64(data.to_owned()), mime_of(name.as_deref()))
            }
            found => found,
        },
        (None, Some(id)) => media(Source::Id(id.to_owned()), ""),
        (None, None) => return None,
    };
    Some(Media { name, ..found })
}

/// Bare base64 says nothing of what it is; its name may.
fn mime_of(name: Option<&str>) -> &'static str {
    let ending = name
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, ending)| ending);
    match ending {
        Some(ending) if ending.eq_ignore_ascii_case("pdf") => "application/pdf",
        _ => "",
    }
}

/// Mistral's documents.
fn document(value: &Value) -> Option<Media> {
    let inner = value.get("document_url")?;
    let url = inner.as_str().or_else(|| read::text(inner, "url"))?;
    Some(address(url))
}
