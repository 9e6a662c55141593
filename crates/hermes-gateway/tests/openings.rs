//! Failover before the first content of a stream, and what happens to an error after it.

mod support;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use hermes_core::{CoolCause, Health, Protocol, Scope};
use hermes_gateway::Limits;
use support::{Answer, Raw, Reply, Running, Setup, Upstream, start};

const BODY: &str = r#"{"model":"m-1","stream":true}"#;
const START: &str = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1}}}\n\n";
const DELTA: &str = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"completion\"}}\n\n";
const STOP: &str = "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
const LIMITED: &str = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"rate_limit_error\",\"message\":\"slow\"}}\n\n";

/// A whole answer of each protocol.
fn answer_of(protocol: Protocol) -> String {
    match protocol {
        Protocol::AnthropicMessages => [START, DELTA, STOP].concat(),
        Protocol::ChatCompletions => "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"completion\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n".to_owned(),
        Protocol::Responses => "event: response.created\ndata: {\"type\":\"response.created\"}\n\nevent: response.output_text.delta\ndata: {\"delta\":\"completion\"}\n\nevent: response.completed\ndata: {\"type\":\"response.completed\"}\n\n".to_owned(),
        Protocol::Gemini => "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"completion\"}]},\"finishReason\":\"STOP\"}]}\n\n".to_owned(),
    }
}

/// An error of each protocol, after the events that announce an answer.
fn error_of(protocol: Protocol, announced: bool) -> String {
    let (before, error) = match protocol {
        Protocol::AnthropicMessages => (START, LIMITED),
        Protocol::ChatCompletions => (
            ": waiting\n\ndata: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n",
            "data: {\"choices\":[],\"error\":{\"code\":429,\"message\":\"slow\"}}\n\n",
        ),
        Protocol::Responses => (
            "event: response.created\ndata: {\"type\":\"response.created\"}\n\n",
            "event: response.failed\ndata: {\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"slow\"}}}\n\n",
        ),
        Protocol::Gemini => (
            ": waiting\n\n",
            "data: {\"error\":{\"code\":429,\"message\":\"slow\",\"status\":\"RESOURCE_EXHAUSTED\"}}\n\n",
        ),
    };
    if announced {
        [before, error].concat()
    } else {
        error.to_owned()
    }
}

async fn two(upstream: Upstream, limits: Limits) -> Running {
    let logins = vec!["one", "two"];
    start(
        upstream,
        Setup {
            limits,
            logins,
            ..Setup::default()
        },
    )
    .await
}

async fn ask(lab: &Running, protocol: Protocol) -> Answer {
    lab.post(support::calling(protocol), "", BODY).await
}

async fn open(lab: &Running, protocol: Protocol) -> Raw {
    let mut raw = Raw::connect(lab.address).await;
    let head = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\n{}Connection: close\r\nContent-Length: {}\r\n\r\n{BODY}",
        support::calling(protocol),
        lab.address,
        lab.auth(),
        BODY.len()
    );
    raw.send(head.as_bytes()).await;
    raw
}

/// Waits until the store says that the first credential rests.
async fn rests(lab: &Running) -> (CoolCause, Scope) {
    for _ in 0..400 {
        let rows = lab.store.credentials().await.expect("the store answers");
        let one = rows.into_iter().find(|row| row.label == "one");
        let one = one.expect("it was stored");
        if let Health::Cooling { cause, scope, .. } = one.health {
            return (cause, scope);
        }
        drop(tokio::time::timeout(Duration::from_millis(10), std::future::pending::<()>()).await);
    }
    panic!("the credential does not rest");
}

#[tokio::test]
async fn error_before_content_fails_over_and_only_one_answer_is_seen() {
    for protocol in Protocol::ALL {
        for announced in [false, true] {
            let replies = [
                Reply::events(error_of(protocol, announced)),
                Reply::events(answer_of(protocol)),
            ];
            let lab = two(Upstream::replies(replies).await, Limits::default()).await;
            let answer = ask(&lab, protocol).await;
            assert_eq!(answer.status, 200, "{}", answer.text);
            assert_eq!(answer.text_body(), answer_of(protocol));
            assert_eq!(answer.header("x-hermes-credential"), Some("two"));
            assert_eq!(answer.header("x-hermes-attempts"), Some("2"));
            assert_eq!(lab.upstream.calls().len(), 2);
            assert_eq!(rests(&lab).await, (CoolCause::RateLimit, Scope::Account));
        }
    }
}

#[tokio::test]
async fn error_after_message_start_shows_one_message_start_however_it_is_cut() {
    let (steps, live) = Reply::live();
    let whole = Reply::events(answer_of(Protocol::AnthropicMessages));
    let lab = two(Upstream::replies([live, whole]).await, Limits::default()).await;
    let client = open(&lab, Protocol::AnthropicMessages).await;
    for part in [START, LIMITED].concat().as_bytes().chunks(9) {
        if steps.send(Ok(part.to_vec().into())).await.is_err() {
            break;
        }
    }
    let answer = client.answer().await;
    assert_eq!(answer.text_body(), answer_of(Protocol::AnthropicMessages));
    assert_eq!(answer.text.matches("event: message_start").count(), 1);
}

#[tokio::test]
async fn error_after_content_is_delivered_in_band_and_rests_the_credential() {
    for protocol in Protocol::ALL {
        let answered = answer_of(protocol);
        let content = answered.find("completion").unwrap();
        let content = content + answered[content..].find("\n\n").unwrap() + 2;
        let broken = format!(
            "{}{}",
            &answered[..content].replace("\"stop\"", "null"),
            error_of(protocol, false)
        );
        let upstream = Upstream::replies([
            Reply::events(broken.clone()).with("retry-after", "1"),
            Reply::events(answered),
        ]);
        let lab = two(upstream.await, Limits::default()).await;
        let answer = ask(&lab, protocol).await;
        assert_eq!((answer.status, answer.text_body()), (200, broken), "{protocol}");
        assert_eq!(lab.upstream.calls().len(), 1, "it was sent again");
        assert_eq!(rests(&lab).await, (CoolCause::RateLimit, Scope::Account));
        let next = ask(&lab, protocol).await;
        assert_eq!(next.header("x-hermes-credential"), Some("two"));
    }
}

#[tokio::test]
async fn slow_opening_is_passed_on_after_the_limit_and_not_retried() {
    for limits in [
        Limits {
            held_time: Duration::from_millis(100),
            ..Limits::default()
        },
        Limits {
            held: START.len(),
            ..Limits::default()
        },
    ] {
        let (steps, live) = Reply::live();
        let lab = two(Upstream::replies([live]).await, limits).await;
        let mut client = open(&lab, Protocol::AnthropicMessages).await;
        steps.send(Ok(START.into())).await.unwrap();
        client.until("message_start").await;
        steps.send(Ok(LIMITED.into())).await.unwrap();
        drop(steps);
        let rest = String::from_utf8(client.rest().await).unwrap();
        assert!(
            rest.contains("rate_limit_error") && rest.ends_with("0\r\n\r\n"),
            "{rest}"
        );
        assert_eq!(lab.upstream.calls().len(), 1);
        assert_eq!(rests(&lab).await.0, CoolCause::RateLimit);
    }
}

#[tokio::test]
async fn streams_pass_byte_for_byte_whatever_they_are() {
    let odd = [
        ": comment\n\n\u{feff}retry: 3\nid: 7\n\n".to_owned() + &answer_of(Protocol::AnthropicMessages),
        answer_of(Protocol::AnthropicMessages).replace('\n', "\r\n"),
        answer_of(Protocol::AnthropicMessages).replace('\n', "\r"),
        format!("event: ping\ndata: {{\"type\": \"ping\"}}\n\n{START}data: \"日本 😀\"\n\n{STOP}"),
        format!("{START}data: not JSON\n\n{STOP}"),
    ];
    for stream in odd {
        let (steps, live) = Reply::live();
        let lab = two(Upstream::replies([live]).await, Limits::default()).await;
        let client = open(&lab, Protocol::AnthropicMessages).await;
        for part in stream.as_bytes().chunks(11) {
            steps.send(Ok(part.to_vec().into())).await.unwrap();
        }
        drop(steps);
        assert_eq!(client.answer().await.text_body(), stream);
    }
}

#[tokio::test]
async fn requests_own_error_in_a_stream_is_handed_on_as_it_came() {
    let error = "data: {\"error\":{\"message\":\"no tool\",\"type\":\"invalid_request_error\",\"code\":\"tool_use_failed\"}}\n\n";
    let lab = two(
        Upstream::start(move |_| Reply::events(error)).await,
        Limits::default(),
    )
    .await;
    let answer = ask(&lab, Protocol::ChatCompletions).await;
    assert_eq!((answer.status, answer.text_body().as_str()), (200, error));
    assert_eq!(lab.upstream.calls().len(), 1);
}

#[tokio::test]
async fn error_in_every_stream_becomes_an_answer_with_a_status_of_its_own() {
    let overloaded = "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"busy\"}}\n\n";
    let upstream = Upstream::start(move |_| Reply::events(overloaded).with("retry-after", "61"));
    let lab = two(upstream.await, Limits::default()).await;
    for (protocol, status) in [
        (Protocol::AnthropicMessages, 529),
        (Protocol::ChatCompletions, 503),
        (Protocol::Responses, 503),
    ] {
        let answer = ask(&lab, protocol).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("retry-after"), None, "that was said of a success");
        let message = answer.json()["error"]["message"].to_string();
        assert!(message.contains("busy"), "{message}");
    }
    assert_eq!(lab.upstream.calls().len(), 6);
}

#[tokio::test]
async fn spent_pool_after_stream_errors_is_429_with_the_list() {
    let limited = error_of(Protocol::AnthropicMessages, true);
    let lab = two(
        Upstream::start(move |_| Reply::events(limited.clone())).await,
        Limits::default(),
    )
    .await;
    let answer = ask(&lab, Protocol::AnthropicMessages).await;
    assert_eq!(answer.status, 429, "{}", answer.text);
    assert_eq!(answer.header("x-should-retry"), Some("false"));
    let after: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=66).contains(&after), "{after}");
    let pool = answer.header("x-hermes-pool").unwrap();
    assert!(pool.starts_with("on***;state=cooling-down;until=20"), "{pool}");
    assert!(pool.contains(", tw***;state=cooling-down;"), "{pool}");
    assert_eq!(answer.json()["error"]["details"]["error_code"], "pool_exhausted");
}

/// One way in which an attempt goes wrong without an answer.
fn fault(number: usize) -> Reply {
    let error = |kind: &str| format!(r#"{{"type":"error","error":{{"type":"{kind}","message":"x"}}}}"#);
    match number {
        0 => Reply::json(401, error("authentication_error")),
        1 => Reply::json(402, error("billing_error")),
        2 => Reply::json(429, error("rate_limit_error")).with("retry-after", "60"),
        3 => Reply::json(529, error("overloaded_error")),
        4 => Reply::events(error_of(Protocol::AnthropicMessages, false)),
        _ => Reply::events(error_of(Protocol::AnthropicMessages, true)),
    }
}

#[tokio::test]
async fn any_mix_of_faults_ends_in_at_most_one_completion() {
    let faults = 6;
    for mix in 0..faults * faults {
        let (first, second) = (mix % faults, mix / faults);
        let parts = [first, second, (first + second) % faults];
        let seen = Arc::new(AtomicUsize::new(0));
        let completions = Arc::new(AtomicUsize::new(0));
        let (count, done) = (Arc::clone(&seen), Arc::clone(&completions));
        let upstream = Upstream::start(move |_| {
            let number = count.fetch_add(1, Ordering::SeqCst);
            if let Some(part) = parts.get(number) {
                return fault(*part);
            }
            done.fetch_add(1, Ordering::SeqCst);
            Reply::events(answer_of(Protocol::AnthropicMessages))
        });
        let setup = Setup {
            logins: vec!["a", "b", "c", "d", "e"],
            ..Setup::default()
        };
        let lab = start(upstream.await, setup).await;
        let answer = ask(&lab, Protocol::AnthropicMessages).await;
        assert_eq!(answer.status, 200, "{parts:?}: {}", answer.text);
        assert_eq!(answer.text.matches("completion").count(), 1, "{parts:?}");
        assert!(!answer.text.contains("error"), "{parts:?}: {}", answer.text);
        assert_eq!(completions.load(Ordering::SeqCst), 1, "{parts:?}");
        assert_eq!(seen.load(Ordering::SeqCst), 4, "{parts:?}");
    }
}

#[tokio::test]
async fn provider_that_goes_away_between_attempts_is_told_and_nothing_is_sent_twice() {
    let own: Arc<OnceLock<Upstream>> = Arc::default();
    let itself = Arc::clone(&own);
    let upstream = Upstream::start(move |_| {
        itself.get().unwrap().close();
        fault(2).with("connection", "close")
    });
    let upstream = upstream.await;
    own.set(upstream.clone()).ok().unwrap();
    let lab = two(upstream, Limits::default()).await;
    let answer = ask(&lab, Protocol::AnthropicMessages).await;
    assert_eq!(answer.status, 502, "{}", answer.text);
    assert_eq!(lab.upstream.calls().len(), 1);
}

#[tokio::test]
async fn answer_that_breaks_off_before_content_ends_with_an_error_event() {
    for cut in ["cut", "orderly"] {
        let (steps, live) = Reply::live();
        let lab = two(Upstream::replies([live]).await, Limits::default()).await;
        let client = open(&lab, Protocol::AnthropicMessages).await;
        steps.send(Ok(START.into())).await.unwrap();
        if cut == "cut" {
            steps.send(Err(std::io::Error::other("cut"))).await.unwrap();
        }
        drop(steps);
        let answer = client.answer().await;
        let body = answer.text_body();
        assert!(
            body.starts_with(START) && body.contains("event: error"),
            "{cut}: {body}"
        );
        assert_eq!(lab.upstream.calls().len(), 1, "it may have been billed");
    }
}

#[tokio::test]
async fn silence_before_the_first_byte_ends_with_an_error_event() {
    let limits = Limits {
        upstream_idle: Duration::from_millis(100),
        ..Limits::default()
    };
    let (steps, live) = Reply::live();
    let lab = two(Upstream::replies([live]).await, limits).await;
    let answer = ask(&lab, Protocol::Responses).await;
    let body = answer.text_body();
    assert!(
        body.contains("upstream_idle") && body.contains("response.failed"),
        "{body}"
    );
    assert_eq!(lab.upstream.calls().len(), 1);
    drop(steps);
}

const WHOLE: &str = r#"{"model":"m-1"}"#;

#[tokio::test]
async fn whole_error_under_a_status_of_success_fails_over() {
    let error = r#" {"error":{"code":429,"message":"slow"}}"#;
    for protocol in Protocol::ALL {
        let replies = [Reply::json(200, error), Reply::json(200, r#"{"id":"x"}"#)];
        let lab = two(Upstream::replies(replies).await, Limits::default()).await;
        let answer = lab.post(support::calling(protocol), "", WHOLE).await;
        assert_eq!(
            (answer.status, answer.text_body().as_str()),
            (200, r#"{"id":"x"}"#)
        );
        assert_eq!(answer.header("x-hermes-credential"), Some("two"));
        assert_eq!(rests(&lab).await, (CoolCause::RateLimit, Scope::Account));
    }
    // Without another account the client gets it as an error.
    let lab = start(
        Upstream::replies([Reply::json(200, error)]).await,
        Setup::default(),
    )
    .await;
    let answer = lab.post("/v1/messages", "", WHOLE).await;
    assert_eq!(answer.status, 429, "{}", answer.text);
}

#[tokio::test]
async fn whole_answer_passes_as_it_is_with_its_length() {
    let long = format!(r#"{{"error":null,"text":"{}"}}"#, "x".repeat(200_000));
    for body in [
        r#"{"id":"x"}"#,
        "{}",
        r#"{"error":null}"#,
        r#"{"error"#,
        "",
        long.as_str(),
    ] {
        let lab = start(
            Upstream::replies([Reply::json(200, body.to_owned())]).await,
            Setup::default(),
        )
        .await;
        let answer = lab.post("/v1/messages", "", WHOLE).await;
        assert_eq!((answer.status, answer.text_body().as_str()), (200, body));
        let length = body.len().to_string();
        assert_eq!(answer.header("content-length"), Some(length.as_str()));
    }
}
