//! `cargo xtask bench`: Hermes beside nginx, as ratios from one run.
//!
//! The server under test has core 0 to itself; the load and the simulated provider share core 1. Both servers take turns, so a
//! slow spell of the machine hits both.
//!
//! `cargo xtask bench translate` measures the translation of protocols by itself.

mod http;
mod load;
mod process;
mod report;
mod servers;
mod upstream;

use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use self::load::{Load, Sample};
use self::process::median;
use self::report::Report;
use self::servers::{Server, hermes, nginx};
use crate::run::{root, run, say};
use crate::tools;

const ROUNDS: usize = 5;

/// Runs every measurement and prints the report.
pub(crate) fn bench(args: &[String]) -> Result<()> {
    if args == ["translate"] {
        return run(Command::new(env!("CARGO")).current_dir(root()).args([
            "bench",
            "--locked",
            "--package",
            "hermes-translate",
            "--bench",
            "translate",
        ]));
    }
    ensure!(args.is_empty(), "`bench` takes nothing but `translate`");
    tools::debian("nginx", &["-v"], &["nginx-light"])?;
    say("building the release binary");
    run(Command::new(env!("CARGO")).current_dir(root()).args([
        "build",
        "--release",
        "--locked",
        "--package",
        "hermes",
    ]))?;
    run(Command::new("taskset")
        .args(["-cp", "1", &std::process::id().to_string()])
        .stdout(std::process::Stdio::null()))
    .context("the bench needs two cores and `taskset`")?;
    let binary = root().join("target/release/hermes");
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(measure(&binary))
}

async fn measure(binary: &std::path::Path) -> Result<()> {
    let provider = upstream::start().await?;
    let folder = tempfile::tempdir()?;
    let (hermes, figures) = hermes(binary, folder.path(), provider.port).await?;
    let nginx = nginx(folder.path(), provider.port).await?;
    let mut report = Report::new();
    report.figures(binary, &figures, hermes.process.resident_kib()?)?;
    for (name, load) in loads() {
        say(&format!("measuring {name}"));
        let (ours, theirs) = alternate(&hermes, &nginx, &load).await?;
        report.ratio(name, &load, &ours, &theirs);
    }
    let paced = Load::paced();
    say("measuring the time to the first delta");
    let direct = Server::direct(provider.port);
    let (ours, theirs) = alternate(&hermes, &nginx, &paced).await?;
    let alone = load::run(&direct, &paced, None).await?;
    report.first_delta(&ours, &theirs, &alone);
    report.start(process::start_times(binary, folder.path(), 20)?);
    report.print();
    Ok(())
}

fn loads() -> [(&'static str, Load); 3] {
    [
        ("small body", Load::plain(300, 16, Duration::from_secs(2))),
        (
            "128 KiB turn",
            Load::plain(128 * 1024, 16, Duration::from_secs(2)),
        ),
        ("SSE delta", Load::deltas()),
    ]
}

/// Both servers in turn; the first round of each warms up and does not count.
async fn alternate(ours: &Server, theirs: &Server, load: &Load) -> Result<(Vec<Sample>, Vec<Sample>)> {
    let (mut mine, mut other) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        for (server, samples) in [(ours, &mut mine), (theirs, &mut other)] {
            let sample = load::run(server, load, Some(&server.process)).await?;
            if round > 0 {
                samples.push(sample);
            }
        }
    }
    Ok((mine, other))
}

/// The median of one figure over all samples.
fn typical(samples: &[Sample], figure: impl Fn(&Sample) -> f64) -> f64 {
    median(samples.iter().map(figure).collect())
}

/// What was measured while Hermes started.
pub(crate) struct StartFigures {
    /// Milliseconds from `exec` to the first served request.
    pub(crate) first_request_ms: f64,
}
