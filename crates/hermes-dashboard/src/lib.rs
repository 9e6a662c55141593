//! The pages and the admin API, on the gateway's listener.
//!
//! It holds no login logic and no pool logic: it draws what `hermes-pool` tells and hands on what a person asks for. It must never put a
//! secret into a page or an answer, and never answer anything but the empty shell without a session.
//!
//! Start with [`Dashboard`]; `router.rs` lists every path, `guard.rs` says who may use them.

#![recursion_limit = "256"]

pub mod look;
pub mod pages;

mod api;
mod brakes;
mod compress;
mod dashboard;
mod error;
mod facts;
mod far;
mod findings;
mod guard;
mod headers;
mod password;
mod requests;
mod router;
mod session;
mod shared;
mod ui;
mod usage;

pub use dashboard::Dashboard;
pub use facts::{Facts, FindingFact, FindingGrade, ProgramFacts, RouteFact, SettingFact};
pub use password::{Passwords, password_problem};
pub use session::Sessions;
pub use shared::DashboardParts;
