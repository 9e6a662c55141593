//! What somebody without a session can have (B3), and what a caller can claim about itself (B8, B10).

use std::collections::BTreeMap;

use hermes_sim::SimOptions;
use pretty_assertions::assert_eq;
use serde_json::json;

use super::board::{Board, TOKEN};
use super::browser::Browser;
use super::console::{Console, begin};
use super::screens::LOADED;
use crate::harness::{Lab, request};

/// Shorter texts are no secrets.
const SHORTEST: usize = 20;

/// Words and names carry less than this, random letters and digits more.
const BITS: f64 = 3.7;

/// Texts that look random: long, of letters and digits, and of as many different ones as chance makes them.
fn random_looking(text: &str) -> Vec<&str> {
    let words = text.split(|one: char| !(one.is_ascii_alphanumeric() || one == '-' || one == '_'));
    let mixed = |word: &str| {
        let has = |kind: fn(&char) -> bool| word.chars().any(|one| kind(&one));
        has(char::is_ascii_digit) && has(char::is_ascii_lowercase) && has(char::is_ascii_uppercase)
    };
    words
        .filter(|word| word.len() >= SHORTEST && mixed(word) && entropy(word) > BITS)
        .collect()
}

/// Shannon's measure, in bits for each character.
fn entropy(word: &str) -> f64 {
    let mut counts = BTreeMap::new();
    for one in word.chars() {
        *counts.entry(one).or_insert(0_u32) += 1;
    }
    let all = f64::from(u32::try_from(word.len()).expect("a short word"));
    let part = |count: &u32| {
        let share = f64::from(*count) / all;
        -share * share.log2()
    };
    counts.values().map(part).sum()
}

async fn plain_lab() -> Lab {
    Lab::with(SimOptions::default(), "+0s").await
}

#[tokio::test]
async fn b3_nothing_that_is_open_holds_anything_that_looks_like_a_secret() {
    let lab = plain_lab().await;
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("openrouter", &key).await.code, 0);
    let console = Console::start(&lab).await;
    // The scan finds what it is for.
    let code = console.board.link.split_once("#c=").expect("a code").1.to_owned();
    for secret in [&console.token, &code, &console.board.up.key] {
        assert_eq!(
            random_looking(&format!("<p data-x=\"{secret}\">")).len(),
            1,
            "{secret}"
        );
    }
    let base = &console.board.up.base;
    let (_, shell, _) = request(base, "GET", "/", &[], "").await;
    let mut paths: Vec<String> = console
        .board
        .routes()
        .await
        .into_iter()
        .map(|route| route.path)
        .collect();
    let named = shell.split('"').filter(|part| part.starts_with("/assets/"));
    paths.extend(named.map(str::to_owned));
    paths.extend(["/", "/providers", "/keys", "/settings"].map(|path| format!("/ui{path}")));
    for path in paths {
        let (status, body, headers) = request(base, "GET", &path, &[], "").await;
        let told = format!("{body}\n{headers:?}");
        assert_eq!(random_looking(&told), [""; 0], "{path} {status}");
        for secret in [&console.token, &code, &console.board.up.key, &key] {
            assert!(!told.contains(secret.as_str()), "{path} {status}");
        }
    }
}

#[tokio::test]
async fn b3_code_is_in_no_address_header_or_history_of_the_browser() {
    let lab = plain_lab().await;
    let board = Board::start(&lab).await;
    let code = board.link.split_once("#c=").expect("a code").1.to_owned();
    let browser = Browser::start().await;
    let page = browser.page().await;
    page.open(&board.link).await;
    page.wait_for(LOADED).await;
    page.click("link", "Keys").await;
    page.wait_for_text("Create a key").await;
    for one in page.exchanges() {
        // The browser's own record of the first document keeps the fragment, which is never sent.
        let (address, _) = one.url.split_once('#').unwrap_or((&one.url, ""));
        assert!(!address.contains(&code), "{one:?}");
        let told = format!("{:?}{:?}", one.sent, one.received);
        assert!(!told.contains(&code), "{one:?}");
        assert!(
            !one.sent
                .iter()
                .any(|(name, _)| name == "referer" || name == "cookie"),
            "{one:?}"
        );
    }
    let kept = page
        .evaluate("location.href + document.referrer + JSON.stringify({...localStorage}) + JSON.stringify(history.state)")
        .await;
    assert!(!kept.as_str().expect("text").contains(&code), "{kept}");
    // Going back does not lead to the link.
    page.evaluate("history.back()").await;
    page.wait_for("location.pathname === '/'").await;
    assert!(!page.url().await.contains(&code));
    page.assert_quiet();
}

/// What a proxy would say about its caller, and what some servers believe.
const CLAIMS: [(&str, &str); 12] = [
    ("x-forwarded-for", "203.0.113.9"),
    ("x-forwarded-host", "evil.test"),
    ("x-forwarded-proto", "https"),
    ("x-forwarded-port", "443"),
    ("x-forwarded-prefix", "/evil"),
    ("x-forwarded-server", "evil.test"),
    ("x-real-ip", "203.0.113.9"),
    ("x-original-url", "/api/keys"),
    ("x-rewrite-url", "/api/keys"),
    ("x_forwarded_host", "evil.test"),
    ("forwarded", "for=203.0.113.9;host=evil.test;proto=https"),
    ("x-http-method-override", "DELETE"),
];

#[tokio::test]
async fn b8_claims_of_a_caller_change_nothing() {
    let lab = plain_lab().await;
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("openrouter", &key).await.code, 0);
    let console = Console::start(&lab).await;
    let base = &console.board.up.base;
    let token = (TOKEN, console.token.as_str());
    let plain = |(status, body, mut headers): (u16, String, Vec<(String, String)>)| {
        headers.retain(|(name, _)| !["date", "content-length"].contains(&name.as_str()));
        // The moment an answer was made is in it.
        let body = body.replace(|one: char| one.is_ascii_digit(), "");
        (status, body, headers)
    };
    for (path, has_token) in [
        ("/", false),
        ("/ui/", true),
        ("/ui/providers", true),
        ("/ui/pool/openrouter", true),
        ("/api/credentials", true),
        ("/api/keys", false),
        ("/nothing", false),
        ("/healthz", false),
    ] {
        let own: &[_] = if has_token { &[token] } else { &[] };
        let before = plain(request(base, "GET", path, own, "").await);
        for claim in CLAIMS {
            let headers = [own, &[claim]].concat();
            let after = plain(request(base, "GET", path, &headers, "").await);
            assert_eq!(after, before, "{path} with {claim:?}");
            assert!(
                !after.1.contains("evil") && !after.1.contains("203.0.113.9"),
                "{path} with {claim:?}"
            );
        }
    }
    // Guessing is slowed down by the address that connects, whatever it says about itself.
    for number in 0..20 {
        let claim = format!("198.51.100.{number}");
        let headers = [("x-forwarded-for", claim.as_str()), (TOKEN, "wrong")];
        assert_eq!(
            request(base, "GET", "/api/keys", &headers, "").await.0,
            401,
            "{number}"
        );
    }
    assert_eq!(begin(base, "wrong").await.0, 429);
    let done = console.board.up.end().await;
    assert!(
        !done.stderr.contains("203.0.113.9") && !done.stderr.contains("evil.test"),
        "{done:?}"
    );
}

#[tokio::test]
async fn b10_no_address_of_a_caller_is_ever_led_to() {
    let lab = Lab::with(SimOptions::default(), "+0s,x20@").await;
    let console = Console::start(&lab).await;
    let base = &console.board.up.base;
    let started = console
        .start_login("openrouter", &json!({"method": "browser"}))
        .await;
    let there = started["auth_url"].as_str().expect("an address").to_owned();
    let asks: Vec<String> = [
        "next",
        "redirect_uri",
        "redirect",
        "url",
        "return_to",
        "continue",
        "login",
    ]
    .into_iter()
    .flat_map(|name| {
        [
            "https://evil.test/",
            "//evil.test/",
            "/\\evil.test",
            "javascript:alert(1)",
        ]
        .map(|to| format!("{name}={to}"))
    })
    .collect();
    let paths = [
        "/",
        "/providers",
        "/keys",
        "/assets/app.js",
        "/api/session",
        "//evil.test",
        "/\\evil.test",
        "/providers/",
    ];
    for path in paths {
        for ask in &asks {
            let (status, body, headers) = request(base, "GET", &format!("{path}?{ask}"), &[], "").await;
            let led = headers
                .iter()
                .any(|(name, _)| name == "location" || name == "refresh");
            assert!(
                !led && !(300..400).contains(&status),
                "{path}?{ask}: {status} {headers:?}"
            );
            assert!(!body.contains("evil.test"), "{path}?{ask}: {body}");
        }
    }
    // The same at the place that the browser comes back to.
    let back = lab
        .sim
        .person()
        .approve_browser(&there)
        .await
        .expect("a redirect");
    let (origin, path) = split(&back);
    for ask in [
        "&state=evil&next=https://evil.test/",
        "&redirect_uri=https://evil.test/",
        "",
    ] {
        let path = if ask.is_empty() {
            path.clone()
        } else {
            format!("/callback?code=1{ask}")
        };
        let (status, body, headers) = request(&origin, "GET", &path, &[], "").await;
        assert!(
            !headers
                .iter()
                .any(|(name, _)| name == "location" || name == "refresh"),
            "{headers:?}"
        );
        assert!(!body.contains("evil.test"), "{body}");
        assert_eq!(status == 200, ask.is_empty(), "{status} {body}");
    }
    let session = started["session_id"].as_str().expect("an id");
    assert_eq!(console.ended("openrouter", session).await["status"], "approved");
    assert_eq!(console.credentials().await.len(), 1);
}

/// Origin and the rest of an address.
fn split(address: &str) -> (String, String) {
    let start = address.find("://").expect("an address") + 3;
    let end = address[start..]
        .find('/')
        .map_or(address.len(), |place| start + place);
    (address[..end].to_owned(), address[end..].to_owned())
}
