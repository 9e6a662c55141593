//! What the issuer saw and what the store recorded, held against the rules of a renewal.

use std::collections::HashMap;

use hermes_core::Point;
use serde_json::Value;

use super::Custody;

/// How things stood before a renewal.
pub(super) struct Journal {
    posts: HashMap<String, usize>,
    generation: u64,
    newest: Option<Value>,
}

impl Journal {
    pub(super) async fn so_far(custody: &Custody, shift: u64) -> Self {
        let login = custody.login(shift).await;
        Self {
            posts: custody.sim().refresh_posts().into_iter().collect(),
            generation: login["generation"].as_u64().expect("a number"),
            newest: custody.events(shift).await.into_iter().next(),
        }
    }

    /// Holds what happened since against the rules.
    pub(super) async fn check(&self, custody: &Custody, point: Point, shift: u64) {
        let login = custody.login(shift).await;
        let events = custody.events(shift).await;
        let told = format!("{point:?}: {login} {events:?}");
        let since = events
            .iter()
            .take_while(|event| Some(*event) != self.newest.as_ref());
        let mut new: Vec<&str> = since.filter_map(|event| event["kind"].as_str()).collect();
        new.reverse();
        self.sends(custody, &new, &told);
        self.generations(&login, &events, &told);
        ends(&login, &events, &told);
    }

    /// Never two calls at once, no token more than twice, and the second time only after a doubt that is recorded.
    fn sends(&self, custody: &Custody, new: &[&str], told: &str) {
        assert!(
            custody.sim().most_overlapping_refreshes() <= 1,
            "two at once: {told}"
        );
        let mut fresh = 0;
        for (token, count) in custody.sim().refresh_posts() {
            let before = self.posts.get(&token).copied().unwrap_or(0);
            fresh += usize::from(before == 0);
            assert!(count <= 2, "{token} was sent {count} times: {told}");
            if count == 2 && before < 2 {
                let doubt = new.iter().position(|kind| *kind == "doubt");
                let replay = new.iter().position(|kind| *kind == "replay");
                assert!(doubt.is_some() && doubt < replay, "{new:?}: {told}");
            }
        }
        assert!(fresh <= 1, "{fresh} tokens were sent for one renewal: {told}");
    }

    /// A renewal that was accepted is one generation, which one event names.
    fn generations(&self, login: &Value, events: &[Value], told: &str) {
        let now = login["generation"].as_u64().expect("a number");
        assert!((self.generation..=self.generation + 1).contains(&now), "{told}");
        let renewed: Vec<_> = events
            .iter()
            .filter(|event| event["kind"] == "refreshed")
            .map(|event| event["generation"].as_u64().expect("a number"))
            .collect();
        assert!(renewed.windows(2).all(|pair| pair[0] == pair[1] + 1), "{told}");
        if now > self.generation {
            assert_eq!(renewed.first(), Some(&now), "{told}");
        }
    }
}

/// A login that has ended says why, in its row and in an event.
fn ends(login: &Value, events: &[Value], told: &str) {
    if login["state"] != "needs-login" {
        return;
    }
    assert!(login["health"]["cause"].is_string(), "{told}");
    let last = events.first().expect("an event");
    assert_eq!(last["kind"], "health", "{told}");
    assert!(
        last["detail"]
            .as_str()
            .is_some_and(|words| words.contains("login")),
        "{told}"
    );
}
