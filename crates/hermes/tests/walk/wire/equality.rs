//! What official SDKs make of every recorded answer, beside what the recording says.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use futures_util::future::join_all;
use hermes_core::Protocol;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::{ALL, Stage, provider};
use crate::sdk::tool;

/// Logins for answers that cost a login its good name, for each client.
const SPARE: usize = 8;

/// What came of a client before one upstream.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Counts {
    cases: usize,
    equal: usize,
    declared: usize,
    undeclared: usize,
    failures: usize,
}

#[derive(Debug, Deserialize)]
struct Report {
    counts: BTreeMap<String, Counts>,
    wrong: BTreeMap<String, Vec<String>>,
    seconds: f64,
}

/// The folder of a protocol's recordings, which is also how the scripts call the protocol.
fn folder(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::AnthropicMessages => "anthropic-messages",
        Protocol::ChatCompletions => "openai-chat",
        Protocol::Responses => "openai-responses",
        Protocol::Gemini => "gemini",
    }
}

fn recordings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/recorded")
}

/// The name of a login that serves one answer.
fn spare(client: Protocol, number: usize) -> String {
    format!("spare-{}-{number}", folder(client))
}

/// The spare logins of all clients of a provider.
fn spares(upstream: Protocol) -> impl Iterator<Item = String> {
    let clients = ALL.into_iter().filter(move |client| *client != upstream);
    clients.flat_map(|client| (0..SPARE).map(move |number| spare(client, number)))
}

/// Logins beside the usual one, all at the provider of this protocol.
fn endpoints(upstream: Protocol) -> String {
    let (base, name) = match upstream {
        Protocol::AnthropicMessages => ("https://api.anthropic.com", "anthropic_messages"),
        Protocol::ChatCompletions => ("https://api.deepseek.com/v1", "chat_completions"),
        Protocol::Responses => ("https://api.openai.com/v1", "responses"),
        Protocol::Gemini => ("https://generativelanguage.googleapis.com/v1beta", "gemini"),
    };
    let mut out = String::new();
    for login in spares(upstream) {
        let _ = writeln!(
            out,
            "[endpoints.{login}]\nbase_url = \"{base}\"\nprotocol = \"{name}\"\nkey_env = \"LAB_KEY\""
        );
    }
    out
}

/// A gateway before a provider that says what was recorded in its protocol.
async fn stage(upstream: Protocol) -> Stage {
    let lab = Stage::lab_with(&endpoints(upstream)).await;
    let key = lab.sim.script().issue_key();
    for login in spares(upstream) {
        let added = lab.add_key(&format!("custom:{login}"), &key).await;
        assert_eq!(added.code, 0, "{added:?}");
    }
    lab.sim
        .script()
        .replay_folder(&recordings().join(folder(upstream)))
        .expect("the recordings");
    Stage::of(lab).await
}

fn upstream(protocol: Protocol, stage: &Stage, client: Protocol) -> Value {
    let spare: Vec<String> = (0..SPARE)
        .map(|number| format!("custom:{}", spare(client, number)))
        .collect();
    json!({
        "protocol": folder(protocol), "base": stage.up.base, "key": stage.up.key, "model": provider(protocol), "spare": spare,
    })
}

/// Asks for everything with the SDK of a client.
async fn run(client: Protocol, stages: &[(Protocol, Stage)]) -> Report {
    let upstreams: Vec<Value> = stages
        .iter()
        .map(|(protocol, stage)| upstream(*protocol, stage, client))
        .collect();
    let mut child = Command::new(tool("HERMES_TEST_PYTHON"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/equality"))
        .args([folder(client), &recordings().display().to_string()])
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("python starts");
    let mut input = child.stdin.take().expect("stdin");
    let text = json!(upstreams).to_string();
    input.write_all(text.as_bytes()).await.expect("a list");
    drop(input);
    let output = child.wait_with_output().await.expect("an end");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{client:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{client:?}: {error}: {errors}"))
}

/// How many answers of a protocol there are.
fn recorded(protocol: Protocol) -> usize {
    let entries = fs_err::read_dir(recordings().join(folder(protocol))).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .filter(|name| name.to_string_lossy().ends_with(".response.json"))
        .count()
}

#[tokio::test]
async fn official_sdks_hear_what_was_recorded() {
    let stages = join_all(ALL.map(async |upstream| (upstream, stage(upstream).await))).await;
    let reports = join_all(ALL.map(async |client| (client, run(client, &stages).await))).await;
    let mut wrong = Vec::new();
    println!("upstream > client: cases, equal, declared, undeclared, failures told");
    for (client, report) in reports {
        for upstream in ALL.into_iter().filter(|upstream| *upstream != client) {
            let counts = &report.counts[folder(upstream)];
            println!(
                "{} > {}: {}, {}, {}, {}, {}",
                upstream.letter(),
                client.letter(),
                counts.cases,
                counts.equal,
                counts.declared,
                counts.undeclared,
                counts.failures
            );
            // Each of them whole and as a stream.
            assert_eq!(counts.cases, 2 * recorded(upstream), "{upstream:?} {client:?}");
            let known = counts.equal + counts.declared + counts.undeclared + counts.failures;
            assert_eq!(counts.cases, known, "{counts:?}");
        }
        println!("{}: {:.1} s", client.letter(), report.seconds);
        let found = report.wrong.into_iter();
        wrong
            .extend(found.map(|(case, what)| format!("{} {case}: {}", client.letter(), what.join("\n    "))));
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
