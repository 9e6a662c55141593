use proptest::prelude::*;

use super::Callback;

#[test]
fn callback_query_is_decoded_and_unknown_names_are_passed_over() {
    let callback = Callback::from_query("code=a%2Fb+c&state=s&x=1&x=2&iss=https%3A%2F%2Fi.example").unwrap();
    assert_eq!(callback.code.unwrap().expose(), "a/b c");
    assert_eq!(callback.state.unwrap().expose(), "s");
    assert_eq!(callback.iss.as_deref(), Some("https://i.example"));
    assert!(Callback::from_query("code=").unwrap().code.is_none());
}

#[test]
fn callback_debug_shows_no_code() {
    let callback = Callback::from_query("code=canary-1&state=canary-2").unwrap();
    assert!(!format!("{callback:?}").contains("canary"));
}

proptest! {
    #[test]
    fn callback_with_a_doubled_name_is_always_refused(before in "[a-z=&%]{0,20}", first in "[a-z]{0,5}", second in "[a-z]{0,5}") {
        for name in ["code", "state", "iss", "error", "error_description"] {
            let query = format!("{before}&{name}={first}&{name}={second}");
            prop_assert!(Callback::from_query(&query).is_err());
        }
    }

    #[test]
    fn callback_of_any_text_is_read_or_refused(query in any::<String>()) {
        let callback = Callback::from_query(&query);
        prop_assert!(callback.is_err() || callback.is_ok_and(|callback| callback.code.is_none_or(|code| !code.expose().is_empty())));
    }
}
