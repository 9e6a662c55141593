use std::ffi::OsString;

use clap::Command;
use hermes_core::Env;
use hermes_text::Lang;
use hermes_text::cli::help;

use super::{Cli, command, spoken};

/// Every text that a person may read about a command and about everything below it, with where it stands.
fn texts(command: &Command, at: &str) -> Vec<(String, String)> {
    let at = format!("{at} {}", command.get_name());
    let mut found = Vec::new();
    let mut add =
        |what: &str, text: Option<String>| found.push((format!("{at} {what}"), text.unwrap_or_default()));
    add("about", command.get_about().map(ToString::to_string));
    let more = [
        command.get_after_help(),
        command.get_before_help(),
        command.get_long_about(),
    ];
    for more in more.into_iter().flatten() {
        add("more", Some(more.to_string()));
    }
    for arg in command.get_arguments() {
        add(arg.get_id().as_str(), arg.get_help().map(ToString::to_string));
        if let Some(long) = arg.get_long_help() {
            add(arg.get_id().as_str(), Some(long.to_string()));
        }
        // What is hidden stands in the help of the argument itself.
        let values = arg.get_possible_values().into_iter();
        for value in values.filter(|_| !arg.is_hide_possible_values_set()) {
            if let Some(help) = value.get_help() {
                add(value.get_name(), Some(help.to_string()));
            }
        }
    }
    found.extend(command.get_subcommands().flat_map(|below| texts(below, &at)));
    found
}

#[test]
fn every_help_text_stands_in_the_table() {
    let declared = texts(&<Cli as clap::CommandFactory>::command(), "");
    assert!(declared.len() > 100, "{declared:?}");
    for (place, text) in declared {
        assert!(
            help::translated(Lang::Zh, &text).is_some(),
            "the help of{place} is not in the table: {text:?}"
        );
    }
}

#[test]
fn every_text_of_the_table_is_the_help_of_something() {
    let declared = texts(&<Cli as clap::CommandFactory>::command(), "");
    let own = [help::PRINT_HELP, help::PRINT_VERSION];
    for (english, _) in help::TEXTS {
        let used = declared.iter().any(|(_, text)| text == english) || own.contains(english);
        assert!(used, "{english:?} is said nowhere");
    }
}

#[test]
fn chinese_help_is_chinese_in_every_place() {
    for (place, text) in texts(&command(Lang::Zh, 80), "") {
        let chinese = |one: char| ('\u{4e00}'..='\u{9fff}').contains(&one);
        let names_only = text.split_once('、').is_some();
        assert!(text.contains(chinese) || names_only, "{place}: {text:?}");
    }
}

#[test]
fn command_line_holds_together_in_each_language() {
    for lang in Lang::ALL {
        command(lang, 80).debug_assert();
    }
}

#[test]
fn language_of_the_command_line_wins_over_the_environment() {
    let env = Env::from_pairs([("LANG".to_owned(), "zh_CN.UTF-8".to_owned())]);
    let said = |args: &[&str]| spoken(&env, &args.iter().map(OsString::from).collect::<Vec<_>>());
    assert_eq!(said(&["hermes"]), Lang::Zh);
    assert_eq!(said(&["hermes", "doctor", "--lang", "en"]), Lang::En);
    assert_eq!(said(&["hermes", "--lang=en", "nonsense"]), Lang::En);
    assert_eq!(said(&["hermes", "--lang"]), Lang::Zh);
}
