use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{read_request, refuse_elsewhere};
use crate::chat::tests::target;
use crate::prompt::{
    Amount, Choice, Effort, Format, Media, PartKind, Prompt, Role, Source, Thinking, Tier, ToolKind,
};
use crate::proof::{Issuer, Proof, ProofKind};

fn with(fields: Value) -> Prompt {
    let mut body = json!({"model": "m", "messages": []});
    body.as_object_mut()
        .unwrap()
        .extend(fields.as_object().unwrap().clone());
    read_request(&body).unwrap()
}

fn parts(message: Value) -> Vec<PartKind> {
    let prompt = with(json!({ "messages": [message] }));
    prompt.turns[0]
        .parts
        .iter()
        .map(|part| part.kind.clone())
        .collect()
}

fn media(source: Source, mime: &str) -> Media {
    Media {
        source,
        mime: mime.to_owned(),
        name: None,
        detail: None,
    }
}

#[rstest]
#[case::text(json!({"type": "text", "text": "a"}), PartKind::Text("a".into()))]
#[case::image(
    json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}),
    PartKind::Image(media(Source::Base64("AA==".into()), "image/png"))
)]
#[case::image_by_address(
    json!({"type": "image_url", "image_url": "https://x/y.png"}),
    PartKind::Image(media(Source::Url("https://x/y.png".into()), ""))
)]
#[case::image_in_detail(
    json!({"type": "image_url", "image_url": {"url": "https://x/y.png", "detail": "low"}}),
    PartKind::Image(Media { detail: Some("low".into()), ..media(Source::Url("https://x/y.png".into()), "") })
)]
#[case::sound(
    json!({"type": "input_audio", "input_audio": {"data": "AA==", "format": "mp3"}}),
    PartKind::Audio(media(Source::Base64("AA==".into()), "audio/mp3"))
)]
#[case::file(
    json!({"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,AA=="}}),
    PartKind::File(Media { name: Some("a.pdf".into()), ..media(Source::Base64("AA==".into()), "application/pdf") })
)]
#[case::bare_file(
    json!({"type": "file", "file": {"filename": "a.PDF", "file_data": "AA=="}}),
    PartKind::File(Media { name: Some("a.PDF".into()), ..media(Source::Base64("AA==".into()), "application/pdf") })
)]
#[case::file_by_id(
    json!({"type": "file", "file": {"file_id": "f"}}),
    PartKind::File(media(Source::Id("f".into()), ""))
)]
#[case::document(
    json!({"type": "document_url", "document_url": "https://x/y.pdf"}),
    PartKind::File(media(Source::Url("https://x/y.pdf".into()), ""))
)]
#[case::unknown(
    json!({"type": "video_url", "video_url": {"url": "u"}}),
    PartKind::Foreign { name: "video_url".into(), value: json!({"type": "video_url", "video_url": {"url": "u"}}) }
)]
fn content(#[case] part: Value, #[case] expected: PartKind) {
    assert_eq!(parts(json!({"role": "user", "content": [part]})), [expected]);
}

#[rstest]
#[case(json!({"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}), Some(""))]
#[case(json!({"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}}), Some("1h"))]
#[case(json!({"type": "text", "text": "a", "prompt_cache_breakpoint": {"mode": "explicit"}}), Some(""))]
#[case(json!({"type": "text", "text": "a"}), None)]
fn cache_markers(#[case] part: Value, #[case] cache: Option<&str>) {
    let prompt = with(json!({"messages": [{"role": "user", "content": [part]}]}));
    assert_eq!(prompt.turns[0].parts[0].cache.as_deref(), cache);
    assert!(prompt.others.is_empty());
}

#[test]
fn an_answer_with_thoughts_and_calls_in_order() {
    let prompt = with(json!({"messages": [
        {"role": "assistant", "reasoning_content": "t", "content": "a", "tool_calls": [
            {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{ \"x\":1.50}"}},
            {"id": "d", "type": "custom", "custom": {"name": "g", "input": "i"}},
        ]},
        {"role": "tool", "tool_call_id": "c", "content": "r"},
        {"role": "tool", "tool_call_id": "d", "content": [{"type": "text", "text": "s"}]},
    ]}));
    let at: Vec<&str> = prompt.turns[0]
        .parts
        .iter()
        .map(|part| part.at.as_str())
        .collect();
    assert_eq!(
        at,
        [
            "messages[0].reasoning_content",
            "messages[0].content",
            "messages[0].tool_calls[0]",
            "messages[0].tool_calls[1]",
        ]
    );
    let PartKind::Call(call) = &prompt.turns[0].parts[2].kind else {
        panic!()
    };
    assert_eq!(call.arguments, "{ \"x\":1.50}", "to the letter");
    let PartKind::Result(result) = &prompt.turns[2].parts[0].kind else {
        panic!()
    };
    assert!(result.custom && result.id == "d");
    assert_eq!(prompt.turns[1].role, Role::User);
}

#[test]
fn the_form_that_openai_gave_up() {
    let prompt = with(json!({
        "functions": [{"name": "f", "parameters": {"type": "object"}}],
        "function_call": {"name": "f"},
        "messages": [
            {"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "r"},
        ],
    }));
    assert_eq!(
        prompt.choice,
        Some(Choice::Tool {
            name: "f".into(),
            custom: false
        })
    );
    let PartKind::Call(call) = &prompt.turns[0].parts[0].kind else {
        panic!()
    };
    let PartKind::Result(result) = &prompt.turns[1].parts[0].kind else {
        panic!()
    };
    assert_eq!(call.id, result.id);
    assert!(!call.id.is_empty());
    assert!(matches!(prompt.tools[0].kind, ToolKind::Function { .. }));
}

#[rstest]
#[case(json!("auto"), Choice::Auto)]
#[case(json!("none"), Choice::Never)]
#[case(json!("required"), Choice::Any)]
#[case(json!("any"), Choice::Any)]
#[case(json!({"type": "function", "function": {"name": "f"}}), Choice::Tool { name: "f".into(), custom: false })]
#[case(json!({"type": "custom", "custom": {"name": "f"}}), Choice::Tool { name: "f".into(), custom: true })]
#[case(
    json!({"type": "allowed_tools", "allowed_tools": {"mode": "required", "tools": [{"type": "function", "function": {"name": "f"}}]}}),
    Choice::Allowed { names: vec!["f".into()], must: true }
)]
#[case(json!({"type": "web_search"}), Choice::Hosted(json!({"type": "web_search"})))]
fn choices(#[case] choice: Value, #[case] expected: Choice) {
    assert_eq!(with(json!({ "tool_choice": choice })).choice, Some(expected));
}

#[rstest]
#[case(json!({}), None)]
#[case(json!({"reasoning_effort": "none"}), Some(Amount::Off))]
#[case(json!({"reasoning_effort": "minimal"}), Some(Amount::Effort(Effort::Minimal)))]
#[case(json!({"reasoning_effort": "xhigh"}), Some(Amount::Effort(Effort::XHigh)))]
#[case(json!({"reasoning_effort": "default"}), Some(Amount::Adaptive))]
#[case(json!({"reasoning": {"effort": "low"}}), Some(Amount::Effort(Effort::Low)))]
#[case(json!({"reasoning": {"effort": "none"}}), Some(Amount::Off))]
#[case(json!({"reasoning": {"max_tokens": 2000}}), Some(Amount::Budget(2000)))]
#[case(json!({"reasoning": {"enabled": true}}), Some(Amount::Adaptive))]
#[case(json!({"reasoning": {"enabled": false}}), Some(Amount::Off))]
#[case(json!({"thinking": {"type": "enabled"}}), Some(Amount::Adaptive))]
#[case(json!({"thinking": {"type": "disabled"}}), Some(Amount::Off))]
#[case(json!({"thinking": {"type": "enabled"}, "reasoning_effort": "max"}), Some(Amount::Effort(Effort::Max)))]
#[case(json!({"thinking": {"type": "enabled", "budget_tokens": 3000}}), Some(Amount::Budget(3000)))]
#[case(json!({"enable_thinking": false}), Some(Amount::Off))]
#[case(json!({"enable_thinking": true, "thinking_budget": 50}), Some(Amount::Budget(50)))]
fn how_much_to_think(#[case] fields: Value, #[case] amount: Option<Amount>) {
    assert_eq!(with(fields).thinking.map(|thinking| thinking.amount), amount);
}

#[test]
fn hidden_thoughts() {
    let prompt = with(json!({"reasoning": {"effort": "low", "exclude": true, "odd": 1}}));
    assert_eq!(
        prompt.thinking,
        Some(Thinking {
            amount: Amount::Effort(Effort::Low),
            shown: Some(false),
            summary: None,
        })
    );
    assert_eq!(prompt.others[0].at, "reasoning.odd");
}

#[test]
fn limits_and_sampling() {
    let prompt = with(json!({
        "max_completion_tokens": 7, "max_tokens": 9, "temperature": 1.0, "top_p": 0.50, "top_k": 3, "stop": "S",
        "seed": 4, "presence_penalty": -1, "frequency_penalty": 2, "logit_bias": {"1": 2}, "logprobs": true,
        "top_logprobs": 5, "n": 2, "service_tier": "flex", "verbosity": "low", "user": "u",
        "prompt_cache_key": "k", "metadata": {"a": "b"}, "stream": true,
        "stream_options": {"include_usage": true, "include_obfuscation": false},
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}, "strict": true}},
    }));
    let sampling = &prompt.sampling;
    assert_eq!(
        (sampling.max_tokens, sampling.n, sampling.top_logprobs),
        (Some(7), Some(2), Some(5))
    );
    assert_eq!(sampling.stop, ["S"]);
    assert_eq!(prompt.tier, Some(Tier::Flex));
    assert_eq!(prompt.user.as_ref().unwrap().at, "user");
    assert!(prompt.stream && prompt.wants_usage && sampling.logprobs);
    assert!(
        matches!(&prompt.format, Format::JsonSchema { name: Some(name), strict: Some(true), .. } if name == "n")
    );
    let others: Vec<&str> = prompt.others.iter().map(|other| other.at.as_str()).collect();
    assert_eq!(others, ["stream_options.include_obfuscation"]);
}

#[test]
fn what_is_not_known_or_cannot_be_read_is_kept() {
    let prompt = with(json!({
        "temperature": "hot", "provider": {"only": ["x"]}, "nothing": null,
        "messages": [
            {"role": "user", "name": "n", "content": [{"type": "text", "text": "a", "odd": 1}]},
            {"role": "assistant", "content": "b", "prefix": true, "tool_calls": [
                {"id": "c", "type": "function", "odd": 2, "function": {"name": "f", "arguments": "", "odd": 3}}]},
        ],
        "tools": [{"type": "function", "odd": 4, "function": {"name": "f", "odd": 5}}],
    }));
    let others: Vec<&str> = prompt.others.iter().map(|other| other.at.as_str()).collect();
    assert_eq!(
        others,
        [
            "temperature",
            "provider",
            "messages[0].content[0].odd",
            "messages[0].name",
            "messages[1].tool_calls[0].odd",
            "messages[1].tool_calls[0].function.odd",
            "messages[1].prefix",
        ]
    );
    let others: Vec<&str> = prompt.tools[0]
        .others
        .iter()
        .map(|other| other.at.as_str())
        .collect();
    assert_eq!(others, ["tools[0].odd", "tools[0].function.odd"]);
}

#[test]
fn proofs_come_back_with_their_thoughts() {
    let issuer = Issuer::new("anthropic");
    let signed = Proof::minted(&issuer, ProofKind::Signature, "s");
    let redacted = Proof::minted(&issuer, ProofKind::Redacted, "r");
    let sealed = Proof::minted(&issuer, ProofKind::Encrypted, "e");
    let found = parts(
        json!({"role": "assistant", "content": "a", "reasoning_content": "tu", "reasoning_details": [
            {"type": "reasoning.text", "text": "t", "signature": signed.wrapped(), "index": 0},
            {"type": "reasoning.encrypted", "data": redacted.wrapped(), "index": 1},
            {"type": "reasoning.text", "text": "u", "index": 2},
            {"type": "reasoning.encrypted", "data": sealed.wrapped(), "index": 2},
        ]}),
    );
    let thought = |text: &str, proof: &Proof| PartKind::Thinking {
        text: text.to_owned(),
        proof: Some(proof.clone()),
    };
    assert_eq!(
        found,
        [
            thought("t", &signed),
            thought("", &redacted),
            thought("u", &sealed),
            PartKind::Text("a".into()),
        ]
    );
}

#[test]
fn a_proof_beside_the_text_proves_it() {
    let found =
        parts(json!({"role": "assistant", "reasoning": "t", "reasoning_details": [{"signature": "s"}]}));
    assert!(
        matches!(&found[..], [PartKind::Thinking { text, proof: Some(proof) }] if text == "t" && proof.data == "s")
    );
}

#[rstest]
#[case(json!({}), "messages")]
#[case(json!({"messages": ["a"]}), "messages[0]")]
#[case(json!({"messages": [{"role": "nobody"}]}), "messages[0].role")]
#[case(json!({"messages": [{"role": "user", "content": 1}]}), "messages[0].content")]
#[case(json!({"messages": [{"role": "assistant", "tool_calls": [{"id": "c"}]}]}), "messages[0].tool_calls[0]")]
#[case(json!({"messages": [], "tools": [{}]}), "tools[0]")]
#[case(json!({"messages": [], "tools": [{"type": "function", "function": {}}]}), "tools[0].function.name")]
fn what_cannot_be_meant_is_refused(#[case] body: Value, #[case] at: &str) {
    let error = read_request(&body).unwrap_err();
    assert_eq!((error.code, error.at.as_str()), ("invalid_request", at));
}

#[rstest]
#[case(json!(["text"]), true)]
#[case(json!(["text", "audio"]), false)]
fn sound_is_refused_elsewhere(#[case] modalities: Value, #[case] taken: bool) {
    let prompt = with(json!({ "modalities": modalities }));
    let mut target = target(hermes_catalog::Quirks::default());
    target.protocol = Protocol::AnthropicMessages;
    let result = refuse_elsewhere(&prompt, &target);
    assert_eq!(result.is_ok(), taken);
    if let Err(error) = result {
        assert_eq!(error.at, "modalities");
    }
}
