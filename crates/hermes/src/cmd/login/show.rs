//! Draws a challenge: plain lines that read the same with and without a terminal.

use hermes_core::{AttemptId, UnixMs};
use hermes_oauth::{Challenge, Plan};
use hermes_text::cli::login as words;
use hermes_text::login as shared;
use owo_colors::OwoColorize as _;
use serde_json::{Value, json};
use url::Url;

use super::super::providers::card_lines;
use crate::app::App;
use crate::json::time;
use crate::printer::before;
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
    let lang = app.lang();
    let name = term_line(&provider.name).bold().to_string();
    let way = term_line(method.name.get(lang));
    app.printer.say(match plan.region() {
        Some(region) => words::begins_in(lang, &name, &way, region),
        None => words::begins(lang, &name, &way),
    });
    for line in card_lines(lang, &method.card) {
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
            tell_end(app, *expires);
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
            tell_end(app, *expires);
            offer(app, url, look);
        }
        Challenge::Key { prefixes, .. } => {
            if !prefixes.is_empty() {
                let prefixes: Vec<_> = prefixes
                    .iter()
                    .map(|one| format!("`{}`", term_line(one)))
                    .collect();
                let prefixes = prefixes.join(words::or(app.lang()));
                app.printer.say(words::key_begins(app.lang(), &prefixes));
            }
        }
    }
}

fn tell_end(app: &App<'_>, expires: UnixMs) {
    let ends = when::relative(app.lang(), expires, app.now());
    app.printer.say(words::ends(app.lang(), &ends));
}

fn code(app: &App<'_>, plan: &Plan, url: &Url, user_code: &str) {
    let lang = app.lang();
    let host = url.host_str().unwrap_or_default();
    let name = term_line(&plan.provider().name);
    app.printer
        .say(words::step(lang, 1, &shared::step_open(lang, host)));
    app.printer.say("");
    app.printer.say(url.as_str().bold());
    app.printer.say("");
    app.printer
        .say(words::step(lang, 2, &shared::step_code(lang, &name)));
    app.printer.say("");
    app.printer.say(term_line(user_code).bold());
    app.printer.say("");
    app.printer.say(shared::own_code(lang));
}

fn browser(app: &App<'_>, url: &Url, manual: Option<&Url>, loopback: bool, paste: bool) {
    let lang = app.lang();
    let host = url.host_str().unwrap_or_default();
    app.printer
        .say(words::only_step(lang, &shared::step_approve(lang, host)));
    app.printer.say("");
    app.printer.say(url.as_str().bold());
    app.printer.say("");
    match (loopback, paste) {
        (true, true) => {
            if let Some(manual) = manual.filter(|manual| *manual != url) {
                app.printer.say(words::elsewhere(lang));
                app.printer.say("");
                app.printer.say(manual.as_str());
                app.printer.say("");
            }
            app.printer.say(shared::comes_back(lang));
            app.printer.say(words::or_paste(lang));
        }
        (true, false) => app.printer.say(shared::comes_back(lang)),
        _ => app.printer.say(words::then_paste(lang)),
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
        app.printer.say(words::opened(app.lang()));
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
    let lang = app.lang();
    let line = |name: &str, value: &str| {
        let name = before(name);
        app.printer.line(format_args!("{name}{value}"));
    };
    match challenge {
        Challenge::Code { url, user_code, .. } => {
            line(words::open(lang), url.as_str());
            line(words::code(lang), &term_line(user_code));
        }
        Challenge::Browser { url, .. } => line(words::open(lang), url.as_str()),
        Challenge::Key { .. } => {}
    }
    line(words::id(lang), &id.to_string());
    let how = match challenge {
        Challenge::Code { .. } => "",
        Challenge::Browser { .. } => " --code-stdin",
        Challenge::Key { .. } => " --api-key-stdin",
    };
    let ends = when::relative(lang, challenge.expires(), app.now());
    let command = format!("hermes auth finish {id}{how}");
    app.printer.say(words::finish(lang, &command, &ends));
}

fn to_json(plan: &Plan, id: AttemptId, challenge: &Challenge) -> Value {
    json!({
        "login_id": id, "provider": plan.provider().id, "method": plan.method().id, "region": plan.region(),
        "rule": plan.method().card, "challenge": challenge, "expires_at": time(Some(challenge.expires())),
        "finish": format!("hermes auth finish {id}"),
    })
}
