use insta::assert_snapshot;
use serde_json::Value;

use crate::context::TestContext;

/// Every read that works without a login.
const READS: &[&[&str]] = &[
    &[],
    &["auth", "list"],
    &["auth", "status"],
    &["auth", "status", "minimax-oauth"],
    &["key", "list"],
    &["models"],
    &["models", "minimax-oauth"],
    &["providers", "list"],
    &["providers", "show", "anthropic"],
    &["doctor"],
    &["store", "info"],
    &["auth", "strategy", "minimax-oauth"],
    &["config", "show"],
    &["config", "show", "--origin"],
];

#[test]
fn overview_of_an_empty_home_shows_the_next_step() {
    let context = TestContext::new().env("HERMES_LAB_HOSTS", "a.test=http://127.0.0.1:9");
    context.config("[gateway]\nlisten = \"127.0.0.1:1\"\n");
    assert_snapshot!(context.run(&[]), @r#"
    exit 0
    --- stdout
    Hermes 0.1.0

    Logins   none yet
    Gateway  not running; it would listen on 127.0.0.1:1
    Keys     0
    Home     [folder]/home

    Next     hermes auth add PROVIDER
             hermes providers list   what you can sign in to
             hermes drill login      watch a login without an account
    --- stderr
    "#);
}

#[test]
fn reads_on_an_empty_home_give_json_and_leave_no_trace() {
    let context = TestContext::new();
    for args in READS {
        let run = context.run(&[args, &["--json"][..]].concat());
        assert!([0, 4].contains(&run.code), "{args:?}: {run}");
        serde_json::from_str::<Value>(&run.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}: {run}"));
        assert_eq!(run.stderr, "", "{args:?}");
    }
    assert!(!context.home().exists(), "a read made the home");
}

#[test]
fn status_of_a_provider_without_login_exits_4() {
    assert_snapshot!(TestContext::new().run(&["auth", "status", "minimax_oauth"]), @r"
    exit 4
    --- stdout
    minimax-oauth: Not signed in
    --- stderr
    Sign in with `hermes auth add minimax-oauth`.
    ");
}

#[test]
fn config_show_names_the_origin_of_each_value() {
    let context = TestContext::new();
    context.config("[gateway]\nlisten = \"127.0.0.1:9999\"\n[routes]\nfast = \"deepseek/deepseek-chat\"\n");
    let run = context.run(&["config", "show", "--origin"]);
    // The folder's name has another length on each machine, and so have the gaps after it.
    let lines = run
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    assert_snapshot!(lines.collect::<Vec<_>>().join("\n"), @r#"
    SETTING VALUE ORIGIN
    home "[folder]/home" HERMES_HOME
    config_folder "[folder]/home/config" HERMES_HOME
    config_file "[folder]/home/config.toml" HERMES_HOME
    gateway.listen "127.0.0.1:9999" config.toml line 2
    gateway.allowed_hosts [] default
    store.holder "auto" default
    routes.fast "deepseek/deepseek-chat" config.toml line 4
    "#);
}

#[test]
fn setting_that_a_pinned_provider_ignores_is_told_with_the_reason() {
    let context = TestContext::new();
    context.config(
        "[providers.minimax-oauth]\napi_mode = \"chat_completions\"\nbase_url = \"https://evil.test/v1\"\n",
    );
    let run = context.run(&["providers", "show", "minimax-oauth"]);
    assert!(run.stdout.contains("https://api.minimax.io/anthropic"), "{run}");
    for setting in [
        "api_mode = \"chat_completions\"",
        "base_url = \"https://evil.test/v1\"",
    ] {
        let line = run
            .stdout
            .lines()
            .find(|line| line.contains(setting))
            .unwrap_or_default();
        assert!(line.contains("ignored"), "{run}");
    }
}

#[test]
fn address_of_a_provider_with_several_protocols_is_told_as_ignored() {
    let context = TestContext::new();
    context.config(
        "[providers.minimax]\napi_mode = \"chat_completions\"\nbase_url = \"https://evil.test/v1\"\n",
    );
    let run = context.run(&["providers", "show", "minimax"]);
    let line = |key: &str| {
        run.stdout
            .lines()
            .find(|line| line.contains(key))
            .unwrap_or_default()
    };
    assert!(line("base_url = ").contains("ignored"), "{run}");
    assert!(!line("api_mode = ").contains("ignored"), "{run}");
}
