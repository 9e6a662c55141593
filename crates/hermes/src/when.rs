//! Times as people and scripts read them.

use std::time::Duration;

use hermes_core::UnixMs;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// RFC 3339 in UTC, whole seconds.
pub(crate) fn rfc3339(at: UnixMs) -> String {
    timestamp(at).to_string()
}

/// The day, `2026-11-23`, in the person's time zone.
pub(crate) fn day(at: UnixMs) -> String {
    TimeZone::system().to_datetime(timestamp(at)).date().to_string()
}

/// A span by its two largest units: `2 d 3 h`, `5 min 3 s`, `9 s`.
pub(crate) fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    let parts = [
        (seconds / 86_400, "d"),
        (seconds / 3600 % 24, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let Some(first) = parts.iter().position(|(count, _)| *count > 0) else {
        return "0 s".to_owned();
    };
    let shown = parts.iter().skip(first).take(2).filter(|(count, _)| *count > 0);
    shown
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A moment beside now: `in 5 h 3 min`, `2 d ago`, `now`.
pub(crate) fn relative(at: UnixMs, now: UnixMs) -> String {
    let (ahead, behind) = (at.since(now), now.since(at));
    if ahead.as_secs() > 0 {
        format!("in {}", span(ahead))
    } else if behind.as_secs() > 0 {
        format!("{} ago", span(behind))
    } else {
        "now".to_owned()
    }
}

/// A countdown: `14:59`, `1:59:59`.
pub(crate) fn countdown(left: Duration) -> String {
    let seconds = left.as_secs();
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// Moments of the last 26 hours of the year 9999 become the last one that every time zone can show.
fn timestamp(at: UnixMs) -> Timestamp {
    Timestamp::from_second(at.as_seconds()).unwrap_or(Timestamp::MAX)
}
