//! Whether two texts say the same, as far as a test can tell.

use crate::Lang;

/// What is amiss between the text in the two languages: code or numbers that only one has, no Chinese at all, half-width
/// punctuation after Chinese words. Empty when nothing is.
pub fn faults(said: impl Fn(Lang) -> String) -> Vec<String> {
    let [en, zh] = [Lang::En, Lang::Zh].map(said);
    let mut faults = Vec::new();
    let words = en
        .split_whitespace()
        .filter(|word| word.chars().all(char::is_alphabetic));
    if !zh.chars().any(is_chinese) && words.count() > 1 {
        faults.push(format!("no Chinese: {zh}"));
    }
    for (what, parts) in [("code", code as fn(&str) -> Vec<String>), ("numbers", numbers)] {
        if parts(&en) != parts(&zh) {
            faults.push(format!("other {what}: {en} | {zh}"));
        }
    }
    let plain: Vec<char> = zh.chars().collect();
    let half = |window: &[char]| is_chinese(window[0]) && ",;:!?".contains(window[1]);
    if plain.windows(2).any(half) {
        faults.push(format!("half-width punctuation: {zh}"));
    }
    faults
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// What stands between backticks, sorted.
fn code(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = text.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    parts.sort();
    parts
}

/// The numbers, sorted. A lone one is left out: it may be the singular of a count, or a word in the other language.
fn numbers(text: &str) -> Vec<String> {
    let all = text.split(|c: char| !c.is_ascii_digit());
    let mut all: Vec<String> = all.filter(|part| part.len() > 1).map(str::to_owned).collect();
    all.sort();
    all
}
