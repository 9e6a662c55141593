//! Blocking calls that may never return, in a thread that the program does not wait for.

use std::time::Duration;

use tokio::sync::oneshot;

/// Runs `work` in a thread of its own and waits for it no longer than `limit`; none when it took longer.
///
/// A runtime waits for its own blocking threads when it ends, so a keyring that never answers would hang the program there.
pub(crate) async fn limited<T: Send + 'static>(
    limit: Duration,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || {
        // Nobody listens any more once the limit has passed; the result is dropped then.
        let _ = sender.send(work());
    });
    tokio::time::timeout(limit, receiver).await.ok()?.ok()
}
