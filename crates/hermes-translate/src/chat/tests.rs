mod arbitrary;
mod fixtures;
mod replies;
mod requests;
pub(crate) mod streams;

pub(super) use fixtures::{context, data, gathered, target};
