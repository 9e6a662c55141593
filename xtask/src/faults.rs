//! The long run of kills; the test command does a short one.

use anyhow::{Context as _, Result};

use crate::run::{run, say};
use crate::test::cargo;
use crate::tools::tools;

/// Kills for each kind of store, unless the person names another number.
const KILLS: usize = 5000;
const TESTS: [&str; 2] = [
    "custody::kills::file_kills_at_every_arrow_lose_nothing_outside_the_window",
    "custody::kills::server_kills_at_every_arrow_lose_nothing_outside_the_window",
];

/// Kills Hermes at every step of a renewal, with a file and with a server, and tells how each kill ended.
pub(crate) fn faults(args: &[String]) -> Result<()> {
    let kills = match args {
        [] => KILLS,
        [kills] => kills.parse().context("KILLS is a number")?,
        _ => anyhow::bail!("only one number is taken"),
    };
    let tools = tools()?;
    for test in TESTS {
        say(&format!("killing {kills} times: {test}"));
        run(cargo(&tools)
            .args(["test", "--locked", "--package", "hermes", "--test", "walk", "--"])
            .args(["--nocapture", "--exact", test])
            .env("HERMES_TEST_KILLS", kills.to_string()))?;
    }
    Ok(())
}
