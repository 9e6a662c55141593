//! The streaming path against a real socket: kept-alive connections, who may use them, and what happens when they die.

use std::time::Duration;

use crate::common::{Server, Step, bearer, client, config, fetch, ok, post, write};
use futures_util::future::join_all;
use hermes_core::{Clock, SystemClock};
use hermes_http::{Http, HttpError, ReplyBody, SendBody, Url};
use http_body::Body;
use http_body_util::{BodyExt, StreamBody};

fn twice() -> Vec<Step> {
    vec![
        Step::Read,
        ok("one"),
        Step::Read,
        ok("two"),
        Step::Read,
        ok("three"),
    ]
}

#[test]
fn client_and_body_can_move_between_threads() {
    fn send<T: Send>() {}
    fn sync<T: Sync>() {}
    send::<ReplyBody>();
    send::<Http>();
    sync::<Http>();
}

#[tokio::test]
async fn send_uses_a_kept_alive_connection_again() {
    let server = Server::start(vec![twice()]).await;
    let (http, url) = (client(), server.url("/v1/x"));
    let key = bearer("canary-1", &url);
    for expected in ["one", "two", "three"] {
        let body = fetch(&http, post(&url, "{}"), Some(&key)).await.unwrap();
        assert_eq!(body, expected);
    }
    assert!(server.requests().iter().all(|(connection, _)| *connection == 0));
}

#[tokio::test]
async fn send_never_shares_a_connection_between_credentials() {
    let server = Server::start(vec![twice()]).await;
    let (http, url) = (client(), server.url("/"));
    for secret in ["canary-1", "canary-2", "canary-1"] {
        fetch(&http, post(&url, "{}"), Some(&bearer(secret, &url)))
            .await
            .unwrap();
    }
    fetch(&http, post(&url, "{}"), None).await.unwrap();
    let used: Vec<usize> = server
        .requests()
        .iter()
        .map(|(connection, _)| *connection)
        .collect();
    assert_eq!(used, [0, 1, 0, 2]);
}

#[tokio::test]
async fn send_over_a_connection_that_was_closed_while_it_rested_takes_a_new_one() {
    let server = Server::start(vec![vec![Step::Read, ok("one")], vec![Step::Read, ok("fresh")]]).await;
    let (http, url) = (client(), server.url("/"));
    assert_eq!(fetch(&http, post(&url, "{}"), None).await.unwrap(), "one");
    SystemClock::new().sleep(Duration::from_millis(50)).await;
    assert_eq!(fetch(&http, post(&url, "{}"), None).await.unwrap(), "fresh");
    assert_eq!(server.requests().len(), 2);
}

#[tokio::test]
async fn send_over_a_connection_that_dies_without_an_answer_is_not_repeated() {
    let dies = vec![Step::Read, ok("one"), Step::Read];
    let server = Server::start(vec![dies, vec![Step::Read, ok("fresh")]]).await;
    let (http, url) = (client(), server.url("/"));
    fetch(&http, post(&url, "{}"), None).await.unwrap();
    let error = fetch(&http, post(&url, "{\"a\":1}"), None).await.unwrap_err();
    assert!(matches!(error, HttpError::Reset { sent: true, .. }), "{error}");
    assert_eq!(server.requests().len(), 2, "the provider may have acted on it");
    assert_eq!(fetch(&http, post(&url, "{}"), None).await.unwrap(), "fresh");
}

#[tokio::test]
async fn send_is_not_repeated_after_a_byte_of_the_answer_or_of_a_streamed_body() {
    let dies = vec![Step::Read, ok("one"), Step::Read, write("HTTP/1.1 2")];
    let server = Server::start(vec![dies]).await;
    let (http, url) = (client(), server.url("/"));
    fetch(&http, post(&url, "{}"), None).await.unwrap();
    fetch(&http, post(&url, "{}"), None).await.unwrap_err();
    assert_eq!(server.requests().len(), 2);

    let server = Server::start(vec![vec![Step::Read, ok("one"), Step::ReadSome]]).await;
    let url = server.url("/");
    fetch(&http, post(&url, "{}"), None).await.unwrap();
    let frames = futures_util::stream::iter([Ok::<_, std::io::Error>(http_body::Frame::data("x".into()))]);
    let body = SendBody::stream(StreamBody::new(frames));
    let request = http::Request::post(url.as_str()).body(body).unwrap();
    let error = fetch(&http, request, None).await.unwrap_err();
    assert!(error.sent(), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn send_on_a_new_connection_is_never_repeated() {
    let server = Server::start(vec![vec![Step::Read]]).await;
    let error = fetch(&client(), post(&server.url("/"), "{}"), None)
        .await
        .unwrap_err();
    assert!(matches!(error, HttpError::Reset { sent: true, .. }), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn send_passes_chunks_on_as_they_come_and_tells_a_cut() {
    let script = vec![
        Step::Read,
        write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nfirst\r\n"),
        Step::Wait(60),
        write("6\r\nsecond\r\n"),
        Step::Wait(60),
    ];
    let server = Server::start(vec![script]).await;
    let answer = client().send(post(&server.url("/"), "{}"), None).await.unwrap();
    let mut body = answer.into_body();
    let mut frames = Vec::new();
    let error = loop {
        match body.frame().await.unwrap() {
            Ok(frame) => frames.push(frame.into_data().unwrap()),
            Err(error) => break error,
        }
    };
    assert_eq!(frames, ["first", "second"]);
    assert!(matches!(error, HttpError::Reset { sent: true, .. }), "{error}");
}

#[tokio::test]
async fn send_with_the_body_dropped_closes_the_connection() {
    let server = Server::start(vec![
        vec![
            Step::Read,
            write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"),
            Step::Hang,
        ],
        vec![Step::Read, ok("fresh")],
    ])
    .await;
    let (http, url) = (client(), server.url("/"));
    let answer = http.send(post(&url, "{}"), None).await.unwrap();
    assert_eq!(answer.body().size_hint().exact(), Some(100));
    drop(answer);
    assert_eq!(fetch(&http, post(&url, "{}"), None).await.unwrap(), "fresh");
}

#[tokio::test]
async fn send_after_an_answer_without_a_body_uses_the_connection_again() {
    let empty = write("HTTP/1.1 204 No Content\r\n\r\n");
    let server = Server::start(vec![vec![Step::Read, empty, Step::Read, ok("two")]]).await;
    let (http, url) = (client(), server.url("/"));
    let first = http.send(post(&url, "{}"), None).await.unwrap();
    assert!(first.body().is_end_stream());
    assert_eq!(fetch(&http, post(&url, "{}"), None).await.unwrap(), "two");
    assert_eq!(server.requests()[1].0, 0);
}

#[tokio::test]
async fn send_leaves_redirects_and_encodings_alone() {
    let reply = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-encoding: gzip\r\ncontent-length: 3\r\n\r\n\x1f\x0b!";
    let server = Server::start(vec![vec![Step::Read, write(reply)]]).await;
    let answer = client().send(post(&server.url("/"), "{}"), None).await.unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert_eq!(
        answer.into_body().collect().await.unwrap().to_bytes(),
        "\x1f\x0b!"
    );
}

#[tokio::test]
async fn send_of_a_large_body_arrives_whole() {
    let server = Server::start(vec![vec![Step::Read, ok("got it")]]).await;
    let body = "x".repeat(3 * 1024 * 1024);
    assert_eq!(
        fetch(&client(), post(&server.url("/"), &body), None)
            .await
            .unwrap(),
        "got it"
    );
    assert!(server.requests()[0].1.ends_with(&body));
}

#[tokio::test]
async fn send_answered_before_its_body_was_read_gives_the_answer_and_a_fresh_connection_next() {
    let early = write("HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n");
    let server = Server::start(vec![
        vec![Step::ReadSome, early, Step::Hang],
        vec![Step::Read, ok("fresh")],
    ])
    .await;
    let (http, url) = (client(), server.url("/"));
    let big = "x".repeat(16 * 1024 * 1024);
    let answer = http.send(post(&url, &big), None).await.unwrap();
    assert_eq!(answer.status(), 413);
    assert_eq!(fetch(&http, post(&url, "{}"), None).await.unwrap(), "fresh");
}

#[tokio::test]
async fn send_in_a_lab_keeps_the_host_and_binds_to_the_real_origin() {
    let server = Server::start(vec![vec![Step::Read, ok("lab")]]).await;
    let http = Http::new(config(Some(server.lab(&["api.example.com"])))).unwrap();
    let url = Url::parse("https://api.example.com/v1/messages?beta=true").unwrap();
    assert_eq!(
        fetch(&http, post(&url, "{}"), Some(&bearer("canary-1", &url)))
            .await
            .unwrap(),
        "lab"
    );
    let request = server.requests()[0].1.clone();
    assert!(
        request.starts_with("POST /v1/messages?beta=true HTTP/1.1\r\n"),
        "{request}"
    );
    assert!(request.contains("host: api.example.com\r\n"), "{request}");
    let there = bearer("canary-2", &server.url("/"));
    let error = http.send(post(&url, "{}"), Some(&there)).await.unwrap_err();
    assert!(matches!(error, HttpError::Unbound { .. }), "{error}");
}

#[tokio::test]
async fn send_to_addresses_that_are_not_absolute_https_is_refused() {
    for (url, expected) in [
        ("/v1/messages", "bad_url"),
        ("http://api.example.com/", "bad_url"),
        ("ftp://api.example.com/", "bad_url"),
        ("https://user@api.example.com/", "bad_url"),
        ("https://169.254.169.254/", "address_refused"),
        ("https://localhost:1/", "connect_failed"),
        ("https://0x7f.1/", "address_refused"),
    ] {
        let request = http::Request::post(url).body(SendBody::empty()).unwrap();
        let error = client().send(request, None).await.unwrap_err();
        assert_eq!(hermes_core::Explain::kind(&error), expected, "{url}: {error}");
        assert!(!error.sent());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn send_of_many_accounts_at_once_crosses_no_answers() {
    let echo = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = Url::parse(&format!("http://{}/", echo.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = echo.accept().await.unwrap();
            tokio::spawn(answer_with_the_credential(stream));
        }
    });
    let http = client();
    let requests = (0..400).map(|number| {
        let (http, url) = (http.clone(), url.clone());
        tokio::spawn(async move {
            let secret = format!("canary-{}", number % 8);
            let key = bearer(&secret, &url);
            if number % 5 == 0 {
                // A caller that goes away at once must leave nothing behind for the next.
                let _ = tokio::time::timeout(
                    Duration::from_micros(200),
                    http.send(post(&url, "{}"), Some(&key)),
                )
                .await;
                return;
            }
            assert_eq!(
                fetch(&http, post(&url, "{}"), Some(&key)).await.unwrap(),
                format!("Bearer {secret}")
            );
        })
    });
    for outcome in join_all(requests).await {
        outcome.unwrap();
    }
}

async fn answer_with_the_credential(stream: tokio::net::TcpStream) {
    let service = hyper::service::service_fn(|request: http::Request<hyper::body::Incoming>| async move {
        let credential = request.headers()["authorization"].to_str().unwrap().to_owned();
        let _ = request.into_body().collect().await;
        Ok::<_, std::convert::Infallible>(http::Response::new(credential))
    });
    let io = hyper_util::rt::TokioIo::new(stream);
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(io, service)
        .await;
}
