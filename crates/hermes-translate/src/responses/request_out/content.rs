//! Parts of messages and of results.

use serde_json::{Value, json};

use super::Request;
use crate::prompt::{Media, Part, PartKind, Source};
use crate::read::path;
use crate::unsupported::Unsupported;

/// Whose message a part stands in.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    Question,
    Answer,
    Instructions,
}

impl Request<'_> {
    /// A part as the upstream takes it; none where it is left out.
    pub(super) fn content(&mut self, part: &Part, place: Place) -> Result<Option<Value>, Unsupported> {
        let value = match &part.kind {
            PartKind::Refusal(text) if place == Place::Answer => {
                Some(json!({"type": "refusal", "refusal": text}))
            }
            PartKind::Text(text) | PartKind::Refusal(text) => Some(said(place, text)),
            PartKind::Foreign { value, .. } if self.own => Some(value.clone()),
            PartKind::Image(media) if place != Place::Answer => Some(self.image(part, media)?),
            PartKind::File(media) if place != Place::Answer => Some(self.file(part, media)?),
            PartKind::Audio(media) if place != Place::Answer => Some(self.audio(part, media)?),
            _ => None,
        };
        let Some(mut value) = value else {
            self.drop(part.at.clone())?;
            return Ok(None);
        };
        if part.cache.is_some() {
            self.cache(part, place, &mut value)?;
        }
        Ok(Some(value))
    }

    fn cache(&mut self, part: &Part, place: Place, value: &mut Value) -> Result<(), Unsupported> {
        let quirks = &self.target.quirks;
        let field = "prompt_cache_breakpoint";
        let takes = (self.openai() && !quirks.refuses(field)) || quirks.takes(field);
        if !takes || place == Place::Answer {
            return self.drop(self.cache_path(&part.at));
        }
        value[field] = json!({"mode": "explicit"});
        Ok(())
    }

    fn image(&mut self, part: &Part, media: &Media) -> Result<Value, Unsupported> {
        let mut value = json!({"type": "input_image"});
        match &media.source {
            Source::Base64(data) => value["image_url"] = data_url(media, data, "image/png").into(),
            Source::Url(url) => {
                if self.target.quirks.image_urls == Some(false) {
                    return Err(self.unsupported(
                        part,
                        "an image by its address",
                        "Send the image itself in base64.",
                    ));
                }
                value["image_url"] = url.clone().into();
            }
            Source::Id(id) if self.own => value["file_id"] = id.clone().into(),
            Source::Id(_) | Source::Text(_) => return Err(self.bound(part)),
        }
        value["detail"] = media.detail.clone().unwrap_or_else(|| "auto".to_owned()).into();
        Ok(value)
    }

    fn file(&mut self, part: &Part, media: &Media) -> Result<Value, Unsupported> {
        if media.mime.starts_with("video/") && !self.own {
            return Err(self.unsupported(part, "a film", "Send pictures of it, or its text."));
        }
        let mut value = json!({"type": "input_file"});
        match &media.source {
            Source::Text(text) => return Ok(document(media, text)),
            Source::Base64(data) => {
                if media.name.is_none() && !self.own {
                    value["filename"] = filename(&media.mime).into();
                }
                value["file_data"] = if media.mime.is_empty() && self.own {
                    data.clone().into()
                } else {
                    data_url(media, data, "application/pdf").into()
                };
            }
            Source::Url(url) => value["file_url"] = url.clone().into(),
            Source::Id(id) if self.own => value["file_id"] = id.clone().into(),
            Source::Id(_) => return Err(self.bound(part)),
        }
        match &media.name {
            // Beside an address the protocol's file has no name; a client of the same protocol said it all the same.
            Some(_) if !self.own && matches!(media.source, Source::Url(_)) => {
                self.drop(path(&part.at, "title"))?;
            }
            Some(name) => value["filename"] = name.clone().into(),
            None => {}
        }
        if let Some(detail) = &media.detail {
            value["detail"] = detail.clone().into();
        }
        Ok(value)
    }

    fn audio(&self, part: &Part, media: &Media) -> Result<Value, Unsupported> {
        match &media.source {
            Source::Base64(data) if self.own || self.target.quirks.takes("input_audio") => {
                let format = media.mime.strip_prefix("audio/").unwrap_or(&media.mime);
                Ok(json!({"type": "input_audio", "input_audio": {"data": data, "format": format}}))
            }
            _ => Err(self.unsupported(part, "sound", "Send its text instead.")),
        }
    }

    fn bound(&self, part: &Part) -> Unsupported {
        self.unsupported(
            part,
            "a file by an id that only the provider knows that gave it",
            "Send the file itself in base64.",
        )
    }

    fn unsupported(&self, part: &Part, what: &str, way_out: &str) -> Unsupported {
        Unsupported::new(&part.at, what, &self.target.name, way_out)
    }
}

/// A text document, under its title.
fn document(media: &Media, text: &str) -> Value {
    match &media.name {
        Some(title) => said(Place::Question, &format!("{title}\n\n{text}")),
        None => said(Place::Question, text),
    }
}

fn said(place: Place, text: &str) -> Value {
    match place {
        Place::Answer => json!({"type": "output_text", "text": text, "annotations": []}),
        Place::Question | Place::Instructions => json!({"type": "input_text", "text": text}),
    }
}

fn data_url(media: &Media, data: &str, otherwise: &str) -> String {
    let mime = if media.mime.is_empty() {
        otherwise
    } else {
        &media.mime
    };
    format!("data:{mime};base64,{data}")
}

/// A name for a file that has none: the provider goes by it.
fn filename(mime: &str) -> String {
    let ending = match mime.split_once('/') {
        Some((_, "plain")) => "txt",
        Some((_, ending)) if ending.bytes().all(|byte| byte.is_ascii_alphanumeric()) => ending,
        _ => "pdf",
    };
    format!("document.{ending}")
}
