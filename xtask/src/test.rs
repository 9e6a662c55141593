//! The one test command.

use std::process::Command;

use anyhow::Result;

use crate::run::{root, run, say};
use crate::tools::{Tools, tools};

/// Installs what the tests need and runs them.
pub(crate) fn test(filter: &[String]) -> Result<()> {
    let tools = tools()?;
    say("running the tests");
    run(cargo(&tools)
        .args(["test", "--workspace", "--locked"])
        .args(filter))
}

/// Cargo, told where the tools are.
pub(crate) fn cargo(tools: &Tools) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(root())
        .env("HERMES_TEST_PYTHON", &tools.python)
        .env("HERMES_TEST_NODE", &tools.node)
        .env("HERMES_TEST_ISSUER", &tools.issuer)
        .env("HERMES_TEST_STRACE", &tools.strace)
        .env("HERMES_TEST_POSTGRES", &tools.postgres)
        .env("HERMES_TEST_PGBOUNCER", &tools.pgbouncer)
        .env("HERMES_TEST_SPIN", &tools.spin);
    cargo
}
