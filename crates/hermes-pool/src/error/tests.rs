use hermes_core::{AttemptId, ExitKind, Explain as _, Lang, Protocol, ProviderId, language_faults};
use hermes_text::Both;
use hermes_text::errors::pool as text;

use super::PoolError;

fn every_kind() -> Vec<PoolError> {
    let provider = || ProviderId::new("aurora");
    let id: AttemptId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    let label = || "work".to_owned();
    let rule = || Both::new("the organisation is on hold", "该组织已被暂停");
    vec![
        PoolError::NoLogin { provider: provider() },
        PoolError::Protocol {
            provider: provider(),
            asked: Protocol::Responses,
            speaks: vec![Protocol::AnthropicMessages, Protocol::ChatCompletions],
        },
        PoolError::Exhausted {
            provider: provider(),
            members: Vec::new(),
            retry_after: None,
        },
        PoolError::Blocked {
            provider: provider(),
            label: label(),
            rule: rule(),
        },
        PoolError::SwitchedOff {
            provider: provider(),
            origin: Both::same("`config.toml`"),
        },
        PoolError::Target(Both::of(|lang| text::several(lang, "work", "`a:work`、`b:work`"))),
        PoolError::Catalog(hermes_catalog::CatalogError::UnknownProvider {
            name: label(),
            near: Vec::new(),
        }),
        PoolError::Store(hermes_store::StoreError::Locked("/home/hermes.db".into())),
        PoolError::Oauth(hermes_oauth::OauthError::Finished),
        PoolError::NoAttempt { id },
        PoolError::Consent {
            provider: provider(),
            rule: rule(),
        },
        PoolError::TooManyLogins {
            provider: provider(),
            most: 16,
        },
        PoolError::Cancelled { id },
        PoolError::Moved {
            label: label(),
            problem: Both::of(|lang| text::signed_in_for(lang, "https://a", "https://b", "aurora")),
        },
        PoolError::Keyless { provider: provider() },
        PoolError::Refresh {
            label: label(),
            problem: Both::of(|lang| text::too_early(lang, 30)),
            exit: ExitKind::Refused,
            hint: None,
        },
    ]
}

#[test]
fn every_error_says_the_same_in_each_language() {
    for error in every_kind() {
        assert_eq!(language_faults(&error), Vec::<String>::new());
    }
    let consent = PoolError::Consent {
        provider: ProviderId::new("aurora"),
        rule: Both::new("no", "不允许"),
    };
    assert_eq!(consent.message(Lang::Zh), "`aurora` 限制此登录：不允许");
}
