use std::time::Duration;

use hermes_core::{ExitKind, Explain, ProviderId};
use hermes_http::HttpError;

use super::OauthError;

fn http(source: HttpError) -> OauthError {
    OauthError::Http {
        kind: "token_exchange_failed",
        step: "exchanging the code for tokens",
        source,
    }
}

#[expect(clippy::too_many_lines, reason = "one line of table per error")]
fn every_kind() -> Vec<(OauthError, ExitKind)> {
    let host = || "issuer.example".to_owned();
    let said = || "no".to_owned();
    let (kind, step) = ("authorization_failed", "asking for a sign-in code");
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
                problem: "it names no host".to_owned(),
            },
            ExitKind::Usage,
        ),
        (
            http(HttpError::Connect {
                host: host(),
                reason: "refused".to_owned(),
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
                said: String::new(),
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
                detail: String::new(),
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
        (OauthError::Paste { why: "it is empty" }, ExitKind::Usage),
        (
            OauthError::Callback {
                why: "it names another issuer",
            },
            ExitKind::Refused,
        ),
        (OauthError::KeyShape { why: "it is empty" }, ExitKind::Usage),
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
        (OauthError::WrongInput { given: "pasted text" }, ExitKind::Failure),
        (
            OauthError::BadState {
                why: "it cannot be read",
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
        let hint = error.hint().unwrap_or_default();
        assert!(hint.ends_with('.') && !hint.contains("  "), "{kind}: {hint}");
    }
}
