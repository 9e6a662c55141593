//! Processes under measurement: their CPU time, memory and start.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};

/// A child that is ended, by its own pid, when this is dropped.
pub(crate) struct Running {
    child: Child,
    /// The process whose CPU time counts: the child, or the one worker it started.
    measured: u32,
}

impl Running {
    /// Starts a command on core 0.
    pub(crate) fn start(command: &Command) -> Result<Self> {
        let mut pinned = Command::new("taskset");
        pinned
            .args(["-c", "0"])
            .arg(command.get_program())
            .args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => pinned.env(name, value),
                None => pinned.env_remove(name),
            };
        }
        let child = pinned.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let measured = child.id();
        Ok(Self { child, measured })
    }

    /// Counts the CPU time of the only child process instead, once it is there.
    #[expect(clippy::disallowed_methods, reason = "waiting for another process")]
    pub(crate) async fn measure_worker(&mut self) -> Result<()> {
        let path = format!("/proc/{0}/task/{0}/children", self.child.id());
        for _ in 0..500 {
            let children = fs_err::read_to_string(&path)?;
            if let Some(worker) = children.split_whitespace().next() {
                self.measured = worker.parse()?;
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        bail!("no worker process")
    }

    /// CPU time of all threads so far, nanoseconds.
    pub(crate) fn cpu_ns(&self) -> Result<u64> {
        let mut total = 0;
        for task in fs_err::read_dir(format!("/proc/{}/task", self.measured))? {
            // A thread may end between the listing and the read.
            let Ok(text) = fs_err::read_to_string(task?.path().join("schedstat")) else {
                continue;
            };
            total += text.split_whitespace().next().unwrap_or("0").parse::<u64>()?;
        }
        Ok(total)
    }

    /// Resident memory, KiB.
    pub(crate) fn resident_kib(&self) -> Result<u64> {
        let status = fs_err::read_to_string(format!("/proc/{}/status", self.measured))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .context("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SIGTERM lets nginx end its worker; only our own child is named.
        let _ = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ = self.child.wait();
    }
}

/// Median start-to-end times in milliseconds: `hermes auth status`, and `/bin/true` beside it.
pub(crate) fn start_times(binary: &Path, folder: &Path, times: usize) -> Result<(f64, f64)> {
    let (mut ours, mut nothing) = (Vec::new(), Vec::new());
    for _ in 0..times {
        let mut status = Command::new(binary);
        status.args(["auth", "status", "--home"]).arg(folder.join("home"));
        ours.push(timed(
            status.env("HERMES_LAB_HOSTS", super::servers::lab_hosts(1)),
        )?);
        nothing.push(timed(&mut Command::new("/bin/true"))?);
    }
    Ok((median(ours), median(nothing)))
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the real clock")]
fn timed(command: &mut Command) -> Result<f64> {
    let start = Instant::now();
    let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
    let passed = start.elapsed().as_secs_f64() * 1000.0;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(passed)
}

/// The middle value; not a number when there is none.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
