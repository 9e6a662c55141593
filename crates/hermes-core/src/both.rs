//! How a text in every language is written in files and answers.

use hermes_text::{Both, Lang};
use serde::ser::SerializeMap as _;
use serde::{Deserialize, Deserializer, Serializer};

#[derive(Deserialize)]
#[serde(untagged, expecting = "must be a text, or `en` and `zh` with one text each")]
enum Written {
    One(String),
    Each(Each),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Each {
    en: String,
    zh: Option<String>,
}

/// Reads one text for everybody, or `{ en = "...", zh = "..." }`; for `#[serde(with = "hermes_core::both")]`.
///
/// # Errors
/// Anything else.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Both, D::Error> {
    Ok(match Written::deserialize(deserializer)? {
        Written::One(text) | Written::Each(Each { en: text, zh: None }) => Both::same(text),
        Written::Each(Each { en, zh: Some(zh) }) => Both::new(en, zh),
    })
}

/// Writes what [`deserialize`] reads.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<S: Serializer>(text: &Both, serializer: S) -> Result<S::Ok, S::Error> {
    let [en, zh] = Lang::ALL.map(|lang| text.get(lang));
    if en == zh {
        return serializer.serialize_str(en);
    }
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("en", en)?;
    map.serialize_entry("zh", zh)?;
    map.end()
}

/// Writes the English text alone, for answers that scripts read.
///
/// # Errors
/// Those of the serializer.
pub fn english<S: Serializer>(text: &Both, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.get(Lang::En))
}
