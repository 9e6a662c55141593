//! Signs of life in a stream that is silent, since clients and proxies give up on one that says nothing.

use hermes_core::Protocol;

/// A sign of life in a stream that is passed through.
pub(crate) fn ping(protocol: Protocol) -> &'static [u8] {
    match protocol {
        Protocol::AnthropicMessages => b"event: ping\ndata: {\"type\": \"ping\"}\n\n",
        Protocol::ChatCompletions | Protocol::Responses => b": ping\n\n",
        // Its official SDKs do not know comments; an empty line means nothing to anybody.
        Protocol::Gemini => b"\n",
    }
}

/// Whether bytes end between two events: behind a blank line, or before the first byte.
#[derive(Debug, Default)]
pub(crate) struct Between {
    /// Line ends in a row at the end; a CRLF counts as one.
    breaks: u8,
    after_cr: bool,
    begun: bool,
}

impl Between {
    pub(crate) fn feed(&mut self, data: &[u8]) {
        self.begun = true;
        // No more than four bytes make a blank line.
        if data.len() >= 4 {
            self.breaks = 0;
            self.after_cr = false;
        }
        for byte in &data[data.len().saturating_sub(4)..] {
            match byte {
                b'\n' if self.after_cr => self.after_cr = false,
                b'\n' | b'\r' => {
                    self.breaks = self.breaks.saturating_add(1);
                    self.after_cr = *byte == b'\r';
                }
                _ => {
                    self.breaks = 0;
                    self.after_cr = false;
                }
            }
        }
    }

    pub(crate) fn is_between(&self) -> bool {
        !self.begun || self.breaks >= 2
    }
}

#[cfg(test)]
mod tests;
