//! Times on the wire.

use hermes_core::UnixMs;

/// RFC 3339 in UTC, to the second.
pub(crate) fn rfc3339(at: UnixMs) -> String {
    jiff::Timestamp::from_millisecond(at.as_millis())
        .map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .unwrap_or_default()
}
