//! Ready lines for the tools that people use.

use hermes_core::Protocol;

use super::Gateway;

/// Stands where the person puts a client key.
const KEY: &str = "HERMES_KEY";

/// Stands where no model is signed in yet.
const MODEL: &str = "PROVIDER/MODEL";

/// Lines for one tool.
pub(super) struct Snippet {
    pub(super) id: &'static str,
    pub(super) name: &'static str,
    pub(super) text: String,
}

/// One for each tool, with a model that speaks the tool's protocol.
pub(super) fn of(gateway: &Gateway) -> Vec<Snippet> {
    let url = gateway.url.as_str();
    let model = |protocol: Protocol| {
        let mut models = gateway.models.iter();
        let known = models.find(|(spoken, _)| *spoken == protocol);
        known.map_or(MODEL, |(_, model)| model.as_str())
    };
    let (messages, chat) = (
        model(Protocol::AnthropicMessages),
        model(Protocol::ChatCompletions),
    );
    let one = |id, name, text| Snippet { id, name, text };
    vec![
        one("claude-code", "Claude Code", claude_code(url, messages)),
        one("codex", "Codex", codex(url, model(Protocol::Responses))),
        one(
            "gemini-cli",
            "Gemini CLI",
            gemini_cli(url, model(Protocol::Gemini)),
        ),
        one("opencode", "opencode", opencode(url, chat)),
        one("aider", "aider", aider(url, chat)),
        one("python", "Python", python(url, chat)),
        one("typescript", "TypeScript", typescript(url, messages)),
        one("curl", "curl", curl(url, chat)),
    ]
}

fn claude_code(url: &str, model: &str) -> String {
    format!(
        "export ANTHROPIC_BASE_URL={url}\nexport ANTHROPIC_AUTH_TOKEN={KEY}\nexport ANTHROPIC_MODEL={model}\nclaude"
    )
}

fn codex(url: &str, model: &str) -> String {
    format!(
        "# ~/.codex/config.toml\nmodel = \"{model}\"\nmodel_provider = \"hermes\"\n\n[model_providers.hermes]\nname = \"Hermes\"\n\
         base_url = \"{url}/v1\"\nenv_key = \"HERMES_KEY\"\nwire_api = \"responses\""
    )
}

fn gemini_cli(url: &str, model: &str) -> String {
    format!("export GOOGLE_GEMINI_BASE_URL={url}\nexport GEMINI_API_KEY={KEY}\ngemini -m {model}")
}

fn opencode(url: &str, model: &str) -> String {
    format!(
        "// opencode.json\n{{\n  \"provider\": {{\n    \"hermes\": {{\n      \"npm\": \"@ai-sdk/openai-compatible\",\n      \"options\": \
         {{ \"baseURL\": \"{url}/v1\", \"apiKey\": \"{KEY}\" }},\n      \"models\": {{ \"{model}\": {{}} }}\n    }}\n  }}\n}}"
    )
}

fn aider(url: &str, model: &str) -> String {
    format!("export OPENAI_API_BASE={url}/v1\nexport OPENAI_API_KEY={KEY}\naider --model openai/{model}")
}

fn python(url: &str, model: &str) -> String {
    format!(
        "from openai import OpenAI\n\nclient = OpenAI(base_url=\"{url}/v1\", api_key=\"{KEY}\")\nanswer = client.chat.completions.create(\n    \
         model=\"{model}\",\n    messages=[{{\"role\": \"user\", \"content\": \"Hello\"}}],\n)\nprint(answer.choices[0].message.content)"
    )
}

fn typescript(url: &str, model: &str) -> String {
    format!(
        "import Anthropic from \"@anthropic-ai/sdk\";\n\nconst client = new Anthropic({{ baseURL: \"{url}\", authToken: \"{KEY}\" }});\n\
         const answer = await client.messages.create({{\n  model: \"{model}\",\n  max_tokens: 256,\n  messages: [{{ role: \"user\", content: \
         \"Hello\" }}],\n}});\nconsole.log(answer.content);"
    )
}

fn curl(url: &str, model: &str) -> String {
    format!(
        "curl {url}/v1/chat/completions \\\n  -H \"Authorization: Bearer {KEY}\" \\\n  -H \"Content-Type: application/json\" \\\n  -d \
         '{{\"model\": \"{model}\", \"messages\": [{{\"role\": \"user\", \"content\": \"Hello\"}}]}}'"
    )
}
