//! Simulated providers on real sockets: login dialects, inference, scripted faults, recorded traffic and a journal of requests.
//!
//! Everything listens on 127.0.0.1. It is for tests, benches and `hermes drill`; no production path needs it. Start with [`Sim`],
//! which owns the server; [`Script`] changes what it does, [`Person`] plays the human, [`Journal`] tells what was asked.
//! [`Postgres`] and [`PgBouncer`] are no simulations but the real servers, thrown away after use (Unix only); [`Proxy`] is a
//! network before any server that fails on command.

mod answer;
mod inference;
mod journal;
mod login;
mod person;
#[cfg(unix)]
mod pgbouncer;
#[cfg(unix)]
mod postgres;
mod proxy;
mod refreshes;
mod replay;
mod script;
mod server;
#[cfg(unix)]
mod service;
mod sim;
mod state;
mod tokens;

pub use answer::{Answer, Part};
pub use inference::Break;
pub use journal::{Entry, Journal};
pub use person::Person;
#[cfg(unix)]
pub use pgbouncer::{PgBouncer, PgBouncerOptions};
#[cfg(unix)]
pub use postgres::{BaseBackup, Postgres, PostgresOptions};
pub use proxy::Proxy;
pub use script::Script;
pub use sim::{Sim, SimOptions};

#[cfg(test)]
mod tests;
