use std::collections::HashMap;

use hermes_core::UnixMs;
use hermes_store::{Latency, UsageRow};
use hermes_text::Lang;

use super::{Names, table};
use crate::args::By;

fn row(group: Option<&str>, requests: u64, total: Option<Latency>) -> UsageRow {
    UsageRow {
        bucket: UnixMs::from_millis(0),
        group: group.map(str::to_owned),
        requests,
        failures: 1,
        tokens: [1_000, 20, 3, 4_567_890],
        reasoning: 0,
        total,
        first_byte: None,
    }
}

#[test]
fn table_aligns_numbers_and_adds_them_up() {
    let total = Latency {
        p50: 900,
        p95: 12_340,
        p99: 99_999,
    };
    let names = Names {
        lang: Lang::En,
        by: By::Model,
        known: HashMap::default(),
    };
    let rows = [row(Some("big-model"), 12_345, Some(total)), row(None, 1, None)];
    let shown =
        anstream::adapter::strip_str(&table(Lang::En, &rows, &names, By::Model).to_string()).to_string();
    let expected = "\
MODEL      REQUESTS  FAILED  INPUT  CACHED     OUTPUT     P50     P95
big-model    12,345       1  1,003      20  4,567,890  900 ms  12.3 s
no model          1       1  1,003      20  4,567,890       -       -
all          12,346       2  2,006      40  9,135,780";
    let lines: Vec<_> = shown.lines().map(str::trim_end).collect();
    assert_eq!(lines.join("\n"), expected);
}
