//! When a limit ends, in every spelling that has been seen.

use std::time::Duration;

use hermes_core::UnixMs;
use serde_json::Value;

use super::Answer;
use super::body::Said;

/// No cool-down is longer; a plan's window is a week at most.
const LONGEST: Duration = Duration::from_hours(8 * 24);
/// Numbers beyond are milliseconds since 1970, not seconds.
const EPOCH_MS: f64 = 1e12;
/// Numbers beyond are seconds since 1970, not a span.
const EPOCH_S: f64 = 1e9;
const BODY_TIMES: [&str; 8] = [
    "/error/resets_at",
    "/resets_at",
    "/detail/resets_at",
    "/error/reset_at",
    "/reset_at",
    "/error/resets_in_seconds",
    "/resets_in_seconds",
    "/detail/resets_in_seconds",
];
const BODY_SPANS: [&str; 6] = [
    "/error/retry_after",
    "/retry_after",
    "/error/retry_after_seconds",
    "/retry_after_seconds",
    "/error/metadata/retry_after",
    "/detail/retry_after",
];
const TEXT_MARKS: [&str; 7] = [
    "quotaresetdelay",
    "retrydelay",
    "resets in",
    "reset in",
    "reset after",
    "retry after",
    "try again in",
];

/// The moment that an answer names, at most eight days away; `now` when it names one that has passed.
pub(super) fn find(answer: &Answer<'_>, said: &Said, now: UnixMs) -> Option<UnixMs> {
    let found = in_body(said, now)
        .or_else(|| unified(answer, now))
        .or_else(|| plan_window(answer, now))
        .or_else(|| empty_bucket(answer, now))
        .or_else(|| retry_after(answer, now))
        .or_else(|| any_reset(answer, now))
        .or_else(|| time_in_text(said.text(), now))
        .or_else(|| in_text(said.text(), now));
    found.map(|at| at.clamp(now, now.plus(LONGEST)))
}

/// Whether a header says that a window of a plan is spent.
pub(super) fn spent_plan_window(answer: &Answer<'_>) -> bool {
    spent_windows(answer).next().is_some()
}

fn in_body(said: &Said, now: UnixMs) -> Option<UnixMs> {
    let time = said.at(&BODY_TIMES).and_then(|value| json_moment(value, now));
    let span = || said.at(&BODY_SPANS).and_then(|value| json_moment(value, now));
    time.or_else(span).or_else(|| google_delay(said, now))
}

/// `google.rpc.RetryInfo`: `{"retryDelay": "34.07s"}` in the list of details.
fn google_delay(said: &Said, now: UnixMs) -> Option<UnixMs> {
    let details = said.at(&["/error/details"])?.as_array()?;
    let delay = details
        .iter()
        .find_map(|detail| detail.get("retryDelay")?.as_str())?;
    duration(delay).map(|span| now.plus(span))
}

/// A time in any common form: a moment, or a span from now.
pub(crate) fn json_moment(value: &Value, now: UnixMs) -> Option<UnixMs> {
    match value {
        Value::Number(number) => number_moment(number.as_f64()?, now),
        Value::String(text) => moment(text, now),
        _ => None,
    }
}

fn unified(answer: &Answer<'_>, now: UnixMs) -> Option<UnixMs> {
    let rejected = answer.header("anthropic-ratelimit-unified-status") == Some("rejected");
    moment(
        answer
            .header("anthropic-ratelimit-unified-reset")
            .filter(|_| rejected)?,
        now,
    )
}

/// The latest end of the plan windows that are spent.
fn plan_window(answer: &Answer<'_>, now: UnixMs) -> Option<UnixMs> {
    let ends = spent_windows(answer).filter_map(|window| {
        let at = answer.header(&format!("{window}-reset-at"));
        let after = || answer.header(&format!("{window}-reset-after-seconds"));
        moment(at.or_else(after)?, now)
    });
    ends.max()
}

/// The plan windows, as beginnings of header names, that say that all of them is used: `<window>-used-percent: 100`.
fn spent_windows<'a>(answer: &Answer<'a>) -> impl Iterator<Item = &'a str> {
    answer.headers.iter().filter_map(|(name, value)| {
        let window = name.strip_suffix("-used-percent")?;
        (value.trim().parse::<f64>().ok()? >= 100.0).then_some(window)
    })
}

/// The latest reset of the buckets that have nothing left: `x-ratelimit-remaining-tokens: 0` with `x-ratelimit-reset-tokens`,
/// `anthropic-ratelimit-requests-remaining: 0` with `anthropic-ratelimit-requests-reset`, and whatever else is spelled so.
fn empty_bucket(answer: &Answer<'_>, now: UnixMs) -> Option<UnixMs> {
    let empty = answer.headers.iter().filter(|(name, left)| {
        name.contains("remaining") && left.trim().parse::<f64>().is_ok_and(|left| left <= 0.0)
    });
    let ends = empty.filter_map(|(name, _)| moment(answer.header(&name.replace("remaining", "reset"))?, now));
    ends.max()
}

/// RFC 9110 section 10.2.3, with the fractions that some send; the milliseconds of OpenAI go before.
fn retry_after(answer: &Answer<'_>, now: UnixMs) -> Option<UnixMs> {
    let millis = answer
        .header("retry-after-ms")
        .and_then(|value| value.parse::<f64>().ok());
    let millis = millis
        .and_then(|millis| span(millis / 1000.0))
        .map(|span| now.plus(span));
    millis.or_else(|| moment(answer.header("retry-after")?, now))
}

/// The end of whatever window the answer names. With a stream these came before the error and tell nothing of it.
fn any_reset(answer: &Answer<'_>, now: UnixMs) -> Option<UnixMs> {
    if answer.in_stream {
        return None;
    }
    let names = [
        "x-ratelimit-reset",
        "ratelimit-reset",
        "x-rate-limit-reset",
        "ratelimitbysize-reset",
        "x-ratelimit-reset-requests",
        "x-ratelimit-reset-tokens",
        "x-ratelimit-reset-after",
    ];
    let named = names.iter().find_map(|name| moment(answer.header(name)?, now));
    named.or_else(|| listed_reset(answer.header("ratelimit")?, now))
}

/// The drafts of a common `RateLimit` header: `"default";r=0;t=30`, and before that `limit=100, remaining=0, reset=30`.
fn listed_reset(value: &str, now: UnixMs) -> Option<UnixMs> {
    let ends = value.split([';', ',']).filter_map(|part| {
        let (name, seconds) = part.split_once('=')?;
        matches!(name.trim(), "t" | "reset").then(|| moment(seconds, now))?
    });
    ends.max()
}

/// The time behind `resets at`: MiniMax writes it in RFC 3339.
fn time_in_text(text: &str, now: UnixMs) -> Option<UnixMs> {
    let (_, behind) = text
        .split_once("resets at ")
        .or_else(|| text.split_once("reset at "))?;
    let end = behind.find([' ', '\n', '"', ',', ')']).unwrap_or(behind.len());
    let word = behind[..end].trim_end_matches('.');
    // A bare number could be anything.
    word.contains(':').then(|| moment(&word.to_uppercase(), now))?
}

/// The duration behind words such as `try again in`.
fn in_text(text: &str, now: UnixMs) -> Option<UnixMs> {
    TEXT_MARKS.iter().find_map(|mark| {
        let (_, behind) = text.split_once(mark)?;
        let behind = behind.trim_start_matches([':', '"', '\'', ' ', '=']);
        let end = behind.find(['\n', '"', ',', ';']).unwrap_or(behind.len());
        worded_duration(&behind[..end]).map(|span| now.plus(span))
    })
}

/// A number, a duration, an RFC 3339 time or an HTTP date.
fn moment(text: &str, now: UnixMs) -> Option<UnixMs> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return number_moment(number, now);
    }
    if let Some(span) = duration(text) {
        return Some(now.plus(span));
    }
    let stamp = text.parse::<jiff::Timestamp>().ok();
    let stamp = stamp.or_else(|| Some(jiff::fmt::rfc2822::parse(text).ok()?.timestamp()));
    stamp.map(|stamp| UnixMs::from_millis(stamp.as_millisecond()))
}

fn number_moment(number: f64, now: UnixMs) -> Option<UnixMs> {
    if number > EPOCH_MS {
        return Some(UnixMs::from_millis(0).plus(span(number / 1000.0)?));
    }
    if number > EPOCH_S {
        return Some(UnixMs::from_millis(0).plus(span(number)?));
    }
    span(number)
        .filter(|span| !span.is_zero())
        .map(|span| now.plus(span))
}

fn span(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok()
}

/// A Go-like duration without spaces: `7.66s`, `2m59s`, `1h2m3s`, `850ms`.
fn duration(text: &str) -> Option<Duration> {
    let (span, rest) = leading(text, false)?;
    rest.is_empty().then_some(span)
}

/// A duration in words, with whatever follows: `1h 2m`, `2 minutes`, `7.66s.`, `20`.
fn worded_duration(text: &str) -> Option<Duration> {
    leading(text, true).map(|(span, _)| span)
}

/// The duration that a text begins with, and the rest. Only a worded one may have spaces, and a bare number then counts as
/// seconds.
fn leading(text: &str, worded: bool) -> Option<(Duration, &str)> {
    let mut total = None;
    let mut rest = text;
    loop {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(rest.len());
        let Ok(number) = rest[..digits].trim_end_matches('.').parse::<f64>() else {
            break;
        };
        let behind = &rest[digits..];
        let behind = if worded {
            behind.trim_start_matches(' ')
        } else {
            behind
        };
        let letters = behind
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(behind.len());
        let unit = unit(&behind[..letters]);
        let bare = worded && total.is_none() && letters == 0;
        let Some(unit) = unit.or_else(|| bare.then_some(1.0)) else {
            break;
        };
        total = Some(
            total
                .unwrap_or(Duration::ZERO)
                .saturating_add(span(number * unit)?),
        );
        rest = &behind[letters..];
        rest = if worded {
            rest.trim_start_matches(' ')
        } else {
            rest
        };
    }
    total.map(|total| (total, rest))
}

/// A unit in seconds.
fn unit(word: &str) -> Option<f64> {
    Some(match word {
        "ms" | "millisecond" | "milliseconds" => 0.001,
        "s" | "sec" | "secs" | "second" | "seconds" => 1.0,
        "m" | "min" | "mins" | "minute" | "minutes" => 60.0,
        "h" | "hr" | "hrs" | "hour" | "hours" => 3600.0,
        "d" | "day" | "days" => 86_400.0,
        _ => return None,
    })
}
