use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf};

use super::client::{Reply, TestClock, World, parse, request, world};
use crate::server::speak;

const PLACES: [(&str, &str); 3] = [
    ("api.minimax.io", "/anthropic/v1/messages"),
    ("api.deepseek.com", "/v1/chat/completions"),
    ("api.openai.com", "/v1/responses"),
];

async fn ask(world: &World, place: (&str, &str), body: &Value) -> Reply {
    let bearer = format!("Bearer {}", world.sim.script().issue_key());
    let headers = [("authorization", bearer.as_str())];
    world.client.json(place.0, place.1, &headers, body).await
}

fn body(stream: bool) -> Value {
    json!({"model": "simulated-1", "stream": stream, "stream_options": {"include_usage": true}})
}

/// The data of every event of a stream.
fn events(reply: &Reply) -> Vec<Value> {
    let data = reply
        .text()
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    data.filter(|data| *data != "[DONE]")
        .map(|data| serde_json::from_str(data).unwrap())
        .collect()
}

#[tokio::test]
async fn answer_in_one_piece_has_text_and_usage_of_its_protocol() {
    let world = world().await;
    let text = "Hello from the simulated model.";
    for (place, text_at, output_at) in [
        (PLACES[0], "/content/0/text", "/usage/output_tokens"),
        (
            PLACES[1],
            "/choices/0/message/content",
            "/usage/completion_tokens",
        ),
        (PLACES[2], "/output/0/content/0/text", "/usage/output_tokens"),
    ] {
        let reply = ask(&world, place, &body(false)).await;
        assert_eq!(reply.header("content-type"), Some("application/json"));
        assert!(reply.header("content-length").is_some() && reply.complete);
        let answer = reply.json();
        assert_eq!(answer.pointer(text_at), Some(&json!(text)), "{answer}");
        assert_eq!(answer.pointer(output_at), Some(&json!(7)));
        assert_eq!(answer["model"], "simulated-1");
    }
}

#[tokio::test]
async fn stream_says_the_same_as_the_answer_in_one_piece() {
    let world = world().await;
    for (place, delta_at) in [
        (PLACES[0], "/delta/text"),
        (PLACES[1], "/choices/0/delta/content"),
        (PLACES[2], "/delta"),
    ] {
        let reply = ask(&world, place, &body(true)).await;
        assert_eq!(
            reply.header("content-type"),
            Some("text/event-stream; charset=utf-8")
        );
        assert!(reply.complete);
        let events = events(&reply);
        let text: String = events
            .iter()
            .filter_map(|event| event.pointer(delta_at)?.as_str().map(str::to_owned))
            .collect();
        assert_eq!(text, "Hello from the simulated model.");
        let usage = events
            .iter()
            .any(|event| event.to_string().contains("_tokens\":7"));
        assert!(usage, "usage comes last");
    }
}

#[tokio::test]
async fn stream_with_tools_calls_the_first() {
    let world = world().await;
    let flat = json!([{"name": "weather"}]);
    let nested = json!([{"type": "function", "function": {"name": "weather"}}]);
    for (place, tools, stop) in [
        (PLACES[0], &flat, "tool_use"),
        (PLACES[1], &nested, "tool_calls"),
        (PLACES[2], &flat, "function_call"),
    ] {
        for stream in [false, true] {
            let mut body = body(stream);
            body["tools"] = tools.clone();
            let reply = ask(&world, place, &body).await;
            assert!(reply.text().contains(stop), "{}", reply.text());
            assert!(reply.text().contains("\"weather\""));
        }
    }
}

#[tokio::test]
async fn chat_stream_ends_with_done_and_tells_usage_only_when_asked() {
    let world = world().await;
    let mut quiet = body(true);
    quiet["stream_options"] = Value::Null;
    let reply = ask(&world, PLACES[1], &quiet).await;
    assert!(reply.text().ends_with("data: [DONE]\n\n"));
    assert!(!reply.text().contains("usage"));
    assert!(ask(&world, PLACES[1], &body(true)).await.text().contains("usage"));
}

#[tokio::test]
async fn responses_stream_numbers_its_events() {
    let world = world().await;
    let events = events(&ask(&world, PLACES[2], &body(true)).await);
    let numbers: Vec<_> = events
        .iter()
        .map(|event| event["sequence_number"].as_u64())
        .collect();
    let expected: Vec<_> = (0..events.len() as u64).map(Some).collect();
    assert_eq!(numbers, expected);
    assert_eq!(events.last().unwrap()["type"], "response.completed");
}

#[tokio::test]
async fn credential_that_is_not_good_is_refused_in_the_shape_of_the_protocol() {
    let world = world().await;
    for (place, at) in [
        (PLACES[0], "/error/type"),
        (PLACES[1], "/error/type"),
        (PLACES[2], "/error/type"),
    ] {
        for headers in [
            vec![],
            vec![("authorization", "Bearer none")],
            vec![("x-api-key", "none")],
        ] {
            let reply = world.client.json(place.0, place.1, &headers, &body(false)).await;
            assert_eq!(reply.status, 401);
            assert_eq!(reply.json().pointer(at), Some(&json!("authentication_error")));
        }
    }
    let key = world.sim.script().issue_key();
    world.sim.script().withdraw_key(&key);
    assert_eq!(world.client.infer(PLACES[2].0, PLACES[2].1, &key).await, 401);
}

#[tokio::test]
async fn minimax_takes_a_bearer_and_never_an_x_api_key() {
    let world = world().await;
    let key = world.sim.script().issue_key();
    let bearer = format!("Bearer {key}");
    let both = [("x-api-key", key.as_str()), ("authorization", bearer.as_str())];
    for headers in [&both[..1], &both[..]] {
        for host in ["api.minimax.io", "api.minimaxi.com"] {
            let reply = world.client.json(host, PLACES[0].1, headers, &body(false)).await;
            assert_eq!(reply.status, 401, "{headers:?}");
        }
    }
    let reply = world
        .client
        .json(PLACES[0].0, PLACES[0].1, &both[1..], &body(false))
        .await;
    assert_eq!(reply.status, 200);
    // DeepSeek's Messages take the very header.
    let reply = world
        .client
        .json("api.deepseek.com", PLACES[0].1, &both[..1], &body(false))
        .await;
    assert_eq!(reply.status, 200);
}

#[tokio::test]
async fn path_that_a_host_does_not_serve_is_a_plain_404() {
    let world = world().await;
    let key = world.sim.script().issue_key();
    for (host, path) in [
        ("api.minimax.io", "/anthropic/chat/completions"),
        ("api.minimax.io", "/anthropic/v1/chat/completions"),
        ("api.minimaxi.com", "/anthropic/chat/completions"),
        ("chatgpt.com", "/v1/chat/completions"),
        ("account.minimax.io", "/anthropic/v1/messages"),
        ("auth.openai.com", "/v1/responses"),
        ("api.openai.com", "/v2/unheard-of"),
    ] {
        let bearer = format!("Bearer {key}");
        let reply = world
            .client
            .json(host, path, &[("authorization", &bearer)], &body(false))
            .await;
        assert_eq!(reply.status, 404, "{host}{path}");
        assert!(reply.header("content-type").unwrap().starts_with("text/html"));
        assert_eq!(world.sim.journal().count(host, path), 1);
    }
}

#[tokio::test]
async fn anthropic_wants_the_version_and_the_beta_of_plan_tokens() {
    let world = world().await;
    let key = world.sim.script().issue_key();
    let bearer = format!("Bearer {key}");
    let (version, beta) = (
        ("anthropic-version", "2023-06-01"),
        ("anthropic-beta", "a,oauth-2025-04-20"),
    );
    let (plan, metered) = (("authorization", bearer.as_str()), ("x-api-key", key.as_str()));
    for (headers, status) in [
        (vec![metered], 400),
        (vec![metered, version], 200),
        (vec![plan, version], 401),
        (vec![plan, version, beta], 200),
    ] {
        let reply = world
            .client
            .json("api.anthropic.com", "/v1/messages", &headers, &body(false))
            .await;
        assert_eq!(reply.status, status, "{headers:?}");
    }
}

#[tokio::test]
async fn access_token_ends_with_its_life_or_when_all_are_ended() {
    let world = world().await;
    let place = PLACES[0];
    let issue = || {
        let mut state = world.sim.world.state();
        state.issue("minimax.io", "ada", world.sim.now()).access
    };
    let (first, as_key) = (issue(), issue());
    assert_eq!(world.client.infer(place.0, place.1, &first).await, 200);
    let headers = [("x-api-key", as_key.as_str())];
    let reply = world
        .client
        .json("api.minimax.io", "/v1/messages", &headers, &body(false))
        .await;
    assert_eq!(reply.status, 401, "a token is no key");
    world.clock.advance(Duration::from_mins(15));
    assert_eq!(world.client.infer(place.0, place.1, &first).await, 401);
    let second = issue();
    world.sim.expire_access_tokens();
    assert_eq!(world.client.infer(place.0, place.1, &second).await, 401);
}

#[tokio::test]
async fn other_endpoints_answer_what_they_are_for() {
    let world = world().await;
    let reply = ask(
        &world,
        ("api.deepseek.com", "/anthropic/v1/messages/count_tokens"),
        &body(false),
    )
    .await;
    assert_eq!(reply.json(), json!({"input_tokens": 42}));
    let key = world.sim.script().issue_key();
    let bearer = format!("Bearer {key}");
    let headers = [("authorization", bearer.as_str())];
    let models = world
        .client
        .get("api.openai.com", "/v1/models", &headers)
        .await
        .json();
    assert_eq!(models["data"][0]["id"], "simulated-1");
    let wrong_method = world.client.get(PLACES[2].0, PLACES[2].1, &headers).await;
    assert_eq!(wrong_method.status, 405);
    let remains = "/v1/token_plan/remains";
    for (headers, code) in [(&headers[..], 0), (&[], 1004)] {
        let reply = world.client.get("api.minimax.io", remains, headers).await;
        assert_eq!(
            (reply.status, &reply.json()["base_resp"]["status_code"]),
            (200, &json!(code))
        );
    }
    assert_eq!(
        world
            .client
            .get("api.deepseek.com", "/user/balance", &headers)
            .await
            .status,
        200
    );
}

/// Notes each write.
struct Noting {
    inner: DuplexStream,
    writes: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl AsyncRead for Noting {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        to: &mut ReadBuf<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, to)
    }
}

impl AsyncWrite for Noting {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        from: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        self.writes.lock().unwrap().push(from.to_vec());
        Pin::new(&mut self.inner).poll_write(cx, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn stream_leaves_in_one_write_an_event() {
    for place in PLACES {
        let (mut near, far) = tokio::io::duplex(1 << 20);
        let writes = Arc::new(Mutex::new(Vec::new()));
        let noting = Noting {
            inner: far,
            writes: Arc::clone(&writes),
        };
        let headers = [("authorization", "Bearer key")];
        let text = request("POST", place.0, place.1, &headers, &body(true).to_string());
        near.write_all(text.as_bytes()).await.unwrap();
        let clock = Arc::new(TestClock::default());
        let world = Arc::new(crate::state::World::new(clock, Duration::from_mins(15), true));
        world.state().keys.insert("key".to_owned());
        speak(noting, world).await;
        let mut bytes = Vec::new();
        near.read_to_end(&mut bytes).await.unwrap();
        let reply = parse(&bytes).unwrap();
        let count = reply.text().matches("data: ").count();
        assert!(reply.complete && count > 8, "{count} events");
        let writes = writes.lock().unwrap();
        let carrying: Vec<_> = writes
            .iter()
            .map(|write| String::from_utf8_lossy(write).matches("data: ").count())
            .filter(|events| *events > 0)
            .collect();
        assert_eq!(carrying, vec![1; count], "{place:?}");
        assert!(reply.chunks.iter().all(|chunk| chunk.ends_with(b"\n\n")));
    }
}

#[tokio::test]
async fn gemini_takes_its_own_key_header_and_says_the_same_in_pieces() {
    let world = world().await;
    let host = "generativelanguage.googleapis.com";
    let key = world.sim.script().issue_key();
    let headers = [("x-goog-api-key", key.as_str())];
    let body = json!({"tools": [{"functionDeclarations": [{"name": "weather"}]}]});
    let path = |call: &str| format!("/v1beta/models/simulated-1:{call}");
    let whole = world
        .client
        .json(host, &path("generateContent"), &headers, &body)
        .await;
    let parts = &whole.json()["candidates"][0]["content"]["parts"];
    assert_eq!(parts[0]["text"], "Hello from the simulated model.");
    assert_eq!(parts[1]["functionCall"]["name"], "weather");
    let stream = path("streamGenerateContent?alt=sse");
    let stream = world.client.json(host, &stream, &headers, &body).await;
    let events = events(&stream);
    let at = "/candidates/0/content/parts/0/text";
    let said: Vec<_> = events
        .iter()
        .filter_map(|event| event.pointer(at)?.as_str())
        .collect();
    assert_eq!(said.concat(), "Hello from the simulated model.");
    assert_eq!(events.last().unwrap()["candidates"][0]["finishReason"], "STOP");
    let bearer = format!("Bearer {key}x");
    let refused = world
        .client
        .json(
            host,
            &path("generateContent"),
            &[("authorization", &bearer)],
            &body,
        )
        .await;
    assert_eq!(refused.status, 400);
    assert!(refused.text().contains("API_KEY_INVALID"), "{}", refused.text());
}
