use pretty_assertions::assert_eq;

use super::Serial;
use crate::reply::{Block, Event, Finish};

fn call(key: u32) -> Event {
    Event::Open {
        key,
        block: Block::Call {
            id: format!("call-{key}"),
            name: "tool".to_owned(),
            custom: false,
            namespace: None,
        },
    }
}

fn text(key: u32, text: &str) -> Event {
    Event::Text {
        key,
        text: text.to_owned(),
    }
}

fn close(key: u32) -> Event {
    Event::Close { key }
}

fn ordered(events: impl IntoIterator<Item = Event>) -> Vec<Event> {
    let (mut serial, mut out) = (Serial::default(), Vec::new());
    for event in events {
        serial.push(event, &mut out);
    }
    out
}

fn renamed(event: Event, key: u32) -> Event {
    super::with_key(event, key)
}

#[test]
fn interleaved_blocks_come_one_after_the_other() {
    let end = Event::Finish(Finish::default());
    let mixed = [
        call(7),
        text(7, "a"),
        call(9),
        text(9, "1"),
        text(7, "b"),
        text(9, "2"),
        end.clone(),
    ];
    let expected = vec![
        renamed(call(7), 0),
        text(0, "a"),
        text(0, "b"),
        close(0),
        renamed(call(9), 1),
        text(1, "1"),
        text(1, "2"),
        close(1),
        end,
    ];
    assert_eq!(ordered(mixed), expected);
}

#[test]
fn waiting_block_that_is_complete_comes_whole_and_the_next_one_goes_on_live() {
    let events = [
        call(1),
        call(2),
        text(2, "x"),
        close(2),
        call(3),
        close(1),
        text(3, "live"),
    ];
    let expected = vec![
        renamed(call(1), 0),
        close(0),
        renamed(call(2), 1),
        text(1, "x"),
        close(1),
        renamed(call(3), 2),
        text(2, "live"),
    ];
    assert_eq!(ordered(events), expected);
}

#[test]
fn what_belongs_to_no_block_or_comes_after_the_end_is_left_alone() {
    let end = Event::Finish(Finish::default());
    let events = [
        text(4, "lost"),
        close(4),
        call(1),
        text(1, ""),
        end.clone(),
        text(1, "late"),
        end.clone(),
    ];
    assert_eq!(ordered(events), vec![renamed(call(1), 0), close(0), end]);
}

#[test]
fn blocks_that_wait_are_bounded() {
    let large = "x".repeat(1 << 20);
    let events = std::iter::once(call(1))
        .chain(std::iter::once(call(2)))
        .chain((0..20).map(|_| text(2, &large)));
    let out = ordered(events);
    assert!(matches!(out.last(), Some(Event::Error(failure)) if failure.kind == "answer_too_large"));
}
