//! Parts of messages and of results.

use serde_json::Value;

use super::filled;
use crate::prompt::{Media, Other, Part, PartKind, Prompt, Source};
use crate::read::{given, others, path, said, text};
use crate::unsupported::Unsupported;

/// Reads a text or a list of parts.
pub(super) fn read(content: Option<&Value>, at: &str, prompt: &mut Prompt) -> Result<Vec<Part>, Unsupported> {
    match content {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(text)) => Ok(vec![Part::new(PartKind::Text(text.clone()), at)]),
        Some(Value::Array(parts)) => {
            let numbered = parts.iter().enumerate();
            numbered
                .map(|(number, value)| part(value, &format!("{at}[{number}]"), prompt))
                .collect()
        }
        Some(value) if said(value, "type").is_some() => Ok(vec![part(value, at, prompt)?]),
        // Some clients give what a tool made of JSON as it is.
        Some(other) => Ok(vec![Part::new(PartKind::Text(other.to_string()), at)]),
    }
}

fn part(value: &Value, at: &str, prompt: &mut Prompt) -> Result<Part, Unsupported> {
    if let Value::String(text) = value {
        return Ok(Part::new(PartKind::Text(text.clone()), at));
    }
    if !value.is_object() {
        return Err(Unsupported::invalid(at, "has to be an object"));
    }
    let (kind, known) = kind(value);
    if !matches!(kind, PartKind::Foreign { .. }) {
        rest(value, known, at, prompt);
    }
    Ok(Part {
        kind,
        cache: given(value, "prompt_cache_breakpoint").map(|_| String::new()),
        at: at.to_owned(),
    })
}

/// What a part is, and the fields that this says.
fn kind(value: &Value) -> (PartKind, &'static [&'static str]) {
    let own = |field| text(value, field).unwrap_or_default().to_owned();
    let name = text(value, "type").unwrap_or_default();
    match name {
        "input_text" | "output_text" | "text" => (PartKind::Text(own("text")), &["text"]),
        "refusal" => (PartKind::Refusal(own("refusal")), &["refusal"]),
        "input_image" => match image(value) {
            Some(media) => (PartKind::Image(media), &["image_url", "file_id", "detail"]),
            None => (foreign(name, value), &[]),
        },
        "input_file" => match file(value) {
            Some(media) => (
                PartKind::File(media),
                &["file_data", "file_url", "file_id", "filename", "detail"],
            ),
            None => (foreign(name, value), &[]),
        },
        "input_audio" => match audio(value) {
            Some(media) => (PartKind::Audio(media), &["input_audio"]),
            None => (foreign(name, value), &[]),
        },
        name => (foreign(name, value), &[]),
    }
}

fn foreign(name: &str, value: &Value) -> PartKind {
    PartKind::Foreign {
        name: name.to_owned(),
        value: value.clone(),
    }
}

fn rest(value: &Value, known: &[&str], at: &str, prompt: &mut Prompt) {
    for field in ["annotations", "logprobs"] {
        if let Some(value) = filled(value, field) {
            let other = Other {
                at: path(at, field),
                value: value.clone(),
            };
            if field == "annotations" {
                prompt.others.push(other);
            } else {
                // Likelihoods of a former answer; no model reads them.
                prompt.own.insert(other.at, other.value);
            }
        }
    }
    let usual = ["type", "annotations", "logprobs", "prompt_cache_breakpoint"];
    let known: Vec<&str> = known.iter().chain(&usual).copied().collect();
    prompt.others.extend(others(value, &known, at));
}

fn image(value: &Value) -> Option<Media> {
    // Chat Completions puts the address into an object; clients mix the two up.
    let url = said(value, "image_url").or_else(|| said(given(value, "image_url")?, "url"));
    let (source, mime) = match url {
        Some(url) => from_url(url),
        None => (Source::Id(said(value, "file_id")?.to_owned()), String::new()),
    };
    Some(Media {
        source,
        mime,
        name: None,
        // The default, which the writer says in any case.
        detail: said(value, "detail")
            .filter(|detail| *detail != "auto")
            .map(str::to_owned),
    })
}

fn file(value: &Value) -> Option<Media> {
    let (source, mime) = if let Some(data) = said(value, "file_data") {
        match from_url(data) {
            (Source::Url(bare), mime) => (Source::Base64(bare), mime),
            other => other,
        }
    } else if let Some(url) = said(value, "file_url") {
        (Source::Url(url.to_owned()), String::new())
    } else {
        (Source::Id(said(value, "file_id")?.to_owned()), String::new())
    };
    Some(Media {
        source,
        mime,
        name: said(value, "filename").map(str::to_owned),
        detail: said(value, "detail").map(str::to_owned),
    })
}

fn audio(value: &Value) -> Option<Media> {
    let audio = given(value, "input_audio")?;
    Some(Media {
        source: Source::Base64(said(audio, "data")?.to_owned()),
        mime: format!("audio/{}", said(audio, "format")?),
        name: None,
        detail: None,
    })
}

/// An address, or the bytes that a data URL holds.
fn from_url(url: &str) -> (Source, String) {
    let data = url.strip_prefix("data:").and_then(|rest| {
        let (head, data) = rest.split_once(',')?;
        Some((head.strip_suffix(";base64")?, data))
    });
    match data {
        Some((mime, data)) => {
            let mime = mime.split(';').next().unwrap_or_default();
            (Source::Base64(data.to_owned()), mime.to_owned())
        }
        None => (Source::Url(url.to_owned()), String::new()),
    }
}
