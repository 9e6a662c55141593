use std::path::PathBuf;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::client::world;

fn folder(name: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/recorded")).join(name)
}

#[tokio::test]
async fn recorded_streams_are_replayed_byte_for_byte() {
    let world = world().await;
    for name in ["anthropic-messages", "openai-chat", "openai-responses", "gemini"] {
        let count = world.sim.script().replay_folder(&folder(name)).unwrap();
        let mut streams = 0;
        for entry in fs_err::read_dir(folder(name)).unwrap() {
            let path = entry.unwrap().path();
            let file = path.file_name().unwrap().to_str().unwrap();
            let Some(case) = file.strip_suffix(".response.sse") else {
                continue;
            };
            let reply = world
                .client
                .get("127.0.0.1", "/any", &[("x-sim-case", case)])
                .await;
            let expected = fs_err::read(&path).unwrap();
            assert!(reply.complete && reply.body == expected, "{name}/{case}");
            let cut = reply
                .chunks
                .iter()
                .filter(|chunk| !chunk.ends_with(b"\n\n"))
                .count();
            assert!(cut > 0, "{case} is cut in odd places");
            streams += 1;
        }
        assert!(count > streams && streams > 0, "{name}: {count}, {streams}");
    }
}

#[tokio::test]
async fn recorded_answers_keep_status_headers_and_body() {
    let world = world().await;
    let folder = folder("anthropic-messages");
    world.sim.script().replay_folder(&folder).unwrap();
    let mut statuses = std::collections::BTreeSet::new();
    for entry in fs_err::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let Some(case) = file.strip_suffix(".response.json") else {
            continue;
        };
        let text = fs_err::read_to_string(&path).unwrap();
        let recorded: Value = serde_json::from_str(&text).unwrap();
        let reply = world
            .client
            .get("api.anthropic.com", "/v1/messages", &[("x-sim-case", case)])
            .await;
        assert_eq!(
            u64::from(reply.status),
            recorded["status"].as_u64().unwrap(),
            "{case}"
        );
        for (name, value) in recorded["headers"].as_object().unwrap() {
            assert_eq!(reply.header(name), value.as_str(), "{case}: {name}");
        }
        if recorded["sse"].is_null() {
            assert_eq!(reply.json(), recorded["body"], "{case}");
            assert!(text.contains(reply.text()), "{case}: to the letter");
        }
        statuses.insert(reply.status);
    }
    assert!(statuses.contains(&200) && statuses.contains(&400), "{statuses:?}");
}

#[tokio::test]
async fn recording_can_be_named_as_the_model() {
    let world = world().await;
    let name = "google-text";
    world.sim.script().replay_folder(&folder("gemini")).unwrap();
    let host = "generativelanguage.googleapis.com";
    let path = format!("/v1beta/models/{name}:generateContent");
    let reply = world.client.json(host, &path, &[], &json!({})).await;
    let recorded = fs_err::read_to_string(folder("gemini").join(format!("{name}.response.json"))).unwrap();
    assert!(
        recorded.contains(reply.text()) && reply.status == 200,
        "{}",
        reply.text()
    );
    let body = json!({"model": name});
    let again = world
        .client
        .json("api.openai.com", "/v1/responses", &[], &body)
        .await;
    assert_eq!(again.text(), reply.text());
}

#[tokio::test]
async fn case_that_was_not_recorded_is_answered_as_if_it_was_not_named() {
    let world = world().await;
    let reply = world
        .client
        .get("127.0.0.1", "/", &[("x-sim-case", "no-such-case")])
        .await;
    assert_eq!((reply.status, reply.text()), (404, "this host is not simulated"));
    let missing = folder("no-such-folder");
    assert!(world.sim.script().replay_folder(&missing).is_err());
}
