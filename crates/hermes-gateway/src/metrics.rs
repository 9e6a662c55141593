use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use hermes_core::Protocol;

const PROTOCOLS: [&str; 5] = [
    "anthropic_messages",
    "chat_completions",
    "responses",
    "gemini",
    "none",
];
const CLASSES: [&str; 6] = ["1xx", "2xx", "3xx", "4xx", "5xx", "gone"];

/// Counters since the start; every label comes from a closed set.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    requests: [[AtomicU64; CLASSES.len()]; PROTOCOLS.len()],
    upstream_calls: AtomicU64,
    upstream_errors: AtomicU64,
    refused_heads: AtomicU64,
}

impl Metrics {
    /// Counts a finished request; status 0 stands for a client that went away.
    pub(crate) fn request(&self, protocol: Option<Protocol>, status: u16) {
        let protocol = match protocol {
            Some(Protocol::AnthropicMessages) => 0,
            Some(Protocol::ChatCompletions) => 1,
            Some(Protocol::Responses) => 2,
            Some(Protocol::Gemini) => 3,
            None => 4,
        };
        let class = match status {
            100..=199 => 0,
            200..=299 => 1,
            300..=399 => 2,
            400..=499 => 3,
            500..=599 => 4,
            _ => 5,
        };
        self.requests[protocol][class].fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn upstream_call(&self) {
        self.upstream_calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn upstream_error(&self) {
        self.upstream_errors.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused_head(&self) {
        self.refused_heads.fetch_add(1, Ordering::Relaxed);
    }

    /// Prometheus text format 0.0.4.
    pub(crate) fn text(&self, streams_open: usize, log_dropped: u64) -> String {
        let mut out = String::from("# TYPE hermes_requests_total counter\n");
        for (protocol, row) in PROTOCOLS.iter().zip(&self.requests) {
            for (class, count) in CLASSES.iter().zip(row) {
                let count = count.load(Ordering::Relaxed);
                line(
                    &mut out,
                    &format!("hermes_requests_total{{protocol=\"{protocol}\",class=\"{class}\"}}"),
                    count,
                );
            }
        }
        let singles = [
            ("hermes_streams_open", "gauge", streams_open as u64),
            (
                "hermes_upstream_calls_total",
                "counter",
                self.upstream_calls.load(Ordering::Relaxed),
            ),
            (
                "hermes_upstream_errors_total",
                "counter",
                self.upstream_errors.load(Ordering::Relaxed),
            ),
            (
                "hermes_refused_heads_total",
                "counter",
                self.refused_heads.load(Ordering::Relaxed),
            ),
            ("hermes_log_dropped_total", "counter", log_dropped),
        ];
        for (name, kind, value) in singles {
            out.push_str("# TYPE ");
            line(&mut out, &format!("{name} {kind}\n{name}"), value);
        }
        out
    }
}

fn line(out: &mut String, name: &str, value: u64) {
    writeln!(out, "{name} {value}").expect("writing to a String cannot fail");
}
