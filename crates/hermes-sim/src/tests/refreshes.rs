use std::time::Duration;

use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::json;

use super::client::{World, start, world};
use crate::{Answer, Sim};

const HOST: &str = "platform.claude.com";
const PATH: &str = "/v1/oauth/token";

impl World {
    /// A new login: its access and refresh token.
    fn login(&self) -> (String, String) {
        let pair = self.sim.world.state().issue("anthropic.com", "ada", start());
        (pair.access, pair.refresh)
    }

    /// Refreshes: the status and the next refresh token.
    async fn refresh(&self, token: &str) -> (u16, String) {
        let body = json!({
            "client_id": "9d1c250a-e61b-44d9-88ed-5944d1962f5e",
            "grant_type": "refresh_token",
            "refresh_token": token,
        });
        let reply = self.client.json(HOST, PATH, &[], &body).await;
        let next = reply.json()["refresh_token"].as_str().map(str::to_owned);
        (reply.status, next.unwrap_or_default())
    }
}

#[tokio::test]
async fn every_post_of_a_token_is_counted_whatever_answers_it() {
    let world = world().await;
    let (_, first) = world.login();
    let busy = Answer::json(503, &json!({}));
    world.sim.script().next(HOST, PATH, busy);
    assert_eq!(world.refresh(&first).await.0, 503);
    let (status, second) = world.refresh(&first).await;
    assert_eq!(status, 200);
    world.refresh(&second).await;
    assert_eq!(world.refresh("never issued").await.0, 400);
    let form = [("grant_type", "refresh_token"), ("refresh_token", "in a form")];
    world.client.form("example.test", "/token", &form).await;
    let header = [("x-nous-refresh-token", "in a header")];
    world.client.get("example.test", "/token", &header).await;
    let posts = [
        (&*first, 2),
        (&*second, 1),
        ("never issued", 1),
        ("in a form", 1),
        ("in a header", 1),
    ]
    .map(|(token, count)| (Sim::fingerprint(token), count));
    assert_eq!(world.sim.refresh_posts(), posts);
    assert_eq!(Sim::fingerprint("abc"), "ba7816bf8f01cfea");
}

#[tokio::test]
async fn other_requests_are_no_refreshes() {
    let world = world().await;
    world
        .client
        .json(HOST, PATH, &[], &json!({"refresh_token": ""}))
        .await;
    world
        .client
        .json(HOST, PATH, &[], &json!({"grant_type": "authorization_code"}))
        .await;
    assert_eq!(world.sim.refresh_posts(), []);
    assert_eq!(world.sim.most_overlapping_refreshes(), 0);
}

#[tokio::test]
async fn refresh_is_answered_later_but_spends_the_token_at_once() {
    let world = world().await;
    let (_, token) = world.login();
    world.sim.script().refresh_delay(Duration::from_mins(1));
    assert_eq!(world.refresh(&token).await.0, 200);
    world.client.get(HOST, "/other", &[]).await;
    assert_eq!(world.clock.slept(), [Duration::from_mins(1)]);
}

#[tokio::test]
async fn answers_that_are_not_scripted_leave_later_on_demand() {
    let world = world().await;
    let (_, token) = world.login();
    world.sim.script().answer_delay(Duration::from_secs(7));
    assert_eq!(world.refresh(&token).await.0, 200);
    world
        .sim
        .script()
        .next(HOST, PATH, crate::Answer::json(503, &json!({})));
    assert_eq!(world.refresh(&token).await.0, 503);
    assert_eq!(world.clock.slept(), [Duration::from_secs(7)]);
}

/// Lets calls overlap: the clock of a simulation that really waits.
async fn slow_world() -> Sim {
    let sim = Sim::start(crate::SimOptions::default()).await.unwrap();
    sim.script().refresh_delay(Duration::from_millis(300));
    sim
}

#[rstest]
#[case::one_family(true, 2)]
#[case::two_families(false, 1)]
#[tokio::test]
async fn calls_at_the_same_time_are_counted_for_each_family(#[case] same: bool, #[case] most: usize) {
    let mut world = world().await;
    world.sim = slow_world().await;
    world.client = super::client::Client::of(&world.sim);
    let (_, first) = world.login();
    let (_, other) = world.login();
    let second = if same { &first } else { &other };
    let (one, two) = tokio::join!(world.refresh(&first), world.refresh(second));
    assert_eq!(
        one.0 == two.0,
        !same,
        "one of two calls with one token is refused"
    );
    assert_eq!(world.sim.most_overlapping_refreshes(), most);
    world.refresh(&first).await;
    assert_eq!(world.sim.most_overlapping_refreshes(), most, "calls end");
}

#[tokio::test]
async fn spent_token_is_forgiven_within_the_grace_and_ends_its_family_after() {
    let world = world().await;
    world.sim.script().reuse_grace(Duration::from_secs(30));
    let (access, token) = world.login();
    let (_, second) = world.refresh(&token).await;
    world.clock.advance(Duration::from_secs(29));
    let (status, third) = world.refresh(&token).await;
    assert_eq!(status, 200);
    assert_ne!(second, third);
    for one in [&access, &token, &second, &third] {
        assert!(world.sim.family_alive(one));
    }
    // The grace counts from the first use.
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.refresh(&token).await.0, 400);
    for one in [&access, &token, &second, &third] {
        assert!(!world.sim.family_alive(one));
    }
    assert!(!world.sim.family_alive("never issued"));
    assert!(world.sim.family_alive(&world.login().0), "other families live on");
}

#[tokio::test]
async fn without_a_grace_nothing_is_forgiven() {
    let world = world().await;
    let (access, token) = world.login();
    world.refresh(&token).await;
    assert!(world.sim.family_alive(&access));
    assert_eq!(world.refresh(&token).await.0, 400);
    assert!(!world.sim.family_alive(&access));
}
