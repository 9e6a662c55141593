//! Requests whose borders another server may read differently: what goes in is what comes out, never more.

mod support;

use support::{Reply, Running, Setup, Upstream, start};

const BODY: &str = r#"{"model":"m-1"}"#;

async fn lab() -> Running {
    let lab = start(
        Upstream::start(|_| Reply::json(200, "{}")).await,
        Setup::default(),
    )
    .await;
    assert_eq!(lab.post("/v1/messages", "", BODY).await.status, 200);
    lab
}

fn head(lab: &Running, headers: &str) -> String {
    format!(
        "POST /v1/messages HTTP/1.1\r\nHost: {}\r\n{}{headers}\r\n",
        lab.address,
        lab.auth()
    )
}

/// A whole second request, to be smuggled behind a first.
fn hidden(lab: &Running) -> String {
    format!(
        "{}{BODY}",
        head(lab, &format!("Content-Length: {}\r\n", BODY.len()))
    )
}

#[tokio::test]
async fn ambiguous_requests_reach_the_provider_never() {
    let lab = lab().await;
    let size = BODY.len();
    let chunked = format!("{size:x}\r\n{BODY}\r\n0\r\n\r\n");
    let plain = [
        format!("Content-Length: {size}\r\nContent-Length: {size}\r\n"),
        format!("Content-Length: {size}\r\nContent-Length: 0\r\n"),
        format!("Content-Length: 0\r\nContent-Length: {size}\r\n"),
        format!("Content-Length: {size}, {size}\r\n"),
        format!("Content-Length: +{size}\r\n"),
        format!("Content-Length: -{size}\r\n"),
        format!("Content-Length: 0x{size:x}\r\n"),
        format!("Content-Length: {size}.0\r\n"),
        format!("Content-Length: \"{size}\"\r\n"),
        "Content-Length: 99999999999999999999\r\n".to_owned(),
        "Content-Length:\r\n".to_owned(),
        format!("Content-Length : {size}\r\n"),
        format!(" Content-Length: {size}\r\n"),
        format!("X: a\r\n Content-Length: {size}\r\nContent-Length: {size}\r\n"),
        format!("X: a\r\n\tb\r\nContent-Length: {size}\r\n"),
        format!("X: a\nContent-Length: {size}\r\n"),
        format!("X: a\rContent-Length: {size}\r\nContent-Length: {size}\r\n"),
        format!("X: a\0b\r\nContent-Length: {size}\r\n"),
        format!("Content-Length\r\nContent-Length: {size}\r\n"),
        format!("X Y: a\r\nContent-Length: {size}\r\n"),
        format!("Content-Length: {size}\r\nHost: evil.test\r\n"),
    ];
    let coded = [
        format!("Transfer-Encoding: chunked\r\nContent-Length: {size}\r\n"),
        format!("Content-Length: {size}\r\nTransfer-Encoding: chunked\r\n"),
        "Transfer-Encoding: chunked\r\nContent-Length: 0\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n".to_owned(),
        "Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n".to_owned(),
        "Transfer-Encoding: chunked, identity\r\n".to_owned(),
        "Transfer-Encoding: gzip, chunked\r\n".to_owned(),
        "Transfer-Encoding: xchunked\r\n".to_owned(),
        "Transfer-Encoding: \"chunked\"\r\n".to_owned(),
        "Transfer-Encoding : chunked\r\n".to_owned(),
        "Transfer-Encoding:\r\n chunked\r\n".to_owned(),
        "Transfer-Encoding: chunked\nX: y\r\n".to_owned(),
    ];
    let cases = plain
        .iter()
        .map(|headers| (headers, BODY))
        .chain(coded.iter().map(|h| (h, chunked.as_str())));
    let mut count = 0;
    for (headers, body) in cases {
        let answer = lab
            .raw(format!("{}{body}{}", head(&lab, headers), hidden(&lab)).as_bytes())
            .await;
        assert!(
            matches!(answer.status, 400 | 421 | 0),
            "{headers:?}: {}",
            answer.text
        );
        assert_eq!(
            answer.text.matches("HTTP/1.1 ").count(),
            usize::from(answer.status > 0),
            "{headers:?}"
        );
        count += 1;
    }
    assert!(count >= 30);
    assert_eq!(lab.upstream.calls().len(), 1, "only the first, plain request");
}

#[tokio::test]
async fn odd_request_lines_and_versions_reach_the_provider_never() {
    let lab = lab().await;
    let rest = format!(
        "Host: {}\r\n{}Content-Length: {}\r\n\r\n{BODY}",
        lab.address,
        lab.auth(),
        BODY.len()
    );
    for line in [
        "POST /v1/messages HTTP/2.0\r\n",
        "POST /v1/messages HTTP/1.2\r\n",
        "POST /v1/messages HTTP/0.9\r\n",
        "POST /v1/messages\r\n",
        "POST  /v1/messages HTTP/1.1\r\n",
        "POST /v1/messages  HTTP/1.1\r\n",
        "POST\t/v1/messages HTTP/1.1\r\n",
        "POST /v1/messages HTTP/1.1\n",
        "POST http://evil.test/v1/messages HTTP/1.1\r\n",
        "POST https://lab.test/v1/messages HTTP/1.1\r\n",
        "POST //v1/messages HTTP/1.1\r\n",
        "POST /v1/./messages HTTP/1.1\r\n",
        "CONNECT lab.test:443 HTTP/1.1\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ] {
        let answer = lab
            .raw(format!("{line}Connection: close\r\n{rest}").as_bytes())
            .await;
        assert_ne!(answer.status, 200, "{line:?}: {}", answer.text);
    }
    assert_eq!(lab.upstream.calls().len(), 1);
}

#[tokio::test]
async fn http_1_0_with_a_transfer_coding_is_refused() {
    let lab = lab().await;
    let text = head(&lab, "Transfer-Encoding: chunked\r\n").replace("HTTP/1.1", "HTTP/1.0");
    let answer = lab
        .raw(format!("{text}{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len()).as_bytes())
        .await;
    assert_ne!(answer.text.split(' ').nth(1), Some("200"), "{}", answer.text);
    assert_eq!(lab.upstream.calls().len(), 1);
}

#[tokio::test]
async fn plain_requests_one_behind_the_other_are_both_served() {
    let lab = lab().await;
    let last = hidden(&lab).replace("Content-Length", "Connection: close\r\nContent-Length");
    let answer = lab.raw(format!("{}{last}", hidden(&lab)).as_bytes()).await;
    assert_eq!(answer.text.matches("HTTP/1.1 200").count(), 2, "{}", answer.text);
    assert_eq!(lab.upstream.calls().len(), 3);
}

#[tokio::test]
async fn chunked_request_is_served_and_ends_the_connection() {
    let lab = lab().await;
    let chunked = format!("{:x}\r\n{BODY}\r\n0\r\n\r\n", BODY.len());
    let bytes = format!(
        "{}{chunked}{}",
        head(&lab, "Transfer-Encoding: chunked\r\n"),
        hidden(&lab)
    );
    let answer = lab.raw(bytes.as_bytes()).await;
    assert_eq!(answer.text.matches("HTTP/1.1 200").count(), 1, "{}", answer.text);
    assert_eq!(answer.header("connection"), Some("close"));
    let calls = lab.upstream.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!(calls[1].body, BODY);
    assert_eq!(calls[1].header("transfer-encoding"), "");
}

#[tokio::test]
async fn refused_request_with_its_body_unread_ends_the_connection() {
    let lab = lab().await;
    let wrong = format!(
        "POST /v1/messages HTTP/1.1\r\nHost: {}\r\nx-api-key: no\r\nContent-Length: 100000\r\n\r\n{}",
        lab.address,
        hidden(&lab)
    );
    let answer = lab.raw(wrong.as_bytes()).await;
    assert_eq!(answer.text.matches("HTTP/1.1 ").count(), 1, "{}", answer.text);
    assert_eq!(lab.upstream.calls().len(), 1);
}
