//! What large events and large answers take, for every pair of protocols.

mod large;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;

use hermes_core::Protocol;
use hermes_translate::{Collector, Context, Translator, reply, reply_as_stream};
use peak_alloc::PeakAlloc;

use crate::large::Large;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Size of a large event, bytes.
const LARGE: usize = 8 << 20;

/// Bytes that come at a time.
const PIECE: usize = 16 << 10;

/// Most memory that a stream or an answer may take, bytes; what comes in does not count.
const LIMIT: usize = 64 << 20;

/// What large texts are made of: letters alone, and with what JSON writes in more bytes.
const FILLINGS: [&str; 2] = ["a", "letters and more letters, and then \\u0001 or \\\""];

/// A way from an upstream to a client; gives the size of what is written.
type Way = fn(&Arc<Context>, &[u8]) -> usize;

/// What is taken at most while `way` runs, bytes.
fn taken(way: Way, context: &Arc<Context>, input: &[u8]) -> usize {
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let written = way(context, input);
    let taken = MEMORY.peak_usage().saturating_sub(before);
    assert!(written > input.len() / 8, "the large part is written");
    taken
}

fn streamed(context: &Arc<Context>, input: &[u8]) -> usize {
    let mut written = 0;
    let mut translator = Translator::new(context);
    for bytes in input.chunks(PIECE) {
        translator.push(bytes);
        written += drained(|out| translator.write(out));
    }
    translator.finish();
    written += drained(|out| translator.write(out));
    assert_eq!(translator.failure(), None);
    written
}

/// Each portion is gone before the next one is asked for, as it is where clients take them.
fn drained(mut write: impl FnMut(&mut Vec<u8>) -> bool) -> usize {
    let mut written = 0;
    loop {
        let mut out = Vec::new();
        let more = write(&mut out);
        written += out.len();
        if !more {
            return written;
        }
    }
}

fn gathered(context: &Arc<Context>, input: &[u8]) -> usize {
    let mut collector = Collector::new(context);
    input.chunks(PIECE).for_each(|bytes| collector.push(bytes));
    collector.finish().expect("a whole answer").body.len()
}

fn whole(context: &Arc<Context>, input: &[u8]) -> usize {
    reply(context, input).expect("an answer").body.len()
}

fn replayed(context: &Arc<Context>, input: &[u8]) -> usize {
    let mut stream = reply_as_stream(context, input).expect("an answer").body;
    drained(|out| stream.write(out))
}

/// One test, since what others take at the same time would count.
#[test]
fn events_and_answers_of_8_mib_take_no_more_than_64_mib() {
    for upstream in Protocol::ALL {
        for large in Large::ALL {
            let stream = large::stream(upstream, large);
            let answer = large::answer(upstream, large);
            for filling in FILLINGS {
                let stream = large::filled(&stream, filling, LARGE);
                let answer = large::filled(&answer, filling, LARGE);
                for client in Protocol::ALL {
                    let context = support::context(client, upstream);
                    let name = format!("{client} from {upstream}: {large:?} of {filling:?}");
                    fits(&name, &context, &stream, &[streamed, gathered]);
                    fits(&name, &context, &answer, &[whole, replayed]);
                }
            }
        }
    }
}

fn fits(name: &str, context: &Arc<Context>, input: &[u8], ways: &[Way]) {
    for (number, way) in ways.iter().enumerate() {
        let taken = taken(*way, context, input);
        assert!(taken <= LIMIT, "{name}, way {number}: {} MiB", taken >> 20);
    }
}
