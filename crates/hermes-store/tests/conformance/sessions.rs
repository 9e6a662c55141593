//! One-time codes and sessions in a browser.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::UnixMs;
use hermes_store::{SessionRow, Store};

use crate::support::{Home, login, now};

const IDLE: Duration = Duration::from_mins(30);

fn after(seconds: u64) -> UnixMs {
    now().plus(Duration::from_secs(seconds))
}

async fn begun(store: &Arc<dyn Store>, hash: &str) {
    store
        .add_session(hash, &format!("id-{hash}"), now(), after(12 * 3600))
        .await
        .unwrap();
}

async fn is_alive(store: &Arc<dyn Store>, hash: &str, at: UnixMs) -> bool {
    store.session(hash, IDLE, at).await.unwrap().is_some()
}

pub(crate) async fn code_is_taken_once_and_not_after_its_end(home: Home) {
    let store = home.open().await;
    for hash in ["one", "two"] {
        store.add_code(hash, after(60), now()).await.unwrap();
    }
    assert!(!store.take_code("other", now()).await.unwrap());
    assert!(store.take_code("one", after(59)).await.unwrap());
    assert!(!store.take_code("one", after(59)).await.unwrap());
    assert!(!store.take_code("two", after(60)).await.unwrap());
    // It was used up by the late try.
    assert!(!store.take_code("two", now()).await.unwrap());
}

pub(crate) async fn code_is_taken_by_one_of_many_at_once(home: Home) {
    let store = home.open().await;
    let other = home.other(Duration::ZERO).open().await;
    store.add_code("code", after(60), now()).await.unwrap();
    let tries: Vec<_> = (0..16)
        .map(|number| {
            let store = Arc::clone(if number % 2 == 0 { &store } else { &other });
            tokio::spawn(async move { store.take_code("code", now()).await.unwrap() })
        })
        .collect();
    let mut taken = 0;
    for one in tries {
        taken += u32::from(one.await.unwrap());
    }
    assert_eq!(taken, 1);
}

pub(crate) async fn session_lives_until_its_end_or_its_idle_time(home: Home) {
    let store = home.open().await;
    begun(&store, "a").await;
    let row = SessionRow {
        id: "id-a".to_owned(),
        created: now(),
        used: now(),
        expires: after(12 * 3600),
    };
    assert_eq!(store.session("a", IDLE, after(1)).await.unwrap(), Some(row));
    assert_eq!(store.session("b", IDLE, after(1)).await.unwrap(), None);
    assert!(is_alive(&store, "a", after(1799)).await);
    assert!(!is_alive(&store, "a", after(1800)).await);
    store.touch_session("a", after(1799)).await.unwrap();
    // An earlier use that is noted later takes nothing back.
    store.touch_session("a", after(5)).await.unwrap();
    let used = store.session("a", IDLE, after(1800)).await.unwrap().unwrap().used;
    assert_eq!(used, after(1799));
    assert!(!is_alive(&store, "a", after(3599)).await);
    store.touch_session("a", after(12 * 3600 - 1)).await.unwrap();
    assert!(is_alive(&store, "a", after(12 * 3600 - 1)).await);
    assert!(!is_alive(&store, "a", after(12 * 3600)).await);
}

pub(crate) async fn session_that_was_ended_is_gone(home: Home) {
    let store = home.open().await;
    begun(&store, "a").await;
    begun(&store, "b").await;
    assert!(store.end_session("a").await.unwrap());
    assert!(!store.end_session("a").await.unwrap());
    store.touch_session("a", after(1)).await.unwrap();
    assert!(!is_alive(&store, "a", after(1)).await);
    assert!(is_alive(&store, "b", after(1)).await);
}

pub(crate) async fn ended_sessions_take_the_codes_along(home: Home) {
    let store = home.open().await;
    begun(&store, "a").await;
    begun(&store, "b").await;
    store.add_code("code", after(60), now()).await.unwrap();
    let idle = Duration::from_mins(30);
    assert_eq!(store.sessions(idle, now()).await.unwrap().len(), 2);
    assert_eq!(store.end_sessions().await.unwrap(), 2);
    assert!(store.sessions(idle, now()).await.unwrap().is_empty());
    assert_eq!(store.end_sessions().await.unwrap(), 0);
    assert!(!is_alive(&store, "b", after(1)).await);
    assert!(!store.take_code("code", after(1)).await.unwrap());
}

pub(crate) async fn ended_rows_are_swept_when_others_come(home: Home) {
    let store = home.open().await;
    store.add_code("old", after(60), now()).await.unwrap();
    begun(&store, "old").await;
    let late = after(13 * 3600);
    store
        .add_session("new", "id-new", late, late.plus(IDLE))
        .await
        .unwrap();
    // Nothing is found of them, even by a clock that was put back.
    assert!(!store.take_code("old", now()).await.unwrap());
    assert!(!is_alive(&store, "old", now()).await);
    store.add_code("new", late.plus(IDLE), late).await.unwrap();
    store
        .add_code("newer", late.plus(IDLE * 2), late.plus(IDLE))
        .await
        .unwrap();
    assert!(!store.take_code("new", late).await.unwrap());
    assert!(!is_alive(&store, "new", late).await);
}

pub(crate) async fn sessions_survive_the_process_and_move_no_version(home: Home) {
    let store = home.open().await;
    store.save_login(login("a"), now()).await.unwrap();
    let version = store.version().await.unwrap();
    begun(&store, "a").await;
    store.add_code("code", after(60), now()).await.unwrap();
    store.touch_session("a", after(1)).await.unwrap();
    store.close().await.unwrap();
    let store = home.open().await;
    assert!(is_alive(&store, "a", after(2)).await);
    assert!(store.take_code("code", after(2)).await.unwrap());
    store.end_session("a").await.unwrap();
    store.end_sessions().await.unwrap();
    assert_eq!(store.version().await.unwrap(), version);
}
