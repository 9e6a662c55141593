//! Times as people and scripts read them.

use hermes_core::UnixMs;
use hermes_text::{Lang, time};
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub(crate) use hermes_text::time::{countdown, span};

/// RFC 3339 in UTC, whole seconds.
pub(crate) fn rfc3339(at: UnixMs) -> String {
    timestamp(at).to_string()
}

/// The day, `2026-11-23`, in the person's time zone.
pub(crate) fn day(at: UnixMs) -> String {
    TimeZone::system().to_datetime(timestamp(at)).date().to_string()
}

/// A moment beside now: `in 5 h 3 min`, `2 d ago`, `now`.
pub(crate) fn relative(lang: Lang, at: UnixMs, now: UnixMs) -> String {
    let (ahead, behind) = (at.since(now), now.since(at));
    if ahead.as_secs() > 0 {
        time::ahead(lang, &span(lang, ahead))
    } else if behind.as_secs() > 0 {
        time::ago(lang, &span(lang, behind))
    } else {
        time::now(lang).to_owned()
    }
}

/// Moments of the last 26 hours of the year 9999 become the last one that every time zone can show.
fn timestamp(at: UnixMs) -> Timestamp {
    Timestamp::from_second(at.as_seconds()).unwrap_or(Timestamp::MAX)
}
