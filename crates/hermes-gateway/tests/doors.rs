//! Who is let in: hosts, pages, client keys, paths.

mod support;

use std::sync::Arc;

use hermes_core::{OsRandom, Protocol, UnixMs};
use hermes_gateway::Limits;
use hermes_pool::{KeyLimits, Keys};
use support::{Reply, Running, Setup, Upstream, start};

async fn lab() -> Running {
    start(
        Upstream::start(|_| Reply::json(200, "{}")).await,
        Setup::default(),
    )
    .await
}

const BODY: &str = r#"{"model":"custom:lab/m-1"}"#;

#[tokio::test]
async fn hosts_other_than_our_own_get_421_on_every_path() {
    let lab = lab().await;
    let port = lab.address.port();
    let own = format!("127.0.0.1:{port}");
    for (host, status) in [
        (own.clone(), 200),
        (format!("localhost:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        ("hermes.example.com".to_owned(), 200),
        ("hermes.example.com:1".to_owned(), 421),
        ("127.0.0.1".to_owned(), 421),
        ("localhost".to_owned(), 421),
        (format!("evil.test:{port}"), 421),
        (format!("LOCALHOST:{port}"), 421),
        (format!("localhost.:{port}"), 421),
        (format!("user@localhost:{port}"), 421),
        (format!("127.1:{port}"), 421),
        (format!("0.0.0.0:{port}"), 421),
        (format!("[::]:{port}"), 421),
        (format!("[0:0:0:0:0:0:0:1]:{port}"), 421),
        (format!("localhost:{port}.evil.test"), 421),
        (format!("localhost:0{port}"), 421),
        (format!("{own}\r\nHost: {own}"), 421),
        (format!("{own}\r\nHost: evil.test"), 421),
        (format!("{own}, evil.test"), 421),
        (String::new(), 421),
    ] {
        for path in ["/healthz", "/v1/models"] {
            let head = format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\n{}Connection: close\r\n\r\n",
                lab.auth()
            );
            let answer = lab.raw(head.as_bytes()).await;
            assert_eq!(answer.status, status, "{host:?} {path}: {}", answer.text);
        }
    }
    let absent = lab
        .raw(b"GET /healthz HTTP/1.1\r\nConnection: close\r\n\r\n")
        .await;
    assert_eq!(absent.status, 421);
    let old = lab.raw(b"GET /healthz HTTP/1.0\r\n\r\n").await;
    assert_eq!(old.text.split(' ').nth(1), Some("421"), "{}", old.text);
}

#[tokio::test]
async fn pages_of_other_sites_get_403_and_no_cors_header() {
    let lab = lab().await;
    let port = lab.address.port();
    for (header, status) in [
        (format!("Origin: http://127.0.0.1:{port}"), 200),
        ("Origin: http://127.0.0.1:3000".to_owned(), 403),
        ("Origin: null".to_owned(), 403),
        ("Origin: https://evil.test".to_owned(), 403),
        ("Sec-Fetch-Site: cross-site".to_owned(), 403),
        ("Sec-Fetch-Site: same-site".to_owned(), 403),
        ("Sec-Fetch-Site: none".to_owned(), 200),
    ] {
        let answer = lab.post("/v1/messages", &format!("{header}\r\n"), BODY).await;
        assert_eq!(answer.status, status, "{header}");
        assert!(!answer.head.contains("access-control"), "{}", answer.head);
    }
    let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nOrigin: https://evil.test\r\n";
    assert_eq!(
        lab.ask("GET", "/v1/responses", &format!("{upgrade}{}", lab.auth()))
            .await
            .status,
        403
    );
}

#[tokio::test]
async fn wrong_keys_get_401_in_each_protocols_shape_before_the_body_is_read() {
    let setup = Setup {
        limits: Limits {
            failed_auth: 1000,
            ..Limits::default()
        },
        ..Setup::default()
    };
    let lab = start(Upstream::start(|_| Reply::json(200, "{}")).await, setup).await;
    let revoked = lab
        .keys
        .create("old", KeyLimits::default(), UnixMs::from_millis(1), &OsRandom)
        .await
        .unwrap();
    assert!(
        lab.keys
            .revoke(revoked.key.id, UnixMs::from_millis(2))
            .await
            .unwrap()
    );
    let mut almost = lab.key.clone();
    almost.replace_range(54.., if almost.ends_with('A') { "B" } else { "A" });
    let wrong = [
        String::new(),
        "Authorization: Bearer hk-00000000-0000000000000000000000000000000000000000000\r\n".to_owned(),
        format!("Authorization: Bearer {almost}\r\n"),
        format!("x-api-key: {}\r\n", revoked.secret.expose()),
        format!("Authorization: Basic {}\r\n", lab.key),
        "Authorization: Bearer ' OR 1=1 --\r\n".to_owned(),
    ];
    for protocol in Protocol::ALL {
        for header in &wrong {
            // The body never comes: the answer must not wait for it.
            let head = format!(
                "POST {} HTTP/1.1\r\nHost: {}\r\n{header}Content-Length: 1000\r\n\r\n",
                support::calling(protocol),
                lab.address
            );
            let answer = lab.raw(head.as_bytes()).await;
            assert_eq!(answer.status, 401, "{}", answer.text);
            assert_eq!(answer.header("x-should-retry"), Some("false"));
            let error = &answer.json()["error"];
            let kind = match protocol {
                Protocol::Gemini => &error["status"],
                _ => &error["type"],
            };
            let expected = match protocol {
                Protocol::Gemini => "UNAUTHENTICATED",
                _ => "authentication_error",
            };
            assert_eq!(kind, expected);
            assert!(error.to_string().contains("invalid_client_key"), "{error}");
        }
    }
    for path in ["/v1/models", "/v1/models/x", "/metrics"] {
        assert_eq!(lab.ask("GET", path, "").await.status, 401, "{path}");
    }
    for path in ["/v1/embeddings", "/v1/messages/count_tokens"] {
        assert_eq!(lab.ask("POST", path, "").await.status, 401, "{path}");
    }
    assert!(lab.upstream.calls().is_empty());
}

#[tokio::test]
async fn right_key_is_taken_from_either_header() {
    let lab = lab().await;
    for headers in [
        format!("x-api-key: {}\r\n", lab.key),
        format!("authorization: bearer {}\r\n", lab.key),
        format!("Authorization: Bearer wrong\r\nX-Api-Key: {}\r\n", lab.key),
        format!("x-goog-api-key: {}\r\n", lab.key),
    ] {
        assert_eq!(
            lab.ask("GET", "/v1/models", &headers).await.status,
            200,
            "{headers}"
        );
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_after_twenty_tries_and_the_right_key_still_works() {
    let lab = lab().await;
    for _ in 0..20 {
        assert_eq!(
            lab.ask("GET", "/v1/models", "x-api-key: nope\r\n").await.status,
            401
        );
    }
    let answer = lab.ask("GET", "/v1/models", "x-api-key: nope\r\n").await;
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
    assert_eq!(lab.ask("GET", "/v1/models", &lab.auth()).await.status, 200);
}

#[tokio::test]
async fn key_of_another_process_works_after_a_reload() {
    let lab = lab().await;
    let elsewhere = Keys::load(Arc::clone(&lab.store), &OsRandom).await.unwrap();
    let made = elsewhere
        .create("second", KeyLimits::default(), UnixMs::from_millis(1), &OsRandom)
        .await
        .unwrap();
    assert_eq!(made.secret.expose().len(), 55);
    let verified = || {
        let known = lab.keys.verify(made.secret.expose(), UnixMs::from_millis(2));
        known.map(|known| known.id())
    };
    assert_eq!(verified(), None);
    lab.keys.reload().await.unwrap();
    assert_eq!(verified(), Some(made.key.id));
    assert!(!made.key.hash.contains(made.secret.expose().as_str()));
}

#[tokio::test]
async fn open_paths_answer_without_a_key_and_probes_find_nothing() {
    let lab = lab().await;
    let health = lab.ask("GET", "/healthz", "").await;
    assert_eq!((health.status, health.text_body().as_str()), (200, "ok"));
    for path in ["/", "/api/hello"] {
        let hello = lab.ask("HEAD", path, "").await;
        assert_eq!((hello.status, hello.body.len()), (200, 0), "{path}");
    }
    for path in [
        "/api/v1/models",
        "/api/tags",
        "/v1/props",
        "/props",
        "/version",
        "/favicon.ico",
        "/../v1/models",
    ] {
        for headers in [String::new(), lab.auth()] {
            let answer = lab.ask("GET", path, &headers).await;
            assert_eq!(
                (answer.status, answer.text_body().as_str()),
                (404, "not found\n"),
                "{path}"
            );
        }
    }
    assert_eq!(lab.ask("POST", "/api/show", "").await.status, 404);
}

#[tokio::test]
async fn websocket_tries_get_426() {
    let lab = lab().await;
    for path in ["/v1/responses", "/responses", "/backend-api/codex/responses"] {
        let headers = format!(
            "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n{}",
            lab.auth()
        );
        assert_eq!(lab.ask("GET", path, &headers).await.status, 426, "{path}");
    }
}

#[tokio::test]
async fn models_are_listed_in_the_shape_that_was_asked_for() {
    let lab = lab().await;
    let open = lab.ask("GET", "/v1/models", &lab.auth()).await.json();
    assert_eq!(open["object"], "list");
    let ids: Vec<&str> = open["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["fast", "custom:lab/m-1", "custom:lab/lab-only"]);
    let versioned = format!("anthropic-version: 2023-06-01\r\n{}", lab.auth());
    let other = lab.ask("GET", "/v1/models?limit=1000", &versioned).await.json();
    assert_eq!(other["data"][1]["type"], "model");
    assert_eq!(
        lab.ask("GET", "/v1/models/custom:lab%2Fm-1", &lab.auth())
            .await
            .json()["id"],
        "custom:lab/m-1"
    );
    assert_eq!(
        lab.ask("GET", "/v1/models/m-1", &lab.auth()).await.json()["id"],
        "custom:lab/m-1"
    );
    let missing = lab.ask("GET", "/v1/models/none", &versioned).await;
    assert_eq!(
        (missing.status, &missing.json()["error"]["type"]),
        (404, &"not_found_error".into())
    );
}

#[tokio::test]
async fn metrics_count_what_happened() {
    let lab = lab().await;
    assert_eq!(lab.post("/v1/messages", "", BODY).await.status, 200);
    let text = lab.ask("GET", "/metrics", &lab.auth()).await.text_body();
    assert!(
        text.contains("hermes_requests_total{protocol=\"anthropic_messages\",class=\"2xx\"} 1\n"),
        "{text}"
    );
    assert!(text.contains("hermes_upstream_calls_total 1\n"), "{text}");
    assert!(text.contains("hermes_streams_open 0\n"), "{text}");
}

#[tokio::test]
async fn heads_at_the_limits_pass_and_beyond_them_do_not() {
    let lab = lab().await;
    // `Host` and `Connection` count too.
    for (count, status) in [(98, 200), (99, 431)] {
        let headers: String = "x: y\r\n".repeat(count);
        assert_eq!(
            lab.ask("GET", "/healthz", &headers).await.status,
            status,
            "{count}"
        );
    }
    for (size, status) in [(60 << 10, 200), (65 << 10, 431)] {
        let headers = format!("x: {}\r\n", "y".repeat(size));
        assert_eq!(
            lab.ask("GET", "/healthz", &headers).await.status,
            status,
            "{size}"
        );
    }
    for (size, status) in [(8192, 200), (8193, 414)] {
        let target = format!("/healthz?{}", "y".repeat(size - 9));
        assert_eq!(lab.ask("GET", &target, "").await.status, status, "{size}");
    }
}

#[tokio::test]
async fn other_paths_go_to_the_other_service_behind_the_same_doors() {
    let setup = Setup {
        fallback: true,
        ..Setup::default()
    };
    let lab = start(Upstream::start(|_| Reply::json(200, "{}")).await, setup).await;
    let page = lab.ask("GET", "/pages/1", "").await;
    assert_eq!(
        (page.status, page.text_body().as_str()),
        (200, "elsewhere /pages/1\n")
    );
    assert_eq!(
        lab.ask("GET", "/pages/1", "Origin: https://evil.test\r\n")
            .await
            .status,
        403
    );
    let rebound = lab
        .raw(b"GET /pages/1 HTTP/1.1\r\nHost: evil.test\r\nConnection: close\r\n\r\n")
        .await;
    assert_eq!(rebound.status, 421);
    assert_eq!(lab.ask("GET", "/v1/models", "").await.status, 401);
}
