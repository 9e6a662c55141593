//! What is left of a login's plan, as its provider tells it: asked for by a person, or read from the headers of an answer.

mod ask;

use std::time::Duration;

use hermes_catalog::{BalanceRule, Quota, Share, WindowRule, path_segments};
use hermes_core::UnixMs;
use serde::Serialize;
use serde_json::Value;

use crate::classify::json_moment;

/// The shortest time between two asks; an earlier one gets what the last one brought.
pub(crate) const ASKED_EVERY: Duration = Duration::from_mins(1);
/// How many windows are kept of a login.
const MOST_WINDOWS: usize = 16;

/// One window of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Window {
    /// How long it is, in minutes.
    pub minutes: Option<u32>,
    /// What it counts, in the provider's words, where a plan has several of a length.
    pub of: Option<String>,
    /// The used part, 0 to 1000.
    pub used_permille: u16,
    /// When it starts anew.
    pub resets: Option<UnixMs>,
}

/// Money that is left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Balance {
    /// As a decimal number.
    pub amount: String,
    /// Such as `USD`.
    pub currency: String,
}

/// What is known of a plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Left {
    /// Windows, in the order of the catalogue.
    pub windows: Vec<Window>,
    /// Money.
    pub balance: Option<Balance>,
    /// When the provider told it; none when it never did.
    pub told: Option<UnixMs>,
}

impl Left {
    /// Reads the answer of the row's call.
    pub(crate) fn read(quota: &Quota, body: &Value, now: UnixMs) -> Self {
        let windows = quota.windows.iter().flat_map(|rule| in_body(rule, body, now));
        Self {
            windows: windows.take(MOST_WINDOWS).collect(),
            balance: quota.balance.as_ref().and_then(|rule| balance(rule, body)),
            told: Some(now),
        }
    }

    /// Takes in what the headers of an answer tell; `header` gives one by its name in lower case. False when they tell nothing.
    pub(crate) fn hear<'a>(
        &mut self,
        quota: &Quota,
        header: impl Fn(&str) -> Option<&'a str>,
        now: UnixMs,
    ) -> bool {
        let value = |name: &str| header(name).map(|text| Value::String(text.to_owned()));
        let told = quota.headers.iter().filter_map(|rule| window(rule, &value, now));
        let mut heard = false;
        for window in told {
            heard = true;
            self.put(window);
        }
        if heard {
            self.told = Some(now);
        }
        heard
    }

    fn put(&mut self, window: Window) {
        let same = |one: &Window| one.minutes == window.minutes && one.of == window.of;
        match self.windows.iter().position(same) {
            Some(known) => self.windows[known] = window,
            None if self.windows.len() < MOST_WINDOWS => self.windows.push(window),
            None => {}
        }
    }
}

fn in_body(rule: &WindowRule, body: &Value, now: UnixMs) -> Vec<Window> {
    let elements: Vec<&Value> = match &rule.list {
        Some(path) => at(body, path)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .collect(),
        None => vec![body],
    };
    let read = |element: &&Value| window(rule, &|path: &str| at(element, path).cloned(), now);
    elements.iter().filter_map(read).collect()
}

/// A window that says nothing of its use is none.
fn window(rule: &WindowRule, value: &impl Fn(&str) -> Option<Value>, now: UnixMs) -> Option<Window> {
    let amount = |path: &str| number(&value(path)?);
    let minutes = |path: &Option<String>, each: f64| Some(amount(path.as_ref()?)? / each);
    let length = minutes(&rule.minutes_at, 1.0).or_else(|| minutes(&rule.seconds_at, 60.0));
    let of = rule
        .of_at
        .as_ref()
        .and_then(|path| Some(value(path)?.as_str()?.to_owned()));
    Some(Window {
        minutes: rule.minutes.or_else(|| length.and_then(whole)),
        of: of.or_else(|| rule.of.clone()),
        used_permille: permille(used(&rule.share, amount)?),
        resets: rule
            .resets
            .as_ref()
            .and_then(|path| json_moment(&value(path)?, now)),
    })
}

/// The used part, 0 to 1 where the provider keeps to its word.
fn used(share: &Share, amount: impl Fn(&str) -> Option<f64>) -> Option<f64> {
    let of = |part: &str, total: &str| {
        let total = amount(total).filter(|total| *total > 0.0)?;
        Some(amount(part)? / total)
    };
    let used = match share {
        Share::UsedPercent(path) => amount(path)? / 100.0,
        Share::LeftPercent(path) => 1.0 - amount(path)? / 100.0,
        Share::UsedFraction(path) => amount(path)?,
        Share::LeftFraction(path) => 1.0 - amount(path)?,
        Share::Used(part, total) => of(part, total)?,
        Share::Left(part, total) => 1.0 - of(part, total)?,
    };
    used.is_finite().then_some(used)
}

fn balance(rule: &BalanceRule, body: &Value) -> Option<Balance> {
    let place = match &rule.list {
        Some(path) => at(body, path)?.as_array()?.first()?,
        None => body,
    };
    let amount = number(at(place, &rule.amount)?)?;
    let less = match &rule.less {
        Some(path) => number(at(place, path)?)?,
        None => 0.0,
    };
    let told = rule
        .currency_at
        .as_ref()
        .and_then(|path| Some(at(place, path)?.as_str()?.to_owned()));
    Some(Balance {
        amount: format!("{:.2}", amount - less),
        currency: told.or_else(|| rule.currency.clone())?,
    })
}

/// A number, also where a provider writes it as text.
fn number(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    number.filter(|number| number.is_finite())
}

fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut segments = path_segments(path)?.into_iter();
    segments.try_fold(value, |value, name| value.as_object()?.get(name))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded on the line"
)]
fn permille(used: f64) -> u16 {
    (used.clamp(0.0, 1.0) * 1000.0).round() as u16
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "bounded on the line"
)]
fn whole(minutes: f64) -> Option<u32> {
    (1.0..1e9).contains(&minutes).then(|| minutes.round() as u32)
}

#[cfg(test)]
mod tests;
