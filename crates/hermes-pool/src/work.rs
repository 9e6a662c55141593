//! Background work that has to be finished before the program ends.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

#[derive(Clone, Default)]
pub(crate) struct Work(Arc<Shared>);

#[derive(Default)]
struct Shared {
    running: AtomicUsize,
    changed: Notify,
}

struct Running(Arc<Shared>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
        self.0.changed.notify_waiters();
    }
}

impl Work {
    /// Runs a future to its end, whatever becomes of the caller.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.0.running.fetch_add(1, Ordering::AcqRel);
        let running = Running(Arc::clone(&self.0));
        tokio::spawn(async move {
            task.await;
            drop(running);
        });
    }

    /// Waits until nothing runs.
    pub(crate) async fn idle(&self) {
        loop {
            let changed = self.0.changed.notified();
            tokio::pin!(changed);
            changed.as_mut().enable();
            if self.0.running.load(Ordering::Acquire) == 0 {
                return;
            }
            changed.await;
        }
    }
}
