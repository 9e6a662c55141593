//! What is asked before an account is changed.

use hermes_text::{Lang, action, common, pages::pool as text};
use maud::{Markup, html};

use super::Account;
use super::account::call;
use crate::look::{Call, Dialog, Kind, button, dialog, encoded, prose};

pub(super) fn rename_id(one: &Account) -> String {
    format!("rename-{}", one.id)
}

pub(super) fn weight_id(one: &Account) -> String {
    format!("weight-{}", one.id)
}

pub(super) fn rename(lang: Lang, one: &Account) -> Markup {
    let fields = html! {
        label class="field" {
            span { (common::label(lang)) }
            input type="text" name="label" value=(one.label) required maxlength="128" spellcheck="false";
        }
    };
    let (id, title) = (rename_id(one), text::rename_title(lang, &one.label));
    dialog(
        lang,
        &Dialog {
            id: &id,
            title: &title,
            fields,
            action: action::save(lang),
            call: call(one, "rename"),
            danger: false,
        },
    )
}

pub(super) fn weight(lang: Lang, one: &Account) -> Markup {
    let fields = html! {
        label class="field" {
            span { (text::weight(lang)) }
            input type="number" name="weight" value=(one.weight) required min="1" max="1000" step="1";
        }
        p class="faint" { (prose(text::weight_hint(lang))) }
    };
    let (id, title) = (weight_id(one), text::weight_title(lang, &one.label));
    dialog(
        lang,
        &Dialog {
            id: &id,
            title: &title,
            fields,
            action: action::save(lang),
            call: call(one, "weight"),
            danger: false,
        },
    )
}

/// Deletes it here.
pub(super) fn remove(lang: Lang, one: &Account) -> Markup {
    let call = Call::new("DELETE", format!("/api/credentials/{}", encoded(&one.id)));
    let call = call.confirm(text::remove_title(lang, &one.label), text::remove_asks(lang));
    button(Kind::Danger, action::remove(lang), None, &call)
}

/// Ends it at the provider; where that cannot be done, the menu says so.
pub(super) fn revoke(lang: Lang, one: &Account) -> Markup {
    let Some(ends) = &one.revoke_ends else {
        return html! { p class="menu-note faint" { (text::revoke_absent(lang)) } };
    };
    let call = call(one, "revoke").confirm(text::revoke_title(lang, &one.label), ends.clone());
    button(Kind::Danger, action::revoke(lang), None, &call)
}
