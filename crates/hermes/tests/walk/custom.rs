//! Endpoints of the person's own, from `[endpoints.<name>]` of the config file.

use std::sync::{Arc, Mutex};

use pretty_assertions::assert_eq;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::{Lab, request};

/// A model server on this machine that remembers what it was sent.
pub(crate) struct Endpoint {
    /// Its port.
    pub(crate) port: u16,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    /// Starts it.
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&log)));
            }
        });
        Self { port, seen }
    }

    /// Every request, head and body, with header names in lower case.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("the log").clone()
    }

    /// A lab whose connections to this machine end here, beside the simulated providers.
    async fn lab(&self, config: &str) -> Lab {
        let mut lab = Lab::new().await;
        fs_err::create_dir(lab.home()).expect("a folder");
        #[cfg(unix)]
        fs_err::set_permissions(lab.home(), std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .expect("a mode");
        let hosts = format!("{},127.0.0.1=http://127.0.0.1:{}", lab.sim.lab_hosts(), self.port);
        lab.set("HERMES_LAB_HOSTS", &hosts);
        lab.config(&format!(
            "[endpoints.lab]\nbase_url = \"http://127.0.0.1:{}/v1\"\nmodels = [\"tiny\"]\n{config}",
            self.port
        ));
        lab
    }
}

async fn serve(mut stream: TcpStream, log: Arc<Mutex<Vec<String>>>) {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let head = head.to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                log.lock().expect("the log").push(format!("{head}\r\n\r\n{body}"));
                let _ = stream.write_all(answer(body).as_bytes()).await;
                return;
            }
        }
        match stream.read(&mut buffer).await {
            Ok(count) if count > 0 => bytes.extend_from_slice(&buffer[..count]),
            _ => return,
        }
    }
}

fn answer(body: &str) -> String {
    let asked: Value = serde_json::from_str(body).unwrap_or_default();
    let (kind, text) = if asked["stream"] == json!(true) {
        let chunk = json!({"id": "1", "object": "chat.completion.chunk", "model": "tiny",
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": "hello from the lab"}, "finish_reason": null}]});
        let last = json!({"id": "1", "object": "chat.completion.chunk", "model": "tiny",
            "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
        (
            "text/event-stream",
            format!("data: {chunk}\n\ndata: {last}\n\ndata: [DONE]\n\n"),
        )
    } else {
        let whole = json!({"id": "1", "object": "chat.completion", "model": "tiny",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "hello from the lab"}, "finish_reason": "stop"}]});
        ("application/json", whole.to_string())
    };
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{text}",
        text.len()
    )
}

fn question() -> Value {
    json!({"model": "custom:lab/tiny", "messages": [{"role": "user", "content": "hi"}]})
}

#[tokio::test]
async fn keyless_endpoint_is_ready_before_there_is_a_store() {
    let endpoint = Endpoint::start().await;
    let lab = endpoint.lab("").await;
    let status = lab.json(&["auth", "status", "custom:lab", "--json"]).await;
    assert_eq!(
        (&status["state"], &status["usable"]),
        (&json!("ready"), &json!(true)),
        "{status}"
    );
    let list = lab.json(&["auth", "list", "--json"]).await;
    let row = &list["credentials"][0];
    assert_eq!(row["source"], json!({"kind": "config", "name": "lab"}), "{list}");
    assert_eq!(
        (&row["label"], &row["billing"]),
        (&json!("lab"), &json!("local")),
        "{list}"
    );
    assert!(!lab.home().join("hermes.db").exists(), "a read makes no store");
    let models = lab.json(&["models", "--json"]).await;
    assert_eq!(models["models"][0]["id"], json!("custom:lab/tiny"), "{models}");
    let human = lab.run(&["auth", "status", "custom:lab", "-v"]).await;
    assert_eq!(human.code, 0, "{human:?}");
    assert!(human.stdout.contains("needs no key"), "{human:?}");
    assert!(endpoint.seen().is_empty(), "reads call nobody");
}

#[tokio::test]
async fn keyless_endpoint_serves_chat_and_gateway_without_any_key() {
    let endpoint = Endpoint::start().await;
    let lab = endpoint.lab("").await;
    let chat = lab.run(&["chat", "-m", "custom:lab/tiny", "hi"]).await;
    assert_eq!(chat.code, 0, "{chat:?}");
    assert!(chat.stdout.contains("hello from the lab"), "{chat:?}");
    let up = lab.up().await;
    let (status, body) = up.post("/v1/chat/completions", &question()).await;
    assert_eq!(status, 200, "{body}");
    let headers = [("x-api-key", up.key.as_str())];
    let (status, body, _) = request(&up.base, "GET", "/v1/models", &headers, "").await;
    assert_eq!(status, 200, "{body}");
    assert!(body.contains("custom:lab/tiny"), "{body}");
    let list = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(list["credentials"].as_array().map(Vec::len), Some(1), "{list}");
    let seen = endpoint.seen();
    let (asked, told): (Vec<String>, Vec<String>) = seen
        .into_iter()
        .partition(|call| call.starts_with("post /v1/chat/completions "));
    assert_eq!(asked.len(), 2, "{asked:?}");
    assert!(asked.iter().all(|call| call.contains("\"tiny\"")), "{asked:?}");
    assert!(told[0].starts_with("get /v1/models "), "{told:?}");
    for call in asked.iter().chain(&told) {
        assert!(
            !call.contains("authorization:") && !call.contains("x-api-key:"),
            "{call}"
        );
    }
}

#[tokio::test]
async fn keyless_endpoint_has_nothing_to_sign_in_show_or_remove() {
    let endpoint = Endpoint::start().await;
    let lab = endpoint.lab("").await;
    let add = lab.run(&["auth", "add", "custom:lab"]).await;
    assert_eq!(add.code, 2, "{add:?}");
    assert!(add.stderr.contains("needs no login"), "{add:?}");
    let chat = lab.run(&["chat", "-m", "custom:lab/tiny", "hi"]).await;
    assert_eq!(chat.code, 0, "{chat:?}");
    for args in [
        &["token", "custom:lab"][..],
        &["auth", "refresh", "custom:lab"],
        &["auth", "remove", "custom:lab"],
        &["auth", "revoke", "custom:lab"],
        &["auth", "disable", "lab"],
        &["auth", "rename", "lab", "other"],
    ] {
        let done = lab.run(args).await;
        assert_eq!(done.code, 2, "{args:?}: {done:?}");
        assert!(done.stderr.contains("needs no login"), "{args:?}: {done:?}");
    }
}

#[tokio::test]
async fn keyless_endpoint_switched_off_serves_nothing() {
    let endpoint = Endpoint::start().await;
    let lab = endpoint
        .lab("[providers.\"custom:lab\"]\nenabled = false\n")
        .await;
    let status = lab.run(&["auth", "status", "custom:lab"]).await;
    assert_eq!(status.code, 4, "{status:?}");
    assert!(status.stdout.contains("Disabled"), "{status:?}");
    let chat = lab.run(&["chat", "-m", "custom:lab/tiny", "hi"]).await;
    assert_ne!(chat.code, 0, "{chat:?}");
    assert!(endpoint.seen().is_empty());
}

#[tokio::test]
async fn endpoint_with_a_key_variable_shows_the_key_and_waits_for_its_adoption() {
    let endpoint = Endpoint::start().await;
    let mut lab = endpoint.lab("key_env = \"LAB_KEY\"\n").await;
    lab.set("LAB_KEY", "lab-secret-0123");
    let status = lab.run(&["auth", "status", "custom:lab"]).await;
    assert_eq!(status.code, 4, "{status:?}");
    let command = "hermes auth add custom:lab --from-env LAB_KEY";
    assert!((status.stdout + &status.stderr).contains(command));
    let list = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(list["found"][0]["command"], json!(command), "{list}");
    assert!(!list.to_string().contains("lab-secret-0123"));
    let chat = lab.run(&["chat", "-m", "custom:lab/tiny", "hi"]).await;
    assert_eq!(chat.code, 4, "{chat:?}");
    assert!(endpoint.seen().is_empty(), "a key that was found is never used");

    let add = lab
        .run(&["auth", "add", "custom:lab", "--from-env", "LAB_KEY"])
        .await;
    assert_eq!(add.code, 0, "{add:?}");
    let chat = lab.run(&["chat", "-m", "custom:lab/tiny", "hi"]).await;
    assert_eq!(chat.code, 0, "{chat:?}");
    let seen = endpoint.seen();
    assert_eq!(seen.len(), 1, "{seen:?}");
    assert!(
        seen[0].contains("authorization: bearer lab-secret-0123"),
        "{seen:?}"
    );
    let list = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(
        list["credentials"][0]["source"],
        json!({"kind": "env", "name": "LAB_KEY"}),
        "{list}"
    );
    assert_eq!(list["found"], json!([]), "{list}");
}

#[tokio::test]
async fn endpoint_with_a_key_variable_takes_a_piped_key() {
    let endpoint = Endpoint::start().await;
    let lab = endpoint.lab("key_env = \"LAB_KEY\"\n").await;
    let add = lab
        .run_with_input(&["auth", "add", "custom:lab", "--api-key-stdin"], "piped-key-1\n")
        .await;
    assert_eq!(add.code, 0, "{add:?}");
    let up = lab.up().await;
    let (status, body) = up.post("/v1/chat/completions", &question()).await;
    assert_eq!(status, 200, "{body}");
    assert!(endpoint.seen()[0].contains("authorization: bearer piped-key-1"));
    let status = lab.run(&["auth", "status", "custom:lab"]).await;
    assert_eq!(status.code, 0, "{status:?}");
}

#[tokio::test]
async fn endpoint_moved_in_the_config_gets_no_stored_key() {
    let (endpoint, other) = (Endpoint::start().await, Endpoint::start().await);
    let mut lab = endpoint.lab("key_env = \"LAB_KEY\"\n").await;
    let add = ["auth", "add", "custom:lab", "--api-key-stdin"];
    assert_eq!(lab.run_with_input(&add, "piped-key-1\n").await.code, 0);
    lab.set(
        "HERMES_LAB_HOSTS",
        &format!(
            "{},127.0.0.1=http://127.0.0.1:{p},localhost=http://127.0.0.1:{p}",
            lab.sim.lab_hosts(),
            p = other.port
        ),
    );
    for base in [
        format!("http://127.0.0.1:{}/v1", other.port),
        format!("http://localhost:{}/v1", endpoint.port),
    ] {
        lab.config(&format!(
            "[endpoints.lab]\nbase_url = \"{base}\"\nmodels = [\"tiny\"]\nkey_env = \"LAB_KEY\"\n"
        ));
        let status = lab.run(&["auth", "status", "custom:lab"]).await;
        assert_eq!(status.code, 4, "{status:?}");
        let words = status.stdout.replace('\n', " ");
        let old = format!("http://127.0.0.1:{}", endpoint.port);
        assert!(
            words.contains(&old) && words.contains(base.trim_end_matches("/v1")),
            "{words}"
        );
        assert!(words.contains("hermes auth add custom:lab"), "{words}");
        let chat = lab.run(&["chat", "-m", "custom:lab/tiny", "hi"]).await;
        assert_ne!(chat.code, 0, "{chat:?}");
        let up = lab.up().await;
        let (status, body) = up.post("/v1/chat/completions", &question()).await;
        assert_ne!(status, 200, "{body}");
        assert!(body.contains("hermes auth add custom:lab"), "{body}");
    }
    assert!(endpoint.seen().is_empty() && other.seen().is_empty());
    assert_eq!(lab.run_with_input(&add, "piped-key-1\n").await.code, 0);
    let chat = lab.run(&["chat", "-m", "custom:lab/tiny", "hi"]).await;
    assert_eq!(chat.code, 0, "{chat:?}");
}

#[tokio::test]
async fn endpoint_elsewhere_that_says_it_wants_no_key_is_keyless() {
    let endpoint = Endpoint::start().await;
    let mut lab = endpoint.lab("").await;
    let hosts = format!(
        "{},models.test=http://127.0.0.1:{}",
        lab.sim.lab_hosts(),
        endpoint.port
    );
    lab.set("HERMES_LAB_HOSTS", &hosts);
    lab.config(
        "[endpoints.lab]\nbase_url = \"https://models.test/v1\"\nmodels = [\"tiny\"]\nauth = \"none\"\n",
    );
    let list = lab.json(&["auth", "list", "--json"]).await;
    assert_eq!(list["credentials"][0]["billing"], json!("metered"), "{list}");
    let chat = lab.run(&["chat", "-m", "custom:lab/tiny", "hi"]).await;
    assert_eq!(chat.code, 0, "{chat:?}");
    assert!(!endpoint.seen()[0].contains("authorization:"));
}
