//! Programs that people use, through the gateway.

use anyhow::Result;

use crate::run::{root, run};
use crate::test::cargo;
use crate::tools::{npm, pip, tools};

/// A folder with what is installed there, and the clients of the table that need it.
struct Home {
    name: &'static str,
    clients: &'static [&'static str],
    packages: &'static [&'static str],
}

const NODE: [Home; 5] = [
    Home {
        name: "claude-code",
        clients: &["Claude Code"],
        packages: &["@anthropic-ai/claude-code@2.1.332"],
    },
    Home {
        name: "codex",
        clients: &["Codex"],
        packages: &["@openai/codex@0.169.0"],
    },
    Home {
        name: "opencode",
        clients: &["opencode"],
        packages: &["opencode-ai@1.18.33"],
    },
    Home {
        name: "qwen-code",
        clients: &["Qwen Code"],
        packages: &["@qwen-code/qwen-code@0.24.4"],
    },
    Home {
        name: "gemini-cli",
        clients: &["Gemini CLI"],
        packages: &["@google/gemini-cli@0.61.0"],
    },
];

const PYTHON: [Home; 3] = [
    Home {
        name: "python",
        clients: &["pydantic-ai", "langchain", "llm"],
        packages: &[
            "pydantic-ai-slim[anthropic,openai]==2.68.*",
            "langchain==1.5.*",
            "langchain-openai==1.7.*",
            "langchain-anthropic==1.7.*",
            "llm==0.36.*",
            "llm-anthropic==0.30.*",
        ],
    },
    Home {
        name: "hermes-agent",
        clients: &["hermes-agent"],
        packages: &["hermes-agent==0.19.0", "anthropic<1"],
    },
    Home {
        name: "aider",
        clients: &["aider"],
        packages: &["aider-chat==0.86.2"],
    },
];

impl Home {
    /// Whether one of its clients is meant; no word means all.
    fn wanted(&self, word: &str) -> bool {
        let mut clients = self.clients.iter();
        clients.any(|client| client.contains(word) || word.starts_with(client))
    }
}

/// The test that leads them.
const TEST: &str = "clients::every_client";

/// Installs the clients, more than two gigabytes, and runs each in front of every kind of provider, well and failing. A name, or the
/// beginning of one with its protocol, means those alone.
pub(crate) fn clients(args: &[String]) -> Result<()> {
    let tools = tools()?;
    let word = args.join(" ");
    let folder = root().join("target/tools/clients");
    for home in NODE.iter().filter(|home| home.wanted(&word)) {
        npm(&folder.join(home.name), &tools.node, &home.packages.join(" "))?;
    }
    for home in PYTHON.iter().filter(|home| home.wanted(&word)) {
        pip(&folder.join(home.name), home.packages)?;
    }
    run(cargo(&tools)
        .args(["test", "--locked", "--package", "hermes", "--test", "walk", "--"])
        .args(["--nocapture", "--exact", TEST])
        .env("HERMES_TEST_CLIENTS", &folder)
        .env("HERMES_TEST_CLIENT", word))
}
