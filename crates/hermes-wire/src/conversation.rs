//! Which conversation a request belongs to, as far as a shallow look tells.

use std::hash::{DefaultHasher, Hasher};

use crate::peek::PeekError;
use crate::scan::Scan;

/// How much of a body is walked over; ids behind it are not found.
const WALK_LIMIT: usize = 4 << 20;
/// How much of a text tells conversations apart.
const TEXT_LIMIT: usize = 16 << 10;
/// Texts that are nested deeper are left out.
const TEXT_DEPTH: u32 = 4;
/// Goes into every key first. It is the same everywhere, so that all processes give a conversation the same key.
const KEY: &[u8] = b"hermes conversation 1";
/// A block of the system text that changes with every request (Claude Code 2.1.197).
const BILLING_NOTE: &[u8] = b"\"x-anthropic-billing-header";

/// Headers in which clients name their session, the narrowest first: opencode, Codex, Claude Code and their likes.
const HEADERS: [&str; 9] = [
    "x-session-affinity",
    "thread-id",
    "x-thread-id",
    "conversation-id",
    "conversation_id",
    "x-claude-code-session-id",
    "x-session-id",
    "session-id",
    "session_id",
];

/// A number for the conversation that a request belongs to: from the ids that the client gives, else from the system text
/// and the first message. None when the request tells nothing.
///
/// `header` gives a header's value by its name in lower case. A body that cannot be read is no error here; what was found
/// before its fault counts.
pub fn conversation<'a>(body: &[u8], header: impl Fn(&str) -> Option<&'a [u8]>) -> Option<u64> {
    let mut hints = Hints::default();
    let body = body.get(..WALK_LIMIT).unwrap_or(body);
    // Whether the body is right is for others to say.
    drop(hints.read(&mut Scan { body, at: 0 }));
    let named = || {
        let values = HEADERS.iter().filter_map(|name| header(name));
        values
            .map(<[u8]>::trim_ascii)
            .find(|value| !value.is_empty())
            .map(id)
    };
    hints
        .cache_key
        .or(hints.conversation)
        .or_else(named)
        .or(hints.previous)
        .or(hints.user)
        .or_else(|| hints.opening())
}

/// The number of the conversation that goes on from an answer: what [`conversation`] gives for a request that names the answer's id as
/// the one before it.
pub fn conversation_after(answer: &str) -> u64 {
    id(answer.as_bytes())
}

#[derive(Default)]
struct Hints {
    cache_key: Option<u64>,
    conversation: Option<u64>,
    previous: Option<u64>,
    user: Option<u64>,
    system: Option<u64>,
    first: Option<u64>,
}

impl Hints {
    fn read(&mut self, scan: &mut Scan<'_>) -> Result<(), PeekError> {
        members(scan, |scan, key| {
            match key {
                b"prompt_cache_key" => self.cache_key = string_id(scan)?,
                b"conversation" => self.conversation = id_in(scan, b"id")?,
                b"previous_response_id" => self.previous = string_id(scan)?,
                b"metadata" => self.user = id_in(scan, b"user_id")?,
                b"system" | b"instructions" => {
                    let mut text = Text::new();
                    text.read(scan, 0)?;
                    self.system = text.hash();
                }
                b"messages" | b"input" => return self.messages(scan),
                _ => scan.skip()?,
            }
            Ok(())
        })
    }

    /// The messages up to the first of the person.
    fn messages(&mut self, scan: &mut Scan<'_>) -> Result<(), PeekError> {
        let mut text = Text::new();
        if scan.next() != Some(b'[') {
            text.read(scan, 0)?;
            self.first = text.hash();
            return Ok(());
        }
        let mut is_first = true;
        elements(scan, |scan| {
            if !is_first {
                return scan.skip();
            }
            text.is_user = false;
            text.read(scan, 1)?;
            if text.is_user {
                is_first = false;
                self.first = text.hash();
            }
            Ok(())
        })
    }

    fn opening(&self) -> Option<u64> {
        let mut hasher = keyed(b"text");
        hasher.write_u64(self.system.unwrap_or(0));
        hasher.write_u64(self.first?);
        Some(hasher.finish())
    }
}

/// What is said, without the marks around it, some of which move from turn to turn.
struct Text {
    hasher: DefaultHasher,
    room: usize,
    is_user: bool,
}

impl Text {
    fn new() -> Self {
        Self {
            hasher: keyed(b"part"),
            room: TEXT_LIMIT,
            is_user: false,
        }
    }

    fn read(&mut self, scan: &mut Scan<'_>, depth: u32) -> Result<(), PeekError> {
        match scan.next() {
            Some(b'"') => {
                let range = scan.string()?;
                self.add(&scan.body[range]);
                Ok(())
            }
            Some(b'[') if depth < TEXT_DEPTH => elements(scan, |scan| self.read(scan, depth + 1)),
            Some(b'{') if depth < TEXT_DEPTH => members(scan, |scan, key| match key {
                b"role" if depth == 1 && scan.next() == Some(b'"') => {
                    let range = scan.string()?;
                    self.is_user = &scan.body[range] == b"\"user\"";
                    Ok(())
                }
                b"text" | b"content" => self.read(scan, depth + 1),
                _ => scan.skip(),
            }),
            _ => scan.skip(),
        }
    }

    fn add(&mut self, text: &[u8]) {
        if text.starts_with(BILLING_NOTE) {
            return;
        }
        let part = &text[..text.len().min(self.room)];
        self.room -= part.len();
        self.hasher.write(part);
    }

    /// None when nothing was said.
    fn hash(&self) -> Option<u64> {
        (self.room < TEXT_LIMIT).then(|| self.hasher.finish())
    }
}

/// Walks over an object; `visit` is given each key without its quotes and has to walk over the value.
fn members(
    scan: &mut Scan<'_>,
    mut visit: impl FnMut(&mut Scan<'_>, &[u8]) -> Result<(), PeekError>,
) -> Result<(), PeekError> {
    scan.space();
    scan.expect(b'{', "`{`")?;
    list(scan, b'}', |scan| {
        let key = scan.string()?;
        let body = scan.body;
        scan.space();
        scan.expect(b':', "`:`")?;
        scan.space();
        visit(scan, &body[key.start + 1..key.end - 1])
    })
}

/// Walks over an array.
fn elements(
    scan: &mut Scan<'_>,
    visit: impl FnMut(&mut Scan<'_>) -> Result<(), PeekError>,
) -> Result<(), PeekError> {
    scan.expect(b'[', "`[`")?;
    list(scan, b']', visit)
}

fn list(
    scan: &mut Scan<'_>,
    end: u8,
    mut visit: impl FnMut(&mut Scan<'_>) -> Result<(), PeekError>,
) -> Result<(), PeekError> {
    scan.space();
    if scan.next() == Some(end) {
        scan.at += 1;
        return Ok(());
    }
    loop {
        scan.space();
        visit(scan)?;
        scan.space();
        match scan.next() {
            Some(b',') => scan.at += 1,
            Some(byte) if byte == end => {
                scan.at += 1;
                return Ok(());
            }
            _ => return Err(scan.malformed("`,` or the closing bracket")),
        }
    }
}

/// A value that is an id itself, or an object with one.
fn id_in(scan: &mut Scan<'_>, name: &[u8]) -> Result<Option<u64>, PeekError> {
    if scan.next() != Some(b'{') {
        return string_id(scan);
    }
    let mut found = None;
    members(scan, |scan, key| {
        if key == name {
            found = string_id(scan)?;
            return Ok(());
        }
        scan.skip()
    })?;
    Ok(found)
}

fn string_id(scan: &mut Scan<'_>) -> Result<Option<u64>, PeekError> {
    if scan.next() != Some(b'"') {
        scan.skip()?;
        return Ok(None);
    }
    let range = scan.string()?;
    let inner = &scan.body[range.start + 1..range.end - 1];
    Ok((!inner.is_empty()).then(|| id(inner)))
}

/// The same id has the same key wherever it stands.
fn id(text: &[u8]) -> u64 {
    let mut hasher = keyed(b"id");
    hasher.write(text);
    hasher.finish()
}

fn keyed(kind: &[u8]) -> DefaultHasher {
    let mut hasher = DefaultHasher::new();
    hasher.write(KEY);
    hasher.write(kind);
    hasher
}

#[cfg(test)]
mod tests;
