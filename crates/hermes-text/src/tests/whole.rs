//! Every message of the table, read from its source.

use std::collections::BTreeSet;
use std::path::Path;

use crate::{Both, Lang, check};

/// English and Chinese of every message below a folder, with the file they stand in.
fn messages(folder: &Path, found: &mut Vec<(String, String, String)>) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("tests") {
            messages(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs_err::read_to_string(&path).unwrap();
            let pairs = pairs(&text).into_iter();
            found.extend(pairs.map(|(en, zh)| (path.display().to_string(), en, zh)));
        }
    }
}

/// A message is `en: "...", zh: "..."` or `one: "...", other: "...", zh: "..."`.
fn pairs(text: &str) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    let mut english = String::new();
    for (place, _) in text.match_indices(": \"") {
        let literal = literal(&text[place + 3..]);
        match text[..place]
            .rsplit(|c: char| !c.is_alphanumeric())
            .next()
            .unwrap()
        {
            "en" | "other" => english = literal,
            "zh" => pairs.push((std::mem::take(&mut english), literal)),
            _ => {}
        }
    }
    pairs
}

/// A string literal after its opening quote.
fn literal(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => break,
            '\\' => out.extend(chars.next()),
            c => out.push(c),
        }
    }
    out
}

fn values(text: &str) -> BTreeSet<&str> {
    let opened = text.split('{').skip(1);
    opened.filter_map(|part| part.split('}').next()).collect()
}

#[test]
fn every_message_says_the_same_in_each_language() {
    let mut all = Vec::new();
    messages(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    assert!(all.len() > 500, "{} messages", all.len());
    let mut wrong = Vec::new();
    for (file, en, zh) in &all {
        assert!(!en.is_empty() && !zh.is_empty(), "{file}: {en} {zh}");
        let mut faults = check::faults(|lang| Both::new(en.clone(), zh.clone()).get(lang).to_owned());
        if values(en) != values(zh) {
            faults.push(format!("other values: {en} | {zh}"));
        }
        wrong.extend(faults.into_iter().map(|fault| format!("{file}: {fault}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_text_that_says_something_else_is_found() {
    let faults = |en: &'static str, zh: &'static str| {
        check::faults(|lang| if lang == Lang::En { en } else { zh }.to_owned())
    };
    assert!(faults("run `hermes up` within 20 s", "请在 20 秒内运行 `hermes up`").is_empty());
    assert_eq!(faults("run `hermes up`", "请运行 `hermes`").len(), 1);
    assert_eq!(faults("wait 20 s", "请等待 30 秒").len(), 1);
    assert_eq!(faults("wait a moment", "wait a moment").len(), 1);
    assert_eq!(faults("wait, please", "请,等待").len(), 1);
}
