//! The command line in a person's language: headings, help and what stands behind options.

use std::ffi::OsString;
use std::fmt::Write as _;

use clap::builder::{PossibleValue, StyledStr};
use clap::{Arg, ArgAction, CommandFactory as _};
use hermes_core::Env;
use hermes_text::Lang;
use hermes_text::cli::{frame, help};
use unicode_width::UnicodeWidthStr as _;

use super::Cli;

/// Wider lines are hard to read.
const WIDEST: usize = 100;
/// Columns that help gets however narrow a terminal is.
const NARROWEST: usize = 20;
/// Clap indents by this much, and leaves it between columns.
const GAP: usize = 2;
/// Where the long name of an option begins, behind a short one.
const SHORT: usize = 4;

/// The language of the person: `--lang`, else what the environment says. The command line need not be one that can be understood.
pub(crate) fn spoken(env: &Env, args: &[OsString]) -> Lang {
    let texts: Vec<_> = args.iter().map(|arg| arg.to_string_lossy()).collect();
    let joined = texts.iter().find_map(|text| text.strip_prefix("--lang="));
    let follows = || {
        let pair = texts.windows(2).find(|pair| pair[0] == "--lang")?;
        Some(pair[1].as_ref())
    };
    match joined.or_else(follows) {
        Some(tag) => Lang::of_locale(tag),
        None => Lang::of_environment(|name| env.get(name)),
    }
}

/// The command line in a language, with help that fits into `width` columns.
pub(crate) fn command(lang: Lang, width: usize) -> clap::Command {
    let command = Cli::command();
    let version = Arg::new("version").short('V').long("version");
    let version = version.action(ArgAction::Version).help(help::PRINT_VERSION);
    let globals: Vec<Arg> = command.get_arguments().cloned().collect();
    let command = command
        .disable_version_flag(true)
        .arg(version.display_order(1000));
    let width = width.min(WIDEST);
    Speaker { lang, width, globals }.command(command)
}

struct Speaker {
    lang: Lang,
    width: usize,
    /// Options that every command has. They are given to each, so that they fit beside its own ones.
    globals: Vec<Arg>,
}

impl Speaker {
    /// A command with everything below it.
    fn command(&self, command: clap::Command) -> clap::Command {
        let print_help = Arg::new("help").short('h').long("help");
        let print_help = print_help.action(ArgAction::Help).help(help::PRINT_HELP);
        let mut command = command
            .disable_help_flag(true)
            .arg(print_help.display_order(999))
            .term_width(self.width);
        let has =
            |command: &clap::Command, id: &clap::Id| command.get_arguments().any(|arg| arg.get_id() == id);
        for global in &self.globals {
            if !has(&command, global.get_id()) {
                command = command.arg(global.clone());
            }
        }
        let (positionals, options) = columns(&command);
        let template = self.template(&command);
        let about = self.say(command.get_about());
        if let Some(after) = command.get_after_help() {
            let after = self.fitted(&self.say(Some(after)), 0);
            command = command.after_help(after);
        }
        command
            .mut_args(|arg| {
                let column = if arg.is_positional() { positionals } else { options };
                self.argument(arg, column)
            })
            .mut_subcommands(|below| self.command(below))
            .about(about)
            .help_template(template)
    }

    /// Help in the person's language, found by the English text.
    fn say(&self, english: Option<&StyledStr>) -> String {
        let english = english.map(ToString::to_string).unwrap_or_default();
        help::translated(self.lang, &english).map_or(english, str::to_owned)
    }

    /// The page: what it is, its form, and each list with a heading where there is one.
    fn template(&self, command: &clap::Command) -> StyledStr {
        let styles = command.get_styles();
        let (usage, heading) = (styles.get_usage(), styles.get_header());
        let word = frame::usage(self.lang);
        // A full-width colon brings its own gap.
        let gap = if word.ends_with(':') { " " } else { "" };
        let mut template = format!("{{about-with-newline}}\n{usage}{word}{usage:#}{gap}{{usage}}");
        let lists = [
            (
                command.has_subcommands(),
                frame::commands(self.lang),
                "{subcommands}",
            ),
            (
                command.get_positionals().next().is_some(),
                frame::arguments(self.lang),
                "{positionals}",
            ),
            (true, frame::options(self.lang), "{options}"),
        ];
        for (_, name, list) in lists.iter().filter(|(has, ..)| *has) {
            let _ = write!(template, "\n\n{heading}{name}{heading:#}\n{list}");
        }
        template.push_str("{after-help}");
        StyledStr::from(template)
    }

    fn argument(&self, arg: Arg, column: usize) -> Arg {
        let mut text = self.say(arg.get_help());
        for part in [self.values(&arg), self.default_value(&arg)]
            .into_iter()
            .flatten()
        {
            let apart = part.contains('\n') || text.contains('\n');
            text = text + if apart { "\n" } else { " " } + &part;
        }
        let takes_values = arg.get_action().takes_values();
        let arg = if arg.is_global_set() {
            arg.display_order(900)
        } else {
            arg
        };
        arg.help(self.fitted(&text, column))
            .hide_possible_values(takes_values)
            .hide_default_value(takes_values)
    }

    /// The values an option takes: each with its help on a line of its own, or in a row where none has any.
    fn values(&self, arg: &Arg) -> Option<String> {
        let values = arg.get_possible_values();
        // A flag takes values that nobody writes.
        if values.is_empty() || !arg.get_action().takes_values() {
            return None;
        }
        if values.iter().all(|value| value.get_help().is_none()) {
            let names: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
            return Some(frame::values(self.lang, &names.join(", ")));
        }
        let widest = values.iter().map(|value| value.get_name().width()).max()?;
        let mut text = frame::values_head(self.lang).to_owned();
        for value in &values {
            let (name, help) = (value.get_name(), self.say(value.get_help()));
            let _ = write!(text, "\n- {name:widest$}  {help}");
        }
        Some(text)
    }

    fn default_value(&self, arg: &Arg) -> Option<String> {
        let value = arg.get_default_values().first()?.to_string_lossy();
        arg.get_action()
            .takes_values()
            .then(|| frame::default_value(self.lang, &value))
    }

    /// Text with line ends, so that it fits between a column and the border. English is left to clap, which breaks at spaces only.
    fn fitted(&self, text: &str, column: usize) -> String {
        match self.lang {
            Lang::En => text.to_owned(),
            Lang::Zh => textwrap::fill(text, self.width.saturating_sub(column).max(NARROWEST)),
        }
    }
}

/// Where the help of arguments and that of options begins.
fn columns(command: &clap::Command) -> (usize, usize) {
    let widest = |positional: bool| {
        let args = command.get_arguments();
        let mine = args.filter(|arg| arg.is_positional() == positional);
        mine.map(form_width).max().unwrap_or(0)
    };
    (widest(true) + 2 * GAP, widest(false) + SHORT + 2 * GAP)
}

/// Columns of `--long <VALUE>` or `<VALUE>...`. Clap itself can tell only when the command is complete.
fn form_width(arg: &Arg) -> usize {
    let value = arg.get_value_names().and_then(<[_]>::first);
    let value = value.map_or_else(|| arg.get_id().as_str().width(), |name| name.width()) + "<>".len();
    let more = if matches!(arg.get_action(), ArgAction::Append) {
        "...".len()
    } else {
        0
    };
    match arg.get_long() {
        None => value + more,
        Some(long) if arg.get_action().takes_values() => "--".len() + long.width() + 1 + value,
        Some(long) => "--".len() + long.width(),
    }
}

#[cfg(test)]
mod tests;
