use std::path::PathBuf;

use hermes_core::{Explain as _, Lang, language_faults};
use hermes_text::Both;
use hermes_text::errors::store as text;

use super::StoreError;
use crate::{KeyringProblem, Suspicion};

fn every_kind() -> Vec<StoreError> {
    let path = || PathBuf::from("/home/hermes.db");
    let problem = || Both::same("disk I/O error");
    let suspect = |why| StoreError::Suspect {
        place: "/home".to_owned(),
        why,
    };
    let original = Both::of(|lang| text::place_other_server(lang, "hermes"));
    vec![
        StoreError::Locked(path()),
        StoreError::Unreadable {
            path: path(),
            problem: Both::of(text::checksum),
        },
        StoreError::Unsafe {
            path: path(),
            problem: Both::of(|lang| text::open_mode(lang, "644")),
        },
        StoreError::Newer {
            path: path(),
            found: 99,
            known: 12,
        },
        StoreError::Lab {
            path: path(),
            lab: true,
        },
        StoreError::Lab {
            path: path(),
            lab: false,
        },
        StoreError::Key {
            problem: Both::of(|lang| text::keyring_failed(lang, "no reply")),
        },
        StoreError::Damaged {
            row: Both::of(|lang| text::row_secret(lang, "work", "aurora", 7, "access")),
        },
        StoreError::Missing {
            what: Both::of(|lang| text::store_in(lang, "/home")),
        },
        StoreError::Taken {
            what: Both::of(|lang| text::label_of(lang, "work", "aurora")),
        },
        StoreError::NotWritable {
            path: path(),
            problem: problem(),
        },
        StoreError::Away {
            place: "postgres://db/hermes".to_owned(),
            problem: Both::of(text::silent),
        },
        suspect(Suspicion::Copy { original }),
        suspect(Suspicion::Older { missing: 12 }),
        suspect(Suspicion::Moved {
            heir: "/new".to_owned(),
        }),
        StoreError::NotForThis {
            problem: Both::of(text::no_copy),
            instead: text::no_copy_next,
        },
        StoreError::Backend(problem()),
    ]
}

#[test]
fn every_error_says_the_same_in_each_language() {
    for error in every_kind() {
        assert_eq!(language_faults(&error), Vec::<String>::new());
    }
    let taken = StoreError::Taken {
        what: Both::of(|lang| text::label_of(lang, "work", "aurora")),
    };
    assert_eq!(taken.message(Lang::Zh), "`aurora` 的标签 `work` 已被使用");
}

#[test]
fn what_a_keyring_says_and_a_suspicion_are_shown_in_english() {
    assert_eq!(
        KeyringProblem::Absent.to_string(),
        "there is no keyring in this session"
    );
    let older = Suspicion::Older { missing: 2 };
    assert_eq!(older.to_string(), older.message(Lang::En));
    assert!(older.next_step(Lang::Zh).contains("`hermes store adopt`"));
}
