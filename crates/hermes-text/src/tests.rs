mod whole;

use std::time::Duration;

use crate::cli::help;
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
fn locales_of_chinese_are_chinese_and_all_others_english() {
    for locale in ["zh", "ZH", "zh-CN", "zh_CN.UTF-8", "zh_TW", "zh.UTF-8"] {
        assert_eq!(Lang::of_locale(locale), Lang::Zh, "{locale}");
    }
    for locale in ["", "C", "C.UTF-8", "POSIX", "en_GB.UTF-8", "fr_FR", "zha", "中文"] {
        assert_eq!(Lang::of_locale(locale), Lang::En, "{locale}");
    }
}

#[test]
fn environment_is_asked_in_the_order_of_posix() {
    let spoken = |set: &[(&str, &'static str)]| {
        let value = |name: &str| set.iter().find(|(one, _)| *one == name).map(|(_, value)| *value);
        Lang::of_environment(value)
    };
    assert_eq!(spoken(&[]), Lang::En);
    assert_eq!(spoken(&[("LANG", "zh_CN.UTF-8")]), Lang::Zh);
    assert_eq!(
        spoken(&[("LANG", "zh_CN.UTF-8"), ("LC_MESSAGES", "en_GB")]),
        Lang::En
    );
    assert_eq!(spoken(&[("LC_MESSAGES", "en_GB"), ("LC_ALL", "zh_CN")]), Lang::Zh);
    assert_eq!(spoken(&[("LC_ALL", "zh_CN"), ("HERMES_LANG", "en")]), Lang::En);
}

#[test]
fn no_help_text_stands_twice_in_the_table() {
    let mut texts: Vec<_> = help::TEXTS.iter().map(|(english, _)| *english).collect();
    texts.sort_unstable();
    let twice = texts.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None);
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
