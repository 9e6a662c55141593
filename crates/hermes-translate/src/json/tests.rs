use rstest::rstest;

use super::{JsonError, LIMIT, parse, weight};

#[rstest]
#[case::nothing("", 0)]
#[case::a_string(r#""a,b:[{\"c\\""#, 0)]
#[case::a_string_without_end(r#""a,b\"#, 0)]
#[case::a_list("[1,2,3]", 288 + 2 * 96)]
#[case::an_object(r#"{"a":1,"b":"[,"}"#, 512 + 2 * 64 + 96)]
fn what_stands_between_strings_counts(#[case] text: &str, #[case] expected: usize) {
    assert_eq!(weight(text.as_bytes()), expected);
}

#[test]
fn a_large_text_is_no_large_tree() {
    let text = format!("[\"{}\"]", "[{,".repeat(LIMIT / 2));
    assert!(parse(text.as_bytes()).is_ok());
}

#[rstest]
#[case::numbers("0,")]
#[case::objects("{},")]
#[case::fields("{\"a\":1},")]
fn a_tree_that_would_fill_the_memory_is_not_made(#[case] element: &str) {
    let text = format!("[{}0]", element.repeat((8 << 20) / element.len()));
    assert!(matches!(parse(text.as_bytes()), Err(JsonError::TooMany)));
}

#[test]
fn what_is_not_json_is_told() {
    let error = parse(b"{\"a\":").unwrap_err();
    assert_eq!(
        error.to_string(),
        "not JSON: EOF while parsing a value at line 1 column 5"
    );
}
