use rstest::rstest;

use super::Between;

#[rstest]
#[case::nothing(&[], true)]
#[case::event(&["data: x\n\n"], true)]
#[case::line(&["data: x\n"], false)]
#[case::cut_in_the_blank_line(&["data: x\n", "\n"], true)]
#[case::carriage_returns(&["data: x\r\r"], true)]
#[case::both(&["data: x\r\n\r\n"], true)]
#[case::both_once(&["data: x\r\n"], false)]
#[case::both_cut(&["data: x\r", "\n", "\r", "\n"], true)]
#[case::goes_on(&["data: x\n\n", "d"], false)]
#[case::long_after_short(&["a\n\n", "data: yyyy\n"], false)]
fn gap_between_events_is_known_however_bytes_are_cut(#[case] pieces: &[&str], #[case] expected: bool) {
    let mut between = Between::default();
    for piece in pieces {
        between.feed(piece.as_bytes());
    }
    assert_eq!(between.is_between(), expected);
}
