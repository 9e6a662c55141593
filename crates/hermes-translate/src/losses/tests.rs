use hermes_core::Protocol;
use rstest::rstest;
use serde_json::Value;

use super::note;
use crate::pairs::context;
use crate::reply::{Citation, Event, Finish, Reason};

fn lost(client: Protocol, event: &Event) -> Vec<Event> {
    let mut out = Vec::new();
    note(&context(Protocol::AnthropicMessages, client), event, &mut out);
    out
}

#[rstest]
#[case(Protocol::ChatCompletions, true)]
#[case(Protocol::Responses, true)]
#[case(Protocol::Gemini, false)]
fn stop_texts_and_places_in_documents_have_no_official_field(
    #[case] client: Protocol,
    #[case] are_lost: bool,
) {
    let told = |what: &str| are_lost.then(|| Event::Dropped(what.to_owned()));
    let finish = Finish {
        reason: Reason::StopSequence,
        stop_sequence: Some("END".to_owned()),
        explanation: None,
    };
    assert_eq!(
        lost(client, &Event::Finish(finish)),
        Vec::from_iter(told("stop_sequence"))
    );
    let citation = |url: Option<&str>| Event::Citation {
        key: 0,
        citation: Citation {
            url: url.map(str::to_owned),
            title: None,
            quote: None,
            range: None,
            value: Value::Null,
        },
    };
    assert_eq!(lost(client, &citation(None)), Vec::from_iter(told("citations")));
    assert_eq!(lost(client, &citation(Some("https://a"))), []);
}
