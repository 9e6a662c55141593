//! Fuzz targets for what reads bytes of others: the SSE codec, requests, whole answers and streams of every pair of protocols.
//!
//! One binary holds all targets, so that the code is instrumented and linked once; `HERMES_FUZZ` names the one to run. A run fails
//! when it panics, when a number overflows, when what it writes cannot be read, or when it takes more memory than the bound.

#![no_main]

mod inflate;
mod mutate;
mod random;
mod targets;

use std::sync::LazyLock;

use libfuzzer_sys::{fuzz_mutator, fuzz_target};
use peak_alloc::PeakAlloc;

use crate::random::Random;
use crate::targets::Target;

/// Most memory that one input may take, bytes; the input itself does not count.
const MEMORY_LIMIT: usize = 64 << 20;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let name = std::env::var("HERMES_FUZZ").expect("HERMES_FUZZ names the target");
    Target::named(&name).unwrap_or_else(|| panic!("no target is called {name:?}"))
});

fuzz_target!(|input: &[u8]| {
    let target = &*TARGET;
    let mut random = Random::of(input);
    let large = target.inflate(input, &mut random);
    let input = large.as_deref().unwrap_or(input);
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    target.run(input, &mut random, &mut |part| {
        let taken = MEMORY.peak_usage().saturating_sub(before);
        assert!(
            taken <= MEMORY_LIMIT,
            "{part}: {taken} bytes of memory for {} bytes of input",
            input.len()
        );
        MEMORY.reset_peak_usage();
    });
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let mut random = Random::new(seed.into());
    if random.below(2) == 0
        && let Some(text) = TARGET.mutate(&data[..size], &mut random)
        && text.len() <= max_size
    {
        data[..text.len()].copy_from_slice(&text);
        return text.len();
    }
    libfuzzer_sys::fuzzer_mutate(data, size, max_size)
});
