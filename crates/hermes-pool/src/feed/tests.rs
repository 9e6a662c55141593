use std::time::Duration;

use hermes_core::UnixMs;
use hermes_store::RequestRow;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::{Feed, ROOM};

fn row(id: usize) -> RequestRow {
    RequestRow {
        id: id.to_string(),
        at: UnixMs::from_millis(1),
        key: None,
        credential: None,
        provider: None,
        model: "m".to_owned(),
        protocol: "responses".to_owned(),
        status: 200,
        attempts: 1,
        first_byte_ms: None,
        total_ms: 1,
        tokens: None,
        reasoning: None,
        error: None,
        held: None,
        story: None,
    }
}

fn at(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn watcher_gets_what_ends_after_it_came() {
    let feed = Feed::default();
    feed.begun();
    feed.ended(&row(1), at(0));
    let mut watcher = feed.clone().watch();
    assert_eq!(watcher.try_recv().unwrap_err(), TryRecvError::Empty);
    feed.begun();
    feed.ended(&row(2), at(0));
    assert_eq!(*watcher.try_recv().unwrap(), row(2));
}

#[tokio::test]
async fn slow_watcher_is_told_what_it_missed() {
    let feed = Feed::default();
    let mut watcher = feed.watch();
    for id in 0..ROOM + 10 {
        feed.begun();
        feed.ended(&row(id), at(0));
    }
    assert_eq!(watcher.recv().await, Err(RecvError::Lagged(10)));
    assert_eq!(watcher.recv().await.unwrap().id, "10");
}

#[test]
fn requests_under_way_are_counted() {
    let feed = Feed::default();
    feed.begun();
    feed.begun();
    assert_eq!(feed.in_flight(), 2);
    feed.ended(&row(1), at(0));
    assert_eq!(feed.in_flight(), 1);
}

#[test]
fn rate_is_that_of_the_last_whole_seconds() {
    let feed = Feed::default();
    let end = |millis, times| (0..times).for_each(|_| feed.ended(&row(1), at(millis)));
    end(100_000, 10);
    end(100_999, 10);
    end(104_000, 5);
    let rate = |millis| format!("{:.1}", feed.per_second(at(millis)));
    assert_eq!([100_500, 101_000, 104_999].map(rate), ["0.0", "4.0", "4.0"]);
    assert_eq!([105_000, 106_000, 109_999].map(rate), ["5.0", "1.0", "1.0"]);
    assert_eq!(rate(110_000), "0.0");
    // The same places, long after.
    end(100_000 + 16_000, 5);
    assert_eq!(rate(117_000), "1.0");
}

#[test]
fn rate_of_many_threads_loses_nothing() {
    let feed = Feed::default();
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let feed = feed.clone();
            std::thread::spawn(move || (0..1000).for_each(|_| feed.ended(&row(1), at(1000))))
        })
        .collect();
    for one in threads {
        one.join().unwrap();
    }
    assert_eq!(format!("{:.1}", feed.per_second(at(2000))), "800.0");
}
