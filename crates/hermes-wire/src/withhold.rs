//! Taking one field out of JSON that passes by.

use memchr::memmem::Finder;

/// Puts `null` in place of a field's text wherever that stands in JSON that passes by, however its bytes are cut. All other bytes
/// stay, and no more than the field's name is ever held.
#[derive(Clone, Debug)]
pub struct Withholder {
    /// The name in its quotes. Inside a text of JSON they would have backslashes, so this finds names, and texts that are the same.
    name: Finder<'static>,
    state: State,
    /// How much of the name stood at the end of what came; it waits there.
    held: usize,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Between,
    /// After the name.
    Named {
        colon: bool,
    },
    /// Inside the text that is taken out.
    Inside {
        escaped: bool,
    },
}

impl Withholder {
    /// Takes out the texts of fields with this name.
    pub fn new(name: &str) -> Self {
        let name = format!("\"{name}\"");
        Self {
            name: Finder::new(name.as_bytes()).into_owned(),
            state: State::Between,
            held: 0,
        }
    }

    /// What of the next bytes, and of those that waited, may go on; none where that is just these bytes.
    pub fn pass(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        let idle = matches!(self.state, State::Between) && self.held == 0;
        if idle && self.name.find(bytes).is_none() && self.beginning(bytes) == 0 {
            return None;
        }
        let mut input = self.rest().to_vec();
        input.extend_from_slice(bytes);
        self.held = 0;
        Some(self.run(&input))
    }

    /// What still waits when nothing more comes.
    pub fn rest(&self) -> &[u8] {
        &self.name.needle()[..self.held]
    }

    fn run(&mut self, mut input: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(input.len());
        while !input.is_empty() {
            input = match self.state {
                State::Between => self.between(input, &mut out),
                State::Named { colon } => self.named(input, colon, &mut out),
                State::Inside { escaped } => self.inside(input, escaped),
            };
        }
        out
    }

    fn between<'a>(&mut self, input: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
        let Some(at) = self.name.find(input) else {
            self.held = self.beginning(input);
            out.extend_from_slice(&input[..input.len() - self.held]);
            return &[];
        };
        let (before, after) = input.split_at(at + self.name.needle().len());
        out.extend_from_slice(before);
        self.state = State::Named { colon: false };
        after
    }

    fn named<'a>(&mut self, input: &'a [u8], colon: bool, out: &mut Vec<u8>) -> &'a [u8] {
        match input[0] {
            b':' if !colon => self.state = State::Named { colon: true },
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'"' if colon => {
                out.extend_from_slice(b"null");
                self.state = State::Inside { escaped: false };
                return &input[1..];
            }
            // The name of something else, or no name at all.
            _ => {
                self.state = State::Between;
                return input;
            }
        }
        out.push(input[0]);
        &input[1..]
    }

    fn inside<'a>(&mut self, input: &'a [u8], escaped: bool) -> &'a [u8] {
        self.state = match input[0] {
            _ if escaped => State::Inside { escaped: false },
            b'\\' => State::Inside { escaped: true },
            b'"' => State::Between,
            _ => State::Inside { escaped: false },
        };
        &input[1..]
    }

    /// How many bytes at the end may be the beginning of the name.
    fn beginning(&self, bytes: &[u8]) -> usize {
        let name = self.name.needle();
        let most = bytes.len().min(name.len() - 1);
        let lengths = (1..=most).rev();
        lengths
            .into_iter()
            .find(|length| bytes.ends_with(&name[..*length]))
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests;
