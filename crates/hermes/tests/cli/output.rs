use std::io::{BufRead as _, BufReader, Read as _};

use crate::context::TestContext;

#[test]
fn closed_stdout_ends_quietly() {
    let context = TestContext::new();
    for args in [
        &["providers", "list"][..],
        &["completions", "bash"],
        &["--help"],
        &["doctor", "--json"],
    ] {
        let mut child = context.command(args).spawn().unwrap();
        drop(child.stdout.take());
        let mut stderr = String::new();
        child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(0), "{args:?}: {stderr}");
        assert_eq!(stderr, "", "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn full_disk_behind_stdout_is_a_failure() {
    let full = fs_err::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let context = TestContext::new();
    let mut command = context.command(&["providers", "list"]);
    let output = command
        .stdout(std::process::Stdio::from(full.into_parts().0))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
}

#[test]
fn colours_are_for_terminals_or_on_demand_only() {
    let plain = TestContext::new().run(&["providers", "list"]);
    assert!(!plain.stdout.contains('\u{1b}'), "{plain}");
    let forced = TestContext::new()
        .env("CLICOLOR_FORCE", "1")
        .run(&["providers", "list"]);
    assert!(forced.stdout.contains('\u{1b}'), "{forced}");
    let declined = TestContext::new()
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .run(&["providers", "list"]);
    assert!(!declined.stdout.contains('\u{1b}'), "{declined}");
    let declined = TestContext::new()
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .run(&["auth", "add"]);
    assert!(!declined.stderr.contains('\u{1b}'), "{declined}");
}

#[test]
fn hostile_names_cannot_steer_the_terminal() {
    let context = TestContext::new();
    let overlay = "id = \"x\"\nname = \"a\\u001b]0;title\\u0007\\u202e\"\nsummary = \"\\u009b31m\"\nbilling = \"metered\"\n\
        [hosts]\napi = \"https://api.x.test\"\n[[login]]\nid = \"key\"\nname = \"Key\"\ndialect = \"api-key\"\n\
        card = { class = \"allowed\", date = \"2026-11\", source = \"s\", text = \"t\" }\n\
        [[runtime]]\nprotocol = \"chat_completions\"\nbase_url = \"{api}/v1\"\npath = \"/chat/completions\"\nauth = \"bearer\"\n";
    let file = context.write("overlay/x.toml", overlay);
    let context = context.env("HERMES_CATALOG", &file.parent().unwrap().display().to_string());
    for args in [
        &["providers", "list"][..],
        &["providers", "show", "x"],
        &["providers", "show", "x", "--json"],
    ] {
        let run = context.run(args);
        let steering = |one: char| (one.is_control() && one != '\n') || one == '\u{202e}';
        assert!(!run.to_string().contains(steering), "{:?}", run.to_string());
    }
}

#[test]
fn completions_know_every_command() {
    let context = TestContext::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = context.run(&["completions", shell]);
        assert_eq!(run.code, 0, "{run}");
        assert!(
            run.stdout.contains("providers") && run.stdout.contains("drill"),
            "{shell}"
        );
    }
    assert_eq!(context.run(&["completions", "cmd"]).code, 2);
}

#[cfg(target_os = "linux")]
#[test]
fn running_gateway_shows_its_key_once_leaves_no_core_and_ends_on_interrupt() {
    let context = TestContext::new();
    let start = || {
        let mut child = context
            .command(&["up", "--listen", "127.0.0.1:0", "--json"])
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut line)
            .unwrap();
        (child, serde_json::from_str::<serde_json::Value>(&line).unwrap())
    };
    let end = |mut child: std::process::Child| {
        let pid = child.id().to_string();
        assert!(
            std::process::Command::new("kill")
                .args(["-INT", &pid])
                .status()
                .unwrap()
                .success()
        );
        child.wait().unwrap().code()
    };
    let (child, first) = start();
    assert!(first["key"].as_str().unwrap().starts_with("hk-"), "{first}");
    assert!(
        first["url"].as_str().unwrap().starts_with("http://127.0.0.1:"),
        "{first}"
    );
    let limits = fs_err::read_to_string(format!("/proc/{}/limits", child.id())).unwrap();
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .unwrap();
    assert_eq!(core.split_whitespace().collect::<Vec<_>>()[4..6], ["0", "0"]);
    assert_eq!(end(child), Some(130));
    let (child, second) = start();
    assert!(second["key"].is_null(), "{second}");
    assert_eq!(end(child), Some(130));
}
