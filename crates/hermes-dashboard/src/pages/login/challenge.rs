//! What the person has to do, by kind.

use hermes_core::UnixMs;
use hermes_text::{Lang, login as text};
use maud::{Markup, html};
use serde_json::json;
use url::Url;

use super::ends::start_over;
use super::{Challenge, Login};
use crate::look::{Call, Icon, Kind, copy_button, copy_field, countdown, encoded, icon, outward, prose, qr};

pub(super) fn render(lang: Lang, model: &Login) -> Markup {
    match &model.challenge {
        Challenge::Code {
            url,
            complete_url,
            user_code,
            expires,
        } => {
            let shown = complete_url.as_deref().unwrap_or(url);
            code(lang, model, (url, shown), user_code, *expires)
        }
        Challenge::Browser {
            url,
            manual_url,
            loopback,
            paste,
            expires,
        } => {
            let manual = manual_url.as_deref().filter(|manual| manual != url);
            html! {
                ol class="steps" {
                    li { p { (text::step_approve(lang, &host(url))) } (open(lang, url)) }
                    @if *paste { li { (paste_box(lang, model, *loopback)) } }
                }
                @if *loopback { (waiting(text::comes_back(lang))) }
                @if let Some(manual) = manual.filter(|_| *loopback && *paste) { (elsewhere(lang, manual)) }
                (left(lang, *expires, model.now))
            }
        }
        Challenge::Key {
            prefixes,
            finds_region,
            expires,
        } => {
            html! { (key(lang, model, prefixes, *finds_region)) (left(lang, *expires, model.now)) }
        }
    }
}

fn code(
    lang: Lang,
    model: &Login,
    (url, complete): (&str, &str),
    user_code: &str,
    expires: UnixMs,
) -> Markup {
    html! {
        ol class="steps" {
            li {
                p { (text::step_open(lang, &host(url))) }
                (open(lang, complete))
                @if let Some(code) = qr(complete, text::qr(lang)) {
                    details class="phone" { summary { (icon(Icon::Phone)) (text::show_qr(lang)) } (code) }
                }
            }
            li {
                p { (text::step_code(lang, &model.provider_name)) }
                div class="user-code" { output { (user_code) } (copy_button(lang, text::code(lang), user_code)) }
            }
        }
        p class="faint" { (text::own_code(lang)) }
        (waiting(text::waiting(lang)))
        div class="left" { (left(lang, expires, model.now)) (start_over(model, text::new_code(lang), Kind::Bare)) }
    }
}

/// The link as a button and as text to copy.
fn open(lang: Lang, url: &str) -> Markup {
    html! {
        div class="open" {
            (outward(lang, Some("button primary"), url, html! { (icon(Icon::Out)) span { (text::open(lang, &host(url))) } }))
            (copy_field(lang, text::link(lang), url))
        }
    }
}

fn host(url: &str) -> String {
    Url::parse(url)
        .ok()
        .and_then(|url| url.host_str().map(str::to_owned))
        .unwrap_or_default()
}

fn waiting(words: &str) -> Markup {
    html! { p class="waiting" role="status" { span class="spinner" aria-hidden="true" {} (words) } }
}

fn left(lang: Lang, expires: UnixMs, now: UnixMs) -> Markup {
    html! { p class="left-time faint" { (icon(Icon::Clock)) (text::ends_in(lang)) " " (countdown(expires, now)) } }
}

fn elsewhere(lang: Lang, manual: &str) -> Markup {
    html! {
        details class="elsewhere" {
            summary { (text::other_machine(lang)) }
            p { (text::other_machine_next(lang)) }
            (copy_field(lang, text::link(lang), manual))
        }
    }
}

fn submit(model: &Login) -> Call {
    let path = format!("/api/providers/oauth/{}/submit", encoded(model.provider.as_str()));
    Call::new("POST", path).body(json!({ "session_id": model.session }))
}

fn paste_box(lang: Lang, model: &Login, races: bool) -> Markup {
    let call = submit(model);
    html! {
        form data-call=(call.target()) data-body=[call.body_text()] data-then="login-again" autocomplete="off" {
            label class="field" {
                span { @if races { (text::paste_or(lang)) } @else { (text::paste_next(lang)) } }
                input type="text" name="code" required aria-label=(text::paste_label(lang)) placeholder=(text::paste_short(lang))
                    autocomplete="off" spellcheck="false" autocapitalize="off";
            }
            p class="form-error" role="alert" {}
            button type="submit" class="button" { (text::finish(lang)) }
        }
    }
}

fn key(lang: Lang, model: &Login, prefixes: &[String], finds_region: bool) -> Markup {
    let call = submit(model);
    let begins: Vec<_> = prefixes.iter().map(|one| format!("`{one}`")).collect();
    html! {
        form data-call=(call.target()) data-body=[call.body_text()] data-then="login-again" autocomplete="off" {
            label class="field" {
                span { (text::key_label(lang, &model.provider_name)) }
                input type="password" id="login-key" name="key" required data-prefixes=(prefixes.join(" ")) autocomplete="off"
                    spellcheck="false" autocapitalize="off" aria-describedby="login-key-hint login-key-odd";
            }
            label class="check small" { input type="checkbox" data-reveal="login-key"; span { (text::key_show(lang)) } }
            p id="login-key-odd" class="wait-text" role="status" data-odd=(text::key_odd(lang)) {}
            p id="login-key-hint" class="faint" {
                @if !prefixes.is_empty() { (prose(&text::key_begins(lang, &begins.join(", ")))) ". " }
                (text::key_checked(lang)) @if finds_region { " " (text::key_region(lang)) }
            }
            p class="form-error" role="alert" {}
            button type="submit" class="button primary" { (text::key_save(lang)) }
        }
    }
}
