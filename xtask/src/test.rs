//! The one test command.

use std::ffi::OsStr;
use std::io::Write as _;
use std::process::Command;

use anyhow::Result;

use crate::fuzz::fuzz;
use crate::run::{root, run, say};
use crate::tools::{Tools, tools};

/// Installs what the tests need and runs them.
pub(crate) fn test(filter: &[String]) -> Result<()> {
    let tools = tools()?;
    say("running the tests");
    run(cargo(&tools)
        .args(["test", "--workspace", "--locked"])
        .args(filter))?;
    if filter.is_empty() {
        fuzz(&[])?;
    }
    Ok(())
}

/// Installs what the tests need and writes the variables that tell where it is, for a shell to take in.
pub(crate) fn environment() -> Result<()> {
    let tools = tools()?;
    for (name, value) in variables(&tools) {
        let value = value.to_string_lossy();
        writeln!(std::io::stdout(), "export {name}='{value}'")?;
    }
    Ok(())
}

/// Cargo, told where the tools are.
pub(crate) fn cargo(tools: &Tools) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(root()).envs(variables(tools));
    cargo
}

fn variables(tools: &Tools) -> [(&'static str, &OsStr); 10] {
    [
        ("HERMES_TEST_PYTHON", tools.python.as_os_str()),
        ("HERMES_TEST_NODE", tools.node.as_os_str()),
        ("HERMES_TEST_ISSUER", tools.issuer.as_os_str()),
        ("HERMES_TEST_SDKS", tools.sdks.as_os_str()),
        ("HERMES_TEST_STRACE", OsStr::new(&tools.strace)),
        ("HERMES_TEST_POSTGRES", tools.postgres.as_os_str()),
        ("HERMES_TEST_PGBOUNCER", tools.pgbouncer.as_os_str()),
        ("HERMES_TEST_SPIN", tools.spin.as_os_str()),
        ("HERMES_TEST_CHROMIUM", tools.chromium.as_os_str()),
        ("HERMES_TEST_AXE", tools.axe.as_os_str()),
    ]
}
