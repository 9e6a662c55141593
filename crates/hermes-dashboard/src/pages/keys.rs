//! Client keys of the gateway. A key is shown once, from the answer of the call that made it; no page ever holds one.

use hermes_core::UnixMs;
use hermes_text::{Lang, action, common, pages::keys as text, shell, time};
use maud::{Markup, html};

use crate::look::{
    Call, Cell, Dialog, Head, Icon, Kind, Table, Then, Tone, badge, button, dialog, empty, encoded, icon,
    moment, opener, page, prose,
};

/// The page.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Keys, the newest first; revoked ones last.
    pub rows: Vec<Key>,
    /// The moment it shows.
    pub now: UnixMs,
}

/// One key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Its public beginning.
    pub prefix: String,
    /// When it was made.
    pub created: UnixMs,
    /// When it was last used.
    pub last_used: Option<UnixMs>,
    /// When it was revoked.
    pub revoked: Option<UnixMs>,
    /// Most requests a minute.
    pub requests_per_minute: Option<u64>,
    /// The only models it may ask for; empty means all.
    pub models: Vec<String>,
}

/// Draws it.
pub fn render(lang: Lang, model: &Keys) -> Markup {
    let create = opener(Kind::Primary, text::create(lang), Some(Icon::Plus), "key-new");
    let head = Head {
        title: shell::keys(lang),
        lede: Some(text::about(lang)),
        actions: Some(create.clone()),
        now: model.now,
        watch: "keys",
    };
    let content = html! {
        @if model.rows.is_empty() {
            (empty(Icon::Key, text::empty(lang), text::empty_next(lang), Some(create)))
        } @else {
            div class="panel" { (table(lang, model)) }
        }
        (new(lang))
        (made(lang))
    };
    page(&head, content)
}

fn table(lang: Lang, model: &Keys) -> Markup {
    let heads = vec![
        (common::name(lang), false),
        (text::begins(lang), false),
        (common::status(lang), false),
        (text::limits(lang), false),
        (text::last_used(lang), false),
        (text::created(lang), false),
        (hermes_text::pages::pool::actions(lang), false),
    ];
    Table {
        caption: shell::keys(lang),
        heads,
        rows: model.rows.iter().map(|one| row(lang, one, model.now)).collect(),
    }
    .render()
}

fn row(lang: Lang, one: &Key, now: UnixMs) -> Vec<Cell> {
    let state = if one.revoked.is_some() {
        badge(Tone::Quiet, text::revoked(lang))
    } else {
        badge(Tone::Good, text::active(lang))
    };
    vec![
        one.name.as_str().into(),
        Cell(html! { code { (one.prefix) "…" } }),
        Cell(
            html! { span class="with-badge" { (state) @if let Some(at) = one.revoked { span class="faint" { (moment(lang, at, now)) } } } },
        ),
        limits(lang, one).into(),
        Cell(
            one.last_used
                .map_or_else(|| html! { (time::never(lang)) }, |at| moment(lang, at, now)),
        ),
        Cell(moment(lang, one.created, now)),
        Cell(html! { @if one.revoked.is_none() { (revoke(lang, one)) } }),
    ]
}

fn limits(lang: Lang, one: &Key) -> String {
    let mut all = Vec::new();
    all.extend(
        one.requests_per_minute
            .map(|most| text::limit_requests(lang, most)),
    );
    all.extend(one.models.iter().cloned());
    if all.is_empty() {
        text::no_limits(lang).to_owned()
    } else {
        all.join(", ")
    }
}

fn revoke(lang: Lang, one: &Key) -> Markup {
    let call = Call::new("DELETE", format!("/api/keys/{}", encoded(&one.id))).about(&one.name);
    button(
        Kind::Danger,
        action::revoke(lang),
        None,
        &call.confirm(text::revoke_title(lang, &one.name), text::revoke_asks(lang)),
    )
}

fn new(lang: Lang) -> Markup {
    let fields = html! {
        label class="field" {
            span { (common::name(lang)) }
            input type="text" name="name" required maxlength="128" spellcheck="false" aria-describedby="key-name-hint";
            span id="key-name-hint" class="faint" { (text::name_hint(lang)) }
        }
        (number(text::requests_per_minute(lang), "requests_per_minute"))
        p id="key-limit-hint" class="faint" { (text::no_limit_hint(lang)) }
        label class="field" {
            span { (text::models(lang)) }
            input type="text" name="models" data-list spellcheck="false" autocapitalize="off" aria-describedby="key-models-hint";
            span id="key-models-hint" class="faint" { (prose(text::models_hint(lang))) }
        }
    };
    let call = Call::new("POST", "/api/keys").then(Then::Show("key-made"));
    dialog(
        lang,
        &Dialog {
            id: "key-new",
            title: text::create(lang),
            fields,
            action: text::create(lang),
            call,
            danger: false,
        },
    )
}

fn number(label: &str, name: &str) -> Markup {
    html! {
        label class="field" {
            span { (label) }
            input type="number" name=(name) min="1" step="1" inputmode="numeric" aria-describedby="key-limit-hint";
        }
    }
}

/// Filled by the script from the answer of the call, and emptied when it closes.
fn made(lang: Lang) -> Markup {
    html! {
        dialog id="key-made" aria-labelledby="key-made-title" data-once {
            h2 id="key-made-title" { (text::made(lang)) }
            p { (text::shown_once(lang)) }
            div class="snippet" {
                pre tabindex="0" role="region" aria-label=(text::made(lang)) { code data-from="key" {} }
                button type="button" class="button bare icon-only" data-copy="" data-copy-from="key" aria-label=(action::copy(lang)) { (icon(Icon::Copy)) }
            }
            div class="dialog-actions" { button type="button" class="button primary" data-close { (action::close(lang)) } }
        }
    }
}
