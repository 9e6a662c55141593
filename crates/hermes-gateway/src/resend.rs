//! What a client sends again although the answer cannot change.
//!
//! Some clients repeat a request that was refused for its own sake, up to eighteen times (aider 0.86, Claude Code 2.1). The provider is asked
//! once; the same bytes from the same client get the same refusal for a while, and cost nothing.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hermes_core::KeyId;
use http::Response;

/// How long a refusal stands: the retries of the clients above end within it.
const STANDS: Duration = Duration::from_secs(40);
/// Refusals that are remembered; the oldest goes first.
const MOST: usize = 64;
/// Statuses that speak of the request alone.
const FINAL: [u16; 5] = [400, 403, 404, 413, 422];

/// Refusals of the last moments.
#[derive(Debug, Default)]
pub(crate) struct Resend {
    /// Random for each process, so that nobody can choose bodies that meet.
    state: RandomState,
    kept: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    print: u64,
    until: Duration,
    answer: Response<Bytes>,
}

impl Resend {
    /// The refusal that the same request got a moment ago. Costs nothing while nothing was refused.
    pub(crate) fn known(
        &self,
        key: Option<KeyId>,
        path: &str,
        body: &[u8],
        now: Duration,
    ) -> Option<Response<Bytes>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.until > now);
        if kept.is_empty() {
            return None;
        }
        let print = self.print(key, path, body);
        let found = kept.iter().find(|one| one.print == print)?;
        Some(found.answer.clone())
    }

    /// Remembers a refusal, if it is one that asking again does not change.
    pub(crate) fn note(
        &self,
        key: Option<KeyId>,
        path: &str,
        body: &[u8],
        answer: &Response<Bytes>,
        now: Duration,
    ) {
        if !FINAL.contains(&answer.status().as_u16()) {
            return;
        }
        let print = self.print(key, path, body);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.until > now && one.print != print);
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Kept {
            print,
            until: now.saturating_add(STANDS),
            answer: answer.clone(),
        });
    }

    fn print(&self, key: Option<KeyId>, path: &str, body: &[u8]) -> u64 {
        let mut hasher = self.state.build_hasher();
        hasher.write(key.map(|key| key.to_string()).unwrap_or_default().as_bytes());
        hasher.write_u8(0);
        hasher.write(path.as_bytes());
        hasher.write_u8(0);
        hasher.write(body);
        hasher.finish()
    }
}

#[cfg(test)]
mod tests;
