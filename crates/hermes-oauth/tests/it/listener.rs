use std::time::Duration;

use hermes_catalog::Loopback;
use hermes_core::{Explain, Lang, OsRandom};
use hermes_oauth::{Listener, Page};
use hermes_text::Both;
use pretty_assertions::assert_eq;
use rstest::rstest;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use url::Url;

fn loopback(ports: &[u16]) -> Loopback {
    Loopback {
        host: "127.0.0.1".to_owned(),
        path: "/callback".to_owned(),
        ports: ports.to_vec(),
    }
}

async fn ask(url: &Url, line: &str, host: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", url.port().unwrap()))
        .await
        .unwrap();
    let request = format!("{line} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 0\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

fn host_of(url: &Url) -> String {
    format!("127.0.0.1:{}", url.port().unwrap())
}

#[tokio::test]
async fn callback_is_answered_after_the_exchange_and_only_once() {
    let mut listener = Listener::bind(&loopback(&[]), None).await.unwrap();
    let url = listener.redirect_url().clone();
    let asking = tokio::spawn({
        let url = url.clone();
        async move { ask(&url, "GET /callback?code=c&state=s", &host_of(&url)).await }
    });
    let (callback, responder) = listener.next().await.unwrap();
    assert_eq!(callback.code.unwrap().expose(), "c");
    assert_eq!(callback.state.unwrap().expose(), "s");
    assert!(!asking.is_finished());
    let meanwhile = ask(&url, "GET /callback?code=c&state=s", &host_of(&url)).await;
    assert!(meanwhile.starts_with("HTTP/1.1 410"), "{meanwhile}");
    responder.show(Page::SignedIn {
        provider: "A <b>".to_owned(),
    });
    let page = asking.await.unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    assert!(page.contains("A &lt;b&gt;"));
    let lower = page.to_lowercase();
    for header in [
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "connection: close",
        "default-src 'none'",
    ] {
        assert!(lower.contains(header), "{header}");
    }
    assert!(
        ask(&url, "GET /callback?code=d", &host_of(&url))
            .await
            .starts_with("HTTP/1.1 410")
    );
    listener.close().await;
    assert!(
        TcpStream::connect(("127.0.0.1", url.port().unwrap()))
            .await
            .is_err()
    );
}

#[tokio::test]
async fn callback_that_did_not_count_leaves_room_for_the_right_one() {
    let mut listener = Listener::bind(&loopback(&[]), None).await.unwrap();
    let url = listener.redirect_url().clone();
    for (code, page) in [
        (
            "x",
            Page::TryAgain {
                message: Both::same("wrong state"),
            },
        ),
        (
            "y",
            Page::Failed {
                message: Both::same("no\u{1b}"),
            },
        ),
    ] {
        let line = format!("GET /callback?code={code}");
        let asking = tokio::spawn({
            let url = url.clone();
            async move { ask(&url, &line, &host_of(&url)).await }
        });
        let (callback, responder) = listener.next().await.unwrap();
        assert_eq!(callback.code.unwrap().expose(), code);
        responder.show(page);
        let answer = asking.await.unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 400") && !answer.contains('\u{1b}'),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn page_speaks_the_language_of_the_browser() {
    let mut listener = Listener::bind(&loopback(&[]), None).await.unwrap();
    let url = listener.redirect_url().clone();
    let asking = tokio::spawn({
        let host = format!("{}\r\naccept-language: zh-CN,zh;q=0.9", host_of(&url));
        async move { ask(&url, "GET /callback?code=c", &host).await }
    });
    let (_, responder) = listener.next().await.unwrap();
    responder.show(Page::SignedIn {
        provider: "<Aurora>".to_owned(),
    });
    let answer = asking.await.unwrap();
    assert!(answer.contains("<html lang=\"zh-CN\">"), "{answer}");
    assert!(
        answer.contains("您已登录 &lt;Aurora&gt;，可以关闭此页面。"),
        "{answer}"
    );
}

#[rstest]
#[case::other_path("GET /callback/x?code=c", None, "404")]
#[case::root("GET /", None, "404")]
#[case::post("POST /callback?code=c", None, "405")]
#[case::head("HEAD /callback?code=c", None, "405")]
#[case::other_host("GET /callback?code=c", Some("evil.example"), "421")]
#[case::no_port("GET /callback?code=c", Some("127.0.0.1"), "421")]
#[case::doubled("GET /callback?code=a&code=b", None, "400")]
#[case::nothing("GET /callback", None, "400")]
#[tokio::test]
async fn request_that_is_no_callback_is_turned_away_and_spends_nothing(
    #[case] line: &str,
    #[case] host: Option<&str>,
    #[case] status: &str,
) {
    let mut listener = Listener::bind(&loopback(&[]), None).await.unwrap();
    let url = listener.redirect_url().clone();
    let host = host.map_or_else(|| host_of(&url), str::to_owned);
    let answer = ask(&url, line, &host).await;
    assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{answer}");
    assert!(
        tokio::time::timeout(Duration::from_millis(20), listener.next())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn dropped_listener_closes_every_socket() {
    let listener = Listener::bind(&loopback(&[]), None).await.unwrap();
    let port = listener.redirect_url().port().unwrap();
    let mut spare = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    drop(listener);
    let mut rest = Vec::new();
    let _ = spare.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[tokio::test]
async fn taken_port_leads_to_the_next_and_then_to_a_clear_error() {
    let holder = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = holder.local_addr().unwrap().port();
    let spare = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let free = spare.local_addr().unwrap().port();
    drop(spare);
    let listener = Listener::bind(&loopback(&[taken, free]), None).await.unwrap();
    assert_eq!(listener.redirect_url().port(), Some(free));
    let error = Listener::bind(&loopback(&[taken]), None).await.unwrap_err();
    assert_eq!(error.kind(), "callback_port_unavailable");
    assert!(error.hint(Lang::En).unwrap().contains(&taken.to_string()));
}

#[tokio::test]
async fn random_segment_differs_between_logins() {
    let one = Listener::bind(&loopback(&[]), Some(&OsRandom)).await.unwrap();
    let two = Listener::bind(&loopback(&[]), Some(&OsRandom)).await.unwrap();
    assert_ne!(one.redirect_url().path(), two.redirect_url().path());
    let url = one.redirect_url().clone();
    assert!(
        ask(&url, "GET /callback?code=c", &host_of(&url))
            .await
            .starts_with("HTTP/1.1 404")
    );
}

#[tokio::test]
async fn host_that_is_not_loopback_is_never_bound() {
    let wide = Loopback {
        host: "0.0.0.0".to_owned(),
        ..loopback(&[])
    };
    assert_eq!(
        Listener::bind(&wide, None).await.unwrap_err().kind(),
        "bad_catalogue_row"
    );
}
