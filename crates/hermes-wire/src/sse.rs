use std::collections::VecDeque;

/// Largest event a decoder accepts unless told otherwise, bytes; images come in one event.
pub const EVENT_LIMIT: usize = 16 << 20;

/// A line longer than this becomes the data of its event as it is, instead of being copied, bytes.
const LONG_LINE: usize = 64 << 10;

/// One server-sent event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// The `event:` field, if there was one.
    pub event: Option<String>,
    /// The `data:` lines joined by line feeds; bytes that are not UTF-8 become U+FFFD.
    pub data: String,
}

/// Why a stream cannot be decoded further.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SseError {
    /// An event is larger than the limit.
    #[error("an event of the stream is larger than {limit} bytes")]
    TooLarge {
        /// The limit, bytes.
        limit: usize,
    },
}

/// Turns bytes, however they are cut, into events. Holds at most one unfinished event.
///
/// Lines end in LF, CRLF or CR; a byte order mark, comments, `id` and `retry` are skipped; an event without data is none.
#[derive(Clone, Debug)]
pub struct SseDecoder {
    limit: usize,
    /// The unfinished line.
    line: Vec<u8>,
    event: Option<String>,
    data: Option<Vec<u8>>,
    /// Bytes of the unfinished event, line breaks apart.
    size: usize,
    after_cr: bool,
    first_line: bool,
    failed: bool,
    ready: VecDeque<Result<SseEvent, SseError>>,
}

impl Default for SseDecoder {
    fn default() -> Self {
        Self::new(EVENT_LIMIT)
    }
}

impl SseDecoder {
    /// A decoder that refuses events larger than `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            event: None,
            data: None,
            size: 0,
            after_cr: false,
            first_line: true,
            failed: false,
            ready: VecDeque::new(),
        }
    }

    /// Takes the next bytes and yields the events they complete. After an error nothing more is decoded.
    pub fn push(&mut self, bytes: &[u8]) -> impl Iterator<Item = Result<SseEvent, SseError>> + '_ {
        self.take(bytes);
        self.ready.drain(..)
    }

    /// Ends the stream; a last event without its blank line counts.
    pub fn finish(mut self) -> Option<Result<SseEvent, SseError>> {
        if !self.failed {
            if !self.line.is_empty() {
                self.end_line();
            }
            self.end_event();
        }
        self.ready.pop_front()
    }

    fn take(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.failed {
            if self.after_cr {
                self.after_cr = false;
                if bytes[0] == b'\n' {
                    bytes = &bytes[1..];
                    continue;
                }
            }
            let end = memchr::memchr2(b'\n', b'\r', bytes);
            let part = &bytes[..end.unwrap_or(bytes.len())];
            if self.size + self.line.len() + part.len() > self.limit {
                self.failed = true;
                self.ready
                    .push_back(Err(SseError::TooLarge { limit: self.limit }));
                return;
            }
            self.line.extend_from_slice(part);
            let Some(end) = end else { return };
            self.after_cr = bytes[end] == b'\r';
            bytes = &bytes[end + 1..];
            if self.line.is_empty() {
                self.end_event();
                self.first_line = false;
            } else {
                self.end_line();
            }
        }
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        let mut text = line.as_slice();
        if std::mem::take(&mut self.first_line) {
            text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
        }
        if line.len() > LONG_LINE && self.data.is_none() && text.starts_with(b"data:") {
            let value = text["data:".len()..]
                .strip_prefix(b" ")
                .unwrap_or(&text["data:".len()..]);
            let value = line.len() - value.len();
            self.long_data(line, value);
            return;
        }
        self.field(text);
        self.line = line;
        self.line.clear();
    }

    /// A long line with data becomes the data itself; the value begins at `start`.
    fn long_data(&mut self, mut line: Vec<u8>, start: usize) {
        line.drain(..start);
        self.size += line.len() + 1;
        self.data = Some(line);
    }

    fn field(&mut self, line: &[u8]) {
        let (name, value) = match memchr::memchr(b':', line) {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, &line[..0]),
        };
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"event" => {
                self.size += value.len();
                self.event = Some(String::from_utf8_lossy(value).into_owned());
            }
            b"data" => {
                self.size += value.len() + 1;
                match &mut self.data {
                    Some(data) => {
                        data.push(b'\n');
                        data.extend_from_slice(value);
                    }
                    None => self.data = Some(value.to_vec()),
                }
            }
            _ => {}
        }
    }

    fn end_event(&mut self) {
        self.size = 0;
        let event = self.event.take().filter(|event| !event.is_empty());
        if let Some(data) = self.data.take() {
            let data = String::from_utf8(data)
                .unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned());
            self.ready.push_back(Ok(SseEvent { event, data }));
        }
    }
}

/// Appends an event; data with line breaks becomes several `data:` lines.
pub fn write_event(out: &mut Vec<u8>, event: Option<&str>, data: &str) {
    if let Some(event) = event {
        out.extend_from_slice(b"event: ");
        out.extend(event.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')));
        out.push(b'\n');
    }
    if memchr::memchr2(b'\n', b'\r', data.as_bytes()).is_none() {
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(data.as_bytes());
        out.extend_from_slice(b"\n\n");
        return;
    }
    let data = data.replace("\r\n", "\n");
    for line in data.split(['\n', '\r']) {
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(line.as_bytes());
        out.push(b'\n');
    }
    out.push(b'\n');
}

#[cfg(test)]
mod tests;
