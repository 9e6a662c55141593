use std::time::Duration;

use hermes_catalog::TimeUnit;
use hermes_core::UnixMs;
use proptest::prelude::*;
use rstest::rstest;
use serde_json::{Value, json};

use super::{Expiry, FURTHEST, LONGEST_LIFE, Reading, interval};

/// 2026-01-09T15:23:13Z.
const NOW: i64 = 1_767_972_193_000;

fn now() -> UnixMs {
    UnixMs::from_millis(NOW)
}

#[rstest]
#[case(json!(3600), NOW + 3_600_000, Reading::Life)]
#[case(json!(3600.0), NOW + 3_600_000, Reading::Life)]
#[case(json!("3600"), NOW + 3_600_000, Reading::Life)]
#[case(json!(" 3600 "), NOW + 3_600_000, Reading::Life)]
#[case(json!(0.5), NOW + 500, Reading::Life)]
#[case(json!(999_999_999), NOW + 400 * 86_400_000, Reading::Life)]
#[case(json!(1_778_010_274_711_i64), 1_778_010_274_711, Reading::Moment)]
#[case(json!("1778010274711"), 1_778_010_274_711, Reading::Moment)]
#[case(json!(1_778_010_274), 1_778_010_274_000, Reading::Moment)]
#[case(json!(1_795_447_951), 1_795_447_951_000, Reading::Moment)]
#[case(json!(1_778_010_274_711_000_i64), 1_778_010_274_711, Reading::Moment)]
#[case(json!("2027-01-09T15:23:13.716839300Z"), 1_799_508_193_716, Reading::Moment)]
#[case(json!("2026-01-09T15:23:13.716839300Z"), NOW + 716, Reading::Moment)]
#[case(json!(1_000_000_000), NOW, Reading::Ended)]
#[case(json!(500_000_000_000_i64), NOW, Reading::Ended)]
#[case(json!("2020-01-01T00:00:00Z"), NOW, Reading::Ended)]
#[case(json!(0), NOW, Reading::Ended)]
#[case(json!(-1), NOW, Reading::Ended)]
#[case(json!("-5e3"), NOW, Reading::Ended)]
#[case(json!(1e308), NOW + 3650 * 86_400_000, Reading::Moment)]
#[case(json!("9999-12-31T23:59:59Z"), NOW + 3650 * 86_400_000, Reading::Moment)]
#[case(json!(null), NOW, Reading::Absent)]
#[case(json!("  "), NOW, Reading::Absent)]
#[case(json!("NaN"), NOW, Reading::Unreadable)]
#[case(json!("inf"), NOW, Reading::Unreadable)]
#[case(json!("1e999"), NOW, Reading::Unreadable)]
#[case(json!("0x10"), NOW, Reading::Unreadable)]
#[case(json!("99999-01-01T00:00:00Z"), NOW, Reading::Unreadable)]
#[case(json!(true), NOW, Reading::Unreadable)]
#[case(json!([3600]), NOW, Reading::Unreadable)]
#[case(json!({"in": 3600}), NOW, Reading::Unreadable)]
fn expiry_in_each_spelling_reads_as_documented(
    #[case] raw: Value,
    #[case] at: i64,
    #[case] reading: Reading,
) {
    let expiry = Expiry::resolve(Some(&raw), now());
    assert_eq!((expiry.at.as_millis(), expiry.reading), (at, reading));
}

#[test]
fn expiry_of_fields_takes_the_first_that_is_set() {
    let object = json!({"expires_in": null, "expires_at": "2027-01-09T15:23:13Z", "expiry": 5});
    let expiry = Expiry::of_fields(object.as_object().unwrap(), now());
    assert_eq!(expiry.at.as_millis(), 1_799_508_193_000);
    assert_eq!(
        Expiry::of_fields(&serde_json::Map::new(), now()).reading,
        Reading::Absent
    );
}

#[rstest]
#[case(json!(5), TimeUnit::Seconds, 5000)]
#[case(json!("5"), TimeUnit::Seconds, 5000)]
#[case(json!(2500), TimeUnit::Milliseconds, 2500)]
#[case(json!(0.1), TimeUnit::Seconds, 1000)]
#[case(json!(0), TimeUnit::Seconds, 7000)]
#[case(json!(-3), TimeUnit::Seconds, 7000)]
#[case(json!(null), TimeUnit::Seconds, 7000)]
#[case(json!("NaN"), TimeUnit::Seconds, 7000)]
#[case(json!([]), TimeUnit::Seconds, 7000)]
#[case(json!(1e300), TimeUnit::Seconds, 60_000)]
#[case(json!(3600), TimeUnit::Seconds, 60_000)]
fn interval_in_each_spelling_is_clamped(#[case] raw: Value, #[case] unit: TimeUnit, #[case] millis: u128) {
    let read = interval(Some(&raw), unit, Duration::from_secs(7), Duration::ZERO);
    assert_eq!(read.as_millis(), millis);
}

fn any_json() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[-+0-9.eE]{0,24}".prop_map(Value::from),
        "[0-9]{1,6}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,12})?(Z|[+-][0-9]{2}:[0-9]{2})"
            .prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
        Just(Value::Null),
        Just(json!([1])),
        Just(json!({"a": 1})),
    ]
}

proptest! {
    #[test]
    fn expiry_of_any_value_lies_between_now_and_the_limit(raw in any_json(), now in any::<i64>()) {
        let now = UnixMs::from_millis(now);
        let expiry = Expiry::resolve(Some(&raw), now);
        prop_assert!(expiry.at >= now && expiry.at <= now.plus(FURTHEST) && expiry.at <= UnixMs::MAX);
        if expiry.reading == Reading::Life {
            prop_assert!(expiry.at <= now.plus(LONGEST_LIFE));
        }
    }

    #[test]
    fn expiry_as_number_and_as_text_agree(number in any::<f64>().prop_filter("finite", |number| number.is_finite())) {
        let (number, text) = (json!(number), json!(number.to_string()));
        prop_assert_eq!(Expiry::resolve(Some(&number), now()), Expiry::resolve(Some(&text), now()));
    }

    #[test]
    fn interval_of_any_value_is_between_one_second_and_the_limit(raw in any_json()) {
        for unit in [TimeUnit::Seconds, TimeUnit::Milliseconds] {
            let read = interval(Some(&raw), unit, Duration::from_secs(5), Duration::ZERO);
            prop_assert!((Duration::from_secs(1)..=Duration::from_mins(1)).contains(&read));
        }
    }
}
