use hermes_core::Secret;
use proptest::prelude::*;
use rstest::rstest;

use super::check_key_shape;

#[rstest]
#[case("sk-abc123", true)]
#[case("0123456789abcdef", true)]
#[case("changeme", false)]
#[case("ChangeMe", false)]
#[case("<YOUR_API_KEY>", false)]
#[case("${API_KEY}", false)]
#[case("sk-your-api-key", false)]
#[case("xxxx", false)]
#[case("XXXX-", false)]
#[case("sk-abc...", false)]
#[case("***", false)]
#[case("a b", false)]
#[case("a\n", false)]
#[case("ключ", false)]
fn key_shape_lets_only_real_keys_pass(#[case] key: &str, #[case] fits: bool) {
    assert_eq!(check_key_shape(&Secret::from(key)).is_ok(), fits, "{key}");
}

proptest! {
    #[test]
    fn key_that_passes_makes_exactly_one_header_value(key in any::<String>()) {
        if check_key_shape(&Secret::from(key.as_str())).is_ok() {
            let value = http::HeaderValue::from_str(&key).unwrap();
            prop_assert_eq!(value.to_str().unwrap(), key);
        }
    }
}
