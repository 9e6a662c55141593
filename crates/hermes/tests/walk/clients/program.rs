//! The clients: how each is started, and how it reads a file.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tokio::process::Command;

use crate::sdk::tool;

/// What every client is asked.
pub(super) const PROMPT: &str = "Which word is in the file word.txt? Use your tool to read it.";

/// One client as it speaks one protocol.
#[derive(Clone, Copy, Debug)]
pub(super) struct Client {
    /// Its name in the table.
    pub(super) name: &'static str,
    /// The protocol that it speaks to the gateway.
    pub(super) protocol: &'static str,
    start: fn(&Self, &Seat) -> Command,
    /// Whether it can call tools at all.
    pub(super) tools: bool,
}

/// Where a client sits.
pub(super) struct Seat {
    /// Its folder, which holds `word.txt`, and nothing that it does not own.
    pub(super) folder: PathBuf,
    /// The gateway.
    pub(super) base: String,
    /// The client key.
    pub(super) key: String,
    /// The model.
    pub(super) model: String,
}

impl Seat {
    /// Writes a file into the folder.
    fn write(&self, name: &str, text: &str) {
        let file = self.folder.join(name);
        fs_err::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs_err::write(file, text).expect("a file");
    }

    /// The program in the folder, with a home of its own and no variable of this process.
    fn command(&self, program: impl AsRef<Path>) -> Command {
        let home = self.folder.join("home");
        fs_err::create_dir_all(&home).expect("a folder");
        let node = PathBuf::from(tool("HERMES_TEST_NODE"));
        let node = node.parent().expect("a folder").display().to_string();
        let mut command = Command::new(program.as_ref());
        command
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", format!("{node}:/usr/bin:/bin"))
            .env("HOME", home)
            .env("LANG", "C.UTF-8")
            .env("TERM", "dumb")
            .env("NO_COLOR", "1");
        command
    }

    /// A script of the tests, run by Python.
    fn python(&self, python: impl AsRef<Path>, script: &str) -> Command {
        let mut command = self.command(python);
        command.arg(scripts().join(script));
        command
    }
}

/// The official SDKs; the test command brings them.
pub(super) const SDKS: [Client; 7] = [
    sdk("Python SDK", "messages", python_sdk),
    sdk("Python SDK", "chat", python_sdk),
    sdk("Python SDK", "responses", python_sdk),
    sdk("Python SDK", "gemini", python_sdk),
    sdk("Node SDK", "messages", node_sdk),
    sdk("Node SDK", "chat", node_sdk),
    sdk("Node SDK", "responses", node_sdk),
];

/// Those that are too heavy for every run.
pub(super) const HEAVY: [Client; 19] = [
    sdk("Claude Code", "messages", claude_code),
    sdk("Codex", "responses", codex),
    sdk("opencode", "messages", opencode),
    sdk("opencode", "chat", opencode),
    sdk("opencode", "responses", opencode),
    sdk("Qwen Code", "chat", qwen_code),
    sdk("Qwen Code", "messages", qwen_code),
    sdk("Gemini CLI", "gemini", gemini_cli),
    sdk("pydantic-ai", "messages", frameworks),
    sdk("pydantic-ai", "chat", frameworks),
    sdk("pydantic-ai", "responses", frameworks),
    sdk("langchain", "messages", frameworks),
    sdk("langchain", "chat", frameworks),
    sdk("langchain", "responses", frameworks),
    sdk("llm", "chat", llm),
    sdk("llm", "messages", llm),
    Client {
        tools: false,
        ..sdk("aider", "chat", aider)
    },
    Client {
        tools: false,
        ..sdk("aider", "messages", aider)
    },
    sdk("hermes-agent", "chat", hermes_agent),
];

const fn sdk(name: &'static str, protocol: &'static str, start: fn(&Client, &Seat) -> Command) -> Client {
    Client {
        name,
        protocol,
        start,
        tools: true,
    }
}

impl Client {
    /// The command that asks the question and prints the answer.
    pub(super) fn command(&self, seat: &Seat) -> Command {
        (self.start)(self, seat)
    }

    /// What any of the clients calls a tool that can read the file, and what it passes.
    pub(super) fn calls(folder: &Path) -> Vec<(String, Value)> {
        let file = folder.join("word.txt");
        let calls = [
            ("Read", json!({"file_path": file})),
            ("exec_command", json!({"cmd": "cat word.txt"})),
            ("shell_command", json!({"command": "cat word.txt"})),
            ("shell", json!({"command": ["cat", "word.txt"]})),
            ("read", json!({"filePath": file})),
            // Frameworks refuse arguments that a tool does not have.
            ("read_word", json!({"path": file})),
            (
                "read_file",
                json!({"file_path": file, "path": file, "absolute_path": file}),
            ),
        ];
        calls.map(|(name, arguments)| (name.to_owned(), arguments)).into()
    }
}

/// The scripts beside these tests.
fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/tools")
}

/// A folder of the clients.
fn installed(name: &str) -> PathBuf {
    Path::new(&tool("HERMES_TEST_CLIENTS")).join(name)
}

fn package(client: &str, path: &str) -> PathBuf {
    installed(client).join("node_modules").join(path)
}

fn python_sdk(client: &Client, seat: &Seat) -> Command {
    let mut command = seat.python(tool("HERMES_TEST_PYTHON"), "sdk.py");
    command.args([client.protocol, &seat.base, &seat.key, &seat.model]);
    command
}

fn node_sdk(client: &Client, seat: &Seat) -> Command {
    let mut command = seat.command(tool("HERMES_TEST_NODE"));
    command
        .arg(scripts().join("sdk.mjs"))
        .arg(tool("HERMES_TEST_SDKS"))
        .args([client.protocol, &seat.base, &seat.key, &seat.model]);
    command
}

fn frameworks(client: &Client, seat: &Seat) -> Command {
    let mut command = seat.python(installed("python").join("bin/python"), "frameworks.py");
    command.args([client.name, client.protocol, &seat.base, &seat.key, &seat.model]);
    command
}

fn llm(client: &Client, seat: &Seat) -> Command {
    let mut command = seat.python(installed("python").join("bin/python"), "llm_tools.py");
    command.args([client.protocol, &seat.base, &seat.key, &seat.model]);
    command
}

fn claude_code(_: &Client, seat: &Seat) -> Command {
    let mut command = seat.command(package(
        "claude-code",
        "@anthropic-ai/claude-code-linux-x64/claude",
    ));
    command
        .args(["-p", PROMPT, "--allowedTools", "Read", "--model", &seat.model])
        .env("ANTHROPIC_BASE_URL", &seat.base)
        .env("ANTHROPIC_AUTH_TOKEN", &seat.key)
        .env("ANTHROPIC_DEFAULT_HAIKU_MODEL", &seat.model)
        .env("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1")
        // It would go on for three minutes with its ten.
        .env("CLAUDE_CODE_MAX_RETRIES", "4");
    command
}

fn codex(_: &Client, seat: &Seat) -> Command {
    seat.write(
        "codex/config.toml",
        &format!(
            "model = \"{}\"\nmodel_provider = \"lab\"\n[model_providers.lab]\nname = \"Lab\"\nbase_url = \"{}/v1\"\n\
             env_key = \"LAB_KEY\"\nwire_api = \"responses\"\n[analytics]\nenabled = false\n",
            seat.model, seat.base
        ),
    );
    let found = glob_codex();
    let mut command = seat.command(found);
    command
        .args([
            "exec",
            "--skip-git-repo-check",
            "--sandbox",
            "danger-full-access",
            PROMPT,
        ])
        .env("CODEX_HOME", seat.folder.join("codex"))
        .env("LAB_KEY", &seat.key);
    command
}

/// The program in the package of this machine.
fn glob_codex() -> PathBuf {
    let vendor = package("codex", "@openai/codex-linux-x64/vendor");
    let target = fs_err::read_dir(&vendor)
        .expect("the package")
        .next()
        .expect("a target")
        .expect("a folder")
        .path();
    ["bin/codex", "codex/codex"]
        .map(|name| target.join(name))
        .into_iter()
        .find(|path| path.is_file())
        .expect("the program")
}

fn opencode(client: &Client, seat: &Seat) -> Command {
    let library = match client.protocol {
        "messages" => "@ai-sdk/anthropic",
        "chat" => "@ai-sdk/openai-compatible",
        _ => "@ai-sdk/openai",
    };
    let config = json!({
        "$schema": "https://opencode.ai/config.json", "autoupdate": false, "share": "disabled",
        "provider": {"lab": {
            "npm": library, "name": "Lab", "options": {"baseURL": format!("{}/v1", seat.base), "apiKey": seat.key},
            "models": {(seat.model.as_str()): {"name": "Lab", "tool_call": true}},
        }},
    });
    seat.write("opencode.json", &config.to_string());
    let mut command = seat.command(package("opencode", "opencode-linux-x64-baseline/bin/opencode"));
    command
        .args(["run", "--model", &format!("lab/{}", seat.model), PROMPT])
        .env("OPENCODE_DISABLE_MODELS_FETCH", "1")
        .env("OPENCODE_DISABLE_AUTOUPDATE", "1");
    command
}

fn qwen_code(client: &Client, seat: &Seat) -> Command {
    // It would go on for longer than anybody waits.
    let settings = json!({"model": {"generationConfig": {"maxRetries": 1, "retryInitialDelayMs": 1000}}});
    seat.write("home/.qwen/settings.json", &settings.to_string());
    let mut command = seat.command(tool("HERMES_TEST_NODE"));
    command
        .arg(package("qwen-code", "@qwen-code/qwen-code/cli-entry.js"))
        .args(["-p", PROMPT, "--yolo", "--model", &seat.model]);
    if client.protocol == "messages" {
        command
            .args(["--auth-type", "anthropic"])
            .env("ANTHROPIC_BASE_URL", &seat.base)
            .env("ANTHROPIC_API_KEY", &seat.key)
            .env("ANTHROPIC_MODEL", &seat.model);
    } else {
        command
            .args(["--auth-type", "openai"])
            .env("OPENAI_BASE_URL", format!("{}/v1", seat.base))
            .env("OPENAI_API_KEY", &seat.key)
            .env("OPENAI_MODEL", &seat.model);
    }
    command
}

fn gemini_cli(_: &Client, seat: &Seat) -> Command {
    let settings = json!({
        "security": {"auth": {"selectedType": "gemini-api-key"}},
        "privacy": {"usageStatisticsEnabled": false},
        // It would go on for four minutes with its ten.
        "general": {"maxAttempts": 4},
    });
    seat.write("home/.gemini/settings.json", &settings.to_string());
    let mut command = seat.command(tool("HERMES_TEST_NODE"));
    command
        .arg(package("gemini-cli", "@google/gemini-cli/bundle/gemini.js"))
        .args(["-p", PROMPT, "--yolo", "-m", &seat.model])
        .env("GEMINI_CLI_TRUST_WORKSPACE", "true")
        .env("GEMINI_API_KEY", &seat.key)
        .env("GOOGLE_GEMINI_BASE_URL", &seat.base);
    command
}

fn aider(client: &Client, seat: &Seat) -> Command {
    let mut command = seat.command(installed("aider").join("bin/aider"));
    let (vendor, base) = match client.protocol {
        "messages" => ("anthropic", seat.base.clone()),
        _ => ("openai", format!("{}/v1", seat.base)),
    };
    command
        .args([
            "--message",
            PROMPT,
            "--model",
            &format!("{vendor}/{}", seat.model),
        ])
        .args([
            "--yes-always",
            "--no-git",
            "--no-check-update",
            "--no-show-model-warnings",
            "--analytics-disable",
        ])
        .env("LITELLM_LOCAL_MODEL_COST_MAP", "True")
        .env("ANTHROPIC_API_BASE", &base)
        .env("ANTHROPIC_API_KEY", &seat.key)
        .env("OPENAI_API_BASE", &base)
        .env("OPENAI_API_KEY", &seat.key);
    command
}

fn hermes_agent(_: &Client, seat: &Seat) -> Command {
    let config = format!(
        "model:\n  provider: custom\n  default: {}\n  base_url: {}/v1\n  api_key: {}\n",
        seat.model, seat.base, seat.key
    );
    seat.write("home/.hermes/config.yaml", &config);
    let mut command = seat.command(installed("hermes-agent").join("bin/hermes"));
    command
        .args(["chat", "-q", PROMPT, "--yolo"])
        .env("HERMES_HOME", seat.folder.join("home/.hermes"));
    command
}
