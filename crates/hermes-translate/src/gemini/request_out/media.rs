use serde_json::{Map, Value, json};

use super::Request;
use crate::dropped::Dropped;
use crate::prompt::{Media, Part, PartKind, Source};
use crate::unsupported::Unsupported;

pub(super) fn write(
    request: Request<'_>,
    part: &Part,
    media: &Media,
    dropped: &mut Dropped,
) -> Result<Value, Unsupported> {
    if media.detail.is_some() {
        dropped.add(format!("{}.detail", part.at))?;
    }
    let (field, mut fields) = match &media.source {
        Source::Text(text) => return Ok(json!({"text": titled(media, text)})),
        Source::Base64(data) => ("inlineData", inline(media, data)),
        Source::Url(uri) => {
            readable(request, part, uri)?;
            ("fileData", file(part, media, uri))
        }
        Source::Id(uri) if request.own() => ("fileData", file(part, media, uri)),
        Source::Id(_) => {
            return Err(request.unsupported(
                &part.at,
                "a file that lies at another provider",
                "Send its bytes in base64.",
            ));
        }
    };
    if let Some(name) = &media.name {
        if request.own() || request.target.quirks.takes("displayName") {
            fields.insert("displayName".to_owned(), name.as_str().into());
        } else {
            dropped.add(format!("{}.filename", part.at))?;
        }
    }
    Ok(json!({field: fields}))
}

fn titled(media: &Media, text: &str) -> String {
    match &media.name {
        Some(name) => format!("{name}\n\n{text}"),
        None => text.to_owned(),
    }
}

fn inline(media: &Media, data: &str) -> Map<String, Value> {
    let mime = if media.mime.is_empty() {
        sniffed(data)
    } else {
        &media.mime
    };
    Map::from_iter([
        ("mimeType".to_owned(), mime.into()),
        ("data".to_owned(), data.into()),
    ])
}

/// The type by the first bytes, which base64 shows as these letters.
fn sniffed(data: &str) -> &'static str {
    const KNOWN: [(&str, &str); 5] = [
        ("iVBORw", "image/png"),
        ("/9j/", "image/jpeg"),
        ("R0lGOD", "image/gif"),
        ("UklGR", "image/webp"),
        ("JVBERi", "application/pdf"),
    ];
    let found = KNOWN.iter().find(|(start, _)| data.starts_with(start));
    found.map_or("application/octet-stream", |(_, mime)| mime)
}

fn file(part: &Part, media: &Media, uri: &str) -> Map<String, Value> {
    let mut fields = Map::new();
    let mime = if media.mime.is_empty() {
        named(part, uri)
    } else {
        Some(media.mime.as_str())
    };
    if let Some(mime) = mime {
        fields.insert("mimeType".to_owned(), mime.into());
    }
    fields.insert("fileUri".to_owned(), uri.into());
    fields
}

/// The type by the end of the address.
fn named(part: &Part, uri: &str) -> Option<&'static str> {
    const KNOWN: [(&str, &str); 6] = [
        (".png", "image/png"),
        (".jpg", "image/jpeg"),
        (".jpeg", "image/jpeg"),
        (".gif", "image/gif"),
        (".webp", "image/webp"),
        (".pdf", "application/pdf"),
    ];
    let path = uri
        .split(['?', '#'])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let found = KNOWN.iter().find(|(end, _)| path.ends_with(end));
    found
        .map(|(_, mime)| *mime)
        .or_else(|| matches!(part.kind, PartKind::File(_)).then_some("application/pdf"))
}

/// Images are read from addresses by some upstreams only; documents are.
fn readable(request: Request<'_>, part: &Part, uri: &str) -> Result<(), Unsupported> {
    let image = !matches!(part.kind, PartKind::File(_));
    let kept = uri.starts_with("gs://") || uri.contains(".googleapis.com/");
    if image && !kept && !request.own() && request.target.quirks.image_urls != Some(true) {
        return Err(request.unsupported(
            &part.at,
            "an image or sound by its address",
            "Send its bytes in base64.",
        ));
    }
    Ok(())
}
