//! Streams: chunk by chunk, cut, cancelled, many at once, and at shutdown.

mod support;

use std::time::Duration;

use bytes::Bytes;
use hermes_core::Protocol;
use hermes_gateway::Limits;
use support::{Raw, Reply, Running, Setup, Upstream, start};

const BODY: &str = r#"{"model":"m-1","stream":true}"#;

fn ending(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::AnthropicMessages => "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
        Protocol::ChatCompletions => "data: [DONE]\n\n",
        Protocol::Responses => "event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n",
        Protocol::Gemini => "data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\n\n",
    }
}

async fn live(limits: Limits) -> (Running, tokio::sync::mpsc::Sender<Result<Bytes, std::io::Error>>) {
    let (steps, reply) = Reply::live();
    let lab = start(
        Upstream::replies([reply]).await,
        Setup {
            limits,
            ..Setup::default()
        },
    )
    .await;
    (lab, steps)
}

async fn open(lab: &Running, path: &str) -> Raw {
    let mut raw = Raw::connect(lab.address).await;
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\n{}Connection: close\r\nContent-Length: {}\r\n\r\n{BODY}",
        lab.address,
        lab.auth(),
        BODY.len()
    );
    raw.send(head.as_bytes()).await;
    raw
}

async fn pause(millis: u64) {
    // Running out of time is the point.
    drop(tokio::time::timeout(Duration::from_millis(millis), std::future::pending::<()>()).await);
}

/// Waits until a condition holds.
async fn soon(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..400 {
        if holds() {
            return;
        }
        pause(10).await;
    }
    panic!("never: {what}");
}

#[tokio::test]
async fn each_delta_arrives_before_the_next_is_sent() {
    for protocol in Protocol::ALL {
        let (lab, steps) = live(Limits::default()).await;
        let mut client = open(&lab, support::calling(protocol)).await;
        for number in 0..20 {
            let delta = format!("data: {{\"n\":{number}}}\n\n");
            steps.send(Ok(delta.into())).await.unwrap();
            client.until(&format!("{{\"n\":{number}}}")).await;
        }
        steps.send(Ok(ending(protocol).into())).await.unwrap();
        drop(steps);
        let rest = String::from_utf8(client.rest().await).unwrap();
        assert!(rest.ends_with("0\r\n\r\n") && !rest.contains("error"), "{rest}");
    }
}

#[tokio::test]
async fn client_that_goes_away_closes_the_upstream_and_is_recorded() {
    let (lab, steps) = live(Limits::default()).await;
    let mut client = open(&lab, "/v1/messages").await;
    let usage = "data: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":7,\"output_tokens\":1}}}\n\n";
    steps.send(Ok(usage.into())).await.unwrap();
    steps.send(Ok("data: {\"n\":1}\n\n".into())).await.unwrap();
    let seen = client.until("{\"n\":1}").await;
    let id = seen
        .lines()
        .find_map(|line| line.strip_prefix("x-hermes-request-id: "))
        .unwrap()
        .to_owned();
    assert_eq!(lab.upstream.open(), 1);
    drop(client);
    soon("the upstream connection is closed", || lab.upstream.open() == 0).await;
    let row = lab.logged(&id).await;
    assert_eq!(row.error.as_deref(), Some("client_gone"));
    assert_eq!(row.tokens, Some([7, 0, 0, 1]));
}

#[tokio::test]
async fn client_that_goes_away_before_the_answer_closes_the_upstream() {
    let (steps, reply) = Reply::live();
    let lab = start(Upstream::replies([reply]).await, Setup::default()).await;
    let client = open(&lab, "/v1/messages").await;
    soon("the request is upstream", || lab.upstream.calls().len() == 1).await;
    drop(client);
    soon("the upstream connection is closed", || lab.upstream.open() == 0).await;
    drop(steps);
}

#[tokio::test]
async fn cut_stream_ends_with_an_error_event_of_the_protocol() {
    for protocol in Protocol::ALL {
        for cut in ["cut", "orderly"] {
            let (lab, steps) = live(Limits::default()).await;
            let mut client = open(&lab, support::calling(protocol)).await;
            steps
                .send(Ok("data: {\"n\":1}\n\ndata: {\"n\"".into()))
                .await
                .unwrap();
            client.until("{\"n\":1}").await;
            if cut == "cut" {
                steps.send(Err(std::io::Error::other("cut"))).await.unwrap();
            }
            drop(steps);
            let rest = String::from_utf8(client.rest().await).unwrap();
            let marks = match protocol {
                Protocol::AnthropicMessages => ["event: error", "api_error"],
                Protocol::ChatCompletions => ["data: {\"error\"", "upstream_cut"],
                Protocol::Responses => ["event: error", "response.failed"],
                Protocol::Gemini => ["data: {\"error\"", "UNAVAILABLE"],
            };
            assert!(
                marks.iter().all(|mark| rest.contains(mark)),
                "{protocol} {cut}: {rest}"
            );
            assert!(!rest.contains("[DONE]") && rest.ends_with("0\r\n\r\n"), "{rest}");
        }
    }
}

#[tokio::test]
async fn cut_body_that_is_no_stream_never_looks_whole() {
    let (steps, mut reply) = Reply::live();
    reply.headers = vec![("content-type", "application/json".to_owned())];
    let lab = start(Upstream::replies([reply]).await, Setup::default()).await;
    let mut client = open(&lab, "/v1/messages").await;
    steps.send(Ok("{\"half\":".into())).await.unwrap();
    client.until("half").await;
    steps.send(Err(std::io::Error::other("cut"))).await.unwrap();
    let rest = client.rest().await;
    assert!(
        !rest.ends_with(b"0\r\n\r\n"),
        "{}",
        String::from_utf8_lossy(&rest)
    );
}

#[tokio::test]
async fn silent_upstream_is_given_up_with_an_error_event() {
    let limits = Limits {
        upstream_idle: Duration::from_millis(100),
        ..Limits::default()
    };
    let (lab, steps) = live(limits).await;
    let mut client = open(&lab, "/v1/messages").await;
    steps.send(Ok("data: {}\n\n".into())).await.unwrap();
    let rest = String::from_utf8(client.rest().await).unwrap();
    assert!(
        rest.contains("upstream_idle") && rest.contains("event: error"),
        "{rest}"
    );
    soon("the upstream connection is closed", || lab.upstream.open() == 0).await;
}

#[tokio::test]
async fn head_that_comes_too_slowly_is_given_up() {
    let limits = Limits {
        head_time: Duration::from_millis(100),
        ..Limits::default()
    };
    let (lab, _steps) = live(limits).await;
    for begun in ["", "POST /v1/mess", "POST /v1/messages HTTP/1.1\r\nHost: x\r\n"] {
        let mut raw = Raw::connect(lab.address).await;
        raw.send(begun.as_bytes()).await;
        assert!(raw.rest().await.is_empty(), "{begun:?}");
    }
}

#[tokio::test]
async fn silent_strangers_make_room_and_known_clients_stay() {
    let stranger_time = Duration::from_millis(100);
    let limits = Limits {
        strangers: 2,
        stranger_time,
        ..Limits::default()
    };
    let (lab, steps) = live(limits).await;
    let mut known = open(&lab, "/v1/messages").await;
    steps.send(Ok("data: {\"n\":1}\n\n".into())).await.unwrap();
    known.until("{\"n\":1}").await;
    let mut oldest = Raw::connect(lab.address).await;
    let mut second = Raw::connect(lab.address).await;
    pause(200).await;
    let _third = Raw::connect(lab.address).await;
    assert!(oldest.rest().await.is_empty());
    second
        .send(format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", lab.address).as_bytes())
        .await;
    second.until("ok").await;
    steps.send(Ok("data: {\"n\":2}\n\n".into())).await.unwrap();
    known.until("{\"n\":2}").await;
}

#[tokio::test]
async fn requests_beyond_the_limit_of_streams_get_503_at_once() {
    let (lab, steps) = live(Limits {
        streams: 1,
        ..Limits::default()
    })
    .await;
    let mut first = open(&lab, "/v1/messages").await;
    steps.send(Ok("data: {}\n\n".into())).await.unwrap();
    first.until("data: {}").await;
    let second = lab.post("/v1/messages", "", BODY).await;
    assert_eq!(second.status, 503, "{}", second.text);
    drop(first);
    soon("the first is gone", || lab.upstream.open() == 0).await;
    drop(steps);
}

#[tokio::test]
async fn body_that_comes_too_slowly_is_408() {
    let limits = Limits {
        body_idle: Duration::from_millis(100),
        ..Limits::default()
    };
    let (lab, _steps) = live(limits).await;
    let mut raw = Raw::connect(lab.address).await;
    let head = format!(
        "POST /v1/messages HTTP/1.1\r\nHost: {}\r\n{}Content-Length: 9\r\n\r\n{{",
        lab.address,
        lab.auth()
    );
    raw.send(head.as_bytes()).await;
    assert_eq!(raw.answer().await.status, 408);
}

#[tokio::test]
async fn shutdown_lets_an_open_stream_end_and_takes_nothing_new() {
    let (mut lab, steps) = live(Limits::default()).await;
    let mut idle = Raw::connect(lab.address).await;
    idle.send(format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", lab.address).as_bytes())
        .await;
    idle.until("ok").await;
    let mut client = open(&lab, "/v1/messages").await;
    steps.send(Ok("data: {\"n\":1}\n\n".into())).await.unwrap();
    client.until("{\"n\":1}").await;
    lab.stop();
    assert!(
        idle.rest().await.is_empty(),
        "an idle connection is closed at once"
    );
    let refused = tokio::net::TcpStream::connect(lab.address).await;
    assert!(refused.is_err());
    steps.send(Ok("data: {\"n\":2}\n\n".into())).await.unwrap();
    client.until("{\"n\":2}").await;
    steps
        .send(Ok(ending(Protocol::AnthropicMessages).into()))
        .await
        .unwrap();
    drop(steps);
    let rest = String::from_utf8(client.rest().await).unwrap();
    assert!(
        rest.contains("message_stop") && rest.ends_with("0\r\n\r\n"),
        "{rest}"
    );
    lab.server.take().unwrap().await.unwrap();
}

#[tokio::test]
async fn shutdown_cuts_a_stream_that_does_not_end_in_time() {
    let (mut lab, steps) = live(Limits {
        drain: Duration::from_millis(100),
        ..Limits::default()
    })
    .await;
    let mut client = open(&lab, "/v1/messages").await;
    steps.send(Ok("data: {}\n\n".into())).await.unwrap();
    client.until("data").await;
    lab.stop();
    lab.server.take().unwrap().await.unwrap();
    assert!(!client.rest().await.ends_with(b"0\r\n\r\n"));
}

#[tokio::test]
async fn keep_alive_connection_serves_many_requests() {
    let lab = start(
        Upstream::start(|_| Reply::json(200, "{\"k\":1}")).await,
        Setup::default(),
    )
    .await;
    let mut raw = Raw::connect(lab.address).await;
    for _ in 0..50 {
        let head = format!(
            "POST /v1/messages HTTP/1.1\r\nHost: {}\r\n{}Content-Length: {}\r\n\r\n{BODY}",
            lab.address,
            lab.auth(),
            BODY.len()
        );
        raw.send(head.as_bytes()).await;
        let answer = raw.until("{\"k\":1}").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }
    assert_eq!(lab.upstream.calls().len(), 50);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_streams_at_once_never_cross() {
    let upstream = Upstream::start(|call| {
        let text = String::from_utf8(call.body.to_vec()).unwrap();
        let canary = text
            .split('"')
            .find(|part| part.starts_with("canary-"))
            .unwrap()
            .to_owned();
        let credential = call.header("authorization").to_owned();
        let (steps, reply) = Reply::live();
        tokio::spawn(async move {
            for number in 0..5 {
                let delta = format!("data: {{\"{canary}\":{number},\"by\":\"{credential}\"}}\n\n");
                if steps.send(Ok(delta.into())).await.is_err() {
                    return;
                }
                tokio::task::yield_now().await;
            }
            drop(steps.send(Ok(ending(Protocol::AnthropicMessages).into())).await);
        });
        reply
    })
    .await;
    let logins = vec!["a", "b", "c", "d"];
    let lab = std::sync::Arc::new(
        start(
            upstream,
            Setup {
                logins,
                ..Setup::default()
            },
        )
        .await,
    );
    let clients = (0..500).map(|number| {
        let lab = std::sync::Arc::clone(&lab);
        tokio::spawn(async move {
            let canary = format!("canary-{number:04}");
            let body = format!(r#"{{"model":"m-1","stream":true,"x":"{canary}"}}"#);
            if number % 10 == 9 {
                // A tenth goes away early, so that cancelled upstream connections are about.
                let mut raw = Raw::connect(lab.address).await;
                let head = format!(
                    "POST /v1/messages HTTP/1.1\r\nHost: {}\r\n{}Content-Length: {}\r\n\r\n{body}",
                    lab.address,
                    lab.auth(),
                    body.len()
                );
                raw.send(head.as_bytes()).await;
                raw.until("HTTP").await;
                return;
            }
            let answer = lab.post("/v1/messages", "", body).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            let text = answer.text_body();
            assert_eq!(text.matches("canary-").count(), 5, "{text}");
            assert_eq!(text.matches(&canary).count(), 5, "{text}");
            let label = answer.header("x-hermes-credential").unwrap();
            assert_eq!(text.matches(&format!("Bearer sk-{label}")).count(), 5, "{text}");
            assert!(text.ends_with(ending(Protocol::AnthropicMessages)));
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.unwrap();
    }
}
