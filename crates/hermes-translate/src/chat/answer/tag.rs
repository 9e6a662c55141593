//! Thoughts between tags at the beginning of the text, as models send them whose servers do not take them apart (MiniMax over `/v1`,
//! routers of Hugging Face).

const BEGIN: &str = "<think>";
const END: &str = "</think>";

/// A piece of what came as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Thought(String),
    Text(String),
}

/// Takes a text apart, however it is cut. White space around the thoughts belongs to the tags.
#[derive(Clone, Debug)]
pub(super) enum Tag {
    /// The text so far may be the beginning of a tag.
    Beginning(String),
    /// In the thoughts; what is held may be the beginning of the end, and `said` tells whether any thought has come.
    Inside { held: String, said: bool },
    /// After the thoughts, before the text.
    After,
    /// There are no thoughts any more.
    Over,
}

impl Default for Tag {
    fn default() -> Self {
        Self::Beginning(String::new())
    }
}

impl Tag {
    /// Thoughts come in a field of their own.
    pub(super) fn never(&mut self) {
        if matches!(self, Self::Beginning(held) if held.is_empty()) {
            *self = Self::Over;
        }
    }

    /// Takes more of the text.
    pub(super) fn push(&mut self, text: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut text = text.to_owned();
        loop {
            let (next, rest) = self.step(text, &mut pieces);
            *self = next;
            match rest {
                Some(rest) => text = rest,
                None => return pieces,
            }
        }
    }

    fn step(&mut self, text: String, pieces: &mut Vec<Piece>) -> (Self, Option<String>) {
        match std::mem::replace(self, Self::Over) {
            Self::Beginning(held) => beginning(held + &text),
            Self::Inside { held, said } => inside(held + &text, said, pieces),
            Self::After => match text.trim_start() {
                "" => (Self::After, None),
                rest => (Self::Over, Some(rest.to_owned())),
            },
            Self::Over => {
                if !text.is_empty() {
                    pieces.push(Piece::Text(text));
                }
                (Self::Over, None)
            }
        }
    }

    /// Gives what was held back; nothing is taken apart after it.
    pub(super) fn end(&mut self) -> Vec<Piece> {
        match std::mem::replace(self, Self::Over) {
            Self::Beginning(held) if !held.is_empty() => vec![Piece::Text(held)],
            Self::Inside { held, .. } if !held.trim_end().is_empty() => {
                vec![Piece::Thought(held.trim_end().to_owned())]
            }
            _ => Vec::new(),
        }
    }
}

fn beginning(held: String) -> (Tag, Option<String>) {
    let text = held.trim_start();
    if let Some(rest) = text.strip_prefix(BEGIN) {
        let inside = Tag::Inside {
            held: String::new(),
            said: false,
        };
        return (inside, Some(rest.to_owned()));
    }
    if BEGIN.starts_with(text) {
        return (Tag::Beginning(held), None);
    }
    (Tag::Over, Some(held))
}

fn inside(held: String, said: bool, pieces: &mut Vec<Piece>) -> (Tag, Option<String>) {
    let text = if said { held.as_str() } else { held.trim_start() };
    if let Some((thought, rest)) = text.split_once(END) {
        let thought = thought.trim_end();
        if !thought.is_empty() {
            pieces.push(Piece::Thought(thought.to_owned()));
        }
        return (Tag::After, Some(rest.to_owned()));
    }
    let mut ready = text;
    for (length, _) in END.char_indices().skip(1).chain([(END.len(), ' ')]) {
        if let Some(before) = text.strip_suffix(&END[..length]) {
            ready = before;
        }
    }
    let ready = ready.trim_end();
    let kept = text[ready.len()..].to_owned();
    let said = said || !ready.is_empty();
    if !ready.is_empty() {
        pieces.push(Piece::Thought(ready.to_owned()));
    }
    (Tag::Inside { held: kept, said }, None)
}

#[cfg(test)]
mod tests;
