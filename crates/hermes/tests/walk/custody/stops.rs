//! A holder that is stopped at an arrow for longer than lease and grace, and goes on as if nothing had happened.

use std::time::Duration;

use hermes_core::Point;
use hermes_sim::Answer;
use serde_json::json;
use tokio::process::Child;

use super::{Custody, Kind, PROVIDER, TOKEN, wait};
use crate::harness::{Done, ended, finish};

/// Seconds until lease and grace are over.
const AFTER: u64 = 200;
/// Seconds after which every token of before has ended.
const ROUND: u64 = 10_000;

impl Custody {
    /// A process that stops itself at a point of its renewal.
    pub(super) async fn stopped(&self, point: Point, shift: u64) -> Child {
        let mut command = self.command(&["token", PROVIDER], shift);
        command.env("HERMES_LAB_FAULT", format!("{}=stop", point.as_str()));
        let child = command.spawn().expect("hermes starts");
        let stat = format!("/proc/{}/stat", child.id().expect("running"));
        for _ in 0..2000 {
            let text = fs_err::read_to_string(&stat).unwrap_or_default();
            let state = text.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
            if state == Some('T') {
                return child;
            }
            wait(Duration::from_millis(5)).await;
        }
        panic!("it was to stop at {point:?}");
    }
}

async fn go_on(child: Child) -> Done {
    let pid = child.id().expect("running").to_string();
    let told = std::process::Command::new("kill").args(["-CONT", &pid]).status();
    assert!(told.expect("kill runs").success());
    finish(child, String::new()).await
}

/// What became of a stopped holder and of the one that came meanwhile.
struct Story {
    meanwhile: Done,
    late: Done,
    generation: u64,
    posts: usize,
    state: String,
}

async fn story(kind: Kind, point: Point, answer: Option<Answer>) -> Story {
    let custody = Custody::new(kind).await;
    custody.sign_in().await;
    if let Some(answer) = answer {
        custody.sim().script().next(TOKEN.0, TOKEN.1, answer);
    }
    let child = custody.stopped(point, ROUND).await;
    let meanwhile = custody.run(&["token", PROVIDER], ROUND + AFTER).await;
    let late = go_on(child).await;
    let login = custody.login(ROUND + AFTER).await;
    assert!(
        custody.sim().most_overlapping_refreshes() <= 1,
        "two calls at once: {point:?}"
    );
    for (token, count) in custody.sim().refresh_posts() {
        assert!(count <= 2, "{point:?}: {token} was sent {count} times");
    }
    if late.code == 0 {
        assert!(
            custody.sim().family_alive(late.stdout.trim()),
            "{point:?}: {late:?}"
        );
    }
    Story {
        meanwhile,
        late,
        generation: login["generation"].as_u64().expect("a number"),
        posts: custody.refreshes(),
        state: login["state"].as_str().unwrap_or_default().to_owned(),
    }
}

/// Before anything was sent the lease goes to the next one, and the stopped one takes over its token.
async fn before_the_mark(kind: Kind) {
    for point in [Point::Acquire, Point::Leased] {
        let story = story(kind, point, None).await;
        assert_eq!(story.meanwhile.code, 0, "{point:?}: {:?}", story.meanwhile);
        assert_eq!(story.late.code, 0, "{point:?}: {:?}", story.late);
        assert_eq!(story.meanwhile.stdout, story.late.stdout, "{point:?}");
        assert_eq!((story.generation, story.posts), (2, 1), "{point:?}");
    }
}

/// From the mark on nobody else may send while the holder may come back: its late success is kept.
async fn after_the_mark(kind: Kind) {
    for point in [Point::Marked, Point::Answered] {
        let story = story(kind, point, None).await;
        assert_ne!(story.meanwhile.code, 0, "{point:?}: {:?}", story.meanwhile);
        assert_ne!(story.meanwhile.code, 4, "{point:?}: {:?}", story.meanwhile);
        assert_eq!(story.late.code, 0, "{point:?}: {:?}", story.late);
        assert_eq!((story.generation, story.posts), (2, 1), "{point:?}");
        assert!(
            ["ready", "expiring"].contains(&story.state.as_str()),
            "{point:?}: {}",
            story.state
        );
    }
}

/// A token that is on the disk is brought in by the next one.
async fn after_the_spill(kind: Kind) {
    for point in [Point::Spilled, Point::Committed] {
        let story = story(kind, point, None).await;
        assert_eq!(story.meanwhile.code, 0, "{point:?}: {:?}", story.meanwhile);
        assert_eq!(story.late.code, 0, "{point:?}: {:?}", story.late);
        assert_eq!(story.meanwhile.stdout, story.late.stdout, "{point:?}");
        assert_eq!((story.generation, story.posts), (2, 1), "{point:?}");
    }
}

/// A failure that comes late changes nothing, and the login lives on.
async fn late_failures(kind: Kind) {
    let refused = json!({"error": "invalid_grant"});
    let answers = [
        (Point::Doubt, Answer::status(500).text("broken")),
        (Point::Refused, Answer::json(400, &refused)),
        (Point::Release, Answer::status(429)),
    ];
    for (point, answer) in answers {
        let story = story(kind, point, Some(answer)).await;
        assert_ne!(story.late.code, 0, "{point:?}: {:?}", story.late);
        assert_eq!(story.generation, 1, "{point:?}");
        assert_ne!(
            story.state, "needs-login",
            "{point:?}: a late failure ended the login"
        );
        assert_eq!(story.posts, 1, "{point:?}");
    }
}

/// The person signs in again while the holder is stopped: neither its success nor its failure touches the new login.
async fn new_login_meanwhile(kind: Kind) {
    for (point, answer) in [
        (Point::Answered, None),
        (
            Point::Refused,
            Some(Answer::json(400, &json!({"error": "invalid_grant"}))),
        ),
    ] {
        let custody = Custody::new(kind).await;
        custody.sim().script().account("one");
        let add = ["auth", "add", "nous", "--no-browser"];
        custody.sim().person().approve_everything();
        assert_eq!(ended(custody.command(&add, 0)).await.code, 0);
        if let Some(answer) = answer {
            custody
                .sim()
                .script()
                .next("portal.nousresearch.com", "/api/oauth/token", answer);
        }
        let month = 40 * 24 * 3600;
        let mut command = custody.command(&["token", "nous"], month);
        command.env("HERMES_LAB_FAULT", format!("{}=stop", point.as_str()));
        let child = command.spawn().expect("hermes starts");
        while custody.refreshes() == 0 {
            wait(Duration::from_millis(5)).await;
        }
        wait(Duration::from_millis(300)).await;
        let again = ended(custody.command(&add, month)).await;
        assert_eq!(again.code, 0, "{again:?}");
        let new = custody.login(month).await;
        assert_eq!(
            new["generation"], 2,
            "{point:?}: the same account keeps its place"
        );
        go_on(child).await;
        let after = custody.login(month).await;
        assert_eq!(after["generation"], 2, "{point:?}");
        assert_ne!(after["state"], "needs-login", "{point:?}: {after}");
        let token = custody.run(&["token", "nous"], month).await;
        assert_eq!(token.code, 0, "{token:?}");
    }
}

macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod file {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(super::Kind::File).await;
            })*
        }

        mod server {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(super::Kind::Server).await;
            })*
        }
    };
}

on_both!(
    before_the_mark,
    after_the_mark,
    after_the_spill,
    late_failures,
    new_login_meanwhile
);
