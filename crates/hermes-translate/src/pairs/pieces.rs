//! Streams in other pieces, and with other ends of lines.

use hermes_core::Protocol;
use hermes_wire::{SseDecoder, SseEvent};
use rstest::rstest;

use super::replies::translated;
use super::{context, recorded};
use crate::translator::Translator;

/// As far as a stream is cut at each byte.
const BEGINNING: usize = 2_048;

fn in_pieces<'a>(
    (upstream, client): (Protocol, Protocol),
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<u8> {
    let mut translator = Translator::new(&context(upstream, client));
    let mut out = Vec::new();
    for piece in pieces {
        translator.push(piece);
        while translator.write(&mut out) {}
    }
    translator.finish();
    while translator.write(&mut out) {}
    out
}

/// The events that a reader gets of a stream in two pieces.
fn decoded(head: &[u8], tail: &[u8]) -> Vec<SseEvent> {
    let mut decoder = SseDecoder::default();
    let mut events: Vec<_> = decoder.push(head).map(Result::unwrap).collect();
    events.extend(decoder.push(tail).map(Result::unwrap));
    events.extend(decoder.finish().map(Result::unwrap));
    events
}

/// Cuts an event at each byte, and compares what its client gets, to the end that would follow.
fn cut_event(name: &str, before: &Translator, event: &[u8], most: usize) {
    let told = |pieces: &[&[u8]]| {
        let (mut translator, mut out) = (before.copy(), Vec::new());
        for piece in pieces {
            translator.push(piece);
            while translator.write(&mut out) {}
        }
        translator.finish();
        while translator.write(&mut out) {}
        out
    };
    let whole = told(&[event]);
    for at in 1..event.len().min(most) {
        let (head, tail) = event.split_at(at);
        assert!(told(&[head, tail]) == whole, "{name} at {at}");
    }
}

fn cut_beginning(client: Protocol, upstream: Protocol, name: &str, stream: &str) {
    let name = format!("{upstream:?} > {client:?} {name}");
    let mut translator = Translator::new(&context(upstream, client));
    let mut done = 0;
    for event in stream.split_inclusive("\n\n") {
        if done >= BEGINNING {
            break;
        }
        cut_event(&name, &translator, event.as_bytes(), BEGINNING - done);
        translator.push(event.as_bytes());
        while translator.write(&mut Vec::new()) {}
        done += event.len();
    }
}

#[rstest]
#[case::messages(Protocol::AnthropicMessages)]
#[case::chat(Protocol::ChatCompletions)]
#[case::responses(Protocol::Responses)]
#[case::gemini(Protocol::Gemini)]
fn every_byte_may_be_the_last_of_a_piece(#[case] upstream: Protocol) {
    for (name, stream) in recorded::streams(upstream) {
        let bytes = stream.as_bytes();
        let beginning = &bytes[..bytes.len().min(2 * BEGINNING)];
        let whole = decoded(beginning, b"");
        for at in 1..beginning.len().min(BEGINNING) {
            let (head, tail) = beginning.split_at(at);
            assert!(decoded(head, tail) == whole, "{upstream:?} {name} at {at}");
        }
        for client in Protocol::ALL {
            cut_beginning(client, upstream, name, stream);
        }
    }
}

#[rstest]
#[case::messages(Protocol::AnthropicMessages)]
#[case::chat(Protocol::ChatCompletions)]
#[case::responses(Protocol::Responses)]
#[case::gemini(Protocol::Gemini)]
fn byte_by_byte_it_is_the_same(#[case] upstream: Protocol) {
    for client in Protocol::ALL {
        let pair = (upstream, client);
        let context = context(upstream, client);
        for (name, stream) in recorded::streams(upstream) {
            let whole = translated(&context, stream.as_bytes());
            let single = in_pieces(pair, stream.as_bytes().chunks(1));
            assert!(single == whole, "{pair:?} {name}");
        }
    }
}

/// The same stream as other servers and those between would send it.
fn forms(stream: &str) -> [String; 6] {
    [
        stream.replace('\n', "\r\n"),
        stream.replace('\n', "\r"),
        format!("\u{feff}{stream}"),
        stream.replace("\n\n", "\n\n: PROCESSING\n\n"),
        stream.replace('\n', "\n:\n").replace(":\n\n:\n", ":\n\n"),
        format!("\u{feff}: ok\n\n{stream}").replace('\n', "\r\n"),
    ]
}

#[rstest]
#[case::messages(Protocol::AnthropicMessages)]
#[case::chat(Protocol::ChatCompletions)]
#[case::responses(Protocol::Responses)]
#[case::gemini(Protocol::Gemini)]
fn ends_of_lines_and_comments_change_nothing(#[case] upstream: Protocol) {
    for client in Protocol::ALL {
        let context = context(upstream, client);
        for (name, stream) in recorded::streams(upstream) {
            let whole = translated(&context, stream.as_bytes());
            for (number, form) in forms(stream).iter().enumerate() {
                let other = translated(&context, form.as_bytes());
                assert!(other == whole, "{upstream:?} > {client:?} {name}, form {number}");
            }
        }
    }
}
