//! Refresh calls as the issuer sees them: how often each token came, and how many calls of one family ran at once.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::journal::Entry;
use crate::login::field;
use crate::state::World;

/// Every refresh call so far and those that run.
#[derive(Default)]
pub(crate) struct Refreshes {
    /// Fingerprint and number of calls, in the order of the first call.
    posts: Vec<(String, usize)>,
    running: HashMap<u64, usize>,
    most: usize,
}

impl Refreshes {
    /// Fingerprints of refresh tokens, and how often each was sent, in the order of the first call.
    pub(crate) fn posts(&self) -> Vec<(String, usize)> {
        self.posts.clone()
    }

    /// The most calls that ran at once for one family.
    pub(crate) fn most(&self) -> usize {
        self.most
    }

    fn count(&mut self, fingerprint: String) {
        match self.posts.iter_mut().find(|(one, _)| *one == fingerprint) {
            Some((_, count)) => *count += 1,
            None => self.posts.push((fingerprint, 1)),
        }
    }

    fn begin(&mut self, family: u64) {
        let running = self.running.entry(family).or_default();
        *running += 1;
        self.most = self.most.max(*running);
    }

    fn end(&mut self, family: u64) {
        if let Some(running) = self.running.get_mut(&family) {
            *running -= 1;
        }
    }
}

/// A refresh call that runs: from its arrival until its answer leaves, or until the client is gone.
pub(crate) struct Running<'a> {
    world: &'a World,
    /// None for a token that was never issued here.
    family: Option<u64>,
}

impl<'a> Running<'a> {
    /// Counts a request that carries a refresh token, whatever will answer it; none for other requests.
    pub(crate) fn begin(world: &'a World, entry: &Entry) -> Option<Self> {
        let token = refresh_token(entry)?;
        let mut state = world.state();
        state.refreshes.count(fingerprint(&token));
        let family = state.tokens.family(&token);
        if let Some(family) = family {
            state.refreshes.begin(family);
        }
        Some(Self { world, family })
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if let Some(family) = self.family {
            self.world.state().refreshes.end(family);
        }
    }
}

/// The refresh token of a request, wherever a dialect carries it: JSON, a form or a header.
fn refresh_token(entry: &Entry) -> Option<String> {
    let json = entry.json()["refresh_token"].as_str().map(str::to_owned);
    let form = || Some(field(&entry.form(), "refresh_token"));
    let header = || entry.header("x-nous-refresh-token");
    let given = |token: &String| !token.is_empty();
    json.filter(given)
        .or_else(|| form().filter(given))
        .or_else(|| header().filter(given))
}

/// A name for a token that tells nothing of it: the first 16 hexadecimal digits of its SHA-256.
pub(crate) fn fingerprint(token: &str) -> String {
    let digest = Sha256::digest(token.as_bytes());
    let first = u64::from_be_bytes(digest[..8].try_into().expect("eight bytes are eight bytes"));
    format!("{first:016x}")
}
