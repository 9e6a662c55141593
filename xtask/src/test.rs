//! The one test command.

use std::process::Command;

use anyhow::Result;

use crate::run::{root, run, say};
use crate::tools::tools;

/// Installs what the tests need and runs them.
pub(crate) fn test(filter: &[String]) -> Result<()> {
    let tools = tools()?;
    say("running the tests");
    run(Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["test", "--workspace", "--locked"])
        .args(filter)
        .env("HERMES_TEST_PYTHON", &tools.python)
        .env("HERMES_TEST_NODE", &tools.node)
        .env("HERMES_TEST_ISSUER", &tools.issuer)
        .env("HERMES_TEST_STRACE", &tools.strace)
        .env("HERMES_TEST_POSTGRES", &tools.postgres)
        .env("HERMES_TEST_PGBOUNCER", &tools.pgbouncer)
        .env("HERMES_TEST_SPIN", &tools.spin))
}
