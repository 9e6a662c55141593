use std::ops::Range;

use crate::scan::{DEPTH_LIMIT, Scan};

/// What routing needs of a request body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Peek {
    /// The top-level `model`, if there is one.
    pub model: Option<ModelField>,
    /// The top-level `stream`; false when absent or null.
    pub stream: bool,
}

/// The `model` of a request body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelField {
    /// The name, decoded.
    pub name: String,
    /// Where its JSON string stands in the body, quotes included.
    pub range: Range<usize>,
}

/// Why a request body cannot be read, in English: it goes to programs. Offsets are bytes from its beginning.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeekError {
    /// The body is not a JSON object, or breaks off.
    #[error("the request body is not valid JSON at byte {offset}: expected {expected}")]
    Malformed {
        /// Where.
        offset: usize,
        /// What should stand there.
        expected: &'static str,
    },
    /// A string is not UTF-8, or has an unknown escape.
    #[error("the request body has a string that is not valid at byte {offset}")]
    BadString {
        /// Where the string begins.
        offset: usize,
    },
    /// The body is nested too deep.
    #[error("the request body is nested deeper than {DEPTH_LIMIT} levels at byte {offset}")]
    TooDeep {
        /// Where.
        offset: usize,
    },
    /// A field has another type than its protocol says.
    #[error("`{field}` at byte {offset} of the request body must be {expected}")]
    WrongType {
        /// The field.
        field: &'static str,
        /// Where its value begins.
        offset: usize,
        /// What it must be.
        expected: &'static str,
    },
    /// A field comes twice.
    #[error("`{field}` stands twice in the request body, again at byte {offset}")]
    Duplicate {
        /// The field.
        field: &'static str,
        /// Where it stands again.
        offset: usize,
    },
}

impl PeekError {
    /// A short, stable name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Malformed { .. } | Self::BadString { .. } => "invalid_json",
            Self::TooDeep { .. } => "json_too_deep",
            Self::WrongType { .. } => "invalid_type",
            Self::Duplicate { .. } => "duplicate_field",
        }
    }
}

/// Finds `model` and `stream` in a request body without reading more of it than it must.
///
/// The scan walks the keys of the top-level object and stops as soon as both fields are known; what comes after that is not
/// looked at. Nested values are skipped by their brackets and strings, not checked: whether they are right is for the
/// upstream to say. A second `model` or `stream` is an error if it stands before the stop.
///
/// # Errors
/// [`PeekError`] names the offset.
pub fn peek(body: &[u8]) -> Result<Peek, PeekError> {
    let mut scan = Scan { body, at: 0 };
    let mut model = None;
    let mut stream = None;
    scan.space();
    scan.expect(b'{', "`{`")?;
    scan.space();
    if scan.next() == Some(b'}') {
        scan.at += 1;
        return scan.end(Peek::default());
    }
    loop {
        let key = scan.string()?;
        let key_start = key.start;
        let field = field_of(body, key)?;
        scan.space();
        scan.expect(b':', "`:`")?;
        scan.space();
        match field {
            Some("model") if model.is_some() => return Err(duplicate("model", key_start)),
            Some("stream") if stream.is_some() => return Err(duplicate("stream", key_start)),
            Some("model") => model = Some(scan.model()?),
            Some(_) => stream = Some(scan.stream()?),
            None => scan.skip()?,
        }
        if model.is_some() && stream.is_some() {
            break;
        }
        scan.space();
        match scan.next() {
            Some(b',') => scan.at += 1,
            Some(b'}') => {
                scan.at += 1;
                scan.end(())?;
                break;
            }
            _ => return Err(scan.malformed("`,` or `}`")),
        }
        scan.space();
    }
    Ok(Peek {
        model,
        stream: stream.unwrap_or(false),
    })
}

/// The body with another model name in place of its own; every other byte stays.
pub fn replace_model(body: &[u8], field: &ModelField, name: &str) -> Vec<u8> {
    let name = serde_json::Value::from(name).to_string();
    let mut out = Vec::with_capacity(body.len() + name.len());
    out.extend_from_slice(body.get(..field.range.start).unwrap_or_default());
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(body.get(field.range.end..).unwrap_or_default());
    out
}

fn duplicate(field: &'static str, offset: usize) -> PeekError {
    PeekError::Duplicate { field, offset }
}

/// Which of the two fields a key names; escapes are honoured, so that no spelling of a name slips through.
fn field_of(body: &[u8], key: Range<usize>) -> Result<Option<&'static str>, PeekError> {
    let inner = &body[key.start + 1..key.end - 1];
    let known = |name: &[u8]| match name {
        b"model" => Some("model"),
        b"stream" => Some("stream"),
        _ => None,
    };
    if memchr::memchr(b'\\', inner).is_none() {
        return Ok(known(inner));
    }
    Ok(known(decode(body, &key)?.as_bytes()))
}

fn decode(body: &[u8], range: &Range<usize>) -> Result<String, PeekError> {
    serde_json::from_slice(&body[range.clone()]).map_err(|_| PeekError::BadString { offset: range.start })
}

impl Scan<'_> {
    fn model(&mut self) -> Result<ModelField, PeekError> {
        if self.next() != Some(b'"') {
            return Err(self.wrong_type("model", "a string"));
        }
        let range = self.string()?;
        let name = decode(self.body, &range)?;
        Ok(ModelField { name, range })
    }

    fn stream(&mut self) -> Result<bool, PeekError> {
        for (word, value) in [("true", true), ("false", false), ("null", false)] {
            if self.body[self.at..].starts_with(word.as_bytes()) {
                self.at += word.len();
                return Ok(value);
            }
        }
        Err(self.wrong_type("stream", "true or false"))
    }

    fn wrong_type(&self, field: &'static str, expected: &'static str) -> PeekError {
        match self.next() {
            None => self.malformed("a value"),
            Some(_) => PeekError::WrongType {
                field,
                offset: self.at,
                expected,
            },
        }
    }
}

#[cfg(test)]
mod tests;
