//! Waits for the person: polls, or races the browser's callback against a pasted code.

use std::time::Duration;

use hermes_core::{AttemptId, Explain as _, Secret};
use hermes_oauth::{Callback, Challenge, Input, Listener, Page, Responder};
use hermes_pool::{Finished, Logins, PoolError, Progress};
use hermes_text::cli::login as words;
use hermes_text::{Both, callback as callback_words};
use serde_json::json;
use tokio::sync::oneshot;

use super::inputs::Inputs;
use super::{Steps, goes_on};
use crate::app::App;
use crate::failure::Failure;
use crate::safe::term_line;
use crate::when;

/// Goes on until the login is stored or failed.
pub(super) async fn until_done(
    app: &App<'_>,
    logins: &Logins,
    id: AttemptId,
    challenge: &Challenge,
    listener: Option<&mut Listener>,
    inputs: &Inputs<'_>,
) -> Result<Finished, Failure> {
    let steps = Steps {
        logins,
        id,
        challenge,
    };
    match challenge {
        Challenge::Code { .. } => poll(app, &steps).await,
        Challenge::Browser { paste, .. } => {
            let asks = inputs.code_stdin || (*paste && app.prompter.can_ask() && !app.printer.is_json());
            race(app, &steps, listener, asks, inputs.code_stdin).await
        }
        Challenge::Key { env, .. } => {
            let (key, source) = inputs.read_key(app, env)?;
            match logins
                .advance(
                    id,
                    Input::Key {
                        key,
                        source,
                        verify: inputs.verify,
                    },
                )
                .await?
            {
                Progress::Done(finished) => Ok(*finished),
                Progress::Waiting { note, .. } => {
                    let note = note.unwrap_or_else(|| Both::of(words::key_not_taken));
                    Err(Failure::usage(|lang| note.get(lang).to_owned()))
                }
            }
        }
    }
}

/// Asks the issuer again and again, as slowly as it wants.
async fn poll(app: &App<'_>, steps: &Steps<'_>) -> Result<Finished, Failure> {
    let mut told = None;
    loop {
        match steps.logins.advance(steps.id, Input::Poll).await {
            Ok(Progress::Done(finished)) => {
                app.printer.redraw("");
                return Ok(*finished);
            }
            Ok(Progress::Waiting { next_poll, note }) => {
                // The same trouble is told once.
                if note.is_some() && note != told {
                    tell_note(app, note.as_ref().map_or("", |note| note.get(app.lang())));
                }
                told = note;
                rest(app, steps.challenge, next_poll).await;
            }
            Err(error) => {
                app.printer.redraw("");
                return Err(error.into());
            }
        }
    }
}

fn tell_note(app: &App<'_>, note: &str) {
    app.printer.redraw("");
    if app.printer.is_json() {
        app.printer
            .json_line(&json!({ "event": "note", "message": note }));
    } else {
        app.printer.note(term_line(note));
    }
}

/// Waits with a countdown on a terminal, and silently elsewhere.
async fn rest(app: &App<'_>, challenge: &Challenge, span: Duration) {
    if !app.printer.talks_to_terminal() || app.printer.is_json() {
        app.clock.sleep(span).await;
        return;
    }
    let until = app.clock.monotonic().saturating_add(span);
    loop {
        let left = challenge.expires().since(app.now());
        app.printer
            .redraw(&words::waiting(app.lang(), &when::countdown(left)));
        let rest = until.saturating_sub(app.clock.monotonic());
        if rest.is_zero() {
            return;
        }
        app.clock.sleep(rest.min(Duration::from_secs(1))).await;
    }
}

enum Event {
    Called(Callback, Responder),
    Pasted(Option<Secret>),
    Over,
}

/// The browser's callback against a pasted code; whichever comes first ends the login.
async fn race(
    app: &App<'_>,
    steps: &Steps<'_>,
    mut listener: Option<&mut Listener>,
    asks: bool,
    scripted: bool,
) -> Result<Finished, Failure> {
    let mut line = asks.then(|| app.prompter.line());
    loop {
        let left = steps.challenge.expires().since(app.now());
        let event = tokio::select! {
            Some((callback, responder)) = called(&mut listener) => Event::Called(callback, responder),
            pasted = pasted(&mut line) => Event::Pasted(pasted),
            () = app.clock.sleep(left) => Event::Over,
        };
        match event {
            Event::Called(callback, responder) => match on_callback(steps, callback, responder).await {
                Ok(Some(finished)) => return Ok(finished),
                Ok(None) => tell_note(app, words::other_callback(app.lang())),
                Err(error) => return Err(error.into()),
            },
            Event::Pasted(Some(code)) if !code.expose().is_empty() => {
                match steps.logins.advance(steps.id, Input::Pasted(code)).await {
                    Ok(Progress::Done(finished)) => return Ok(*finished),
                    Ok(Progress::Waiting { note, .. }) => {
                        tell_note(app, note.unwrap_or_default().get(app.lang()));
                    }
                    Err(error) if goes_on(&error) && !scripted => app.printer.failure(&error.into()),
                    Err(error) => return Err(error.into()),
                }
                line = (!scripted).then(|| app.prompter.line());
            }
            Event::Pasted(_) if scripted => return Err(Failure::usage(words::no_code)),
            // An empty line asks again; a closed stdin leaves the browser.
            Event::Pasted(Some(_)) => line = Some(app.prompter.line()),
            Event::Pasted(None) => line = None,
            Event::Over => {
                steps.logins.advance(steps.id, Input::Poll).await?;
                return Err(Failure::new(
                    hermes_core::ExitKind::LoginExpired,
                    "timeout",
                    words::too_late,
                ));
            }
        }
    }
}

/// Gives the callback to the login and the browser its page; none when the login still waits for the right one.
async fn on_callback(
    steps: &Steps<'_>,
    callback: Callback,
    responder: Responder,
) -> Result<Option<Finished>, PoolError> {
    match steps.logins.advance(steps.id, Input::Callback(callback)).await {
        Ok(Progress::Done(finished)) => {
            responder.show(Page::SignedIn {
                provider: finished.saved.credential.provider.to_string(),
            });
            Ok(Some(*finished))
        }
        Ok(Progress::Waiting { note, .. }) => {
            responder.show(Page::TryAgain {
                message: note.unwrap_or_else(|| Both::of(callback_words::not_yet)),
            });
            Ok(None)
        }
        Err(error) if goes_on(&error) => {
            responder.show(Page::TryAgain {
                message: error.text(),
            });
            Ok(None)
        }
        Err(error) => {
            let message = Both::of(|lang| {
                let hint = error.hint(lang).unwrap_or_default();
                callback_words::failed(lang, &error.message(lang), &hint)
            });
            responder.show(Page::Failed { message });
            Err(error)
        }
    }
}

async fn called(listener: &mut Option<&mut Listener>) -> Option<(Callback, Responder)> {
    match listener {
        Some(listener) => listener.next().await,
        None => std::future::pending().await,
    }
}

async fn pasted(line: &mut Option<oneshot::Receiver<Secret>>) -> Option<Secret> {
    match line {
        Some(line) => line.await.ok(),
        None => std::future::pending().await,
    }
}
