//! `cargo xtask fuzz`: builds the fuzz targets with LLVM's counters and runs each for its part of the time.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::run::{root, run, say};
use crate::tools;

/// What makes the compiler count the branches that an input takes; the compiler of every release can do it.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Cforce-frame-pointers";

/// Named, so that build scripts and macros are built without the flags.
const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// Largest input that is kept and changed, bytes; the targets themselves grow some to the size of large events.
const INPUT_LIMIT: usize = 64 << 10;

/// Time for each target unless told otherwise.
const SECONDS: u64 = 60;

/// Folders of recorded traffic, and what the targets call their protocols.
const PROTOCOLS: [(&str, &str); 4] = [
    ("anthropic-messages", "anthropic_messages"),
    ("openai-chat", "chat_completions"),
    ("openai-responses", "responses"),
    ("gemini", "gemini"),
];

/// Runs all targets, or those whose names hold a text, for so many seconds each: `[SECONDS [FILTER]]`.
pub(crate) fn fuzz(args: &[String]) -> Result<()> {
    let seconds = match args.first() {
        Some(text) => text
            .parse()
            .with_context(|| format!("`{text}` is no number of seconds"))?,
        None => SECONDS,
    };
    let filter = args.get(1).map_or("", String::as_str);
    let binary = build()?;
    let names = targets().into_iter().filter(|name| name.contains(filter));
    let queue: Mutex<VecDeque<String>> = Mutex::new(names.collect());
    let count = queue.lock().map_or(0, |queue| queue.len());
    let workers = std::thread::available_parallelism()?.get().min(count.max(1));
    let span = Duration::from_secs(seconds.max(1));
    say(&format!(
        "fuzzing {count} targets, {workers} at a time, {seconds} seconds each"
    ));
    let failed: Mutex<Vec<String>> = Mutex::default();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some(name) = next(&queue) {
                    if let Err(error) = target(&binary, &name, span)
                        && let Ok(mut failed) = failed.lock()
                    {
                        failed.push(format!("{name}: {error:#}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_default();
    if !failed.is_empty() {
        bail!("{}", failed.join("\n"));
    }
    Ok(())
}

fn next(queue: &Mutex<VecDeque<String>>) -> Option<String> {
    queue.lock().ok()?.pop_front()
}

/// The names of all targets.
fn targets() -> Vec<String> {
    let mut names = vec!["sse".to_owned()];
    for kind in ["request", "reply", "stream"] {
        names.extend(PROTOCOLS.map(|(_, protocol)| format!("{kind}-{protocol}")));
    }
    names
}

fn build() -> Result<PathBuf> {
    tools::debian("c++", &["--version"], &["g++"])?;
    say("building the fuzz targets");
    let folder = root().join("target/fuzz");
    run(Command::new(env!("CARGO"))
        .current_dir(root().join("fuzz"))
        .env("CARGO_TARGET_DIR", &folder)
        .env("RUSTFLAGS", FLAGS)
        .args(["build", "--release", "--locked", "--quiet", "--target", PLATFORM]))?;
    Ok(folder.join(PLATFORM).join("release/hermes-fuzz"))
}

/// Runs one target over the kept corpus. What it finds on the way is kept under `target/fuzz/corpus` for the next run; an input that
/// fails is written to `fuzz/corpus`, so that it is tried first from then on.
fn target(binary: &Path, name: &str, span: Duration) -> Result<()> {
    let grown = root().join("target/fuzz/corpus").join(name);
    let kept = root().join("fuzz/corpus").join(name);
    fs_err::create_dir_all(&grown)?;
    fs_err::create_dir_all(&kept)?;
    let seeds = root().join("target/fuzz/seeds").join(name);
    seed(name, &seeds)?;
    let log = root().join("target/fuzz").join(format!("{name}.log"));
    let output = fs_err::File::create(&log)?;
    let status = Command::new(binary)
        .env("HERMES_FUZZ", name)
        .env("RUST_BACKTRACE", "0")
        .arg(format!("-max_total_time={}", span.as_secs()))
        .arg(format!("-max_len={INPUT_LIMIT}"))
        .arg(format!("-artifact_prefix={}/", kept.display()))
        .args([
            "-timeout=90",
            "-report_slow_units=90",
            "-rss_limit_mb=1024",
            "-print_final_stats=1",
        ])
        .args([&grown, &kept, &seeds])
        .stderr(output.into_file())
        .status()?;
    let text = String::from_utf8_lossy(&fs_err::read(&log)?).into_owned();
    if !status.success() {
        bail!("{}\n  (all of it is in {})", reason(&text), log.display());
    }
    let number = |field: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(field))?;
        Some(line.trim().to_owned())
    };
    let runs = number("stat::number_of_executed_units:").unwrap_or_default();
    let new = number("stat::new_units_added:").unwrap_or_default();
    say(&format!("  {name}: {runs} inputs, {new} of them took new ways"));
    Ok(())
}

/// The lines that tell what went wrong and with which input.
fn reason(log: &str) -> String {
    let telling = |line: &&str| {
        ["panicked at", "ERROR:", "Test unit written"]
            .iter()
            .any(|word| line.contains(word))
    };
    let lines: Vec<&str> = log.lines().collect();
    let told = lines.iter().enumerate().filter(|(_, line)| telling(line));
    let with_next = told.flat_map(|(at, _)| lines.iter().skip(at).take(2));
    with_next.copied().collect::<Vec<_>>().join("\n  ")
}

/// Recorded traffic as inputs.
fn seed(name: &str, folder: &Path) -> Result<()> {
    fs_err::create_dir_all(folder)?;
    let (kind, wanted) = name.split_once('-').unwrap_or((name, ""));
    for (recorded, protocol) in PROTOCOLS {
        if !wanted.is_empty() && wanted != protocol {
            continue;
        }
        for entry in fs_err::read_dir(root().join("fixtures/recorded").join(recorded))? {
            let path = entry?.path();
            let file = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = match kind {
                "request" if file.ends_with(".request.json") => body(&fs_err::read(&path)?),
                "reply" if file.ends_with(".response.json") => body(&fs_err::read(&path)?),
                "sse" | "stream" if file.ends_with(".response.sse") => Some(fs_err::read(&path)?),
                _ => None,
            };
            if let Some(text) = text.filter(|text| text.len() <= INPUT_LIMIT) {
                fs_err::write(folder.join(file), text)?;
            }
        }
    }
    Ok(())
}

/// The body of a recorded request or answer.
fn body(file: &[u8]) -> Option<Vec<u8>> {
    let whole: serde_json::Value = serde_json::from_slice(file).ok()?;
    let body = whole.get("body").filter(|body| !body.is_null())?;
    serde_json::to_vec(body).ok()
}
