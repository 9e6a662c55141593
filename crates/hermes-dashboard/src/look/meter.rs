use hermes_core::UnixMs;
use hermes_text::{Lang, pages::pool as text};
use maud::{Markup, html};

use super::time::moment;

/// A window of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its name in words.
    pub name: String,
    /// Used share in percent, 0 to 100.
    pub used_percent: u8,
    /// When it starts anew.
    pub resets: Option<UnixMs>,
}

/// A bar that fills up, with its figures in words.
pub fn window_bar(lang: Lang, window: &Window, now: UnixMs) -> Markup {
    let used = window.used_percent.min(100);
    let words = text::used(lang, &used.to_string());
    let class = match used {
        0..75 => "meter",
        75..95 => "meter high",
        _ => "meter full",
    };
    html! {
        div class="window" {
            div class="window-head" {
                span class="window-name" { (window.name) }
                span class="number" { (words) }
            }
            svg class=(class) role="img" aria-label=(format!("{}: {words}", window.name)) width="100%" height="6" {
                rect class="track" width="100%" height="6" rx="3" {}
                rect class="fill" width=(format!("{used}%")) height="6" rx="3" {}
            }
            @if let Some(resets) = window.resets {
                span class="faint" { (text::resets(lang)) " " (moment(lang, resets, now)) }
            }
        }
    }
}
