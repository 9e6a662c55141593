//! Requests of this protocol in the common form.

use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use crate::messages::read_request;
use crate::prompt::{Amount, Choice, Effort, PartKind, Prompt, Source, Tier, ToolKind};
use crate::proof::{Issuer, ProofKind};

fn prompt(mut fields: Value) -> Prompt {
    if fields.get("messages").is_none() {
        fields["messages"] = json!([{"role": "user", "content": "Hi"}]);
    }
    read_request(&fields).unwrap()
}

fn part(block: Value) -> PartKind {
    let mut prompt = prompt(json!({"messages": [{"role": "assistant", "content": [block]}]}));
    prompt.turns.remove(0).parts.remove(0).kind
}

#[rstest]
#[case::off(json!({"type": "disabled"}), json!(null), Some(Amount::Off), None)]
#[case::adaptive(json!({"type": "adaptive"}), json!(null), Some(Amount::Adaptive), None)]
#[case::effort(json!({"type": "adaptive", "display": "omitted"}), json!("max"), Some(Amount::Effort(Effort::Max)), Some(false))]
#[case::budget(json!({"type": "enabled", "budget_tokens": 5000, "display": "summarized"}), json!(null), Some(Amount::Budget(5000)), Some(true))]
#[case::between(json!({"type": "between_tools"}), json!(null), Some(Amount::BetweenTools), None)]
#[case::effort_alone(json!(null), json!("low"), Some(Amount::Effort(Effort::Low)), None)]
#[case::new(json!({"type": "new"}), json!(null), None, None)]
fn amounts(
    #[case] thinking: Value,
    #[case] effort: Value,
    #[case] amount: Option<Amount>,
    #[case] shown: Option<bool>,
) {
    let prompt = prompt(json!({"thinking": thinking, "output_config": {"effort": effort}}));
    assert_eq!(prompt.thinking.as_ref().map(|one| one.amount), amount);
    assert_eq!(prompt.thinking.and_then(|one| one.shown), shown);
    let lost = prompt.others.iter().any(|other| other.at == "thinking");
    assert_eq!(lost, amount.is_none());
}

#[test]
fn fields_beside_the_common_form_are_named() {
    let prompt = prompt(json!({
        "thinking": {"type": "enabled", "budget_tokens": 2000},
        "output_config": {"effort": "low", "new": 1},
        "metadata": {"user_id": "u", "new": 1},
        "tool_choice": {"type": "any", "new": 1},
        "temperature": "warm",
        "container": "c",
        "context_management": {"edits": [{"type": "clear_thinking_20251015"}]},
        "messages": [{"role": "user", "content": [{"type": "text", "text": "a", "citations": [1]}], "new": 1}],
    }));
    let mut paths: Vec<&str> = prompt.others.iter().map(|other| other.at.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "container",
            "context_management",
            "messages[0].content[0].citations",
            "messages[0].new",
            "metadata.new",
            "output_config.effort",
            "output_config.new",
            "temperature",
            "tool_choice.new",
        ]
    );
    assert_eq!((prompt.choice, prompt.parallel), (Some(Choice::Any), None));
}

#[rstest]
#[case(json!({"max_tokens": 0}), "max_tokens")]
#[case(json!({"mcp_servers": [{"name": "m"}]}), "mcp_servers[0]")]
#[case(json!({"safeguards": {}}), "safeguards")]
#[case(json!({"thread": {"id": "t"}}), "thread")]
#[case(json!({"context_management": {"edits": [{"type": "compact_20260112"}]}}), "context_management.edits[0]")]
#[case(json!({"tools": [{"type": "bash_20250124", "name": "bash"}]}), "tools[0]")]
fn what_only_the_provider_can_do_is_a_hosted_tool(#[case] fields: Value, #[case] at: &str) {
    let tools = prompt(fields).tools;
    assert_eq!(tools.len(), 1);
    assert!(matches!(tools[0].kind, ToolKind::Hosted(_)));
    assert_eq!(tools[0].at, at);
}

#[rstest]
#[case(json!({"service_tier": "auto"}), Some(Tier::Auto))]
#[case(json!({"service_tier": "standard_only"}), Some(Tier::Standard))]
#[case(json!({"service_tier": "new"}), Some(Tier::Named("new".to_owned())))]
#[case(json!({"speed": "fast"}), Some(Tier::Priority))]
#[case(json!({"speed": "standard"}), None)]
fn tiers(#[case] fields: Value, #[case] tier: Option<Tier>) {
    assert_eq!(prompt(fields).tier, tier);
}

#[rstest]
#[case::bare(json!({"type": "thinking", "thinking": "t", "signature": "s"}), "t", Some((None, ProofKind::Signature, "s")))]
#[case::wrapped(json!({"type": "thinking", "thinking": "t", "signature": "hz1.openai.enc.cA"}), "t", Some((Some("openai"), ProofKind::Encrypted, "p")))]
#[case::unsigned(json!({"type": "thinking", "thinking": "t", "signature": ""}), "t", None)]
#[case::redacted(json!({"type": "redacted_thinking", "data": "d"}), "", Some((None, ProofKind::Redacted, "d")))]
#[case::of_gemini(json!({"type": "redacted_thinking", "data": "hz1.gemini.gem.cA"}), "", Some((Some("gemini"), ProofKind::Thought, "p")))]
fn proofs_are_unwrapped(
    #[case] block: Value,
    #[case] words: &str,
    #[case] expected: Option<(Option<&str>, ProofKind, &str)>,
) {
    let PartKind::Thinking { text, proof } = part(block) else {
        panic!("no thoughts");
    };
    assert_eq!(text, words);
    let read = proof.as_ref().map(|proof| {
        let issuer = proof.issuer.as_ref().map(Issuer::as_str);
        (issuer, proof.kind, proof.data.as_str())
    });
    assert_eq!(read, expected);
}

#[rstest]
#[case::text(json!({"type": "document", "source": {"type": "text", "data": "a"}, "context": "c"}), "c\n\na")]
#[case::content(json!({"type": "document", "source": {"type": "content", "content": "a"}}), "a")]
#[case::blocks(json!({"type": "document", "source": {"type": "content", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}}), "a\n\nb")]
#[case::found(json!({"type": "search_result", "source": "s", "title": "t", "content": [{"type": "text", "text": "a"}]}), "s\n\na")]
fn documents_of_words_are_texts(#[case] block: Value, #[case] expected: &str) {
    let PartKind::File(media) = part(block) else {
        panic!("no file");
    };
    assert_eq!(media.source, Source::Text(expected.to_owned()));
}

#[rstest]
#[case::server_tool(json!({"type": "server_tool_use", "id": "s"}), "server_tool_use")]
#[case::images_inside(json!({"type": "document", "source": {"type": "content", "content": [{"type": "image"}]}}), "document")]
#[case::no_source(json!({"type": "image"}), "image")]
#[case::nothing(json!({}), "")]
fn blocks_without_a_counterpart_are_kept_whole(#[case] block: Value, #[case] expected: &str) {
    let PartKind::Foreign { name, value } = part(block.clone()) else {
        panic!("not foreign");
    };
    assert_eq!((name.as_str(), value), (expected, block));
}
