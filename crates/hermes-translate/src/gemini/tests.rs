mod arbitrary;
mod recorded_requests;
mod recorded_streams;
mod recorded_wholes;
pub(super) mod support;
