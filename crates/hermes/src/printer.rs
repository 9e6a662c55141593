use std::fmt::Display;
use std::io::{self, IsTerminal, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use anstream::{AutoStream, ColorChoice};
use hermes_core::Env;
use hermes_text::Lang;
use hermes_text::cli::frame;
use owo_colors::OwoColorize as _;
use serde::Serialize;

use crate::failure::Failure;
use crate::safe::{json_safe, term_line, term_safe};

/// The only writer to stdout and stderr. Results go to stdout, talk to stderr.
///
/// Text handed to it may hold colours of this program; remote text must have gone through `term_safe` or `term_line` before.
#[derive(Debug)]
pub(crate) struct Printer {
    out_color: ColorChoice,
    err_color: ColorChoice,
    err_tty: bool,
    json: bool,
    lang: Lang,
    /// Nobody reads stdout any more; nothing more is written there.
    closed: AtomicBool,
    /// Stdout could not be written for another reason, such as a full disk.
    broken: AtomicBool,
}

impl Printer {
    /// A printer for this process's streams, which speaks to the person in a language. What scripts read stays English.
    pub(crate) fn new(env: &Env, json: bool, lang: Lang) -> Self {
        let out_tty = io::stdout().is_terminal();
        let err_tty = io::stderr().is_terminal();
        Self {
            out_color: color(env, out_tty),
            err_color: color(env, err_tty),
            err_tty,
            json,
            lang: if json { Lang::En } else { lang },
            closed: AtomicBool::new(false),
            broken: AtomicBool::new(false),
        }
    }

    /// Whether `--json` was given.
    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// The language that everything printed is in; English with `--json`.
    pub(crate) fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether people see stderr at once, so that a line may be redrawn there.
    pub(crate) fn talks_to_terminal(&self) -> bool {
        self.err_tty
    }

    /// Columns of the terminal that talk goes to; none elsewhere.
    pub(crate) fn width(&self) -> Option<u16> {
        let size = self
            .err_tty
            .then(|| terminal_size::terminal_size_of(io::stderr()))
            .flatten();
        size.map(|(width, _)| width.0)
    }

    /// One line of a result.
    pub(crate) fn line(&self, text: impl Display) {
        self.write_out(&format!("{text}\n"));
    }

    /// Text of a result without a line end, shown at once.
    pub(crate) fn piece(&self, text: &str) {
        self.write_out(text);
    }

    /// A result for scripts.
    pub(crate) fn json(&self, value: &impl Serialize) {
        let text = serde_json::to_string_pretty(value).expect("results hold only text, numbers and lists");
        self.line(json_safe(&text));
    }

    /// A result for scripts that is one of several, on one line.
    pub(crate) fn json_line(&self, value: &impl Serialize) {
        let text = serde_json::to_string(value).expect("results hold only text, numbers and lists");
        self.line(json_safe(&text));
    }

    /// One line of talk.
    pub(crate) fn say(&self, text: impl Display) {
        self.write_err(&format!("{text}\n"));
    }

    /// Replaces the current line of talk; only on a terminal.
    pub(crate) fn redraw(&self, text: &str) {
        if self.err_tty {
            self.write_err(&format!("\r\u{1b}[2K{text}"));
        }
    }

    /// Something that went well.
    pub(crate) fn done(&self, text: impl Display) {
        self.say(format_args!("{} {text}", "✓".green()));
    }

    /// Something the person should know.
    pub(crate) fn note(&self, text: impl Display) {
        self.say(format_args!("{}{text}", before(frame::note(self.lang)).cyan()));
    }

    /// Something that may become a problem.
    pub(crate) fn warn(&self, text: impl Display) {
        self.say(format_args!(
            "{}{text}",
            before(frame::warning(self.lang)).yellow()
        ));
    }

    /// Why a command did not do its work.
    pub(crate) fn failure(&self, failure: &Failure) {
        if self.json {
            let text = failure.to_json().to_string();
            self.say(json_safe(&text));
            return;
        }
        let message = term_line(failure.message.get(self.lang));
        self.wrong(&message);
        if let Some(hint) = &failure.hint {
            let hint = term_safe(hint.get(self.lang));
            self.say(format_args!("{}{hint}", before(frame::help(self.lang)).cyan()));
        }
    }

    /// What went wrong, without what to do.
    pub(crate) fn wrong(&self, text: impl Display) {
        self.say(format_args!(
            "{}{text}",
            before(frame::error(self.lang)).red().bold()
        ));
    }

    /// Whether everything that was printed to stdout got there, or nobody wanted it.
    pub(crate) fn is_whole(&self) -> bool {
        !self.broken.load(Ordering::Relaxed)
    }

    fn write_out(&self, text: &str) {
        if self.closed.load(Ordering::Relaxed) {
            return;
        }
        let mut stream = AutoStream::new(io::stdout().lock(), self.out_color);
        if let Err(error) = stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
            self.closed.store(true, Ordering::Relaxed);
            self.broken
                .store(error.kind() != io::ErrorKind::BrokenPipe, Ordering::Relaxed);
        }
    }

    fn write_err(&self, text: &str) {
        let mut stream = AutoStream::new(io::stderr().lock(), self.err_color);
        // There is no place left to complain when stderr is gone.
        let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    }
}

/// Colours only on a terminal that has them and where the person did not decline (<https://no-color.org>, `CLICOLOR_FORCE`).
fn color(env: &Env, tty: bool) -> ColorChoice {
    let forced = env.get("CLICOLOR_FORCE").is_some_and(|value| value != "0");
    let declined = env.get("NO_COLOR").is_some() || env.get("TERM") == Some("dumb");
    match (declined, forced || tty) {
        (false, true) => ColorChoice::Always,
        _ => ColorChoice::Never,
    }
}

/// A word before a line of talk, with the gap behind it; a full-width colon brings its own.
pub(crate) fn before(word: &str) -> String {
    if word.ends_with(':') {
        format!("{word} ")
    } else {
        word.to_owned()
    }
}

/// Columns of the terminal that results go to; none elsewhere.
pub(crate) fn out_width() -> Option<u16> {
    terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0)
}
