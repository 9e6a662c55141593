use std::fmt;

use zeroize::Zeroize;

/// What a secret shows wherever it would otherwise be printed.
pub const REDACTED: &str = "[redacted]";

/// A value that never prints itself and is wiped when dropped.
///
/// It has no `Display` and no `Serialize`; [`Secret::expose`] is the one way to the value, so a search for that name
/// lists every place that opens one.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize = String>(T);

impl<T: Zeroize> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// Opens the secret. Only sealing, header building and token calls have a reason to.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self(value.to_owned())
    }
}

impl From<String> for Secret<String> {
    fn from(value: String) -> Self {
        Self(value)
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}
