use std::ffi::OsString;
use std::num::NonZero;
use std::process::ExitCode;

use clap::{CommandFactory as _, Parser as _};
use hermes_core::{Env, ExitKind};

use crate::app::App;
use crate::args::{Auth, Cli, Command};
use crate::cmd;
use crate::failure::{Failure, Outcome};
use crate::printer::Printer;

/// Runs one command line and says how the program ends.
pub fn run(env: Env, args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    if let Some(failure) = key_on_command_line(&args) {
        Printer::new(&env, wants_json(&args)).failure(&failure);
        return ExitCode::from(failure.exit.code());
    }
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(error) => return refuse(&env, &args, &error),
    };
    let printer = Printer::new(&env, cli.json);
    let code = match start(cli, env, &printer) {
        Ok(code) => code,
        Err(failure) => {
            printer.failure(&failure);
            failure.exit.code()
        }
    };
    if code == 0 && !printer.is_whole() {
        printer.failure(&Failure::new(
            ExitKind::Failure,
            "output",
            "the result could not be written to stdout",
        ));
        return ExitCode::from(ExitKind::Failure.code());
    }
    ExitCode::from(code)
}

fn start(cli: Cli, env: Env, printer: &Printer) -> Outcome {
    if let Some(Command::Completions { shell }) = cli.command {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Cli::command(), "hermes", &mut script);
        printer.piece(&String::from_utf8_lossy(&script));
        return Ok(0);
    }
    let serves = matches!(cli.command, Some(Command::Up(_)));
    let runtime = runtime(serves).map_err(|error| Failure::io("the runtime cannot start", &error))?;
    let outcome = runtime.block_on(async {
        let app = App::new(cli.home.as_deref(), cli.store.as_ref(), env, printer)?;
        let outcome = guarded(&app, cli.command).await;
        app.close().await;
        outcome
    });
    // A thread that still waits for a line of stdin must not keep the program.
    runtime.shutdown_background();
    outcome
}

/// One thread is enough for a command and starts faster; a gateway uses every core it is given.
fn runtime(serves: bool) -> std::io::Result<tokio::runtime::Runtime> {
    let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
    // On one core, handing work to a second thread only costs.
    let mut builder = if serves && cores > 1 {
        tokio::runtime::Builder::new_multi_thread()
    } else {
        tokio::runtime::Builder::new_current_thread()
    };
    builder.enable_all().build()
}

/// Runs the command; Ctrl-C ends it with 130, except where it has a meaning of its own.
async fn guarded(app: &App<'_>, command: Option<Command>) -> Outcome {
    if matches!(
        command,
        Some(Command::Up(_) | Command::Auth(Auth::Add(_) | Auth::Finish(_)))
    ) {
        return cmd::dispatch(app, command).await;
    }
    tokio::select! {
        outcome = cmd::dispatch(app, command) => outcome,
        Ok(()) = tokio::signal::ctrl_c() => Err(Failure::interrupted()),
    }
}

/// Whether `--json` stands on a command line that was not taken apart.
fn wants_json(args: &[OsString]) -> bool {
    args.iter().any(|arg| arg == "--json")
}

/// A key on the command line is refused before the parser sees it, since the parser would repeat it in its message.
fn key_on_command_line(args: &[OsString]) -> Option<Failure> {
    let joined = args
        .iter()
        .any(|arg| arg.to_string_lossy().starts_with("--api-key="));
    let follows = |pair: &[OsString]| pair[0] == "--api-key" && !pair[1].to_string_lossy().starts_with('-');
    if !joined && !args.windows(2).any(follows) {
        return None;
    }
    let message = "`--api-key` takes no value: other programs can read a command line, and the shell writes it to its history";
    let hint = "Put `--api-key` last to be asked, or use `--api-key-stdin`, `--api-key-file FILE` or `--from-env NAME`. If \
                that was a real key, replace it at the provider.";
    Some(Failure::new(ExitKind::Usage, "key_on_command_line", message).hint(hint))
}

/// A command line that cannot be understood, or a request for help.
fn refuse(env: &Env, args: &[OsString], error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    let json = wants_json(args);
    let printer = Printer::new(env, json);
    let styled = error.render().ansi().to_string();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            printer.piece(&styled);
            return ExitCode::SUCCESS;
        }
        _ if json => {
            let text = error.render().to_string();
            let message = text
                .lines()
                .next()
                .unwrap_or_default()
                .trim_start_matches("error: ");
            printer.failure(&Failure::usage(message).hint("See `hermes --help`."));
        }
        _ => printer.say(styled.trim_end()),
    }
    ExitCode::from(ExitKind::Usage.code())
}
