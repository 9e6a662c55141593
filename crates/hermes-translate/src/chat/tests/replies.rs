use pretty_assertions::assert_eq;
use serde_json::Value;

use super::fixtures::{bodies, context, gathered, told};
use crate::chat::{read_reply, write_reply};
use crate::translator;

#[test]
fn recorded_answers_tell_the_same_when_written_back() {
    let context = context();
    for (name, body) in bodies(".response.json") {
        let Some(_) = body.get("choices") else {
            let failure = read_reply(&context, &body).unwrap_err();
            assert!(failure.status >= 400 && !failure.message.is_empty(), "{name}");
            continue;
        };
        let reply = read_reply(&context, &body).unwrap();
        assert_eq!(told(&write_reply(&context, &reply)), told(&body), "{name}");
    }
}

#[test]
fn recorded_answers_tell_the_same_as_streams() {
    let context = context();
    for (name, body) in bodies(".response.json") {
        if body.get("choices").is_none() {
            continue;
        }
        let bytes = body.to_string().into_bytes();
        let stream = translator::replayed(&context, &bytes).unwrap();
        let whole: Value =
            serde_json::from_slice(&translator::reply(&context, &bytes).unwrap().body).unwrap();
        assert_eq!(told(&gathered(&stream).unwrap()), told(&whole), "{name}");
    }
}

/// Reading what was written tells nothing more and nothing less, however often.
#[test]
fn nothing_grows() {
    let context = context();
    for (name, body) in bodies(".response.json") {
        if body.get("choices").is_none() {
            continue;
        }
        let first = write_reply(&context, &read_reply(&context, &body).unwrap());
        let mut again = read_reply(&context, &first).unwrap();
        // The proofs are wrapped already; they are minted once.
        for block in &mut again.blocks {
            if let Some(proof) = &mut block.proof {
                *proof = crate::proof::Proof::read(&proof.data, proof.kind);
            }
        }
        let second = write_reply(&context, &again);
        assert_eq!(second, first, "{name}");
    }
}
