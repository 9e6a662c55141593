use hermes_core::Protocol;
use rstest::rstest;

use super::{Quirks, fits};

#[rstest]
#[case("gpt-5", "gpt-5", true)]
#[case("gpt-5", "gpt-5.1", false)]
#[case("gpt-5*", "gpt-5.1-codex", true)]
#[case("claude-*-4-7*", "claude-opus-4-7", true)]
#[case("claude-*-4-7*", "claude-opus-4-7-20260101", true)]
#[case("claude-*-4-7*", "claude-opus-4-6", false)]
#[case("*", "", true)]
#[case("*-mini", "o4-mini", true)]
#[case("*-mini", "o4-mini-high", false)]
#[case("a*a", "a", false)]
#[case("a*a", "aa", true)]
fn star_stands_for_any_text(#[case] pattern: &str, #[case] name: &str, #[case] expected: bool) {
    assert_eq!(fits(pattern, name), expected);
}

#[test]
fn later_rows_win_field_by_field_and_only_where_they_fit() {
    let catalog = crate::Catalog::builtin().unwrap();
    let quirks = |provider: &str, protocol: Protocol, model: &str| -> Quirks {
        catalog.provider(provider).unwrap().quirks_of(protocol, model)
    };
    let messages = Protocol::AnthropicMessages;
    let old = quirks("anthropic", messages, "claude-sonnet-4-5");
    assert_eq!((old.prefill, old.limit_default), (Some(true), Some(32_000)));
    let new = quirks("anthropic", messages, "claude-opus-4-8");
    assert!(new.refuses("temperature") && !old.refuses("temperature"));
    let codex = quirks("openai-codex", Protocol::Responses, "gpt-5.6-sol");
    assert_eq!(codex.stream_only, Some(true));
    assert!(codex.refuses("max_output_tokens"));
    let plain = quirks("openai-api", Protocol::ChatCompletions, "gpt-4.1");
    assert_eq!(plain.system_role, None);
    assert!(plain.takes("custom_tools"));
}
