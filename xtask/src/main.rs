//! What people and CI call: `cargo xtask test`, `tools`, `clients`, `faults`, `screens`, `load`, `bench` and `fuzz`.

mod bench;
mod clients;
mod faults;
mod fuzz;
mod load;
mod run;
mod screens;
mod test;
mod tools;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  test [FILTER]   set up what the tests need, then run all of them (or those whose name has FILTER)
  tools           set up what the tests need and print the variables that name it, for `cargo test` by hand
  clients [NAME]  install programs that people use, lead them through the gateway and print how each fared (or those named)
  faults [KILLS]  kill Hermes at every step of a renewal, 5000 times for each kind of store
  screens         make the pictures of the dashboard in docs/screens
  load [SECONDS]  measure the dashboard with 10,000 logins, a million requests, and a feed that is busy for 600 seconds
  fuzz [SECONDS [FILTER]]
                  try what reads bytes of others with odd input, each of 13 targets for 60 seconds
  bench [translate]
                  build the release binary and measure it beside nginx, or the translation of protocols by itself
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match command.as_str() {
        "test" => test::test(&rest),
        "tools" => test::environment(),
        "clients" => clients::clients(&rest),
        "faults" => faults::faults(&rest),
        "screens" => screens::screens(),
        "load" => load::load(&rest),
        "fuzz" => fuzz::fuzz(&rest),
        "bench" => bench::bench(&rest),
        _ => {
            run::say(HELP);
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            run::say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}
