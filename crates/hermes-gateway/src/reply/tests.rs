use std::time::Duration;

use hermes_core::{CoolCause, Protocol, ProviderId, UnixMs};
use hermes_pool::{PoolError, State, Unusable};
use hermes_text::Both;
use http_body_util::BodyExt;
use serde_json::Value;

use super::Refusal;

async fn shown(refusal: Refusal, shape: Option<Protocol>) -> (http::response::Parts, Value) {
    let (parts, body) = refusal.answer(shape, "r1").into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

#[tokio::test]
async fn exhausted_pool_is_429_with_the_members_and_no_automatic_retry() {
    let error = || PoolError::Exhausted {
        provider: ProviderId::new("lab"),
        members: vec![Unusable {
            label: "work".to_owned(),
            state: State::CoolingDown,
            cause: Both::same("rate limited"),
            rest: Some(CoolCause::RateLimit),
            until: Some(UnixMs::from_millis(5000)),
        }],
        retry_after: Some(Duration::from_millis(2500)),
    };
    for protocol in Protocol::ALL {
        let (head, body) = shown(error().into(), Some(protocol)).await;
        assert_eq!(head.status, 429);
        assert_eq!(head.headers["retry-after"], "3");
        assert_eq!(head.headers["x-should-retry"], "false");
        assert_eq!(
            head.headers["x-hermes-pool"],
            "wo***;state=cooling-down;until=1970-01-01T00:00:05Z"
        );
        let text = body.to_string();
        for part in ["pool_exhausted", "work", "rate limited", "5000"] {
            assert!(text.contains(part), "{protocol}: {part} in {text}");
        }
    }
}

#[tokio::test]
async fn model_that_no_account_has_is_404_and_not_worth_waiting_for() {
    let member = |cause: CoolCause| Unusable {
        label: "é@work".to_owned(),
        state: State::CoolingDown,
        cause: Both::of(|lang| cause.words(lang)),
        rest: Some(cause),
        until: None,
    };
    let error = |members| PoolError::Exhausted {
        provider: ProviderId::new("lab"),
        members,
        retry_after: Some(Duration::from_hours(12)),
    };
    let missing = CoolCause::NoModel;
    let (head, body) = shown(
        error(vec![member(missing); 2]).into(),
        Some(Protocol::ChatCompletions),
    )
    .await;
    assert_eq!(
        (head.status.as_u16(), &body["error"]["code"]),
        (404, &"model_not_found".into())
    );
    assert_eq!(head.headers.get("retry-after"), None);
    assert_eq!(head.headers["x-should-retry"], "false");
    assert_eq!(
        head.headers["x-hermes-pool"],
        "%C3%A9@***;state=cooling-down, %C3%A9@***;state=cooling-down"
    );
    let mixed = error(vec![member(missing), member(CoolCause::RateLimit)]);
    let (head, _) = shown(mixed.into(), Some(Protocol::ChatCompletions)).await;
    assert_eq!(head.status, 429);
    assert_eq!(head.headers["retry-after"], "43200");
}

#[tokio::test]
async fn blocked_pool_is_not_worth_waiting_for_and_names_what_to_do() {
    let error = || PoolError::Blocked {
        provider: ProviderId::new("lab"),
        label: "work".to_owned(),
        rule: Both::same("the terms forbid it"),
    };
    for protocol in Protocol::ALL {
        let (head, body) = shown(error().into(), Some(protocol)).await;
        assert_eq!(head.status, 400);
        assert!(!head.headers.contains_key("retry-after"));
        assert_eq!(head.headers["x-should-retry"], "false");
        let text = body.to_string();
        for part in ["the terms forbid it", "hermes auth reset lab:work", "disable"] {
            assert!(text.contains(part), "{protocol}: {part} in {text}");
        }
    }
}

#[tokio::test]
async fn missing_login_is_never_the_clients_key() {
    let error = PoolError::NoLogin {
        provider: ProviderId::new("lab"),
    };
    let (head, body) = shown(error.into(), Some(Protocol::AnthropicMessages)).await;
    assert_eq!(head.status, 400);
    assert!(
        body["error"]["message"]
            .as_str()
            .unwrap()
            .contains("hermes auth add lab")
    );
}

#[tokio::test]
async fn refusal_without_a_protocol_is_plain_text() {
    let (head, body) = shown(Refusal::new(421, "wrong_host", "no").closing(), None).await;
    assert_eq!(head.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(head.headers["x-content-type-options"], "nosniff");
    assert_eq!(head.headers["connection"], "close");
    assert_eq!(body, Value::Null);
}

#[tokio::test]
async fn gemini_clients_read_from_the_body_whether_waiting_helps() {
    let limited = Refusal::new(429, "too_many_requests", "slow").after(Duration::from_secs(7));
    let (head, body) = shown(limited, Some(Protocol::Gemini)).await;
    assert_eq!(head.status, 429);
    let info = serde_json::json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "7s"});
    assert_eq!(body["error"]["details"][1], info);

    let vain = PoolError::Exhausted {
        provider: ProviderId::new("lab"),
        members: Vec::new(),
        retry_after: None,
    };
    let (head, body) = shown(vain.into(), Some(Protocol::Gemini)).await;
    assert_eq!(head.status, 400);
    assert_eq!(
        (&body["error"]["code"], &body["error"]["status"]),
        (&400.into(), &"FAILED_PRECONDITION".into())
    );
}
