//! Renewing tokens: one call for everybody, whatever dies meanwhile. `flight` is one renewal at a time in this process; `renew`
//! reads the lease and does what `step` decides; `spend` sends the token and keeps what comes; `keeper` renews ahead;
//! `told` is what surfaces show of it.

pub(crate) mod flight;
pub(crate) mod keeper;
mod renew;
mod spend;
mod step;
pub(crate) mod told;
