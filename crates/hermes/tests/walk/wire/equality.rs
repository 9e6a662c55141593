//! What official SDKs make of every recorded answer, beside what the recording says.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use hermes_core::Protocol;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{ALL, Stage, endpoint, folder, provider, python, recordings};

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
    spares(upstream).map(|login| endpoint(&login, upstream)).collect()
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
        .replay_folder(&recordings(upstream))
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
    let recorded = recordings(client)
        .parent()
        .expect("a folder")
        .display()
        .to_string();
    let args = [folder(client), &recorded];
    python("equality", &args, &json!(upstreams)).await
}

/// How many answers of a protocol there are.
fn recorded(protocol: Protocol) -> usize {
    let entries = fs_err::read_dir(recordings(protocol)).expect("a folder");
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
