//! Words for people stand in the table of `hermes-text`, where no language can be missing, and nowhere in this crate.

use std::path::Path;

use crate::context::files;

/// What hands its argument to a person.
const SPEAKERS: &[&str] = &[
    ".say(",
    ".line(",
    ".piece(",
    ".done(",
    ".note(",
    ".warn(",
    ".wrong(",
    ".redraw(",
    ".title(",
    ".tell(",
    ".close(",
    ".ask(",
    ".ask_hidden(",
    ".hint(",
    "Failure::usage(",
    "Failure::cancelled(",
    "Failure::io(",
    "failed(",
    "with_head([",
    "Cell::from(",
    "Cell::styled(",
    "add(",
    "Both::same(",
    "|_|",
    "|lang|",
];

/// What may stand between a speaker and its text.
const WRAPPERS: &[&str] = &["format!(", "format_args!(", "&", "|_|", "|lang|"];

/// Texts that are for programmers, for models or for files.
const NOT_FOR_PEOPLE: &[&str] = &[
    // To the model, before a question.
    "You are a helpful assistant.",
    // What a simulated provider answers.
    "slow down",
    // A question to a listener.
    r"GET /healthz HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n",
    // An origin, as `config show --json` and the admin API give it; people get it by a message.
    "config.toml line ",
];

/// A string literal, and the code before it without its white space.
struct Literal {
    line: usize,
    before: String,
    text: String,
}

/// The string literals of a source, without those in comments.
fn literals(source: &str) -> Vec<Literal> {
    let mut found = Vec::new();
    let mut before = String::new();
    let mut line = 1;
    let mut rest = source;
    while let Some(one) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with('"') {
            let text = literal(rest);
            found.push(Literal {
                line,
                before: before.clone(),
                text: text.to_owned(),
            });
            before.push_str("\"\"");
            text.len() + 2
        } else if rest.starts_with("'\"'") {
            3
        } else {
            if !one.is_whitespace() {
                before.push(one);
            }
            one.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    found
}

/// What stands between the quotation marks at the beginning of a source.
fn literal(source: &str) -> &str {
    let mut escaped = false;
    let end = source[1..].find(|one| {
        let ends = one == '"' && !escaped;
        escaped = one == '\\' && !escaped;
        ends
    });
    &source[1..=end.unwrap()]
}

/// Whether there are words in a text, beside its values.
fn has_words(text: &str, at_least: usize) -> bool {
    let mut depth = 0_u32;
    let plain: String = text
        .chars()
        .filter(|one| {
            depth += u32::from(*one == '{');
            let inside = depth > 0;
            depth = depth.saturating_sub(u32::from(*one == '}'));
            !inside
        })
        .collect();
    let words = plain.split_whitespace().filter(|word| {
        let letters = word.trim_matches(|one: char| one.is_ascii_punctuation());
        letters.len() > 1 && letters.chars().all(|one| one.is_alphabetic() || one == '\'')
    });
    words.count() >= at_least
}

/// Names of commands are the same in every language.
fn is_command(text: &str) -> bool {
    text == "hermes" || text.starts_with("hermes ") || text.starts_with("$ ")
}

fn is_for_people(one: &Literal) -> bool {
    if NOT_FOR_PEOPLE.contains(&one.text.as_str()) || is_command(&one.text) {
        return false;
    }
    if one.before.ends_with(".expect(") || one.before.ends_with("reason=") {
        return false;
    }
    let mut before = one.before.as_str();
    while let Some(shorter) = WRAPPERS.iter().find_map(|wrapper| before.strip_suffix(wrapper)) {
        before = shorter;
    }
    let wrapped = one.before.ends_with("|_|") || before != one.before;
    let said = SPEAKERS
        .iter()
        .any(|speaker| before.ends_with(speaker) || (wrapped && one.before.ends_with(speaker)));
    has_words(&one.text, if said { 1 } else { 2 })
}

fn complaints(name: &str, source: &str) -> Vec<String> {
    let spoken = literals(source).into_iter().filter(is_for_people);
    spoken
        .map(|one| format!("{name}:{}: {:?}", one.line, one.text))
        .collect()
}

#[test]
fn every_text_for_people_stands_in_the_table() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    let mut found = Vec::new();
    for file in files(&sources) {
        let name = file.strip_prefix(&sources).unwrap().display().to_string();
        if name.contains("tests") {
            continue;
        }
        let source = fs_err::read_to_string(&file).unwrap();
        seen += literals(&source).len();
        found.extend(complaints(&name, &source));
    }
    assert!(seen > 500, "only {seen} literals were read");
    assert!(
        found.is_empty(),
        "texts outside of the table of `hermes-text`:\n{}",
        found.join("\n")
    );
}

#[test]
fn texts_outside_of_the_table_are_noticed_in_every_form() {
    for wrong in [
        r#"app.printer.say("Hello");"#,
        r#"app.printer.say(format_args!("Hello {name}"));"#,
        "printer\n    .done(\n        \"Removed\",\n    );",
        r#"Failure::usage(|_| "wrong")"#,
        r#"Failure::usage(|_| format!("`{text}` wrong"))"#,
        r#"failure.hint(|lang| "Look")"#,
        r#"Table::with_head(["NAME", words::head(lang)])"#,
        r#"let text = format!("{count} logins were moved");"#,
        r#"let text = "not known";"#,
        r#"prompter.ask("Sure?")"#,
        r#"add("place", value)"#,
        r#"say("它是中文 也不行")"#,
    ] {
        assert_eq!(complaints("x", wrong).len(), 1, "{wrong}");
    }
    for right in [
        "app.printer.say(words::hello(lang));",
        "// .say(\"Hello there\")",
        r#"app.printer.line(format_args!("  {:<25}{url}{path}", title));"#,
        r#"json!({ "event": "signed-in", "label": label })"#,
        r#"value.expect("settings hold only text")"#,
        r#"#[expect(dead_code, reason = "only Linux has it")]"#,
        r#"stage.tell(|_| format!("$ hermes token {target}"));"#,
        r#"text.split('"').next()"#,
        r#"add("", value)"#,
    ] {
        assert_eq!(complaints("x", right), Vec::<String>::new(), "{right}");
    }
}
