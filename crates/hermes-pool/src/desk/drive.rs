//! The waiting itself.

use std::sync::Arc;
use std::time::Duration;

use hermes_core::Explain;
use hermes_oauth::{Callback, Challenge, Input, Listener, Page, Responder};
use hermes_text::{Both, callback as text};

use crate::desk::state::{LoginStatus, Seat};
use crate::desk::{Desk, goes_on};
use crate::error::PoolError;
use crate::logins::Progress;

/// Pause after a step that failed without ending the login, such as one that found the store locked.
const AGAIN: Duration = Duration::from_secs(5);

/// Goes on until the login has ended, by whomever.
pub(super) async fn until_ended(desk: Arc<Desk>, seat: Arc<Seat>, mut listener: Option<Listener>) {
    let ended = seat.ended.notified();
    tokio::pin!(ended);
    ended.as_mut().enable();
    if seat.login().status == LoginStatus::Pending {
        let drive = async {
            match seat.login().challenge {
                Challenge::Code { .. } => poll(&desk, &seat).await,
                Challenge::Browser { .. } | Challenge::Key { .. } => {
                    wait(&desk, &seat, listener.as_mut()).await;
                }
            }
        };
        tokio::select! {
            () = drive => {}
            () = ended => {}
        }
    }
    if let Some(listener) = listener {
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

/// Waits for the browser, and for the end of the login's time.
async fn wait(desk: &Desk, seat: &Seat, mut listener: Option<&mut Listener>) {
    let expires = seat.login().challenge.expires();
    while seat.login().status == LoginStatus::Pending {
        let left = expires.since(desk.pool.clock.now());
        tokio::select! {
            Some((callback, responder)) = called(&mut listener) => {
                on_callback(desk, seat, callback, responder).await;
            }
            () = desk.pool.clock.sleep(left) => {
                desk.advance(seat, Input::Poll, |_| {}).await;
                desk.pool.clock.sleep(AGAIN).await;
            }
        }
    }
}

async fn called(listener: &mut Option<&mut Listener>) -> Option<(Callback, Responder)> {
    match listener {
        Some(listener) => listener.next().await,
        None => std::future::pending().await,
    }
}

/// Gives the callback to the login and the browser its page. A browser that comes too late finds its connection closed.
async fn on_callback(desk: &Desk, seat: &Seat, callback: Callback, responder: Responder) {
    let seen = |outcome: &Result<Progress, PoolError>| responder.show(page(outcome));
    desk.advance(seat, Input::Callback(callback), seen).await;
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
