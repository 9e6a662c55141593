//! Looking after logins, keys and requests through the admin API.

use hermes_sim::{Answer, SimOptions};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::board::TOKEN;
use super::console::Console;
use crate::harness::{Lab, Up, request};

/// A lab whose clock goes as outside, with this many accounts of one provider.
async fn lab(accounts: usize) -> Lab {
    let lab = Lab::with(SimOptions::default(), "+0s").await;
    for number in 0..accounts {
        lab.sim.script().account(&format!("person-{number}"));
        let label = format!("account {number}");
        let done = lab
            .sign_in_at_once(&["auth", "add", "minimax-oauth", "--label", &label])
            .await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    lab
}

fn id(credential: &Value) -> &str {
    credential["id"].as_str().expect("an id")
}

/// One request through the gateway.
async fn ask(up: &Up) {
    let body = json!({
        "model": "minimax-oauth/MiniMax-M3", "max_tokens": 9, "messages": [{"role": "user", "content": "hello"}],
    });
    let (status, text) = up.post("/v1/messages", &body).await;
    assert_eq!(status, 200, "{text}");
}

#[tokio::test]
async fn what_is_done_to_a_login_is_what_the_terminal_shows() {
    let lab = lab(2).await;
    let console = Console::start(&lab).await;
    let list = console.credentials().await;
    let of = |what: &str| format!("/api/credentials/{}/{what}", id(&list[0]));
    let (status, one) = console.post(&of("rename"), &json!({"label": "work"})).await;
    assert_eq!((status, &one["label"]), (200, &json!("work")));
    let taken = console.post(&of("rename"), &json!({"label": "account 1"})).await;
    assert_eq!((taken.0, &taken.1["error"]["kind"]), (409, &json!("taken")));
    let (_, one) = console.post(&of("priority"), &json!({"place": 1})).await;
    assert_eq!(one["priority"], 1);
    let (_, one) = console.post(&of("weight"), &json!({"weight": 3.0})).await;
    assert_eq!(one["weight"], 3);
    assert_eq!(console.post(&of("weight"), &json!({"weight": 0})).await.0, 400);
    let (_, one) = console.post(&of("disable"), &json!({})).await;
    assert_eq!(
        (&one["state"], &one["usable"]),
        (&json!("disabled"), &json!(false))
    );
    let shown = lab.run(&["auth", "status", "minimax-oauth"]).await.stdout;
    assert!(shown.contains("Disabled") && shown.contains("work"), "{shown}");
    assert_eq!(console.post(&of("enable"), &json!({})).await.1["state"], "ready");
    let before = lab.sim.refresh_posts().len();
    let (status, one) = console.post(&of("refresh"), &json!({})).await;
    assert_eq!((status, one["refreshed_at"].is_string()), (200, true), "{one}");
    assert_eq!(lab.sim.refresh_posts().len(), before + 1);
    assert_eq!(console.post(&of("reset"), &json!({})).await.0, 200);
    let (_, detail) = console.get(&format!("/api/credentials/{}", id(&list[0]))).await;
    assert!(
        detail["events"]
            .as_array()
            .is_some_and(|events| !events.is_empty()),
        "{detail}"
    );
}

#[tokio::test]
async fn removed_and_revoked_logins_are_gone_everywhere() {
    let lab = lab(2).await;
    let console = Console::start(&lab).await;
    let list = console.credentials().await;
    let (status, gone) = console
        .delete(&format!("/api/credentials/{}", id(&list[0])))
        .await;
    assert_eq!(
        (status, &gone["ended_at_provider"]),
        (200, &Value::Null),
        "{gone}"
    );
    let path = format!("/api/credentials/{}/revoke", id(&list[1]));
    assert_eq!(console.post(&path, &json!({})).await.0, 200);
    assert!(console.credentials().await.is_empty());
    assert_eq!(
        console
            .delete(&format!("/api/credentials/{}", id(&list[0])))
            .await
            .0,
        404
    );
    assert_eq!(lab.run(&["auth", "status", "minimax-oauth"]).await.code, 4);
    let (_, out) = console.delete("/api/providers/oauth/minimax-oauth").await;
    assert_eq!(out, json!({"ok": false, "provider": "minimax-oauth"}));
}

#[tokio::test]
async fn strategy_is_that_of_the_terminal() {
    let lab = lab(1).await;
    let console = Console::start(&lab).await;
    let path = "/api/pools/minimax-oauth/strategy";
    let set = json!({"strategy": "round-robin"});
    assert_eq!(console.call("PUT", path, Some(&set)).await, (200, set.clone()));
    let wrong = json!({"strategy": "best"});
    assert_eq!(console.call("PUT", path, Some(&wrong)).await.0, 400);
    let shown = lab
        .json(&["auth", "status", "minimax-oauth", "-v", "--json"])
        .await;
    assert_eq!(shown["credentials"][0]["strategy"], "round-robin");
}

#[tokio::test]
async fn key_works_until_it_is_revoked() {
    let lab = lab(1).await;
    let console = Console::start(&lab).await;
    let wish = json!({"name": "ci", "models": ["minimax-oauth/*"], "requests_per_minute": 100});
    let (status, made) = console.post("/api/keys", &wish).await;
    assert_eq!(status, 201, "{made}");
    let key = made["key"].as_str().expect("a key").to_owned();
    let base = console.board.up.base.clone();
    let models = async || {
        request(&base, "GET", "/v1/models", &[("x-api-key", &key)], "")
            .await
            .0
    };
    assert_eq!(models().await, 200);
    let (_, list) = console.get("/api/keys").await;
    assert!(!list.to_string().contains(&key), "a key is told twice");
    let path = format!("/api/keys/{}", made["id"].as_str().expect("an id"));
    let (status, revoked) = console.delete(&path).await;
    assert_eq!((status, revoked["revoked_at"].is_string()), (200, true));
    assert_eq!(models().await, 401);
    assert_eq!(console.delete("/api/keys/nonsense").await.0, 404);
    let nameless = console.post("/api/keys", &json!({"name": " "})).await;
    assert_eq!(
        (nameless.0, &nameless.1["error"]["kind"]),
        (400, &json!("bad_key"))
    );
}

#[tokio::test]
async fn requests_are_listed_told_and_summed_up() {
    let lab = lab(1).await;
    let console = Console::start(&lab).await;
    ask(&console.board.up).await;
    ask(&console.board.up).await;
    let list = async |query: &str| console.get(&format!("/api/requests{query}")).await.1["requests"].clone();
    for _ in 0..500 {
        if list("").await.as_array().is_some_and(|rows| rows.len() == 2) {
            break;
        }
        super::moment().await;
    }
    let rows = list("").await;
    assert_eq!(rows[0]["credential_label"], "account 0", "{rows}");
    assert_eq!(rows[0]["key_name"], "test");
    assert_eq!(
        list("?provider=minimax-oauth&model=m3")
            .await
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(list("?failed=true").await, json!([]));
    assert_eq!(console.get("/api/requests?limit=0").await.0, 400);
    assert_eq!(console.get("/api/requests?key=nonsense").await.0, 400);
    let (_, told) = console.get(&format!("/api/requests/{}", id(&rows[0]))).await;
    assert_eq!(
        (&told["protocol"], told["tokens"].is_array()),
        (&json!("anthropic_messages"), true),
        "{told}"
    );
    let (_, usage) = console.get("/api/usage?range=7d&by=model").await;
    assert_eq!(
        (&usage["sums"][0]["requests"], &usage["sums"][0]["name"]),
        (&json!(2), &json!("MiniMax-M3"))
    );
    let (_, csv) = console.get("/api/usage.csv?by=key").await;
    let csv = csv.as_str().expect("text").to_owned();
    assert!(
        csv.starts_with("from,group,name,") && csv.contains(",test,2,0,"),
        "{csv}"
    );
    assert_eq!(console.get("/api/usage?range=1y").await.0, 400);
}

#[tokio::test]
async fn key_in_the_environment_is_adopted_on_request_and_not_offered_again_once_removed() {
    let mut lab = lab(0).await;
    let key = lab.sim.script().issue_key();
    lab.set("OPENROUTER_API_KEY", &key);
    let console = Console::start(&lab).await;
    let offered = async || {
        let (_, page) = console.get("/ui/providers").await;
        page.as_str().expect("a page").contains("OPENROUTER_API_KEY")
    };
    assert!(offered().await);
    let other = json!({"method": "key", "from_env": "HERMES_HOME"});
    assert_eq!(
        console
            .post("/api/providers/oauth/openrouter/start", &other)
            .await
            .0,
        400
    );
    let adopt = json!({"method": "key", "from_env": "OPENROUTER_API_KEY"});
    let started = console.start_login("openrouter", &adopt).await;
    assert_eq!(started["status"], "approved", "{started}");
    assert!(!offered().await);
    let list = console.credentials().await;
    assert_eq!(list[0]["source"], "env");
    console
        .delete(&format!("/api/credentials/{}", id(&list[0])))
        .await;
    assert!(!offered().await);
}

#[tokio::test]
async fn settings_tell_where_everything_is_and_no_secret() {
    let lab = lab(1).await;
    let console = Console::start(&lab).await;
    let (status, settings) = console.get("/api/settings").await;
    assert_eq!(status, 200, "{settings}");
    assert_eq!(settings["sessions"].as_array().map(Vec::len), Some(1));
    assert_eq!(settings["sessions"][0]["current"], true);
    let findings = settings["program"]["findings"].as_array().expect("findings");
    assert!(findings.iter().any(|one| one["about"] == "store"), "{settings}");
    assert!(!settings.to_string().contains(&console.token));
}

/// The events of a page, as far as they came.
struct Ear {
    stream: tokio::net::TcpStream,
    heard: String,
}

impl Ear {
    async fn new(console: &Console) -> Self {
        let address = console.board.up.base.trim_start_matches("http://");
        let mut stream = tokio::net::TcpStream::connect(address)
            .await
            .expect("a connection");
        let head = format!(
            "GET /api/events HTTP/1.1\r\nhost: {address}\r\n{TOKEN}: {}\r\n\r\n",
            console.token
        );
        stream.write_all(head.as_bytes()).await.expect("sent");
        let mut ear = Self {
            stream,
            heard: String::new(),
        };
        ear.hear(": listening").await;
        ear
    }

    /// Waits until this was said.
    async fn hear(&mut self, text: &str) {
        let mut piece = [0; 4096];
        while !self.heard.contains(text) {
            let read = tokio::time::timeout(std::time::Duration::from_secs(20), self.stream.read(&mut piece));
            let size = read
                .await
                .unwrap_or_else(|_| panic!("not heard: {text}: {}", self.heard));
            let size = size.expect("a stream");
            assert_ne!(size, 0, "the stream ended: {}", self.heard);
            self.heard.push_str(&String::from_utf8_lossy(&piece[..size]));
        }
    }
}

#[tokio::test]
async fn page_hears_of_what_others_do_and_of_the_end() {
    let lab = lab(1).await;
    let console = Console::start(&lab).await;
    let mut ear = Ear::new(&console).await;
    assert_eq!(lab.run(&["auth", "rename", "account 0", "office"]).await.code, 0);
    ear.hear(
        r#"event: changed
data: {"what":"credentials"}"#,
    )
    .await;
    ask(&console.board.up).await;
    ear.hear("event: request").await;
    ear.hear(r#""credential_label":"office""#).await;
    ear.hear("event: rate").await;
    let started = console.start_login("minimax-oauth", &json!({})).await;
    ear.hear("event: login").await;
    ear.hear(started["session_id"].as_str().expect("an id")).await;
    let Console { board, .. } = console;
    // An open stream does not keep the program.
    let done = board.up.end().await;
    assert_eq!(done.code, 0, "{done:?}");
}

#[tokio::test]
async fn looking_at_everything_calls_nobody_and_changes_nothing() {
    let lab = lab(2).await;
    let console = Console::start(&lab).await;
    let first = id(&console.credentials().await[0]).to_owned();
    let events = async || {
        let told = lab
            .json(&["auth", "status", "minimax-oauth", "-v", "--json"])
            .await;
        told["credentials"][0]["events"].clone()
    };
    let before = (lab.sim.journal().entries().len(), events().await);
    for path in [
        "/ui/",
        "/ui/providers",
        "/ui/pool/minimax-oauth",
        "/ui/requests",
        "/ui/usage",
        "/ui/keys",
        "/ui/settings",
        "/api/providers",
        "/api/providers/oauth",
        "/api/credentials",
        &format!("/api/credentials/{first}"),
        "/api/requests",
        "/api/usage",
        "/api/keys",
        "/api/settings",
    ] {
        assert_eq!(console.get(path).await.0, 200, "{path}");
    }
    assert_eq!((lab.sim.journal().entries().len(), events().await), before);
}

#[tokio::test]
async fn renewal_that_has_to_wait_is_told_on_the_page_and_in_the_terminal() {
    let lab = lab(1).await;
    let console = Console::start(&lab).await;
    let page = async || {
        let (status, page) = console.get("/ui/pool/minimax-oauth").await;
        assert_eq!(status, 200, "{page}");
        page.as_str().expect("a page").to_owned()
    };
    assert!(!page().await.contains("Renewal"));
    for (host, path) in [
        ("account.minimax.io", "/oauth2/token"),
        ("api.minimax.io", "/oauth/token"),
    ] {
        lab.sim
            .script()
            .always(host, path, Answer::status(503).text("down"));
    }
    let list = console.credentials().await;
    let refresh = format!("/api/credentials/{}/refresh", id(&list[0]));
    assert_eq!(console.post(&refresh, &json!({})).await.0, 502);
    let told = page().await;
    assert!(
        told.contains("Renewal: the last one failed; the next try is <time"),
        "{told}"
    );
    let shown = lab.run(&["auth", "status", "minimax-oauth", "-v"]).await.stdout;
    assert!(shown.contains("the next try is in"), "{shown}");
}
