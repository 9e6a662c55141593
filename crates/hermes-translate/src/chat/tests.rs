mod arbitrary;
mod fixtures;
mod replies;
mod requests;
pub(crate) mod streams;

pub(crate) use fixtures::gathered;
pub(super) use fixtures::{context, data, target};
