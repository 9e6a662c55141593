use pretty_assertions::assert_eq;

use super::support::{bodies, canonical, context, folded, streamed};
use crate::gemini::{read_reply, write_reply};

#[test]
fn every_recorded_answer_is_told_on() {
    let mut count = 0;
    for (name, body) in bodies(".response.json") {
        let Ok(reply) = read_reply(&context(), &body) else {
            let failed = body.get("candidates").is_none() || name == "vertex-tool-05";
            assert!(failed, "{name}");
            continue;
        };
        count += 1;
        let again = read_reply(&context(), &write_reply(&context(), &reply)).unwrap();
        let mut expected = canonical(reply.clone());
        // What is not told is told as nothing.
        expected.head.id.get_or_insert_with(|| "made".to_owned());
        assert_eq!(canonical(again), expected, "{name}");
        let mut again = canonical(folded(&streamed(reply.events())).unwrap());
        again.head = expected.head.clone();
        assert_eq!(again, expected, "{name}");
    }
    assert!(count > 30);
}
