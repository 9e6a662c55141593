use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::Writing;
use crate::prompt::{Media, Source};
use crate::unsupported::Unsupported;

/// Images that are taken (Anthropic).
const IMAGES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

/// How the kinds of files that a client may leave unnamed begin in base64.
const BEGINNINGS: [(&str, &str); 5] = [
    ("iVBORw0KGgo", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp"),
    ("JVBERi0", "application/pdf"),
];

impl Writing<'_> {
    pub(super) fn image(&mut self, media: &Media, at: &str) -> Result<Value, Unsupported> {
        self.detail(media, at)?;
        let source = match &media.source {
            Source::Base64(data) => {
                let mime = mime(media, data);
                if !self.native() && !IMAGES.contains(&mime) {
                    let what = format!("an image of type `{mime}`");
                    return self.refused(at, &what, "Send JPEG, PNG, GIF or WebP.");
                }
                json!({"type": "base64", "media_type": mime, "data": data})
            }
            Source::Url(url) => {
                if self.target.quirks.image_urls == Some(false) {
                    return self.refused(at, "an image by its address", "Send its bytes in base64.");
                }
                json!({"type": "url", "url": url})
            }
            Source::Id(id) => self.file_id(id, at)?,
            Source::Text(_) => return self.refused(at, "a text as an image", "Send it as text."),
        };
        Ok(json!({"type": "image", "source": source}))
    }

    pub(super) fn file(&mut self, media: &Media, at: &str) -> Result<Value, Unsupported> {
        self.detail(media, at)?;
        let source = match &media.source {
            Source::Base64(data) => match mime(media, data) {
                image if image.starts_with("image/") => return self.image(media, at),
                text if text.starts_with("text/") => self.decoded(data, at)?,
                "application/pdf" => json!({"type": "base64", "media_type": "application/pdf", "data": data}),
                other if self.native() => json!({"type": "base64", "media_type": other, "data": data}),
                other => {
                    let what = format!("a file of type `{other}`");
                    return self.refused(at, &what, "Send a PDF, or its content as text.");
                }
            },
            // What is no document at its address would be read as one.
            Source::Url(_) if media.mime.starts_with("video/") && !self.native() => {
                return self.refused(at, "a film", "Send pictures of it, or its text.");
            }
            Source::Url(url) => json!({"type": "url", "url": url}),
            Source::Id(id) => self.file_id(id, at)?,
            Source::Text(text) => json!({"type": "text", "media_type": "text/plain", "data": text}),
        };
        let mut block = json!({"type": "document", "source": source});
        if let Some(name) = &media.name {
            block["title"] = name.as_str().into();
        }
        Ok(block)
    }

    fn decoded(&self, data: &str, at: &str) -> Result<Value, Unsupported> {
        let text = STANDARD
            .decode(data)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        match text {
            Some(text) => Ok(json!({"type": "text", "media_type": "text/plain", "data": text})),
            None => self.refused(at, "a text that is not UTF-8 in base64", "Send it as text."),
        }
    }

    fn file_id(&self, id: &str, at: &str) -> Result<Value, Unsupported> {
        if self.native() {
            return Ok(json!({"type": "file", "file_id": id}));
        }
        self.refused(
            at,
            "a file by an id that only its own provider knows",
            "Send its bytes.",
        )
    }

    /// `auto` is what happens without it.
    fn detail(&mut self, media: &Media, at: &str) -> Result<(), Unsupported> {
        match media.detail.as_deref() {
            None | Some("auto") => Ok(()),
            Some(_) => self.dropped.add(format!("{at}.detail")),
        }
    }

    fn refused<T>(&self, at: &str, what: &str, way_out: &str) -> Result<T, Unsupported> {
        Err(Unsupported::new(at, what, &self.target.name, way_out))
    }
}

/// The type of a medium, by its beginning where the client does not say.
fn mime<'a>(media: &'a Media, data: &str) -> &'a str {
    match media.mime.split(';').next().unwrap_or_default().trim() {
        "image/jpg" => "image/jpeg",
        "" => BEGINNINGS
            .into_iter()
            .find_map(|(beginning, mime)| data.starts_with(beginning).then_some(mime))
            .unwrap_or_default(),
        mime => mime,
    }
}
