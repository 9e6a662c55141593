//! The one reader of every expiry and interval that an issuer, a token or an imported file names.
//!
//! Issuers send seconds to live, moments in seconds, milliseconds or microseconds, as numbers, as text, or as a date, and do not say
//! which. The size of the number tells:
//!
//! | value | read as |
//! |---|---|
//! | at most 0 | ended |
//! | below 1e9 (31 years) | seconds to live, at most [`LONGEST_LIFE`] |
//! | below 1e11 (year 5138) | moment in seconds |
//! | below 1e14 (year 5138) | moment in milliseconds |
//! | others | moment in microseconds |
//!
//! A moment that has passed means "ended now: renew at the first refusal", not a loop of renewals. A moment further away than
//! [`FURTHEST`] is held there.

use std::time::Duration;

use hermes_catalog::TimeUnit;
use hermes_core::UnixMs;
use serde_json::{Map, Value};

/// The longest life that a number of seconds can give: 400 days.
pub const LONGEST_LIFE: Duration = Duration::from_hours(400 * 24);

/// The furthest away that a moment can lie: ten years of 365 days.
pub const FURTHEST: Duration = Duration::from_hours(10 * 365 * 24);

/// The longest wait between two polls that an issuer can ask for.
pub const LONGEST_INTERVAL: Duration = Duration::from_mins(1);

/// Names under which issuers and files give an expiry, in the order they are looked for.
pub const FIELDS: [&str; 6] = [
    "expires_in",
    "expired_in",
    "expires_at",
    "expiry_date",
    "expiresAt",
    "expiry",
];

/// When something ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expiry {
    /// The moment; now if it has passed, or if nothing readable was given.
    pub at: UnixMs,
    /// What the value was.
    pub reading: Reading,
}

/// What an expiry's value was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A number of seconds to live.
    Life,
    /// A moment.
    Moment,
    /// Zero, negative, or a moment that has passed.
    Ended,
    /// Missing, `null` or blank text.
    Absent,
    /// Neither a finite number nor a date.
    Unreadable,
}

impl Expiry {
    /// Reads a value. Total: every JSON value gives a moment between now and [`FURTHEST`] from now.
    pub fn resolve(raw: Option<&Value>, now: UnixMs) -> Self {
        let read = match raw {
            None | Some(Value::Null) => Err(Reading::Absent),
            Some(Value::Number(number)) => number.as_f64().map(Raw::Number).ok_or(Reading::Unreadable),
            Some(Value::String(text)) => read_text(text),
            Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => Err(Reading::Unreadable),
        };
        match read {
            Ok(Raw::Number(number)) => by_size(number, now),
            Ok(Raw::Date(millis)) => moment(millis, now),
            Err(reading) => Self { at: now, reading },
        }
    }

    /// Reads the first of [`FIELDS`] that an object has.
    pub fn of_fields(object: &Map<String, Value>, now: UnixMs) -> Self {
        let first = FIELDS
            .iter()
            .find_map(|name| object.get(*name).filter(|value| !value.is_null()));
        Self::resolve(first, now)
    }

    /// The moment, unless nothing readable was given.
    pub fn known(self) -> Option<UnixMs> {
        match self.reading {
            Reading::Life | Reading::Moment | Reading::Ended => Some(self.at),
            Reading::Absent | Reading::Unreadable => None,
        }
    }
}

enum Raw {
    Number(f64),
    Date(i64),
}

fn read_text(text: &str) -> Result<Raw, Reading> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Reading::Absent);
    }
    if let Some(number) = number_in(text) {
        return Ok(Raw::Number(number));
    }
    match text.parse::<jiff::Timestamp>() {
        Ok(date) => Ok(Raw::Date(date.as_millisecond())),
        Err(_) if is_last_year(text) => Ok(Raw::Date(i64::MAX)),
        Err(_) => Err(Reading::Unreadable),
    }
}

/// Whether a date lies in the year 9999, with which some systems say "never"; its last hours are outside the library's calendar.
fn is_last_year(text: &str) -> bool {
    let date = text
        .get(..19)
        .and_then(|date| date.parse::<jiff::civil::DateTime>().ok());
    date.is_some_and(|date| date.year() == 9999)
}

/// A finite decimal number; `NaN`, `inf` and their kin are words, not numbers.
fn number_in(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'+' | b'-' | b'.' | b'e' | b'E'));
    if !plain {
        return None;
    }
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn by_size(number: f64, now: UnixMs) -> Expiry {
    if !number.is_finite() {
        return Expiry {
            at: now,
            reading: Reading::Unreadable,
        };
    }
    if number <= 0.0 {
        return Expiry {
            at: now,
            reading: Reading::Ended,
        };
    }
    if number < 1e9 {
        let life = Duration::from_secs_f64(number).min(LONGEST_LIFE);
        return Expiry {
            at: now.plus(life),
            reading: Reading::Life,
        };
    }
    let millis = if number < 1e11 {
        number * 1e3
    } else if number < 1e14 {
        number
    } else {
        number / 1e3
    };
    moment(whole(millis), now)
}

/// The whole part; a float cast holds what is too large at the largest integer.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the fraction is to go, and the cast saturates"
)]
fn whole(number: f64) -> i64 {
    number as i64
}

fn moment(millis: i64, now: UnixMs) -> Expiry {
    let at = UnixMs::from_millis(millis);
    if at <= now {
        return Expiry {
            at: now,
            reading: Reading::Ended,
        };
    }
    Expiry {
        at: at.min(now.plus(FURTHEST)),
        reading: Reading::Moment,
    }
}

/// Reads a time between polls: a number or its text in `unit`. What is missing, unreadable or not above zero gives `default`; the
/// result is at least `floor` and at least one second, and what the issuer asks for counts up to [`LONGEST_INTERVAL`].
pub fn interval(raw: Option<&Value>, unit: TimeUnit, default: Duration, floor: Duration) -> Duration {
    let number = match raw {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => number_in(text.trim()),
        _ => None,
    };
    let seconds = number
        .map(|number| match unit {
            TimeUnit::Seconds => number,
            TimeUnit::Milliseconds => number / 1e3,
        })
        .filter(|seconds| *seconds > 0.0);
    let asked = match seconds {
        Some(seconds) => Duration::try_from_secs_f64(seconds)
            .unwrap_or(LONGEST_INTERVAL)
            .min(LONGEST_INTERVAL),
        None => default,
    };
    asked.max(floor).max(Duration::from_secs(1))
}

#[cfg(test)]
mod tests;
