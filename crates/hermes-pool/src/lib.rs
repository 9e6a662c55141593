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
mod desk;
mod entry;
mod error;
mod feed;
mod health;
mod keyless;
mod keys;
mod lease;
mod logins;
mod models;
mod pool;
mod private;
mod quota;
mod reload;
mod renewal;
mod runtime;
mod slot;
mod snapshot;
mod sources;
mod target;
mod view;
mod work;

pub use api::*;
pub use bounds::note_origins;
pub use classify::{Answer, classify, status_in_stream};
pub use desk::{DeskLogin, LoginAsk, LoginDesk, LoginStatus, SignedIn, Submission};
pub use error::PoolError;
pub use feed::Feed;
pub use keyless::keyless_views;
pub use keys::{Keys, KnownKey, NewKey, key_problem};
pub use lease::Lease;
pub use logins::{AttemptView, Finished, Logins, Progress};
pub use models::ListedModel;
pub use pool::{CLOCK_SETTING, Pool, PoolParts};
pub use quota::{Balance, Left, Window};
pub use renewal::told::RenewalState;
pub use runtime::{Ignored, ProviderSettings, Runtime, ignored_settings, resolve};
pub use sources::{Found, found_keys};

// Surfaces draw challenges and know no login engine.
pub use hermes_oauth::{Challenge, OauthError};
// The gateway and the dashboard reach the store only through the pool: client keys, sessions and the request log.
pub use hermes_store::{
    AdminSessions, CallMade, ClientKey, Event, KeyLimits, Latency, PassedOver, RankAsk, Ranking,
    RequestFilter, RequestLog, RequestPage, RequestRow, Saved, SessionRow, Store, StoreError, StoreInfo,
    Story, UsageAsk, UsageBy, UsagePeriod, UsageRow, UsageSpan,
};

#[cfg(test)]
mod tests;
