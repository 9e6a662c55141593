use proptest::prelude::*;
use rstest::rstest;
use serde_json::Value;

use super::{ModelField, Peek, PeekError, peek, replace_model};

#[expect(clippy::unnecessary_wraps, reason = "the form that `peek` returns")]
fn found(name: &str, range: std::ops::Range<usize>, stream: bool) -> Result<Peek, PeekError> {
    Ok(Peek {
        model: Some(ModelField {
            name: name.to_owned(),
            range,
        }),
        stream,
    })
}

#[rstest]
#[case(r#"{"model":"m","stream":true}"#, found("m", 9..12, true))]
#[case(r#"{"stream":false,"model":"m"}"#, found("m", 24..27, false))]
#[case(r#" { "model" : "m" , "stream" : null } "#, found("m", 13..16, false))]
#[case(r#"{"model":"a\u0062\"\\"}"#, found("ab\"\\", 9..22, false))]
#[case(r#"{"mod\u0065l":"m"}"#, found("m", 14..17, false))]
#[case(r#"{"messages":[{"model":"inner","stream":true}],"model":"m"}"#, found("m", 54..57, false))]
#[case(r#"{"a":"}\"]{","b":[1,-2.5e3,true,null,{}],"model":"m"}"#, found("m", 49..52, false))]
#[case(r#"{"model":"m","stream":true, what comes now is not read"#, found("m", 9..12, true))]
#[case("{}", Ok(Peek::default()))]
#[case(r#"{"stream":true}"#, Ok(Peek { model: None, stream: true }))]
fn peek_at_a_body_finds_model_and_stream(#[case] body: &str, #[case] expected: Result<Peek, PeekError>) {
    assert_eq!(peek(body.as_bytes()), expected);
}

#[rstest]
#[case("", "byte 0: expected `{`")]
#[case("[]", "byte 0: expected `{`")]
#[case("null", "byte 0: expected `{`")]
#[case("{", "byte 1: expected `\"`")]
#[case(r#"{"a""#, "byte 4: expected `:`")]
#[case(r#"{"a":"#, "byte 5: expected a value")]
#[case(r#"{"a":}"#, "byte 5: expected a value")]
#[case(r#"{"a":1"#, "byte 6: expected `,` or `}`")]
#[case(r#"{"a":1,}"#, "byte 7: expected `\"`")]
#[case(r#"{"a":"x"#, "byte 7: expected the end of a string")]
#[case(r#"{"a":"x\"#, "byte 8: expected the end of a string")]
#[case(r#"{"a":[1}"#, "byte 7: expected the bracket that was opened")]
#[case(r#"{"a":[1"#, "byte 7: expected a closing bracket")]
#[case(r#"{"a":1}x"#, "byte 7: expected the end")]
#[case(r#"{"model":1}"#, "`model` at byte 9 of the request body must be a string")]
#[case(r#"{"model":null}"#, "`model` at byte 9")]
#[case(r#"{"model""#, "byte 8: expected `:`")]
#[case(r#"{"model":"#, "byte 9: expected a value")]
#[case(
    r#"{"stream":"yes"}"#,
    "`stream` at byte 10 of the request body must be true or false"
)]
#[case(
    r#"{"model":"a","model":"b"}"#,
    "`model` stands twice in the request body, again at byte 13"
)]
#[case(r#"{"model":"a","mod\u0065l":"b"}"#, "`model` stands twice")]
#[case(r#"{"model":"\ud800"}"#, "not valid at byte 9")]
#[case(r#"{"mod\x":"m"}"#, "not valid at byte 1")]
fn peek_at_a_broken_body_names_the_place(#[case] body: &str, #[case] expected: &str) {
    let error = peek(body.as_bytes()).unwrap_err().to_string();
    assert!(error.contains(expected), "{body}: {error}");
}

#[test]
fn peek_at_bytes_that_are_not_utf8_is_an_error() {
    let error = peek(b"{\"model\":\"\xff\"}").unwrap_err();
    assert_eq!(error, PeekError::BadString { offset: 9 });
}

#[test]
fn peek_at_deep_nesting_stops_at_the_limit() {
    let body = |depth: usize| {
        format!(
            "{{\"a\":{}{},\"model\":\"m\"}}",
            "[".repeat(depth),
            "]".repeat(depth)
        )
    };
    assert!(peek(body(127).as_bytes()).is_ok());
    assert!(matches!(
        peek(body(128).as_bytes()),
        Err(PeekError::TooDeep { .. })
    ));
    assert!(matches!(
        peek(body(1_000_000).as_bytes()),
        Err(PeekError::TooDeep { .. })
    ));
}

#[test]
fn replaced_model_leaves_every_other_byte() {
    let body = br#"{ "messages" : [ ] , "model" : "alias" , "x":1 }"#;
    let field = peek(body).unwrap().model.unwrap();
    let new = replace_model(body, &field, "real \"name\"");
    assert_eq!(
        new,
        br#"{ "messages" : [ ] , "model" : "real \"name\"" , "x":1 }"#
    );
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(|n| Value::from(f64::from(n) / 8.0)),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(".*", inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn peek_agrees_with_a_full_parse(
        before in prop::collection::hash_map("[a-z\"\\\\{}]{0,8}", json(), 0..4),
        model in ".*",
        stream in any::<Option<bool>>(),
        pretty in any::<bool>(),
    ) {
        let mut map: serde_json::Map<String, Value> = before.into_iter().collect();
        map.remove("model");
        map.remove("stream");
        map.insert("model".to_owned(), model.clone().into());
        if let Some(stream) = stream {
            map.insert("stream".to_owned(), stream.into());
        }
        let body = if pretty { serde_json::to_vec_pretty(&map) } else { serde_json::to_vec(&map) }.unwrap();
        let peeked = peek(&body).unwrap();
        let field = peeked.model.unwrap();
        prop_assert_eq!(peeked.stream, stream.unwrap_or(false));
        prop_assert_eq!(&field.name, &model);
        prop_assert_eq!(serde_json::from_slice::<String>(&body[field.range.clone()]).unwrap(), model);
        let swapped: Value = serde_json::from_slice(&replace_model(&body, &field, "new")).unwrap();
        map.insert("model".to_owned(), "new".into());
        prop_assert_eq!(swapped, Value::Object(map));
    }

    #[test]
    fn peek_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), text in "[\\[\\]{}\":,a-z\\\\ ]{0,80}") {
        let _ = peek(&bytes);
        let _ = peek(text.as_bytes());
        let _ = peek(format!("{{\"model\":{text}").as_bytes());
    }
}
