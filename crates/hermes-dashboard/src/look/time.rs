use hermes_core::UnixMs;
use hermes_text::{Lang, time as text};
use jiff::Timestamp;
use maud::{Markup, html};

/// A moment as RFC 3339 in UTC. Moments of the last 26 hours of the year 9999 become the last one that can be shown.
pub fn exact(at: UnixMs) -> String {
    Timestamp::from_second(at.as_seconds())
        .unwrap_or(Timestamp::MAX)
        .to_string()
}

/// A moment beside now: `in 5 h 3 min`, `2 d ago`; the exact one on hover. The script keeps it up to date.
pub fn moment(lang: Lang, at: UnixMs, now: UnixMs) -> Markup {
    let exact = exact(at);
    html! { time datetime=(exact) title=(exact) data-relative=(at.as_millis()) { (relative(lang, at, now)) } }
}

fn relative(lang: Lang, at: UnixMs, now: UnixMs) -> String {
    let (ahead, behind) = (at.since(now), now.since(at));
    if ahead.as_secs() > 0 {
        text::ahead(lang, &text::span(lang, ahead))
    } else if behind.as_secs() > 0 {
        text::ago(lang, &text::span(lang, behind))
    } else {
        text::now(lang).to_owned()
    }
}

/// The time that is left, ticking: `14:59`.
pub fn countdown(at: UnixMs, now: UnixMs) -> Markup {
    html! {
        time class="countdown" datetime=(exact(at)) data-countdown=(at.as_millis()) role="timer" { (text::countdown(at.since(now))) }
    }
}
