//! One question with a tool, for every pair of protocols.

use pretty_assertions::assert_eq;
use serde_json::json;

use super::speech::Speech;
use super::{ALL, Stage, path, place, prompt};

#[tokio::test]
async fn every_client_hears_the_same_from_every_provider() {
    let stage = Stage::new().await;
    let mut wrong = Vec::new();
    for client in ALL {
        for upstream in ALL {
            for stream in [false, true] {
                let pair = format!("{}>{}", client.letter(), upstream.letter());
                let answer = stage.ask(client, upstream, stream).await;
                if answer.status != 200 {
                    wrong.push(format!("{pair} {stream}: {} {}", answer.status, answer.body));
                    continue;
                }
                let speech = Speech::of(client, stream, &answer);
                if speech != Speech::expected(client) {
                    wrong.push(format!("{pair} {stream}: {speech:?}\n{}", answer.body));
                }
                let translated = (client != upstream).then_some(pair.as_str());
                if answer.header("x-hermes-translated") != translated {
                    wrong.push(format!("{pair} {stream}: {:?}", answer.headers));
                }
                if let Some(dropped) = answer.header("x-hermes-dropped") {
                    wrong.push(format!("{pair} {stream} drops {dropped}"));
                }
                let (host, path) = place(upstream, stream);
                if stage.lab.sim.journal().count(host, path) == 0 {
                    wrong.push(format!("{pair} {stream} did not reach {host}{path}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[tokio::test]
async fn plan_that_only_streams_serves_every_client() {
    let stage = Stage::with_plan().await;
    for client in ALL {
        for stream in [false, true] {
            let model = "openai-codex/gpt-5.5";
            let body = prompt(client, model, stream);
            let answer = stage.send(&path(client, model, stream), &body, &[]).await;
            assert_eq!(answer.status, 200, "{client:?} {stream}: {}", answer.body);
            assert_eq!(
                Speech::of(client, stream, &answer),
                Speech::expected(client),
                "{client:?} {stream}"
            );
        }
    }
    let asked = stage
        .lab
        .sim
        .journal()
        .find("chatgpt.com", "/backend-api/codex/responses");
    for entry in asked
        .iter()
        .filter(|entry| entry.json()["tools"][0]["strict"] == json!(false))
    {
        assert_eq!(
            (&entry.json()["stream"], &entry.json()["store"]),
            (&json!(true), &json!(false))
        );
    }
}
