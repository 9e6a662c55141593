//! What each page looks like as markup, so that a change of a page is seen in review.

use hermes_dashboard::look::{Shell, Spot, shell};
use hermes_text::Lang;

use crate::samples::all::drawn;

/// One tag on a line, so that a difference is small.
fn readable(markup: &str) -> String {
    markup.replace("><", ">\n<")
}

fn snapshots(lang: Lang) {
    for (_, name, content) in drawn(lang) {
        insta::assert_snapshot!(format!("{name}.{}", lang.tag()), readable(&content.into_string()));
    }
}

#[test]
fn pages_in_english_are_as_seen_last() {
    snapshots(Lang::En);
}

#[test]
fn pages_in_chinese_are_as_seen_last() {
    snapshots(Lang::Zh);
}

#[test]
fn frames_are_as_seen_last() {
    for lang in Lang::ALL {
        let page = shell(Shell {
            far: false,
            lang,
            spot: Some(Spot::Overview),
            version: "0.1.0",
        });
        insta::assert_snapshot!(format!("frame.{}", lang.tag()), readable(&page.into_string()));
    }
    let lost = shell(Shell {
        far: false,
        lang: Lang::En,
        spot: None,
        version: "0.1.0",
    });
    insta::assert_snapshot!("frame-lost.en", readable(&lost.into_string()));
}
