use serde_json::json;

use super::{Bounds, SHORT_LIMIT, SOURCES_LIMIT};
use crate::reply::{Block, Citation, Event, Failure, Finish};

fn source(text: &str) -> Event {
    Event::Citation {
        key: 0,
        citation: Citation {
            url: Some("https://example.com".to_owned()),
            title: None,
            quote: None,
            range: None,
            value: json!({"cited_text": text}),
        },
    }
}

fn call(id: usize, name: usize) -> Event {
    Event::Open {
        key: 0,
        block: Block::Call {
            id: "i".repeat(id),
            name: "n".repeat(name),
            custom: false,
            namespace: None,
        },
    }
}

#[test]
fn sources_are_left_out_when_all_of_them_are_too_much() {
    let mut bounds = Bounds::new(false);
    let large = source(&"x".repeat(SOURCES_LIMIT / 2));
    assert_eq!(bounds.fit(large.clone()), large);
    assert_eq!(bounds.fit(large), Event::Dropped("citations".to_owned()));
    assert_eq!(bounds.fit(source("x")), source("x"), "a smaller one still fits");
}

#[test]
fn calls_with_endless_names_fail_the_answer() {
    let mut bounds = Bounds::new(false);
    assert_eq!(bounds.fit(call(SHORT_LIMIT, 1)), call(SHORT_LIMIT, 1));
    let failed = Event::Error(Failure::too_long());
    assert_eq!(bounds.fit(call(SHORT_LIMIT + 1, 1)), failed);
    assert_eq!(bounds.fit(call(1, SHORT_LIMIT + 1)), failed);
}

#[test]
fn explanations_are_cut_between_characters() {
    let finish = Finish {
        explanation: Some("é".repeat(SHORT_LIMIT)),
        stop_sequence: Some("stop".to_owned()),
        ..Finish::default()
    };
    let Event::Finish(finish) = Bounds::new(true).fit(Event::Finish(finish)) else {
        panic!("it stays the end")
    };
    assert_eq!(finish.explanation.unwrap(), "é".repeat(SHORT_LIMIT / 2));
    assert_eq!(finish.stop_sequence.as_deref(), Some("stop"));
}

#[test]
fn errors_keep_the_beginning_of_their_words() {
    let failure = Failure {
        status: 500,
        kind: "overloaded".to_owned(),
        message: "a".repeat(SHORT_LIMIT + 1),
    };
    let Event::Error(failure) = Bounds::new(false).fit(Event::Error(failure)) else {
        panic!("it stays an error")
    };
    assert_eq!((failure.status, failure.message.len()), (500, SHORT_LIMIT));
}

#[test]
fn kept_answer_fails_once_it_is_too_long() {
    let text = || Event::Text {
        key: 0,
        text: "x".repeat(12 << 20),
    };
    let mut bounds = Bounds::new(true);
    assert_eq!(bounds.fit(text()), text());
    assert_eq!(bounds.fit(text()), text());
    assert_eq!(bounds.fit(text()), Event::Error(Failure::too_long()));
    let mut free = Bounds::new(false);
    assert!((0..4).all(|_| free.fit(text()) == text()));
}
