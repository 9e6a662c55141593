//! The provider's own rules, from its catalogue row.

use std::time::Duration;

use hermes_catalog::{ErrorAction, ErrorRule, ErrorScope};
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
        ErrorAction::RateLimit => cool(CoolCause::RateLimit, scope(rule, answer)),
        ErrorAction::Window => cool(
            CoolCause::WindowSpent,
            general::family(answer).unwrap_or_else(|| scope(rule, answer)),
        ),
        ErrorAction::Billing => cool(CoolCause::Billing, scope(rule, answer)),
        ErrorAction::NoModel => general::no_model(answer, now),
        ErrorAction::Overload => Verdict::ProviderTrouble,
        ErrorAction::NeedsLogin if answer.is_key => Verdict::Dead(LoginCause::KeyRejected),
        ErrorAction::NeedsLogin => Verdict::Dead(LoginCause::RevokedOrReused),
        ErrorAction::Block => Verdict::Blocked(rule.note.to_string()),
    })
}

/// What rests; the whole account where the answer does not say which part.
fn scope(rule: &ErrorRule, answer: &Answer<'_>) -> Scope {
    match (rule.scope, answer.organisation) {
        (ErrorScope::Model, _) if !answer.model.is_empty() => Scope::Model(answer.model.to_owned()),
        (ErrorScope::Organisation, Some(name)) => Scope::Organisation(name.to_owned()),
        _ => Scope::Account,
    }
}

/// A rule that names statuses may name 2xx, for providers that answer 200 with an error inside; any other rule never fits
/// one. A rule for short limits leaves alone what the headers call a spent plan window.
fn fits(rule: &ErrorRule, answer: &Answer<'_>, said: &Said) -> bool {
    let status = if rule.status.is_empty() {
        !(200..300).contains(&answer.status)
    } else {
        rule.status.contains(&answer.status)
    };
    let other = rule.action == ErrorAction::RateLimit && general::headers_tell_of_a_window(answer);
    status
        && !other
        && (rule.code.is_empty() || said.has_any_code(&rule.code))
        && (rule.text.is_empty() || said.holds(&rule.text))
}
