//! The gateway and the client between hostile callers and hostile providers.

use std::collections::BTreeSet;

use hermes_sim::{Answer, Part};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::logins::gzip_of_zeros;
use super::{MESSAGES, Trap, head, post, question, raw, signed_in, status};
use crate::harness::{Lab, Up, request};

/// Every path that reads or spends something, and the shape of its errors.
const ROUTES: [(&str, &str, &str); 8] = [
    ("POST", "/v1/messages", "anthropic"),
    ("POST", "/v1/messages/count_tokens", "anthropic"),
    ("POST", "/v1/chat/completions", "openai"),
    ("POST", "/v1/responses", "openai"),
    ("POST", "/v1/embeddings", "openai"),
    ("GET", "/v1/models", "openai"),
    ("GET", "/v1/models/minimax-oauth%2FMiniMax-M2.7", "openai"),
    ("GET", "/metrics", "openai"),
];

fn assert_shape(what: &str, shape: &str, body: &str) {
    let value: Value = serde_json::from_str(body).unwrap_or_else(|error| panic!("{what}: {error}: {body}"));
    assert!(value["error"]["message"].is_string(), "{what}: {body}");
    let outer = if shape == "anthropic" {
        json!("error")
    } else {
        Value::Null
    };
    assert_eq!(value["type"], outer, "{what}: {body}");
}

async fn assert_unauthorised(up: &Up, what: &str, key: Option<&str>) {
    for (method, path, shape) in ROUTES {
        let bearer = key.map(|key| format!("Bearer {key}"));
        let headers: Vec<_> = bearer
            .iter()
            .map(|value| ("authorization", value.as_str()))
            .collect();
        let (status, body, _) = request(&up.base, method, path, &headers, "{not even JSON").await;
        assert_eq!(status, 401, "{what}: {path}: {body}");
        assert_shape(&format!("{what}: {path}"), shape, &body);
    }
}

#[tokio::test]
async fn g1_routes_without_a_good_key_are_401_in_each_protocols_shape() {
    let lab = signed_in().await;
    let up = lab.up().await;
    let calls = lab.sim.journal().entries().len();
    assert_unauthorised(&up, "no key", None).await;
    assert_unauthorised(&up, "wrong key", Some("hk-wrong")).await;
    // A gateway of its own, since guessing is slowed down after twenty tries.
    let up = lab.up().await;
    let keys = lab.json(&["key", "list", "--json"]).await;
    for key in keys["keys"].as_array().expect("keys") {
        let done = lab
            .run(&["key", "revoke", key["prefix"].as_str().expect("a prefix")])
            .await;
        assert_eq!(done.code, 0, "{done:?}");
    }
    for _ in 0..500 {
        let (status, ..) = request(&up.base, "GET", "/v1/models", &[("x-api-key", &up.key)], "").await;
        if status == 401 {
            break;
        }
    }
    assert_unauthorised(&up, "revoked key", Some(&up.key)).await;
    assert_eq!(
        lab.sim.journal().entries().len(),
        calls,
        "the provider was called"
    );
}

/// The client keys without their last use, which the gateway notes.
async fn keys_as_made(lab: &Lab) -> Value {
    let mut list = lab.json(&["key", "list", "--json"]).await;
    for key in list["keys"].as_array_mut().expect("keys") {
        key["last_used"] = Value::Null;
    }
    list
}

#[tokio::test]
async fn g2_keys_with_sql_in_them_are_refused_and_change_nothing() {
    let lab = signed_in().await;
    let up = lab.up().await;
    let before = keys_as_made(&lab).await;
    let prefix = up.key.split('-').nth(1).expect("a prefix");
    for tail in [
        "' OR '1'='1",
        "'; DROP TABLE client_key; --",
        "\" OR 1=1 --",
        "%",
        "_",
        "\\'",
        "' UNION SELECT hash FROM client_key --",
    ] {
        for key in [
            tail.to_owned(),
            format!("hk-{prefix}-{tail}"),
            format!("hk-{prefix}{tail}"),
        ] {
            let (status, body, _) = request(&up.base, "GET", "/v1/models", &[("x-api-key", &key)], "").await;
            assert!([401, 429].contains(&status), "{key}: {status}: {body}");
        }
    }
    let (status, body, _) = request(&up.base, "GET", "/v1/models", &[("x-api-key", &up.key)], "").await;
    assert_eq!(status, 200, "{body}");
    assert_eq!(keys_as_made(&lab).await, before);
}

#[tokio::test]
async fn g3_nothing_a_caller_sends_chooses_the_upstream() {
    let lab = signed_in().await;
    let trap = Trap::new().await;
    let evil = format!("http://127.0.0.1:{}", trap.port);
    let up = lab.up().await;
    let logins = lab.sim.journal().entries().len();
    let mut body = question();
    for name in [
        "api_base",
        "base_url",
        "api_url",
        "host",
        "endpoint",
        "custom_host",
        "proxy",
        "litellm_params",
    ] {
        body[name] = json!(evil);
    }
    let body = body.to_string();
    let headers = [
        "x-portkey-custom-host",
        "x-custom-host",
        "x-base-url",
        "x-upstream-url",
        "x-forwarded-host",
        "x-forwarded-server",
        "x-original-url",
        "x-rewrite-url",
        "forwarded",
        "x-api-base",
        "api_base",
        "openai-base-url",
        "proxy-connection",
    ]
    .map(|name| format!("{name}: {evil}\r\n"))
    .concat();
    let own = format!("{}/v1/messages", up.base);
    for path in [
        "/v1/messages",
        "/v1/messages?api_base=http://evil.test&beta=true",
        &own,
    ] {
        let answer = raw(&up, &post(&up, path, &headers, body.as_bytes())).await;
        assert_eq!(
            status(&answer),
            200,
            "{path}: {}",
            String::from_utf8_lossy(&answer)
        );
    }
    // An absolute address of somebody else is refused before anything is sent.
    let foreign = format!("{evil}/v1/messages");
    assert_eq!(
        status(&raw(&up, &post(&up, &foreign, "", body.as_bytes())).await),
        421
    );
    let entries = lab.sim.journal().entries().split_off(logins);
    let places: BTreeSet<_> = entries
        .iter()
        .map(|entry| (entry.host.as_str(), entry.path.as_str()))
        .collect();
    assert_eq!(places, BTreeSet::from([MESSAGES]));
    assert_eq!(entries.len(), 3);
    for entry in &entries {
        let named = entry.headers.iter().find(|(name, value)| {
            value.contains(&evil)
                && (name.contains("host") || name.contains("base") || name.contains("upstream"))
        });
        assert!(named.is_none(), "{named:?}");
    }
    trap.assert_untouched().await;
}

#[tokio::test]
async fn g5_redirects_to_this_machine_and_private_addresses_are_not_followed() {
    let lab = signed_in().await;
    let trap = Trap::new().await;
    let up = lab.up().await;
    let key = lab.sim.script().issue_key();
    let port = trap.port;
    let targets = [
        format!("http://127.0.0.1:{port}/"),
        format!("http://localhost:{port}/"),
        format!("http://[::ffff:127.0.0.1]:{port}/"),
        format!("http://0.0.0.0:{port}/"),
        format!("http://2130706433:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
    ];
    for code in [301, 302, 303, 307, 308] {
        for target in &targets {
            lab.sim.script().redirect(MESSAGES.0, MESSAGES.1, code, target);
            let (status, body) = up.post("/v1/messages", &question()).await;
            assert!(status != 200, "{code} {target}: {body}");
        }
        lab.sim
            .script()
            .redirect("account.minimax.io", "/oauth2/token", code, &targets[0]);
        lab.sim
            .script()
            .redirect("api.minimax.io", "/oauth/token", code, &targets[0]);
        assert_ne!(lab.run(&["auth", "refresh", "minimax-oauth"]).await.code, 0);
        lab.sim
            .script()
            .redirect("api.deepseek.com", "/user/balance", code, &targets[0]);
        // A key that could not be asked about is stored; where the question went is what counts.
        let args = ["auth", "add", "deepseek", "--method", "key", "--api-key-stdin"];
        lab.run_with_input(&args, &key).await;
    }
    trap.assert_untouched().await;
}

#[tokio::test]
async fn g5_endpoints_on_forbidden_addresses_are_refused() {
    let lab = Lab::new().await;
    for url in [
        "http://example.com/v1",
        "http://10.0.0.1/v1",
        "https://10.0.0.1/v1",
        "http://169.254.169.254/v1",
        "https://169.254.169.254/v1",
        "https://[::ffff:169.254.169.254]/v1",
        "https://[64:ff9b::a9fe:a9fe]/v1",
        "https://[2002:a9fe:a9fe::]/v1",
        "https://[fe80::1]/v1",
        "https://0.0.0.0/v1",
        "https://224.0.0.1/v1",
        "https://user:word@example.com/v1",
        "file:///etc/passwd",
    ] {
        // No lab: the real rules for addresses stand, and none of these is ever dialled.
        let home = lab.write(
            "plain/config.toml",
            &format!("[store]\nholder = \"key-file\"\n[endpoints.odd]\nbase_url = \"{url}\"\nprotocol = \"chat_completions\"\nmodels = [\"m\"]\nkey_env = \"ODD_KEY\"\n"),
        );
        let home = home.parent().expect("a folder").to_owned();
        fs_err::set_permissions(&home, std::os::unix::fs::PermissionsExt::from_mode(0o700)).expect("chmod");
        let plain = async |args: &[&str]| {
            let mut command = lab.command(args);
            command
                .env_remove("HERMES_LAB_HOSTS")
                .env_remove("HERMES_LAB_CLOCK");
            command
                .env("HERMES_HOME", &home)
                .env("ODD_KEY", "sk-odd-0123456789");
            let output = command.output().await.expect("hermes runs");
            (
                output.status.success(),
                String::from_utf8_lossy(&output.stderr).into_owned(),
            )
        };
        let (added, mut text) = plain(&[
            "auth",
            "add",
            "custom:odd",
            "--method",
            "key",
            "--from-env",
            "ODD_KEY",
            "--no-verify",
        ])
        .await;
        if added {
            let (asked, said) = plain(&["chat", "-m", "custom:odd/m", "hello"]).await;
            assert!(!asked, "{url}: {said}");
            text = said;
        }
        let reasons = [
            "must be https",
            "not an http or https URL",
            "user name",
            "private",
            "link-local",
            "unspecified",
            "multicast",
        ];
        assert!(
            reasons.iter().any(|reason| text.contains(reason)),
            "{url}: {text}"
        );
    }
}

#[tokio::test]
async fn g6_keys_that_could_break_a_header_are_refused() {
    let lab = Lab::new().await;
    let long = "k".repeat(16 * 1024 + 1);
    for key in [
        "ab\r\nx-evil: 1",
        "ab\ncd",
        "ab\rcd",
        "ab\0cd",
        "ab cd",
        "ab\tcd",
        "schlüssel",
        "ab\u{7f}cd",
        "ab\u{1b}[2J",
        &long,
    ] {
        let done = lab.add_key("deepseek", key).await;
        assert_eq!(done.code, 2, "{key:?}: {done:?}");
        assert!(!done.stderr.contains("x-evil"), "{done:?}");
    }
    let list = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(list["credentials"], json!([]));
}

#[tokio::test]
async fn g6_labels_that_could_break_a_header_are_cleaned_or_refused() {
    let lab = Lab::new().await;
    let long = "l".repeat(200);
    for (number, label) in [
        "a\r\nx-evil: 1",
        "a\nb",
        "a\u{1b}[2Jb",
        "a\u{202e}b",
        "größe✓",
        &long,
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("sk-good-{number}-0123456789");
        let args = [
            "auth",
            "add",
            "deepseek",
            "--method",
            "key",
            "--api-key-stdin",
            "--no-verify",
            "--label",
            label,
        ];
        let done = lab.run_with_input(&args, &key).await;
        assert!([0, 2].contains(&done.code), "{label:?}: {done:?}");
    }
    let list = lab.json(&["auth", "list", "--json"]).await;
    for one in list["credentials"].as_array().expect("credentials") {
        let label = one["label"].as_str().expect("a label");
        assert!(
            !label.chars().any(char::is_control) && label.chars().count() <= 128,
            "{label:?}"
        );
    }
    let up = lab.up().await;
    let body = json!({"model": "deepseek/deepseek-chat", "messages": []});
    let answer = raw(
        &up,
        &post(&up, "/v1/chat/completions", "", body.to_string().as_bytes()),
    )
    .await;
    let text = String::from_utf8_lossy(&answer).into_owned();
    let (head, _) = text.split_once("\r\n\r\n").expect("a head");
    assert!(head.is_ascii() && !head.contains("\nx-evil"), "{head}");
}

#[tokio::test]
async fn g6_every_accepted_key_is_exactly_one_header() {
    let lab = Lab::new().await;
    let every: String = ('!'..='~').collect();
    let longest = "k".repeat(16 * 1024);
    for key in [
        every.as_str(),
        "a:b:c",
        "Bearer",
        "sk-x\\r\\ny",
        "%0d%0ax-evil:1",
        "{\"json\":1}",
        &longest,
    ] {
        let before = lab.sim.journal().entries().len();
        let args = ["auth", "add", "deepseek", "--method", "key", "--api-key-stdin"];
        lab.run_with_input(&args, key).await;
        let entries = lab.sim.journal().entries().split_off(before);
        assert_eq!(entries.len(), 1, "{key}");
        let sent: Vec<_> = entries[0]
            .headers
            .iter()
            .filter(|(_, value)| value.contains(key))
            .collect();
        assert_eq!(sent, [&("authorization".to_owned(), format!("Bearer {key}"))]);
        assert!(!entries[0].headers.iter().any(|(name, _)| name == "x-evil"));
    }
}

/// A line of `/proc/PID/status` in KiB.
fn memory(up: &Up, name: &str) -> u64 {
    let text = fs_err::read_to_string(format!("/proc/{}/status", up.pid())).expect("a process");
    let line = text
        .lines()
        .find(|line| line.starts_with(name))
        .expect("the line");
    line.split_whitespace()
        .nth(1)
        .and_then(|word| word.parse().ok())
        .expect("a number")
}

#[tokio::test]
async fn g9_body_over_64_mib_is_413_and_memory_stays_bounded() {
    let lab = signed_in().await;
    let up = lab.up().await;
    let calls = lab.sim.journal().entries().len();
    // Only the length is told: nothing is set aside for it.
    let told = format!(
        "{}content-length: {}\r\n\r\n",
        head(&up, "/v1/messages"),
        (64_u64 << 20) + 1
    );
    // The first refusal brings the program's own pages into memory, which count as well.
    assert_eq!(status(&raw(&up, told.as_bytes()).await), 413);
    let before = memory(&up, "VmHWM");
    for _ in 0..20 {
        assert_eq!(status(&raw(&up, told.as_bytes()).await), 413);
    }
    let endless = format!(
        "{}content-length: {}\r\n\r\n",
        head(&up, "/v1/messages"),
        10_u64 << 30
    );
    assert_eq!(status(&raw(&up, endless.as_bytes()).await), 413);
    assert!(
        memory(&up, "VmHWM") < before + 8 * 1024,
        "a refused length costs nothing"
    );
    // In chunks nothing is told, so it is the counting that stops it.
    let mut bytes = format!("{}transfer-encoding: chunked\r\n\r\n", head(&up, "/v1/messages")).into_bytes();
    let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 1 << 20], b"\r\n"].concat();
    for _ in 0..64 {
        bytes.extend_from_slice(&chunk);
    }
    bytes.extend_from_slice(b"1\r\n \r\n0\r\n\r\n");
    assert_eq!(status(&raw(&up, &bytes).await), 413);
    let peak = memory(&up, "VmHWM");
    // A buffer that doubles as it grows holds at most the limit twice while it moves.
    assert!(
        peak < before + 200 * 1024,
        "{before} KiB before, {peak} KiB at most"
    );
    assert_eq!(lab.sim.journal().entries().len(), calls);
    assert_eq!(up.post("/v1/messages", &question()).await.0, 200);
}

#[tokio::test]
async fn g9_heads_over_the_limits_are_refused() {
    let lab = signed_in().await;
    let up = lab.up().await;
    let many = "x-one: 1\r\n".repeat(101);
    assert_eq!(
        status(&raw(&up, &post(&up, "/v1/messages", &many, b"{}")).await),
        431
    );
    let large = format!("x-large: {}\r\n", "a".repeat(70_000));
    assert_eq!(
        status(&raw(&up, &post(&up, "/v1/messages", &large, b"{}")).await),
        431
    );
    let path = format!("/v1/messages?{}", "a".repeat(9000));
    assert_eq!(status(&raw(&up, &post(&up, &path, "", b"{}")).await), 414);
    assert_eq!(up.post("/v1/messages", &question()).await.0, 200);
}

#[tokio::test]
async fn g10_compressed_requests_are_415_and_compressed_answers_stay_compressed() {
    let lab = signed_in().await;
    let bomb = gzip_of_zeros(64 << 20);
    lab.sim.script().always(
        MESSAGES.0,
        MESSAGES.1,
        Answer::status(200)
            .header("content-type", "application/json")
            .header("content-encoding", "gzip")
            .part(Part::Bytes(bomb.clone().into())),
    );
    let up = lab.up().await;
    let calls = lab.sim.journal().count(MESSAGES.0, MESSAGES.1);
    for coding in ["gzip", "br", "zstd", "deflate", "identity, gzip"] {
        let answer = raw(
            &up,
            &post(
                &up,
                "/v1/messages",
                &format!("content-encoding: {coding}\r\n"),
                &bomb,
            ),
        )
        .await;
        assert_eq!(status(&answer), 415, "{coding}");
    }
    assert_eq!(lab.sim.journal().count(MESSAGES.0, MESSAGES.1), calls);
    let before = memory(&up, "VmRSS");
    let answer = raw(
        &up,
        &post(&up, "/v1/messages", "", question().to_string().as_bytes()),
    )
    .await;
    assert_eq!(status(&answer), 200);
    assert!(answer.ends_with(&bomb), "the bytes are the provider's");
    assert!(memory(&up, "VmHWM") < before + 16 * 1024, "nothing was decoded");
}

#[tokio::test]
async fn g11_malformed_streams_pass_in_bounded_memory() {
    let lab = signed_in().await;
    let up = lab.up().await;
    let before = memory(&up, "VmRSS");
    let events = || Answer::status(200).header("content-type", "text/event-stream");
    let deep = format!("data: {}\n\n", "[".repeat(1_000_000));
    for (what, answer) in [
        ("a line without end", events().part(Part::Flood(64 << 20))),
        ("deep JSON", events().text(&deep).text(&deep)),
        (
            "half a code point",
            events()
                .part(Part::Bytes(b"data: {\"type\":\"\xc3".to_vec().into()))
                .text("\n\n"),
        ),
        (
            "zeros in fields",
            events().text("ev\0ent: x\0\ndata: \0\n\n").text("\n"),
        ),
        (
            "no stream at all",
            Answer::status(200)
                .header("content-type", "application/json")
                .part(Part::Flood(64 << 20)),
        ),
    ] {
        lab.sim.script().always(MESSAGES.0, MESSAGES.1, answer);
        let mut body = question();
        body["stream"] = json!(true);
        let answer = raw(&up, &post(&up, "/v1/messages", "", body.to_string().as_bytes())).await;
        assert_eq!(status(&answer), 200, "{what}");
    }
    let peak = memory(&up, "VmHWM");
    assert!(
        peak < before + 48 * 1024,
        "{before} KiB before, {peak} KiB at most"
    );
    let done = up.end().await;
    assert!(!done.stderr.contains("fault of its own"), "{done:?}");
}

#[tokio::test]
async fn g13_request_is_completed_at_most_once_under_faults() {
    let lab = Lab::new().await;
    for label in ["one", "two"] {
        let key = lab.sim.script().issue_key();
        let args = [
            "auth",
            "add",
            "deepseek",
            "--method",
            "key",
            "--api-key-stdin",
            "--no-verify",
            "--label",
            label,
        ];
        assert_eq!(lab.run_with_input(&args, &key).await.code, 0);
    }
    let up = lab.up().await;
    let place = ("api.deepseek.com", "/v1/chat/completions");
    let body = json!({"model": "deepseek/deepseek-chat", "stream": true, "messages": [{"role": "user", "content": "hi"}]});
    let part = "data: {\"choices\":[{\"delta\":{\"content\":\"x\"}}]}\n\n";
    let events = || Answer::status(200).header("content-type", "text/event-stream");
    // Each fault may have been billed, so none of them may be tried again.
    for (what, fault) in [
        ("dropped before the head", Answer::dropped()),
        ("cut before the first event", events().part(Part::Cut)),
        ("cut in the body", events().text(part).part(Part::Cut)),
        ("ended without its end", events().text(part).text(part)),
        (
            "error event",
            events()
                .text(part)
                .text("data: {\"error\":{\"message\":\"overloaded\"}}\n\n")
                .text("data: [DONE]\n\n"),
        ),
    ] {
        let before = lab.sim.journal().count(place.0, place.1);
        lab.sim.script().next(place.0, place.1, fault);
        raw(
            &up,
            &post(&up, "/v1/chat/completions", "", body.to_string().as_bytes()),
        )
        .await;
        assert_eq!(lab.sim.journal().count(place.0, place.1) - before, 1, "{what}");
    }
    // An error in place of an answer is a refusal, whatever the status says: the other login answers, once.
    let before = lab.sim.journal().count(place.0, place.1);
    let refused = events().text("data: {\"error\":{\"message\":\"overloaded\"}}\n\n");
    lab.sim.script().next(place.0, place.1, refused);
    let answer = raw(
        &up,
        &post(&up, "/v1/chat/completions", "", body.to_string().as_bytes()),
    )
    .await;
    assert_eq!(lab.sim.journal().count(place.0, place.1) - before, 2);
    assert_eq!(status(&answer), 200);
    assert!(!String::from_utf8_lossy(&answer).contains("overloaded"));
    // What the provider refused was not billed; then each login is tried once at most.
    for code in [401, 402, 429, 500, 503] {
        let before = lab.sim.journal().count(place.0, place.1);
        lab.sim.script().always(
            place.0,
            place.1,
            Answer::json(code, &json!({"error": {"message": "no"}})),
        );
        raw(
            &up,
            &post(&up, "/v1/chat/completions", "", body.to_string().as_bytes()),
        )
        .await;
        let calls = lab.sim.journal().count(place.0, place.1) - before;
        assert!(calls <= 2, "{code}: {calls} calls");
    }
}
