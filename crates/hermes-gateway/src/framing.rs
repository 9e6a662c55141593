//! Where one request ends and the next begins, read strictly.
//!
//! The HTTP library forgives what another server in front of us may read differently: a second `Content-Length`, a bare
//! line feed, a length beside a transfer coding. This watches the same bytes and tells which requests to refuse.

use std::collections::VecDeque;

/// What the bytes of one request head said about its borders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// A length or no body; another request may follow.
    Plain,
    /// A transfer coding; the connection ends after the answer.
    Last,
    /// Ambiguous; the request is refused and the connection ends.
    Refused(&'static str),
    /// Too long; the request is refused and the connection ends.
    TooLong,
}

/// Follows the bytes of one connection.
#[derive(Debug)]
pub(crate) struct Follower {
    state: State,
    seen: VecDeque<Framing>,
    /// Longest head, bytes.
    longest: usize,
}

#[derive(Debug)]
enum State {
    Head(Head),
    Body(u64),
    /// Nothing more is handled on this connection.
    Over,
}

impl Default for State {
    fn default() -> Self {
        Self::Head(Head::default())
    }
}

#[derive(Debug, Default)]
struct Head {
    /// The line that is not complete yet.
    partial: Vec<u8>,
    /// Bytes so far.
    size: usize,
    request_line: bool,
    length: Option<u64>,
    coded: bool,
    wrong: Option<&'static str>,
}

impl Follower {
    /// At the beginning of a connection.
    pub(crate) fn new(longest: usize) -> Self {
        Self {
            state: State::default(),
            seen: VecDeque::new(),
            longest,
        }
    }

    /// Takes the bytes that were read.
    pub(crate) fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match &mut self.state {
                State::Over => return,
                State::Body(left) => {
                    let take = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                    *left -= take as u64;
                    if *left == 0 {
                        self.state = State::default();
                    }
                    &bytes[take..]
                }
                State::Head(head) => match head.feed(bytes, self.longest) {
                    (_, None) => return,
                    (used, Some(framing)) => {
                        self.state = head.next(framing);
                        self.seen.push_back(framing);
                        &bytes[used..]
                    }
                },
            };
        }
    }

    /// The framing of the oldest request that was not asked about yet.
    pub(crate) fn next(&mut self) -> Option<Framing> {
        self.seen.pop_front()
    }

    /// Whether a head has begun and not ended.
    pub(crate) fn inside_head(&self) -> bool {
        matches!(&self.state, State::Head(head) if head.size > 0)
    }

    /// Whether every byte so far belongs to a complete request.
    pub(crate) fn at_border(&self) -> bool {
        matches!(&self.state, State::Head(head) if head.size == 0)
    }
}

impl Head {
    /// Bytes used, and the framing once the head is complete.
    fn feed(&mut self, bytes: &[u8], longest: usize) -> (usize, Option<Framing>) {
        let mut used = 0;
        while let Some(end) = bytes[used..].iter().position(|byte| *byte == b'\n') {
            let line = &bytes[used..=used + end];
            used += line.len();
            self.size += line.len();
            let done = if self.partial.is_empty() {
                self.line(line)
            } else {
                let mut whole = std::mem::take(&mut self.partial);
                whole.extend_from_slice(line);
                self.line(&whole)
            };
            if self.size > longest {
                return (used, Some(Framing::TooLong));
            }
            if done || self.wrong.is_some() {
                return (used, Some(self.framing()));
            }
        }
        self.partial.extend_from_slice(&bytes[used..]);
        self.size += bytes.len() - used;
        if self.size > longest {
            return (bytes.len(), Some(Framing::TooLong));
        }
        (bytes.len(), None)
    }

    /// Takes one line with its end; true for the empty line that ends the head.
    fn line(&mut self, line: &[u8]) -> bool {
        let Some(text) = line.strip_suffix(b"\r\n") else {
            self.wrong = Some("a line ends in a bare line feed");
            return false;
        };
        if text.iter().any(|byte| matches!(byte, b'\r' | 0)) {
            self.wrong = Some("a line holds a carriage return or a null byte");
        } else if text.is_empty() {
            return self.request_line;
        } else if self.request_line {
            self.field(text);
        } else {
            self.request_line = true;
        }
        false
    }

    fn field(&mut self, line: &[u8]) {
        if matches!(line[0], b' ' | b'\t') {
            self.wrong = Some("a header line is folded");
            return;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            self.wrong = Some("a header line has no colon");
            return;
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if name.iter().any(u8::is_ascii_whitespace) {
            self.wrong = Some("a header name holds white space");
        } else if name.eq_ignore_ascii_case(b"content-length") {
            self.take_length(value);
        } else if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if self.coded || !value.eq_ignore_ascii_case(b"chunked") {
                self.wrong = Some("`Transfer-Encoding` is not one plain `chunked`");
            }
            self.coded = true;
        }
    }

    fn take_length(&mut self, value: &[u8]) {
        let digits = !value.is_empty() && value.iter().all(u8::is_ascii_digit);
        let length = std::str::from_utf8(value)
            .ok()
            .filter(|_| digits)
            .and_then(|text| text.parse().ok());
        match (self.length, length) {
            (None, Some(length)) => self.length = Some(length),
            (Some(_), _) => self.wrong = Some("there are two `Content-Length` headers"),
            (None, None) => self.wrong = Some("`Content-Length` is not a number"),
        }
    }

    fn framing(&self) -> Framing {
        match self.wrong {
            Some(why) => Framing::Refused(why),
            None if self.coded && self.length.is_some() => {
                Framing::Refused("there is a `Content-Length` beside a `Transfer-Encoding`")
            }
            None if self.coded => Framing::Last,
            None => Framing::Plain,
        }
    }

    fn next(&self, framing: Framing) -> State {
        match (framing, self.length) {
            (Framing::Plain, Some(length)) if length > 0 => State::Body(length),
            (Framing::Plain, _) => State::default(),
            (Framing::Last | Framing::Refused(_) | Framing::TooLong, _) => State::Over,
        }
    }
}

#[cfg(test)]
mod tests;
