//! What a client sends again although the answer cannot change, or cannot have changed yet.
//!
//! Some clients repeat a request that was refused for its own sake, up to eighteen times (aider 0.86, Claude Code 2.1), and one that met an
//! overloaded provider up to thirty times within half a minute (Codex 0.169). The provider is asked once; the same request from the same
//! client gets the same refusal for a while, and costs nothing.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use hermes_core::KeyId;
use hermes_wire::fingerprint;
use http::Response;

/// How long a refusal stands: the retries of the clients above end within it.
const STANDS: Duration = Duration::from_secs(40);
/// Refusals that are remembered; the oldest goes first.
const MOST: usize = 64;
/// Statuses that speak of the request alone.
const FINAL: [u16; 5] = [400, 403, 404, 413, 422];
/// Statuses that speak of a provider that cannot serve anybody now.
const OVERLOADED: [u16; 3] = [502, 503, 529];
/// How long the first of those stands; the time doubles with each further one for the same request.
const PAUSE: Duration = Duration::from_millis(500);
/// The longest time, since the provider may recover at any moment.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// Refusals of the last moments.
#[derive(Debug, Default)]
pub(crate) struct Resend {
    /// Random for each process, so that nobody can choose bodies that meet.
    state: RandomState,
    kept: Mutex<VecDeque<Kept>>,
}

#[derive(Debug)]
struct Kept {
    /// Length of the request's body.
    size: usize,
    print: u64,
    at: Duration,
    /// For how long it is the answer.
    stands: Duration,
    answer: Response<Bytes>,
}

impl Kept {
    fn is_answer(&self, now: Duration) -> bool {
        self.at.saturating_add(self.stands) > now
    }

    /// Whether it counts for how long the next one stands.
    fn counts(&self, now: Duration) -> bool {
        self.at.saturating_add(STANDS) > now
    }
}

impl Resend {
    /// The refusal that the same request got a moment ago. A body is looked at only where one of its length was refused: clients that shuffle
    /// it keep that.
    pub(crate) fn known(
        &self,
        key: Option<KeyId>,
        path: &str,
        body: &[u8],
        now: Duration,
    ) -> Option<Response<Bytes>> {
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.retain(|one| one.counts(now));
            let may_be = |one: &Kept| one.size == body.len() && one.is_answer(now);
            if !kept.iter().any(may_be) {
                return None;
            }
        }
        let print = self.print(key, path, body);
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|one| one.print == print && one.is_answer(now))?;
        Some(found.answer.clone())
    }

    /// Remembers a refusal, if asking again does not change it, or hardly yet.
    pub(crate) fn note(
        &self,
        key: Option<KeyId>,
        path: &str,
        body: &[u8],
        answer: &Response<Bytes>,
        now: Duration,
    ) {
        let passes = OVERLOADED.contains(&answer.status().as_u16());
        if !passes && !is_about_the_request(answer) {
            return;
        }
        let print = self.print(key, path, body);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|one| one.counts(now));
        let before = kept.iter().position(|one| one.print == print);
        let before = before.and_then(|at| kept.remove(at));
        let stands = match before {
            _ if !passes => STANDS,
            Some(before) => (before.stands * 2).min(LONGEST_PAUSE),
            None => PAUSE,
        };
        if kept.len() >= MOST {
            kept.pop_front();
        }
        kept.push_back(Kept {
            size: body.len(),
            print,
            at: now,
            stands,
            answer: answer.clone(),
        });
    }

    fn print(&self, key: Option<KeyId>, path: &str, body: &[u8]) -> u64 {
        let mut hasher = self.state.build_hasher();
        hasher.write(key.map(|key| key.to_string()).unwrap_or_default().as_bytes());
        hasher.write_u8(0);
        hasher.write(path.as_bytes());
        hasher.write_u8(0);
        hasher.write_u64(fingerprint(body, &self.state));
        hasher.finish()
    }
}

/// Whether an answer speaks of its request alone, which is then never served.
pub(crate) fn is_about_the_request(answer: &Response<Bytes>) -> bool {
    FINAL.contains(&answer.status().as_u16())
}

#[cfg(test)]
mod tests;
