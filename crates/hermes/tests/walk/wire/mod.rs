//! Clients of every protocol before credentials of every protocol.

mod dialect;
mod equality;
mod faults;
mod mistakes;
mod pairs;
mod speech;
mod verbatim;

use std::path::{Path, PathBuf};
use std::process::Stdio;

use hermes_core::Protocol;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use crate::harness::{Lab, Up, request};
use crate::sdk::tool;

/// Every protocol.
const ALL: [Protocol; 4] = [
    Protocol::AnthropicMessages,
    Protocol::ChatCompletions,
    Protocol::Responses,
    Protocol::Gemini,
];

/// A gateway with a login for each protocol.
struct Stage {
    lab: Lab,
    up: Up,
}

/// What came back.
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl Stage {
    async fn new() -> Self {
        Self::of(Self::lab().await).await
    }

    /// The same with the plan that answers with streams only.
    async fn with_plan() -> Self {
        let lab = Self::lab().await;
        let done = lab.sign_in(&["auth", "add", "openai-codex"]).await;
        assert_eq!(done.code, 0, "{done:?}");
        Self::of(lab).await
    }

    async fn lab() -> Lab {
        Self::lab_with("").await
    }

    /// With more in its settings.
    async fn lab_with(more: &str) -> Lab {
        let lab = Lab::new().await;
        fs_err::create_dir(lab.home()).expect("a folder");
        #[cfg(unix)]
        fs_err::set_permissions(lab.home(), std::os::unix::fs::PermissionsExt::from_mode(0o700))
            .expect("a mode");
        // Each speaks one protocol and no other; the catalogue has such rows for the other two.
        let chat = endpoint("chat", Protocol::ChatCompletions);
        let responses = endpoint("responses", Protocol::Responses);
        lab.config(&format!("{chat}{responses}{more}"));
        let key = lab.sim.script().issue_key();
        for protocol in ALL {
            let added = lab.add_key(provider(protocol), &key).await;
            assert_eq!(added.code, 0, "{protocol:?}: {added:?}");
        }
        lab
    }

    async fn of(lab: Lab) -> Self {
        let up = lab.up().await;
        Self { lab, up }
    }

    /// Sends a request of this client to the provider of the other protocol.
    async fn ask(&self, client: Protocol, upstream: Protocol, stream: bool) -> Answer {
        let model = model(upstream);
        let body = prompt(client, &model, stream);
        self.send(&path(client, &model, stream), &body, &[]).await
    }

    async fn send(&self, path: &str, body: &Value, headers: &[(&str, &str)]) -> Answer {
        let key = [("x-goog-api-key", self.up.key.as_str())];
        let headers = [&key, headers].concat();
        let (status, body, headers) = request(&self.up.base, "POST", path, &headers, &body.to_string()).await;
        Answer {
            status,
            headers,
            body,
        }
    }
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(one, _)| one == name);
        found.map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// The data of every event.
    fn events(&self) -> Vec<Value> {
        let text = self.body.replace("\r\n", "\n");
        let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
        data.filter(|data| *data != "[DONE]")
            .map(|data| serde_json::from_str(data).unwrap_or_else(|error| panic!("{error}: {data}")))
            .collect()
    }
}

/// A login of a test's own, in the settings file: at the provider of this protocol.
fn endpoint(login: &str, upstream: Protocol) -> String {
    let base = match upstream {
        Protocol::AnthropicMessages => "https://api.anthropic.com",
        Protocol::ChatCompletions => "https://api.deepseek.com/v1",
        Protocol::Responses => "https://api.openai.com/v1",
        Protocol::Gemini => "https://generativelanguage.googleapis.com/v1beta",
    };
    let name = upstream.as_str();
    format!("[endpoints.{login}]\nbase_url = \"{base}\"\nprotocol = \"{name}\"\nkey_env = \"LAB_KEY\"\n")
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

fn recordings(protocol: Protocol) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../fixtures/recorded")
        .join(folder(protocol))
}

/// Runs a script of ours with the official SDKs: JSON in, JSON out.
async fn python<T: DeserializeOwned>(script: &str, args: &[&str], input: &Value) -> T {
    let mut child = Command::new(tool("HERMES_TEST_PYTHON"))
        .arg(
            Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("tests/clients")
                .join(script),
        )
        .args(args)
        .env_clear()
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("python starts");
    let mut pipe = child.stdin.take().expect("stdin");
    pipe.write_all(input.to_string().as_bytes()).await.expect("input");
    drop(pipe);
    let output = child.wait_with_output().await.expect("an end");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {errors}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}: {errors}"))
}

/// The provider that speaks a protocol and no other.
fn provider(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::AnthropicMessages => "anthropic",
        Protocol::ChatCompletions => "custom:chat",
        Protocol::Responses => "custom:responses",
        Protocol::Gemini => "gemini",
    }
}

/// Where the provider of a protocol is asked.
fn place(protocol: Protocol, stream: bool) -> (&'static str, &'static str) {
    match protocol {
        Protocol::AnthropicMessages => ("api.anthropic.com", "/v1/messages"),
        Protocol::ChatCompletions => ("api.deepseek.com", "/v1/chat/completions"),
        Protocol::Responses => ("api.openai.com", "/v1/responses"),
        Protocol::Gemini if stream => (
            "generativelanguage.googleapis.com",
            "/v1beta/models/simulated-1:streamGenerateContent",
        ),
        Protocol::Gemini => (
            "generativelanguage.googleapis.com",
            "/v1beta/models/simulated-1:generateContent",
        ),
    }
}

fn model(upstream: Protocol) -> String {
    format!("{}/simulated-1", provider(upstream))
}

/// Where a client asks.
fn path(client: Protocol, model: &str, stream: bool) -> String {
    match client {
        Protocol::AnthropicMessages => "/v1/messages".to_owned(),
        Protocol::ChatCompletions => "/v1/chat/completions".to_owned(),
        Protocol::Responses => "/v1/responses".to_owned(),
        Protocol::Gemini if stream => format!("/v1beta/models/{model}:streamGenerateContent?alt=sse"),
        Protocol::Gemini => format!("/v1beta/models/{model}:generateContent"),
    }
}

/// A question with a tool, as a client of the protocol asks it.
fn prompt(client: Protocol, model: &str, stream: bool) -> Value {
    let about = "The weather in a city";
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    match client {
        Protocol::AnthropicMessages => json!({
            "model": model, "stream": stream, "max_tokens": 64, "system": "Be brief.",
            "messages": [{"role": "user", "content": "How is the weather in Paris?"}],
            "tools": [{"name": "weather", "description": about, "input_schema": schema}],
        }),
        Protocol::ChatCompletions => json!({
            "model": model, "stream": stream, "stream_options": stream.then(|| json!({"include_usage": true})),
            "max_completion_tokens": 64,
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "How is the weather in Paris?"}],
            "tools": [{"type": "function", "function": {"name": "weather", "description": about, "parameters": schema}}],
        }),
        Protocol::Responses => json!({
            "model": model, "stream": stream, "max_output_tokens": 64, "instructions": "Be brief.", "store": false,
            "input": "How is the weather in Paris?",
            "tools": [{"type": "function", "name": "weather", "description": about, "parameters": schema, "strict": false}],
        }),
        Protocol::Gemini => json!({
            "systemInstruction": {"parts": [{"text": "Be brief."}]},
            "contents": [{"role": "user", "parts": [{"text": "How is the weather in Paris?"}]}],
            "generationConfig": {"maxOutputTokens": 64},
            "tools": [{"functionDeclarations": [{"name": "weather", "description": about, "parametersJsonSchema": schema}]}],
        }),
    }
}
