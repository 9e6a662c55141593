use hermes_text::{Lang, action, common, pages::requests, shell as text, time};
use maud::{DOCTYPE, Markup, html};

use super::assets;
use super::icon::{Icon, icon};
use super::prose::prose;

/// Which entry of the navigation a page belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spot {
    /// `/`
    Overview,
    /// `/providers` and `/pool/…`
    Providers,
    /// `/requests…`
    Requests,
    /// `/usage`
    Usage,
    /// `/keys`
    Keys,
    /// `/settings`
    Settings,
}

impl Spot {
    const ALL: [Self; 6] = [
        Self::Overview,
        Self::Providers,
        Self::Requests,
        Self::Usage,
        Self::Keys,
        Self::Settings,
    ];

    fn address(self) -> &'static str {
        match self {
            Self::Overview => "/",
            Self::Providers => "/providers",
            Self::Requests => "/requests",
            Self::Usage => "/usage",
            Self::Keys => "/keys",
            Self::Settings => "/settings",
        }
    }

    fn name(self, lang: Lang) -> &'static str {
        match self {
            Self::Overview => text::overview(lang),
            Self::Providers => text::providers(lang),
            Self::Requests => text::requests(lang),
            Self::Usage => text::usage(lang),
            Self::Keys => text::keys(lang),
            Self::Settings => text::settings(lang),
        }
    }

    fn icon(self) -> Icon {
        match self {
            Self::Overview => Icon::Home,
            Self::Providers => Icon::Plug,
            Self::Requests => Icon::Pulse,
            Self::Usage => Icon::Chart,
            Self::Keys => Icon::Key,
            Self::Settings => Icon::Sliders,
        }
    }
}

/// The document of every page address. It holds no data.
#[derive(Clone, Copy, Debug)]
pub struct Shell<'a> {
    /// Language of this answer; the script asks again when the person has chosen another.
    pub lang: Lang,
    /// Where it is in the navigation; none for an address that is no page.
    pub spot: Option<Spot>,
    /// Whether the browser is on another machine, where a password signs in.
    pub far: bool,
    /// Version of the program.
    pub version: &'a str,
}

/// Draws it: a full HTML document.
pub fn shell(shell: Shell<'_>) -> Markup {
    let lang = shell.lang;
    let name = shell
        .spot
        .map_or_else(|| text::no_page(lang), |spot| spot.name(lang));
    html! {
        (DOCTYPE)
        html lang=(lang.tag()) data-far[shell.far] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (name) " · " (common::hermes(lang)) }
                link rel="icon" type="image/svg+xml" href="/assets/icon.svg";
                link rel="stylesheet" href="/assets/style.css";
                // Before anything is painted: the chosen theme.
                script src="/assets/theme.js" {}
                @for module in assets::MODULES { link rel="modulepreload" href=(module); }
                script type="module" src="/assets/app.js" {}
            }
            body {
                a class="skip" href="#main" { (text::skip(lang)) }
                (bar(shell))
                (main(shell))
                (parts(shell))
            }
        }
    }
}

fn bar(shell: Shell<'_>) -> Markup {
    let lang = shell.lang;
    html! {
        header class="bar" {
            a class="brand" href="/" { (mark()) span { (common::hermes(lang)) } }
            nav aria-label=(text::navigation(lang)) {
                @for spot in Spot::ALL {
                    a href=(spot.address()) aria-current=[(shell.spot == Some(spot)).then_some("page")] {
                        (icon(spot.icon())) span { (spot.name(lang)) }
                    }
                }
            }
            (tools(shell))
        }
    }
}

fn tools(shell: Shell<'_>) -> Markup {
    let lang = shell.lang;
    html! {
        div class="tools" {
            select id="language" aria-label=(text::language(lang)) {
                // Each language by its own name, so that one who reads only that finds it.
                @for (one, name) in [(Lang::En, "English"), (Lang::Zh, "简体中文")] {
                    option value=(one.tag()) lang=(one.tag()) selected[one == lang] { (name) }
                }
            }
            select id="theme" aria-label=(text::theme(lang)) {
                option value="system" { (text::theme_system(lang)) }
                option value="light" { (text::theme_light(lang)) }
                option value="dark" { (text::theme_dark(lang)) }
            }
            button type="button" id="sign-out" class="button bare" data-call="DELETE /api/session" data-then="sign-out" hidden {
                (text::sign_out(lang))
            }
        }
    }
}

fn main(shell: Shell<'_>) -> Markup {
    let lang = shell.lang;
    html! {
        div class="stage" {
            main id="main" tabindex="-1" aria-busy="true" {
                @if shell.spot.is_none() {
                    div class="empty" { h1 class="empty-title" { (text::no_page(lang)) } p { a class="button" href="/" { (text::no_page_next(lang)) } } }
                } @else {
                    noscript { div class="note" { p { (text::no_script(lang)) } } }
                    div class="skeleton" role="status" aria-label=(text::loading(lang)) { span {} span {} span {} span {} }
                }
            }
            footer {
                span { (common::hermes(lang)) " " (shell.version) }
                span id="connection" class="badge quiet" hidden { span class="dot" aria-hidden="true" {} (text::live(lang)) }
            }
        }
    }
}

/// What the script needs beside the content: places for messages, dialogs, and its words.
fn parts(shell: Shell<'_>) -> Markup {
    let lang = shell.lang;
    html! {
        div class="toasts" {
            div id="alerts" role="alert" {}
            div id="notices" role="status" aria-live="polite" aria-label=(text::notices(lang)) {}
        }
        dialog id="confirm" aria-labelledby="confirm-title" aria-describedby="confirm-text" {
            h2 id="confirm-title" { (text::are_you_sure(lang)) }
            p id="confirm-text" {}
            div class="dialog-actions" {
                button type="button" class="button" data-close autofocus { (action::cancel(lang)) }
                button type="button" id="confirm-yes" class="button primary" { (action::go_on(lang)) }
            }
        }
        (again(shell))
        dialog id="login" aria-labelledby="login-title" {}
        template id="signed-out" {
            div class="empty" {
                (mark())
                h1 class="empty-title" tabindex="-1" { (text::signed_out(lang)) }
                p id="signed-out-why" {}
                @if shell.far { (password(lang)) } @else { p { (prose(text::signed_out_next(lang))) } }
            }
        }
        (words(lang))
    }
}

/// What is asked for before something that cannot be undone, where the session has not just begun.
fn again(shell: Shell<'_>) -> Markup {
    let lang = shell.lang;
    let next = if shell.far {
        text::password_next(lang)
    } else {
        text::again_next(lang)
    };
    html! {
        dialog id="again" aria-labelledby="again-title" aria-describedby="again-text" {
            form data-call="POST /api/session" data-then="go-on" autocomplete="off" {
                h2 id="again-title" { (text::again(lang)) }
                p id="again-text" { (text::again_why(lang)) @if !shell.far { " " (prose(next)) } }
                @if shell.far { (password_field(lang)) } @else {
                    label class="field" {
                        span { (text::again_link(lang)) }
                        input type="text" name="code" data-link required autocomplete="off" spellcheck="false" autocapitalize="off";
                    }
                }
                p class="form-error" role="alert" {}
                @if shell.far { p class="faint" { (prose(next)) } }
                div class="dialog-actions" {
                    button type="button" class="button" data-close { (action::cancel(lang)) }
                    button type="submit" class="button primary" { (action::sign_in(lang)) }
                }
            }
        }
    }
}

fn password_field(lang: Lang) -> Markup {
    html! {
        label class="field" {
            span { (text::password(lang)) }
            input type="password" name="password" required autocomplete="current-password" maxlength="1000";
        }
    }
}

/// How one signs in from another machine.
fn password(lang: Lang) -> Markup {
    html! {
        form data-call="POST /api/session" data-then="sign-in" {
            (password_field(lang))
            p class="form-error" role="alert" {}
            button type="submit" class="button primary" { (action::sign_in(lang)) }
            p class="faint" { (prose(text::password_next(lang))) }
        }
    }
}

/// Patterns keep `{}` where the script puts a number.
fn words(lang: Lang) -> Markup {
    html! {
        div id="words" hidden
            data-copied=(action::copied(lang)) data-failed=(text::failed(lang)) data-done=(text::done(lang))
            data-offline=(text::offline(lang)) data-live=(text::live(lang))
            data-session-ended=(text::session_ended(lang)) data-link-spent=(text::link_spent(lang))
            data-sure=(text::are_you_sure(lang)) data-close=(action::close(lang))
            data-moved=(text::moved(lang, "{}", "{}"))
            data-ahead=(time::ahead(lang, "{}")) data-ago=(time::ago(lang, "{}")) data-now=(time::now(lang))
            data-days=(time::days(lang, "{}")) data-hours=(time::hours(lang, "{}"))
            data-minutes=(time::minutes(lang, "{}")) data-seconds=(time::seconds(lang, "{}"))
            data-waiting=(requests::waiting(lang, "{}")) data-pause=(requests::pause(lang)) data-resume=(requests::resume(lang)) {}
    }
}

/// The mark of the program: a wing of three strokes.
fn mark() -> Markup {
    html! {
        svg class="mark" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true" {
            path d="M3 6c6 0 12 1 18 1M3 6c1 5 6 7 14 6M3 6c1 8 5 12 11 11" {}
        }
    }
}
