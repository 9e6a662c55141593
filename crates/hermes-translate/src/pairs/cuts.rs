//! Streams that are cut after each of their events.

use super::order::follow;
use super::replies::folded;
use super::{context, pairs, recorded};
use crate::translator::Translator;

/// How many events of a stream are cut after: its beginning and its end, where something else begins or ends.
const BEGINNING: usize = 40;
const END: usize = 12;

/// Where a stream is cut.
fn cuts(count: usize) -> impl Iterator<Item = usize> {
    (0..count).filter(move |at| *at < BEGINNING || *at + END >= count)
}

#[test]
fn a_cut_is_an_error_and_keeps_the_usage() {
    for (upstream, client) in pairs() {
        let context = context(upstream, client);
        for (name, stream) in recorded::streams(upstream) {
            let events: Vec<&str> = stream.split_inclusive("\n\n").collect();
            let mut prefix = Translator::new(&context);
            let (mut begun, mut before) = (Vec::new(), 0);
            for at in cuts(events.len()) {
                prefix.push(events[before..at].concat().as_bytes(), &mut begun);
                before = at;
                if prefix.ended() {
                    break;
                }
                let usage = prefix.usage();
                let mut translator = Translator::new(&context);
                let mut out = Vec::new();
                translator.push(events[..at].concat().as_bytes(), &mut out);
                translator.finish(&mut out);
                let name = format!("{upstream:?} > {client:?} {name} after {at}");
                assert!(translator.usage().is_some() || usage.is_none(), "{name}");
                let ended = follow(client, &name, &out);
                let failed = translator.failure().is_some();
                // What says why it ended is complete, whatever would have come after it.
                assert_eq!(ended, !failed, "{name}");
                assert_eq!(folded(client, &out).is_err(), failed, "{name}");
            }
        }
    }
}
