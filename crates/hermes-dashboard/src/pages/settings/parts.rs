//! The sections of the page.

use hermes_text::{Lang, common, pages::settings as text, time};
use maud::{Markup, html};

use super::{Finding, Grade, Listener, Route, Session, Setting, Settings, Store};
use crate::look::{
    Call, Cell, Icon, Kind, Table, Then, Tone, badge, button, copy_field, empty, icon, moment, prose,
    rest_of, snippet,
};

/// More than anybody reads at once; `hermes doctor` lists all.
const MOST_FINDINGS: usize = 50;

fn section(title: &str, content: Markup) -> Markup {
    html! { section class="group" { h2 { (title) } (content) } }
}

pub(super) fn findings(lang: Lang, model: &Settings) -> Markup {
    let findings: &[Finding] = &model.findings;
    let list = html! {
        @if model.looking { p class="faint" role="status" { (text::looking(lang)) } }
        @else if let Some(at) = model.examined { p class="faint" { (text::examined(lang)) (common::colon(lang)) (moment(lang, at, model.now)) } }
        @if !findings.is_empty() { ul class="rows panel findings" {
            @for one in findings.iter().take(MOST_FINDINGS) {
                li {
                    (match one.grade {
                        Grade::Good => badge(Tone::Good, text::finding_good(lang)),
                        Grade::Note => badge(Tone::Quiet, text::finding_note(lang)),
                        Grade::Bad => badge(Tone::Bad, text::finding_bad(lang)),
                    })
                    strong { (one.about) }
                    div { p { (prose(&one.text)) } @if let Some(hint) = &one.hint { p class="faint" { (prose(hint)) } } }
                }
            }
            (rest_of(lang, findings.len(), MOST_FINDINGS))
        } }
    };
    section(text::doctor(lang), list)
}

pub(super) fn store(lang: Lang, store: &Store) -> Markup {
    let kind = if store.shared {
        text::kind_server(lang)
    } else {
        text::kind_file(lang)
    };
    let holds = format!(
        "{}{}{}",
        common::accounts_counted(lang, store.logins),
        common::comma(lang),
        text::keys_counted(lang, store.keys)
    );
    let content = html! {
        div class="panel pad stack" {
            @if let Some((problem, next)) = &store.suspicion {
                div class="note bad" { (icon(Icon::Warning)) div { p class="note-title" { (prose(problem)) } p { (prose(next)) } } }
            }
            dl class="facts" {
                div { dt { (text::place(lang)) } dd { (copy_field(lang, text::place(lang), &store.place)) } }
                div { dt { (text::kind(lang)) } dd { (kind) } }
                div { dt { (text::protection(lang)) } dd { (prose(&store.protection)) } }
                @if store.suspicion.is_none() { div { dt { (text::standing(lang)) } dd { (badge(Tone::Good, text::standing_good(lang))) } } }
                div { dt { (text::holds(lang)) } dd { (holds) } }
                div { dt { (text::schema(lang)) } dd class="number" { (store.schema) } }
                div { dt { (text::machine(lang)) } dd { (store.machine) } }
            }
        }
    };
    section(text::store(lang), content)
}

pub(super) fn listeners(lang: Lang, listeners: &[Listener]) -> Markup {
    let list = html! {
        ul class="rows panel" {
            @for one in listeners {
                li class="listener" {
                    code { (one.address) }
                    @if one.loopback { (badge(Tone::Good, text::loopback(lang))) } @else { (badge(Tone::Wait, text::reachable(lang))) }
                    @if one.tls { (badge(Tone::Good, text::tls(lang))) }
                }
            }
        }
    };
    section(text::listeners(lang), list)
}

pub(super) fn backup(lang: Lang, model: &Settings) -> Markup {
    let content = html! {
        div class="panel pad stack" {
            dl class="facts" {
                div { dt { (text::last_backup(lang)) } dd { @match model.last_backup { Some(at) => (moment(lang, at, model.now)), None => (time::never(lang)) } } }
            }
            p class="faint" { (text::backup_next(lang)) }
            (snippet(lang, text::backup(lang), "hermes backup"))
        }
    };
    section(text::backup(lang), content)
}

pub(super) fn routes(lang: Lang, routes: &[Route]) -> Markup {
    if routes.is_empty() {
        let nothing = empty(
            Icon::Sliders,
            text::no_routes(lang),
            text::no_routes_next(lang),
            None,
        );
        return section(text::routes(lang), html! { div class="panel" { (nothing) } });
    }
    let row = |one: &Route| {
        vec![
            Cell(html! { code { (one.name) } }),
            Cell(html! { code { (one.targets.join(" → ")) } }),
            one.origin.as_str().into(),
        ]
    };
    let heads = vec![
        (common::name(lang), false),
        (common::model(lang), false),
        (text::origin(lang), false),
    ];
    let table = Table {
        caption: text::routes(lang),
        heads,
        rows: routes.iter().map(row).collect(),
    }
    .render();
    section(text::routes(lang), html! { div class="panel" { (table) } })
}

pub(super) fn sessions(lang: Lang, model: &Settings) -> Markup {
    let row = |one: &Session| {
        let this = one.is_this.then(|| badge(Tone::Good, text::this_session(lang)));
        vec![
            Cell(html! { span class="with-badge" { (one.name) @if let Some(this) = this { (this) } } }),
            Cell(moment(lang, one.began, model.now)),
            Cell(moment(lang, one.last_seen, model.now)),
            Cell(moment(lang, one.ends, model.now)),
        ]
    };
    let heads = vec![
        (text::client(lang), false),
        (text::began(lang), false),
        (text::last_seen(lang), false),
        (text::ends(lang), false),
    ];
    let call = Call::new("DELETE", "/api/sessions")
        .confirm(text::sign_out_all(lang), text::sign_out_all_asks(lang))
        .then(Then::SignOut);
    let content = html! {
        div class="panel" { (Table { caption: text::sessions(lang), heads, rows: model.sessions.iter().map(row).collect() }.render()) }
        div class="actions" { (button(Kind::Danger, text::sign_out_all(lang), None, &call)) }
    };
    section(text::sessions(lang), content)
}

pub(super) fn config(lang: Lang, model: &Settings) -> Markup {
    let row = |one: &Setting| {
        vec![
            Cell(html! { code { (one.key) } }),
            Cell(html! { code { (one.value) } }),
            one.origin.as_str().into(),
        ]
    };
    let heads = vec![
        (text::setting(lang), false),
        (text::value(lang), false),
        (text::origin(lang), false),
    ];
    let content = html! {
        p class="faint" { (text::config_file(lang)) (common::colon(lang)) (copy_field(lang, text::config_file(lang), &model.config_file)) }
        div class="panel" { (Table { caption: text::config(lang), heads, rows: model.config.iter().map(row).collect() }.render()) }
    };
    section(text::config(lang), content)
}
