//! The dashboard as people and hostile pages meet it: in a browser.

mod accessible;
mod again;
mod axe;
mod board;
mod browser;
mod care;
mod clicks;
mod console;
mod contract;
mod crowd;
mod dialogs;
mod doors;
mod failures;
mod far;
mod hands;
mod headers;
mod keyboard;
mod logins;
mod markup;
mod neighbours;
mod plan;
mod screens;
mod seed;
mod server;
mod sessions;
mod statements;
mod strangers;
mod stream;
mod tabs;

use std::time::Duration;

use hermes_core::{Clock as _, SystemClock};

/// Waits for real: a running program goes on meanwhile.
async fn moment() {
    SystemClock::new().sleep(Duration::from_millis(10)).await;
}

async fn moments(count: u32) {
    for _ in 0..count {
        moment().await;
    }
}
