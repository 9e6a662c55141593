//! `kill -9` at every arrow of the renewal, and what the next process finds.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use hermes_core::Point;
use hermes_sim::{Answer, Sim};
use serde_json::{Value, json};

use super::journal::Journal;
use super::{Custody, Kind, PROVIDER, TOKEN};

/// Kills in one run of the test command; `HERMES_TEST_KILLS` asks for more.
const KILLS: usize = 200;
/// A run of more kills than this has the machine for itself, and goes on in several lanes at once.
const LONG: usize = 1000;
const LANES: usize = 8;
/// Seconds that every round puts the clocks forward: the token of the round before has ended by then.
const ROUND: u64 = 10_000;
/// Seconds until a lease has lapsed and the grace is over; a token that came meanwhile is still good then.
const AFTER: u64 = 200;

fn kills() -> usize {
    #[expect(clippy::disallowed_methods, reason = "how long the person wants this to run")]
    let asked = std::env::var("HERMES_TEST_KILLS").ok();
    asked.and_then(|text| text.parse().ok()).unwrap_or(KILLS)
}

/// What the issuer does in a round, so that the point is reached.
fn script(sim: &Sim, point: Point) {
    let (host, path) = TOKEN;
    let refused = json!({"error": "invalid_grant", "error_description": "simulated"});
    match point {
        // The answer is lost after the issuer has rotated: only the head of it is cut off here.
        Point::Doubt => sim.script().next(host, path, Answer::status(500).text("broken")),
        Point::Refused => sim.script().next(host, path, Answer::json(400, &refused)),
        Point::Release => sim
            .script()
            .next(host, path, Answer::status(429).header("retry-after", "1")),
        _ => {}
    }
}

/// Whether the token that the issuer made is lost with a process that dies here.
fn is_window(point: Point) -> bool {
    point == Point::Answered
}

/// Counts of how rounds ended.
#[derive(Debug, Default)]
struct Tally {
    rounds: BTreeMap<&'static str, usize>,
    recovered: usize,
    lost: BTreeMap<String, usize>,
}

impl Tally {
    fn and(mut self, other: Self) -> Self {
        for (point, count) in other.rounds {
            *self.rounds.entry(point).or_default() += count;
        }
        for (cause, count) in other.lost {
            *self.lost.entry(cause).or_default() += count;
        }
        self.recovered += other.recovered;
        self
    }
}

async fn storm(kind: Kind) {
    let lanes = if kills() > LONG { LANES } else { 1 };
    let tallies = join_all((0..lanes).map(|lane| rounds(kind, lane, lanes))).await;
    let tally = tallies.into_iter().fold(Tally::default(), Tally::and);
    super::tell(&format!("{kind:?}: {tally:?}"));
    let windows = (0..kills())
        .filter(|round| is_window(Point::ALL[round % Point::ALL.len()]))
        .count();
    let refusals = tally.rounds["refused"];
    let lost: usize = tally.lost.values().sum();
    assert!(lost <= windows + refusals, "{tally:?}");
    assert_eq!(tally.recovered + lost, kills(), "{tally:?}");
}

/// Every so many of the rounds, on a login and a store of their own.
async fn rounds(kind: Kind, lane: usize, lanes: usize) -> Tally {
    let custody = Custody::new(kind).await;
    // A spent token is never taken again, and ends the login.
    custody.sign_in().await;
    let mut tally = Tally::default();
    let mut generation = 1;
    for round in (lane..kills()).step_by(lanes) {
        let point = Point::ALL[round % Point::ALL.len()];
        let shift = (round as u64 + 1) * ROUND;
        let before = Journal::so_far(&custody, shift).await;
        script(custody.sim(), point);
        let died = custody.struck(&format!("{}=kill", point.as_str()), shift).await;
        assert_eq!(died.code, -1, "{point:?}: it was to be killed: {died:?}");
        assert_eq!(
            died.stdout, "",
            "{point:?}: a token was given out before it was safe"
        );
        let next = custody.run(&["token", PROVIDER], shift + AFTER).await;
        before.check(&custody, point, shift + AFTER).await;
        *tally.rounds.entry(point.as_str()).or_default() += 1;
        let login = custody.login(shift + AFTER).await;
        let now = login["generation"].as_u64().expect("a number");
        if next.code == 0 {
            assert!(
                custody.sim().family_alive(next.stdout.trim()),
                "{point:?}: a dead token was served"
            );
            assert_eq!(now, generation + 1, "{point:?}: one accepted rotation");
            tally.recovered += 1;
        } else {
            let cause = lost(&login, point, next.code);
            *tally.lost.entry(cause).or_default() += 1;
            stays_unsent(&custody, shift + AFTER).await;
            custody.sign_in_again(shift + AFTER).await;
        }
        generation = custody.login(shift + AFTER).await["generation"]
            .as_u64()
            .expect("a number");
    }
    custody.is_whole().await;
    tally
}

/// A login may be lost in the one window that no client can close, and where the issuer itself refused; each with its cause.
fn lost(login: &Value, point: Point, code: i32) -> String {
    assert!(
        is_window(point) || point == Point::Refused,
        "{point:?}: lost: {login}"
    );
    assert_eq!(code, 4, "{login}");
    assert_eq!(login["state"], "needs-login", "{login}");
    let cause = login["health"]["cause"].as_str().unwrap_or_default().to_owned();
    let expected: &[&str] = if is_window(point) {
        &["lost-rotation"]
    } else {
        &["revoked-or-reused", "lost-rotation"]
    };
    assert!(expected.contains(&cause.as_str()), "{point:?}: {login}");
    format!("{}: {cause}", point.as_str())
}

/// A login that has ended is not sent again without a person.
async fn stays_unsent(custody: &Custody, shift: u64) {
    let calls = custody.refreshes();
    let again = custody.run(&["token", PROVIDER], shift).await;
    assert_eq!(again.code, 4, "{again:?}");
    assert_eq!(custody.refreshes(), calls, "a dead login was sent");
}

impl Custody {
    /// The person signs in again: the same account, so the login keeps its place.
    async fn sign_in_again(&self, shift: u64) {
        for view in self.json(&["auth", "list", "--json"], shift).await["credentials"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let id = view["id"].as_str().expect("an id");
            let done = self.run(&["auth", "remove", id], shift).await;
            assert_eq!(done.code, 0, "{done:?}");
        }
        // The issuer's clock is not put forward, so its code lives for a span.
        self.sim().script().code_expiry(json!(600));
        let done = self.run(&["auth", "add", PROVIDER, "--no-browser"], shift).await;
        assert_eq!(done.code, 0, "{done:?}");
    }

    /// The store is in order, and nothing was left behind.
    async fn is_whole(&self) {
        let done = self.run(&["store", "check"], 0).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_kills_at_every_arrow_lose_nothing_outside_the_window() {
    storm(Kind::File).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_kills_at_every_arrow_lose_nothing_outside_the_window() {
    storm(Kind::Server).await;
}
