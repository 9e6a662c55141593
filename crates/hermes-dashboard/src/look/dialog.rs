use hermes_text::{Lang, action};
use maud::{Markup, html};

use super::button::Call;

/// A dialog with fields, whose main button makes a call with what was filled in.
#[derive(Debug)]
pub struct Dialog<'a> {
    /// Id, unique on the page; an opener names it.
    pub id: &'a str,
    /// Title.
    pub title: &'a str,
    /// Fields. An input's `name` is its key in the body; empty fields are left out.
    pub fields: Markup,
    /// What the main button says.
    pub action: &'a str,
    /// What it does.
    pub call: Call,
    /// Whether it ends something for good.
    pub danger: bool,
}

/// Draws it, closed.
pub fn dialog(lang: Lang, dialog: &Dialog<'_>) -> Markup {
    let title = format!("{}-title", dialog.id);
    let main = if dialog.danger {
        "button danger"
    } else {
        "button primary"
    };
    html! {
        dialog id=(dialog.id) aria-labelledby=(title) {
            // The script sends it; a form brings the Enter key and the browser's own checks of the fields.
            form data-call=(dialog.call.target()) data-body=[dialog.call.body_text()] data-then=[dialog.call.then_words()]
                autocomplete="off" {
                h2 id=(title) { (dialog.title) }
                (dialog.fields)
                p class="form-error" role="alert" {}
                div class="dialog-actions" {
                    button type="button" class="button" data-close { (action::cancel(lang)) }
                    button type="submit" class=(main) { (dialog.action) }
                }
            }
        }
    }
}
