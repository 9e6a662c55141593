use pretty_assertions::assert_eq;
use rstest::rstest;

use super::{Piece, Tag};

fn told(pieces: &[&str]) -> (String, String) {
    let mut tag = Tag::default();
    let mut all = Vec::new();
    for piece in pieces {
        all.extend(tag.push(piece));
    }
    all.extend(tag.end());
    let (mut thoughts, mut text) = (String::new(), String::new());
    for piece in all {
        match piece {
            Piece::Thought(more) => thoughts.push_str(&more),
            Piece::Text(more) => text.push_str(&more),
        }
    }
    (thoughts, text)
}

#[rstest]
#[case::none("Hello <think> there", "", "Hello <think> there")]
#[case::almost("<thin", "", "<thin")]
#[case::other_tag("<thinking>a</thinking>", "", "<thinking>a</thinking>")]
#[case::plain("<think>a</think>b", "a", "b")]
#[case::spaced("\n<think>\na\n b \n</think>\n\n b ", "a\n b", "b ")]
#[case::empty("<think>\n\n</think>\n\nb", "", "b")]
#[case::cut("<think>\na </thin", "a </thin", "")]
#[case::open("<think>a", "a", "")]
#[case::only_once("<think>a</think>b<think>c</think>", "a", "b<think>c</think>")]
#[case::less_than("<think>a < b </ c</think>d", "a < b </ c", "d")]
#[case::white_space("  ", "", "  ")]
#[case::letters("<think>ä</think>ö", "ä", "ö")]
fn thoughts_are_taken_apart(#[case] content: &str, #[case] thoughts: &str, #[case] text: &str) {
    let expected = (thoughts.to_owned(), text.to_owned());
    assert_eq!(told(&[content]), expected);
    for (cut, _) in content.char_indices() {
        let (head, tail) = content.split_at(cut);
        assert_eq!(told(&[head, tail]), expected, "cut at {cut}");
    }
    let letters: Vec<String> = content.chars().map(String::from).collect();
    let letters: Vec<&str> = letters.iter().map(String::as_str).collect();
    assert_eq!(told(&letters), expected);
}

#[test]
fn thoughts_in_a_field_leave_the_text_alone() {
    let mut tag = Tag::default();
    tag.never();
    assert_eq!(tag.push("<think>"), [Piece::Text("<think>".to_owned())]);
}
