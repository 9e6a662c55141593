use std::collections::BTreeMap;

use hermes_core::{ExitKind, Explain, Lang, ProviderId};
use pretty_assertions::assert_eq;

use super::builtin;
use crate::names::{is_plain, near, normalise};
use crate::{CatalogError, path_segments};

#[test]
fn provider_every_known_spelling_is_found() {
    let catalog = builtin();
    for (id, spellings) in [
        (
            "nous",
            &["nous", "nous-portal", "nousresearch", "Nous Portal"][..],
        ),
        (
            "openai-codex",
            &["openai-codex", "codex", "openai_codex", "OpenAI Codex"],
        ),
        ("openai-api", &["openai-api", "OPENAI_API"]),
        ("minimax", &["minimax", "mini-max", "MiniMax", "Mini Max"]),
        (
            "minimax-oauth",
            &[
                "minimax-oauth",
                "minimax-global",
                "minimax-oauth-io",
                "minimax-portal",
                "minimax_oauth",
                " MiniMax OAuth ",
            ],
        ),
        ("minimax-cn", &["minimax-cn", "minimax-china", "minimax_cn"]),
        (
            "anthropic",
            &[
                "anthropic",
                "claude",
                "claude-code",
                "claude-oauth",
                "Claude_Code",
            ],
        ),
        ("deepseek", &["deepseek", "deepseek-chat"]),
        ("groq", &["groq", "Groq Cloud"]),
        ("kimi-code", &["kimi", "Kimi Code", "kimi-coding"]),
        ("mistral", &["mistral", "Mistral AI"]),
        ("moonshot", &["moonshot", "Moonshot AI"]),
        ("moonshot-cn", &["moonshot-cn", "kimi-cn"]),
        ("xai", &["xai", "x.ai", "grok"]),
        ("zai", &["zai", "z.ai", "GLM"]),
        ("zai-cn", &["zai-cn", "zhipu", "bigmodel"]),
        ("openrouter", &["openrouter", "or", "open-router", "OpenRouter"]),
    ] {
        for spelling in spellings {
            assert_eq!(catalog.provider(spelling).unwrap().id.as_str(), id, "{spelling}");
        }
    }
}

#[test]
fn provider_unknown_name_is_a_usage_error_with_near_matches() {
    let catalog = builtin();
    for (typed, nearest) in [
        ("minimax-outh", Some("minimax-oauth")),
        ("antropic", Some("anthropic")),
        ("open", Some("openai-api")),
        ("openai", Some("openai-api")),
        ("deepseek-v4", Some("deepseek")),
        ("zzzzzz", None),
        ("", None),
    ] {
        let error = catalog.provider(typed).unwrap_err();
        let CatalogError::UnknownProvider { name, near } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(
            (name.as_str(), near.first().map(String::as_str)),
            (typed, nearest),
            "{near:?}"
        );
        assert_eq!(
            (error.exit(), error.kind()),
            (ExitKind::Usage, "unknown_provider")
        );
        assert!(error.hint(Lang::En).is_some());
    }
}

#[test]
fn provider_hostile_name_is_shown_short_and_printable() {
    let error = builtin()
        .provider(&format!("a\u{1b}[2J{}", "x".repeat(5000)))
        .unwrap_err();
    let text = error.to_string();
    assert!(text.chars().count() < 260 && !text.contains('\u{1b}'), "{text}");
}

#[test]
fn get_takes_ids_only() {
    let catalog = builtin();
    assert!(catalog.get(&ProviderId::new("anthropic")).is_some());
    assert!(catalog.get(&ProviderId::new("claude")).is_none());
}

#[test]
fn normalise_makes_one_spelling_of_many() {
    for (typed, plain) in [
        (" Open_Router ", "open-router"),
        ("x.AI", "x.ai"),
        ("a\tb", "a-b"),
        ("", ""),
    ] {
        assert_eq!(normalise(typed), plain);
    }
}

#[test]
fn is_plain_refuses_what_needs_quoting() {
    for (name, plain) in [
        ("z.ai", true),
        ("0x", true),
        ("", false),
        ("-a", false),
        ("A", false),
        ("a b", false),
        ("a_b", false),
        ("ä", false),
    ] {
        assert_eq!(is_plain(name), plain, "{name}");
    }
    assert!(!is_plain(&"a".repeat(65)));
}

#[test]
fn near_names_each_id_once_and_at_most_four() {
    let names = BTreeMap::from([
        ("alpha", "alpha"),
        ("alphb", "alpha"),
        ("alphc", "c"),
        ("alphd", "d"),
        ("alphe", "e"),
        ("alphf", "f"),
    ]);
    assert_eq!(near("alphx", &names), ["alpha", "c", "d", "e"]);
}

#[test]
fn path_segments_quotes_hold_dots() {
    for (path, segments) in [
        ("a", Some(&["a"][..])),
        ("account.uuid", Some(&["account", "uuid"])),
        (
            "id.\"https://x.y/z\".plan",
            Some(&["id", "https://x.y/z", "plan"]),
        ),
        ("\"a.b\"", Some(&["a.b"])),
        ("", None),
        ("a.", None),
        (".a", None),
        ("a..b", None),
        ("\"a", None),
        ("\"a\"b", None),
        ("\"\"", None),
    ] {
        assert_eq!(path_segments(path).as_deref(), segments, "{path}");
    }
}
