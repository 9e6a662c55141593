//! Connections that have shown no client key yet. Beyond a number of them the oldest make room.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// The waiting connections, oldest first.
#[derive(Debug)]
pub(crate) struct Lobby {
    most: usize,
    /// A connection younger than this is never sent away, so that a burst of honest clients gets in.
    grace: Duration,
    waiting: Mutex<VecDeque<Arc<Visitor>>>,
}

/// One connection, for as long as it waits.
#[derive(Debug)]
pub(crate) struct Visitor {
    came: Instant,
    left: AtomicBool,
    sent_away: Notify,
}

impl Visitor {
    /// Ready once the connection has to make room.
    pub(crate) async fn sent_away(&self) {
        self.sent_away.notified().await;
    }
}

impl Lobby {
    pub(crate) fn new(most: usize, grace: Duration) -> Self {
        Self {
            most,
            grace,
            waiting: Mutex::default(),
        }
    }

    /// Takes a connection in and, where there are too many, sends the oldest away.
    pub(crate) fn enter(&self) -> Arc<Visitor> {
        let visitor = Arc::new(Visitor {
            came: Instant::now(),
            left: AtomicBool::new(false),
            sent_away: Notify::new(),
        });
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push_back(Arc::clone(&visitor));
        while waiting.len() > self.most
            && waiting
                .front()
                .is_some_and(|oldest| oldest.came.elapsed() >= self.grace)
        {
            if let Some(oldest) = waiting.pop_front() {
                oldest.sent_away.notify_one();
            }
        }
        visitor
    }

    /// The connection has shown a key, or has ended. Only the first time costs more than a look.
    pub(crate) fn leave(&self, visitor: &Arc<Visitor>) {
        if visitor.left.swap(true, Ordering::Relaxed) {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = waiting.iter().position(|one| Arc::ptr_eq(one, visitor)) {
            waiting.remove(place);
        }
    }
}
