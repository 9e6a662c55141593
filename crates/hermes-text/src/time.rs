//! Spans and moments. The page's script fills the same patterns, so a time reads alike before and after it runs.

use std::time::Duration;

use crate::Lang;

messages! {
    /// Days, as a part of a span; `{}` is the number, which the caller fills.
    days(number: &str) { en: "{number} d", zh: "{number} 天" }
    /// Hours.
    hours(number: &str) { en: "{number} h", zh: "{number} 小时" }
    /// Minutes.
    minutes(number: &str) { en: "{number} min", zh: "{number} 分钟" }
    /// Seconds.
    seconds(number: &str) { en: "{number} s", zh: "{number} 秒" }
    /// A moment that is to come.
    ahead(span: &str) { en: "in {span}", zh: "{span}后" }
    /// A moment that is over.
    ago(span: &str) { en: "{span} ago", zh: "{span}前" }
    /// A moment less than a second away.
    now { en: "now", zh: "刚刚" }
    /// Something that never happened.
    never { en: "never", zh: "从未" }
}

/// A span by its two largest units: `2 d 3 h`, `5 min 3 s`, `9 s`.
pub fn span(lang: Lang, span: Duration) -> String {
    let total = span.as_secs();
    let parts = [
        (total / 86_400, days as fn(Lang, &str) -> String),
        (total / 3600 % 24, hours),
        (total / 60 % 60, minutes),
        (total % 60, seconds),
    ];
    let Some(first) = parts.iter().position(|(number, _)| *number > 0) else {
        return seconds(lang, "0");
    };
    let shown = parts.iter().skip(first).take(2).filter(|(number, _)| *number > 0);
    shown
        .map(|(number, unit)| unit(lang, &number.to_string()))
        .collect::<Vec<_>>()
        .join(" ")
}

/// A countdown: `14:59`, `1:59:59`.
pub fn countdown(left: Duration) -> String {
    let total = left.as_secs();
    let (hours, minutes, seconds) = (total / 3600, total / 60 % 60, total % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// Milliseconds as a person reads them: `85 ms`, `2.4 s`, `1 min 5 s`.
pub fn millis(lang: Lang, millis: u64) -> String {
    match millis {
        0..1000 => format!("{millis} ms"),
        1000..60_000 => seconds(lang, &format!("{}.{}", millis / 1000, millis % 1000 / 100)),
        _ => span(lang, Duration::from_millis(millis)),
    }
}
