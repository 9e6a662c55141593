mod whole;

use std::time::Duration;

use crate::{Count, Lang, common, shell, time};

#[test]
fn a_counted_message_has_its_singular() {
    assert_eq!(common::requests_counted(Lang::En, 1_u64), "1 request");
    assert_eq!(common::requests_counted(Lang::En, 0_u64), "0 requests");
    assert_eq!(common::requests_counted(Lang::En, 12_345_u64), "12,345 requests");
    assert_eq!(common::requests_counted(Lang::Zh, 1_u64), "1 个请求");
}

#[test]
fn digits_stand_in_groups_of_three() {
    let shown = [0_u64, 7, 999, 1000, 65_536, 1_000_000].map(|number| Count::from(number).grouped());
    assert_eq!(shown, ["0", "7", "999", "1,000", "65,536", "1,000,000"]);
}

#[test]
fn each_language_says_it_its_own_way() {
    for lang in Lang::ALL {
        assert!(!shell::skip(lang).is_empty());
    }
    assert_ne!(shell::skip(Lang::En), shell::skip(Lang::Zh));
}

#[test]
fn spans_show_their_two_largest_units() {
    let shown = |seconds| time::span(Lang::En, Duration::from_secs(seconds));
    assert_eq!(shown(0), "0 s");
    assert_eq!(shown(59), "59 s");
    assert_eq!(shown(3600), "1 h");
    assert_eq!(shown(3661), "1 h 1 min");
    assert_eq!(shown(86_400 * 2 + 60), "2 d");
    assert_eq!(time::span(Lang::Zh, Duration::from_secs(93_784)), "1 天 2 小时");
}

#[test]
fn millis_grow_into_seconds_and_spans() {
    let shown = |millis| time::millis(Lang::En, millis);
    assert_eq!(
        [shown(85), shown(2449), shown(65_000)],
        ["85 ms", "2.4 s", "1 min 5 s"]
    );
    assert_eq!(time::millis(Lang::Zh, 1500), "1.5 秒");
}

#[test]
fn countdowns_keep_their_width() {
    let shown = |seconds| time::countdown(Duration::from_secs(seconds));
    assert_eq!([shown(0), shown(899), shown(7199)], ["0:00", "14:59", "1:59:59"]);
}
