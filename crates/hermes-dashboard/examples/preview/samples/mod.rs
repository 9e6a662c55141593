//! Made-up values for every page: for looking at them, and for their tests.

pub(crate) mod all;
pub(crate) mod keys;
pub(crate) mod login;
pub(crate) mod overview;
pub(crate) mod pool;
pub(crate) mod providers;
pub(crate) mod requests;
pub(crate) mod settings;
pub(crate) mod usage;

use std::time::Duration;

use hermes_catalog::{RuleCard, RuleClass};
use hermes_core::{ProviderId, UnixMs};
use hermes_text::Both;

/// A label, name or model that would be markup if it were not escaped.
pub(crate) const HOSTILE: &str = "<img src=x onerror=alert(1)>\"'&`</script>";

/// 2026-11-25T21:30:00Z.
pub(crate) fn now() -> UnixMs {
    UnixMs::from_millis(1_795_642_200_000)
}

pub(crate) fn ahead(seconds: u64) -> UnixMs {
    now().plus(Duration::from_secs(seconds))
}

pub(crate) fn ago(seconds: u64) -> UnixMs {
    now().minus(Duration::from_secs(seconds))
}

pub(crate) fn provider(id: &str) -> ProviderId {
    ProviderId::new(id)
}

pub(crate) fn card(class: RuleClass) -> RuleCard {
    let text = match class {
        RuleClass::Allowed => "API keys are made for programs. Use is paid by the token.",
        RuleClass::Tolerated => {
            "No rule for or against other programs was found. Several open-source agents sign in with the same public client, and use counts against your plan."
        }
        RuleClass::Restricted => {
            "The terms allow this login in the vendor's own programs only. Accounts that were used elsewhere have been closed without notice."
        }
    };
    RuleCard {
        class,
        date: "2026-11".to_owned(),
        source: Both::same("platform documentation"),
        text: Both::same(text),
    }
}
