use proptest::prelude::*;
use rstest::rstest;

use super::Withholder;

fn passed(pieces: &[&[u8]]) -> String {
    let mut withholder = Withholder::new("secret");
    let mut out = Vec::new();
    for piece in pieces {
        match withholder.pass(piece) {
            Some(changed) => out.extend(changed),
            None => out.extend_from_slice(piece),
        }
    }
    out.extend_from_slice(withholder.rest());
    String::from_utf8(out).unwrap()
}

#[rstest]
#[case::text(r#"{"a":1,"secret":"who","b":2}"#, r#"{"a":1,"secret":null,"b":2}"#)]
#[case::spaces("{\"secret\" :\n \"who\"}", "{\"secret\" :\n null}")]
#[case::escapes(r#"{"secret":"w\"h\\","b":"\""}"#, r#"{"secret":null,"b":"\""}"#)]
#[case::twice(r#"[{"secret":"a"},{"secret":"b"}]"#, r#"[{"secret":null},{"secret":null}]"#)]
#[case::null(r#"{"secret":null}"#, r#"{"secret":null}"#)]
#[case::number(r#"{"secret":7,"x":"y"}"#, r#"{"secret":7,"x":"y"}"#)]
#[case::a_text_of_that_name(r#"{"a":"secret","b":"c"}"#, r#"{"a":"secret","b":"c"}"#)]
#[case::in_a_list(r#"["secret" , "b"]"#, r#"["secret" , "b"]"#)]
#[case::quoted_in_a_text(r#"{"a":"{\"secret\":\"said\"}"}"#, r#"{"a":"{\"secret\":\"said\"}"}"#)]
#[case::longer_name(
    r#"{"secret_too":"x","my_secret":"y"}"#,
    r#"{"secret_too":"x","my_secret":"y"}"#
)]
#[case::cut_in_its_name(r#"{"a":1,"secr"#, r#"{"a":1,"secr"#)]
#[case::cut_in_its_text(r#"{"secret":"wh"#, r#"{"secret":null"#)]
fn only_the_text_of_the_field_is_taken(#[case] sent: &str, #[case] expected: &str) {
    assert_eq!(passed(&[sent.as_bytes()]), expected);
    let bytes: Vec<&[u8]> = sent.as_bytes().chunks(1).collect();
    assert_eq!(passed(&bytes), expected);
    for at in 0..sent.len() {
        let (head, tail) = sent.as_bytes().split_at(at);
        assert_eq!(passed(&[head, tail]), expected, "cut at {at}");
    }
}

#[test]
fn bytes_without_the_field_are_not_copied() {
    let mut withholder = Withholder::new("secret");
    assert_eq!(withholder.pass(b"data: {\"a\":\"b\"}\n\n"), None);
    assert_eq!(withholder.rest(), b"");
}

proptest! {
    #[test]
    fn whatever_passes_and_however_it_is_cut_the_rest_stays(
        text in "(\"secret\"|: ?|\"[a-z]{0,3}\"|[{},\\[\\]1\"]|\\\\\"|\"se){0,30}",
        size in 1_usize..9,
    ) {
        let pieces: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
        let cut = passed(&pieces);
        prop_assert_eq!(&cut, &passed(&[text.as_bytes()]));
        if !text.contains("\"secret\"") {
            prop_assert_eq!(cut, text);
        }
    }
}
