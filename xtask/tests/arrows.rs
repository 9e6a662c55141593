//! The rooms may know only the rooms below them.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Which crates of the workspace each crate may depend on, for building and running. Tests may also use `hermes-sim`.
const MAY_KNOW: &[(&str, &[&str])] = &[
    ("hermes-text", &[]),
    ("hermes-core", &["hermes-text"]),
    ("hermes-catalog", &["hermes-core", "hermes-text"]),
    ("hermes-wire", &["hermes-core"]),
    (
        "hermes-translate",
        &["hermes-core", "hermes-catalog", "hermes-wire"],
    ),
    ("hermes-http", &["hermes-core", "hermes-text"]),
    (
        "hermes-oauth",
        &["hermes-core", "hermes-catalog", "hermes-http", "hermes-text"],
    ),
    ("hermes-store", &["hermes-core", "hermes-text"]),
    (
        "hermes-pool",
        &[
            "hermes-core",
            "hermes-catalog",
            "hermes-oauth",
            "hermes-store",
            "hermes-text",
        ],
    ),
    (
        "hermes-gateway",
        &[
            "hermes-core",
            "hermes-catalog",
            "hermes-wire",
            "hermes-translate",
            "hermes-http",
            "hermes-pool",
            "hermes-text",
        ],
    ),
    (
        "hermes-dashboard",
        &["hermes-core", "hermes-catalog", "hermes-pool", "hermes-text"],
    ),
    ("hermes-sim", &["hermes-core", "hermes-wire"]),
    (
        "hermes",
        &[
            "hermes-core",
            "hermes-catalog",
            "hermes-wire",
            "hermes-http",
            "hermes-oauth",
            "hermes-store",
            "hermes-pool",
            "hermes-gateway",
            "hermes-text",
            "hermes-dashboard",
            "hermes-sim",
        ],
    ),
    ("xtask", &[]),
];

#[test]
fn crates_know_only_the_rooms_below_them() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> = MAY_KNOW
        .iter()
        .map(|(name, list)| (*name, list.iter().copied().collect()))
        .collect();
    let known = workspace_arrows();
    assert_eq!(
        known.keys().map(String::as_str).collect::<Vec<_>>(),
        sorted(allowed.keys().copied())
    );
    for (name, uses) in known {
        let extra: Vec<_> = uses
            .iter()
            .filter(|used| !allowed[name.as_str()].contains(used.as_str()))
            .collect();
        assert!(extra.is_empty(), "{name} must not depend on {extra:?}");
    }
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

fn workspace_arrows() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let uses = package["dependencies"].as_array().expect("dependencies");
            let uses = uses
                .iter()
                .filter(|one| one["kind"].as_str() != Some("dev") && one.get("path").is_some())
                .map(|one| one["name"].as_str().expect("name").to_owned())
                .collect();
            (package["name"].as_str().expect("name").to_owned(), uses)
        })
        .collect()
}
