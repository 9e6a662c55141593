//! Hostile links, codes and files around a sign-in.

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use hermes_sim::{Answer, Part};
use pretty_assertions::assert_eq;
use serde_json::json;

use super::{Trap, on_terminal, question};
use crate::harness::{Done, Lab};

const CODE: (&str, &str) = ("portal.nousresearch.com", "/api/oauth/device/code");

/// A browser that writes down how it was called, and the file it writes to.
fn browser(lab: &mut Lab) -> PathBuf {
    let calls = lab.home().with_file_name("opened");
    let script = format!(
        "#!/bin/sh\n{{ printf '%s\\n' \"$#\" \"$@\"; env; }} > {0}.new && mv {0}.new {0}\n",
        calls.display()
    );
    let path = lab.write("bin/xdg-open", &script);
    fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("chmod");
    let folder = path.parent().expect("a folder").display().to_string();
    lab.set("PATH", &format!("{folder}:/usr/bin:/bin"));
    lab.set("DISPLAY", ":0");
    calls
}

fn code_answer(link: &str, complete: Option<&str>) -> Answer {
    let mut body = json!({"device_code": "device-code-of-a-test", "user_code": "ABCD-EFGH", "verification_uri": link, "expires_in": 600, "interval": 1});
    if let Some(complete) = complete {
        body["verification_uri_complete"] = json!(complete);
    }
    Answer::json(200, &body)
}

const GOOD: &str = "https://portal.nousresearch.com/device";

/// Links that no honest provider sends.
fn bad_links() -> Vec<String> {
    let mut links: Vec<String> = [
        "file:///etc/passwd",
        "javascript:alert(1)",
        "-x",
        "--new-window",
        "$(touch /tmp/pwned)",
        "`id`",
        "data:text/html,x",
        "ssh://portal.nousresearch.com/x",
        "http://portal.nousresearch.com/device",
        "https://evil.test/device",
        "https://portal.nousresearch.com.evil.test/device",
        "https://portal.nousresearch.com@evil.test/device",
        "https://evil.test\\@portal.nousresearch.com/",
        "https://user:word@portal.nousresearch.com/device",
        "https://portal.nousresearch.com/a b",
        "https://portal.nousresearch.com/\u{1b}[2J",
        "https://portal.nousresearch.com/\r\nx",
        "https://pоrtal.nousresearch.com/device",
        "//portal.nousresearch.com/device",
        "",
    ]
    .map(str::to_owned)
    .to_vec();
    links.push(format!("{GOOD}?{}", "a".repeat(4096)));
    links
}

#[tokio::test]
async fn g15_links_that_are_not_safe_are_never_opened() {
    let mut lab = Lab::new().await;
    let opened = browser(&mut lab);
    for link in bad_links() {
        let answers = [code_answer(&link, None), code_answer(GOOD, Some(&link))];
        for (number, answer) in answers.into_iter().enumerate() {
            if number == 1 && link.is_empty() {
                continue;
            }
            lab.sim.script().always(CODE.0, CODE.1, answer);
            let done = on_terminal(lab.command(&["auth", "add", "nous"])).await;
            assert_eq!(done.code, 6, "{link:?}: {done:?}");
            assert!(!opened.exists(), "{link:?} was opened");
        }
    }
    let list = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(list["credentials"], json!([]));
}

#[tokio::test]
async fn g15_link_that_is_safe_is_one_argument_of_a_browser_without_our_secrets() {
    let mut lab = Lab::new().await;
    let opened = browser(&mut lab);
    lab.set("DEEPSEEK_API_KEY", "canary-in-the-environment");
    lab.sim.person().approve_everything();
    let shown = on_terminal(lab.command(&["auth", "add", "nous"])).await;
    assert_eq!(shown.code, 0, "{shown:?}");
    assert!(shown.stdout.contains("opened in your browser"), "{shown:?}");
    let host = "portal.nousresearch.com";
    assert!(
        shown.stdout.contains(&format!("on {host}")),
        "the host is told: {shown:?}"
    );
    let mut seen = fs_err::read_to_string(&opened);
    for _ in 0..200 {
        if seen.is_ok() {
            break;
        }
        tokio::task::spawn_blocking(|| std::process::Command::new("sleep").arg("0.01").status())
            .await
            .expect("a pause")
            .expect("sleep runs");
        seen = fs_err::read_to_string(&opened);
    }
    let seen = seen.expect("the browser was started");
    let mut lines = seen.lines();
    assert_eq!(lines.next(), Some("1"), "{seen}");
    assert!(
        lines
            .next()
            .is_some_and(|link| link.starts_with(&format!("https://{host}/"))),
        "{seen}"
    );
    assert!(
        !seen.contains("canary-in-the-environment"),
        "the key in our environment reached the browser"
    );
    assert!(seen.contains("DISPLAY=:0"), "what a browser needs stays: {seen}");
}

#[tokio::test]
async fn g16_code_is_shown_with_provider_host_and_a_warning() {
    let lab = Lab::new().await;
    lab.sim.person().approve_everything();
    for (provider, name, host) in [
        ("minimax-oauth", "MiniMax", "platform.minimax.io"),
        ("nous", "Nous", "portal.nousresearch.com"),
        ("openai-codex", "Codex", "auth.openai.com"),
    ] {
        let done = lab.run(&["auth", "add", provider, "--no-browser"]).await;
        assert_eq!(done.code, 0, "{done:?}");
        for part in [name, host, "only because you started this login yourself"] {
            assert!(done.stderr.contains(part), "{provider}: {part}: {done:?}");
        }
    }
}

#[tokio::test]
async fn g16_no_verb_or_route_takes_a_login_from_a_link() {
    let lab = Lab::new().await;
    let trap = Trap::new().await;
    let link = format!("http://127.0.0.1:{}/t?access_token=stolen&code=c", trap.port);
    for args in [
        vec!["auth", "add", link.as_str()],
        vec!["auth", "add", "deepseek", "--api-key-file", link.as_str()],
        vec!["auth", "finish", link.as_str()],
        vec!["auth", "add", "deepseek", "--from-env", link.as_str()],
        vec!["restore", link.as_str()],
        vec![link.as_str()],
    ] {
        let done = lab.run(&args).await;
        assert_ne!(done.code, 0, "{args:?}: {done:?}");
    }
    let done = lab.add_key("deepseek", &link).await;
    assert_eq!(done.code, 0, "a key is text and is never followed: {done:?}");
    let up = lab.up().await;
    for path in [
        "/callback?code=c&state=s",
        "/login?token=stolen",
        "/auth/callback#access_token=x",
    ] {
        let (status, ..) = crate::harness::request(&up.base, "GET", path, &[], "").await;
        assert!([401, 404].contains(&status), "{path}: {status}");
    }
    // The page is the same empty shell, whatever a link to it says.
    let page = async |path: &str| {
        let (status, body, _) = crate::harness::request(&up.base, "GET", path, &[], "").await;
        (status, body)
    };
    assert_eq!(page("/?c=1&access_token=stolen").await, page("/").await);
    trap.assert_untouched().await;
    assert_eq!(lab.sim.journal().entries().len(), 0);
}

#[tokio::test]
async fn g4_project_files_and_variables_move_no_stored_key() {
    let mut lab = Lab::new().await;
    let trap = Trap::new().await;
    let evil = format!("http://127.0.0.1:{}", trap.port);
    // The lab would let the binary reach this host, so nothing but the defence stands in the way.
    let hosts = format!("{},evil.test={evil}", lab.sim.lab_hosts());
    lab.set("HERMES_LAB_HOSTS", &hosts);
    let done = lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("deepseek", &key).await.code, 0);

    let settings = "[providers.minimax-oauth]\nbase_url = \"https://evil.test\"\n[providers.deepseek]\nbase_url = \"https://evil.test\"\n";
    let overlay = "id = \"deepseek\"\n[hosts]\napi = \"https://evil.test\"\n";
    for name in [
        "config.toml",
        "hermes.toml",
        ".hermes/config.toml",
        ".config/hermes/config.toml",
        "config/config.toml",
    ] {
        lab.write(&format!("project/{name}"), settings);
    }
    for name in [
        "providers/deepseek.toml",
        "catalog/deepseek.toml",
        "overlay/deepseek.toml",
        "deepseek.toml",
    ] {
        lab.write(&format!("project/{name}"), overlay);
    }
    let variables = [
        "ANTHROPIC",
        "OPENAI",
        "DEEPSEEK",
        "MINIMAX",
        "OPENROUTER",
        "HERMES",
    ];
    lab.write("project/.env", "ANTHROPIC_BASE_URL=https://evil.test\n");
    for name in variables {
        for end in ["BASE_URL", "API_BASE", "API_URL", "API_HOST", "ENDPOINT"] {
            lab.set(&format!("{name}_{end}"), "https://evil.test");
        }
    }
    let project = lab.home().with_file_name("project");
    for args in [
        &["chat", "-m", "minimax-oauth/MiniMax-M2.7", "hello"][..],
        &["chat", "-m", "deepseek/deepseek-chat", "hello"],
        &["auth", "refresh", "minimax-oauth"],
    ] {
        let output = lab
            .command(args)
            .current_dir(&project)
            .output()
            .await
            .expect("hermes runs");
        assert!(output.status.success(), "{args:?}: {output:?}");
    }
    // Even the home's own settings do not move a login that was made for another host.
    lab.config(settings);
    for model in ["minimax-oauth/MiniMax-M2.7", "deepseek/deepseek-chat"] {
        let done = lab.run(&["chat", "-m", model, "hello"]).await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    trap.assert_untouched().await;
}

#[tokio::test]
async fn g4_overlay_that_moves_a_provider_gets_no_stored_secret() {
    let mut lab = Lab::new().await;
    let trap = Trap::new().await;
    let hosts = format!("{},evil.test=http://127.0.0.1:{}", lab.sim.lab_hosts(), trap.port);
    lab.set("HERMES_LAB_HOSTS", &hosts);
    let done = lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("deepseek", &key).await.code, 0);
    let hosts = "hosts = { account = \"https://evil.test\", api = \"https://evil.test\" }";
    let region = format!("[[regions]]\nid = \"global\"\nname = \"Global\"\n{hosts}\n");
    lab.write(
        "overlay/minimax-oauth.toml",
        &format!("id = \"minimax-oauth\"\n{hosts}\n{region}"),
    );
    let overlay = lab.write(
        "overlay/deepseek.toml",
        "id = \"deepseek\"\n[hosts]\napi = \"https://evil.test\"\n",
    );
    let folder = overlay.parent().expect("a folder").display().to_string();
    lab.set("HERMES_CATALOG", &folder);
    for args in [
        &["chat", "-m", "deepseek/deepseek-chat", "hello"][..],
        &["chat", "-m", "minimax-oauth/MiniMax-M2.7", "hello"],
        &["auth", "refresh", "minimax-oauth"],
        &["auth", "revoke", "minimax-oauth:1"],
    ] {
        let done = lab.run(args).await;
        assert_eq!(done.code, 4, "{args:?}: {done:?}");
    }
    let status = lab.run(&["auth", "status", "deepseek"]).await;
    for part in ["https://api.deepseek.com", "https://evil.test"] {
        assert!(
            status.stdout.contains(part),
            "both addresses are told: {status:?}"
        );
    }
    trap.assert_untouched().await;
}

/// A gzip file of this many zeros.
pub(super) fn gzip_of_zeros(count: usize) -> Vec<u8> {
    use std::io::Write as _;
    let mut child = std::process::Command::new("gzip")
        .args(["-9", "-c", "-n"])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("gzip runs");
    let mut pipe = child.stdin.take().expect("stdin");
    let feeder = std::thread::spawn(move || pipe.write_all(&vec![0; count]).expect("gzip reads"));
    let output = child.wait_with_output().expect("gzip ends");
    feeder.join().expect("fed");
    output.stdout
}

fn bytes(status: u16, body: Vec<u8>) -> Answer {
    Answer::status(status)
        .header("content-type", "application/json")
        .part(Part::Bytes(body.into()))
}

/// Answers that are no answer.
fn malformed() -> Vec<(&'static str, Answer)> {
    let deep = "[".repeat(1_000_000);
    let deep_field = format!("{{\"user_code\":{}", "{\"a\":".repeat(200_000));
    vec![
        (
            "endless",
            Answer::status(200)
                .header("content-type", "application/json")
                .part(Part::Flood(1 << 40)),
        ),
        (
            "one byte too long",
            Answer::status(200).part(Part::Flood((1 << 20) + 1)),
        ),
        ("deep", bytes(200, deep.clone().into_bytes())),
        ("deep field", bytes(200, deep_field.into_bytes())),
        ("deep error", bytes(400, deep.into_bytes())),
        ("zeros", bytes(200, vec![0; 4096])),
        (
            "half a code point",
            bytes(200, b"{\"user_code\":\"ABCD\xc3\"}".to_vec()),
        ),
        (
            "lone surrogate",
            bytes(
                200,
                br#"{"user_code":"\ud800","verification_uri":"\udfff"}"#.to_vec(),
            ),
        ),
        (
            "huge number",
            bytes(200, br#"{"expires_in":1e999999,"interval":1e400}"#.to_vec()),
        ),
        ("list", bytes(200, b"[{\"user_code\":\"x\"}]".to_vec())),
        ("nothing", bytes(200, Vec::new())),
        ("cut", Answer::status(200).text("{\"user_code\":").part(Part::Cut)),
        (
            "gzip",
            bytes(200, gzip_of_zeros(10 << 20)).header("content-encoding", "gzip"),
        ),
    ]
}

fn assert_refused(what: &str, done: &Done) {
    assert!([6, 7].contains(&done.code), "{what}: {done:?}");
    let talk = done.stderr.len() + done.stdout.len();
    assert!(talk < 4096, "{what}: {talk} bytes of talk");
    assert!(!done.stderr.contains("fault of its own"), "{what}: {done:?}");
}

#[tokio::test]
async fn g11_malformed_code_answers_end_the_login_and_nothing_else() {
    let lab = Lab::new().await;
    for (what, answer) in malformed() {
        lab.sim.script().always(CODE.0, CODE.1, answer);
        assert_refused(what, &lab.run(&["auth", "add", "nous", "--no-browser"]).await);
    }
    let list = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(list["credentials"], json!([]));
}

#[tokio::test]
async fn g11_malformed_token_answers_never_lose_or_end_a_login() {
    let lab = super::signed_in().await;
    let before = lab.run(&["token", "minimax-oauth"]).await;
    for (what, answer) in malformed() {
        // The answer may hold a rotated token that is lost now, so the one thing that must hold is that the program stands.
        lab.sim
            .script()
            .always("account.minimax.io", "/oauth2/token", answer.clone());
        lab.sim.script().always("api.minimax.io", "/oauth/token", answer);
        let done = lab.run(&["auth", "refresh", "minimax-oauth"]).await;
        assert!(
            done.code != 0 && done.code != 101 && done.code > 0,
            "{what}: {done:?}"
        );
        assert!(!done.stderr.contains("fault of its own"), "{what}: {done:?}");
    }
    let after = lab.run(&["token", "minimax-oauth"]).await;
    assert_eq!(before.stdout, after.stdout, "the access token serves to its end");
    let up = lab.up().await;
    assert_eq!(up.post("/v1/messages", &question()).await.0, 200);
}
