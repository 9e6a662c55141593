use std::collections::{BTreeMap, BTreeSet};

use hermes_core::{Billing, Protocol};
use pretty_assertions::assert_eq;

use super::builtin;
use crate::catalog::{Head, ROWS, builtin_rows, head, read_builtin};
use crate::{AuthStyle, Catalog, ErrorAction, LoginFlow, Provider, Rotation, RuleClass, TimeUnit, Yield};

fn row(id: &str) -> Provider {
    builtin().provider(id).unwrap().clone()
}

#[test]
fn rows_every_file_is_embedded() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/providers");
    let files: BTreeSet<String> = fs_err::read_dir(folder)
        .unwrap()
        .map(|entry| format!("providers/{}", entry.unwrap().file_name().into_string().unwrap()))
        .collect();
    let embedded: BTreeSet<String> = ROWS.iter().map(|(file, _)| (*file).to_owned()).collect();
    assert_eq!(embedded, files);
}

#[test]
fn rows_each_is_valid_and_matches_its_head_and_file_name() {
    for (file, text) in ROWS {
        let provider = read_builtin(file, text).unwrap_or_else(|error| panic!("{error}"));
        let Head { id, aliases, env } = head(file, text).unwrap();
        assert_eq!((provider.id.as_str(), &provider.aliases), (id.as_str(), &aliases));
        assert_eq!(provider.env, env);
        assert_eq!(*file, format!("providers/{id}.toml"));
    }
}

#[test]
fn rows_are_the_promised_ones_in_order() {
    let catalog = builtin();
    let ids: Vec<&str> = catalog.providers().map(|provider| provider.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            "anthropic",
            "deepseek",
            "gemini",
            "groq",
            "kimi-code",
            "minimax",
            "minimax-cn",
            "minimax-oauth",
            "mistral",
            "moonshot",
            "moonshot-cn",
            "nous",
            "openai-api",
            "openai-codex",
            "openrouter",
            "xai",
            "zai",
            "zai-cn"
        ]
    );
}

#[test]
fn rows_no_two_share_a_name() {
    let mut owner: BTreeMap<String, String> = BTreeMap::new();
    for provider in builtin().providers() {
        for name in std::iter::once(provider.id.as_str()).chain(provider.aliases.iter().map(String::as_str)) {
            if let Some(other) = owner.insert(name.to_owned(), provider.id.to_string()) {
                panic!("`{name}` belongs to `{other}` and `{}`", provider.id);
            }
        }
    }
}

#[test]
fn rows_two_with_one_name_are_refused() {
    let first = "id = \"one\"\naliases = [\"uno\"]\n";
    for (second, key) in [
        ("id = \"one\"\n", "id"),
        ("id = \"two\"\naliases = [\"uno\"]\n", "aliases[0]"),
    ] {
        let rows = builtin_rows(&[("a.toml", first), ("b.toml", second)]);
        let error = rows.and_then(Catalog::from_rows).unwrap_err();
        assert!(error.to_string().contains(&format!("`{key}`")), "{error}");
    }
}

#[test]
fn rows_cards_have_the_class_that_the_provider_gives() {
    let mut classes = BTreeMap::new();
    for provider in builtin().providers() {
        for method in &provider.login {
            classes.insert(format!("{}/{}", provider.id, method.id), method.card.class);
        }
    }
    let unusual: Vec<(&str, RuleClass)> = classes
        .iter()
        .filter(|(_, class)| **class != RuleClass::Allowed)
        .map(|(method, class)| (method.as_str(), *class))
        .collect();
    assert_eq!(
        unusual,
        [
            ("anthropic/plan", RuleClass::Restricted),
            ("minimax-oauth/device", RuleClass::Tolerated),
            ("nous/device", RuleClass::Tolerated),
            ("openai-codex/device", RuleClass::Tolerated),
        ]
    );
}

#[test]
fn minimax_oauth_grant_is_the_vendor_one() {
    let provider = row("minimax-oauth");
    let LoginFlow::UserCode(flow) = &provider.login[0].flow else {
        panic!("user code")
    };
    let pairs: Vec<(&str, &str)> = flow
        .endpoints
        .iter()
        .map(|pair| (pair.code.as_str(), pair.token.as_str()))
        .collect();
    assert_eq!(
        pairs,
        [
            ("{account}/oauth2/device/code", "{account}/oauth2/token"),
            ("{api}/oauth/code", "{api}/oauth/token"),
        ]
    );
    assert_eq!(flow.client_id, "78257093-7e40-4613-99e0-527b14b39113");
    assert_eq!(flow.scopes.join(" "), "group_id profile model.completion");
    assert_eq!(flow.grant_type, "urn:ietf:params:oauth:grant-type:user_code");
    assert_eq!(
        (flow.interval_unit, flow.interval_floor_ms),
        (TimeUnit::Milliseconds, 2000)
    );
    let refresh = provider.login[0].refresh.as_ref().unwrap();
    assert_eq!(
        (refresh.rotation, refresh.status_field),
        (Rotation::SingleUse, true)
    );
    assert_eq!(refresh.redirect_hosts, flow.redirect_hosts);
}

#[test]
fn minimax_oauth_redirects_stay_with_the_vendor() {
    let provider = row("minimax-oauth");
    let LoginFlow::UserCode(flow) = &provider.login[0].flow else {
        panic!("user code")
    };
    let allowed: BTreeSet<String> = ["api", "account", "platform"]
        .iter()
        .flat_map(|host| [format!("{host}.minimax.io"), format!("{host}.minimaxi.com")])
        .collect();
    assert_eq!(
        flow.redirect_hosts.iter().cloned().collect::<BTreeSet<_>>(),
        allowed
    );
    let rewrites: Vec<(&str, &str, &str)> = flow
        .verification_rewrites
        .iter()
        .map(|rewrite| {
            (
                rewrite.from.as_str(),
                rewrite.to.as_str(),
                rewrite.path_prefix.as_str(),
            )
        })
        .collect();
    assert_eq!(
        rewrites,
        [
            ("www.minimax.io", "platform.minimax.io", "/oauth-authorize"),
            ("www.minimaxi.com", "platform.minimaxi.com", "/oauth-authorize"),
        ]
    );
}

#[test]
fn minimax_oauth_runtime_is_pinned_to_messages_with_bearer() {
    let provider = row("minimax-oauth");
    assert_eq!(provider.runtime.len(), 1);
    let runtime = &provider.runtime[0];
    assert_eq!(
        (runtime.protocol, &runtime.auth),
        (Protocol::AnthropicMessages, &AuthStyle::Bearer)
    );
    assert_eq!(runtime.headers["anthropic-version"], "2023-06-01");
    assert_eq!(
        runtime.betas_removed,
        ["fine-grained-tool-streaming-2025-05-14", "context-1m-2025-08-07"]
    );
    assert_eq!(
        runtime.base_from.as_ref().unwrap().hosts,
        ["api.minimax.io", "api.minimaxi.com"]
    );
}

#[test]
fn minimax_keys_go_as_bearer_everywhere() {
    for id in ["minimax", "minimax-cn"] {
        let provider = row(id);
        assert!(
            provider
                .runtime
                .iter()
                .all(|runtime| runtime.auth == AuthStyle::Bearer),
            "{id}"
        );
        let validation = provider.validation.unwrap();
        assert_eq!(validation.only_prefixes, ["sk-cp-"]);
        assert_eq!(validation.expect["base_resp.status_code"], 0);
    }
}

#[test]
fn anthropic_methods_attach_their_own_kind_of_credential() {
    let provider = row("anthropic");
    for (method, auth, betas) in [
        ("key", AuthStyle::Header("x-api-key".to_owned()), &[][..]),
        ("console", AuthStyle::Header("x-api-key".to_owned()), &[]),
        ("plan", AuthStyle::Bearer, &["oauth-2025-04-20".to_owned()]),
    ] {
        let runtime = provider
            .runtime_row(Some(Protocol::AnthropicMessages), method)
            .unwrap();
        assert_eq!(
            (&runtime.auth, runtime.betas_added.as_slice()),
            (&auth, betas),
            "{method}"
        );
        assert_eq!(
            runtime.headers.keys().collect::<Vec<_>>(),
            ["anthropic-version"],
            "{method}"
        );
    }
}

#[test]
fn anthropic_console_login_mints_a_key_and_keeps_no_token() {
    let provider = row("anthropic");
    let console = provider.method(Some("console")).unwrap();
    let LoginFlow::Browser(flow) = &console.flow else {
        panic!("browser")
    };
    let Yield::MintedKey { mint, field } = &flow.yields else {
        panic!("minted key")
    };
    assert_eq!(
        (mint.as_str(), field.as_str()),
        ("{api}/api/oauth/claude_cli/create_api_key", "raw_key")
    );
    assert!(flow.scopes.contains(&"org:create_api_key".to_owned()));
    assert!(console.refresh.is_none());
    assert_eq!(console.billing, None);
}

#[test]
fn anthropic_plan_login_is_billed_as_a_subscription_and_asks_for_no_key() {
    let provider = row("anthropic");
    let plan = provider.method(Some("plan")).unwrap();
    let LoginFlow::Browser(flow) = &plan.flow else {
        panic!("browser")
    };
    assert_eq!(
        (plan.billing, &flow.yields),
        (Some(Billing::Subscription), &Yield::Tokens)
    );
    assert!(!flow.scopes.contains(&"org:create_api_key".to_owned()));
    assert!(flow.state_in_exchange && flow.standard);
}

#[test]
fn nous_refresh_token_travels_in_a_header() {
    let provider = row("nous");
    let refresh = provider.login[0].refresh.as_ref().unwrap();
    assert_eq!(refresh.token_header.as_deref(), Some("x-nous-refresh-token"));
    assert!(
        matches!(&provider.login[0].flow, LoginFlow::DeviceCode(flow) if flow.interval_s == 5 && !flow.pkce)
    );
}

#[test]
fn codex_account_header_comes_from_the_claim_that_is_kept() {
    let provider = row("openai-codex");
    let field = &provider.runtime[0].headers_from["ChatGPT-Account-Id"];
    let path = &provider.login[0].identity.keep[field];
    assert_eq!(
        crate::path_segments(path).unwrap(),
        ["access", "https://api.openai.com/auth", "chatgpt_account_id"]
    );
}

#[test]
fn openrouter_browser_login_yields_a_key_without_standard_parameters() {
    let provider = row("openrouter");
    let LoginFlow::Browser(flow) = &provider.method(Some("browser")).unwrap().flow else {
        panic!("browser")
    };
    assert_eq!((flow.standard, &flow.client_id), (false, &None));
    assert_eq!(
        flow.yields,
        Yield::Key {
            field: "key".to_owned()
        }
    );
}

#[test]
fn protocols_of_each_row_are_those_the_provider_serves() {
    use Protocol::{AnthropicMessages as A, ChatCompletions as C, Gemini as G, Responses as R};
    let expected: [(&str, &[Protocol]); 18] = [
        ("anthropic", &[A, A]),
        ("deepseek", &[C, A, R]),
        ("gemini", &[G]),
        ("minimax", &[A, C, R]),
        ("minimax-cn", &[A, C, R]),
        ("minimax-oauth", &[A]),
        ("groq", &[C]),
        ("kimi-code", &[C, A]),
        ("mistral", &[C]),
        ("moonshot", &[C, A, R]),
        ("moonshot-cn", &[C, A, R]),
        ("xai", &[C, R]),
        ("zai", &[C, C, A, R]),
        ("zai-cn", &[C, C, A]),
        ("nous", &[C]),
        ("openai-api", &[R, C]),
        ("openai-codex", &[R]),
        ("openrouter", &[C, R, A]),
    ];
    for (id, protocols) in expected {
        let found: Vec<Protocol> = row(id).runtime.iter().map(|runtime| runtime.protocol).collect();
        assert_eq!(found, protocols, "{id}");
    }
}

#[test]
fn key_variables_of_each_row_are_the_known_ones() {
    let expected: [(&str, &[&str]); 18] = [
        ("anthropic", &["ANTHROPIC_API_KEY"]),
        ("deepseek", &["DEEPSEEK_API_KEY"]),
        ("gemini", &["GEMINI_API_KEY", "GOOGLE_API_KEY"]),
        (
            "minimax",
            &[
                "MINIMAX_API_KEY",
                "MINIMAX_CODING_API_KEY",
                "MINIMAX_CODE_PLAN_KEY",
            ],
        ),
        ("minimax-cn", &["MINIMAX_CN_API_KEY"]),
        ("minimax-oauth", &[]),
        ("groq", &["GROQ_API_KEY"]),
        ("kimi-code", &["KIMI_CODE_API_KEY", "KIMI_API_KEY"]),
        ("mistral", &["MISTRAL_API_KEY"]),
        ("moonshot", &["MOONSHOT_API_KEY"]),
        ("moonshot-cn", &["MOONSHOT_CN_API_KEY"]),
        ("xai", &["XAI_API_KEY"]),
        ("zai", &["Z_AI_API_KEY", "ZAI_API_KEY", "GLM_API_KEY"]),
        ("zai-cn", &["ZHIPU_API_KEY", "BIGMODEL_API_KEY"]),
        ("nous", &[]),
        ("openai-api", &["OPENAI_API_KEY"]),
        ("openai-codex", &[]),
        ("openrouter", &["OPENROUTER_API_KEY"]),
    ];
    for (id, names) in expected {
        assert_eq!(row(id).env, names, "{id}");
    }
}

#[test]
fn keys_of_a_coding_plan_go_to_the_addresses_of_the_plan() {
    for id in ["zai", "zai-cn"] {
        let provider = row(id);
        for (method, path) in [("key", "/api/paas/v4"), ("plan-key", "/api/coding/paas/v4")] {
            let runtime = provider
                .runtime_row(Some(Protocol::ChatCompletions), method)
                .unwrap();
            assert_eq!(
                runtime.base_url.as_str(),
                format!("{{api}}{path}"),
                "{id} {method}"
            );
        }
        assert!(
            provider
                .runtime_row(Some(Protocol::AnthropicMessages), "key")
                .is_none()
        );
        assert_eq!(provider.validation.unwrap().methods, ["plan-key"], "{id}");
    }
}

#[test]
fn codex_spent_window_is_told_apart_from_a_short_limit() {
    let provider = row("openai-codex");
    let rule = provider
        .errors
        .iter()
        .find(|rule| rule.code == ["usage_limit_reached"])
        .unwrap();
    assert_eq!(
        (rule.status.as_slice(), rule.action),
        (&[429][..], ErrorAction::Window)
    );
}
