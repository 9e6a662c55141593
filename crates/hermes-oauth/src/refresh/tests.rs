use hermes_core::{ExitKind, language_faults};
use hermes_text::Both;

use super::RefreshError;

#[test]
fn every_error_says_the_same_in_each_language() {
    let transient = |sent| RefreshError::Transient {
        problem: Both::same("`issuer.example` answered 503"),
        sent,
        retry_after: None,
        exit: ExitKind::Network,
    };
    let errors = [
        RefreshError::Terminal {
            host: "issuer.example".to_owned(),
            code: "invalid_grant".to_owned(),
            said: Both::same("gone"),
        },
        transient(true),
        transient(false),
        RefreshError::TooLate,
        RefreshError::NoRefreshToken,
        RefreshError::NotPossible {
            problem: Both::same("no rule"),
        },
    ];
    for error in &errors {
        assert_eq!(language_faults(error), Vec::<String>::new());
    }
}
