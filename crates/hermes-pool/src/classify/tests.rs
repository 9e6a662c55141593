use hermes_catalog::{Catalog, ErrorRule};
use hermes_core::{CoolCause, LoginCause, Scope, UnixMs};
use pretty_assertions::assert_eq;
use rstest::rstest;

use super::{Answer, classify};
use crate::api::Verdict;

/// 2026-11-20T00:00:00Z.
const NOW: i64 = 1_795_132_800_000;

pub(super) fn now() -> UnixMs {
    UnixMs::from_millis(NOW)
}

pub(super) fn headers(lines: &str) -> Vec<(String, String)> {
    let pairs = lines.lines().filter_map(|line| line.split_once(": "));
    pairs
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn judge(status: u16, lines: &str, body: &str, rules: &[ErrorRule], model: &str) -> Verdict {
    let headers = headers(lines);
    let answer = Answer {
        status,
        headers: &headers,
        body: body.as_bytes(),
        model,
        is_key: false,
        organisation: None,
        in_stream: false,
    };
    classify(&answer, rules, now())
}

/// A verdict in one line: what, for how many seconds (`default` where the answer names no time), and for which models.
fn line(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fine => "fine".to_owned(),
        Verdict::RequestFault => "request".to_owned(),
        Verdict::TokenRefused => "refused".to_owned(),
        Verdict::ProviderTrouble => "trouble".to_owned(),
        Verdict::Dead(_) => "dead".to_owned(),
        Verdict::Blocked(_) => "blocked".to_owned(),
        Verdict::Cool { until, cause, scope } => {
            let cause = match cause {
                CoolCause::RateLimit => "rate",
                CoolCause::WindowSpent => "window",
                CoolCause::Billing => "billing",
                CoolCause::NoModel => "no-model",
                _ => "other",
            };
            let rest = until.map_or("default".to_owned(), |until| {
                until.since(now()).as_secs().to_string()
            });
            match scope {
                Scope::Model(model) => format!("{cause} {rest} {model}"),
                _ => format!("{cause} {rest}"),
            }
        }
    }
}

#[rstest]
#[case::success(200, "", "{}", "fine")]
#[case::success_with_retry_after(200, "retry-after: 61", "{}", "fine")]
#[case::success_with_rejected_window(200, "anthropic-ratelimit-unified-status: rejected", "{}", "fine")]
#[case::bad_request(
    400,
    "",
    r#"{"error":{"type":"invalid_request_error","message":"no"}}"#,
    "request"
)]
#[case::bad_request_empty_purse(
    400,
    "",
    r#"{"error":{"message":"Your credit balance is too low"}}"#,
    "billing default"
)]
#[case::bad_request_bad_key(
    400,
    "",
    r#"{"error":{"code":400,"status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}"#,
    "refused"
)]
#[case::unauthorised(401, "", r#"{"error":{"type":"authentication_error"}}"#, "refused")]
#[case::unauthorised_flat(401, "", r#"{"detail":"Unauthorized"}"#, "refused")]
#[case::unauthorised_not_utf8(401, "", "\u{fffd}", "refused")]
#[case::unauthorised_page(401, "", "<!DOCTYPE html><html>Just a moment...</html>", "trouble")]
#[case::unauthorised_declared_page(401, "content-type: text/html; charset=utf-8", "nope", "trouble")]
#[case::payment(402, "", r#"{"error":{"message":"Insufficient Balance"}}"#, "billing default")]
#[case::payment_with_time(402, "retry-after: 120", "{}", "billing 120")]
#[case::forbidden_rights(403, "", r#"{"error":{"type":"permission_error"}}"#, "request")]
#[case::forbidden_key_limit(
    403,
    "",
    r#"{"error":{"code":403,"message":"Key limit exceeded"}}"#,
    "billing default"
)]
#[case::forbidden_bad_token(
    403,
    "",
    r#"{"error":"The OAuth2 access token could not be validated."}"#,
    "refused"
)]
#[case::forbidden_on_hold(
    403,
    "",
    r#"{"error":{"type":"permission_error","details":{"error_code":"organization_on_hold"}}}"#,
    "blocked"
)]
#[case::forbidden_challenge(403, "", "  <html><title>Attention Required! | Cloudflare</title>", "trouble")]
#[case::no_such_model(
    404,
    "",
    r#"{"error":{"code":"model_not_found"}}"#,
    "no-model 43200 claude-opus-5"
)]
#[case::request_timeout(408, "", "", "trouble")]
#[case::conflict(409, "", "", "request")]
#[case::too_large(413, "", r#"{"error":{"type":"request_too_large"}}"#, "request")]
#[case::unprocessable(422, "", "{}", "request")]
#[case::rate_bare(429, "", "", "rate default")]
#[case::rate_seconds(429, "retry-after: 7", "{}", "rate 7")]
#[case::rate_fraction(429, "retry-after: 7.5", "{}", "rate 7")]
#[case::rate_millis_first(429, "retry-after-ms: 2500\nretry-after: 9", "{}", "rate 2")]
#[case::rate_http_date(429, "retry-after: Fri, 20 Nov 2026 00:02:00 GMT", "{}", "rate 120")]
#[case::rate_negative(429, "retry-after: -5", "{}", "rate default")]
#[case::rate_absurd(429, "retry-after: 1e300", "{}", "rate default")]
#[case::rate_not_a_number(429, "retry-after: NaN", "{}", "rate default")]
#[case::rate_clamped(429, "retry-after: 99999999", "{}", "rate 691200")]
#[case::rate_past(429, "retry-after: Fri, 13 Nov 2026 00:00:00 GMT", "{}", "rate 0")]
#[case::rate_bucket_rfc3339(
    429,
    "anthropic-ratelimit-requests-remaining: 5\nanthropic-ratelimit-requests-reset: 2026-11-20T01:00:00Z\n\
     anthropic-ratelimit-tokens-remaining: 0\nanthropic-ratelimit-tokens-reset: 2026-11-20T00:00:42Z",
    "{}",
    "rate 42"
)]
#[case::rate_bucket_duration(
    429,
    "x-ratelimit-remaining-requests: 3\nx-ratelimit-reset-requests: 7.66s\n\
     x-ratelimit-remaining-tokens: 0\nx-ratelimit-reset-tokens: 2m59s",
    "{}",
    "rate 179"
)]
#[case::rate_delta_header(429, "ratelimitbysize-reset: 31", "{}", "rate 31")]
#[case::rate_epoch_ms(429, "x-ratelimit-reset: 1795132860000", "{}", "rate 60")]
#[case::rate_epoch_s(429, "x-ratelimit-reset: 1795132861", "{}", "rate 61")]
#[case::rate_body_retry_after(429, "", r#"{"error":{"retry_after":33}}"#, "rate 33")]
#[case::rate_google_delay(
    429,
    "",
    r#"{"error":{"status":"RESOURCE_EXHAUSTED","message":"You exceeded your current quota",
        "details":[{"retryDelay":"34.07s"}]}}"#,
    "rate 34"
)]
#[case::rate_text_seconds(
    429,
    "",
    r#"{"error":{"message":"Please try again in 7.66s. Thanks"}}"#,
    "rate 7"
)]
#[case::rate_text_minutes(429, "", r#"{"error":{"message":"Retry after 2 minutes"}}"#, "rate 120")]
#[case::rate_text_hours(429, "", r#"{"error":{"message":"It resets in 1h 2m 3s"}}"#, "rate 3723")]
#[case::quota(
    429,
    "",
    r#"{"error":{"code":"insufficient_quota","message":"x"}}"#,
    "billing default"
)]
#[case::quota_text(
    429,
    "",
    r#"{"error":{"message":"You exceeded your current quota"}}"#,
    "billing default"
)]
#[case::plan_window(
    429,
    "",
    r#"{"error":{"type":"usage_limit_reached","resets_at":1795219200,"resets_in_seconds":86400}}"#,
    "window 86400"
)]
#[case::plan_window_span(
    429,
    "",
    r#"{"error":{"type":"usage_limit_reached","resets_in_seconds":600}}"#,
    "window 600"
)]
#[case::plan_window_headers(
    429,
    "x-codex-primary-used-percent: 100\nx-codex-primary-reset-after-seconds: 900\n\
     x-codex-secondary-used-percent: 40\nx-codex-secondary-reset-after-seconds: 500000",
    "{}",
    "window 900"
)]
#[case::unified_window(
    429,
    "anthropic-ratelimit-unified-status: rejected\nanthropic-ratelimit-unified-reset: 1795136400\n\
     anthropic-ratelimit-unified-representative-claim: five_hour\nretry-after: 3",
    "{}",
    "window 3600"
)]
#[case::unified_family(
    429,
    "anthropic-ratelimit-unified-status: rejected\nanthropic-ratelimit-unified-reset: 1795136400\n\
     anthropic-ratelimit-unified-representative-claim: seven_day_opus",
    "{}",
    "window 3600 opus"
)]
#[case::window_text(
    429,
    "",
    r#"{"error":{"message":"You have hit your usage limit"}}"#,
    "window default"
)]
#[case::overload_as_429(429, "", r#"{"error":{"type":"overloaded_error"}}"#, "trouble")]
#[case::concurrency(429, "", r#"{"error":{"message":"Too many concurrent requests"}}"#, "trouble")]
#[case::aggregator(
    429,
    "",
    r#"{"error":{"code":429,"metadata":{"provider_name":"X","raw":"busy"}}}"#,
    "trouble"
)]
#[case::tier_gate(
    429,
    "",
    r#"{"error":{"message":"Extra usage is required for long context requests"}}"#,
    "request"
)]
#[case::page_429(429, "retry-after: 5", "<html>slow down</html>", "trouble")]
#[case::server_error(500, "retry-after: 5", r#"{"error":{"type":"api_error"}}"#, "trouble")]
#[case::bad_gateway(502, "", "<html>502</html>", "trouble")]
#[case::unavailable(503, "", "", "trouble")]
#[case::overloaded(529, "", r#"{"error":{"type":"overloaded_error"}}"#, "trouble")]
#[case::cut_json(429, "retry-after: 4", r#"{"error":{"mess"#, "rate 4")]
#[case::list(
    429,
    "",
    r#"[{"error":{"code":429,"details":[{"retryDelay":"8s"}]}}]"#,
    "rate 8"
)]
fn answer_is_classified(
    #[case] status: u16,
    #[case] lines: &str,
    #[case] body: &str,
    #[case] expected: &str,
) {
    assert_eq!(line(&judge(status, lines, body, &[], "claude-opus-5")), expected);
}

#[test]
fn family_window_of_another_model_covers_the_account() {
    let lines = "anthropic-ratelimit-unified-status: rejected\n\
                 anthropic-ratelimit-unified-representative-claim: seven_day_opus";
    assert_eq!(
        line(&judge(429, lines, "{}", &[], "claude-haiku-5")),
        "window default"
    );
}

#[rstest]
#[case("minimax-oauth", 401, r#"{"base_resp":{"status_code":1004}}"#, "refused")]
#[case("minimax", 401, r#"{"base_resp":{"status_code":1004}}"#, "dead")]
#[case(
    "anthropic",
    400,
    r#"{"error":{"message":"Your credit balance is too low"}}"#,
    "billing 3600"
)]
#[case(
    "anthropic",
    403,
    r#"{"error":{"details":{"error_code":"organization_on_hold"}}}"#,
    "blocked"
)]
#[case(
    "openai-codex",
    429,
    r#"{"error":{"type":"usage_limit_reached","resets_in_seconds":60}}"#,
    "window 60"
)]
#[case("openai-codex", 400, r#"{"detail":"Instructions are required"}"#, "request")]
#[case(
    "openrouter",
    429,
    r#"{"error":{"metadata":{"provider_name":"X"}}}"#,
    "trouble"
)]
fn provider_rule_wins(#[case] id: &str, #[case] status: u16, #[case] body: &str, #[case] expected: &str) {
    let catalog = Catalog::builtin().unwrap();
    let rules = &catalog.provider(id).unwrap().errors;
    assert_eq!(line(&judge(status, "", body, rules, "m")), expected);
}

#[test]
fn needs_login_rule_names_the_key_or_the_login() {
    let catalog = Catalog::builtin().unwrap();
    let rules = &catalog.provider("minimax").unwrap().errors;
    let body = br#"{"base_resp":{"status_code":1004}}"#;
    let mut answer = Answer {
        status: 400,
        headers: &[],
        body,
        model: "m",
        is_key: true,
        organisation: None,
        in_stream: false,
    };
    assert_eq!(
        classify(&answer, rules, now()),
        Verdict::Dead(LoginCause::KeyRejected)
    );
    answer.is_key = false;
    assert_eq!(
        classify(&answer, rules, now()),
        Verdict::Dead(LoginCause::RevokedOrReused)
    );
}
