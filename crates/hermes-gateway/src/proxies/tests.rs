use std::net::SocketAddr;

use http::header::{HeaderMap, HeaderName, HeaderValue};

use super::{Network, client, drop_lookalikes};

fn networks(texts: &[&str]) -> Vec<Network> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn map(headers: &[(&'static str, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            HeaderName::from_static(name),
            HeaderValue::from_str(value).unwrap(),
        );
    }
    map
}

#[test]
fn networks_hold_their_addresses() {
    for (network, address, holds) in [
        ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.6", false),
        ("0.0.0.0/0", "8.8.8.8", true),
        ("0.0.0.0/0", "::1", false),
        ("192.0.2.128/25", "192.0.2.127", false),
        ("192.0.2.128/25", "192.0.2.129", true),
        ("fd00::/8", "fd12::1", true),
        ("fd00::/8", "fe80::1", false),
        ("::/0", "2001:db8::1", true),
        ("::1", "::1", true),
    ] {
        let network: Network = network.parse().unwrap();
        assert_eq!(
            network.holds(address.parse().unwrap()),
            holds,
            "{network:?} {address}"
        );
    }
    for wrong in [
        "",
        "10.0.0.0/33",
        "10.0.0.0/",
        "10.0.0.0/+8",
        "fd00::/129",
        "proxy.test",
        "10.0.0.0/8/8",
        "10.0.0",
    ] {
        assert!(wrong.parse::<Network>().is_err(), "{wrong}");
    }
}

#[test]
fn only_what_a_trusted_proxy_says_counts() {
    const FOR: &str = "x-forwarded-for";
    let trusted = networks(&["127.0.0.1", "10.0.0.0/8"]);
    for (peer, headers, expected) in [
        // Whoever is no proxy says it in vain.
        ("192.0.2.1", vec![(FOR, "198.51.100.1")], "192.0.2.1"),
        ("192.0.2.1", vec![("forwarded", "for=198.51.100.1")], "192.0.2.1"),
        ("127.0.0.1", vec![], "127.0.0.1"),
        ("127.0.0.1", vec![(FOR, "198.51.100.1")], "198.51.100.1"),
        ("::ffff:127.0.0.1", vec![(FOR, "198.51.100.1")], "198.51.100.1"),
        // The client's own entries stand first.
        (
            "127.0.0.1",
            vec![(FOR, "203.0.113.9, 198.51.100.1")],
            "198.51.100.1",
        ),
        (
            "127.0.0.1",
            vec![(FOR, "203.0.113.9"), (FOR, "198.51.100.1")],
            "198.51.100.1",
        ),
        // A chain of our own proxies.
        (
            "127.0.0.1",
            vec![(FOR, "203.0.113.9, 198.51.100.1, 10.1.2.3")],
            "198.51.100.1",
        ),
        ("127.0.0.1", vec![(FOR, "10.1.2.3")], "127.0.0.1"),
        // What is no address hides what stands before it.
        ("127.0.0.1", vec![(FOR, "198.51.100.1, unknown")], "127.0.0.1"),
        (
            "127.0.0.1",
            vec![(FOR, "198.51.100.1, unknown, 10.1.2.3")],
            "127.0.0.1",
        ),
        ("127.0.0.1", vec![(FOR, "")], "127.0.0.1"),
        ("127.0.0.1", vec![(FOR, "198.51.100.1:4711")], "198.51.100.1"),
        ("127.0.0.1", vec![(FOR, "[2001:db8::1]:4711")], "2001:db8::1"),
        ("127.0.0.1", vec![(FOR, "2001:db8::1")], "2001:db8::1"),
        (
            "127.0.0.1",
            vec![("forwarded", "for=198.51.100.1;proto=https")],
            "198.51.100.1",
        ),
        (
            "127.0.0.1",
            vec![("forwarded", "proto=http; For=\"[2001:db8::1]:1\"")],
            "2001:db8::1",
        ),
        ("127.0.0.1", vec![("forwarded", "for=_hidden")], "127.0.0.1"),
        // Two that differ: one of them was not written by the proxy.
        (
            "127.0.0.1",
            vec![(FOR, "198.51.100.1"), ("forwarded", "for=203.0.113.9")],
            "127.0.0.1",
        ),
        (
            "127.0.0.1",
            vec![(FOR, "198.51.100.1"), ("forwarded", "for=198.51.100.1")],
            "198.51.100.1",
        ),
        (
            "127.0.0.1",
            vec![("x-real-ip", "198.51.100.1"), ("x_forwarded_for", "198.51.100.1")],
            "127.0.0.1",
        ),
    ] {
        let peer = SocketAddr::new(peer.parse().unwrap(), 5000);
        let found = client(&trusted, &map(&headers), peer).ip();
        assert_eq!(found.to_canonical().to_string(), expected, "{peer} {headers:?}");
    }
    let peer: SocketAddr = "127.0.0.1:5000".parse().unwrap();
    assert_eq!(
        client(&[], &map(&[(FOR, "198.51.100.1")]), peer),
        peer,
        "nobody is trusted by itself"
    );
}

#[test]
fn names_with_underscores_are_dropped() {
    let mut headers = map(&[
        ("x_forwarded_for", "198.51.100.1"),
        ("x-forwarded_host", "evil.test"),
        ("session_id", "s"),
        ("conversation_id", "c"),
        ("x-api-key", "k"),
    ]);
    drop_lookalikes(&mut headers);
    let mut left: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
    left.sort_unstable();
    assert_eq!(left, ["conversation_id", "session_id", "x-api-key"]);
}
