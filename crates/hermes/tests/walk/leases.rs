//! What people are told of a renewal that did not end.

use hermes_core::{Clock, SystemClock};
use hermes_sim::SimOptions;

use crate::harness::Lab;

/// A lab whose processes are told each time how late it is.
struct Late {
    lab: Lab,
    anchor: i64,
}

impl Late {
    /// One login whose token ends after an hour.
    async fn new() -> Self {
        let lab = Lab::with(SimOptions::default(), "+0s").await;
        lab.sim.script().token_expiry(serde_json::json!(3600));
        let done = lab
            .sign_in_at_once(&["auth", "add", "minimax-oauth", "--label", "work"])
            .await;
        assert_eq!(done.code, 0, "{done:?}");
        let anchor = SystemClock::new().now().as_millis();
        Self { lab, anchor }
    }

    fn at(&mut self, seconds: u64) {
        let clock = format!("+{seconds}s,x1@{}", self.anchor);
        self.lab.set("HERMES_LAB_CLOCK", &clock);
    }

    /// A renewal that is killed when its answer came.
    async fn die(&mut self) {
        self.lab.set("HERMES_LAB_FAULT", "answered=kill");
        assert_eq!(self.lab.run(&["token", "work"]).await.code, -1);
        self.lab.set("HERMES_LAB_FAULT", "acquire=kill@99");
    }

    async fn status(&self) -> String {
        self.lab
            .run(&["auth", "status", "minimax-oauth", "-v"])
            .await
            .stdout
    }
}

#[tokio::test]
async fn status_tells_of_a_renewal_under_way_then_in_doubt_then_ended() {
    let mut late = Late::new().await;
    assert!(!late.status().await.contains("\nrenewal "));
    late.at(7200);
    late.die().await;
    let status = late.status().await;
    let line = |status: &str| {
        let found = status.lines().find(|line| line.starts_with("renewal "));
        found.unwrap_or_default().to_owned()
    };
    assert!(line(&status).contains("renewing"), "{status}");
    late.at(7250);
    let status = late.status().await;
    assert!(line(&status).contains("no answer is known"), "{status}");

    // The first look says that the call is lost, and waits with the next one.
    late.at(7290);
    let waits = late.lab.run(&["auth", "refresh", "work"]).await;
    assert_ne!(waits.code, 0, "{waits:?}");
    let status = late.status().await;
    assert!(status.contains("doubt"), "{status}");
    if line(&status).contains("in doubt since") {
        assert!(waits.stderr.contains("in doubt since"), "{waits:?}");
    }
    late.at(7500);
    let ended = late.lab.run(&["auth", "refresh", "work"]).await;
    assert_eq!(ended.code, 4, "{ended:?}");
    let status = late.status().await;
    assert!(line(&status).contains("ended: "), "{status}");
    let reset = late.lab.run(&["auth", "reset", "work"]).await;
    assert!(
        reset
            .stderr
            .contains("sign in again with `hermes auth add minimax-oauth`"),
        "{reset:?}"
    );
    let json = late
        .lab
        .json(&["auth", "status", "minimax-oauth", "-v", "--json"])
        .await;
    assert!(
        json["credentials"][0]["events"]
            .as_array()
            .is_some_and(|events| events.len() > 2),
        "{json}"
    );
}
