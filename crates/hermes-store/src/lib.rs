//! The credential store: sealed secrets, migrations, backups. It knows no provider and no protocol.
//!
//! It must never start empty over something it could not read, never write a secret in the clear, and never change a file
//! that it has not verified. Start with [`Store`] (what it can do) and [`open`] (how it is reached). `store` and `calls` are the
//! store over either back end, `sql` the tables, `sqlite` and `postgres` what only one of them has; `lease`, `spill` and `node` carry a
//! refresh through crashes; `seal` and `holder` are the cryptography; `verify`, `lock`, `place` and `files` guard the files.

mod api;
mod back;
mod backup;
mod calls;
mod db;
mod dump;
mod error;
mod fault;
mod files;
mod histogram;
mod holder;
mod keyring;
mod lease;
mod lock;
mod node;
mod open;
mod place;
mod postgres;
mod rows;
mod schema;
mod seal;
mod session;
mod spill;
mod sql;
mod sqlite;
mod store;
mod story;
mod thread;
mod verify;

pub use api::{AdminSessions, RequestLog, Store};
pub use backup::restore;
pub use dump::{Dump, Dumped};
pub use error::StoreError;
pub use holder::{AskPassphrase, HolderChoice};
pub use keyring::{Keyring, KeyringProblem, NoKeyring, SystemKeyring};
pub use lease::{Attempt, GRACE, LEASE, Lease, LeaseMove, Phase, QUIET};
pub use node::machine_name;
pub use open::{OpenOptions, exists, open};
pub use place::Suspicion;
pub use postgres::shown_address;
pub use rows::*;
pub use story::{CallMade, PassedOver, Story};
