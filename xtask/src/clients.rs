//! Programs that people use, through the gateway.

use anyhow::Result;

use crate::run::{root, run};
use crate::test::cargo;
use crate::tools::{npm, pip, tools};

/// Each with the folder that it is installed in.
const NODE_CLIENTS: [(&str, &str); 6] = [
    ("claude-code", "@anthropic-ai/claude-code@2.1.332"),
    ("codex", "@openai/codex@0.169.0"),
    ("opencode", "opencode-ai@1.18.33"),
    ("qwen-code", "@qwen-code/qwen-code@0.24.4"),
    ("gemini-cli", "@google/gemini-cli@0.61.0"),
    ("sdks", "@anthropic-ai/sdk@1.14.0 openai@7.57.0"),
];

/// Each environment with what it holds.
const PYTHON_CLIENTS: [(&str, &[&str]); 3] = [
    (
        "python",
        &[
            "google-genai",
            "pydantic-ai-slim[anthropic,openai]",
            "langchain",
            "langchain-openai",
            "langchain-anthropic",
            "llm",
            "llm-anthropic",
        ],
    ),
    ("hermes-agent", &["hermes-agent==0.19.0", "anthropic<1"]),
    ("aider", &["aider-chat"]),
];

/// The test that leads them.
const TEST: &str = "clients::every_client";

/// Installs the clients, about two gigabytes, and runs each in front of every kind of provider, well and failing.
pub(crate) fn clients(args: &[String]) -> Result<()> {
    let tools = tools()?;
    let folder = root().join("target/tools/clients");
    for (name, packages) in NODE_CLIENTS {
        npm(&folder.join(name), &tools.node, packages)?;
    }
    for (name, packages) in PYTHON_CLIENTS {
        pip(&folder.join(name), packages)?;
    }
    run(cargo(&tools)
        .args(["test", "--locked", "--package", "hermes", "--test", "walk", "--"])
        .args(["--nocapture", "--exact", TEST])
        .env("HERMES_TEST_CLIENTS", &folder)
        .env("HERMES_TEST_CLIENT", args.join(" ")))
}
