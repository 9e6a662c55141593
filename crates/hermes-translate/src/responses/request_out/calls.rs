//! Ids of calls: as the client gave them where they fit, made up where there are none.

use std::collections::{HashMap, HashSet};

use hermes_catalog::CallIds;

/// Longest id (OpenAI).
const LONGEST: usize = 64;

#[derive(Default)]
pub(super) struct Ids {
    form: Option<CallIds>,
    /// Whether ids were minted under the upstream's own protocol, and fit whatever they look like.
    own: bool,
    made: u32,
    /// Calls without an id that have no result yet, by tool.
    waiting: Vec<(String, String)>,
    taken: HashSet<String>,
    changed: HashMap<String, String>,
}

impl Ids {
    pub(super) fn new(form: Option<CallIds>, own: bool) -> Self {
        Self {
            form,
            own,
            ..Self::default()
        }
    }

    /// The id of a call.
    pub(super) fn call(&mut self, id: &str, name: &str) -> String {
        if !id.is_empty() {
            return self.fitting(id);
        }
        self.made += 1;
        let id = self.fitting(&format!("call_{}", self.made));
        self.waiting.push((name.to_owned(), id.clone()));
        id
    }

    /// The id of the call that a result belongs to: without one, the first of the same tool that waits.
    pub(super) fn result(&mut self, id: &str, name: Option<&str>) -> String {
        if !id.is_empty() {
            return self.fitting(id);
        }
        let waits = |(tool, _): &(String, String)| name.is_none_or(|name| name == tool);
        match self.waiting.iter().position(waits) {
            Some(at) => self.waiting.remove(at).1,
            None => self.fitting(&format!("call_of_{}", name.unwrap_or("nothing"))),
        }
    }

    fn fitting(&mut self, id: &str) -> String {
        if let Some(changed) = self.changed.get(id) {
            return changed.clone();
        }
        if self.fits(id) {
            self.taken.insert(id.to_owned());
            return id.to_owned();
        }
        let mut print = print(id);
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

fn print(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn nine(mut print: u64) -> String {
    let letters = b"0123456789abcdefghijklmnopqrstuvwxyz";
    let mut id = String::new();
    for _ in 0..9 {
        let at = usize::try_from(print % 36).unwrap_or(0);
        id.push(char::from(letters[at]));
        print /= 36;
    }
    id
}
