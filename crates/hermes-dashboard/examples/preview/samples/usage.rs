use hermes_dashboard::look::Series;
use hermes_dashboard::pages::usage::{By, Range, Sum, Usage};

use super::{HOSTILE, ago, now};

/// A day that rises and falls, the same each time.
fn wave(step: u64, height: u64) -> u64 {
    let hour = (step + 3) % 24;
    let day = if hour < 12 { hour } else { 24 - hour };
    height * day / 6 + height * (step * 7 % 5) / 9
}

fn series(names: &[&str], steps: u64, height: u64) -> Vec<Series> {
    let one = |(number, name): (u64, &&str)| Series {
        name: (*name).to_owned(),
        values: (0..steps)
            .map(|step| wave(step + number * 2, height / (number + 1)))
            .collect(),
    };
    (0..).zip(names).map(one).collect()
}

fn sum(name: &str, requests: u64, cost_micros: Option<u64>) -> Sum {
    Sum {
        name: name.to_owned(),
        requests,
        failed: requests / 90,
        tokens_in: requests * 13_911,
        tokens_out: requests * 1_204,
        cost_micros,
        median_ms: Some(640),
    }
}

pub(crate) fn filled() -> Usage {
    usage(Range::Day, By::Credential, 24, 3_600)
}

pub(crate) fn month() -> Usage {
    usage(Range::Month, By::Model, 30, 86_400)
}

fn usage(range: Range, by: By, steps: u64, seconds: u64) -> Usage {
    let names = match by {
        By::Credential => ["ada@example.com", "grace@example.com", "work", "spare key"],
        By::Model | By::Key => ["MiniMax-M3", "claude-sonnet-4-5", "MiniMax-M2.7", "deepseek-chat"],
    };
    let latency = |times: u64| {
        (0..steps)
            .map(|step| {
                if step % 11 == 3 {
                    0
                } else {
                    (420 + wave(step, 40)) * times
                }
            })
            .collect()
    };
    let mut failures = series(&names, steps, 3);
    for one in &mut failures {
        one.values = one.values.iter().map(|value| value % 4).collect();
    }
    Usage {
        range,
        by,
        steps: (0..steps).map(|step| ago((steps - step) * seconds)).collect(),
        tokens: series(&names, steps, 310_000),
        cost: series(&names[1..], steps, 140_000),
        requests: series(&names, steps, 90),
        failures,
        latency: [latency(1), latency(3), latency(5)],
        more: 0,
        sums: vec![
            sum(names[0], 1_284, None),
            sum(names[1], 611, Some(12_400_000)),
            sum(names[2], 96, Some(811_000)),
            Sum {
                median_ms: None,
                ..sum(names[3], 0, Some(4_100))
            },
        ],
        now: now(),
    }
}

pub(crate) fn empty() -> Usage {
    Usage {
        sums: Vec::new(),
        ..filled()
    }
}

pub(crate) fn hostile() -> Usage {
    let odd = || {
        vec![Series {
            name: HOSTILE.to_owned(),
            values: vec![3; 4],
        }]
    };
    Usage {
        tokens: odd(),
        cost: odd(),
        failures: odd(),
        sums: vec![sum(HOSTILE, 1, Some(5))],
        ..usage(Range::Week, By::Key, 4, 86_400)
    }
}
