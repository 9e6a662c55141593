use std::path::Path;

use super::from_code;
use hermes_core::Explain;

#[test]
fn from_code_each_class_has_its_kind() {
    let cases = [
        (5, "store_locked"),
        (517, "store_locked"),
        (6, "store_locked"),
        (11, "store_unreadable"),
        (26, "store_unreadable"),
        (266, "store_unreadable"),
        (522, "store_unreadable"),
        (8, "store_not_writable"),
        (778, "store_not_writable"),
        (13, "store_not_writable"),
        (14, "store_not_writable"),
        (2067, "taken"),
        (1555, "taken"),
        (787, "store_failed"),
        (1, "store_failed"),
    ];
    for (code, kind) in cases {
        assert_eq!(
            from_code(Path::new("x"), code, "text").kind(),
            kind,
            "code {code}"
        );
    }
}
