//! What people and CI call: `cargo xtask test`, `cargo xtask faults` and `cargo xtask bench`.

mod bench;
mod faults;
mod run;
mod test;
mod tools;

use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  test [FILTER]   set up what the tests need, then run all of them (or those whose name has FILTER)
  faults [KILLS]  kill Hermes at every step of a renewal, 5000 times for each kind of store
  bench           build the release binary and measure it beside nginx
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let command = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let outcome = match command.as_str() {
        "test" => test::test(&rest),
        "faults" => faults::faults(&rest),
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
