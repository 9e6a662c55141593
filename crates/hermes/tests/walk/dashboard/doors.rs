//! Names under which the listener is not addressed, over HTTP and for upgrades (B1, B9).

use pretty_assertions::assert_eq;
use serde_json::json;

use super::board::{Board, Route, TOKEN};
use super::browser::Browser;
use super::server::{Reply, Server};
use crate::defences::{raw, status};
use crate::harness::Lab;

/// What a browser sends to begin a web socket; the connection ends if there is none.
const UPGRADE: &str = "Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
    Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

/// Lines of a head that name another host than the listener's, or no single one.
fn strange_hosts(port: u16) -> Vec<String> {
    let own = format!("127.0.0.1:{port}");
    let mut heads = vec![
        String::new(),
        format!("Host: {own}\r\nHost: {own}\r\n"),
        format!("Host: {own}\r\nHost: evil.test\r\n"),
    ];
    let values = [
        String::new(),
        "127.0.0.1".to_owned(),
        "localhost".to_owned(),
        "[::1]".to_owned(),
        format!("evil.test:{port}"),
        format!("LOCALHOST:{port}"),
        format!("localhost.:{port}"),
        format!("127.0.0.1.:{port}"),
        format!("user@localhost:{port}"),
        format!("user:pass@{own}"),
        format!("127.1:{port}"),
        format!("2130706433:{port}"),
        format!("0.0.0.0:{port}"),
        format!("[::]:{port}"),
        format!("[0:0:0:0:0:0:0:1]:{port}"),
        format!("[::ffff:127.0.0.1]:{port}"),
        format!("localhost:{port}.evil.test"),
        format!("localhost:0{port}"),
        format!("{own}, evil.test"),
        format!("evil.test#{own}"),
        format!("localhost:{}", port.wrapping_add(1)),
    ];
    heads.extend(values.map(|value| format!("Host: {value}\r\n")));
    heads
}

async fn ask(board: &Board, route: &Route, version: &str, headers: &str) -> u16 {
    let (method, path) = (&route.method, &route.path);
    let head = format!("{method} {path} HTTP/{version}\r\n{headers}Connection: close\r\n\r\n");
    status(&raw(&board.up, head.as_bytes()).await)
}

#[tokio::test]
async fn b1_strange_host_headers_are_421_on_every_route() {
    let lab = Lab::new().await;
    let board = Board::start(&lab).await;
    let key = format!("x-api-key: {}\r\n", board.up.key);
    let strange = strange_hosts(board.port());
    assert!(strange.len() > 20);
    for route in board.routes().await {
        for host in &strange {
            let answer = ask(&board, &route, "1.1", &format!("{host}{key}")).await;
            assert_eq!(answer, 421, "{route:?} {host:?}");
        }
        assert_eq!(ask(&board, &route, "1.0", &key).await, 421, "{route:?} HTTP/1.0");
        let foreign = Route {
            path: format!("http://evil.test:{}{}", board.port(), route.path),
            ..route.clone()
        };
        let own = format!("Host: 127.0.0.1:{}\r\n", board.port());
        assert_eq!(
            ask(&board, &foreign, "1.1", &format!("{own}{key}")).await,
            421,
            "{foreign:?}"
        );
        for name in ["127.0.0.1", "localhost", "[::1]"] {
            let host = format!("Host: {name}:{}\r\n{key}", board.port());
            assert_ne!(ask(&board, &route, "1.1", &host).await, 421, "{route:?} {name}");
        }
    }
}

#[tokio::test]
async fn b1_page_whose_name_now_leads_here_reads_nothing() {
    let lab = Lab::new().await;
    let neighbour = Server::start(|_| Reply::html("<p>a page of another site")).await;
    let browser = Browser::resolving(&["evil.test"]).await;
    let page = browser.page().await;
    let origin = format!("http://evil.test:{}", neighbour.port);
    assert_eq!(page.open(&origin).await, 200);
    // The name led to another site's server and now leads to ours, so that for the browser both are one origin.
    let port = neighbour.port;
    drop(neighbour);
    let board = Board::start_on(&lab, port).await;
    for route in board.routes().await {
        let body = if route.method == "GET" {
            json!(null)
        } else {
            json!("{}")
        };
        let init = json!({
            "method": route.method, "cache": "no-store", "body": body,
            "headers": {"content-type": "application/json", "x-api-key": board.up.key},
        });
        let script = format!(
            "fetch({}, {init}).then(answer => answer.status)",
            json!(route.path)
        );
        assert_eq!(page.evaluate(&script).await, json!(421), "{route:?}");
    }
    for path in ["/", "/providers", "/healthz"] {
        assert_eq!(page.open(&format!("{origin}{path}")).await, 421, "{path}");
    }
    assert_eq!(
        page.open(&format!("http://localhost:{port}/healthz")).await,
        200,
        "our own name"
    );
}

#[tokio::test]
async fn b9_upgrades_are_refused_before_they_are_made() {
    let lab = Lab::new().await;
    let board = Board::start(&lab).await;
    let own = format!("Host: 127.0.0.1:{}\r\n", board.port());
    let key = format!("x-api-key: {}\r\n", board.up.key);
    let upgrade = async |route: &Route, headers: &str| {
        let head = format!("GET {} HTTP/1.1\r\n{UPGRADE}{headers}\r\n", route.path);
        status(&raw(&board.up, head.as_bytes()).await)
    };
    for route in board.routes().await {
        let other = format!("Host: evil.test:{}\r\n{key}", board.port());
        assert_eq!(upgrade(&route, &other).await, 421, "{route:?}");
        for line in [
            "Origin: http://evil.test\r\n",
            "Origin: http://127.0.0.1:1\r\n",
            "Origin: null\r\n",
            "Sec-Fetch-Site: same-site\r\n",
            "Sec-Fetch-Site: cross-site\r\n",
        ] {
            assert_eq!(
                upgrade(&route, &format!("{own}{line}{key}")).await,
                403,
                "{route:?} {line}"
            );
        }
        if route.guarded && (route.method == "GET" || route.path == "/v1/responses") {
            assert_eq!(upgrade(&route, &own).await, 401, "{route:?}");
            // A token in the address is no token.
            let asked = Route {
                path: format!("{}?token={}&key={}", route.path, board.up.key, board.up.key),
                ..route.clone()
            };
            assert_eq!(upgrade(&asked, &own).await, 401, "{asked:?}");
        }
    }
    for header in ["x-api-key", TOKEN] {
        let wrong = format!("{own}{header}: wrong\r\n");
        let route = Route {
            method: "GET".to_owned(),
            path: "/v1/responses".to_owned(),
            guarded: true,
        };
        assert_eq!(upgrade(&route, &wrong).await, 401, "{header}");
    }
}
