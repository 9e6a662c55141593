use hermes_core::{Bound, Origin};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{Attach, LONGEST_SECRET};
use crate::HttpError;

fn origin() -> Origin {
    Origin::new("https", "api.example.com", 443)
}

fn put(secret: &str) -> Result<HeaderMap, HttpError> {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", HeaderValue::from_static("Bearer client's own"));
    Attach::bearer(Bound::new(secret.into(), [origin()])).put(&origin(), &mut headers)?;
    Ok(headers)
}

#[test]
fn attach_replaces_the_header_and_marks_it_sensitive() {
    let headers = put("key").unwrap();
    assert_eq!(headers.get_all("authorization").iter().count(), 1);
    assert_eq!(headers["authorization"], "Bearer key");
    assert!(headers["authorization"].is_sensitive());
    assert!(!format!("{headers:?}").contains("key\""));
    let mut headers = HeaderMap::new();
    let attach = Attach::header(
        HeaderName::from_static("x-api-key"),
        Bound::new("key".into(), [origin()]),
    );
    attach.put(&origin(), &mut headers).unwrap();
    assert_eq!(headers["x-api-key"], "key");
}

#[test]
fn attach_of_a_secret_that_is_no_header_value_is_refused() {
    for wrong in ["", "a\r\nx: y", "a\nb", "a\0", "a\u{7f}", " a", "a ", "ä", "a\tb"] {
        assert!(
            matches!(put(wrong), Err(HttpError::BadHeader { .. })),
            "{wrong:?}"
        );
    }
    assert!(put(&"k".repeat(LONGEST_SECRET)).is_ok());
    assert!(put(&"k".repeat(LONGEST_SECRET + 1)).is_err());
}

#[test]
fn attach_reaches_only_its_origins() {
    let attach = Attach::bearer(Bound::new("key".into(), [origin()]));
    for (scheme, host, port) in [
        ("http", "api.example.com", 443),
        ("https", "api.example.com", 8443),
        ("https", "api.example.com.evil.example", 443),
        ("https", "example.com", 443),
        ("https", "api.example.com.", 443),
    ] {
        let other = Origin::new(scheme, host, port);
        let mut headers = HeaderMap::new();
        assert!(
            matches!(attach.put(&other, &mut headers), Err(HttpError::Unbound { .. })),
            "{other}"
        );
        assert!(headers.is_empty() && !attach.reaches(&other));
    }
}
