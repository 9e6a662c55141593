//! Login attempts, token refresh and revocation as step machines over the catalogue's rows.
//!
//! This crate must never store anything, wait for a person, or send a secret to a host the catalogue does not name. Start
//! with [`Plan`] and [`Attempt`]: `start` gives a [`Challenge`], `advance` gives a [`Step`]. Stored tokens are renewed by
//! [`refresh`]; every expiry and interval of every issuer is read by [`expiry`].

mod answer;
mod asking;
mod attempt;
mod callback;
mod error;
pub mod expiry;
mod flow;
mod identity;
mod jwt;
mod key;
mod link;
mod listener;
mod pkce;
mod plan;
mod refresh;
mod revoke;
mod sealed;
mod text;
mod tokens;

pub use asking::ask_quota;
pub use attempt::{Attempt, Challenge, Input, StartOptions, Step};
pub use callback::Callback;
pub use error::OauthError;
pub use key::{KeyCheck, check_key_shape, key_notes, validate_key};
pub use listener::{Listener, Page, Responder};
pub use plan::{Engine, Plan};
pub use refresh::{DEADLINE as REFRESH_DEADLINE, RefreshError, Refreshed, refresh};
pub use revoke::revoke;
pub use text::printable;
