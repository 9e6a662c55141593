use insta::assert_snapshot;
use serde_json::json;

use crate::context::TestContext;

fn two_keys() -> TestContext {
    let context = TestContext::new();
    context.add_key("deepseek", "work", "sk-canary-work-1");
    context.add_key("deepseek", "home", "sk-canary-home-2");
    context
}

#[test]
fn stored_keys_are_listed_in_their_order() {
    assert_snapshot!(two_keys().run(&["auth", "list"]), @r"
    exit 0
    --- stdout
    PROVIDER  #  LABEL  STATE  TOKEN         REGION  BILLING
    deepseek  1  work   Ready  does not end  -       Credits
    deepseek  2  home   Ready  does not end  -       Credits
    --- stderr
    ");
}

#[test]
fn login_is_renamed_moved_switched_off_and_removed() {
    let context = two_keys();
    let steps: [(&[&str], &str); 6] = [
        (
            &["auth", "rename", "deepseek:2", "spare"],
            "`deepseek:home` is now `deepseek:spare`",
        ),
        (
            &["auth", "priority", "spare", "1"],
            "`deepseek:spare` is now number 1 of 2",
        ),
        (
            &["auth", "disable", "spare"],
            "`deepseek:spare` is no longer used",
        ),
        (&["auth", "enable", "spare"], "`deepseek:spare` is used again"),
        (
            &["auth", "reset", "spare"],
            "`deepseek:spare` will be tried again",
        ),
        (
            &["auth", "remove", "deepseek:1"],
            "Removed `deepseek:spare` from this machine",
        ),
    ];
    for (args, said) in steps {
        let run = context.run(args);
        assert_eq!(
            (run.code, run.stderr.trim()),
            (0, format!("✓ {said}").as_str()),
            "{args:?}"
        );
    }
    let list = context.json(&["auth", "list", "--json"]);
    assert_eq!(list["credentials"].as_array().unwrap().len(), 1);
    assert_eq!(list["credentials"][0]["label"], json!("work"));
}

#[test]
fn disabled_login_makes_its_provider_unusable() {
    let context = TestContext::new();
    context.add_key("deepseek", "work", "sk-canary-work-1");
    assert_eq!(context.run(&["auth", "status", "deepseek"]).code, 0);
    assert_eq!(context.run(&["auth", "disable", "work"]).code, 0);
    let run = context.run(&["auth", "status", "deepseek"]);
    assert_eq!(run.code, 4, "{run}");
    assert!(run.stdout.starts_with("deepseek: Disabled"), "{run}");
    let run = context.run(&["auth", "reset", "work"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("hermes auth enable"), "{run}");
}

#[test]
fn target_that_names_several_logins_is_an_error() {
    let run = two_keys().run(&["auth", "remove", "deepseek"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stderr.contains("deepseek:work") && run.stderr.contains("deepseek:home"),
        "{run}"
    );
}

#[test]
fn logout_removes_every_login_of_the_provider() {
    let context = two_keys();
    let run = context.run(&["auth", "logout", "deepseek"]);
    assert_eq!(
        (run.code, run.stderr.trim()),
        (0, "✓ Logged out of DeepSeek, 2 logins")
    );
    let run = context.run(&["auth", "logout", "deepseek"]);
    assert_eq!((run.code, run.stderr.trim()), (0, "DeepSeek had no login"));
}

#[test]
fn client_key_is_shown_once_and_revoked_by_name() {
    let context = TestContext::new();
    let made = context.json(&["key", "create", "laptop", "--json"]);
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("hk-"), "{made}");
    let list = context.run(&["key", "list"]);
    assert!(
        list.stdout.contains("laptop") && !list.stdout.contains(key),
        "{list}"
    );
    assert_eq!(context.run(&["key", "revoke", "laptop"]).code, 0);
    assert!(context.json(&["key", "list", "--json"])["keys"][0]["revoked"].is_string());
    assert_eq!(context.run(&["key", "revoke", "laptop"]).code, 2);
}

#[test]
fn client_key_keeps_its_limits_and_odd_ones_are_refused() {
    let context = TestContext::new();
    let made = context.json(&[
        "key",
        "create",
        "narrow",
        "--limit",
        "60",
        "--model",
        "deepseek/*",
        "--model",
        "fast",
        "--json",
    ]);
    assert_eq!(made["requests_per_minute"], 60);
    let listed = context.json(&["key", "list", "--json"]);
    let key = &listed["keys"][0];
    assert_eq!(key["models"], serde_json::json!(["deepseek/*", "fast"]));
    assert_eq!(
        (&key["requests_per_minute"], key["last_used"].is_null()),
        (&60.into(), true)
    );
    context.json(&["key", "create", "wide", "--json"]);
    let list = context.run(&["key", "list"]).stdout;
    let line = |name: &str| list.lines().find(|line| line.contains(name)).unwrap().to_owned();
    assert!(
        line("narrow").ends_with("never      Active  60 requests a minute; deepseek/*, fast"),
        "{list}"
    );
    assert!(line("wide").ends_with("never      Active"), "{list}");
    for args in [
        ["--limit", "0"],
        ["--limit", "1000001"],
        ["--limit", "x"],
        ["--model", " "],
    ] {
        let run = context.run(&[&["key", "create", "odd"], &args[..]].concat());
        assert_eq!(run.code, 2, "{run}");
    }
}

#[test]
fn backup_is_restored_over_a_changed_store() {
    let context = two_keys();
    let run = context.run(&["backup", "copy.db"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(context.run(&["auth", "remove", "home"]).code, 0);
    let refused = context.run(&["restore", "copy.db"]);
    assert_ne!(
        refused.code, 0,
        "a store that is there is not replaced unasked: {refused}"
    );
    let run = context.run(&["restore", "copy.db", "--replace"]);
    assert_eq!(run.code, 0, "{run}");
    assert_eq!(
        context.json(&["auth", "list", "--json"])["credentials"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[test]
fn backup_without_a_name_lands_in_the_home() {
    let context = two_keys();
    let made = context.json(&["backup", "--json"]);
    let file = made["file"].as_str().unwrap();
    assert!(file.starts_with("[folder]/home/backups/"), "{made}");
}

#[test]
fn doctor_finds_nothing_wrong_with_a_fresh_store() {
    let context = two_keys();
    let value = context.json(&["doctor", "--json"]);
    let bad: Vec<_> = value["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| one["grade"] == "bad")
        .collect();
    assert!(bad.is_empty(), "{value}");
}

#[cfg(unix)]
#[test]
fn doctor_finds_a_home_that_others_can_enter() {
    use std::os::unix::fs::PermissionsExt as _;
    let context = two_keys();
    fs_err::set_permissions(context.home(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = context.run(&["doctor"]);
    assert_eq!(run.code, 1, "{run}");
    assert!(run.stdout.contains("chmod 700"), "{run}");
}

#[cfg(unix)]
#[test]
fn files_of_a_home_are_readable_by_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let context = two_keys();
    for file in crate::context::files(&context.home()) {
        let mode = fs_err::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", file.display());
    }
}

#[test]
fn store_under_a_passphrase_lists_without_it_and_opens_only_with_it() {
    let context = TestContext::new();
    context.config("[store]\nholder = \"passphrase\"\n");
    let right = context
        .write("right.txt", "correct horse\n")
        .display()
        .to_string();
    let wrong = context
        .write("wrong.txt", "battery staple\n")
        .display()
        .to_string();
    let with = |file: Option<&str>, args: &[&str]| {
        let mut command = context.command(args);
        command.envs(file.map(|file| ("HERMES_PASSPHRASE_FILE", file)));
        command.output().unwrap()
    };
    let key = context
        .write("key.txt", "sk-canary-0123456789\n")
        .display()
        .to_string();
    let add = ["auth", "add", "deepseek", "--api-key-file", &key, "--no-verify"];
    assert_eq!(
        with(None, &add).status.code(),
        Some(8),
        "nobody is there to choose a passphrase"
    );
    assert_eq!(with(Some(&right), &add).status.code(), Some(0));
    assert_eq!(
        with(None, &["auth", "status", "deepseek"]).status.code(),
        Some(0),
        "a read opens no secret"
    );
    let token = ["token", "deepseek"];
    assert_eq!(with(None, &token).status.code(), Some(8));
    assert_eq!(with(Some(&wrong), &token).status.code(), Some(8));
    assert_eq!(with(Some(&right), &token).stdout, b"sk-canary-0123456789\n");
}
