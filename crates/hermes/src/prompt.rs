use std::io::{self, BufRead as _, IsTerminal as _, Read as _};

use hermes_core::Secret;
use hermes_text::cli::app as words;
use hermes_text::{Lang, Word, common};
use tokio::sync::oneshot;

use crate::failure::Failure;

/// Most that is read from stdin or a file for a key or a code.
const SECRET_LIMIT: u64 = 64 * 1024;

/// Asks the person. Nothing here waits for an answer unless stdin and stderr are terminals.
pub(crate) trait Prompter: Send + Sync {
    /// Whether there is a person to ask.
    fn can_ask(&self) -> bool;

    /// A visible line.
    fn ask(&self, question: &str) -> Result<String, Failure>;

    /// A hidden line.
    fn ask_hidden(&self, question: &str) -> Result<Secret, Failure>;

    /// One line of stdin, read beside other work; the sender is dropped when stdin ends.
    fn line(&self) -> oneshot::Receiver<Secret>;

    /// All of stdin, bounded, without the white space around it.
    fn read_all(&self) -> Result<Secret, Failure>;
}

/// The process's own terminal.
#[derive(Debug)]
pub(crate) struct Terminal;

impl Prompter for Terminal {
    fn can_ask(&self) -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    fn ask(&self, question: &str) -> Result<String, Failure> {
        cliclack::input(question)
            .interact()
            .map_err(|error| not_answered(&error))
    }

    fn ask_hidden(&self, question: &str) -> Result<Secret, Failure> {
        let answer = cliclack::password(question)
            .interact()
            .map_err(|error| not_answered(&error))?;
        Ok(Secret::from(answer.trim()))
    }

    fn line(&self) -> oneshot::Receiver<Secret> {
        let (sender, receiver) = oneshot::channel();
        // A thread of its own: the runtime would wait for a blocking read when the program ends.
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = io::stdin().lock().take(SECRET_LIMIT).read_line(&mut line);
            if read.is_ok_and(|count| count > 0) {
                let _ = sender.send(Secret::from(line.trim()));
            }
        });
        receiver
    }

    fn read_all(&self) -> Result<Secret, Failure> {
        read_secret(&mut io::stdin().lock(), words::stdin)
    }
}

/// Reads a secret from a stream, bounded, without the white space around it.
pub(crate) fn read_secret(from: &mut dyn io::Read, what: Word) -> Result<Secret, Failure> {
    let mut text = String::new();
    let count = from
        .take(SECRET_LIMIT + 1)
        .read_to_string(&mut text)
        .map_err(|error| Failure::io(|lang| words::unreadable(lang, what(lang)), &error))?;
    if u64::try_from(count).unwrap_or(u64::MAX) > SECRET_LIMIT {
        return Err(Failure::usage(|lang| words::too_large(lang, what(lang))));
    }
    let whole = Secret::from(text);
    let trimmed = Secret::from(whole.expose().trim());
    if trimmed.expose().is_empty() {
        return Err(Failure::usage(|lang| words::empty(lang, what(lang))));
    }
    Ok(trimmed)
}

/// Whether an answer agrees: `yes` in every language, and the person's own word.
pub(crate) fn is_yes(lang: Lang, answer: &str) -> bool {
    let answer = answer.trim();
    let english = ["yes", "y"].iter().any(|yes| answer.eq_ignore_ascii_case(yes));
    english || answer == common::yes(lang)
}

fn not_answered(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::Interrupted => Failure::cancelled(words::left),
        _ => Failure::io(|lang| words::unreadable(lang, words::terminal(lang)), error),
    }
}
