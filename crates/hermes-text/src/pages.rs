//! The words of each page of the dashboard.

pub mod keys;
pub mod overview;
pub mod pool;
pub mod providers;
pub mod requests;
pub mod settings;
pub mod usage;
