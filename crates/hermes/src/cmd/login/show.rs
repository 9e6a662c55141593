//! Draws a challenge: plain lines that read the same with and without a terminal.

use hermes_core::AttemptId;
use hermes_oauth::{Challenge, Plan};
use hermes_text::Lang;
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use url::Url;

use super::super::providers::card_lines;
use crate::app::App;
use crate::json::time;
use crate::qr;
use crate::safe::term_line;
use crate::when;

/// A terminal must be this wide before a QR code is shown unasked.
const QR_WIDTH: u16 = 60;

/// How the challenge is shown.
#[derive(Clone, Copy)]
pub(in crate::cmd) struct Look {
    pub(in crate::cmd) open: bool,
    pub(in crate::cmd) qr: bool,
}

/// Which login this is and what the provider's rule on it says.
pub(in crate::cmd) fn card(app: &App<'_>, plan: &Plan) {
    let (provider, method) = (plan.provider(), plan.method());
    let region = plan
        .region()
        .map(|region| format!(", region {region}"))
        .unwrap_or_default();
    app.printer.say(format_args!(
        "Signing in to {} ({}{region})",
        term_line(&provider.name).bold(),
        term_line(method.name.get(Lang::En))
    ));
    for line in card_lines(&method.card) {
        app.printer.say(format_args!("  {line}"));
    }
    app.printer.say("");
}

/// The challenge of a login that this process waits for.
pub(in crate::cmd) fn challenge(
    app: &App<'_>,
    plan: &Plan,
    id: AttemptId,
    challenge: &Challenge,
    look: Look,
) {
    if app.printer.is_json() {
        let mut event = to_json(plan, id, challenge);
        event["event"] = json!("challenge");
        app.printer.json_line(&event);
        return;
    }
    match challenge {
        Challenge::Code {
            url,
            complete_url,
            user_code,
            expires,
            ..
        } => {
            let link = complete_url.as_ref().unwrap_or(url);
            code(app, plan, url, user_code);
            app.printer
                .say(format_args!("It ends {}.", when::relative(*expires, app.now())));
            // A page with a code can be opened on a phone, so the link is offered to its camera.
            offer(
                app,
                link,
                Look {
                    qr: look.qr || is_wide(app),
                    ..look
                },
            );
        }
        Challenge::Browser {
            url,
            manual_url,
            loopback,
            paste,
            expires,
        } => {
            browser(app, url, manual_url.as_ref(), *loopback, *paste);
            app.printer
                .say(format_args!("It ends {}.", when::relative(*expires, app.now())));
            offer(app, url, look);
        }
        Challenge::Key { prefixes, .. } => {
            if !prefixes.is_empty() {
                let prefixes: Vec<_> = prefixes
                    .iter()
                    .map(|one| format!("`{}`", term_line(one)))
                    .collect();
                app.printer
                    .say(format_args!("Keys begin with {}.", prefixes.join(" or ")));
            }
        }
    }
}

fn code(app: &App<'_>, plan: &Plan, url: &Url, user_code: &str) {
    let host = url.host_str().unwrap_or_default();
    let name = term_line(&plan.provider().name);
    app.printer
        .say(format_args!("1. Open this page on {host}, on any device:"));
    app.printer.say("");
    app.printer.say(url.as_str().bold());
    app.printer.say("");
    app.printer.say(format_args!(
        "2. Sign in to the {name} account you want to use, and enter this code:"
    ));
    app.printer.say("");
    app.printer.say(term_line(user_code).bold());
    app.printer.say("");
    app.printer.say(
        "Approve this code only because you started this login yourself, just now. A code that somebody sends you would \
         sign them in to your account.",
    );
}

fn browser(app: &App<'_>, url: &Url, manual: Option<&Url>, loopback: bool, paste: bool) {
    let host = url.host_str().unwrap_or_default();
    app.printer
        .say(format_args!("Open this page on {host} and approve:"));
    app.printer.say("");
    app.printer.say(url.as_str().bold());
    app.printer.say("");
    match (loopback, paste) {
        (true, true) => {
            if let Some(manual) = manual.filter(|manual| *manual != url) {
                app.printer.say("On another machine, open this one instead:");
                app.printer.say("");
                app.printer.say(manual.as_str());
                app.printer.say("");
            }
            app.printer.say("The login ends by itself when the browser comes back. Or paste the code, or the address of the page you end on, here and press Enter.");
        }
        (true, false) => app
            .printer
            .say("The login ends by itself when the browser comes back."),
        _ => app
            .printer
            .say("Then paste the code that the page shows, or the page's address, here and press Enter."),
    }
}

/// The QR code and the browser.
fn offer(app: &App<'_>, link: &Url, look: Look) {
    if look.qr
        && let Some(drawn) = qr::draw(link.as_str())
    {
        for line in drawn.lines() {
            // Fixed colours, so that it is dark on light in every terminal.
            app.printer.say(line.bright_white().on_black());
        }
    }
    if look.open && app.printer.talks_to_terminal() && app.opener.open(link) {
        app.printer.say("The page was opened in your browser.");
    }
}

/// Whether there is room for a QR code that nobody asked for.
fn is_wide(app: &App<'_>) -> bool {
    app.printer.width().is_some_and(|width| width >= QR_WIDTH)
}

/// A login that another process will finish.
pub(in crate::cmd) fn started(app: &App<'_>, plan: &Plan, id: AttemptId, challenge: &Challenge) {
    if app.printer.is_json() {
        app.printer.json(&to_json(plan, id, challenge));
        return;
    }
    match challenge {
        Challenge::Code { url, user_code, .. } => {
            app.printer.line(format_args!("open: {url}"));
            app.printer.line(format_args!("code: {}", term_line(user_code)));
        }
        Challenge::Browser { url, .. } => app.printer.line(format_args!("open: {url}")),
        Challenge::Key { .. } => {}
    }
    app.printer.line(format_args!("login: {id}"));
    let how = match challenge {
        Challenge::Code { .. } => "",
        Challenge::Browser { .. } => " --code-stdin",
        Challenge::Key { .. } => " --api-key-stdin",
    };
    let ends = when::relative(challenge.expires(), app.now());
    app.printer.say(format_args!(
        "Finish it with `hermes auth finish {id}{how}`; it ends {ends}."
    ));
}

fn to_json(plan: &Plan, id: AttemptId, challenge: &Challenge) -> Value {
    json!({
        "login_id": id, "provider": plan.provider().id, "method": plan.method().id, "region": plan.region(),
        "rule": plan.method().card, "challenge": challenge, "expires_at": time(Some(challenge.expires())),
        "finish": format!("hermes auth finish {id}"),
    })
}
