use pretty_assertions::assert_eq;
use rstest::rstest;

use super::Stops;
use crate::reply::{Block, Event, Finish, Reason, Reply};

fn answer(stops: &[&str], pieces: &[&str]) -> Reply {
    let stops: Vec<String> = stops.iter().map(|one| (*one).to_owned()).collect();
    let mut watch = Stops::new(&stops);
    let mut out = Vec::new();
    watch.push(
        Event::Open {
            key: 0,
            block: Block::Text,
        },
        &mut out,
    );
    for text in pieces {
        let text = (*text).to_owned();
        watch.push(Event::Text { key: 0, text }, &mut out);
    }
    watch.push(Event::Close { key: 0 }, &mut out);
    watch.push(
        Event::Open {
            key: 1,
            block: Block::Text,
        },
        &mut out,
    );
    watch.push(Event::Close { key: 1 }, &mut out);
    watch.push(Event::Finish(Finish::of(Reason::End)), &mut out);
    Reply::of(out).unwrap()
}

#[rstest]
#[case::none(&[], &["a END b"], "a END b", None)]
#[case::whole(&["END"], &["a END b"], "a ", Some("END"))]
#[case::cut(&["END"], &["a E", "N", "D b"], "a ", Some("END"))]
#[case::first_of_two(&["b", "END"], &["a EN", "Db"], "a ", Some("END"))]
#[case::almost(&["END"], &["a EN", "d", " E"], "a ENd E", None)]
#[case::wide(&["。完"], &["好。", "完了"], "好", Some("。完"))]
#[case::at_once(&["x"], &["x"], "", Some("x"))]
fn answer_is_cut_at_the_first_stop_text(
    #[case] stops: &[&str],
    #[case] pieces: &[&str],
    #[case] text: &str,
    #[case] stop: Option<&str>,
) {
    let reply = answer(stops, pieces);
    assert_eq!(reply.blocks[0].text, text);
    assert_eq!(reply.finish.stop_sequence.as_deref(), stop);
    let reason = if stop.is_some() {
        Reason::StopSequence
    } else {
        Reason::End
    };
    assert_eq!(reply.finish.reason, reason);
    assert_eq!(reply.blocks.len(), if stop.is_some() { 1 } else { 2 });
}
