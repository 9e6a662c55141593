use http::header::{ACCEPT_ENCODING, HeaderMap, HeaderValue};
use pretty_assertions::assert_eq;
use rstest::rstest;

use super::takes;

#[rstest]
#[case::browser("gzip, deflate, br, zstd", true)]
#[case::loud("DEFLATE", true)]
#[case::weighed("gzip;q=1.0, deflate;q=0.5", true)]
#[case::refused("deflate;q=0", false)]
#[case::refused_at_length("deflate; q=0.000", false)]
#[case::other("gzip, x-deflate", false)]
#[case::nothing("", false)]
fn compression_is_for_those_who_take_it(#[case] accepted: &'static str, #[case] expected: bool) {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static(accepted));
    assert_eq!(takes(&headers), expected);
}

#[test]
fn who_says_nothing_gets_it_plain() {
    assert!(!takes(&HeaderMap::new()));
}
