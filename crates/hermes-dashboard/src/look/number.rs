use hermes_text::Count;

/// A number that fits a small place: `950`, `12.3k`, `4.5M`, `1.2B`; below 1000 it is exact.
pub fn compact(number: u64) -> String {
    let (unit, sign) = match number {
        0..1000 => return number.to_string(),
        1000..1_000_000 => (1000, 'k'),
        1_000_000..1_000_000_000 => (1_000_000, 'M'),
        _ => (1_000_000_000, 'B'),
    };
    let tenths = u128::from(number) * 10 / unit;
    match (tenths / 10, tenths % 10) {
        (whole, _) if whole >= 100 => format!("{whole}{sign}"),
        (whole, 0) => format!("{whole}{sign}"),
        (whole, tenth) => format!("{whole}.{tenth}{sign}"),
    }
}

/// Millionths of a US dollar as a price: `$0.0042`, `$12.30`, `$1,204.00`.
pub fn dollars(micros: u64) -> String {
    match micros {
        0 => "$0.00".to_owned(),
        1..100 => "<$0.0001".to_owned(),
        100..100_000 => format!("$0.{:04}", micros / 100),
        _ => format!(
            "${}.{:02}",
            Count::from(micros / 1_000_000).grouped(),
            micros % 1_000_000 / 10_000
        ),
    }
}
