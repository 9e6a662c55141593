//! Why a command line cannot be understood, in the person's language, out of what clap knows about it.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use hermes_text::cli::{frame, refusal as words};
use hermes_text::{Both, Lang};

use super::number::NotBetween;

/// What is said of a command line: one line, and what follows it.
pub(crate) struct Refusal {
    /// What is wrong.
    pub(crate) message: Both,
    /// Names that are missing or possible, each on a line.
    pub(crate) list: Vec<Both>,
    /// What could be meant instead.
    pub(crate) tips: Vec<Both>,
    /// The form of the command.
    pub(crate) usage: Option<String>,
}

/// Reads what clap found.
pub(crate) fn refusal(error: &clap::Error) -> Refusal {
    let (message, list) = message(error);
    let usage = match error.get(ContextKind::Usage) {
        Some(ContextValue::StyledStr(usage)) => Some(usage.to_string()),
        _ => None,
    };
    Refusal {
        message,
        list,
        tips: tips(error),
        usage: usage.map(|usage| usage.trim_start_matches(frame::usage(Lang::En)).trim().to_owned()),
    }
}

fn message(error: &clap::Error) -> (Both, Vec<Both>) {
    let argument = text(error, ContextKind::InvalidArg);
    let value = text(error, ContextKind::InvalidValue);
    let plain = |words: &dyn Fn(Lang) -> String| (Both::of(words), Vec::new());
    match error.kind() {
        ErrorKind::UnknownArgument => plain(&|lang| words::unexpected(lang, &argument)),
        ErrorKind::InvalidSubcommand => {
            let name = text(error, ContextKind::InvalidSubcommand);
            plain(&|lang| words::no_command(lang, &name))
        }
        ErrorKind::MissingRequiredArgument => {
            let names = all(error, ContextKind::InvalidArg);
            (Both::of(words::missing), names.iter().map(Both::same).collect())
        }
        ErrorKind::MissingSubcommand => {
            let name = text(error, ContextKind::InvalidSubcommand);
            let commands = all(error, ContextKind::ValidSubcommand).join(", ");
            let list = Both::of(|lang| words::commands(lang, &commands));
            (Both::of(|lang| words::needs_command(lang, &name)), vec![list])
        }
        ErrorKind::InvalidValue if value.is_empty() => (
            Both::of(|lang| words::needs_value(lang, &argument)),
            values(error),
        ),
        ErrorKind::InvalidValue => (
            Both::of(|lang| words::invalid(lang, &value, &argument)),
            values(error),
        ),
        ErrorKind::ValueValidation => (
            Both::of(|lang| not_valid(error, lang, &value, &argument)),
            Vec::new(),
        ),
        ErrorKind::TooManyValues => plain(&|lang| words::takes_none(lang, &value, &argument)),
        ErrorKind::ArgumentConflict => conflict(error, &argument),
        ErrorKind::InvalidUtf8 => plain(&|lang| words::not_text(lang).to_owned()),
        _ => plain(&|lang| words::not_understood(lang).to_owned()),
    }
}

fn not_valid(error: &clap::Error, lang: Lang, value: &str, argument: &str) -> String {
    let cause = std::error::Error::source(error);
    match cause.and_then(|cause| cause.downcast_ref::<NotBetween>()) {
        Some(cause) => words::invalid_because(lang, value, argument, cause.told(lang)),
        None => words::invalid(lang, value, argument),
    }
}

fn conflict(error: &clap::Error, argument: &str) -> (Both, Vec<Both>) {
    let others = all(error, ContextKind::PriorArg);
    match others.as_slice() {
        [one] if one == argument => (Both::of(|lang| words::twice(lang, argument)), Vec::new()),
        [one] => (Both::of(|lang| words::conflict(lang, argument, one)), Vec::new()),
        _ => {
            let list = others.iter().map(Both::same).collect();
            (Both::of(|lang| words::conflicts(lang, argument)), list)
        }
    }
}

fn values(error: &clap::Error) -> Vec<Both> {
    let values = all(error, ContextKind::ValidValue).join(", ");
    if values.is_empty() {
        return Vec::new();
    }
    vec![Both::of(|lang| frame::values(lang, &values))]
}

/// A message about one name, and about several.
type Similar = (fn(Lang, &str) -> String, fn(Lang, &str) -> String);

fn tips(error: &clap::Error) -> Vec<Both> {
    let kinds: [(ContextKind, Similar); 3] = [
        (
            ContextKind::SuggestedSubcommand,
            (words::similar_command, words::similar_commands),
        ),
        (
            ContextKind::SuggestedArg,
            (words::similar_argument, words::similar_arguments),
        ),
        (
            ContextKind::SuggestedValue,
            (words::similar_value, words::similar_values),
        ),
    ];
    let tip = |(kind, (one, several)): (ContextKind, Similar)| match all(error, kind).as_slice() {
        [] => None,
        [name] => Some(Both::of(|lang| one(lang, name))),
        names => Some(Both::of(|lang| {
            let names: Vec<_> = names.iter().map(|name| words::quoted(lang, name)).collect();
            several(lang, &names.join(frame::comma(lang)))
        })),
    };
    kinds.into_iter().filter_map(tip).collect()
}

/// A name that clap holds on to; empty where there is none.
fn text(error: &clap::Error, kind: ContextKind) -> String {
    all(error, kind).into_iter().next().unwrap_or_default()
}

fn all(error: &clap::Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(one)) => vec![one.clone()],
        Some(ContextValue::Strings(all)) => all.clone(),
        _ => Vec::new(),
    }
}
