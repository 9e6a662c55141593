use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use pretty_assertions::assert_eq;
use rstest::rstest;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::client::TestClock;
use crate::Proxy;

/// Sends back what it gets, until the end.
async fn echo<S: AsyncRead + AsyncWrite>(stream: S) {
    let (mut from, mut to) = tokio::io::split(stream);
    let _ = tokio::io::copy(&mut from, &mut to).await;
    let _ = to.shutdown().await;
}

async fn server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(echo(stream));
        }
    });
    address
}

async fn proxy() -> (Proxy, Arc<TestClock>) {
    let clock = Arc::new(TestClock::default());
    let proxy = Proxy::to_tcp(server().await, Arc::clone(&clock) as _)
        .await
        .unwrap();
    (proxy, clock)
}

async fn connect(proxy: &Proxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

async fn read(client: &mut TcpStream, size: usize) -> io::Result<String> {
    let mut bytes = vec![0; size];
    let whole = tokio::time::timeout(Duration::from_secs(10), client.read_exact(&mut bytes));
    whole.await.expect("an answer or an end within ten seconds")?;
    Ok(String::from_utf8(bytes).unwrap())
}

/// Sends a text and reads as much.
async fn ask(client: &mut TcpStream, text: &str) -> io::Result<String> {
    client.write_all(text.as_bytes()).await?;
    read(client, text.len()).await
}

fn is_reset(outcome: io::Result<String>) -> bool {
    let kind = outcome.unwrap_err().kind();
    kind == io::ErrorKind::ConnectionReset || kind == io::ErrorKind::BrokenPipe
}

/// Whether nothing comes for a moment.
async fn is_silent(client: &mut TcpStream) -> bool {
    let mut byte = [0];
    let read = tokio::time::timeout(Duration::from_millis(200), client.read(&mut byte));
    read.await.is_err()
}

#[tokio::test]
async fn everything_passes_and_is_counted_up_to_its_end() {
    let (proxy, clock) = proxy().await;
    let mut client = connect(&proxy).await;
    assert_eq!(ask(&mut client, "hello").await.unwrap(), "hello");
    let mut other = connect(&proxy).await;
    let long = "x".repeat(100_000);
    let (mut from, mut to) = other.split();
    let mut text = String::new();
    let (sent, got) = tokio::join!(
        async {
            to.write_all(long.as_bytes()).await?;
            to.shutdown().await
        },
        from.read_to_string(&mut text)
    );
    sent.unwrap();
    assert_eq!(got.unwrap(), 100_000);
    assert!(text == long, "the bytes are the same");
    assert_eq!(proxy.connections(), 2);
    assert_eq!(
        (proxy.bytes_to_server(), proxy.bytes_to_client()),
        (100_005, 100_005)
    );
    assert!(clock.slept().is_empty());
}

#[cfg(unix)]
#[tokio::test]
async fn unix_socket_is_reached_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        echo(stream).await;
    });
    let proxy = Proxy::to_unix(path, Arc::new(TestClock::default()))
        .await
        .unwrap();
    let mut client = connect(&proxy).await;
    assert_eq!(ask(&mut client, "hello").await.unwrap(), "hello");
}

#[tokio::test]
async fn cut_resets_open_and_new_connections_until_all_may_pass() {
    let (proxy, _) = proxy().await;
    let mut client = connect(&proxy).await;
    ask(&mut client, "a").await.unwrap();
    proxy.cut();
    assert!(is_reset(read(&mut client, 1).await));
    assert!(is_reset(ask(&mut connect(&proxy).await, "b").await));
    proxy.pass();
    assert_eq!(ask(&mut connect(&proxy).await, "c").await.unwrap(), "c");
    assert_eq!((proxy.connections(), proxy.bytes_to_server()), (2, 2));
}

#[tokio::test]
async fn cut_that_is_lifted_at_once_still_ends_open_connections() {
    let (proxy, _) = proxy().await;
    let mut client = connect(&proxy).await;
    ask(&mut client, "a").await.unwrap();
    proxy.cut();
    proxy.pass();
    assert!(is_reset(read(&mut client, 1).await));
}

#[tokio::test]
async fn refusal_spares_open_connections() {
    let (proxy, _) = proxy().await;
    let mut client = connect(&proxy).await;
    ask(&mut client, "a").await.unwrap();
    proxy.refuse();
    assert!(is_reset(ask(&mut connect(&proxy).await, "b").await));
    assert_eq!(ask(&mut client, "c").await.unwrap(), "c");
}

#[tokio::test]
async fn frozen_proxy_accepts_and_carries_nothing_until_all_may_pass() {
    let (proxy, _) = proxy().await;
    let mut open = connect(&proxy).await;
    ask(&mut open, "a").await.unwrap();
    proxy.freeze();
    let mut new = connect(&proxy).await;
    for client in [&mut open, &mut new] {
        client.write_all(b"b").await.unwrap();
        assert!(is_silent(client).await);
    }
    assert_eq!(proxy.bytes_to_server(), 1);
    proxy.pass();
    for client in [&mut open, &mut new] {
        assert_eq!(read(client, 1).await.unwrap(), "b");
    }
}

#[tokio::test]
async fn frozen_connection_can_be_cut() {
    let (proxy, _) = proxy().await;
    proxy.freeze();
    let mut client = connect(&proxy).await;
    client.write_all(b"a").await.unwrap();
    assert!(is_silent(&mut client).await);
    proxy.cut();
    assert!(is_reset(read(&mut client, 1).await));
    assert_eq!(proxy.bytes_to_server(), 0);
}

// On several threads the cut and the end of the frozen mode come to a held connection in one moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_a_frozen_connection_held_back_never_passes_a_cut() {
    let (proxy, _) = proxy().await;
    for round in 0..500 {
        proxy.freeze();
        let mut client = connect(&proxy).await;
        client.write_all(b"held").await.unwrap();
        while proxy.connections() == round {
            tokio::task::yield_now().await;
        }
        proxy.cut();
        proxy.pass();
        assert!(is_reset(read(&mut client, 4).await));
    }
    assert_eq!(proxy.bytes_to_server(), 0);
}

#[tokio::test]
async fn delay_waits_by_the_clock_in_both_directions() {
    let (proxy, clock) = proxy().await;
    let mut client = connect(&proxy).await;
    proxy.delay(Duration::from_mins(5));
    assert_eq!(ask(&mut client, "a").await.unwrap(), "a");
    assert_eq!(clock.slept(), [Duration::from_mins(5); 2]);
    proxy.pass();
    assert_eq!(ask(&mut client, "b").await.unwrap(), "b");
    assert_eq!(clock.slept().len(), 2);
}

#[rstest]
#[case::nothing(0)]
#[case::a_part(3)]
#[case::all(5)]
#[tokio::test]
async fn request_is_cut_behind_exactly_so_many_bytes(#[case] bytes: u8) {
    let (proxy, _) = proxy().await;
    let mut client = connect(&proxy).await;
    proxy.cut_after_to_server(bytes.into());
    client.write_all(b"hello").await.unwrap();
    let mut answer = Vec::new();
    let ended = client.read_to_end(&mut answer).await;
    assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert!(answer.len() <= usize::from(bytes));
    assert_eq!(proxy.bytes_to_server(), u64::from(bytes));
    assert_eq!(
        ask(&mut connect(&proxy).await, "again").await.unwrap(),
        "again",
        "it acts once"
    );
}

#[rstest]
#[case::nothing(0, "")]
#[case::a_part(3, "hel")]
#[case::all(5, "hello")]
#[tokio::test]
async fn answer_is_cut_behind_exactly_so_many_bytes(#[case] bytes: u64, #[case] seen: &str) {
    let (proxy, _) = proxy().await;
    let mut client = connect(&proxy).await;
    proxy.cut_after_to_client(bytes);
    client.write_all(b"hello").await.unwrap();
    let mut answer = Vec::new();
    let ended = client.read_to_end(&mut answer).await;
    assert_eq!(ended.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    assert_eq!(answer, seen.as_bytes());
    assert_eq!((proxy.bytes_to_server(), proxy.bytes_to_client()), (5, bytes));
    assert_eq!(
        ask(&mut connect(&proxy).await, "again").await.unwrap(),
        "again",
        "it acts once"
    );
}

#[tokio::test]
async fn number_of_bytes_runs_on_over_pieces_and_connections_and_ends_with_pass() {
    let (proxy, _) = proxy().await;
    let (mut one, mut two) = (connect(&proxy).await, connect(&proxy).await);
    proxy.cut_after_to_client(4);
    assert_eq!(ask(&mut one, "ab").await.unwrap(), "ab");
    assert_eq!(ask(&mut two, "c").await.unwrap(), "c");
    assert!(is_reset(ask(&mut one, "de").await));
    assert_eq!(ask(&mut two, "f").await.unwrap(), "f", "only one is cut");
    proxy.cut_after_to_client(1);
    proxy.pass();
    assert_eq!(ask(&mut two, "ghi").await.unwrap(), "ghi");
}

#[tokio::test]
async fn dropped_answer_means_the_server_was_asked_and_the_client_is_reset() {
    let (proxy, _) = proxy().await;
    let mut client = connect(&proxy).await;
    ask(&mut client, "a").await.unwrap();
    proxy.drop_answers();
    for mut client in [client, connect(&proxy).await] {
        assert!(is_reset(ask(&mut client, "bc").await));
    }
    assert_eq!((proxy.bytes_to_server(), proxy.bytes_to_client()), (5, 1));
    proxy.pass();
    assert_eq!(ask(&mut connect(&proxy).await, "d").await.unwrap(), "d");
}

#[tokio::test]
async fn server_that_is_down_resets_the_client() {
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let proxy = Proxy::to_tcp(nobody, Arc::new(TestClock::default()))
        .await
        .unwrap();
    assert!(is_reset(ask(&mut connect(&proxy).await, "a").await));
}

#[tokio::test]
async fn dropped_proxy_ends_its_connections_and_closes_its_port() {
    let (proxy, _) = proxy().await;
    let mut client = connect(&proxy).await;
    ask(&mut client, "a").await.unwrap();
    let address = proxy.address();
    drop(proxy);
    read(&mut client, 1).await.unwrap_err();
    assert!(TcpStream::connect(address).await.is_err());
}
