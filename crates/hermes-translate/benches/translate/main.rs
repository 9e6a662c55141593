//! How fast translation is, for every pair of protocols, and what it costs beside a stream that passes through.
//!
//! CPU time of the thread is what counts, so that a busy machine does not show; every figure is the median of several rounds, and
//! what is compared takes turns.

#![expect(clippy::print_stdout, reason = "the table is what the bench is for")]

mod material;

use std::hint::black_box;
use std::sync::Arc;

use hermes_core::Protocol;
use hermes_translate::{Context, Stamp, Translator, reply, request};
use hermes_wire::UsageWatcher;
use rustix::time::{ClockId, clock_gettime};
use serde_json::Value;

use self::material::{Material, context, target};

/// Rounds of each measurement; the first one warms up and does not count.
const ROUNDS: usize = 7;

/// The least CPU time of a round, seconds.
const ROUND: f64 = 0.1;

fn main() {
    let materials = Protocol::ALL.map(|protocol| (protocol, Material::of(protocol)));
    println!(
        "One core, CPU time. Requests and answers: MB/s of what is read. A stream of text in events of {} bytes",
        {
            let (_, first) = &materials[0];
            first.stream.iter().map(Vec::len).sum::<usize>() / first.stream.len()
        }
    );
    println!(
        "comes one event at a time; `x` is its CPU time beside the same stream passed through and watched.\n"
    );
    println!(
        "{:<18} {:<18} {:>9} {:>9} {:>10} {:>10} {:>10} {:>7}",
        "client", "upstream", "request", "answer", "stream in", "out", "events/s", "x"
    );
    for (client, asked) in &materials {
        for (upstream, answered) in &materials {
            if client != upstream {
                line(*client, asked, *upstream, answered);
            }
        }
    }
}

fn line(client: Protocol, asked: &Material, upstream: Protocol, answered: &Material) {
    let context = Arc::new(context(client, upstream));
    let requests = rate(&mut || requests(client, asked, upstream));
    let answers = rate(&mut || {
        black_box(&reply(&context, &answered.answer));
        answered.answer.len()
    });
    let mut written = 0;
    let mut crossing = || {
        written = cross(&context, answered);
    };
    let mut passing = || pass(upstream, answered);
    let (ours, theirs) = beside(&mut crossing, &mut passing);
    let read: usize = answered.stream.iter().map(Vec::len).sum();
    println!(
        "{:<18} {:<18} {:>9.0} {:>9.0} {:>10.1} {:>10.1} {:>10.0} {:>7.1}",
        client.as_str(),
        upstream.as_str(),
        requests,
        answers,
        megabytes(read) / ours,
        megabytes(written) / ours,
        count(answered.stream.len()) / ours,
        ours / theirs,
    );
}

/// A client's request as it comes, to the bytes that go up.
fn requests(client: Protocol, asked: &Material, upstream: Protocol) -> usize {
    let body: Value = serde_json::from_slice(&asked.request).unwrap_or_default();
    black_box(&request(
        client,
        &body,
        &target(upstream),
        false,
        Stamp::default(),
    ));
    asked.request.len()
}

fn cross(context: &Arc<Context>, answered: &Material) -> usize {
    let (mut translator, mut out, mut size) = (Translator::new(context), Vec::new(), 0);
    for event in &answered.stream {
        translator.push(event);
        while translator.write(&mut out) {}
        size += black_box(&out).len();
        out.clear();
    }
    translator.finish();
    while translator.write(&mut out) {}
    size + black_box(&out).len()
}

fn pass(upstream: Protocol, answered: &Material) {
    let mut watcher = UsageWatcher::new(upstream, true);
    for event in &answered.stream {
        watcher.feed(black_box(event));
    }
    black_box(watcher.finish());
}

/// Megabytes a second of something that tells how many bytes it took.
fn rate(work: &mut dyn FnMut() -> usize) -> f64 {
    let size = work();
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            time(&mut || {
                work();
            })
        })
        .collect();
    megabytes(size) / median(&mut rounds[1..])
}

/// Seconds of CPU that one run of each takes.
fn beside(one: &mut dyn FnMut(), other: &mut dyn FnMut()) -> (f64, f64) {
    let (mut ones, mut others) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        ones.push(time(one));
        others.push(time(other));
    }
    (median(&mut ones[1..]), median(&mut others[1..]))
}

/// Seconds of CPU for one run, from as many as fill a round.
fn time(work: &mut dyn FnMut()) -> f64 {
    let start = cpu();
    let mut runs = 0_u32;
    loop {
        work();
        runs += 1;
        let spent = cpu() - start;
        if spent >= ROUND {
            return spent / f64::from(runs);
        }
    }
}

fn cpu() -> f64 {
    let now = clock_gettime(ClockId::ThreadCPUTime);
    #[expect(clippy::cast_precision_loss, reason = "seconds of a short process")]
    let seconds = now.tv_sec as f64 + now.tv_nsec as f64 / 1e9;
    seconds
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn megabytes(bytes: usize) -> f64 {
    count(bytes) / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "far below the limit")]
fn count(number: usize) -> f64 {
    number as f64
}
