use insta::assert_snapshot;

use crate::context::TestContext;

/// Every command with the options and arguments its help must name.
const COMMANDS: &[(&[&str], &[&str])] = &[
    (
        &["up"],
        &[
            "--listen",
            "--tls-cert <FILE>",
            "--tls-key <FILE>",
            "--behind-proxy",
        ],
    ),
    (
        &["dashboard"],
        &["--listen", "--no-browser", "--logout", "password"],
    ),
    (&["dashboard", "password"], &["--stdin", "--remove"]),
    (&["auth"], &["add", "finish", "status", "refresh", "revoke"]),
    (
        &["auth", "add"],
        &[
            "--region",
            "--label",
            "--method",
            "--no-browser",
            "--json",
            "--timeout",
            "--start",
            "--api-key",
            "--api-key-stdin",
            "--api-key-file",
            "--from-env",
            "--no-verify",
            "--accept-terms",
            "--qr",
        ],
    ),
    (&["auth", "finish"], &["--code-stdin", "<LOGIN_ID>"]),
    (&["auth", "cancel"], &["<LOGIN_ID>"]),
    (&["auth", "list"], &["--verbose"]),
    (&["auth", "status"], &["exit code 0"]),
    (&["auth", "remove"], &["<TARGET>"]),
    (&["auth", "logout"], &["<PROVIDER>"]),
    (&["auth", "rename"], &["<LABEL>"]),
    (&["auth", "priority"], &["<PLACE>"]),
    (&["auth", "strategy"], &["[STRATEGY]", "weighted"]),
    (&["auth", "weight"], &["<WEIGHT>"]),
    (&["auth", "refresh"], &["<TARGET>"]),
    (&["auth", "reset"], &["<TARGET>"]),
    (&["auth", "enable"], &["<TARGET>"]),
    (&["auth", "disable"], &["<TARGET>"]),
    (&["auth", "revoke"], &["<TARGET>"]),
    (&["key"], &["create", "list", "revoke"]),
    (&["key", "create"], &["--limit <N>", "--model <MODEL>"]),
    (&["chat"], &["--model"]),
    (&["token"], &["<TARGET>"]),
    (&["models"], &["[PROVIDER]", "--refresh"]),
    (&["providers"], &["list", "show"]),
    (&["doctor"], &["protection"]),
    (&["config", "show"], &["--origin"]),
    (&["backup"], &["[FILE]"]),
    (&["restore"], &["--replace"]),
    (&["store"], &["info", "adopt", "check"]),
    (&["store", "adopt"], &["--yes"]),
    (&["store", "check"], &["exit code 8"]),
    (&["migrate"], &["--to <URL|FOLDER>", "--store <URL>"]),
    (&["explain"], &["<REQUEST_ID>"]),
    (&["usage"], &["--range <RANGE>", "24h", "30d", "--by <BY>"]),
    (&["completions"], &["<SHELL>"]),
    (&["drill"], &["login", "reuse", "429", "crash", "two-machines"]),
];

#[test]
fn help_of_every_command_names_its_options() {
    let context = TestContext::new();
    for (command, words) in COMMANDS {
        let run = context.run(&[command, &["--help"][..]].concat());
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{run}");
        for word in *words {
            assert!(run.stdout.contains(word), "{command:?} lacks {word}: {run}");
        }
    }
}

#[test]
fn help_of_the_program_lists_commands_and_exit_codes() {
    assert_snapshot!(TestContext::new().run(&["--help"]));
}

#[test]
fn help_of_auth_add_explains_each_option() {
    assert_snapshot!(TestContext::new().run(&["auth", "add", "--help"]));
}

#[test]
fn version_is_that_of_the_package() {
    assert_eq!(
        TestContext::new().run(&["--version"]).stdout,
        format!("hermes {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn help_of_drill_store_and_migrate_explains_each_word() {
    let context = TestContext::new();
    assert_snapshot!(context.run(&["drill", "--help"]));
    assert_snapshot!(context.run(&["store", "--help"]));
    assert_snapshot!(context.run(&["migrate", "--help"]));
    assert_snapshot!(context.run(&["auth", "strategy", "--help"]));
}
