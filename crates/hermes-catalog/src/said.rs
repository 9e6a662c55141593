//! How rows hold what people read: written in each language or once for all, and shown to scripts in English.

pub(crate) use hermes_core::both::{deserialize, english as serialize};
