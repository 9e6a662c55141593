//! The credential store: sealed secrets, migrations, backups. It knows no provider and no protocol.
//!
//! It must never start empty over something it could not read, never write a secret in the clear, and never change a file
//! that it has not verified. Start with [`Store`] (what it can do) and [`open`] (how it is reached); `sqlite` is the back
//! end, `seal` and `holder` are the cryptography, `verify`, `lock` and `files` guard the files.

mod api;
mod backup;
mod error;
mod files;
mod holder;
mod keyring;
mod lock;
mod open;
mod schema;
mod seal;
mod sqlite;
mod thread;
mod verify;

pub use api::*;
pub use backup::restore;
pub use error::StoreError;
pub use holder::{AskPassphrase, HolderChoice};
pub use keyring::{Keyring, KeyringProblem, NoKeyring, SystemKeyring};
pub use open::{OpenOptions, exists, open};
