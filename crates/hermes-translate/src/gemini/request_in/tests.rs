use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::read_request;
use crate::gemini::proofs;
use crate::prompt::{
    Amount, Choice, Effort, Format, Media, PartKind, Prompt, Role, Source, Thinking, Tier, ToolKind,
};
use crate::proof::{Issuer, Proof, ProofKind};

fn read(body: Value) -> Prompt {
    read_request(&body).unwrap()
}

fn configured(config: Value) -> Prompt {
    read(json!({"contents": [], "generationConfig": config}))
}

fn model(parts: Value) -> Vec<PartKind> {
    let mut prompt = read(json!({"contents": [{"role": "model", "parts": parts}]}));
    prompt
        .turns
        .remove(0)
        .parts
        .into_iter()
        .map(|part| part.kind)
        .collect()
}

fn text(text: &str) -> PartKind {
    PartKind::Text(text.to_owned())
}

fn thinking(text: &str, proof: Option<Proof>) -> PartKind {
    PartKind::Thinking {
        text: text.to_owned(),
        proof,
    }
}

fn minted(kind: ProofKind) -> Proof {
    Proof::minted(&Issuer::new("x"), kind, "data?>")
}

#[test]
fn the_body_and_its_path() {
    let prompt = read(json!({
        "model": "m",
        "stream": true,
        "system_instruction": {"parts": [{"text": "be brief"}]},
        "contents": [{"parts": [{"text": "hello"}]}],
        "service_tier": "priority",
        "safetySettings": [],
    }));
    assert_eq!(
        (prompt.client, prompt.model.as_str(), prompt.stream),
        (Some(Protocol::Gemini), "m", true)
    );
    assert_eq!(prompt.tier, Some(Tier::Priority));
    let turns: Vec<_> = prompt
        .turns
        .iter()
        .map(|turn| (turn.role, turn.at.as_str(), turn.parts[0].at.as_str()))
        .collect();
    let expected = [
        (Role::System, "system_instruction", "system_instruction.parts[0]"),
        (Role::User, "contents[0]", "contents[0].parts[0]"),
    ];
    assert_eq!(turns, expected);
    assert_eq!(prompt.others[0].at, "safetySettings");
}

#[rstest]
#[case::off(json!({"thinkingBudget": 0}), Amount::Off, None)]
#[case::dynamic(json!({"thinkingBudget": -1, "includeThoughts": true}), Amount::Adaptive, Some(true))]
#[case::budget(json!({"thinkingBudget": 2000, "includeThoughts": false}), Amount::Budget(2000), Some(false))]
#[case::minimal(json!({"thinkingLevel": "MINIMAL"}), Amount::Effort(Effort::Minimal), None)]
#[case::low(json!({"thinking_level": "low"}), Amount::Effort(Effort::Low), None)]
#[case::highest(json!({"thinkingLevel": "XHIGH"}), Amount::Effort(Effort::XHigh), None)]
#[case::unsaid(json!({"includeThoughts": true}), Amount::Adaptive, Some(true))]
fn thinking_amounts(#[case] config: Value, #[case] amount: Amount, #[case] shown: Option<bool>) {
    let expected = Thinking {
        amount,
        shown,
        summary: None,
    };
    assert_eq!(
        configured(json!({"thinkingConfig": config})).thinking,
        Some(expected)
    );
}

#[test]
fn sampling() {
    let sampling = configured(json!({
        "temperature": 0.5, "topP": 1, "top_k": 40, "seed": 7, "maxOutputTokens": "100", "stopSequences": ["a", "b"],
        "presencePenalty": 0.25, "frequencyPenalty": -1, "responseLogprobs": true, "logprobs": 3, "candidateCount": 2,
    }))
    .sampling;
    let number = |value: &Option<serde_json::Number>| value.as_ref().unwrap().to_string();
    assert_eq!(number(&sampling.temperature), "0.5");
    assert_eq!(number(&sampling.top_p), "1");
    assert_eq!(number(&sampling.top_k), "40");
    assert_eq!(number(&sampling.seed), "7");
    assert_eq!(number(&sampling.presence_penalty), "0.25");
    assert_eq!(number(&sampling.frequency_penalty), "-1");
    assert_eq!(
        (sampling.max_tokens, sampling.n, sampling.top_logprobs),
        (Some(100), Some(2), Some(3))
    );
    assert_eq!(
        (sampling.stop, sampling.logprobs),
        (vec!["a".to_owned(), "b".to_owned()], true)
    );
}

#[test]
fn formats() {
    assert_eq!(
        configured(json!({"responseMimeType": "text/plain"})).format,
        Format::Text
    );
    assert_eq!(
        configured(json!({"responseMimeType": "application/json"})).format,
        Format::JsonObject
    );
    let prompt = configured(
        json!({"responseMimeType": "application/json", "responseSchema": {"type": "OBJECT", "title": "a"}}),
    );
    let expected = Format::JsonSchema {
        name: Some("a".to_owned()),
        description: None,
        schema: json!({"type": "object", "title": "a"}),
        strict: None,
    };
    assert_eq!(prompt.format, expected);
    let prompt = configured(json!({"responseMimeType": "text/x.enum", "responseSchema": {"enum": ["a"]}}));
    assert_eq!(prompt.needs.len(), 2);
}

#[rstest]
#[case::text(json!({"responseModalities": ["TEXT"]}), 0, 1)]
#[case::image(json!({"responseModalities": ["TEXT", "IMAGE"]}), 1, 0)]
fn modalities(#[case] config: Value, #[case] needs: usize, #[case] exact: usize) {
    let prompt = configured(config);
    assert_eq!(
        (prompt.needs.len(), prompt.own.len(), prompt.others.len()),
        (needs, exact, 0)
    );
}

#[rstest]
#[case::auto(json!({"mode": "AUTO"}), Some(Choice::Auto))]
#[case::any(json!({"mode": "ANY"}), Some(Choice::Any))]
#[case::none(json!({"mode": "NONE"}), Some(Choice::Never))]
#[case::validated(json!({"mode": "VALIDATED"}), Some(Choice::Auto))]
#[case::one(json!({"mode": "ANY", "allowedFunctionNames": ["f"]}), Some(Choice::Tool { name: "f".to_owned(), custom: false }))]
#[case::some(
    json!({"mode": "ANY", "allowed_function_names": ["f", "g"]}),
    Some(Choice::Allowed { names: vec!["f".to_owned(), "g".to_owned()], must: true }),
)]
#[case::some_or_none(
    json!({"mode": "VALIDATED", "allowedFunctionNames": ["f"]}),
    Some(Choice::Allowed { names: vec!["f".to_owned()], must: false }),
)]
#[case::unsaid(json!({}), None)]
fn choices(#[case] calling: Value, #[case] expected: Option<Choice>) {
    let prompt = read(json!({"contents": [], "toolConfig": {"functionCallingConfig": calling}}));
    assert_eq!(prompt.choice, expected);
}

#[test]
fn tools() {
    let prompt = read(json!({"contents": [], "tools": [
        {"functionDeclarations": [
            {"name": "f", "description": "d", "parameters": {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}},
            {"name": "g"},
        ]},
        {"google_search": {}},
    ]}));
    let schema = |number: usize| match &prompt.tools[number].kind {
        ToolKind::Function { schema, .. } => schema.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        schema(0),
        json!({"type": "object", "properties": {"a": {"type": "string"}}})
    );
    assert_eq!(schema(1), json!({"type": "object", "properties": {}}));
    assert_eq!(
        prompt.tools[2].kind,
        ToolKind::Hosted(json!({"google_search": {}}))
    );
    assert_eq!(
        (prompt.tools[2].name.as_str(), prompt.tools[2].at.as_str()),
        ("googleSearch", "tools[1].google_search")
    );
}

#[rstest]
#[case::image(json!({"inlineData": {"mimeType": "image/png", "data": "AA=="}}), "image", Source::Base64("AA==".to_owned()))]
#[case::sound(json!({"inline_data": {"mime_type": "audio/wav", "data": "AA=="}}), "audio", Source::Base64("AA==".to_owned()))]
#[case::document(json!({"inlineData": {"mimeType": "application/pdf", "data": "AA=="}}), "file", Source::Base64("AA==".to_owned()))]
#[case::address(json!({"fileData": {"mimeType": "image/png", "fileUri": "https://a/b.png"}}), "image", Source::Url("https://a/b.png".to_owned()))]
#[case::stored(json!({"fileData": {"fileUri": "gs://a/b"}}), "file", Source::Id("gs://a/b".to_owned()))]
#[case::uploaded(
    json!({"fileData": {"fileUri": "https://generativelanguage.googleapis.com/v1beta/files/x"}}),
    "file",
    Source::Id("https://generativelanguage.googleapis.com/v1beta/files/x".to_owned()),
)]
fn media(#[case] part: Value, #[case] kind: &str, #[case] source: Source) {
    let check = |found: &str, medium: &Media| assert_eq!((found, &medium.source), (kind, &source));
    match &model(json!([part]))[0] {
        PartKind::Image(medium) => check("image", medium),
        PartKind::Audio(medium) => check("audio", medium),
        PartKind::File(medium) => check("file", medium),
        other => panic!("{other:?}"),
    }
}

#[test]
fn calls_and_results_are_linked_by_name_and_order() {
    let prompt = read(json!({"contents": [
        {"role": "model", "parts": [
            {"functionCall": {"name": "f", "args": {"a": 1}}},
            {"functionCall": {"name": "g"}},
            {"functionCall": {"name": "f"}},
            {"functionCall": {"name": "f", "id": "x"}},
        ]},
        {"role": "user", "parts": [
            {"functionResponse": {"name": "g", "response": {"output": "one"}}},
            {"functionResponse": {"name": "f", "response": {"error": "two"}}},
            {"functionResponse": {"name": "f", "response": {"result": "three"}}},
            {"functionResponse": {"name": "f", "id": "x", "response": {}}},
        ]},
    ]}));
    let results: Vec<_> = prompt.turns[1]
        .parts
        .iter()
        .map(|part| match &part.kind {
            PartKind::Result(result) => {
                let PartKind::Text(text) = &result.parts[0].kind else {
                    panic!()
                };
                (result.id.as_str(), text.as_str(), result.is_error)
            }
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        ("call_unnamed_2", "one", false),
        ("call_unnamed_1", "two", true),
        ("call_unnamed_3", "{\"result\":\"three\"}", false),
        ("x", "{}", false),
    ];
    assert_eq!(results, expected);
}

/// The official Python SDK keeps each chunk of a stream as a content of its own, and sends signatures in the alphabet of URLs.
#[test]
fn the_chunks_of_a_stream_become_one_turn() {
    let signature = URL_SAFE.encode(minted(ProofKind::Signature).wrapped());
    let content = |part: Value| json!({"role": "model", "parts": [part]});
    let prompt = read(json!({"contents": [
        content(json!({"text": "th", "thought": true})),
        content(json!({"text": "ink", "thought": true})),
        content(json!({"text": "", "thought": true, "thought_signature": signature})),
        content(json!({"text": "a"})),
        content(json!({"text": "b"})),
        content(json!({"text": ""})),
    ]}));
    let kinds: Vec<_> = prompt.turns[0]
        .parts
        .iter()
        .map(|part| part.kind.clone())
        .collect();
    assert_eq!(prompt.turns.len(), 1);
    assert_eq!(
        kinds,
        [thinking("think", Some(minted(ProofKind::Signature))), text("ab")]
    );
}

#[test]
fn signatures_are_read_as_what_they_are() {
    let bare = Proof {
        issuer: None,
        kind: ProofKind::Thought,
        data: "Ab-_".to_owned(),
    };
    let wrapped = |kind| proofs::written(&minted(kind));
    assert_eq!(
        model(json!([{"text": "a", "thoughtSignature": "Ab-_"}])),
        [thinking("", Some(bare)), text("a")],
    );
    assert_eq!(
        model(
            json!([{"text": "t", "thought": true}, {"text": "a", "thoughtSignature": wrapped(ProofKind::Encrypted)}])
        ),
        [thinking("t", Some(minted(ProofKind::Encrypted))), text("a")],
    );
    assert_eq!(
        model(
            json!([{"text": "t", "thought": true}, {"text": "a", "thoughtSignature": wrapped(ProofKind::Thought)}])
        ),
        [
            thinking("t", None),
            thinking("", Some(minted(ProofKind::Thought))),
            text("a")
        ],
    );
}

#[rstest]
#[case(json!([]), "contents")]
#[case(json!({"contents": [1]}), "contents[0]")]
#[case(json!({"contents": [{"role": "robot"}]}), "contents[0].role")]
#[case(json!({"contents": [{"parts": [null, 1]}]}), "contents[0].parts[0]")]
#[case(json!({"contents": [{"parts": [{"functionCall": {"args": []}}]}]}), "contents[0].parts[0].functionCall.args")]
fn what_cannot_be_read(#[case] body: Value, #[case] at: &str) {
    assert_eq!(read_request(&body).unwrap_err().at, at);
}

#[rstest]
#[case::stored(json!({"contents": [], "cachedContent": "cachedContents/1"}), "cachedContent")]
#[case::sound(
    json!({"contents": [], "generationConfig": {"responseModalities": ["AUDIO"]}}),
    "generationConfig.responseModalities",
)]
fn what_the_answer_hangs_on_is_asked_of_gemini_alone(#[case] body: Value, #[case] at: &str) {
    let mut target = crate::gemini::tests::support::target(hermes_catalog::Quirks::default());
    let ask = |target: &crate::Target| {
        crate::request(Protocol::Gemini, &body, target, false, crate::Stamp::default())
    };
    assert!(ask(&target).is_ok());
    target.protocol = Protocol::ChatCompletions;
    let refusal = ask(&target).unwrap_err();
    assert_eq!((refusal.code, refusal.at.as_str()), ("unsupported_parameter", at));
}
