//! What the source must not hold: provider names in code, rooms that are too big, stubs.

use std::path::{Path, PathBuf};

/// Names that belong into the catalogue. Protocols and their headers are named after a vendor and are no provider facts.
const PROVIDERS: [&str; 9] = [
    "minimax",
    "openrouter",
    "nousresearch",
    "chatgpt.com",
    "deepseek",
    "claude.ai",
    "openai.com",
    "anthropic.com",
    "moonshot",
];

/// Lines of a source file, tests not counted.
const LONGEST_FILE: usize = 400;

#[test]
fn providers_are_named_in_the_catalogue_only() {
    for (path, text) in sources() {
        if path.starts_with("hermes-sim") {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            // A comment begins the line or stands behind a space; `https://` is no comment.
            let code = format!(" {}", line.trim()).to_ascii_lowercase();
            let code = code.split(" //").next().unwrap_or_default();
            let named = PROVIDERS.iter().find(|name| code.contains(*name));
            assert!(named.is_none(), "{}:{}: {line}", path.display(), number + 1);
        }
    }
}

#[test]
fn files_stay_readable_and_whole() {
    for (path, text) in sources() {
        let lines = text.lines().count();
        assert!(lines <= LONGEST_FILE, "{} has {lines} lines", path.display());
        for stub in ["todo!(", "unimplemented!(", "#[ignore"] {
            assert!(!text.contains(stub), "{} holds `{stub}`", path.display());
        }
    }
}

#[test]
fn sql_is_never_made_from_text_at_run_time() {
    for (path, text) in sources() {
        // The query functions take static text; this is the one way round that.
        assert!(!text.contains("AssertSqlSafe"), "{}", path.display());
    }
}

/// Every source file outside tests, by its path below `crates`.
fn sources() -> Vec<(PathBuf, String)> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates");
    let mut found = Vec::new();
    for one in fs_err::read_dir(&crates).expect("crates") {
        collect(&one.expect("an entry").path().join("src"), &crates, &mut found);
    }
    assert!(found.len() > 100, "the walk found the sources");
    found
}

fn collect(folder: &Path, crates: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs_err::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.contains("test") {
            continue;
        }
        if path.is_dir() {
            collect(&path, crates, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(crates).expect("below crates").to_path_buf();
            found.push((below, fs_err::read_to_string(&path).expect("text")));
        }
    }
}
