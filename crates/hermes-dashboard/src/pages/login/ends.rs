//! How a login ended, with the next step.

use hermes_catalog::RuleClass;
use hermes_text::{Lang, action, login as text};
use maud::{Markup, html};
use serde_json::json;

use super::{Login, Status, title};
use crate::look::{Call, Icon, Kind, Then, button, encoded, icon, prose, sentence};

pub(super) fn render(lang: Lang, model: &Login) -> Markup {
    let (class, mark, head) = match model.status {
        Status::Approved { .. } => ("end good", Icon::Check, text::approved(lang)),
        Status::Denied => ("end bad", Icon::Cross, text::denied(lang)),
        Status::Expired => ("end wait", Icon::Clock, text::expired(lang)),
        Status::Error => ("end bad", Icon::Warning, text::error(lang)),
        Status::Cancelled | Status::Pending => ("end", Icon::Cross, text::cancelled(lang)),
    };
    html! {
        (title(lang, &text::title(lang, &model.provider_name)))
        div class=(class) role="status" {
            (icon(mark))
            div {
                p class="note-title" { (head) }
                @if let Some(message) = &model.message { p { (prose(&sentence(message))) } }
                // Of the other ends we know what to do as well as the hint does.
                @if let (Status::Error, Some(hint)) = (&model.status, &model.hint) { p { (prose(hint)) } }
                p { (next(lang, model)) }
            }
        }
        (buttons(lang, model))
    }
}

fn next(lang: Lang, model: &Login) -> String {
    match &model.status {
        Status::Approved { label } => text::approved_as(lang, label, &model.provider_name),
        Status::Denied => text::denied_next(lang).to_owned(),
        Status::Expired => text::expired_next(lang).to_owned(),
        Status::Error => text::error_next(lang).to_owned(),
        Status::Cancelled | Status::Pending => text::cancelled_next(lang).to_owned(),
    }
}

fn buttons(lang: Lang, model: &Login) -> Markup {
    html! {
        div class="dialog-actions" {
            @if let Status::Approved { .. } = model.status {
                button type="button" class="button" data-close { (action::close(lang)) }
                a class="button primary" href={ "/pool/" (encoded(model.provider.as_str())) } { (text::approved_next(lang)) }
            } @else {
                button type="button" class="button" data-close { (action::close(lang)) }
                (start_over(model, action::try_again(lang), Kind::Primary))
            }
        }
    }
}

/// Starts the same login anew. The consent to a restricted one was given for this dialog.
pub(super) fn start_over(model: &Login, label: &str, kind: Kind) -> Markup {
    let path = format!("/api/providers/oauth/{}/start", encoded(model.provider.as_str()));
    let mut body = json!({ "method": model.method, "replaces": model.session });
    for (name, value) in [("region", &model.region), ("label", &model.label)] {
        if let Some(value) = value {
            body[name] = json!(value);
        }
    }
    if model.card.class == RuleClass::Restricted {
        body["accept_terms"] = json!(true);
    }
    button(
        kind,
        label,
        Some(Icon::Renew),
        &Call::new("POST", path).body(body).then(Then::Login),
    )
}
