use std::hash::RandomState;

use rstest::rstest;

use super::fingerprint;

#[rstest]
#[case(
    r#"{"a": 1, "b": {"c": [1, 2], "d": null}}"#,
    r#"{"b":{"d":null,"c":[1,2]},"a":1}"#
)]
#[case(r"[]", " [ ] ")]
#[case(r#"{"a":{}}"#, "\n{ \"a\" : { } }\r\n")]
#[case("no JSON", "no JSON")]
fn same(#[case] one: &str, #[case] other: &str) {
    let state = RandomState::new();
    assert_eq!(
        fingerprint(one.as_bytes(), &state),
        fingerprint(other.as_bytes(), &state)
    );
}

#[rstest]
#[case(r#"{"a":1}"#, r#"{"a":2}"#)]
#[case(r#"{"a":1,"b":2}"#, r#"{"a":2,"b":1}"#)]
#[case("[1,2]", "[2,1]")]
#[case("[[1],2]", "[[1,2]]")]
#[case("[]", "{}")]
#[case("[{}]", "[[]]")]
#[case(r#"["a,b"]"#, r#"["a","b"]"#)]
#[case(r#"{"a":{"b":1}}"#, r#"{"a":1,"b":{}}"#)]
#[case(r#"{"a":1}"#, r#"{"a":1}}"#)]
#[case(r#"{"a":1}"#, r#"{"a":1"#)]
#[case("no JSON", "no  JSON")]
fn different(#[case] one: &str, #[case] other: &str) {
    let state = RandomState::new();
    assert_ne!(
        fingerprint(one.as_bytes(), &state),
        fingerprint(other.as_bytes(), &state)
    );
}

#[test]
fn depth_is_bounded() {
    let (state, deep) = (RandomState::new(), |last: &str| {
        [&"[".repeat(100_000), last, &"]".repeat(100_000)].concat()
    });
    let print = |last: &str| fingerprint(deep(last).as_bytes(), &state);
    assert_eq!(print("1"), print("1"));
    assert_ne!(print("1"), print("2"));
}
