//! The official Python SDKs through the gateway, over recorded traffic.

use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

use crate::harness::Lab;

/// A tool that the test command installs.
#[expect(
    clippy::disallowed_methods,
    reason = "this is how the test command tells where its tools are"
)]
pub(crate) fn tool(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run `cargo xtask test`"))
}

async fn replay(protocol: &str, provider: &str) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/recorded");
    let lab = Lab::new().await;
    lab.sim
        .script()
        .replay_folder(&fixtures.join(protocol))
        .expect("the recordings");
    let key = lab.sim.script().issue_key();
    let added = lab.add_key(provider, &key).await;
    assert_eq!(added.code, 0, "{added:?}");
    let up = lab.up().await;
    let output = Command::new(tool("HERMES_TEST_PYTHON"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/replay.py"))
        .args([
            protocol,
            &fixtures.display().to_string(),
            &up.base,
            &lab.sim.origin(),
            &up.key,
        ])
        .env_clear()
        .output()
        .await
        .expect("python starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!(report["failures"], serde_json::json!({}), "{report}");
    assert!(report["cases"].as_u64() >= Some(40), "{report}");
    assert!(report["streams"].as_u64() >= Some(10), "{report}");
    assert!(report["with_tools"].as_u64() >= Some(5), "{report}");
}

#[tokio::test]
async fn anthropic_sdk_replays_messages_byte_for_byte() {
    replay("anthropic-messages", "anthropic").await;
}

#[tokio::test]
async fn openai_sdk_replays_chat_completions_byte_for_byte() {
    replay("openai-chat", "openrouter").await;
}

#[tokio::test]
async fn openai_sdk_replays_responses_byte_for_byte() {
    replay("openai-responses", "openai-api").await;
}
