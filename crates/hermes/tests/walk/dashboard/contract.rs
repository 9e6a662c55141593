//! An API held to its own OpenAPI document by Schemathesis.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use hermes_core::{Clock as _, SystemClock};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use super::board::TOKEN;
use super::console::Console;
use super::seed::Home;
use super::server::{Asked, Reply, Server};
use crate::sdk::tool;

/// How long a whole run may take.
const PATIENCE: Duration = Duration::from_mins(10);

/// A value may be of the right kind and still name nothing that exists, or come at the wrong time: that is 400, or 409, and no
/// breach of the document. A value of the wrong kind is 422, which no right one may get.
const SETTINGS: &str = r#"
[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "400", "401", "403", "404", "409", "429"]
"#;

/// What Schemathesis found.
#[derive(Debug)]
pub(crate) struct Findings {
    /// Whether the API does what its document says.
    pub(crate) kept: bool,
    /// How many requests were sent.
    pub(crate) requests: u64,
    /// The report as a person reads it, with a command for each failure that shows it again.
    pub(crate) report: String,
}

/// What is known beforehand of an operation: its path, and what stands in the place of a parameter of it.
type Known<'a> = (&'a str, &'a str, &'a str);

/// Calls every operation of the document at `url` with all checks, about `examples` times each, with this header.
///
/// The same requests are sent in every run. Operations of the paths `without` are left out: what ends the session of the header would
/// make every later call a refused one.
pub(crate) async fn schemathesis(
    url: &str,
    header: (&str, &str),
    examples: u32,
    without: &[&str],
    known: &[Known<'_>],
) -> Findings {
    let folder = TempDir::new().expect("a folder");
    let python = tool("HERMES_TEST_PYTHON");
    let program = Path::new(&python).with_file_name("schemathesis");
    let events = folder.path().join("events.ndjson");
    let settings = folder.path().join("settings.toml");
    fs_err::write(&settings, settings_with(known)).expect("a file");
    let mut command = Command::new(program);
    command
        .arg(format!("--config-file={}", settings.display()))
        .args(["run", url, "--checks", "all", "--continue-on-failure"])
        .args(["--header", &format!("{}: {}", header.0, header.1)])
        .args(["--max-examples", &examples.to_string()])
        .args(["--generation-deterministic", "--suppress-health-check", "all"])
        .args(without.iter().flat_map(|path| ["--exclude-path", path]))
        .args(["--request-timeout", "20", "--report", "ndjson"])
        .arg(format!("--report-ndjson-path={}", events.display()))
        .current_dir(folder.path())
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", folder.path())
        .env("NO_COLOR", "1")
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::null())
        .kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output())
        .await
        .expect("an end in time")
        .expect("Schemathesis starts");
    let events = fs_err::read_to_string(&events).unwrap_or_default();
    Findings {
        kept: output.status.success(),
        requests: u64::try_from(events.matches("\"status_code\":").count()).expect("a count"),
        report: String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr),
    }
}

fn settings_with(known: &[Known<'_>]) -> String {
    let mut text = SETTINGS.to_owned();
    for (path, name, value) in known {
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "[[operations]]\ninclude-path = \"{path}\"\nparameters = {{ {name} = \"{value}\" }}\n"
        );
    }
    text
}

/// A small API: names of accounts by their number, for those with the token.
fn document() -> Value {
    let error = json!({"description": "An error", "content": {"application/json": {"schema": {
        "type": "object", "required": ["error"], "properties": {"error": {"type": "string"}},
    }}}});
    let account = json!({"description": "The account", "content": {"application/json": {"schema": {
        "type": "object", "required": ["name"], "properties": {"name": {"type": "string"}},
    }}}});
    json!({
        "openapi": "3.1.0",
        "info": {"title": "Accounts", "version": "1"},
        "security": [{"token": []}],
        "components": {"securitySchemes": {"token": {"type": "apiKey", "in": "header", "name": "x-token"}}},
        "paths": {"/accounts/{number}": {"get": {
            "operationId": "account",
            "parameters": [{"name": "number", "in": "path", "required": true, "schema": {"type": "integer", "minimum": 0, "maximum": 999}}],
            "responses": {"200": account, "400": error, "401": error},
        }}},
    })
}

/// The API; `breach` is the one number for which it does not do what it says.
fn api(asked: &Asked, breach: Option<u32>) -> Reply {
    let error = |status, text: &str| Reply::json(status, &json!({"error": text}));
    if asked.target == "/openapi.json" {
        return Reply::json(200, &document());
    }
    let Some(number) = asked.target.strip_prefix("/accounts/") else {
        return error(404, "nothing is here");
    };
    if asked.method != "GET" {
        return error(405, "only GET").with("allow", "GET");
    }
    if asked.header("x-token") != Some("right") {
        return error(401, "the token is wrong");
    }
    // A sign and leading zeros are no part of a number in an address.
    let plain = |number: &u32| *number < 1000 && number.to_string() == asked.target["/accounts/".len()..];
    match number.parse().ok().filter(plain) {
        Some(number) if breach == Some(number) => Reply::json(200, &json!({"nickname": 1})),
        Some(number) => Reply::json(200, &json!({"name": format!("account {number}")})),
        None => error(400, "no such number"),
    }
}

#[tokio::test]
async fn schemathesis_passes_an_api_that_keeps_its_word_and_finds_one_that_does_not() {
    let right = Server::start(|asked| api(asked, None)).await;
    let url = format!("{}/openapi.json", right.base());
    let findings = schemathesis(&url, ("x-token", "right"), 10, &[], &[]).await;
    assert!(findings.kept, "{}", findings.report);
    assert!(findings.requests > 10, "{findings:?}");
    assert!(
        right
            .seen()
            .iter()
            .any(|asked| asked.header("x-token") == Some("right"))
    );
    // The smallest number is always tried.
    let wrong = Server::start(|asked| api(asked, Some(0))).await;
    let url = format!("{}/openapi.json", wrong.base());
    let findings = schemathesis(&url, ("x-token", "right"), 10, &[], &[]).await;
    assert!(!findings.kept, "{}", findings.report);
    assert!(
        findings.report.contains("Response violates schema"),
        "{}",
        findings.report
    );
}

/// Paths that a session under test does not survive, and the stream that does not end.
const WITHOUT: [&str; 3] = ["/api/session", "/api/sessions", "/api/events"];

/// What is done to a login that is there: each to one of its own, so that no call takes away what the next one needs.
const CARE: [&str; 9] = [
    "",
    "/enable",
    "/disable",
    "/refresh",
    "/reset",
    "/rename",
    "/priority",
    "/weight",
    "/revoke",
];

#[tokio::test]
async fn admin_api_keeps_to_its_document() {
    let mut home = Home::lived_in().await;
    home.lab.sim.script().account("third@example.org");
    let done = home
        .lab
        .sign_in_at_once(&["auth", "add", "minimax-oauth", "--label", "third"])
        .await;
    assert_eq!(done.code, 0, "{done:?}");
    let console = Console::on(home.board().await).await;
    // Wrong tokens are tried too, and soon there are too many of them for a minute that is not a short one.
    let clock = format!("+0s,x100@{}", SystemClock::new().now().as_millis());
    home.lab.set("HERMES_LAB_CLOCK", &clock);
    let console = Console {
        board: home.board().await,
        token: console.token,
    };
    let logins = console.credentials().await;
    let ids = logins.iter().map(|one| one["id"].as_str().expect("an id"));
    let paths = CARE.map(|verb| format!("/api/credentials/{{id}}{verb}"));
    let mut known: Vec<_> = paths
        .iter()
        .zip(ids)
        .map(|(path, id)| (path.as_str(), "id", id))
        .collect();
    assert_eq!(known.len(), CARE.len());
    let (_, keys) = console.get("/api/keys").await;
    known.push((
        "/api/keys/{id}",
        "id",
        keys["keys"][0]["id"].as_str().expect("an id"),
    ));
    known.push(("/api/pools/{provider}/strategy", "provider", "anthropic"));
    known.push(("/api/requests/{id}", "id", &home.requests[0]));
    let url = format!("{}/api/openapi.json", console.board.up.base);
    let findings = schemathesis(&url, (TOKEN, &console.token), 10, &WITHOUT, &known).await;
    assert!(findings.kept, "{}", findings.report);
    assert!(findings.requests > 300, "{}", findings.report);
    let done = console.board.up.end().await;
    assert_eq!(done.code, 0, "{done:?}");
}
