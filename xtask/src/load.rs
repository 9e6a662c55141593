//! The pages of a home with very much in it; the test command does a short form.

use anyhow::{Context as _, Result};

use crate::run::{run, say};
use crate::test::cargo;
use crate::tools::tools;

/// Logins and requests of the home.
const MUCH: &str = "10000 1000000";
/// For how long the feed is busy, unless the person names another time.
const SECONDS: u32 = 600;
/// The tests, one after the other: each has the machine for itself.
const TESTS: [&str; 2] = [
    "dashboard::crowd::pages_of_a_crowded_home_come_soon_and_weigh_little",
    "dashboard::crowd::busy_feed_drops_no_frames_and_keeps_no_memory",
];

/// Measures how soon the pages come, what they weigh, and what a busy feed costs a tab, with the release build.
pub(crate) fn load(args: &[String]) -> Result<()> {
    let seconds = match args {
        [] => SECONDS,
        [seconds] => seconds.parse().context("SECONDS is a number")?,
        _ => anyhow::bail!("only one number is taken"),
    };
    let tools = tools()?;
    for test in TESTS {
        say(test);
        run(cargo(&tools)
            .args([
                "test",
                "--release",
                "--locked",
                "--package",
                "hermes",
                "--test",
                "walk",
                "--",
            ])
            .args(["--nocapture", "--exact", test])
            .env("HERMES_TEST_LOAD", format!("{MUCH} {seconds}")))?;
    }
    Ok(())
}
