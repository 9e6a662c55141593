//! Secrets on this machine: files, arguments, environments, memory, logs.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use hermes_sim::Answer;
use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::process::Command;

use super::{MESSAGES, question, raw, signed_in};
use crate::harness::{Done, Lab};
use crate::sdk::tool;

/// Everything below a folder, the folder itself included.
fn tree(folder: &Path, found: &mut Vec<PathBuf>) {
    found.push(folder.to_owned());
    for entry in fs_err::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.is_symlink() {
            tree(&path, found);
        } else {
            found.push(path);
        }
    }
}

fn assert_private(folder: &Path) {
    let mut found = Vec::new();
    tree(folder, &mut found);
    for path in found {
        // A temporary file of the database may go at any moment.
        let Ok(data) = fs_err::symlink_metadata(&path) else {
            continue;
        };
        assert_eq!(
            data.mode() & 0o077,
            0,
            "{} has mode {:o}",
            path.display(),
            data.mode()
        );
    }
}

/// The same command in a shell that changes something first.
fn after(lab: &Lab, setup: &str, args: &[&str]) -> Command {
    let plain = lab.command(args);
    let mut command = Command::new("/bin/sh");
    command.args(["-c", &format!("{setup}; exec \"$0\" \"$@\"")]);
    command
        .arg(plain.as_std().get_program())
        .args(plain.as_std().get_args());
    command.env_clear().kill_on_drop(true);
    command.envs(
        plain
            .as_std()
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    command
}

#[tokio::test]
async fn s1_files_are_private_whatever_the_umask() {
    let lab = Lab::new().await;
    lab.sim.person().approve_everything();
    let loose = "umask 000";
    for args in [
        &["auth", "add", "minimax-oauth", "--no-browser"][..],
        &["key", "create", "laptop"],
        &["auth", "refresh", "minimax-oauth"],
        &["chat", "-m", "minimax-oauth/MiniMax-M2.7", "hello"],
        &["backup"],
        &["backup", &lab.home().join("copy.db").display().to_string()],
        &["auth", "list"],
        &["doctor"],
    ] {
        let output = after(&lab, loose, args).output().await.expect("hermes runs");
        assert!(output.status.success(), "{args:?}: {output:?}");
        assert_private(&lab.home());
    }
    let mut serving = after(&lab, loose, &["up", "--listen", "127.0.0.1:0", "--json"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .expect("hermes starts");
    let mut lines = tokio::io::BufReader::new(serving.stdout.take().expect("stdout"));
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut lines, &mut line)
        .await
        .expect("a line");
    assert!(line.contains("listening"), "{line}");
    assert_private(&lab.home());
}

/// Every name that the program writes to, below the home.
const NAMES: [&str; 15] = [
    "hermes.db",
    "hermes.db.new",
    "hermes.db.creating",
    "hermes.db.sum",
    "hermes.db.sum.new",
    "hermes.db-wal",
    "hermes.db-shm",
    "hermes.lock",
    "hermes.gate",
    "log.db",
    "log.db-wal",
    "log.db-shm",
    "config/store.key",
    "backups",
    "config",
];

#[tokio::test]
async fn s1_links_at_any_name_are_refused_or_replaced_and_never_followed() {
    for link in ["dangling", "symbolic", "hard"] {
        for name in NAMES {
            let lab = Lab::new().await;
            let victim = lab.write("victim", "precious");
            fs_err::set_permissions(&victim, std::fs::Permissions::from_mode(0o600)).expect("chmod");
            let nowhere = lab.home().with_file_name("nowhere");
            let place = lab.home().join(name);
            for folder in [lab.home(), place.parent().expect("a folder").to_owned()] {
                fs_err::create_dir_all(&folder).expect("a folder");
                fs_err::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).expect("chmod");
            }
            match link {
                "dangling" => fs_err::os::unix::fs::symlink(&nowhere, &place).expect("a link"),
                "symbolic" => fs_err::os::unix::fs::symlink(&victim, &place).expect("a link"),
                _ => fs_err::hard_link(&victim, &place).expect("a link"),
            }
            let done = lab.add_key("deepseek", "sk-canary-0123456789").await;
            assert_eq!(
                fs_err::read_to_string(&victim).expect("the victim"),
                "precious",
                "{link} at {name}"
            );
            assert!(!nowhere.exists(), "{link} at {name} was followed");
            let replaced = done.code == 0
                && !place.is_symlink()
                && fs_err::metadata(&place).map_or(true, |data| data.nlink() == 1 || data.is_dir());
            assert!(done.code == 8 || replaced, "{link} at {name}: {done:?}");
        }
    }
}

/// The binary under strace. Where the tests may not trace others, the tool's own words say how.
fn traced(lab: &Lab, options: &[&str], args: &[&str]) -> Command {
    let words = tool("HERMES_TEST_STRACE");
    let mut words = words.split_whitespace();
    let plain = lab.command(args);
    let mut command = Command::new(words.next().expect("a program"));
    command.args(words).args(options).kill_on_drop(true);
    for (name, value) in plain.as_std().get_envs() {
        let (name, value) = (
            name.to_string_lossy(),
            value.unwrap_or_default().to_string_lossy(),
        );
        command.arg("-E").arg(format!("{name}={value}"));
    }
    command
        .arg(plain.as_std().get_program())
        .args(plain.as_std().get_args());
    command
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .stdin(std::process::Stdio::null());
    command
}

#[tokio::test]
async fn s2_store_that_cannot_be_read_is_refused_and_keeps_every_byte() {
    let lab = signed_in().await;
    let before = lab.files();
    for (file, args) in [
        ("hermes.db", &["auth", "list"][..]),
        (
            "hermes.db",
            &[
                "auth",
                "add",
                "deepseek",
                "--api-key-file",
                "/etc/hostname",
                "--no-verify",
            ],
        ),
        ("hermes.db", &["auth", "remove", "minimax-oauth:1"]),
        (
            "hermes.db.sum",
            &[
                "auth",
                "add",
                "deepseek",
                "--api-key-file",
                "/etc/hostname",
                "--no-verify",
            ],
        ),
        ("config/store.key", &["token", "minimax-oauth"]),
        (
            "config/store.key",
            &[
                "auth",
                "add",
                "deepseek",
                "--api-key-file",
                "/etc/hostname",
                "--no-verify",
            ],
        ),
    ] {
        let path = lab.home().join(file).display().to_string();
        let options = [
            "-f",
            "-qq",
            "-P",
            &path,
            "-e",
            "trace=read,pread64,readv,preadv",
            "-e",
            "inject=read,pread64:error=EIO",
        ];
        let output = traced(&lab, &[&options[..], &["-o", "/dev/null"]].concat(), args)
            .output()
            .await
            .expect("strace runs");
        assert_eq!(output.status.code(), Some(8), "{file} {args:?}: {output:?}");
        let talk = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            talk.contains("cannot be read") && talk.contains("hermes restore"),
            "{talk}"
        );
        assert!(lab.files() == before, "{file} {args:?}: a file was changed");
    }
    assert_eq!(lab.run(&["auth", "refresh", "minimax-oauth"]).await.code, 0);
}

#[tokio::test]
async fn s2_read_that_fails_halfway_loses_no_login() {
    let lab = signed_in().await;
    let path = lab.home().join("hermes.db").display().to_string();
    for nth in [2, 4, 7, 11] {
        let inject = format!("inject=pread64:error=EIO:when={nth}+");
        let options = [
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-P",
            &path,
            "-e",
            "trace=pread64",
            "-e",
            &inject,
        ];
        // Late enough, the command needs no further read and succeeds.
        traced(&lab, &options, &["auth", "rename", "minimax-oauth:1", "renamed"])
            .output()
            .await
            .expect("strace runs");
        let done = lab.run(&["token", "minimax-oauth"]).await;
        assert_eq!(done.code, 0, "{nth}: {done:?}");
    }
}

/// Every secret that was issued or sent so far.
fn secrets(lab: &Lab) -> Vec<String> {
    let mut all = lab.sim.canaries();
    for entry in lab.sim.journal().entries() {
        let fields = entry.form().into_iter().filter(|(name, _)| {
            [
                "code_verifier",
                "device_code",
                "device_auth_id",
                "refresh_token",
                "code",
            ]
            .contains(&name.as_str())
        });
        all.extend(fields.map(|(_, value)| value).filter(|value| value.len() >= 12));
    }
    all.sort();
    all.dedup();
    assert!(all.len() >= 3, "the sweep has something to look for");
    all
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes.windows(word.len()).any(|part| part == word.as_bytes())
}

/// The same text as a careless program would hide it.
fn disguises(secret: &str) -> [String; 3] {
    use base64::Engine as _;
    let hex = secret
        .bytes()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat();
    [
        secret.to_owned(),
        base64::engine::general_purpose::STANDARD_NO_PAD.encode(secret),
        hex,
    ]
}

#[tokio::test]
async fn s3_no_file_holds_a_secret_in_the_clear() {
    let mut lab = Lab::new().await;
    let temporary = lab.home().with_file_name("tmp");
    fs_err::create_dir_all(&temporary).expect("a folder");
    lab.set("TMPDIR", &temporary.display().to_string());
    let done = lab.sign_in(&["auth", "add", "minimax-oauth"]).await;
    assert_eq!(done.code, 0, "{done:?}");
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("deepseek", &key).await.code, 0);
    // A started login leaves its verifier or device code in the store.
    for provider in ["nous", "minimax-oauth"] {
        assert_eq!(lab.run(&["auth", "add", provider, "--start"]).await.code, 0);
    }
    assert_eq!(lab.run(&["auth", "refresh", "minimax-oauth"]).await.code, 0);
    assert_eq!(lab.run(&["backup"]).await.code, 0);
    let up = lab.up().await;
    assert_eq!(up.post("/v1/messages", &question()).await.0, 200);
    assert_eq!(lab.run(&["auth", "refresh", "minimax-oauth"]).await.code, 0);
    assert_eq!(lab.run(&["auth", "remove", "deepseek:1"]).await.code, 0);
    let mut all = secrets(&lab);
    all.push(up.key.clone());
    // While the gateway runs, the write-ahead log is there too.
    let mut files = lab.files();
    assert!(
        files.iter().any(|(path, _)| path.ends_with("hermes.db-wal")),
        "the log is swept too"
    );
    assert!(
        files
            .iter()
            .any(|(path, _)| path.starts_with(lab.home().join("backups"))),
        "the backup is swept too"
    );
    let mut left = Vec::new();
    tree(&temporary, &mut left);
    files.extend(
        left.into_iter()
            .filter(|path| path.is_file())
            .map(|path| (path.clone(), fs_err::read(&path).expect("a file"))),
    );
    for (path, bytes) in files {
        for secret in all.iter().flat_map(|secret| disguises(secret)) {
            assert!(!holds(&bytes, &secret), "{} holds a secret", path.display());
        }
    }
}

#[tokio::test]
async fn s6_no_secret_is_an_argument_or_a_variable_of_any_process() {
    let lab = Lab::new().await;
    lab.sim.person().approve_everything();
    let key = lab.sim.script().issue_key();
    let file = lab.write("key.txt", &key).display().to_string();
    let trace = lab.home().with_file_name("trace");
    for args in [
        &["auth", "add", "minimax-oauth", "--no-browser"][..],
        &["auth", "add", "nous", "--no-browser"],
        &["auth", "add", "deepseek", "--api-key-file", &file],
        &["auth", "refresh", "minimax-oauth"],
        &["chat", "-m", "minimax-oauth/MiniMax-M2.7", "hello"],
        &["token", "minimax-oauth"],
        &["key", "create", "laptop"],
        &["backup"],
        &["doctor"],
        &["auth", "logout", "nous"],
        &[],
    ] {
        let trace = trace.display().to_string();
        let options = [
            "-f",
            "-qq",
            "-v",
            "-s",
            "65536",
            "-e",
            "trace=execve,execveat",
            "-o",
            &trace,
        ];
        let output = traced(&lab, &options, args).output().await.expect("strace runs");
        assert!(output.status.success(), "{args:?}: {output:?}");
        let text = fs_err::read_to_string(&trace).expect("the trace");
        assert_eq!(
            text.matches("execve").count(),
            1,
            "{args:?} starts no other program: {text}"
        );
        for secret in lab.sim.canaries() {
            assert!(
                !text.contains(&secret),
                "{args:?}: a secret in an argument or variable"
            );
        }
    }
}

#[tokio::test]
async fn s6_key_as_an_argument_is_refused_and_not_repeated() {
    let lab = Lab::new().await;
    let key = lab.sim.script().issue_key();
    let joined = format!("--api-key={key}");
    for args in [
        &["auth", "add", "deepseek", "--api-key", &key][..],
        &["auth", "add", "deepseek", &joined],
        &["auth", "add", "deepseek", "--json", "--api-key", &key],
    ] {
        let done = lab.run(args).await;
        assert_eq!(done.code, 2, "{done:?}");
        assert!(done.stderr.contains("history"), "the reason is told: {done:?}");
        assert!(
            !done.stderr.contains(&key) && !done.stdout.contains(&key),
            "{done:?}"
        );
    }
    assert_eq!(lab.sim.journal().entries().len(), 0);
}

/// The user that a test run by root becomes, so that the kernel's rules hold for it.
const NOBODY: u32 = 65_534;

/// Makes a folder that only we can enter.
fn private(folder: &Path) {
    fs_err::create_dir_all(folder).expect("a folder");
    fs_err::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).expect("chmod");
}

/// A gateway that other rules hold for than for root, the address it listens on, and whether another user runs it.
async fn serving(lab: &Lab) -> (tokio::process::Child, String, bool) {
    private(&lab.home());
    let args = ["up", "--listen", "127.0.0.1:0", "--json"];
    let mut command = after(lab, "ulimit -c unlimited", &args);
    let root = fs_err::metadata(lab.home()).expect("ours").uid() == 0;
    if root {
        let folder = lab.home().parent().expect("a folder").to_owned();
        for path in [folder, lab.home()] {
            std::os::unix::fs::chown(&path, Some(NOBODY), None).expect("root may");
        }
        command.uid(NOBODY);
    }
    command
        .current_dir(lab.home())
        .stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("hermes starts");
    let mut lines = tokio::io::BufReader::new(child.stdout.take().expect("stdout"));
    let mut line = String::new();
    tokio::io::AsyncBufReadExt::read_line(&mut lines, &mut line)
        .await
        .expect("a line");
    let told: serde_json::Value = serde_json::from_str(&line).expect("JSON");
    let url = told["url"].as_str().expect("a URL");
    (child, url.trim_start_matches("http://").to_owned(), root)
}

#[tokio::test]
async fn s9_listener_of_another_user_is_reported() {
    let squatter = Lab::new().await;
    let (_child, address, other) = serving(&squatter).await;
    let lab = Lab::new().await;
    private(&lab.home());
    lab.config(&format!("[gateway]\nlisten = \"{address}\"\n"));
    let done = lab.run(&["doctor"]).await;
    // Where the tests do not run as root the listener is our own, and our own is never blamed.
    let blamed = done.stdout.contains("not of yours");
    assert_eq!(blamed, other, "{done:?}");
    assert_eq!(done.code, i32::from(other), "{done:?}");
    let own = lab.up().await;
    lab.config(&format!(
        "[gateway]\nlisten = \"{}\"\n",
        own.base.trim_start_matches("http://")
    ));
    let done = lab.run(&["doctor"]).await;
    assert!(!done.stdout.contains("not of yours"), "{done:?}");
}

#[tokio::test]
async fn s7_process_cannot_be_read_and_leaves_no_core() {
    let lab = Lab::new().await;
    let (mut child, _, root) = serving(&lab).await;
    let process = PathBuf::from(format!("/proc/{}", child.id().expect("running")));

    let limits = fs_err::read_to_string(process.join("limits")).expect("the limits");
    let core = limits
        .lines()
        .find(|line| line.starts_with("Max core file size"))
        .expect("the line");
    assert_eq!(
        core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(),
        ["0", "0"],
        "{core}"
    );
    // The kernel gives the files of a process that may not be dumped to root.
    assert_eq!(fs_err::metadata(process.join("mem")).expect("there").uid(), 0);
    assert_eq!(fs_err::metadata(process.join("environ")).expect("there").uid(), 0);
    let mut reader = Command::new("/usr/bin/head");
    reader.args(["-c", "1"]).arg(process.join("environ"));
    if root {
        reader.uid(NOBODY);
    }
    let read = reader.output().await.expect("head runs");
    assert!(
        !read.status.success() && read.stdout.is_empty(),
        "the same user read it: {read:?}"
    );

    let pid = child.id().expect("running").to_string();
    // The runtime's own handler takes the first for a full stack, finds it is none, and leaves the next to the kernel.
    let mut status = None;
    for _ in 0..100 {
        let killed = std::process::Command::new("kill").args(["-SEGV", &pid]).status();
        assert!(killed.expect("kill runs").success());
        let waited = tokio::time::timeout(Duration::from_millis(50), child.wait()).await;
        if let Ok(ended) = waited {
            status = Some(ended.expect("a status"));
            break;
        }
    }
    let status = status.expect("an end in time");
    assert_eq!((status.signal(), status.core_dumped()), (Some(11), false));
}

/// A sentence that only the provider may ever see.
const PROMPT: &str = "the purple otter signs at noon";

fn assert_silent(what: &str, done: &Done, secrets: &[String]) {
    for (stream, text) in [("stdout", &done.stdout), ("stderr", &done.stderr)] {
        assert!(!text.contains(PROMPT), "{what}: the prompt is on {stream}");
        for secret in secrets.iter().flat_map(|secret| disguises(secret)) {
            assert!(!text.contains(&secret), "{what}: a secret is on {stream}: {text}");
        }
    }
}

#[tokio::test]
async fn s8_nothing_printed_or_logged_holds_a_secret_or_a_prompt() {
    let mut lab = Lab::new().await;
    for name in ["HERMES_LOG", "RUST_LOG"] {
        lab.set(name, "trace");
    }
    let mut talk = Vec::new();
    for (provider, json) in [("minimax-oauth", true), ("nous", false), ("openai-codex", false)] {
        lab.sim.person().approve_everything();
        let args = ["auth", "add", provider, "--no-browser", "--json"];
        talk.push(lab.run(&args[..if json { 5 } else { 4 }]).await);
    }
    let key = lab.sim.script().issue_key();
    talk.push(lab.add_key("deepseek", &key).await);
    let up = lab.up().await;
    let body = |model: &str, stream: bool| {
        json!({"model": model, "max_tokens": 16, "stream": stream, "messages": [{"role": "user", "content": PROMPT}]}).to_string()
    };
    let script = lab.sim.script();
    let faults = [
        Answer::dropped(),
        Answer::json(500, &json!({"error": {"message": PROMPT}})),
        Answer::json(400, &json!({"error": {"message": PROMPT}})),
        Answer::json(401, &json!({"error": {"message": PROMPT}})),
        Answer::events([format!("data: {PROMPT}\n\n")]).part(hermes_sim::Part::Cut),
    ];
    for fault in faults {
        script.next(MESSAGES.0, MESSAGES.1, fault);
        raw(
            &up,
            &super::post(
                &up,
                "/v1/messages",
                "",
                body("minimax-oauth/MiniMax-M2.7", true).as_bytes(),
            ),
        )
        .await;
    }
    lab.sim.expire_access_tokens();
    for model in ["minimax-oauth/MiniMax-M2.7", "nothing/of-the-kind"] {
        raw(
            &up,
            &super::post(&up, "/v1/messages", "", body(model, false).as_bytes()),
        )
        .await;
    }
    raw(
        &up,
        &super::post(
            &up,
            "/v1/messages",
            "",
            format!("{{\"model\": \"x\", {PROMPT}").as_bytes(),
        ),
    )
    .await;
    let client = up.key.clone();
    talk.push(up.end().await);
    for args in [
        &["auth", "refresh", "minimax-oauth"][..],
        &["auth", "list", "-v"],
        &["auth", "list", "--json"],
        &["auth", "status", "minimax-oauth", "-v"],
        &["key", "list", "--json"],
        &["doctor"],
        &["models"],
        &["config", "show", "--origin"],
        &["backup"],
        &[],
    ] {
        talk.push(lab.run(args).await);
    }
    let mut all = secrets(&lab);
    all.push(client);
    for (number, done) in talk.iter().enumerate() {
        assert_silent(&format!("run {number}"), done, &all);
    }
    for (path, bytes) in lab.files() {
        assert!(!holds(&bytes, PROMPT), "{} holds the prompt", path.display());
    }
}

#[tokio::test]
async fn s8_secrets_that_a_provider_repeats_are_not_printed() {
    let lab = signed_in().await;
    let key = lab.sim.script().issue_key();
    assert_eq!(lab.add_key("deepseek", &key).await.code, 0);
    let refresh = lab.sim.canaries().into_iter().find(|one| one.contains("refresh"));
    let refresh = refresh.expect("a refresh token");
    let access = lab
        .run(&["token", "minimax-oauth"])
        .await
        .stdout
        .trim()
        .to_owned();
    let echo = |status, secret: &str| {
        let message = format!("no such token {secret} (or \"{secret}\") here");
        Answer::json(status, &json!({"error": {"code": "bad", "message": message}}))
    };
    let script = lab.sim.script();
    for place in [
        ("account.minimax.io", "/oauth2/token"),
        ("api.minimax.io", "/oauth/token"),
    ] {
        script.always(place.0, place.1, echo(400, &refresh));
    }
    script.always("api.deepseek.com", "/user/balance", echo(401, &key));
    script.always("api.deepseek.com", "/v1/chat/completions", echo(400, &key));
    script.always(MESSAGES.0, MESSAGES.1, echo(403, &access));
    let args = ["auth", "add", "deepseek", "--method", "key", "--api-key-stdin"];
    let talk = [
        ("key check", lab.run_with_input(&args, &key).await),
        (
            "chat",
            lab.run(&["chat", "-m", "deepseek/deepseek-chat", "hello"]).await,
        ),
        (
            "chat with a token",
            lab.run(&["chat", "-m", "minimax-oauth/MiniMax-M2.7", "hello"])
                .await,
        ),
        ("refresh", lab.run(&["auth", "refresh", "minimax-oauth"]).await),
    ];
    for (what, done) in talk {
        assert_ne!(done.code, 0, "{what}: {done:?}");
        assert_silent(what, &done, &secrets(&lab));
    }
    for args in [
        &["auth", "list", "-v"][..],
        &["auth", "list", "--json"],
        &["doctor"],
    ] {
        assert_silent("afterwards", &lab.run(args).await, &secrets(&lab));
    }
    let up = lab.up().await;
    for (model, path) in [
        ("minimax-oauth/MiniMax-M2.7", "/v1/messages"),
        ("deepseek/deepseek-chat", "/v1/chat/completions"),
    ] {
        let body = json!({"model": model, "max_tokens": 16, "messages": [{"role": "user", "content": "hi"}]});
        let (_, text) = up.post(path, &body).await;
        assert!(
            !text.contains(&access) && !text.contains(&key),
            "a client of the gateway sees the credential: {text}"
        );
    }
}
