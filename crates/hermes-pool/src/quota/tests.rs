use hermes_catalog::{Catalog, Quota};
use hermes_core::{ProviderId, UnixMs};
use serde_json::{Value, json};

use super::{Balance, Left, Window};

fn now() -> UnixMs {
    UnixMs::from_millis(1_784_000_000_000)
}

fn quota(provider: &str) -> Quota {
    let catalog = Catalog::builtin().unwrap();
    let row = catalog.get(&ProviderId::new(provider)).unwrap();
    row.quota.clone().unwrap()
}

fn window(minutes: Option<u32>, of: Option<&str>, used_permille: u16, resets: Option<i64>) -> Window {
    Window {
        minutes,
        of: of.map(str::to_owned),
        used_permille,
        resets: resets.map(UnixMs::from_millis),
    }
}

fn windows(provider: &str, body: &Value) -> Vec<Window> {
    Left::read(&quota(provider), body, now()).windows
}

#[test]
fn each_row_reads_the_answer_of_its_provider() {
    let codex = json!({"plan_type": "pro", "rate_limit": {
        "primary_window": {"used_percent": 42, "limit_window_seconds": 18000, "reset_at": 1_784_003_600},
        "secondary_window": {"used_percent": 7.25, "limit_window_seconds": 604_800, "reset_at": 1_784_500_000}}});
    let expected = [
        window(Some(300), None, 420, Some(1_784_003_600_000)),
        window(Some(10_080), None, 73, Some(1_784_500_000_000)),
    ];
    assert_eq!(windows("openai-codex", &codex), expected);
    let claude = json!({"five_hour": {"utilization": 12.0, "resets_at": "2026-07-14T05:00:00+00:00"},
        "seven_day": {"utilization": 99.96, "resets_at": null}, "seven_day_opus": null});
    let expected = [
        window(Some(300), None, 120, Some(1_784_005_200_000)),
        window(Some(10_080), None, 1000, None),
    ];
    assert_eq!(windows("anthropic", &claude), expected);
    let minimax = json!({"base_resp": {"status_code": 0}, "model_remains": [
        {"model_name": "MiniMax-M2", "current_interval_total_count": 1500, "current_interval_usage_count": 1200, "end_time": 1_784_010_000_000_i64},
        {"model_name": "speech-02", "current_interval_total_count": 0, "current_interval_usage_count": 0}]});
    let expected = [window(None, Some("MiniMax-M2"), 200, Some(1_784_010_000_000))];
    assert_eq!(windows("minimax-oauth", &minimax), expected);
}

#[test]
fn money_is_read_as_numbers_or_text() {
    let left = |provider: &str, body: &Value| Left::read(&quota(provider), body, now()).balance;
    let money = |amount: &str, currency: &str| {
        Some(Balance {
            amount: amount.to_owned(),
            currency: currency.to_owned(),
        })
    };
    let credits = json!({"data": {"total_credits": 100.5, "total_usage": 25.75}});
    assert_eq!(left("openrouter", &credits), money("74.75", "USD"));
    let balance =
        json!({"is_available": true, "balance_infos": [{"currency": "CNY", "total_balance": "110.00"}]});
    assert_eq!(left("deepseek", &balance), money("110.00", "CNY"));
    assert_eq!(left("deepseek", &json!({"balance_infos": []})), None);
}

#[test]
fn headers_of_an_answer_update_their_windows_and_leave_the_others() {
    let codex = quota("openai-codex");
    let mut left = Left::read(
        &codex,
        &json!({"rate_limit": {"secondary_window": {"used_percent": 7, "limit_window_seconds": 604_800}}}),
        now(),
    );
    let headers = [
        ("x-codex-primary-used-percent", "55.5"),
        ("x-codex-primary-window-minutes", "300"),
        ("x-codex-primary-reset-at", "1784003600"),
        ("x-codex-secondary-used-percent", "8"),
        ("x-codex-secondary-window-minutes", "10080"),
    ];
    let header = |name: &str| {
        headers
            .iter()
            .find(|(one, _)| *one == name)
            .map(|(_, text)| *text)
    };
    assert!(left.hear(&codex, header, now()));
    let expected = [
        window(Some(10_080), None, 80, None),
        window(Some(300), None, 555, Some(1_784_003_600_000)),
    ];
    assert_eq!(left.windows, expected);
    let before = left.clone();
    assert!(!left.hear(&codex, |_| None, now()));
    assert_eq!(left, before);
}

#[test]
fn strange_answers_tell_nothing() {
    let strange = [
        json!(null),
        json!([]),
        json!({"rate_limit": 3}),
        json!({"rate_limit": {"primary_window": {"used_percent": "lots"}}}),
    ];
    for body in strange {
        assert_eq!(windows("openai-codex", &body), []);
    }
    let wild = json!({"rate_limit": {"primary_window": {"used_percent": 1e300, "limit_window_seconds": -5, "reset_at": 1e300}}});
    assert_eq!(windows("openai-codex", &wild), [window(None, None, 1000, None)]);
}
