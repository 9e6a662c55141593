//! The waiting itself.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::Explain;
use hermes_oauth::{Callback, Challenge, Input, Listener, Page, Responder};
use hermes_text::{Both, callback as text};

use crate::desk::state::{DeskLogin, LoginStatus, Seat};
use crate::desk::{Desk, goes_on};
use crate::error::PoolError;
use crate::logins::Progress;

/// Pause after a step that failed without ending the login, such as one that found the store locked.
const AGAIN: Duration = Duration::from_secs(5);
/// How long a browser may be late.
const LATE: Duration = Duration::from_secs(30);

/// Goes on until the login has ended, by whomever.
pub(super) async fn until_ended(desk: Arc<Desk>, seat: Arc<Seat>, listener: Option<Listener>) {
    if let Challenge::Code { .. } = seat.login().challenge {
        tokio::select! {
            () = poll(&desk, &seat) => {}
            () = seat.over() => {}
        }
        return;
    }
    let mut listener = listener;
    let by_callback = wait(&desk, &seat, listener.as_mut()).await;
    if let Some(mut listener) = listener {
        if !by_callback && seat.login().status == LoginStatus::Approved {
            see_late(&desk, &seat, &mut listener).await;
        }
        listener.close().await;
    }
}

/// Asks the issuer again and again, as slowly as it wants.
async fn poll(desk: &Desk, seat: &Seat) {
    while seat.login().status == LoginStatus::Pending {
        let mut pause = AGAIN;
        let seen = |outcome: &Result<Progress, PoolError>| {
            if let Ok(Progress::Waiting { next_poll, .. }) = outcome {
                pause = *next_poll;
            }
        };
        desk.advance(seat, Input::Poll, seen).await;
        desk.pool.clock.sleep(pause).await;
    }
}

/// Waits for the browser, and for the end of the login's time; whether a browser was there when it ended.
async fn wait(desk: &Desk, seat: &Seat, mut listener: Option<&mut Listener>) -> bool {
    let expires = seat.login().challenge.expires();
    let mut by_callback = false;
    while seat.login().status == LoginStatus::Pending {
        let left = expires.since(desk.pool.clock.now());
        tokio::select! {
            Some((callback, responder)) = called(&mut listener) => {
                on_callback(desk, seat, callback, responder).await;
                by_callback = true;
            }
            () = expire(desk, seat, left) => {}
            () = seat.over() => by_callback = false,
        }
    }
    by_callback
}

async fn expire(desk: &Desk, seat: &Seat, left: Duration) {
    desk.pool.clock.sleep(left).await;
    desk.advance(seat, Input::Poll, |_| {}).await;
    desk.pool.clock.sleep(AGAIN).await;
}

/// A browser that comes back after a pasted code was faster is told that all is done.
async fn see_late(desk: &Desk, seat: &Seat, listener: &mut Listener) {
    tokio::select! {
        Some((_, responder)) = listener.next() => responder.show(end(&seat.login())),
        () = desk.pool.clock.sleep(LATE) => {}
    }
}

async fn called(listener: &mut Option<&mut Listener>) -> Option<(Callback, Responder)> {
    match listener {
        Some(listener) => listener.next().await,
        None => std::future::pending().await,
    }
}

/// Gives the callback to the login and the browser its page, be it that of how the login has ended in another way meanwhile.
async fn on_callback(desk: &Desk, seat: &Seat, callback: Callback, responder: Responder) {
    let mut responder = Some(responder);
    let seen = |outcome: &Result<Progress, PoolError>| {
        if let Some(responder) = responder.take() {
            responder.show(page(outcome));
        }
    };
    tokio::select! {
        () = desk.advance(seat, Input::Callback(callback), seen) => {}
        () = seat.over() => {}
    }
    if let Some(responder) = responder {
        responder.show(end(&seat.login()));
    }
}

/// The page for a login that has ended without this browser.
fn end(login: &DeskLogin) -> Page {
    match login.status {
        LoginStatus::Approved => Page::SignedIn {
            provider: login.provider.to_string(),
        },
        _ => Page::Failed {
            message: Both::of(text::over),
        },
    }
}

fn page(outcome: &Result<Progress, PoolError>) -> Page {
    match outcome {
        Ok(Progress::Done(finished)) => Page::SignedIn {
            provider: finished.credential.provider.to_string(),
        },
        Ok(Progress::Waiting { note, .. }) => Page::TryAgain {
            message: note.clone().unwrap_or_else(|| Both::of(text::not_yet)),
        },
        Err(error) if goes_on(error) => Page::TryAgain {
            message: error.text(),
        },
        Err(error) => Page::Failed {
            message: Both::of(|lang| {
                text::failed(lang, &error.message(lang), &error.hint(lang).unwrap_or_default())
            }),
        },
    }
}
