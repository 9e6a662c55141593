//! A listener that other machines can reach starts with everything that protects it, or not at all.

use insta::assert_snapshot;

use crate::context::{Run, TestContext};

const PASSWORD: &str = "correct horse battery";
/// No address of this machine (RFC 5737), so that even a mistake in here opens nothing.
const ELSEWHERE: &str = "192.0.2.1:7766";
const NAMED: &str = "[gateway]\nallowed_hosts = [\"hermes.example.com\"]\n";

fn with_password() -> TestContext {
    let context = TestContext::new();
    let run = context.run_with_input(&["dashboard", "password", "--stdin"], PASSWORD);
    assert_eq!(run.code, 0, "{run}");
    context
}

fn up(context: &TestContext, more: &[&str]) -> Run {
    context.run(&[&["up", "--listen", ELSEWHERE], more].concat())
}

#[test]
fn b7_gateway_refuses_to_listen_for_other_machines() {
    assert_snapshot!(TestContext::new().run(&["up", "--listen", "0.0.0.0:7766"]), @r#"
    exit 2
    --- stdout

    --- stderr
    error: other machines would reach `0.0.0.0:7766`, and that takes TLS, a name under `allowed_hosts` and a password for the dashboard
    help: Give `--tls-cert FILE --tls-key FILE`, or `--behind-proxy` if a proxy in front speaks TLS. Set `allowed_hosts = ["hermes.example.com"]` under `[gateway]` in config.toml, with the port where it is not 443. Set the password with `hermes dashboard password`. To serve this machine alone, listen on `127.0.0.1:7766`; an SSH tunnel reaches that from elsewhere.
    "#);
}

#[test]
fn b7_each_missing_part_is_named_with_the_next_step() {
    const TLS: &str = "and that takes TLS";
    const NAME: &str = "a name under `allowed_hosts`";
    const WORD: &str = "a password for the dashboard";
    let parts = [TLS, NAME, WORD];
    for (password, config, flags, missing) in [
        (false, "", &[][..], vec![TLS, NAME, WORD]),
        (true, "", &[][..], vec![TLS, NAME]),
        (true, NAMED, &[][..], vec![TLS]),
        (false, NAMED, &["--behind-proxy"][..], vec![WORD]),
        (true, "", &["--behind-proxy"][..], vec![NAME]),
        (false, "", &["--behind-proxy"][..], vec![NAME, WORD]),
        // Names of this machine let nobody in.
        (
            true,
            "[gateway]\nallowed_hosts = [\"localhost:7766\", \"127.0.0.1\"]\n",
            &["--behind-proxy"][..],
            vec![NAME],
        ),
        (
            true,
            "[gateway]\nallowed_hosts = []\nbehind_proxy = true\n",
            &[][..],
            vec![NAME],
        ),
        (
            false,
            NAMED,
            &["--tls-cert", "a.pem", "--tls-key", "b.pem"][..],
            vec![WORD],
        ),
    ] {
        let context = if password {
            with_password()
        } else {
            TestContext::new()
        };
        context.config(config);
        let run = up(&context, flags);
        assert_eq!(run.code, 2, "{run}");
        for part in parts {
            assert_eq!(
                run.stderr.contains(part),
                missing.contains(&part),
                "{part} {config:?} {flags:?}: {run}"
            );
        }
        assert_eq!(
            run.stderr.contains("`hermes dashboard password`"),
            missing.contains(&WORD),
            "{run}"
        );
        assert!(run.stderr.contains("127.0.0.1:7766"), "{run}");
        assert_eq!(
            context.home().join("hermes.db").exists(),
            password,
            "nothing is made by a refusal"
        );
    }
}

#[test]
fn b7_other_ways_for_other_machines_take_the_same() {
    for address in [
        "127.0.0.1:7766",
        "[::]:7766",
        "0.0.0.0:7766",
        "[::ffff:192.0.2.1]:7766",
    ] {
        let run = TestContext::new().run(&["up", "--behind-proxy", "--listen", address]);
        assert_eq!(run.code, 2, "{run}");
        assert!(
            run.stderr.contains("a name under `allowed_hosts` and a password"),
            "{run}"
        );
    }
    let context = TestContext::new();
    context.config("[gateway]\nlisten = \"192.0.2.1:7766\"\n");
    assert_eq!(context.run(&["up"]).code, 2);
}

#[test]
fn certificate_that_cannot_be_used_is_named() {
    let context = with_password();
    context.config(NAMED);
    let file = context.write("empty.pem", "nothing");
    let file = file.to_str().unwrap();
    let run = up(&context, &["--tls-cert", file, "--tls-key", file]);
    assert_eq!(run.code, 2, "{run}");
    assert!(
        run.stderr.contains("empty.pem` holds no certificate in PEM form"),
        "{run}"
    );
    let run = up(&context, &["--tls-cert", "/nowhere.pem", "--tls-key", file]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("`/nowhere.pem` cannot be read"), "{run}");
    for wrong in [
        &["--tls-cert", file][..],
        &["--tls-cert", file, "--tls-key", file, "--behind-proxy"],
    ] {
        assert_eq!(up(&context, wrong).code, 2);
    }
}

#[test]
fn settings_for_other_machines_are_checked_and_shown() {
    for (text, said) in [
        (
            "[gateway]\ntls_cert = \"a\"\n",
            "line 2: `tls_cert` needs `tls_key`",
        ),
        (
            "[gateway]\ntls_key = \"a\"\n",
            "line 2: `tls_key` needs `tls_cert`",
        ),
        (
            "[gateway]\ntls_cert = \"a\"\ntls_key = \"b\"\nbehind_proxy = true\n",
            "line 4: `behind_proxy`",
        ),
        (
            "[gateway]\ntrusted_proxies = [\"10.0.0.0/40\"]\n",
            "line 2: `trusted_proxies`: `10.0.0.0/40`",
        ),
        (
            "[gateway]\nallowed_hosts = [\"*\"]\nbehind_proxy = true\n",
            "`*` under `allowed_hosts` is no name",
        ),
    ] {
        let context = with_password();
        context.config(text);
        let run = context.run(&["up", "--listen", "127.0.0.1:0"]);
        assert_eq!(run.code, 2, "{run}");
        assert!(run.stderr.contains(said), "{run}");
    }
    let context = TestContext::new();
    context.config("[gateway]\nbehind_proxy = true\ntrusted_proxies = [\"10.0.0.0/8\"]\n");
    let run = context.run(&["config", "show", "--origin"]);
    for shown in ["gateway.behind_proxy", "gateway.trusted_proxies"] {
        assert!(run.stdout.contains(shown), "{run}");
    }
}

#[test]
fn passwords_that_are_too_short_are_refused_and_nothing_is_stored() {
    let context = TestContext::new();
    for (password, code) in [
        ("short", 2),
        ("           ", 2),
        ("elevenchars", 2),
        ("twelve chars", 0),
    ] {
        let run = context.run_with_input(&["dashboard", "password", "--stdin"], password);
        assert_eq!(run.code, code, "{password:?} {run}");
        assert!(
            !run.stderr.contains(password.trim()) || password.trim().is_empty(),
            "{run}"
        );
        assert_eq!(context.home().join("hermes.db").exists(), code == 0);
    }
    let run = TestContext::new().run(&["dashboard", "password"]);
    assert_eq!(run.code, 2, "{run}");
    assert!(run.stderr.contains("--stdin"), "{run}");
    assert_eq!(
        context.json(&["dashboard", "password", "--remove", "--json"])["set"],
        false
    );
    let run = context.run(&["dashboard", "password", "--remove"]);
    assert!(run.stderr.contains("No password was set"), "{run}");
}

#[test]
fn nothing_of_a_password_lies_in_the_home() {
    let context = with_password();
    for file in crate::context::files(&context.home()) {
        let bytes = fs_err::read(&file).unwrap();
        let found = bytes
            .windows(PASSWORD.len())
            .any(|part| part == PASSWORD.as_bytes());
        assert!(!found, "{}", file.display());
    }
}

#[test]
fn doctor_lists_listeners_for_other_machines() {
    let context = TestContext::new();
    context.config("[gateway]\nlisten = \"0.0.0.0:0\"\nbehind_proxy = true\n");
    let run = context.run(&["doctor"]);
    assert_eq!(run.code, 1, "{run}");
    assert!(
        run.stdout
            .contains("listener  other machines would reach `0.0.0.0:0`"),
        "{run}"
    );
    let context = with_password();
    context.config("[gateway]\nlisten = \"192.0.2.1:7766\"\nbehind_proxy = true\nallowed_hosts = [\"hermes.example.com\"]\n");
    let run = context.run(&["doctor"]);
    let said = "listener  192.0.2.1:7766 is for other machines too, as hermes.example.com, through a proxy";
    assert!(run.stdout.contains(said), "{run}");
    let run = TestContext::new().run(&["doctor"]);
    assert!(!run.stdout.contains("listener "), "{run}");
}
