//! What holds for every page: no value becomes markup, nothing needs what the policy forbids, ids are unique, languages do not mix.

use std::collections::BTreeSet;

use hermes_dashboard::look::{Shell, Spot, shell};
use hermes_text::Lang;

use crate::samples::{HOSTILE, all::drawn};

fn pages(lang: Lang) -> Vec<(String, String)> {
    let frame = shell(Shell {
        far: false,
        lang,
        spot: Some(Spot::Keys),
        version: "0.1.0",
    })
    .into_string();
    let pages = drawn(lang)
        .into_iter()
        .map(|(_, name, content)| (name, content.into_string()));
    pages.chain([("frame".to_owned(), frame)]).collect()
}

/// Every tag with its attributes, without what stands between tags. Escaped text holds no `<`.
fn tags(markup: &str) -> Vec<&str> {
    markup
        .split('<')
        .skip(1)
        .filter_map(|rest| rest.split('>').next())
        .collect()
}

#[test]
fn values_with_markup_in_them_stay_text() {
    let mut shown = 0;
    for (name, markup) in pages(Lang::En) {
        assert!(!markup.contains(HOSTILE), "{name}");
        assert!(!markup.contains("<img"), "{name}");
        shown += markup.matches("&lt;img src=x onerror=alert(1)&gt;").count();
    }
    assert!(
        shown > 60,
        "the samples show hostile values in many places, but only in {shown}"
    );
}

#[test]
fn no_link_runs_a_script() {
    for (name, markup) in pages(Lang::En) {
        assert!(!markup.contains("href=\"javascript:"), "{name}");
    }
}

#[test]
fn nothing_needs_what_the_policy_forbids() {
    for (name, markup) in pages(Lang::En) {
        for tag in tags(&markup) {
            // Values of attributes may hold anything; only their names count.
            let bare: String = tag.split('"').step_by(2).collect();
            let scripted = bare
                .split_whitespace()
                .skip(1)
                .any(|attribute| attribute.starts_with("on") || attribute.starts_with("style="));
            assert!(!scripted, "{name}: <{tag}>");
            let inline =
                bare.starts_with("style") || (bare.starts_with("script") && !tag.contains("src=\"/assets/"));
            assert!(!inline, "{name}: <{tag}>");
        }
    }
}

#[test]
fn ids_of_a_page_are_unique() {
    for (name, markup) in pages(Lang::En) {
        let mut seen = BTreeSet::new();
        for id in markup
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            assert!(seen.insert(id), "{name}: `{id}` twice");
        }
    }
}

#[test]
fn languages_do_not_mix() {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    for (name, markup) in pages(Lang::En).into_iter().filter(|(name, _)| name != "frame") {
        assert!(!markup.chars().any(is_chinese), "{name}");
    }
    for (name, markup) in pages(Lang::Zh) {
        assert!(markup.chars().any(is_chinese), "{name}");
    }
}
