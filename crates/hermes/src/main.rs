//! The `hermes` program: hands the command line and the environment to the library and ends with its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that reads the environment"
    )]
    let pairs = std::env::vars_os();
    let pairs = pairs.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let env = hermes_core::Env::from_pairs(pairs);
    hermes::harden(&env);
    hermes::run(env, std::env::args_os())
}
