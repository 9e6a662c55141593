//! Rows for the request log, written in batches off a request's way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hermes_pool::{Feed, RequestRow, Store};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const QUEUE: usize = 4096;
const BATCH: usize = 256;
const PAUSE: Duration = Duration::from_secs(1);

/// Takes rows without ever waiting; a full queue drops them and counts.
#[derive(Clone, Debug)]
pub struct LogSender {
    rows: mpsc::Sender<RequestRow>,
    feed: Feed,
    dropped: Arc<AtomicU64>,
}

impl LogSender {
    /// Starts the writer, and shows each request to whoever watches the feed. The writer's task ends, with everything written,
    /// once the last sender is dropped.
    pub fn start(store: Arc<dyn Store>, feed: Feed) -> (Self, JoinHandle<()>) {
        let (rows, queue) = mpsc::channel(QUEUE);
        let dropped = Arc::new(AtomicU64::new(0));
        let writer = tokio::spawn(write(store, queue, Arc::clone(&dropped)));
        let sender = Self { rows, feed, dropped };
        (sender, writer)
    }

    /// Rows that were lost, because the queue was full or the store failed.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// A request begins.
    pub(crate) fn begun(&self) {
        self.feed.begun();
    }

    /// A request has ended, at a moment of the monotonic clock.
    pub(crate) fn send(&self, row: RequestRow, now: Duration) {
        self.feed.ended(&row, now);
        if self.rows.try_send(row).is_err() {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

async fn write(store: Arc<dyn Store>, mut queue: mpsc::Receiver<RequestRow>, dropped: Arc<AtomicU64>) {
    let mut batch = Vec::with_capacity(BATCH);
    while queue.recv_many(&mut batch, BATCH).await > 0 {
        let fill = async { while batch.len() < BATCH && queue.recv_many(&mut batch, BATCH).await > 0 {} };
        // Running out of time only means that the batch is not full.
        drop(tokio::time::timeout(PAUSE, fill).await);
        if let Err(error) = store.append_log(&batch).await {
            dropped.fetch_add(batch.len() as u64, Ordering::Relaxed);
            tracing::warn!(%error, rows = batch.len(), "request log could not be written");
        }
        batch.clear();
    }
}
