use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// A name for a user that says nothing of them: the same for each upstream, another one for every other. Clients write account data into
/// the id that they were meant for.
pub(super) fn pseudonym(user: &str, upstream: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(upstream.as_bytes());
    hash.update([0]);
    hash.update(user.as_bytes());
    let print = hash.finalize();
    print.iter().take(16).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
