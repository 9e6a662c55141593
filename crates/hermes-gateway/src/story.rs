//! The story of a request: made only where there is more to tell than that one call was answered.

use hermes_pool::{Advice, CallMade, Lease, PassedOver, PoolError, Story, Unusable, status_in_stream};

use hermes_translate::Dropped;

use crate::opening::{Held, Rest};
use crate::record::Record;

/// Most credentials that a story names.
const MOST: usize = 16;

/// How a call ended that is told.
pub(crate) struct Ending {
    pub(crate) status: Option<u16>,
    pub(crate) problem: Option<&'static str>,
}

impl Ending {
    /// What was wrong with an answer that began as a success; none if nothing was.
    pub(crate) fn of(held: &Held) -> Option<Self> {
        if let Some(body) = &held.error {
            return Some(Self {
                status: Some(status_in_stream(body)),
                problem: Some("error_in_stream"),
            });
        }
        let problem = match held.rest {
            Rest::More | Rest::Ended => return None,
            Rest::Cut => "upstream_cut",
            Rest::Silent => "upstream_idle",
        };
        Some(Self {
            status: None,
            problem: Some(problem),
        })
    }
}

impl Record {
    fn tell(&mut self) -> &mut Story {
        self.story.get_or_insert_default()
    }

    /// The client used an alias.
    pub(crate) fn tell_alias(&mut self, asked: &str) {
        self.tell().asked = Some(asked.to_owned());
    }

    /// A translation left out fields of the request, by a list with commas between.
    pub(crate) fn tell_dropped(&mut self, dropped: &Dropped) {
        self.dropped = dropped.header();
        let paths = self
            .dropped
            .as_deref()
            .map(|paths| paths.split(',').map(str::to_owned));
        if let Some(paths) = paths.map(Iterator::collect) {
            self.tell().dropped = paths;
        }
    }

    /// The pool handed out a credential.
    pub(crate) fn tell_lease(&mut self, lease: &Lease) {
        if lease.runtime.protocol != self.protocol {
            self.tell().upstream = Some(lease.runtime.protocol.as_str().to_owned());
        }
        self.tell_passed(lease.passed_over());
    }

    /// The pool had none to hand out.
    pub(crate) fn tell_refusal(&mut self, error: &PoolError) {
        if let PoolError::Exhausted { members, .. } = error {
            self.tell_passed(members);
        }
    }

    fn tell_passed(&mut self, members: &[Unusable]) {
        if members.is_empty() {
            return;
        }
        let story = self.tell();
        for member in members {
            let is_told = story.passed.iter().any(|one| one.label == member.label)
                || story.calls.iter().any(|call| call.label == member.label);
            if is_told || story.passed.len() >= MOST {
                continue;
            }
            story.passed.push(PassedOver {
                label: member.label.clone(),
                state: member.state.as_str().to_owned(),
                words: member.cause.clone(),
                until: member.until,
            });
        }
    }

    /// A call failed, and the pool has decided what to do about it.
    pub(crate) fn tell_failure(&mut self, lease: &Lease, ending: Ending, advice: &Advice) {
        let ms = self.call_millis();
        let standing = lease.standing();
        self.tell().calls.push(CallMade {
            label: standing.label,
            status: ending.status,
            problem: ending.problem.map(str::to_owned),
            ms,
            then: advice.as_str().to_owned(),
            state: standing.state.as_str().to_owned(),
            words: standing.cause,
            until: standing.until,
        });
    }

    /// A call was answered well; told only where something else was told before.
    pub(crate) fn tell_success(&mut self, lease: &Lease, status: u16) {
        let is_told = |story: &Story| !story.calls.is_empty() || !story.passed.is_empty();
        if self.story.as_deref().is_some_and(is_told) {
            let status = Some(status);
            let ending = Ending {
                status,
                problem: None,
            };
            self.tell_failure(lease, ending, &Advice::Deliver);
        }
    }
}
