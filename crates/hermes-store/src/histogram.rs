//! How latencies are spread: counts by slots of a log scale, eight for each doubling, so that a percentile is right within 7 %.

use std::fmt::Write as _;

/// Slots of one doubling, as a power of two.
const STEPS: u32 = 3;

/// Counts of milliseconds: slots in order, each with its count.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Histogram(Vec<(u32, u64)>);

fn slot(ms: u32) -> u32 {
    if ms < 1 << STEPS {
        return ms;
    }
    let doubling = ms.ilog2() - STEPS;
    (doubling << STEPS) + (ms >> doubling)
}

/// The middle of a slot.
fn middle(slot: u32) -> u32 {
    if slot < 2 << STEPS {
        return slot;
    }
    let doubling = ((slot >> STEPS) - 1).min(31 - STEPS);
    let lowest = (slot - (doubling << STEPS)).min((2 << STEPS) - 1) << doubling;
    lowest + ((1 << doubling) >> 1)
}

impl Histogram {
    pub(crate) fn add(&mut self, ms: u32) {
        self.count(slot(ms), 1);
    }

    fn count(&mut self, slot: u32, count: u64) {
        match self.0.binary_search_by_key(&slot, |(slot, _)| *slot) {
            Ok(place) => self.0[place].1 = self.0[place].1.saturating_add(count),
            Err(place) => self.0.insert(place, (slot, count)),
        }
    }

    /// As the text of a column.
    pub(crate) fn to_text(&self) -> String {
        let mut out = String::new();
        for (slot, count) in &self.0 {
            let gap = if out.is_empty() { "" } else { " " };
            write!(out, "{gap}{slot}:{count}").expect("writing to a String cannot fail");
        }
        out
    }

    /// Takes in a column, or several one after the other; what is no count in it is left out.
    pub(crate) fn merge_text(&mut self, text: &str) {
        for (slot, count) in text.split(' ').filter_map(|pair| pair.split_once(':')) {
            if let (Ok(slot), Ok(count)) = (slot.parse(), count.parse::<u64>()) {
                self.count(slot, count);
            }
        }
    }

    /// The milliseconds that so many percent stay within; none without counts.
    pub(crate) fn percentile(&self, percent: u64) -> Option<u32> {
        let all: u64 = self
            .0
            .iter()
            .fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
        let rank = (u128::from(all) * u128::from(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        for (slot, count) in &self.0 {
            seen += u128::from(*count);
            if seen >= rank {
                return Some(middle(*slot));
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
