use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::read_request;
use crate::prompt::{
    Amount, Choice, Effort, Format, Part, PartKind, Prompt, Role, Source, Thinking, Tier, ToolKind,
};
use crate::proof::{Issuer, Proof, ProofKind};

fn read(body: Value) -> Prompt {
    read_request(&body).unwrap()
}

fn kinds(prompt: &Prompt) -> Vec<(Role, Vec<&'static str>)> {
    let name = |part: &Part| match &part.kind {
        PartKind::Text(_) => "text",
        PartKind::Thinking { .. } => "thinking",
        PartKind::Call(_) => "call",
        PartKind::Result(_) => "result",
        PartKind::Foreign { .. } => "foreign",
        _ => "other",
    };
    let turns = prompt.turns.iter();
    turns
        .map(|turn| (turn.role, turn.parts.iter().map(name).collect()))
        .collect()
}

#[test]
fn items_of_the_model_make_up_one_turn_until_it_speaks_again() {
    let call = |id: &str| json!({"type": "function_call", "call_id": id, "name": "f", "arguments": "{}"});
    let output = |id: &str| json!({"type": "function_call_output", "call_id": id, "output": "r"});
    let thought = json!({"type": "reasoning", "summary": [{"type": "summary_text", "text": "t"}]});
    let says = json!({"role": "assistant", "content": [{"type": "output_text", "text": "s"}]});
    let prompt = read(json!({
        "instructions": "be brief",
        "input": [
            {"role": "developer", "content": "d"}, {"role": "user", "content": "q"},
            thought, says, call("a"), call("b"), output("a"), output("b"), thought, says, says,
        ],
    }));
    assert_eq!(
        kinds(&prompt),
        [
            (Role::System, vec!["text"]),
            (Role::Developer, vec!["text"]),
            (Role::User, vec!["text"]),
            (Role::Assistant, vec!["thinking", "text", "call", "call"]),
            (Role::User, vec!["result", "result"]),
            (Role::Assistant, vec!["thinking", "text"]),
            (Role::Assistant, vec!["text"]),
        ]
    );
    assert_eq!(prompt.turns[3].at, "input[2]");
    assert_eq!(prompt.turns[3].parts[1].at, "input[3].content[0]");
}

#[rstest]
#[case(json!({"input_image": 1}), None)]
#[case(json!({"type": "input_image", "image_url": "data:image/png;base64,QUJD"}), Some((Source::Base64("QUJD".to_owned()), "image/png")))]
#[case(json!({"type": "input_image", "image_url": "https://a/b.png"}), Some((Source::Url("https://a/b.png".to_owned()), "")))]
#[case(json!({"type": "input_image", "file_id": "file-1"}), Some((Source::Id("file-1".to_owned()), "")))]
#[case(json!({"type": "input_file", "file_data": "data:application/pdf;base64,QUJD"}), Some((Source::Base64("QUJD".to_owned()), "application/pdf")))]
#[case(json!({"type": "input_file", "file_data": "QUJD"}), Some((Source::Base64("QUJD".to_owned()), "")))]
#[case(json!({"type": "input_file", "file_url": "https://a/b.pdf"}), Some((Source::Url("https://a/b.pdf".to_owned()), "")))]
#[case(json!({"type": "input_audio", "input_audio": {"data": "QUJD", "format": "wav"}}), Some((Source::Base64("QUJD".to_owned()), "audio/wav")))]
fn media(#[case] part: Value, #[case] expected: Option<(Source, &str)>) {
    let prompt = read(json!({"input": [{"role": "user", "content": [part]}]}));
    let found = match &prompt.turns[0].parts[0].kind {
        PartKind::Image(media) | PartKind::File(media) | PartKind::Audio(media) => {
            Some((media.source.clone(), media.mime.clone()))
        }
        _ => None,
    };
    assert_eq!(found, expected.map(|(source, mime)| (source, mime.to_owned())));
}

#[rstest]
#[case::not_asked(json!({}), None)]
#[case::none(json!({"effort": "none"}), Some((Amount::Off, None)))]
#[case::low(json!({"effort": "low", "summary": "auto"}), Some((Amount::Effort(Effort::Low), Some("auto"))))]
#[case::max(json!({"effort": "max"}), Some((Amount::Effort(Effort::Max), None)))]
#[case::the_older_name(json!({"generate_summary": "concise"}), Some((Amount::Adaptive, Some("concise"))))]
#[case::a_new_word(json!({"effort": "extreme"}), Some((Amount::Adaptive, None)))]
fn thinking(#[case] reasoning: Value, #[case] expected: Option<(Amount, Option<&str>)>) {
    let mut body = json!({"input": "q"});
    if expected.is_some() {
        body["reasoning"] = reasoning;
    }
    let expected = expected.map(|(amount, summary)| Thinking {
        amount,
        shown: summary.map(|_| true),
        summary: summary.map(str::to_owned),
    });
    assert_eq!(read(body).thinking, expected);
}

#[rstest]
#[case(json!("auto"), Choice::Auto)]
#[case(json!("required"), Choice::Any)]
#[case(json!("none"), Choice::Never)]
#[case(json!({"type": "function", "name": "f"}), Choice::Tool { name: "f".to_owned(), custom: false })]
#[case(json!({"type": "custom", "name": "f"}), Choice::Tool { name: "f".to_owned(), custom: true })]
#[case(
    json!({"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "f"}]}),
    Choice::Allowed { names: vec!["f".to_owned()], must: true }
)]
#[case(json!({"type": "mcp", "server_label": "s"}), Choice::Hosted(json!({"type": "mcp", "server_label": "s"})))]
fn choice(#[case] asked: Value, #[case] expected: Choice) {
    assert_eq!(
        read(json!({"input": "q", "tool_choice": asked})).choice,
        Some(expected)
    );
}

#[test]
fn tools_of_a_namespace_know_it() {
    let prompt = read(json!({"input": "q", "tools": [
        {"type": "namespace", "name": "files", "description": "d", "tools": [
            {"type": "function", "name": "read", "parameters": {"type": "object"}, "defer_loading": true},
        ]},
        {"type": "custom", "name": "patch", "format": {"type": "text"}},
        {"type": "web_search"},
    ]}));
    let tools: Vec<_> = prompt
        .tools
        .iter()
        .map(|tool| (tool.name.as_str(), tool.namespace.as_deref()))
        .collect();
    assert_eq!(
        tools,
        [("read", Some("files")), ("patch", None), ("web_search", None)]
    );
    assert_eq!(prompt.tools[0].at, "tools[0].tools[0]");
    assert_eq!(prompt.tools[0].others[0].at, "tools[0].tools[0].defer_loading");
    assert!(matches!(prompt.tools[2].kind, ToolKind::Hosted(_)));
    let others: Vec<_> = prompt.others.iter().map(|other| other.at.as_str()).collect();
    assert_eq!(others, ["tools[0].description"]);
}

#[rstest]
#[case(json!({"previous_response_id": "resp_1"}), "previous_response_id")]
#[case(json!({"conversation": "conv_1"}), "conversation")]
#[case(json!({"prompt": {"id": "p"}}), "prompt")]
#[case(json!({"background": true}), "background")]
#[case(json!({"input": [{"type": "item_reference", "id": "msg_1"}]}), "input[0]")]
#[case(json!({"input": [{"type": "compaction", "encrypted_content": "e"}]}), "input[0]")]
fn what_only_the_provider_keeps_is_demanded(#[case] body: Value, #[case] at: &str) {
    let demands: Vec<_> = read(body).needs.into_iter().map(|demand| demand.at).collect();
    assert_eq!(demands, [at]);
}

#[rstest]
#[case(json!({"store": false, "background": false, "truncation": "disabled", "stream_options": {"include_obfuscation": false}, "include": ["reasoning.encrypted_content"]}), vec![])]
#[case(json!({"store": true}), vec!["store"])]
#[case(json!({"truncation": "auto"}), vec!["truncation"])]
#[case(json!({"include": ["web_search_call.results"]}), vec!["include"])]
#[case(json!({"reasoning": {"context": "all_turns"}}), vec!["reasoning.context"])]
#[case(json!({"client_metadata": {"a": "b"}, "max_tool_calls": 3}), vec!["client_metadata", "max_tool_calls"])]
#[case(json!({"input": [{"role": "assistant", "id": "msg_1", "status": "completed", "phase": "commentary", "content": "c"}]}), vec!["input[0].phase"])]
fn what_others_would_miss(#[case] body: Value, #[case] expected: Vec<&str>) {
    let others: Vec<_> = read(body).others.into_iter().map(|other| other.at).collect();
    assert_eq!(others, expected);
}

#[test]
fn a_proof_of_anybody_is_known_again() {
    let foreign = Proof::minted(&Issuer::new("anthropic"), ProofKind::Signature, "sig");
    let prompt = read(json!({"input": [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "t"}], "encrypted_content": foreign.wrapped()},
        {"type": "reasoning", "summary": [], "encrypted_content": "bare"},
    ]}));
    let proofs: Vec<_> = prompt.turns[0]
        .parts
        .iter()
        .map(|part| match &part.kind {
            PartKind::Thinking { proof, .. } => proof.clone().unwrap(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(proofs[0], foreign);
    assert_eq!(
        (proofs[1].issuer.clone(), proofs[1].kind),
        (None, ProofKind::Encrypted)
    );
}

#[test]
fn the_rest_has_its_place() {
    let mut body = json!({
        "input": "q", "max_output_tokens": 10, "top_p": 1, "top_logprobs": 2,
        "include": ["message.output_text.logprobs"], "parallel_tool_calls": false,
        "text": {"verbosity": "low", "format": {"type": "json_schema", "name": "n", "schema": {}, "strict": true}},
        "user": "u", "safety_identifier": "s", "service_tier": "flex", "prompt_cache_key": "k",
        "metadata": {"a": "b"}, "stream": true,
    });
    body["temperature"] = serde_json::from_str("0.70").unwrap();
    let prompt = read(body);
    assert_eq!(prompt.sampling.max_tokens, Some(10));
    assert!(prompt.sampling.logprobs && prompt.stream);
    assert_eq!(prompt.sampling.temperature.unwrap().to_string(), "0.70");
    assert_eq!(prompt.parallel, Some(false));
    assert_eq!(prompt.verbosity.as_deref(), Some("low"));
    assert!(matches!(
        prompt.format,
        Format::JsonSchema {
            strict: Some(true),
            ..
        }
    ));
    assert_eq!(prompt.user.unwrap().text, "s");
    assert_eq!(prompt.others[0].at, "user");
    assert_eq!(
        (prompt.tier, prompt.cache_key.as_deref()),
        (Some(Tier::Flex), Some("k"))
    );
}

#[rstest]
#[case(json!("r"), "r")]
#[case(json!([{"type": "input_text", "text": "r"}]), "r")]
#[case(json!({"type": "input_text", "text": "r"}), "r")]
#[case(json!({"content": "r", "success": true}), "{\"content\":\"r\",\"success\":true}")]
#[case(json!(7), "7")]
fn results_however_they_are_written(#[case] output: Value, #[case] expected: &str) {
    let prompt = read(json!({"input": [{"type": "function_call_output", "call_id": "c", "output": output}]}));
    let PartKind::Result(result) = &prompt.turns[0].parts[0].kind else {
        panic!("no result");
    };
    assert_eq!(result.parts[0].kind, PartKind::Text(expected.to_owned()));
}

#[rstest]
#[case(json!([]), "body")]
#[case(json!({"input": 3}), "input")]
#[case(json!({"input": [3]}), "input[0]")]
#[case(json!({"input": [{}]}), "input[0]")]
#[case(json!({"input": [{"role": "wizard", "content": "x"}]}), "input[0].role")]
#[case(json!({"tools": [{"type": "function"}]}), "tools[0].name")]
#[case(json!({"tool_choice": "perhaps"}), "tool_choice")]
#[case(json!({"text": {"format": {"type": "json_schema"}}}), "text.format.schema")]
fn what_cannot_be_read_is_told(#[case] body: Value, #[case] at: &str) {
    let error = read_request(&body).unwrap_err();
    assert_eq!((error.code, error.at.as_str()), ("invalid_request", at));
}
