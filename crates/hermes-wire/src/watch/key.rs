//! One key in passing JSON text.

use memchr::memmem::Finder;
use serde_json::Value;

/// Longest value that is read, bytes.
const CAPTURE_LIMIT: usize = 16 * 1024;

/// Finds the values of one key in passing bytes, whatever the chunks are.
#[derive(Debug)]
pub(super) struct KeyWatch {
    finder: Finder<'static>,
    needle: usize,
    /// The end of the bytes before, one less than the needle at most.
    pub(super) carry: Vec<u8>,
    /// What followed the key so far.
    value: Option<Vec<u8>>,
}

impl KeyWatch {
    /// Watches for a key as it stands in the text, with its quotes.
    pub(super) fn new(key: &'static str) -> Self {
        Self {
            finder: Finder::new(key),
            needle: key.len(),
            carry: Vec::with_capacity(2 * key.len()),
            value: None,
        }
    }

    pub(super) fn feed(&mut self, chunk: &[u8], mut found: impl FnMut(Value)) {
        let mut rest = chunk;
        loop {
            if let Some(mut value) = self.value.take() {
                let room = (CAPTURE_LIMIT - value.len()).min(rest.len());
                let before = value.len();
                value.extend_from_slice(&rest[..room]);
                match read_value(&value) {
                    Captured::Value(json, used) => {
                        found(json);
                        rest = &rest[used.saturating_sub(before).min(rest.len())..];
                    }
                    Captured::Not => {}
                    Captured::Partial if value.len() >= CAPTURE_LIMIT => rest = &rest[room..],
                    Captured::Partial => {
                        self.value = Some(value);
                        return;
                    }
                }
            }
            match self.search(rest) {
                Some(after) => {
                    rest = &rest[after..];
                    self.value = Some(Vec::new());
                }
                None => return,
            }
        }
    }

    /// The offset right after the key, which may have begun in an earlier chunk.
    fn search(&mut self, bytes: &[u8]) -> Option<usize> {
        let most = self.needle - 1;
        if !self.carry.is_empty() {
            let kept = self.carry.len();
            self.carry.extend_from_slice(&bytes[..bytes.len().min(most)]);
            if let Some(start) = self.finder.find(&self.carry) {
                self.carry.clear();
                return Some(start + self.needle - kept);
            }
            self.carry.truncate(kept);
        }
        if let Some(start) = self.finder.find(bytes) {
            self.carry.clear();
            return Some(start + self.needle);
        }
        if bytes.len() >= most {
            self.carry.clear();
        }
        self.carry
            .extend_from_slice(&bytes[bytes.len().saturating_sub(most)..]);
        let extra = self.carry.len().saturating_sub(most);
        self.carry.drain(..extra);
        None
    }
}

enum Captured {
    /// A value, and how many bytes it and what stood before it took.
    Value(Value, usize),
    /// The key was none, or its value is not worth reading.
    Not,
    /// More bytes are needed.
    Partial,
}

/// Reads `: value`; numbers and words other than strings and objects are left alone.
fn read_value(bytes: &[u8]) -> Captured {
    let rest = bytes.trim_ascii_start();
    let Some(first) = rest.first() else {
        return Captured::Partial;
    };
    let rest = if *first == b':' {
        rest[1..].trim_ascii_start()
    } else {
        return Captured::Not;
    };
    match rest.first() {
        None => return Captured::Partial,
        Some(b'{' | b'"') => {}
        Some(_) => return Captured::Not,
    }
    let skipped = bytes.len() - rest.len();
    let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
    match values.next() {
        Some(Ok(value)) => Captured::Value(value, skipped + values.byte_offset()),
        Some(Err(error)) if error.is_eof() => Captured::Partial,
        _ => Captured::Not,
    }
}
