//! Texts that upstreams send twice: piece by piece, and as a whole.

/// How much of a text was passed on, so that the whole of it can be told from what is missing without keeping it.
#[derive(Clone, Default)]
pub(crate) struct Sent {
    length: usize,
    print: Print,
}

#[derive(Clone)]
struct Print(u64);

impl Default for Print {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Print {
    fn add(&mut self, text: &str) {
        self.0 = text.bytes().fold(self.0, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    }
}

impl Sent {
    pub(crate) fn add(&mut self, text: &str) {
        self.length += text.len();
        self.print.add(text);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Whether a text is the one that was passed on.
    pub(crate) fn is(&self, whole: &str) -> bool {
        let mut print = Print::default();
        print.add(whole);
        !self.is_empty() && whole.len() == self.length && print.0 == self.print.0
    }

    /// Whether a whole text says something else than what was passed on of it.
    pub(crate) fn contradicts(&self, whole: &str) -> bool {
        if self.is_empty() || whole.is_empty() {
            return false;
        }
        let mut print = Print::default();
        let head = whole.split_at_checked(self.length).map(|(head, _)| head);
        print.add(head.unwrap_or_default());
        head.is_none() || print.0 != self.print.0
    }

    /// What a whole text has beyond the part that was passed on; nothing when it begins otherwise.
    pub(crate) fn missing<'a>(&self, whole: &'a str) -> &'a str {
        let Some((head, rest)) = whole.split_at_checked(self.length) else {
            return "";
        };
        let mut print = Print::default();
        print.add(head);
        if print.0 == self.print.0 { rest } else { "" }
    }
}
