//! One-shot calls against a real socket: limits, deadlines, redirects, cut connections.

use std::time::{Duration, Instant};

use crate::common::{Server, Step, bearer, client, config, ok, write};
use hermes_core::{Env, Explain, Lang, Secret};
use hermes_http::{Call, Http, HttpError, Lab, ProxySettings, Url};
use tokio::net::TcpListener;

fn form(url: Url) -> Call {
    Call::post(url).form([
        ("code", Secret::from("a b&c")),
        ("code_verifier", Secret::from("v")),
    ])
}

#[tokio::test]
async fn call_with_a_form_sends_it_encoded_and_reads_the_answer() {
    let server = Server::start(vec![vec![Step::Read, ok("{\"a\":1}")]]).await;
    let url = server.url("/token?x=1");
    let call = form(url.clone()).attach(bearer("canary-1", &url));
    let answer = client().call(call).await.unwrap();
    assert_eq!(
        (answer.status, answer.body.as_slice()),
        (200, b"{\"a\":1}".as_slice())
    );
    assert_eq!(answer.url, url);
    let request = server.requests()[0].1.to_ascii_lowercase();
    assert!(request.starts_with("post /token?x=1 http/1.1\r\n"), "{request}");
    assert!(request.ends_with("code=a+b%26c&code_verifier=v"), "{request}");
    for line in [
        "authorization: bearer canary-1",
        "content-type: application/x-www-form-urlencoded",
        "user-agent: hermes-test/1",
        "accept: application/json",
        &format!("host: {}", server.address),
    ] {
        assert!(
            request.contains(&format!("\r\n{line}\r\n")),
            "{line} in {request}"
        );
    }
    assert!(!format!("{answer:?}").contains("a\\\":1"));
}

#[tokio::test]
async fn call_to_an_unbound_origin_is_refused_before_connecting() {
    let server = Server::start(vec![vec![Step::Read, ok("")]]).await;
    let elsewhere = Url::parse("https://api.example.com/").unwrap();
    let call = Call::get(server.url("/")).attach(bearer("canary-2", &elsewhere));
    let error = client().call(call).await.unwrap_err();
    assert!(matches!(error, HttpError::Unbound { .. }), "{error}");
    assert!(!error.sent() && server.requests().is_empty());
    assert!(!format!("{error} {error:?}").contains("canary"));
}

#[tokio::test]
async fn call_to_a_closed_port_says_nothing_was_sent() {
    let free = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let url = Url::parse(&format!("http://{free}/")).unwrap();
    let error = client().call(form(url)).await.unwrap_err();
    assert!(
        matches!(error, HttpError::Connect { .. }) && !error.sent(),
        "{error}"
    );
    assert!(error.hint(Lang::En).is_some());
}

#[tokio::test]
async fn call_cut_at_each_phase_says_whether_bytes_left() {
    let phases = [
        vec![Step::ReadSome],
        vec![Step::Read],
        vec![Step::Read, write("HTTP/1.1 200 O")],
        vec![
            Step::Read,
            write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"),
        ],
        vec![
            Step::Read,
            write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab"),
        ],
    ];
    for (number, script) in phases.into_iter().enumerate() {
        let server = Server::start(vec![script]).await;
        let error = client().call(form(server.url("/"))).await.unwrap_err();
        assert!(
            matches!(error, HttpError::Reset { .. }),
            "phase {number}: {error}"
        );
        assert!(error.sent(), "phase {number}");
        assert!(server.requests().len() <= 1, "phase {number} was repeated");
    }
}

#[tokio::test]
async fn call_answered_by_something_else_is_a_protocol_error() {
    let server = Server::start(vec![vec![Step::Read, write("SSH-2.0-OpenSSH_9.6\r\n\r\n")]]).await;
    let error = client().call(form(server.url("/"))).await.unwrap_err();
    assert!(matches!(error, HttpError::Protocol { sent: true, .. }), "{error}");
}

#[tokio::test]
async fn call_with_a_large_or_endless_answer_stops_at_the_limit() {
    let announced = write("HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n");
    let endless = write("HTTP/1.1 200 OK\r\n\r\n");
    for start in [announced, endless] {
        let server = Server::start(vec![vec![Step::Read, start, Step::Flood(vec![b'x'; 65536])]]).await;
        let error = client().call(form(server.url("/"))).await.unwrap_err();
        assert!(
            matches!(error, HttpError::TooLarge { limit: 1_048_576, .. }),
            "{error}"
        );
    }
    let server = Server::start(vec![vec![Step::Read, ok("12345")]]).await;
    let call = || Call::get(server.url("/"));
    assert_eq!(client().call(call().limit(5)).await.unwrap().body, b"12345");
    assert!(matches!(
        client().call(call().limit(4)).await,
        Err(HttpError::TooLarge { .. })
    ));
}

#[tokio::test]
async fn call_to_a_slow_server_ends_at_its_deadline() {
    let silent = vec![Step::Read, Step::Hang];
    let slow_body = vec![
        Step::Read,
        write("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nab"),
        Step::Hang,
    ];
    for script in [silent, slow_body] {
        let server = Server::start(vec![script]).await;
        let call = form(server.url("/")).timeout(Duration::from_millis(150));
        let error = client().call(call).await.unwrap_err();
        assert!(matches!(error, HttpError::Timeout { sent: true, .. }), "{error}");
    }
}

#[tokio::test]
async fn redirect_is_refused_unless_allowed() {
    for status in [301, 302, 303, 307, 308] {
        let reply = format!(
            "HTTP/1.1 {status} X\r\nlocation: https://evil.example/t?code=1\r\ncontent-length: 0\r\n\r\n"
        );
        let server = Server::start(vec![vec![Step::Read, write(&reply)]]).await;
        let error = client().call(form(server.url("/"))).await.unwrap_err();
        assert!(
            matches!(&error, HttpError::Redirected { to, .. } if to == "https://evil.example"),
            "{error}"
        );
        let listed = form(server.url("/")).keep_body_to(["good.example".to_owned()]);
        let error = client().call(listed).await.unwrap_err();
        assert!(matches!(error, HttpError::Redirected { .. }), "{status}: {error}");
    }
}

fn moved(to: &str) -> Step {
    write(&format!(
        "HTTP/1.1 307 Moved\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"
    ))
}

#[tokio::test]
async fn redirect_to_a_listed_host_keeps_the_body_and_drops_what_is_not_bound() {
    let server = Server::start(vec![
        vec![Step::Read, moved("https://new.example/v2")],
        vec![Step::Read, ok("done")],
    ])
    .await;
    let http = Http::new(config(Some(server.lab(&["old.example", "new.example"])))).unwrap();
    let url = Url::parse("https://old.example/v1").unwrap();
    let call = form(url.clone())
        .attach(bearer("canary-3", &url))
        .secret_header("x-refresh", &Secret::from("canary-4"))
        .unwrap()
        .text_header("x-plain", "kept")
        .unwrap()
        .keep_body_to(["new.example".to_owned()]);
    let answer = http.call(call).await.unwrap();
    assert_eq!(
        (answer.body.as_slice(), answer.url.as_str()),
        (b"done".as_slice(), "https://new.example/v2")
    );
    let seen = server.requests();
    assert!(seen[0].1.contains("Bearer canary-3") && seen[0].1.contains("canary-4"));
    assert!(seen[0].1.contains("host: old.example\r\n"), "{}", seen[0].1);
    assert!(seen[1].1.starts_with("POST /v2 ") && seen[1].1.contains("host: new.example\r\n"));
    assert!(seen[1].1.ends_with("code=a+b%26c&code_verifier=v") && seen[1].1.contains("x-plain: kept"));
    assert!(!seen[1].1.contains("canary"), "{}", seen[1].1);
}

#[tokio::test]
async fn redirect_that_downgrades_loops_or_changes_the_method_is_refused() {
    for to in [
        "http://new.example/",
        "ftp://new.example/",
        "https://new.example:bad/",
    ] {
        let server = Server::start(vec![vec![Step::Read, moved(to)]]).await;
        let http = Http::new(config(Some(server.lab(&["old.example", "new.example"])))).unwrap();
        let call = form(Url::parse("https://old.example/").unwrap()).keep_body_to(["new.example".to_owned()]);
        let error = http.call(call).await.unwrap_err();
        assert!(matches!(error, HttpError::Redirected { .. }), "{to}: {error}");
        assert_eq!(server.requests().len(), 1);
    }
    let server = Server::start(vec![vec![Step::Read, moved("/again")]]).await;
    let error = client()
        .call(form(server.url("/")).keep_body_to([]))
        .await
        .unwrap_err();
    assert!(matches!(error, HttpError::Redirected { .. }), "{error}");
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn lab_refuses_hosts_it_does_not_name_before_connecting() {
    let server = Server::start(vec![vec![Step::Read, ok("")]]).await;
    let http = Http::new(config(Some(server.lab(&["api.example.com"])))).unwrap();
    for url in [
        "https://other.example.com/".to_owned(),
        server.url("/").to_string(),
        "https://1.1.1.1/".to_owned(),
    ] {
        let error = http.call(Call::get(Url::parse(&url).unwrap())).await.unwrap_err();
        assert!(matches!(error, HttpError::NotInLab { .. }), "{url}: {error}");
    }
    let there = Call::get(Url::parse("https://API.example.com/x").unwrap());
    assert_eq!(http.call(there).await.unwrap().status, 200);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn proxy_gets_a_tunnel_request_and_its_refusal_is_told() {
    let refusal = write("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
    let server = Server::start(vec![vec![Step::Read, refusal]]).await;
    let pairs = [
        (
            "HTTPS_PROXY".to_owned(),
            format!("http://user:pass@{}", server.address),
        ),
        ("NO_PROXY".to_owned(), "direct.invalid".to_owned()),
    ];
    let mut settings = config(None);
    settings.proxy = ProxySettings::from_env(&Env::from_pairs(pairs));
    let http = Http::new(settings.clone()).unwrap();
    let error = http
        .call(Call::get(Url::parse("https://api.example.com/").unwrap()))
        .await
        .unwrap_err();
    assert!(
        matches!(error, HttpError::Proxy { .. }) && !error.sent(),
        "{error}"
    );
    assert!(!error.to_string().contains("pass"));
    let seen = server.requests()[0].1.clone();
    assert!(
        seen.starts_with("CONNECT api.example.com:443 HTTP/1.1\r\n"),
        "{seen}"
    );
    assert!(
        seen.contains("Proxy-Authorization: Basic dXNlcjpwYXNz\r\n"),
        "{seen}"
    );
    let direct = http
        .call(Call::get(Url::parse("https://direct.invalid/").unwrap()))
        .await
        .unwrap_err();
    assert!(matches!(direct, HttpError::Connect { .. }), "{direct}");
    settings.lab = Some(server.lab(&["api.example.com"]));
    let lab = Http::new(settings).unwrap();
    let _ = lab
        .call(Call::get(Url::parse("https://api.example.com/in-lab").unwrap()))
        .await;
    assert!(
        server.requests()[1].1.starts_with("GET /in-lab "),
        "a lab uses no proxy"
    );
}

#[tokio::test]
async fn client_construction_is_quick_since_it_reads_no_roots() {
    let mut settings = config(Some(Lab::parse("a.example=http://127.0.0.1:1").unwrap()));
    settings.extra_ca = Some("/nonexistent/ca.pem".into());
    #[expect(clippy::disallowed_methods, reason = "measures real time")]
    let start = Instant::now();
    Http::new(settings).unwrap();
    assert!(start.elapsed() < Duration::from_millis(50));
}
