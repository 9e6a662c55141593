use std::time::Duration;

use hermes_core::{ExitKind, Explain, Lang, ProviderId, language_faults};
use hermes_http::HttpError;
use hermes_text::errors::oauth as say;
use hermes_text::{Both, Word};

use super::OauthError;

fn http(source: HttpError) -> OauthError {
    OauthError::Http {
        kind: "token_exchange_failed",
        step: say::step_exchange,
        source,
    }
}

#[expect(clippy::too_many_lines, reason = "one line of table per error")]
fn every_kind() -> Vec<(OauthError, ExitKind)> {
    let host = || "issuer.example".to_owned();
    let said = || Both::same("no");
    let (kind, step) = ("authorization_failed", say::step_code as Word);
    vec![
        (
            OauthError::Unsupported {
                provider: ProviderId::new("p"),
                flow: "x".to_owned(),
            },
            ExitKind::Usage,
        ),
        (
            OauthError::Row {
                problem: Both::of(say::row_no_way_back),
            },
            ExitKind::Usage,
        ),
        (
            http(HttpError::Connect {
                host: host(),
                reason: Both::same("refused"),
            }),
            ExitKind::Network,
        ),
        (
            http(HttpError::Timeout {
                host: host(),
                after: Duration::from_secs(20),
                sent: true,
            }),
            ExitKind::Network,
        ),
        (
            http(HttpError::Redirected {
                host: host(),
                to: "https://evil.example".to_owned(),
            }),
            ExitKind::Refused,
        ),
        (
            OauthError::Refused {
                kind,
                step,
                host: host(),
                status: 400,
                said: said(),
            },
            ExitKind::Refused,
        ),
        (
            OauthError::Incomplete {
                kind,
                host: host(),
                field: "code".to_owned(),
                said: Some(said()),
            },
            ExitKind::Refused,
        ),
        (
            OauthError::NotJson {
                kind,
                step,
                host: host(),
                status: 200,
                said: said(),
            },
            ExitKind::Refused,
        ),
        (OauthError::StateMismatch, ExitKind::Refused),
        (OauthError::Denied { host: host() }, ExitKind::Cancelled),
        (
            OauthError::Declined {
                host: host(),
                said: said(),
            },
            ExitKind::Refused,
        ),
        (OauthError::Expired { kind: "timeout" }, ExitKind::LoginExpired),
        (
            OauthError::RateLimited {
                host: host(),
                wait_s: None,
            },
            ExitKind::Refused,
        ),
        (
            OauthError::AnswerLost {
                host: host(),
                detail: Some(said()),
            },
            ExitKind::Network,
        ),
        (
            OauthError::UnsafeLink {
                host: host(),
                why: said(),
            },
            ExitKind::Refused,
        ),
        (OauthError::Paste { why: say::empty }, ExitKind::Usage),
        (
            OauthError::Callback {
                why: say::other_issuer,
            },
            ExitKind::Refused,
        ),
        (OauthError::KeyShape { why: say::empty }, ExitKind::Usage),
        (
            OauthError::KeyRejected {
                host: host(),
                status: 401,
                said: said(),
            },
            ExitKind::Refused,
        ),
        (
            OauthError::Listen {
                ports: Vec::new(),
                problem: said(),
            },
            ExitKind::Failure,
        ),
        (
            OauthError::Listen {
                ports: vec![1455, 1457],
                problem: said(),
            },
            ExitKind::Failure,
        ),
        (OauthError::Finished, ExitKind::Failure),
        (OauthError::Spent, ExitKind::Failure),
        (
            OauthError::OtherKind {
                method: "key".to_owned(),
                fits: "plan-key".to_owned(),
            },
            ExitKind::Usage,
        ),
        (
            OauthError::WrongInput {
                given: say::given_paste,
            },
            ExitKind::Failure,
        ),
        (
            OauthError::BadState {
                why: say::state_unreadable,
            },
            ExitKind::Failure,
        ),
    ]
}

#[test]
fn every_error_has_a_stable_name_an_exit_and_a_next_step() {
    for (error, exit) in every_kind() {
        let (kind, message) = (error.kind(), error.to_string());
        assert_eq!(error.exit(), exit, "{message}");
        assert!(
            kind.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
            "{kind}"
        );
        assert!(
            !message.is_empty() && !message.ends_with('.') && !message.contains('\n'),
            "{message}"
        );
        let faults = language_faults(&error);
        assert!(faults.is_empty(), "{faults:?}");
        let hint = error.hint(Lang::En).unwrap_or_default();
        assert!(hint.ends_with('.') && !hint.contains("  "), "{kind}: {hint}");
    }
}
