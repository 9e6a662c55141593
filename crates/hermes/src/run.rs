use std::ffi::OsString;
use std::num::NonZero;
use std::process::ExitCode;

use clap::FromArgMatches as _;
use hermes_core::{Env, ExitKind};
use hermes_text::Lang;
use hermes_text::cli::{app as words, frame, refusal};
use owo_colors::OwoColorize as _;

use crate::app::App;
use crate::args::{self, Auth, Cli, Command};
use crate::cmd;
use crate::failure::{Failure, Outcome};
use crate::printer::{Printer, before, out_width};
use crate::safe::term_line;

/// Columns of help that nobody reads on a terminal.
const NO_TERMINAL: usize = 100;

/// Runs one command line and says how the program ends.
pub fn run(env: Env, args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    // Needed before the command line is understood, since it may not be.
    let lang = args::spoken(&env, &args);
    let printer = Printer::new(&env, wants_json(&args), lang);
    if let Some(failure) = key_on_command_line(&args) {
        printer.failure(&failure);
        return ExitCode::from(failure.exit.code());
    }
    let cli = match parse(&args, lang) {
        Ok(cli) => cli,
        Err(error) => return refuse(&printer, &error),
    };
    let printer = Printer::new(&env, cli.json, cli.lang.unwrap_or(lang));
    let code = match start(cli, env, &printer) {
        Ok(code) => code,
        Err(failure) => {
            printer.failure(&failure);
            failure.exit.code()
        }
    };
    if code == 0 && !printer.is_whole() {
        printer.failure(&Failure::new(ExitKind::Failure, "output", words::not_written));
        return ExitCode::from(ExitKind::Failure.code());
    }
    ExitCode::from(code)
}

fn start(cli: Cli, env: Env, printer: &Printer) -> Outcome {
    if let Some(Command::Completions { shell }) = cli.command {
        let mut script = Vec::new();
        let mut command = args::command(printer.lang(), NO_TERMINAL);
        clap_complete::generate(shell, &mut command, "hermes", &mut script);
        printer.piece(&String::from_utf8_lossy(&script));
        return Ok(0);
    }
    let serves = matches!(cli.command, Some(Command::Up(_)));
    let runtime = runtime(serves).map_err(|error| Failure::io(words::no_runtime, &error))?;
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
    let failure = Failure::new(ExitKind::Usage, "key_on_command_line", refusal::key_shown);
    Some(failure.hint(refusal::key_shown_next))
}

/// Takes the command line apart.
fn parse(args: &[OsString], lang: Lang) -> Result<Cli, clap::Error> {
    let width = out_width().map_or(NO_TERMINAL, usize::from);
    let mut command = args::command(lang, width);
    let matches = command.try_get_matches_from_mut(args)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// A command line that cannot be understood, or a request for help.
fn refuse(printer: &Printer, error: &clap::Error) -> ExitCode {
    use clap::error::ErrorKind;
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            printer.piece(&error.render().ansi().to_string());
            return ExitCode::SUCCESS;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand if !printer.is_json() => {
            printer.say(error.render().ansi().to_string().trim_end());
        }
        _ => explain(printer, &args::refusal(error)),
    }
    ExitCode::from(ExitKind::Usage.code())
}

fn explain(printer: &Printer, refusal: &args::Refusal) {
    let lang = printer.lang();
    if printer.is_json() {
        let failure = Failure::usage(|lang| refusal.message.get(lang));
        printer.failure(&failure.hint(refusal::see_help));
        return;
    }
    printer.wrong(term_line(refusal.message.get(lang)));
    for line in &refusal.list {
        printer.say(format_args!("  {}", term_line(line.get(lang))));
    }
    if !refusal.tips.is_empty() {
        printer.say("");
    }
    for tip in &refusal.tips {
        let tip = term_line(tip.get(lang));
        printer.say(format_args!("  {}{tip}", before(refusal::tip(lang)).green()));
    }
    if let Some(usage) = &refusal.usage {
        let form = before(frame::usage(lang));
        printer.say(format_args!("\n{}{usage}", form.bold().underline()));
    }
    printer.say(format_args!("\n{}", refusal::more(lang)));
}
