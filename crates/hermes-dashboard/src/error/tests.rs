use axum::Router;
use axum::body::{Body, to_bytes};
use axum::middleware::from_fn;
use axum::routing::get;
use hermes_text::errors::api as text;
use http::{Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;

use super::{ApiError, speak};

async fn refused() -> ApiError {
    ApiError {
        retry_after_s: Some(7),
        ..ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_attempts",
            text::many_passwords,
        )
        .hint(text::password_wrong_next)
    }
}

async fn asked(language: Option<&str>) -> (http::response::Parts, Value) {
    let router: Router = Router::new().route("/", get(refused)).layer(from_fn(speak));
    let mut request = Request::get("/");
    if let Some(language) = language {
        request = request.header(header::ACCEPT_LANGUAGE, language);
    }
    let response = router
        .oneshot(request.body(Body::empty()).unwrap())
        .await
        .unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 4096).await.unwrap();
    (parts, serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn an_error_speaks_the_language_of_the_page_and_english_to_scripts() {
    let (_, english) = asked(None).await;
    assert_eq!(english["error"]["message"], "too many wrong passwords were sent");
    let (parts, chinese) = asked(Some("zh-CN,zh;q=0.9")).await;
    assert_eq!(chinese["error"]["message"], "错误密码次数过多");
    assert_eq!(chinese["detail"], chinese["error"]["message"]);
    assert!(
        chinese["error"]["hint"]
            .as_str()
            .unwrap()
            .contains("`hermes dashboard password`")
    );
    assert_eq!(chinese["error"]["kind"], english["error"]["kind"]);
    assert_eq!(parts.status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(parts.headers[header::RETRY_AFTER], "7");
    assert_eq!(asked(Some("fr")).await.1, english);
}
