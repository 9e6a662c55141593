//! How much to think, and thoughts of earlier turns.

use hermes_catalog::{Quirks, ThinkingStyle};
use pretty_assertions::assert_eq;
use rstest::rstest;
use serde_json::{Value, json};

use super::{body, call, dropped, function, hello, prompt, result, text, thinking, turn};
use crate::messages::tests::written;
use crate::prompt::{Amount, Choice, Effort, PartKind, Prompt, Role, Thinking};
use crate::proof::{Issuer, Proof, ProofKind};

fn dropped_thoughts(prompt: &Prompt, quirks: Quirks) -> usize {
    dropped(prompt, quirks).len()
}

fn bare() -> Proof {
    Proof::read("p", ProofKind::Signature)
}

fn minted(issuer: &str, kind: ProofKind) -> Proof {
    Proof::minted(&Issuer::new(issuer), kind, "p")
}

fn thought(text: &str, proof: Option<Proof>) -> PartKind {
    PartKind::Thinking {
        text: text.to_owned(),
        proof,
    }
}

#[rstest]
#[case::off(Amount::Off, None, json!({"type": "disabled"}), json!(null))]
#[case::adaptive(Amount::Adaptive, None, json!({"type": "adaptive"}), json!(null))]
#[case::minimal(Amount::Effort(Effort::Minimal), None, json!({"type": "adaptive"}), json!("low"))]
#[case::low(Amount::Effort(Effort::Low), None, json!({"type": "adaptive"}), json!("low"))]
#[case::xhigh(Amount::Effort(Effort::XHigh), None, json!({"type": "adaptive"}), json!("xhigh"))]
#[case::max(Amount::Effort(Effort::Max), None, json!({"type": "adaptive"}), json!("max"))]
#[case::small_budget(Amount::Budget(1024), None, json!({"type": "adaptive"}), json!("low"))]
#[case::budget(Amount::Budget(8192), None, json!({"type": "adaptive"}), json!("medium"))]
#[case::large_budget(Amount::Budget(24_576), None, json!({"type": "adaptive"}), json!("high"))]
#[case::huge_budget(Amount::Budget(24_577), None, json!({"type": "adaptive"}), json!("xhigh"))]
#[case::as_budget(Amount::Effort(Effort::Medium), Some(ThinkingStyle::Budget), json!({"type": "enabled", "budget_tokens": 8192}), json!(null))]
#[case::minimal_as_budget(Amount::Effort(Effort::Minimal), Some(ThinkingStyle::Budget), json!({"type": "enabled", "budget_tokens": 1024}), json!(null))]
#[case::adaptive_as_budget(Amount::Adaptive, Some(ThinkingStyle::Budget), json!({"type": "enabled", "budget_tokens": 24_576}), json!(null))]
#[case::max_as_budget(Amount::Effort(Effort::Max), Some(ThinkingStyle::Budget), json!({"type": "enabled", "budget_tokens": 31_999}), json!(null))]
#[case::off_as_budget(Amount::Off, Some(ThinkingStyle::Budget), json!({"type": "disabled"}), json!(null))]
#[case::too_small(Amount::Budget(100), Some(ThinkingStyle::Budget), json!(null), json!(null))]
#[case::between_tools(Amount::BetweenTools, None, json!(null), json!(null))]
#[case::switch(Amount::Effort(Effort::High), Some(ThinkingStyle::Switch), json!({"type": "enabled"}), json!(null))]
#[case::cannot_be_told(Amount::Effort(Effort::High), Some(ThinkingStyle::None), json!(null), json!(null))]
fn amounts_of_thinking(
    #[case] amount: Amount,
    #[case] style: Option<ThinkingStyle>,
    #[case] expected: Value,
    #[case] effort: Value,
) {
    let mut prompt = hello();
    prompt.sampling.max_tokens = Some(32_000);
    prompt.thinking = Some(thinking(amount));
    let quirks = Quirks {
        thinking: style,
        ..Quirks::default()
    };
    let (body, dropped) = written(&prompt, quirks).unwrap();
    assert_eq!(body.get("thinking").cloned().unwrap_or_default(), expected);
    assert_eq!(body["output_config"]["effort"], effort);
    let all = !expected.is_null() && style != Some(ThinkingStyle::Switch);
    assert_eq!(dropped.is_empty(), all, "{dropped:?}");
}

#[rstest]
#[case(&["low", "medium", "high", "max"], Effort::XHigh, "max")]
#[case(&["low", "high", "max"], Effort::Medium, "high")]
#[case(&["low", "medium"], Effort::Max, "medium")]
#[case(&["high"], Effort::Minimal, "high")]
fn the_nearest_effort_is_sent(#[case] taken: &[&str], #[case] effort: Effort, #[case] expected: &str) {
    let mut prompt = hello();
    prompt.thinking = Some(thinking(Amount::Effort(effort)));
    let quirks = Quirks {
        efforts: Some(taken.iter().map(|word| (*word).to_owned()).collect()),
        ..Quirks::default()
    };
    assert_eq!(body(&prompt, quirks)["output_config"]["effort"], expected);
}

#[rstest]
#[case(Some(true), None, json!("summarized"))]
#[case(Some(false), None, json!("omitted"))]
#[case(None, Some("auto"), json!("summarized"))]
#[case(None, None, json!(null))]
fn thoughts_are_shown_as_asked_for(
    #[case] shown: Option<bool>,
    #[case] summary: Option<&str>,
    #[case] expected: Value,
) {
    let mut prompt = hello();
    prompt.thinking = Some(Thinking {
        amount: Amount::Adaptive,
        shown,
        summary: summary.map(str::to_owned),
    });
    assert_eq!(body(&prompt, Quirks::default())["thinking"]["display"], expected);
}

#[test]
fn a_forced_call_leaves_no_thoughts() {
    let mut prompt = hello();
    prompt.tools.push(function(json!({"type": "object"})));
    prompt.choice = Some(Choice::Any);
    prompt.thinking = Some(thinking(Amount::Effort(Effort::Low)));
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    assert_eq!(body.get("thinking"), None);
    assert_eq!(dropped, ["reasoning_effort"]);
}

#[rstest]
#[case::own(thought("t", Some(minted("anthropic", ProofKind::Signature))), json!({"type": "thinking", "thinking": "t", "signature": "p"}))]
#[case::own_redacted(thought("", Some(minted("anthropic", ProofKind::Redacted))), json!({"type": "redacted_thinking", "data": "p"}))]
#[case::of_another(thought("t", Some(minted("openai", ProofKind::Encrypted))), json!(null))]
#[case::of_another_of_this_kind(thought("t", Some(minted("minimax", ProofKind::Signature))), json!(null))]
#[case::bare_of_another_protocol(thought("t", Some(bare())), json!(null))]
#[case::unproved(thought("t", None), json!(null))]
fn thoughts_go_back_to_whoever_proved_them(#[case] kind: PartKind, #[case] expected: Value) {
    let prompt = prompt(vec![turn(Role::Assistant, vec![kind, text("a")])]);
    let (body, dropped) = written(&prompt, Quirks::default()).unwrap();
    let first = body["messages"][0]["content"][0].clone();
    if expected.is_null() {
        assert_eq!(first, json!({"type": "text", "text": "a"}));
        assert_eq!(dropped, ["messages[1].content[0]"]);
    } else {
        assert_eq!((first, dropped.len()), (expected, 0));
    }
    let plain = Quirks {
        thoughts_field: Some("thinking".to_owned()),
        ..Quirks::default()
    };
    assert_eq!(dropped_thoughts(&prompt, plain), 0);
}

#[test]
fn budgets_need_thoughts_first_in_a_turn_that_goes_on() {
    let budget = || Quirks {
        thinking: Some(ThinkingStyle::Budget),
        ..Quirks::default()
    };
    let turns = |first: Vec<PartKind>| {
        let mut kinds = first;
        kinds.push(call("c", "n", "{}"));
        vec![
            turn(Role::Assistant, kinds),
            turn(Role::User, vec![result("c", None, vec![text("r")])]),
        ]
    };
    let thinks = |first: Vec<PartKind>, quirks: Quirks| {
        let mut prompt = prompt(turns(first));
        prompt.sampling.max_tokens = Some(9000);
        prompt.thinking = Some(thinking(Amount::Effort(Effort::Low)));
        body(&prompt, quirks).get("thinking").is_some()
    };
    let proved = thought("t", Some(minted("anthropic", ProofKind::Signature)));
    assert!(!thinks(vec![], budget()));
    assert!(thinks(vec![proved], budget()));
    assert!(thinks(vec![], Quirks::default()));
}
