//! Parts of a message's content.

use hermes_core::Protocol;
use serde_json::{Map, Value, json};

use super::Job;
use crate::prompt::{Media, Part, PartKind, Source};
use crate::read::path;
use crate::unsupported::Unsupported;

/// The content of a message: a text where that does, a list of parts otherwise; nothing where all of it was left out.
///
/// `joint` joins several texts for upstreams that take no lists there.
pub(super) fn write(
    job: &mut Job<'_>,
    parts: &[&Part],
    joint: Option<&str>,
) -> Result<Option<Value>, Unsupported> {
    let mut written = Vec::new();
    for part in parts {
        if let Some(fields) = write_part(job, part)? {
            written.push(fields);
        }
    }
    let listed = job.same && parts.iter().any(|part| part.at.ends_with(']'));
    Ok(shaped(written, joint.filter(|_| !job.same), listed))
}

/// `listed` keeps a list of one text as the client wrote it.
pub(super) fn shaped(written: Vec<Map<String, Value>>, joint: Option<&str>, listed: bool) -> Option<Value> {
    let texts: Option<Vec<&str>> = written.iter().map(plain_text).collect();
    match (texts.as_deref(), joint) {
        (Some([]), _) => None,
        (Some([text]), _) if !listed => Some((*text).into()),
        (Some(texts), Some(joint)) => Some(texts.join(joint).into()),
        _ => Some(written.into()),
    }
}

fn plain_text(part: &Map<String, Value>) -> Option<&str> {
    let plain = part.len() == 2 && part.get("type").is_some_and(|kind| kind == "text");
    part.get("text")?.as_str().filter(|_| plain)
}

/// A part that is no call, result or thought; nothing where it was left out by name.
pub(super) fn write_part(job: &mut Job<'_>, part: &Part) -> Result<Option<Map<String, Value>>, Unsupported> {
    let written = match &part.kind {
        PartKind::Refusal(text) if job.same => json!({"type": "refusal", "refusal": text}),
        PartKind::Text(text) | PartKind::Refusal(text) => json!({"type": "text", "text": text}),
        PartKind::Image(media) => image(job, media, &part.at)?,
        PartKind::File(media) => file(job, media, &part.at)?,
        PartKind::Audio(media) => audio(job, media, &part.at)?,
        PartKind::Foreign { value, .. } if job.same => value.clone(),
        PartKind::Foreign { .. } | PartKind::Thinking { .. } | PartKind::Call(_) | PartKind::Result(_) => {
            job.drop(part.at.as_str())?;
            return Ok(None);
        }
    };
    let Value::Object(mut fields) = written else {
        return Ok(None);
    };
    for inner in ["image_url", "input_audio", "file"] {
        if let Some(Value::Object(inner_fields)) = fields.get_mut(inner) {
            job.extras.put(&path(&part.at, inner), inner_fields);
        }
    }
    if let Some(lifetime) = &part.cache
        && !matches!(part.kind, PartKind::Foreign { .. })
    {
        write_cache(job, lifetime, &part.at, &mut fields)?;
    }
    job.extras.put(&part.at, &mut fields);
    Ok(Some(fields))
}

/// Marks a part or a tool for the cache, where the upstream takes such marks.
pub(super) fn write_cache(
    job: &mut Job<'_>,
    lifetime: &str,
    at: &str,
    fields: &mut Map<String, Value>,
) -> Result<(), Unsupported> {
    let options = |job: &Job<'_>| {
        job.prompt
            .others
            .iter()
            .any(|one| one.at == "prompt_cache_options")
    };
    let breakpoint = match job.prompt.client {
        Some(Protocol::Responses) => true,
        Some(Protocol::ChatCompletions) => options(job),
        _ => false,
    };
    let (ours, theirs) = ("prompt_cache_breakpoint", "cache_control");
    if job.takes(ours) || (job.same && breakpoint && !job.takes(theirs)) {
        fields.insert(ours.to_owned(), json!({"mode": "explicit"}));
    } else if job.takes(theirs) || job.same {
        let mut marker = Map::from_iter([("type".to_owned(), "ephemeral".into())]);
        if !lifetime.is_empty() {
            marker.insert("ttl".to_owned(), lifetime.into());
        }
        fields.insert(theirs.to_owned(), marker.into());
    } else {
        job.drop(path(at, if breakpoint { ours } else { theirs }))?;
    }
    Ok(())
}

fn by_id(job: &Job<'_>, at: &str) -> Unsupported {
    job.refuse(
        at,
        "a file by an id, which only the provider that gave it knows,",
        "Send the file itself in base64.",
    )
}

fn data_url(mime: &str, fallback: &str, data: &str) -> String {
    let mime = if mime.is_empty() { fallback } else { mime };
    format!("data:{mime};base64,{data}")
}

fn image(job: &mut Job<'_>, media: &Media, at: &str) -> Result<Value, Unsupported> {
    let url = match &media.source {
        Source::Base64(data) => data_url(&media.mime, "image/png", data),
        Source::Url(_) if job.target.quirks.image_urls == Some(false) => {
            return Err(job.refuse(at, "an image by its address", "Send the image itself in base64."));
        }
        Source::Url(url) => url.clone(),
        Source::Id(_) => return Err(by_id(job, at)),
        Source::Text(_) => return Err(job.refuse(at, "an image without bytes", "Send the image in base64.")),
    };
    let mut inner = Map::from_iter([("url".to_owned(), Value::from(url))]);
    if let Some(detail) = &media.detail {
        inner.insert("detail".to_owned(), detail.as_str().into());
    }
    Ok(json!({"type": "image_url", "image_url": inner}))
}

fn file(job: &mut Job<'_>, media: &Media, at: &str) -> Result<Value, Unsupported> {
    let name = media.name.as_deref();
    let inner = match &media.source {
        // What came without a type goes on without one.
        Source::Base64(data) if media.mime.is_empty() => json!({"file_data": data}),
        Source::Base64(data) => json!({"file_data": data_url(&media.mime, "", data)}),
        Source::Text(text) => {
            let text = name.map_or_else(|| text.clone(), |name| format!("{name}\n\n{text}"));
            return Ok(json!({"type": "text", "text": text}));
        }
        Source::Id(id) if job.same => json!({"file_id": id}),
        Source::Id(_) => return Err(by_id(job, at)),
        Source::Url(url) if job.takes("document_url") || (job.same && name.is_none()) => {
            return Ok(json!({"type": "document_url", "document_url": url}));
        }
        Source::Url(url) if job.takes("file_url") || job.same => json!({"file_data": url}),
        Source::Url(_) => {
            return Err(job.refuse(
                at,
                "a document by its address",
                "Send the document itself in base64.",
            ));
        }
    };
    let mut fields = Map::new();
    let fallback = match (&media.source, media.mime.as_str()) {
        (Source::Id(_), _) => None,
        _ if job.same => None,
        (_, "application/pdf") => Some("document.pdf"),
        _ => Some("document"),
    };
    if let Some(name) = name.or(fallback) {
        fields.insert("filename".to_owned(), name.into());
    }
    fields.extend(inner.as_object().cloned().unwrap_or_default());
    Ok(json!({"type": "file", "file": fields}))
}

fn audio(job: &mut Job<'_>, media: &Media, at: &str) -> Result<Value, Unsupported> {
    let Source::Base64(data) = &media.source else {
        return Err(job.refuse(
            at,
            "sound by an address or an id",
            "Send the sound itself in base64.",
        ));
    };
    let format = match media.mime.as_str() {
        "" | "audio/wav" | "audio/x-wav" | "audio/wave" => "wav",
        "audio/mpeg" | "audio/mp3" => "mp3",
        other => other.rsplit_once('/').map_or(other, |(_, format)| format),
    };
    Ok(json!({"type": "input_audio", "input_audio": {"data": data, "format": format}}))
}
