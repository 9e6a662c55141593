mod arbitrary;
mod fixtures;
mod replies;
mod requests;
mod streams;

pub(super) use fixtures::{context, data, gathered, target};
