//! The provider's own rules, from its catalogue row.

use std::time::Duration;

use hermes_catalog::{ErrorAction, ErrorRule};
use hermes_core::{CoolCause, LoginCause, Scope, UnixMs};

use super::body::Said;
use super::{Answer, general, reset};
use crate::api::Verdict;

/// What the first rule that fits says.
pub(super) fn apply(rules: &[ErrorRule], answer: &Answer<'_>, said: &Said, now: UnixMs) -> Option<Verdict> {
    let rule = rules.iter().find(|rule| fits(rule, answer, said))?;
    let cool = |cause: CoolCause, scope: Scope| {
        let rest = rule
            .cooldown_s
            .map(|seconds| now.plus(Duration::from_secs(seconds)));
        Verdict::Cool {
            until: reset::find(answer, said, now).or(rest),
            cause,
            scope,
        }
    };
    Some(match rule.action {
        ErrorAction::Request => Verdict::RequestFault,
        ErrorAction::Refresh => Verdict::TokenRefused,
        ErrorAction::RateLimit => cool(CoolCause::RateLimit, Scope::Account),
        ErrorAction::Window => cool(CoolCause::WindowSpent, general::window_scope(answer)),
        ErrorAction::Billing => cool(CoolCause::Billing, Scope::Account),
        ErrorAction::Overload => Verdict::ProviderTrouble,
        ErrorAction::NeedsLogin if answer.is_key => Verdict::Dead(LoginCause::KeyRejected),
        ErrorAction::NeedsLogin => Verdict::Dead(LoginCause::RevokedOrReused),
        ErrorAction::Block => Verdict::Blocked(rule.note.clone()),
    })
}

/// A rule that names statuses may name 2xx, for providers that answer 200 with an error inside; any other rule never fits
/// one.
fn fits(rule: &ErrorRule, answer: &Answer<'_>, said: &Said) -> bool {
    let status = if rule.status.is_empty() {
        !(200..300).contains(&answer.status)
    } else {
        rule.status.contains(&answer.status)
    };
    status
        && (rule.code.is_empty() || said.has_any_code(&rule.code))
        && (rule.text.is_empty() || said.holds(&rule.text))
}
