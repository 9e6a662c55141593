//! The words every other crate speaks: ids, secrets, time, protocols, credentials, health and errors.
//!
//! This crate does no I/O and knows no other crate. Start with [`Credential`] and [`Health`], then [`Explain`].

pub mod both;
mod brake;
mod clock;
mod credential;
mod env;
mod error;
mod faults;
mod health;
mod ids;
mod origin;
mod protocol;
mod random;
mod secret;
mod strategy;
mod time;

pub use brake::Brake;
pub use clock::{Clock, LabClock, SystemClock};
pub use credential::{Account, Credential, Identity, Material, NewCredential, Source};
pub use env::Env;
pub use error::{ExitKind, Explain, chain, language_faults};
pub use faults::{Faults, Point, Strike};
pub use health::{CoolCause, Health, LoginCause, Rest, Scope};
pub use hermes_text::Lang;
pub use ids::{AttemptId, CredentialId, KeyId, ProviderId, RequestId};
pub use origin::{Bound, Origin};
pub use protocol::{Billing, Protocol};
pub use random::{OsRandom, Random};
pub use secret::{REDACTED, Secret};
pub use strategy::Strategy;
pub use time::UnixMs;

#[cfg(test)]
mod tests;
