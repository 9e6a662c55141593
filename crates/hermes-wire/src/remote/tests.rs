use rstest::rstest;

use super::{ERROR_BODY_LIMIT, RemoteError, begins_as_error, is_error_answer, read_error};

#[rstest]
#[case::anthropic(
    r#"{"type":"error","error":{"type":"not_found_error","message":"model: x"},"request_id":"r"}"#,
    None,
    "not_found_error",
    "model: x"
)]
#[case::anthropic_code(r#"{"type":"error","error":{"type":"rate_limit_error","message":"m","details":{"error_code":"contract_spend_limit_reached"}}}"#, Some("contract_spend_limit_reached"), "rate_limit_error", "m")]
#[case::openai(
    r#"{"error":{"message":"m","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
    Some("invalid_api_key"),
    "invalid_request_error",
    "m"
)]
#[case::google(
    r#"{"error":{"code":429,"message":"m","status":"RESOURCE_EXHAUSTED"}}"#,
    Some("429"),
    "RESOURCE_EXHAUSTED",
    "m"
)]
#[case::google_list(
    r#"[{"error":{"code":404,"message":"m","status":"NOT_FOUND"}}]"#,
    Some("404"),
    "NOT_FOUND",
    "m"
)]
#[case::flat(
    r#"{"message":"m","type":"wrong_api_key","param":null,"code":"c"}"#,
    Some("c"),
    "wrong_api_key",
    "m"
)]
#[case::message(r#"{"message":"Unauthorized","request_id":"6"}"#, None, "", "Unauthorized")]
#[case::detail(r#"{"detail":"Could not validate"}"#, None, "", "Could not validate")]
#[case::detail_list(
    r#"{"detail":[{"loc":["body"],"msg":"field required"}]}"#,
    None,
    "",
    "field required"
)]
#[case::detail_object(r#"{"detail":{"message":"m"}}"#, None, "", "m")]
#[case::base_resp(
    r#"{"base_resp":{"status_code":1004,"status_msg":"login fail"}}"#,
    Some("1004"),
    "",
    "login fail"
)]
#[case::oauth(
    r#"{"error":"invalid_grant","error_description":"gone"}"#,
    Some("invalid_grant"),
    "",
    "gone"
)]
#[case::error_text(
    r#"{"error":"model not found"}"#,
    Some("model not found"),
    "",
    "model not found"
)]
#[case::failed_response(
    r#"{"type":"response.failed","response":{"error":{"code":"server_error","message":"m"}}}"#,
    Some("server_error"),
    "",
    "m"
)]
#[case::sse(
    "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"m\"}}\n\n",
    None,
    "overloaded_error",
    "m"
)]
#[case::text("upstream connect error\n", None, "", "upstream connect error")]
#[case::html(
    "<!doctype html><html><head><title>502\n Bad   Gateway</title></head>",
    None,
    "",
    "502 Bad Gateway"
)]
#[case::html_bare("<h1>x</h1>", None, "", "an HTML page")]
#[case::broken(r#"{"error":{"message":"m""#, None, "", r#"{"error":{"message":"m""#)]
#[case::empty("", None, "", "")]
#[case::odd_types(r#"{"error":{"message":5,"type":[],"code":{}}}"#, None, "", "5")]
fn error_of_any_shape_is_read(
    #[case] body: &str,
    #[case] code: Option<&str>,
    #[case] kind: &str,
    #[case] message: &str,
) {
    let error = read_error(body.as_bytes());
    assert_eq!(error.code.as_deref(), code);
    assert_eq!(error.kind.as_deref().unwrap_or_default(), kind);
    assert_eq!(error.message, message);
}

#[test]
fn error_names_resets_status_and_the_router() {
    let plan = read_error(br#"{"error":{"type":"usage_limit_reached","message":"m","resets_at":1790000000,"resets_in_seconds":3600}}"#);
    assert_eq!(
        (plan.resets_at, plan.resets_in),
        (Some(1_790_000_000), Some(3600))
    );
    let google = read_error(br#"{"error":{"code":429,"details":[{"@type":"x"},{"retryDelay":"37.5s"}]}}"#);
    assert_eq!((google.resets_in, google.status), (Some(38), Some(429)));
    let router = read_error(br#"{"error":{"code":429,"message":"Provider returned error","metadata":{"provider_name":"G","raw":"limited"}}}"#);
    assert!(router.behind_router);
    assert_eq!(router.message, "Provider returned error: limited");
    let inside = read_error(br#"{"type":"error","status_code":429,"error":{"type":"usage_limit_reached"}}"#);
    assert_eq!((inside.status, inside.behind_router), (Some(429), false));
}

#[test]
fn error_body_beyond_the_limit_is_not_read() {
    let mut body = vec![b'x'; ERROR_BODY_LIMIT + 10];
    let error = read_error(&body);
    assert_eq!(error.message.len(), 2000);
    body.splice(0..0, *b"{\"message\":\"");
    assert_eq!(read_error(&body).code, None);
    assert_eq!(read_error(&[0xff, 0xfe]).message, "\u{fffd}\u{fffd}");
    let deep = "[".repeat(60_000);
    assert_eq!(
        read_error(deep.as_bytes()),
        RemoteError {
            message: deep[..2000].to_owned(),
            ..RemoteError::default()
        }
    );
}

#[rstest]
#[case(r#" { "error" : {"message":"x"}}"#, true, true)]
#[case(r#"{"type": "error", "error": "x"}"#, true, true)]
#[case(r#"{"type":"message","error":null}"#, false, false)]
#[case(r#"{"error":null,"id":"x"}"#, true, false)]
#[case(r#"{"error":{}}"#, true, false)]
#[case(r#"{"error":{"message":"cut"#, true, false)]
#[case(r#"{"id":"x","error":{"code":1}}"#, false, true)]
#[case("", false, false)]
#[case("[]", false, false)]
fn error_answer_is_told_by_its_beginning_and_then_by_the_whole(
    #[case] body: &str,
    #[case] begins: bool,
    #[case] is_error: bool,
) {
    assert_eq!(begins_as_error(body.as_bytes()), begins);
    assert_eq!(is_error_answer(body.as_bytes()), is_error);
}
