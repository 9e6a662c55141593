use hermes_core::Protocol;

use super::{passes, preferred};

#[test]
fn a_client_is_served_in_its_own_protocol_where_that_is_possible() {
    for client in Protocol::ALL {
        let order = preferred(client);
        assert_eq!(order[0], client);
        assert!(Protocol::ALL.iter().all(|one| order.contains(one)));
    }
}

#[test]
fn wrapped_proofs_never_pass_as_they_are() {
    let (messages, chat) = (Protocol::AnthropicMessages, Protocol::ChatCompletions);
    assert!(passes(messages, messages, b"{}"));
    assert!(!passes(messages, chat, b"{}"));
    assert!(!passes(
        messages,
        messages,
        br#"{"signature":"hz1.openai.enc.QQ"}"#
    ));
}
