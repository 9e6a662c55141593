use std::collections::VecDeque;

use hermes_catalog::CallIds;

use crate::names::fitting;

/// Ids of calls as an upstream takes them: the client's own where they fit, the same other one for each that does not.
pub(super) struct Ids {
    form: Option<CallIds>,
    /// Calls that came without an id and wait for their result: tool and id.
    waiting: VecDeque<(String, String)>,
    made: u32,
}

impl Ids {
    pub(super) fn new(form: Option<CallIds>) -> Self {
        Self {
            form,
            waiting: VecDeque::new(),
            made: 0,
        }
    }

    /// The id of a call.
    pub(super) fn call(&mut self, id: &str, tool: &str) -> String {
        if !id.is_empty() {
            return self.fit(id);
        }
        let id = self.make();
        self.waiting.push_back((tool.to_owned(), id.clone()));
        id
    }

    /// The id of the call that a result belongs to. Results without an id come in the order of their calls, tool by tool.
    pub(super) fn result(&mut self, id: &str, tool: Option<&str>) -> String {
        if !id.is_empty() {
            return self.fit(id);
        }
        let same = self
            .waiting
            .iter()
            .position(|(name, _)| Some(name.as_str()) == tool);
        let found = match same {
            Some(place) => self.waiting.remove(place),
            None => self.waiting.pop_front(),
        };
        match found {
            Some((_, id)) => id,
            None => self.make(),
        }
    }

    fn make(&mut self) -> String {
        self.made += 1;
        self.fit(&format!("call_made_{}", self.made))
    }

    fn fit(&self, id: &str) -> String {
        match self.form {
            None => fitting(id),
            Some(CallIds::NineAlphanumerics) => nine(id),
        }
    }
}

/// Nine letters and digits that stand for an id.
fn nine(id: &str) -> String {
    const LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";
    if id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return id.to_owned();
    }
    let mut print = id.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut letters = String::new();
    for _ in 0..9 {
        let place = usize::try_from(print % 36).unwrap_or(0);
        letters.push(char::from(LETTERS[place]));
        print /= 36;
    }
    letters
}
