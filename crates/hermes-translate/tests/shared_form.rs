//! The common form of an answer: whole, and as events.

mod support;

use hermes_translate::reply::{Event, Reply};
use proptest::prelude::*;

/// The same events with their texts in pieces of so many characters.
fn in_pieces(events: Vec<Event>, size: usize) -> Vec<Event> {
    let mut out = Vec::new();
    for event in events {
        let Event::Text { key, text } = event else {
            out.push(event);
            continue;
        };
        let characters: Vec<char> = text.chars().collect();
        out.extend(characters.chunks(size).map(|piece| Event::Text {
            key,
            text: piece.iter().collect(),
        }));
    }
    out
}

proptest! {
    #[test]
    fn an_answer_is_what_its_events_make_up(reply in support::reply(), size in 1_usize..5) {
        prop_assert_eq!(&Reply::of(reply.events()).unwrap(), &reply);
        prop_assert_eq!(&Reply::of(in_pieces(reply.events(), size)).unwrap(), &reply);
    }

    #[test]
    fn events_without_an_end_are_no_answer(reply in support::reply(), kept in 0_usize..20) {
        let mut events = reply.events();
        events.truncate(kept.min(events.len() - 1));
        prop_assert_eq!(Reply::of(events).unwrap_err().kind, "upstream_cut");
    }
}
