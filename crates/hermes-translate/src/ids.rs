//! Ids that link calls with their results: as the client gave them where they fit, made up where there are none.

use std::collections::{HashMap, HashSet, VecDeque};

use hermes_catalog::CallIds;

use crate::names;

/// Longest id that peers take.
const LONGEST: usize = 64;

/// How the ids begin that are made up for calls without one. Gemini, where calls come without, does not get them back.
pub(crate) const MADE_UP: &str = "call_unnamed_";

/// Letters and digits.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Gives every call an id that the upstream takes, and its result the same.
///
/// An upstream never sends the ids of a request back, so that a replacement needs no way back. It is the same in every request and
/// toward every protocol, so that a conversation that is translated once more keeps it.
#[derive(Default)]
pub(crate) struct Ids {
    form: Option<CallIds>,
    /// Whether ids were minted under the upstream's own protocol, and fit whatever they look like.
    own: bool,
    made: u32,
    /// Calls without an id that wait for their results: tool and id.
    waiting: VecDeque<(String, String)>,
    taken: HashSet<String>,
    changed: HashMap<String, String>,
}

impl Ids {
    pub(crate) fn new(form: Option<CallIds>, own: bool) -> Self {
        Self {
            form,
            own,
            ..Self::default()
        }
    }

    /// The id of a call.
    pub(crate) fn call(&mut self, id: &str, tool: &str) -> String {
        if !id.is_empty() {
            return self.fitting(id);
        }
        let id = self.make();
        self.waiting.push_back((tool.to_owned(), id.clone()));
        id
    }

    /// The id of the call that a result belongs to: without one, that of the first call of its tool that waits. One that no call waits
    /// for gets an id that no call has.
    pub(crate) fn result(&mut self, id: &str, tool: Option<&str>) -> String {
        if !id.is_empty() {
            return self.fitting(id);
        }
        let waits = |(name, _): &(String, String)| tool.is_none_or(|tool| tool == name);
        let found = self.waiting.iter().position(waits);
        match found.and_then(|place| self.waiting.remove(place)) {
            Some((_, id)) => id,
            None => self.make(),
        }
    }

    fn make(&mut self) -> String {
        self.made += 1;
        self.fitting(&format!("{MADE_UP}{}", self.made))
    }

    fn fitting(&mut self, id: &str) -> String {
        if let Some(changed) = self.changed.get(id) {
            return changed.clone();
        }
        if self.fits(id) {
            self.taken.insert(id.to_owned());
            return id.to_owned();
        }
        let mut print = names::print(id);
        loop {
            let new = match self.form {
                Some(CallIds::NineAlphanumerics) => nine(print),
                None => format!("call_{print:016x}"),
            };
            if self.taken.insert(new.clone()) {
                self.changed.insert(id.to_owned(), new.clone());
                return new;
            }
            print = print.wrapping_add(1);
        }
    }

    fn fits(&self, id: &str) -> bool {
        let plain = |byte: u8| byte.is_ascii_alphanumeric();
        match self.form {
            Some(CallIds::NineAlphanumerics) => id.len() == 9 && id.bytes().all(plain),
            None => {
                self.own
                    || id.len() <= LONGEST
                        && id.bytes().all(|byte| plain(byte) || matches!(byte, b'_' | b'-'))
            }
        }
    }
}

fn nine(mut print: u64) -> String {
    let mut id = String::with_capacity(9);
    for _ in 0..9 {
        let place = usize::try_from(print % 62).unwrap_or_default();
        id.push(char::from(ALPHABET[place]));
        print /= 62;
    }
    id
}

#[cfg(test)]
mod tests;
