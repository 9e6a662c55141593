use proptest::prelude::*;

use super::printable;

#[test]
fn printable_escapes_what_a_terminal_obeys() {
    assert_eq!(printable("a\u{1b}]52;c;x\u{7}b", 40), "a\\u{1b}]52;c;x\\u{7}b");
    assert_eq!(printable("\u{9b}2J\u{7f}", 40), "\\u{9b}2J\\u{7f}");
    assert_eq!(printable("x\u{202e}y\u{200b}", 40), "x\\u{202e}y\\u{200b}");
}

#[test]
fn printable_long_text_is_cut_by_characters() {
    assert_eq!(printable("ääääää", 3), "äää…");
    assert_eq!(printable("abc", 3), "abc");
    assert_eq!(printable("  a \r\n\t b  ", 9), "a b");
}

proptest! {
    #[test]
    fn printable_of_any_text_holds_no_control_and_keeps_its_bound(text in any::<String>(), max in 0_usize..50) {
        let shown = printable(&text, max);
        prop_assert!(shown.chars().all(|one| !one.is_control()));
        prop_assert!(shown.chars().count() <= max * 10 + 1);
    }
}
