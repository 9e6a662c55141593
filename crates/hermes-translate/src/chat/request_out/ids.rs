//! Ids that link calls with their results.

use std::collections::VecDeque;

use hermes_catalog::CallIds;

/// Longest id that peers take.
const LONGEST: usize = 64;

/// Letters and digits.
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Gives every call an id that the upstream takes, and its result the same.
///
/// The upstream never sends these ids back, so that a replacement needs no way back: it only has to be the same each time.
pub(super) struct Ids {
    form: Option<CallIds>,
    made: usize,
    /// Calls without an id that wait for their results, with the names of their tools.
    waiting: VecDeque<(String, String)>,
}

impl Ids {
    pub(super) fn new(form: Option<CallIds>) -> Self {
        Self {
            form,
            made: 0,
            waiting: VecDeque::new(),
        }
    }

    /// The id of a call.
    pub(super) fn of_call(&mut self, id: &str, name: &str) -> String {
        if !id.is_empty() {
            return self.fitting(id);
        }
        self.made += 1;
        let id = self.fitting(&format!("call_{:04}", self.made));
        self.waiting.push_back((name.to_owned(), id.clone()));
        id
    }

    /// The id of a result; one without an id belongs to the first call of its tool that waits.
    pub(super) fn of_result(&mut self, id: &str, name: Option<&str>) -> String {
        if !id.is_empty() {
            return self.fitting(id);
        }
        let found = self
            .waiting
            .iter()
            .position(|(tool, _)| name.is_none_or(|name| name == tool));
        let found = found.and_then(|place| self.waiting.remove(place));
        found.map(|(_, id)| id).unwrap_or_default()
    }

    fn fitting(&self, id: &str) -> String {
        let print = print(id);
        match self.form {
            Some(CallIds::NineAlphanumerics) => {
                if id.len() == 9 && id.bytes().all(|one| one.is_ascii_alphanumeric()) {
                    return id.to_owned();
                }
                nine(print)
            }
            None => {
                let fits = |one: u8| one.is_ascii_alphanumeric() || matches!(one, b'_' | b'-');
                if id.len() <= LONGEST && id.bytes().all(fits) {
                    return id.to_owned();
                }
                format!("call_{print:016x}")
            }
        }
    }
}

/// FNV-1a.
fn print(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
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
