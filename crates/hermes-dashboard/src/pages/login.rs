//! The dialog in which a person signs in: one drawing for each kind of challenge, and one for each end.

mod challenge;
mod ends;

use hermes_catalog::RuleCard;
use hermes_core::{ProviderId, UnixMs};
use hermes_text::{Lang, action, login as text};
use maud::{Markup, html};

use crate::look::{Call, Icon, encoded, icon, prose, rule_card, sentence};

/// The dialog.
#[derive(Clone, Debug)]
pub struct Login {
    /// The session, as in the calls.
    pub session: String,
    /// Provider.
    pub provider: ProviderId,
    /// Its name for people.
    pub provider_name: String,
    /// The login method's id, to start over.
    pub method: String,
    /// The region's id, to start over.
    pub region: Option<String>,
    /// The label the person chose.
    pub label: Option<String>,
    /// The region's name for people.
    pub region_name: Option<String>,
    /// What the provider says about this login.
    pub card: RuleCard,
    /// What the person has to do.
    pub challenge: Challenge,
    /// How it stands.
    pub status: Status,
    /// Something to know while it is pending, or why it failed.
    pub message: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
    /// Accounts of this provider that are signed in already.
    pub existing: Vec<String>,
    /// The moment it shows.
    pub now: UnixMs,
}

/// What the person has to do.
#[derive(Clone, Debug)]
pub enum Challenge {
    /// Open the link and type the code there.
    Code {
        /// Checked link.
        url: String,
        /// Checked link with the code in it.
        complete_url: Option<String>,
        /// The code.
        user_code: String,
        /// When it ends.
        expires: UnixMs,
    },
    /// Open the link and approve.
    Browser {
        /// Link.
        url: String,
        /// Link for a browser on another machine.
        manual_url: Option<String>,
        /// Whether a listener waits for the callback.
        loopback: bool,
        /// Whether a pasted code is taken.
        paste: bool,
        /// When it ends.
        expires: UnixMs,
    },
    /// Give an API key.
    Key {
        /// How keys of this method begin.
        prefixes: Vec<String>,
        /// Whether the region is found by trying the key.
        finds_region: bool,
        /// When it ends.
        expires: UnixMs,
    },
}

/// How a login stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// Waits for the person.
    Pending,
    /// Stored.
    Approved {
        /// The account's label.
        label: String,
    },
    /// The person or the provider said no.
    Denied,
    /// The time ran out.
    Expired,
    /// Failed.
    Error,
    /// Cancelled here.
    Cancelled,
}

/// Draws what goes into the dialog.
pub fn render(lang: Lang, model: &Login) -> Markup {
    html! {
        div id="login-body" class="login" data-session=(model.session) data-status=(model.status.as_str()) data-now=(model.now.as_millis()) {
            @if model.status == Status::Pending { (pending(lang, model)) } @else { (ends::render(lang, model)) }
        }
    }
}

/// For a session that is not known, or not any more.
pub fn gone(lang: Lang) -> Markup {
    html! {
        div id="login-body" class="login" data-status="gone" {
            (title(lang, text::gone(lang)))
            p { (prose(text::gone_next(lang))) }
            div class="dialog-actions" { button type="button" class="button primary" data-close { (action::close(lang)) } }
        }
    }
}

fn pending(lang: Lang, model: &Login) -> Markup {
    html! {
        (title(lang, &text::title(lang, &model.provider_name)))
        @if let Some(region) = &model.region_name { p class="faint" { (region) } }
        (existing(lang, model))
        (challenge::render(lang, model))
        @if let Some(message) = &model.message { p class="note wait" role="status" { (prose(&sentence(message))) } }
        details class="rule-more" { summary { (hermes_text::pages::providers::rule_title(lang)) } (rule_card(lang, &model.card)) }
        div class="dialog-actions" {
            button type="button" class="button" data-call=(cancel(&model.session).target()) data-then="login-again" { (text::cancel(lang)) }
        }
    }
}

/// Head with the cross that closes the dialog; the login goes on until it is cancelled.
fn title(lang: Lang, words: &str) -> Markup {
    html! {
        div class="dialog-head" {
            h2 id="login-title" tabindex="-1" { (words) }
            button type="button" class="button bare icon-only" data-close aria-label=(action::close(lang)) { (icon(Icon::Cross)) }
        }
    }
}

fn existing(lang: Lang, model: &Login) -> Markup {
    let browser = !matches!(model.challenge, Challenge::Key { .. });
    html! {
        @if !model.existing.is_empty() {
            div class="note" {
                (icon(Icon::Warning))
                div {
                    p { (text::also_signed_in(lang, &model.existing.join(", "))) }
                    @if browser { p class="faint" { (text::two_accounts(lang)) } }
                }
            }
        }
    }
}

/// Ends a login for good: what is under way for it stores nothing any more.
pub(super) fn cancel(session: &str) -> Call {
    Call::new(
        "DELETE",
        format!("/api/providers/oauth/sessions/{}", encoded(session)),
    )
}

impl Status {
    /// The word in answers and events.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved { .. } => "approved",
            Self::Denied => "denied",
            Self::Expired => "expired",
            Self::Error => "error",
            Self::Cancelled => "cancelled",
        }
    }
}
