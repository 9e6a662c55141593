//! The figures, one to a line.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;

use super::load::{Load, Sample};
use super::{StartFigures, typical};
use crate::run::say;

/// Lines gathered over a run.
pub(crate) struct Report(String);

impl Report {
    pub(crate) fn new() -> Self {
        Self(String::from(
            "\nmeasure                     hermes      nginx      ratio   aim\n",
        ))
    }

    /// CPU per unit, beside nginx.
    pub(crate) fn ratio(&mut self, name: &str, _load: &Load, ours: &[Sample], theirs: &[Sample]) {
        let (mine, other) = (typical(ours, |one| one.cpu_us), typical(theirs, |one| one.cpu_us));
        let aim = if name == "SSE delta" { "1.20" } else { "1.80" };
        let name = format!("CPU a {name}");
        self.line(&format!(
            "{name:<24}{mine:>8.1} us{other:>8.1} us{:>10.2}{aim:>8}",
            mine / other
        ));
        let (mine, other) = (typical(ours, |one| one.rate), typical(theirs, |one| one.rate));
        self.line(&format!("{:<24}{mine:>8.0} /s{other:>8.0} /s", "  at a rate of"));
    }

    /// Time to the first delta, less the time without a server between.
    pub(crate) fn first_delta(&mut self, ours: &[Sample], theirs: &[Sample], alone: &Sample) {
        let mine = typical(ours, |one| one.first_ms) - alone.first_ms;
        let other = typical(theirs, |one| one.first_ms) - alone.first_ms;
        self.line(&format!(
            "{:<24}{mine:>8.2} ms{other:>8.2} ms{:>18}",
            "added to first delta", "0.30 ms"
        ));
    }

    /// Size, memory and time to the first request.
    pub(crate) fn figures(&mut self, binary: &Path, start: &StartFigures, resident_kib: u64) -> Result<()> {
        let size_kib = fs_err::metadata(binary)?.len() / 1024;
        self.line(&format!("{:<24}{:>6} KiB{:>29}", "binary", size_kib, "20480 KiB"));
        self.line(&format!(
            "{:<24}{resident_kib:>6} KiB{:>29}",
            "resident, idle", "12288 KiB"
        ));
        self.line(&format!(
            "{:<24}{:>8.1} ms{:>29}",
            "start to first answer", start.first_request_ms, "25 ms"
        ));
        Ok(())
    }

    /// `auth status` beside `/bin/true`.
    pub(crate) fn start(&mut self, (ours, nothing): (f64, f64)) {
        self.line(&format!("{:<24}{ours:>8.1} ms{:>29}", "auth status", "5 ms"));
        self.line(&format!("{:<24}{nothing:>8.1} ms", "/bin/true beside it"));
    }

    pub(crate) fn print(&self) {
        say(&self.0);
    }

    fn line(&mut self, text: &str) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{text}");
    }
}
