mod key;

use hermes_core::Protocol;
use key::KeyWatch;

use crate::{RemoteError, Usage, read_error, usage_of};

/// As much of a cut line as is kept: enough for an event's name or the type at the beginning of its data.
const LINE_HEAD: usize = 256;

/// Longest data line of an error event that is kept, bytes.
const ERROR_LINE_LIMIT: usize = 64 * 1024;

/// Reads usage and the end out of an answer that is passed through, without decoding it.
///
/// Each chunk is searched for the key `"usage"` and, in streams, its line beginnings are looked at; only a usage object and an
/// error are ever parsed. Memory is bounded whatever comes. In JSON text a quoted key cannot occur inside a string, since
/// the quotes would be escaped there.
#[derive(Debug)]
pub struct UsageWatcher {
    protocol: Protocol,
    streaming: bool,
    usage_key: KeyWatch,
    /// For the protocols whose events have no names.
    chat_keys: Option<ChatKeys>,
    /// For streams without `event:` lines, until one is seen: the type need not stand at the beginning of the data.
    type_key: Option<KeyWatch>,
    unnamed_end: bool,
    /// Responses only, until the first id is seen: the next request may name it.
    id_key: Option<KeyWatch>,
    answer_id: Option<String>,
    usage: Option<Usage>,
    line: Vec<u8>,
    after_cr: bool,
    event: EventKind,
    named: bool,
    data_seen: bool,
    ended: bool,
    error: Option<(RemoteError, Vec<u8>)>,
    chat_error: Option<(RemoteError, Vec<u8>)>,
    last_byte: u8,
}

#[derive(Debug)]
struct ChatKeys {
    finish: KeyWatch,
    error: KeyWatch,
}

/// What an event means for the end of the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EventKind {
    Other,
    End,
    Error,
    FailedEnd,
}

impl EventKind {
    fn of(protocol: Protocol, name: &[u8]) -> Self {
        match (protocol, name) {
            (_, b"error") => Self::Error,
            (Protocol::AnthropicMessages, b"message_stop")
            | (Protocol::Responses, b"response.completed" | b"response.incomplete") => Self::End,
            (Protocol::Responses, b"response.failed") => Self::FailedEnd,
            _ => Self::Other,
        }
    }
}

impl UsageWatcher {
    /// A watcher for one answer; `streaming` says whether it is server-sent events.
    pub fn new(protocol: Protocol, streaming: bool) -> Self {
        let (usage, finish) = match protocol {
            Protocol::Gemini => ("\"usageMetadata\"", "\"finishReason\""),
            _ => ("\"usage\"", "\"finish_reason\""),
        };
        let unnamed = matches!(protocol, Protocol::ChatCompletions | Protocol::Gemini);
        let chat = streaming && unnamed;
        Self {
            protocol,
            streaming,
            usage_key: KeyWatch::new(usage),
            chat_keys: chat.then(|| ChatKeys {
                finish: KeyWatch::new(finish),
                error: KeyWatch::new("\"error\""),
            }),
            type_key: (streaming && !chat).then(|| KeyWatch::new("\"type\"")),
            unnamed_end: false,
            id_key: (protocol == Protocol::Responses).then(|| KeyWatch::new("\"id\"")),
            answer_id: None,
            usage: None,
            line: Vec::new(),
            after_cr: false,
            event: EventKind::Other,
            named: false,
            data_seen: false,
            ended: false,
            error: None,
            chat_error: None,
            last_byte: 0,
        }
    }

    /// Looks at the next bytes of the answer.
    pub fn feed(&mut self, chunk: &[u8]) {
        if let Some(last) = chunk.iter().rev().find(|byte| !byte.is_ascii_whitespace()) {
            self.last_byte = *last;
        }
        let (protocol, usage) = (self.protocol, &mut self.usage);
        self.usage_key.feed(chunk, |value| {
            if let Some(found) = usage_of(protocol, &value) {
                *usage = Some(match *usage {
                    Some(before) if protocol == Protocol::AnthropicMessages => before.max(found),
                    // Counts grow along a stream, and parts of a sum may stand beside it.
                    Some(before) if before.total() > found.total() => before,
                    _ => found,
                });
            }
        });
        if let Some(key) = &mut self.id_key {
            let first = &mut self.answer_id;
            key.feed(chunk, |value| {
                first.get_or_insert_with(|| value.as_str().unwrap_or_default().to_owned());
            });
            if first.is_some() {
                self.id_key = None;
            }
        }
        if let Some(keys) = &mut self.chat_keys {
            let ended = &mut self.ended;
            keys.finish.feed(chunk, |value| {
                *ended |= value.as_str().is_some_and(|reason| !reason.is_empty());
            });
            let error = &mut self.chat_error;
            keys.error.feed(chunk, |value| {
                if value.is_object() || value.as_str().is_some_and(|text| !text.is_empty()) {
                    let body = serde_json::json!({ "error": value }).to_string();
                    error.get_or_insert_with(|| (read_error(body.as_bytes()), body.into_bytes()));
                }
            });
        }
        if self.streaming {
            self.lines(chunk);
        }
        if let Some(key) = &mut self.type_key {
            let ended = &mut self.unnamed_end;
            key.feed(chunk, |value| {
                let kind = EventKind::of(protocol, value.as_str().unwrap_or_default().as_bytes());
                *ended |= matches!(kind, EventKind::End | EventKind::FailedEnd);
            });
        }
    }

    /// Whether the answer came to its proper end: the protocol's last event, or for a body the end of its object.
    pub fn ended_cleanly(&self) -> bool {
        if self.streaming {
            self.ended || (self.unnamed_end && self.type_key.is_some())
        } else {
            self.last_byte == b'}'
        }
    }

    /// The first error that came inside the stream.
    pub fn error(&self) -> Option<&RemoteError> {
        Some(&self.chat_error.as_ref().or(self.error.as_ref())?.0)
    }

    /// The data of the event with that error, or as much of it as was kept: 64 KiB at most.
    pub fn error_body(&self) -> Option<&[u8]> {
        Some(&self.chat_error.as_ref().or(self.error.as_ref())?.1)
    }

    /// The id of an answer that the client may go on from by naming it.
    pub fn answer_id(&self) -> Option<&str> {
        self.answer_id.as_deref().filter(|id| !id.is_empty())
    }

    /// The usage seen so far.
    pub fn usage(&self) -> Option<Usage> {
        self.usage
    }

    /// The usage of the whole answer; none when it named none.
    pub fn finish(mut self) -> Option<Usage> {
        // A last line without a line break counts.
        if self.streaming && !self.line.is_empty() {
            self.end_of_line(&[]);
        }
        self.usage
    }

    fn lines(&mut self, mut chunk: &[u8]) {
        loop {
            // The second half of a CRLF ends no line of its own.
            if self.after_cr && !chunk.is_empty() {
                self.after_cr = false;
                chunk = chunk.strip_prefix(b"\n").unwrap_or(chunk);
            }
            let Some(end) = memchr::memchr2(b'\n', b'\r', chunk) else {
                break;
            };
            self.end_of_line(&chunk[..end]);
            self.after_cr = chunk[end] == b'\r';
            chunk = &chunk[end + 1..];
        }
        self.keep(chunk);
        // `[DONE]` is often the last thing that comes, and its line break may be missing.
        self.ended |=
            self.chat_keys.is_some() && matches!(self.line.as_slice(), b"data: [DONE]" | b"data:[DONE]");
    }

    fn keep(&mut self, part: &[u8]) {
        let limit = match self.event {
            EventKind::Error | EventKind::FailedEnd => ERROR_LINE_LIMIT,
            _ => LINE_HEAD,
        };
        let room = limit.saturating_sub(self.line.len()).min(part.len());
        self.line.extend_from_slice(&part[..room]);
    }

    fn end_of_line(&mut self, rest: &[u8]) {
        if self.line.is_empty() {
            self.line(rest);
        } else {
            self.keep(rest);
            let line = std::mem::take(&mut self.line);
            self.line(&line);
            self.line = line;
            self.line.clear();
        }
    }

    /// A whole line, or the beginning of a long one.
    fn line(&mut self, line: &[u8]) {
        if line.is_empty() {
            self.event = EventKind::Other;
            self.named = false;
            self.data_seen = false;
        } else if let Some(name) = line.strip_prefix(b"event:") {
            self.event = EventKind::of(self.protocol, name.trim_ascii());
            self.named = true;
            self.type_key = None;
            // One upstream writes the name after the data.
            if self.data_seen {
                self.conclude(b"");
            }
        } else if let Some(data) = line.strip_prefix(b"data:") {
            self.data(data.trim_ascii());
        }
    }

    fn data(&mut self, data: &[u8]) {
        self.data_seen = true;
        if data == b"[DONE]" {
            self.ended |= self.protocol == Protocol::ChatCompletions;
            return;
        }
        if self.chat_keys.is_some() && !self.named {
            return;
        }
        if !self.named {
            self.event =
                leading_type(data).map_or(EventKind::Other, |name| EventKind::of(self.protocol, name));
        }
        self.conclude(data);
    }

    /// What an event with this data says about the end.
    fn conclude(&mut self, data: &[u8]) {
        match self.event {
            EventKind::Other => {}
            EventKind::End => self.ended = true,
            EventKind::Error | EventKind::FailedEnd => {
                self.ended |= self.event == EventKind::FailedEnd;
                let data = &data[..data.len().min(ERROR_LINE_LIMIT)];
                self.error
                    .get_or_insert_with(|| (read_error(data), data.to_vec()));
            }
        }
    }
}

/// The value of the first `type` near the beginning of an object, which is where all known upstreams write an event's type.
pub(crate) fn leading_type(data: &[u8]) -> Option<&[u8]> {
    let head = &data[..data.len().min(LINE_HEAD)];
    let start = memchr::memmem::find(head, b"\"type\"")?;
    let rest = head[start + 6..].trim_ascii_start();
    let rest = rest.strip_prefix(b":")?.trim_ascii_start();
    let rest = rest.strip_prefix(b"\"")?;
    Some(&rest[..memchr::memchr(b'"', rest)?])
}

#[cfg(test)]
mod tests;
