mod arbitrary;
mod recorded_requests;
pub(crate) mod recorded_streams;
mod recorded_wholes;
pub(super) mod support;
