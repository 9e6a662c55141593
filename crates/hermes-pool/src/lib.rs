//! Which credential serves now, whether its token is fresh, and who renews it.
//!
//! It never speaks HTTP to clients, never hands out a token before it is stored, and never sends a credential to an
//! address that a setting made up. Start with [`Pool`] and its walks: `choice` (which credential serves), `lease` (what is handed
//! out, and the report), `classify` (what an answer means), `renewal` (one call for everybody), `logins` (attempts that outlive a
//! process).

mod admin;
mod api;
mod bounds;
mod choice;
mod classify;
mod entry;
mod health;
mod keyless;
mod lease;
mod logins;
mod pool;
mod reload;
mod renewal;
mod runtime;
mod slot;
mod snapshot;
mod target;
mod view;
mod work;

pub use api::*;
pub use bounds::note_origins;
pub use classify::{Answer, classify, status_in_stream};
pub use keyless::keyless_views;
pub use lease::Lease;
pub use logins::{AttemptView, Finished, Logins, Progress};
pub use pool::{CLOCK_SETTING, Pool, PoolParts};
pub use runtime::{Ignored, ProviderSettings, Runtime, ignored_settings, resolve};

// The gateway reaches the store only through the pool: client keys and the request log.
pub use hermes_store::{ClientKey, Event, RequestRow, Saved, Store, StoreError};

#[cfg(test)]
mod tests;
