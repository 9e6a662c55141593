//! Walking over JSON by its brackets and strings, without reading what they hold.

use std::ops::Range;

use crate::peek::PeekError;

/// Deepest nesting that is accepted; the same as most JSON readers have.
pub(crate) const DEPTH_LIMIT: u32 = 127;

/// A position in a body.
pub(crate) struct Scan<'a> {
    pub(crate) body: &'a [u8],
    pub(crate) at: usize,
}

impl Scan<'_> {
    pub(crate) fn next(&self) -> Option<u8> {
        self.body.get(self.at).copied()
    }

    pub(crate) fn malformed(&self, expected: &'static str) -> PeekError {
        PeekError::Malformed {
            offset: self.at,
            expected,
        }
    }

    pub(crate) fn space(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.next() {
            self.at += 1;
        }
    }

    pub(crate) fn expect(&mut self, byte: u8, expected: &'static str) -> Result<(), PeekError> {
        if self.next() != Some(byte) {
            return Err(self.malformed(expected));
        }
        self.at += 1;
        Ok(())
    }

    /// Only space may follow the object.
    pub(crate) fn end<T>(&mut self, value: T) -> Result<T, PeekError> {
        self.space();
        if self.next().is_some() {
            return Err(self.malformed("the end"));
        }
        Ok(value)
    }

    /// Walks over a string; the range includes its quotes.
    pub(crate) fn string(&mut self) -> Result<Range<usize>, PeekError> {
        let start = self.at;
        self.expect(b'"', "`\"`")?;
        loop {
            let rest = self.body.get(self.at..).unwrap_or_default();
            let Some(step) = memchr::memchr2(b'"', b'\\', rest) else {
                self.at = self.body.len();
                return Err(self.malformed("the end of a string"));
            };
            if rest[step] == b'"' {
                self.at += step + 1;
                return Ok(start..self.at);
            }
            self.at += step + 2;
        }
    }

    /// Walks over any value.
    pub(crate) fn skip(&mut self) -> Result<(), PeekError> {
        match self.next() {
            Some(b'"') => self.string().map(drop),
            Some(b'{' | b'[') => self.skip_nested(),
            Some(b't' | b'f' | b'n' | b'-' | b'0'..=b'9') => {
                while let Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'+' | b'-' | b'.') = self.next() {
                    self.at += 1;
                }
                Ok(())
            }
            _ => Err(self.malformed("a value")),
        }
    }

    /// Walks over an object or array; each level is one bit, set for an object.
    fn skip_nested(&mut self) -> Result<(), PeekError> {
        let mut levels: u128 = 0;
        let mut depth = 0;
        while let Some(byte) = self.next() {
            match byte {
                b'"' => {
                    self.string()?;
                    continue;
                }
                b'{' | b'[' => {
                    depth += 1;
                    if depth > DEPTH_LIMIT {
                        return Err(PeekError::TooDeep { offset: self.at });
                    }
                    levels = levels << 1 | u128::from(byte == b'{');
                }
                b'}' | b']' => {
                    if (levels & 1 == 1) != (byte == b'}') {
                        return Err(self.malformed("the bracket that was opened"));
                    }
                    levels >>= 1;
                    depth -= 1;
                }
                _ => {}
            }
            self.at += 1;
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.malformed("a closing bracket"))
    }
}
