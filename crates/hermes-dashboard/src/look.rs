//! What every page is made of: the frame, and the pieces that look and behave alike everywhere.
//!
//! All of it is pure: values in, markup out, and everything that came from elsewhere is escaped. Nothing here carries inline style or
//! script, which the pages' policy forbids. What the markup asks of the script stands in data attributes; `assets/app.js` lists them.

mod address;
pub mod assets;
mod badge;
mod button;
mod chart;
mod copy;
mod dialog;
mod empty;
mod icon;
mod meter;
mod number;
mod outward;
mod page;
mod paging;
mod prose;
mod qr;
mod rule;
mod shell;
mod state;
mod table;
mod time;

pub use address::encoded;
pub use badge::{Tone, badge};
pub use button::{Call, Confirm, Kind, Then, button, opener};
pub use chart::{Chart, Series, Unit, bars, lines};
pub(crate) use copy::copy_button;
pub use copy::{copy_field, snippet};
pub use dialog::{Dialog, dialog};
pub use empty::{Problem, empty, problem};
pub use icon::{Icon, icon};
pub use meter::{Window, window_bar};
pub use number::{compact, dollars};
pub use outward::outward;
pub use page::{Head, page};
pub use paging::{Paging, paging, rest_of};
pub use prose::prose;
pub(crate) use prose::sentence;
pub use qr::qr;
pub use rule::rule_card;
pub use shell::{Shell, Spot, shell};
pub(crate) use state::tone;
pub use state::{Cause, billing_words, cause_words, rest_words, state_badge, state_words, strategy_words};
pub use table::{Cell, Table};
pub use time::{countdown, exact, moment};

#[cfg(test)]
mod tests;
