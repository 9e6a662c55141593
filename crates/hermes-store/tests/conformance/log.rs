//! The log of requests.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::{CredentialId, KeyId, OsRandom, ProviderId, RequestId, UnixMs};
use hermes_store::{CallMade, PassedOver, RequestFilter, RequestRow, Store, Story};
use hermes_text::Both;

use crate::support::{Home, now};

pub(crate) fn row(at: UnixMs) -> RequestRow {
    RequestRow {
        id: RequestId::new(at, &OsRandom).to_string(),
        at,
        key: Some(KeyId::new(now(), &OsRandom)),
        credential: Some(CredentialId::new(now(), &OsRandom)),
        provider: Some(ProviderId::new("lab")),
        model: "m".to_owned(),
        protocol: "chat_completions".to_owned(),
        status: 200,
        attempts: 2,
        first_byte_ms: Some(12),
        total_ms: 99,
        tokens: Some([1, 2, 3, 4]),
        error: None,
        reasoning: None,
        held: Some(7),
        story: None,
    }
}

pub(crate) async fn request_log_keeps_a_request_once(home: Home) {
    let store = home.open().await;
    let row = row(now());
    assert_eq!(store.request(&row.id).await.unwrap(), None);
    store.append_log(std::slice::from_ref(&row)).await.unwrap();
    store.append_log(std::slice::from_ref(&row)).await.unwrap();
    assert_eq!(store.request(&row.id).await.unwrap(), Some(row));
}

/// Keeps a story, and gives it back.
async fn kept(store: &Arc<dyn Store>, story: Story) -> Option<Story> {
    let row = RequestRow {
        story: Some(Box::new(story)),
        ..row(now())
    };
    store.append_log(std::slice::from_ref(&row)).await.unwrap();
    let found = store.request(&row.id).await.unwrap().unwrap();
    found.story.map(|story| *story)
}

fn passed(label: &str) -> PassedOver {
    PassedOver {
        label: label.to_owned(),
        state: "cooling-down".to_owned(),
        words: Both::new("rate limited", "触发速率限制"),
        until: Some(now()),
    }
}

pub(crate) async fn story_of_a_request_comes_back_whole(home: Home) {
    let store = home.open().await;
    let story = Story {
        asked: Some("fast".to_owned()),
        upstream: Some("responses".to_owned()),
        passed: vec![passed("n\u{e4}me")],
        calls: vec![CallMade {
            label: "one".to_owned(),
            status: Some(429),
            problem: Some("upstream_cut".to_owned()),
            ms: 12,
            then: "another".to_owned(),
            state: "cooling-down".to_owned(),
            words: Both::new("rate limited", "触发速率限制"),
            until: Some(now()),
        }],
        dropped: vec!["top_k".to_owned()],
    };
    assert_eq!(kept(&store, story.clone()).await, Some(story));
    assert_eq!(kept(&store, Story::default()).await, None);
}

pub(crate) async fn story_without_end_is_kept_in_part(home: Home) {
    let store = home.open().await;
    let long = "\u{e4}".repeat(300);
    let story = Story {
        asked: Some(long.clone()),
        passed: vec![passed(&long); 40],
        dropped: vec![long.clone(); 40],
        ..Story::default()
    };
    let found = kept(&store, story).await.unwrap();
    assert_eq!((found.passed.len(), found.dropped.len()), (16, 16));
    let shortened = "\u{e4}".repeat(200);
    assert_eq!(found.asked.as_ref(), Some(&shortened));
    assert!(found.passed.iter().all(|one| *one == passed(&shortened)));
    assert!(found.dropped.iter().all(|one| *one == shortened));
}

pub(crate) fn at(seconds: u64) -> UnixMs {
    now().plus(Duration::from_secs(seconds))
}

fn newest(limit: u32) -> RequestFilter {
    RequestFilter {
        limit,
        ..RequestFilter::default()
    }
}

/// Every id that a filter finds, page by page.
async fn found(store: &Arc<dyn Store>, mut filter: RequestFilter) -> Vec<String> {
    let mut ids = Vec::new();
    loop {
        let page = store.requests(&filter).await.unwrap();
        assert!(page.rows.len() <= usize::try_from(filter.limit.clamp(1, 200)).unwrap());
        ids.extend(page.rows.into_iter().map(|row| row.id));
        match page.next {
            Some(next) => filter.before = Some(next),
            None => return ids,
        }
    }
}

pub(crate) async fn requests_come_in_pages_newest_first(home: Home) {
    let store = home.open().await;
    assert_eq!(store.requests(&newest(5)).await.unwrap().rows, []);
    let rows: Vec<_> = (0..450).map(|second| row(at(second))).collect();
    store.append_log(&rows).await.unwrap();
    let right: Vec<_> = rows.iter().rev().map(|row| row.id.clone()).collect();
    for limit in [0, 7, 200, 999] {
        let filter = newest(limit);
        let first = store.requests(&filter).await.unwrap();
        assert_eq!(first.rows[0], rows[449]);
        assert_eq!(first.rows.len(), usize::try_from(limit.clamp(1, 200)).unwrap());
        if limit > 0 {
            assert_eq!(found(&store, filter).await, right);
        }
    }
    // What comes meanwhile moves no page.
    let first = store.requests(&newest(10)).await.unwrap();
    store.append_log(&[row(at(1000))]).await.unwrap();
    let second = store
        .requests(&RequestFilter {
            before: first.next,
            ..newest(10)
        })
        .await
        .unwrap();
    let ids: Vec<_> = second.rows.into_iter().map(|row| row.id).collect();
    assert_eq!(ids, right[10..20]);
}

pub(crate) async fn requests_are_found_by_each_filter(home: Home) {
    let store = home.open().await;
    let key = KeyId::new(now(), &OsRandom);
    let credential = CredentialId::new(now(), &OsRandom);
    let mut rows: Vec<_> = (0..8).map(|second| row(at(second))).collect();
    rows[1].provider = Some(ProviderId::new("other"));
    rows[2].key = Some(key);
    rows[3].credential = Some(credential);
    "Big-Model_1%".clone_into(&mut rows[4].model);
    rows[5].error = Some("upstream_error".to_owned());
    (rows[6].key, rows[6].credential) = (Some(key), None);
    (rows[7].key, rows[7].error) = (Some(key), Some("client_gone".to_owned()));
    store.append_log(&rows).await.unwrap();
    let filter = || newest(1);
    let model = |model: &str| RequestFilter {
        model: Some(model.to_owned()),
        ..filter()
    };
    let by_key = || RequestFilter {
        key: Some(key),
        ..filter()
    };
    let cases = [
        (filter(), vec![7, 6, 5, 4, 3, 2, 1, 0]),
        (
            RequestFilter {
                provider: Some(ProviderId::new("other")),
                ..filter()
            },
            vec![1],
        ),
        (by_key(), vec![7, 6, 2]),
        (
            RequestFilter {
                credential: Some(credential),
                ..filter()
            },
            vec![3],
        ),
        (model("MODEL"), vec![4]),
        (model("l_1%"), vec![4]),
        (model("%"), vec![4]),
        (model("m"), vec![7, 6, 5, 4, 3, 2, 1, 0]),
        (model("none"), vec![]),
        (
            RequestFilter {
                failed: true,
                ..filter()
            },
            vec![7, 5],
        ),
        (
            RequestFilter {
                failed: true,
                ..by_key()
            },
            vec![7],
        ),
        (
            RequestFilter {
                model: Some("big".to_owned()),
                ..by_key()
            },
            vec![],
        ),
    ];
    for (filter, places) in cases {
        let right: Vec<_> = places
            .into_iter()
            .map(|place: usize| rows[place].id.clone())
            .collect();
        assert_eq!(found(&store, filter.clone()).await, right, "{filter:?}");
    }
}

pub(crate) async fn newest_request_of_each_login_is_found(home: Home) {
    let store = home.open().await;
    let ids: Vec<_> = (0..150).map(|_| CredentialId::new(now(), &OsRandom)).collect();
    assert!(store.last_requests(&ids).await.unwrap().is_empty());
    let rows: Vec<_> = (0..300_u64)
        .map(|number| RequestRow {
            credential: Some(ids[usize::try_from(number % 140).unwrap()]),
            ..row(at(number))
        })
        .collect();
    store.append_log(&rows).await.unwrap();
    let found = store.last_requests(&ids).await.unwrap();
    assert_eq!(found.len(), 140);
    for (place, id) in ids.iter().take(140).enumerate() {
        let newest = if place < 20 { 280 } else { 140 } + place as u64;
        assert_eq!(found[id], at(newest), "{place}");
    }
    assert!(store.last_requests(&[]).await.unwrap().is_empty());
}

pub(crate) async fn requests_of_many_models_are_found_by_a_part_of_the_name(home: Home) {
    let store = home.open().await;
    let rows: Vec<_> = (0..60)
        .map(|second| RequestRow {
            model: format!("model-{}", second % 20),
            ..row(at(second))
        })
        .collect();
    store.append_log(&rows).await.unwrap();
    for (part, fits) in [("model", 60), ("EL-1", 33), ("-7", 3)] {
        let filter = RequestFilter {
            model: Some(part.to_owned()),
            ..newest(4)
        };
        let right: Vec<_> = rows
            .iter()
            .rev()
            .filter(|row| row.model.contains(&part.to_lowercase()))
            .map(|row| row.id.clone())
            .collect();
        assert_eq!(right.len(), fits);
        assert_eq!(found(&store, filter).await, right, "{part}");
    }
}
