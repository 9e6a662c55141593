use proptest::prelude::*;
use rstest::rstest;

use super::{SseDecoder, SseError, SseEvent, write_event};

fn decode(chunks: &[&[u8]], limit: usize) -> Vec<Result<SseEvent, SseError>> {
    let mut decoder = SseDecoder::new(limit);
    let mut events = Vec::new();
    for chunk in chunks {
        events.extend(decoder.push(chunk));
    }
    events.extend(decoder.finish());
    events
}

fn event(name: Option<&str>, data: &str) -> SseEvent {
    SseEvent {
        event: name.map(str::to_owned),
        data: data.to_owned(),
    }
}

#[rstest]
#[case("data: a\n\n", &[(None, "a")])]
#[case("data:a\r\n\r\ndata: b\r\rdata:  c\n\n", &[(None, "a"), (None, "b"), (None, " c")])]
#[case("event: x\ndata: 1\ndata\ndata: 2\n\n", &[(Some("x"), "1\n\n2")])]
#[case("\u{feff}data: a\n\n", &[(None, "a")])]
#[case(": comment\n\n:\n\ndata: a\n\n", &[(None, "a")])]
#[case("event: ping\n\ndata: a\n\n", &[(None, "a")])]
#[case("id: 1\nretry: 5\nunknown: x\ndata: a\n\n", &[(None, "a")])]
#[case("data: a\n\ndata: last", &[(None, "a"), (None, "last")])]
#[case("event:\ndata: a\n\n", &[(None, "a")])]
#[case("data: a\n\u{feff}data: b\n\n", &[(None, "a")])]
#[case("", &[])]
fn decoder_reads_every_spelling(#[case] text: &str, #[case] expected: &[(Option<&str>, &str)]) {
    let expected: Vec<_> = expected
        .iter()
        .map(|(name, data)| Ok(event(*name, data)))
        .collect();
    assert_eq!(decode(&[text.as_bytes()], 1000), expected, "{text:?}");
    let bytes: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
    assert_eq!(decode(&bytes, 1000), expected, "{text:?} byte by byte");
}

#[test]
fn decoder_refuses_an_event_over_the_limit_after_those_before_it() {
    let at_limit = format!("data: {}\n\n", "x".repeat(94));
    assert_eq!(decode(&[at_limit.as_bytes()], 100).len(), 1);
    assert!(decode(&[at_limit.as_bytes()], 100)[0].is_ok());
    let over = format!("data: a\n\ndata: {}\n\ndata: b\n\n", "x".repeat(95));
    let events = decode(&[over.as_bytes()], 100);
    assert_eq!(
        events,
        [Ok(event(None, "a")), Err(SseError::TooLarge { limit: 100 })]
    );
    let endless = vec![b'x'; 1000];
    assert_eq!(decode(&[&endless], 100), [Err(SseError::TooLarge { limit: 100 })]);
    let many_lines = "data: 123456\n".repeat(20);
    assert_eq!(
        decode(&[many_lines.as_bytes()], 100),
        [Err(SseError::TooLarge { limit: 100 })]
    );
}

#[rstest]
#[case::plain("data: LONG\n\n", "LONG")]
#[case::without_space("data:LONG\r\n\r\n", "LONG")]
#[case::first_of_two("data: LONG\ndata: b\n\n", "LONG\nb")]
#[case::second_of_two("data: a\ndata: LONG\n\n", "a\nLONG")]
#[case::after_a_mark("\u{feff}data: LONG\n\n", "LONG")]
#[case::other_fields(": LONG\nid: LONG\ndata: a\n\n", "a")]
fn decoder_reads_long_lines_as_short_ones(#[case] text: &str, #[case] data: &str) {
    let long = "é".repeat(super::LONG_LINE);
    let (text, data) = (text.replace("LONG", &long), data.replace("LONG", &long));
    let pieces: Vec<&[u8]> = text.as_bytes().chunks(1000).collect();
    assert!(decode(&pieces, 1 << 20) == [Ok(event(None, &data))]);
    assert!(decode(&[text.as_bytes()], 1 << 20) == [Ok(event(None, &data))]);
}

#[test]
fn decoder_counts_long_lines_into_the_limit() {
    let text = format!("data: {}\ndata: {}\n\n", "a".repeat(70_000), "b".repeat(40_000));
    assert!(decode(&[text.as_bytes()], 200_000)[0].is_ok());
    assert_eq!(
        decode(&[text.as_bytes()], 100_000),
        [Err(SseError::TooLarge { limit: 100_000 })]
    );
}

#[test]
fn decoder_replaces_bytes_that_are_not_utf8() {
    assert_eq!(
        decode(&[b"data: \xe2\x82\n\n"], 100),
        [Ok(event(None, "\u{fffd}"))]
    );
    assert_eq!(
        decode(&[b"data: \xe2", b"\x82\xac\n\n"], 100),
        [Ok(event(None, "\u{20ac}"))]
    );
}

proptest! {
    #[test]
    fn decoder_gives_the_same_events_however_the_bytes_are_cut(
        text in "(data: ?|event: ?|:|[a-z\u{20ac}]{1,4}|\r|\n|\r\n|\u{feff}){0,40}",
        cuts in prop::collection::vec(0usize..200, 0..8),
    ) {
        let bytes = text.as_bytes();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(bytes.len())).collect();
        cuts.push(0);
        cuts.push(bytes.len());
        cuts.sort_unstable();
        let chunks: Vec<&[u8]> = cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]).collect();
        prop_assert_eq!(decode(&chunks, 40), decode(&[bytes], 40));
    }

    #[test]
    fn written_events_are_read_back(name in prop::option::of("[a-z_.]{1,12}"), data in "[^\r]*") {
        let mut out = Vec::new();
        write_event(&mut out, name.as_deref(), &data);
        prop_assert_eq!(decode(&[&out], 10_000), [Ok(SseEvent { event: name, data })]);
    }
}
