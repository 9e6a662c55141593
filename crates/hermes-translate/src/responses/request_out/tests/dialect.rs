//! The dialect of ChatGPT's Codex backend, as the catalogue describes it.

use hermes_catalog::{Catalog, Quirks};
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::words;
use crate::context::Stamp;
use crate::responses::tests::target;
use crate::translator::request;

fn codex() -> Quirks {
    let catalog = Catalog::builtin().unwrap();
    let provider = catalog.provider("openai-codex").unwrap();
    provider.quirks_of(Protocol::Responses, "gpt-5.5")
}

/// A request with fields that the backend refuses.
fn asked() -> Value {
    json!({
        "model": "m", "input": [
            {"role": "system", "content": "s"},
            {"role": "user", "content": [{"type": "input_text", "text": "q", "prompt_cache_breakpoint": {"mode": "explicit"}}]},
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "e"},
            {"type": "function_call", "id": "fc_1", "call_id": "c", "name": "f", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "c", "output": "r"},
        ],
        "max_output_tokens": 9, "temperature": 1, "top_p": 1, "truncation": "auto", "user": "u",
        "prompt_cache_options": {"mode": "explicit"}, "prompt_cache_retention": "24h", "service_tier": "flex",
        "include": ["reasoning.encrypted_content"], "store": true, "stream": false,
    })
}

#[test]
fn the_codex_backend_gets_what_it_takes() {
    let sent = request(
        Protocol::Responses,
        &asked(),
        &target(codex()),
        false,
        Stamp::default(),
    )
    .unwrap();
    assert!(sent.streams);
    let written: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(
        written,
        json!({
            "model": "sent",
            "instructions": written["instructions"],
            "input": [
                {"type": "message", "role": "developer", "content": "s"},
                {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "q"}]},
                {"type": "reasoning", "summary": [], "encrypted_content": "e"},
                {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"},
                {"type": "function_call_output", "call_id": "c", "output": "r"},
            ],
            "include": ["reasoning.encrypted_content"], "store": false, "stream": true,
        })
    );
    assert!(
        written["instructions"]
            .as_str()
            .is_some_and(|text| !text.is_empty())
    );
}

#[test]
fn what_the_codex_backend_refuses_is_named() {
    let target = target(codex());
    let sent = request(Protocol::Responses, &asked(), &target, false, Stamp::default()).unwrap();
    let mut dropped = sent.dropped.paths().to_vec();
    dropped.sort();
    assert_eq!(
        dropped,
        [
            "input[1].content[0].prompt_cache_breakpoint",
            "max_output_tokens",
            "prompt_cache_options",
            "prompt_cache_retention",
            "service_tier",
            "temperature",
            "top_p",
            "truncation",
            "user",
        ]
    );
}

#[test]
fn ids_go_with_the_thoughts_that_they_stand_beside() {
    let wrapped = crate::proof::Proof::minted(
        &crate::proof::Issuer::new("anthropic"),
        crate::proof::ProofKind::Signature,
        "s",
    );
    let body = |proof: &str| {
        json!({"model": "m", "input": [
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": proof},
            {"type": "message", "id": "msg_1", "role": "assistant", "content": "a"},
            {"role": "user", "content": "q"},
        ]})
    };
    let ids = |proof: &str| -> Vec<Value> {
        let sent = request(
            Protocol::Responses,
            &body(proof),
            &target(Quirks::default()),
            false,
            Stamp::default(),
        );
        let written: Value = serde_json::from_slice(&sent.unwrap().body).unwrap();
        let items = written["input"].as_array().unwrap().iter();
        items.filter_map(|item| item.get("id").cloned()).collect()
    };
    assert_eq!(ids("bare"), [json!("rs_1"), json!("msg_1")]);
    assert!(ids(&wrapped.wrapped()).is_empty());
}

#[test]
fn nothing_is_left_out_of_a_strict_request() {
    let quirks = Quirks {
        refused: Some(words(&["metadata"])),
        ..Quirks::default()
    };
    let body = json!({"model": "m", "input": "q", "metadata": {"a": "b"}});
    let error = request(
        Protocol::Responses,
        &body,
        &target(quirks),
        true,
        Stamp::default(),
    )
    .unwrap_err();
    assert_eq!(error.at, "metadata");
}

#[test]
fn what_an_earlier_answer_holds_is_asked_of_nobody_else() {
    let body = json!({"model": "m", "input": "q", "previous_response_id": "resp_1"});
    let mut to = target(Quirks::default());
    to.protocol = Protocol::ChatCompletions;
    let error = request(Protocol::Responses, &body, &to, false, Stamp::default()).unwrap_err();
    assert_eq!(
        (error.code, error.at.as_str()),
        ("unsupported_parameter", "previous_response_id")
    );
    to.protocol = Protocol::Responses;
    let sent = request(Protocol::Responses, &body, &to, false, Stamp::default()).unwrap();
    let written: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(written["previous_response_id"], "resp_1");
}
