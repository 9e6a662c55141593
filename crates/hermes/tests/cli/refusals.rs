use insta::assert_snapshot;
use serde_json::Value;

use crate::context::{TestContext, files};

const CANARY: &str = "sk-canary-0123456789";

#[test]
fn unknown_provider_names_near_matches() {
    assert_snapshot!(TestContext::new().run(&["auth", "status", "openroter"]), @r"
    exit 2
    --- stdout

    --- stderr
    error: no provider is called `openroter`
    help: Did you mean `openrouter`?
    ");
}

#[test]
fn error_with_json_is_one_json_line_on_stderr() {
    let run = TestContext::new().run(&["auth", "remove", "nothing", "--json"]);
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    let value: Value = serde_json::from_str(&run.stderr).unwrap();
    assert_eq!(value["error"]["kind"], "target");
    assert_eq!(value["error"]["exit"], 2);
}

#[test]
fn wrong_command_line_exits_2_in_words_and_in_json() {
    for args in [
        &["nonsense"][..],
        &["auth", "add"],
        &["auth", "priority", "x", "0"],
        &["auth", "add", "x", "--timeout", "0"],
    ] {
        let run = TestContext::new().run(args);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.starts_with("error: "), "{run}");
        let run = TestContext::new().run(&[args, &["--json"][..]].concat());
        assert_eq!(run.code, 2, "{run}");
        serde_json::from_str::<Value>(&run.stderr).unwrap_or_else(|error| panic!("{error}: {run}"));
    }
}

#[test]
fn api_key_on_the_command_line_is_refused_and_not_repeated() {
    let context = TestContext::new();
    for args in [
        vec!["auth", "add", "deepseek", "--api-key", CANARY],
        vec!["auth", "add", "--api-key=sk-canary-0123456789", "deepseek"],
        vec!["auth", "add", "deepseek", "--json", "--api-key", CANARY],
    ] {
        let run = context.run(&args);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains("takes no value"), "{run}");
        assert!(!run.to_string().contains(CANARY), "{run}");
    }
    assert!(!context.home().exists());
}

#[test]
fn questions_without_a_terminal_are_never_asked() {
    let context = TestContext::new();
    for (args, hint) in [
        (&["auth", "add", "deepseek"][..], "--api-key-stdin"),
        (&["auth", "add", "deepseek", "--api-key"], "--api-key-stdin"),
        (
            &["auth", "add", "anthropic", "--method", "paste", "--accept-terms"],
            "--code-stdin",
        ),
    ] {
        let run = context.run(args);
        assert_eq!(run.code, 2, "{args:?}: {run}");
        assert!(run.stderr.contains(hint), "{args:?}: {run}");
    }
    assert!(!context.home().exists(), "something was stored");
}

#[test]
fn restricted_login_without_consent_exits_3_and_makes_nothing() {
    let context = TestContext::new();
    let shown = context.json(&["providers", "show", "anthropic", "--json"]);
    let methods = shown["login"].as_array().unwrap();
    let restricted: Vec<_> = methods
        .iter()
        .filter(|one| one["rule"]["class"] == "restricted")
        .collect();
    assert!(!restricted.is_empty(), "{shown}");
    for method in restricted {
        let run = context.run(&[
            "auth",
            "add",
            "anthropic",
            "--method",
            method["id"].as_str().unwrap(),
        ]);
        assert_eq!(run.code, 3, "{run}");
        assert!(run.stderr.contains("--accept-terms"), "{run}");
    }
    assert!(!context.home().exists());
}

#[test]
fn keys_that_cannot_be_keys_are_refused_and_nothing_is_stored() {
    let context = TestContext::new();
    for (input, what) in [
        ("", "empty"),
        ("two words", "spaces"),
        ("your-api-key", "placeholder"),
        (&"x".repeat(70_000), "64 KiB"),
    ] {
        let run = context.run_with_input(
            &["auth", "add", "deepseek", "--api-key-stdin", "--no-verify"],
            input,
        );
        assert_eq!(run.code, 2, "{what}: {run}");
        assert!(run.stderr.contains(what), "{what}: {run}");
    }
    let list = context.json(&["auth", "list", "--json"]);
    assert_eq!(list["credentials"], serde_json::json!([]));
}

#[test]
fn key_sources_that_are_not_there_are_named() {
    let context = TestContext::new();
    let run = context.run(&["auth", "add", "deepseek", "--from-env", "NO_SUCH_KEY"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("`NO_SUCH_KEY` is not set"), "{run}");
    let run = context.run(&["auth", "add", "deepseek", "--api-key-file", "missing.txt"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("missing.txt"), "{run}");
}

#[test]
fn broken_config_stops_every_command_with_file_line_and_key() {
    for (text, expected) in [
        ("[gateway]\nlissen = 1\n", "config.toml` line 2: `lissen`"),
        (
            "\n[providers.nope]\nenabled = true\n",
            "config.toml` line 2: `providers.nope`: no provider is called `nope`",
        ),
        ("[endpoints.lab]\nbase_url = \"ftp://x\"\n", "lab"),
        ("not toml", "line 1"),
    ] {
        let context = TestContext::new();
        context.config(text);
        for args in [&["auth", "list"][..], &[]] {
            let run = context.run(args);
            assert_eq!(run.code, 2, "{text:?}: {run}");
            assert!(run.stderr.contains(expected), "{text:?}: {run}");
        }
    }
}

#[test]
fn broken_overlay_file_is_named_with_its_line() {
    let context = TestContext::new();
    let file = context.write("overlay/x.toml", "id = \"x\"\nname = 5\n");
    let context = context.env("HERMES_CATALOG", &file.parent().unwrap().display().to_string());
    let run = context.run(&["providers", "list"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stderr.contains("x.toml") && run.stderr.contains("name"),
        "{run}"
    );
}

#[test]
fn gateway_on_a_taken_port_names_the_port_and_what_to_do() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let context = TestContext::new();
    let run = context.run(&["up", "--listen", &address]);
    assert_eq!(run.code, 1, "{run}");
    assert!(
        run.stderr.contains(&address) && run.stderr.contains("--listen"),
        "{run}"
    );
    assert!(
        !context.home().exists(),
        "a gateway that cannot listen makes no store"
    );
}

#[test]
fn lab_settings_are_for_lab_homes_only() {
    let run = TestContext::new()
        .env("HERMES_LAB_CLOCK", "+1s")
        .run(&["auth", "list"]);
    assert_eq!(run.code, 2, "{run}");
    let run = TestContext::new()
        .env("HERMES_LAB_HOSTS", "x=https://example.com")
        .run(&["auth", "list"]);
    assert_eq!(run.code, 2, "{run}");
    let context = TestContext::new();
    context.add_key("deepseek", "a", CANARY);
    let context = context.env("HERMES_LAB_HOSTS", "x.test=http://127.0.0.1:9");
    let run = context.run(&["auth", "list"]);
    assert_eq!(run.code, 8, "{run}");
}

#[test]
fn unknown_login_ids_are_told_apart_from_unreadable_ones() {
    let context = TestContext::new();
    let run = context.run(&["auth", "finish", "nonsense"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("not a login id"), "{run}");
    for verb in ["finish", "cancel"] {
        let run = context.run(&["auth", verb, "0195f000-0000-7000-8000-000000000000"]);
        assert_eq!(run.code, 2, "{run}");
    }
    assert!(!context.home().exists());
}

#[test]
fn stored_key_appears_in_no_file_and_no_output() {
    let context = TestContext::new();
    context.add_key("deepseek", "work", CANARY);
    for args in [
        &["auth", "list", "-v"][..],
        &["auth", "list", "--json"],
        &["doctor"],
        &["key", "list"],
        &[],
    ] {
        let run = context.run(args);
        assert!(!run.to_string().contains(CANARY), "{run}");
    }
    for file in files(&context.home()) {
        let bytes = fs_err::read(&file).unwrap();
        assert!(
            !bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes()),
            "{}",
            file.display()
        );
    }
    assert_eq!(context.run(&["token", "deepseek"]).stdout.trim(), CANARY);
}

#[test]
fn chat_without_a_login_exits_4_and_says_how_to_sign_in() {
    let context = TestContext::new();
    for args in [
        &["chat", "hello"][..],
        &["chat", "-m", "minimax-oauth/x", "hello"],
        &["chat", "-m", "nothing", "hello"],
    ] {
        let run = context.run(args);
        assert_eq!(run.code, 4, "{run}");
        assert!(run.stderr.contains("help: "), "{run}");
    }
    assert!(!context.home().exists());
}

#[test]
fn alias_that_names_no_provider_is_refused_by_the_gateway() {
    for target in ["no-slash", "nope/model", "deepseek/"] {
        let context = TestContext::new();
        context.config(&format!("[routes]\nfast = \"{target}\"\n"));
        let run = context.run(&["up", "--listen", "127.0.0.1:0"]);
        assert_eq!(run.code, 2, "{target}: {run}");
    }
}
