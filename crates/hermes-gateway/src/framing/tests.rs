use super::{Follower, Framing};

fn seen(bytes: &[u8]) -> Vec<Framing> {
    let mut follower = Follower::new(64 << 10);
    follower.feed(bytes);
    std::iter::from_fn(|| follower.next()).collect()
}

fn refused(bytes: &str) -> bool {
    matches!(seen(bytes.as_bytes()).first(), Some(Framing::Refused(_)))
}

#[test]
fn heads_that_follow_each_other_are_told_apart() {
    let two =
        b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET /b HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_eq!(seen(two), [Framing::Plain, Framing::Plain]);
}

#[test]
fn heads_cut_anywhere_give_the_same() {
    let bytes = b"\r\nPOST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\na\r\n\nGET / HTTP/1.1\r\nHost: x\r\n\r\nPOST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let whole = seen(bytes);
    assert_eq!(whole, [Framing::Plain, Framing::Plain, Framing::Last]);
    for cut in 0..bytes.len() {
        let mut follower = Follower::new(64 << 10);
        follower.feed(&bytes[..cut]);
        follower.feed(&bytes[cut..]);
        assert_eq!(
            std::iter::from_fn(|| follower.next()).collect::<Vec<_>>(),
            whole,
            "cut at {cut}"
        );
    }
    let mut follower = Follower::new(64 << 10);
    for byte in bytes {
        follower.feed(&[*byte]);
    }
    assert_eq!(std::iter::from_fn(|| follower.next()).collect::<Vec<_>>(), whole);
}

#[test]
fn ambiguous_heads_are_refused() {
    for head in [
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3, 3\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length : 3\r\n\r\n",
        "POST / HTTP/1.1\r\nX: a\r\n b\r\n\r\n",
        "POST / HTTP/1.1\nHost: x\n\n",
        "POST / HTTP/1.1\r\nX: a\rb\r\n\r\n",
        "POST / HTTP/1.1\r\nX: a\0b\r\n\r\n",
        "POST / HTTP/1.1\r\nno colon\r\n\r\n",
    ] {
        assert!(refused(head), "{head:?}");
    }
}

#[test]
fn follower_after_a_refusal_sees_no_further_request() {
    let bytes = b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
    assert_eq!(seen(bytes).len(), 1);
}

#[test]
fn follower_knows_where_it_stands() {
    let mut follower = Follower::new(64 << 10);
    assert!(follower.at_border() && !follower.inside_head());
    follower.feed(b"POST / HT");
    assert!(!follower.at_border() && follower.inside_head());
    follower.feed(b"TP/1.1\r\nContent-Length: 2\r\n\r\na");
    assert!(!follower.at_border() && !follower.inside_head());
    follower.feed(b"b");
    assert!(follower.at_border());
}

#[test]
fn head_that_never_ends_is_refused_in_bounded_memory() {
    let mut follower = Follower::new(64 << 10);
    follower.feed(b"GET / HTTP/1.1\r\nX: ");
    for _ in 0..64 {
        follower.feed(&[b'a'; 4096]);
    }
    assert_eq!(follower.next(), Some(Framing::TooLong));
}
