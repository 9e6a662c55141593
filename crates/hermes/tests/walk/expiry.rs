//! Every spelling of an expiry means the same in the countdown, after the login and after a refresh.

use hermes_sim::SimOptions;
use serde_json::{Value, json};

use crate::harness::Lab;

/// The year 10000 begins here, in milliseconds.
const YEAR_10000: i64 = 253_402_300_800_000;

/// Each spelling with the life in seconds it means; none where it means "now" or "unknown".
fn spellings(now_ms: i64) -> Vec<(Value, Option<i64>)> {
    vec![
        (json!(3600), Some(3600)),
        (json!(3600.0), Some(3600)),
        (json!("3600"), Some(3600)),
        (json!(" 3600 "), Some(3600)),
        (json!(now_ms + 3_600_000), Some(3600)),
        (json!((now_ms + 3_600_000) / 1000), Some(3600)),
        (json!((now_ms + 3_600_000).to_string()), Some(3600)),
        (json!(0), None),
        (json!(-1), None),
        (json!(1e308), None),
        (json!("NaN"), None),
        (Value::Null, None),
        (json!({"a": 1}), None),
        (json!("2026-01-09T15:23:13.716839300Z"), None),
    ]
}

async fn lab() -> Lab {
    // Unshifted and at normal speed, so that seconds can be compared.
    Lab::with(SimOptions::default(), "+0s").await
}

fn life(list: &Value, lab: &Lab) -> Option<i64> {
    let expires = list["credentials"][0]["expires"].as_i64()?;
    assert!(expires < YEAR_10000, "{list}");
    Some((expires - lab.sim.now().as_millis()) / 1000)
}

#[tokio::test]
async fn every_spelling_agrees_in_login_and_refresh() {
    let now = lab().await.sim.now().as_millis();
    for (spelling, meant) in spellings(now) {
        let lab = lab().await;
        lab.sim.script().token_expiry(spelling.clone());
        let done = lab.sign_in_at_once(&["auth", "add", "minimax-oauth"]).await;
        let Some(meant) = meant else {
            // Refused as incomplete, or stored as ending now; never a panic and never a far date.
            assert!([0, 6].contains(&done.code), "{spelling}: {done:?}");
            assert!(!done.stderr.contains("panic"), "{spelling}: {done:?}");
            life(&lab.json(&["auth", "list", "--json"]).await, &lab);
            continue;
        };
        assert_eq!(done.code, 0, "{spelling}: {done:?}");
        let first = life(&lab.json(&["auth", "list", "--json"]).await, &lab).expect("an expiry");
        let renewed = lab.run(&["auth", "refresh", "minimax-oauth"]).await;
        assert_eq!(renewed.code, 0, "{spelling}: {renewed:?}");
        let second = life(&lab.json(&["auth", "list", "--json"]).await, &lab).expect("an expiry");
        for (what, life) in [("login", first), ("refresh", second)] {
            assert!(
                (meant - 15..=meant).contains(&life),
                "{spelling} after {what}: {life}"
            );
        }
    }
}

#[tokio::test]
async fn every_spelling_agrees_in_the_countdown() {
    let now = lab().await.sim.now().as_millis();
    for (spelling, meant) in spellings(now) {
        let Some(meant) = meant else { continue };
        let lab = lab().await;
        lab.sim.script().code_expiry(spelling.clone());
        let started = lab
            .json(&["auth", "add", "minimax-oauth", "--start", "--json"])
            .await;
        let expires = started["challenge"]["expires"]
            .as_i64()
            .unwrap_or_else(|| panic!("{spelling}: {started}"));
        let life = (expires - lab.sim.now().as_millis()) / 1000;
        assert!((meant - 15..=meant).contains(&life), "{spelling}: {life}");
    }
}
