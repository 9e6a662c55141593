//! Each drill measures what it tells.

use serde_json::Value;

use crate::harness::Lab;

/// A drill's result for scripts, after its story was told once.
async fn play(scenario: &str) -> Value {
    let lab = Lab::new().await;
    let story = lab.run(&["drill", scenario]).await;
    assert_eq!(story.code, 0, "{story:?}");
    assert!(story.stdout.contains('✓'), "{story:?}");
    let result = lab.json(&["drill", scenario, "--json"]).await;
    assert_eq!(result["scenario"], scenario, "{result}");
    assert!(!lab.home().exists(), "a drill stays out of the person's home");
    result
}

#[tokio::test]
async fn drill_of_a_login_shows_a_renewal() {
    let result = play("login").await;
    assert_eq!(
        (&result["generation_before"], &result["generation_after"]),
        (&1.into(), &2.into())
    );
}

#[tokio::test]
async fn drill_of_reuse_shows_one_call_and_a_copy_that_makes_none() {
    let result = play("reuse").await;
    assert_eq!(
        (&result["token_calls"], &result["same_tokens"]),
        (&1.into(), &8.into())
    );
    assert_eq!(
        (&result["copy"]["exit"], &result["copy"]["token_calls"]),
        (&8.into(), &0.into())
    );
    assert_eq!(result["original_alive"], true);
}

#[tokio::test]
async fn drill_of_a_limit_shows_the_second_account_and_one_probe() {
    let result = play("429").await;
    assert_eq!(result["served_by"], "second", "{result}");
    assert_eq!(
        (&result["probes"], &result["state_after"]),
        (&1.into(), &"ready".into())
    );
}

#[tokio::test]
async fn drill_of_a_crash_tells_which_token_survives() {
    let result = play("crash").await;
    assert_eq!(result["kept_on_disk"]["token_calls"], 1, "{result}");
    assert!(result["lost_forgiven"]["survives"].is_string(), "{result}");
    assert_eq!(result["lost_refused"]["exit"], 4, "{result}");
}

#[tokio::test]
async fn drill_of_two_machines_shows_one_call_and_service_without_the_database() {
    let result = play("two-machines").await;
    assert_eq!(result["token_calls"], 1, "{result}");
    let without = &result["without_database"];
    assert_eq!(
        (&without["token_calls"], &without["new_program_exit"]),
        (&0.into(), &8.into())
    );
}
