//! The providers that clients are led to: one for each protocol, which speaks no other.

use hermes_sim::Answer;

use crate::catalogue::with_protocol;
use crate::harness::Lab;

/// One provider. The models are none that a client knows: what it does is not to depend on that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Upstream {
    /// Its name in the table.
    pub(super) name: &'static str,
    provider: &'static str,
    /// The only protocol that it speaks here.
    protocol: &'static str,
    host: &'static str,
    /// What a client's question may be led to: the first where it streams.
    paths: &'static [&'static str],
    model: &'static str,
    /// Signed in with a key, and else with a code in the browser.
    key: bool,
}

/// All of them.
pub(super) const UPSTREAMS: [Upstream; 5] = [
    Upstream {
        name: "messages",
        provider: "anthropic",
        protocol: "anthropic_messages",
        host: "api.anthropic.com",
        paths: &["/v1/messages"],
        model: "claude-sonnet-5",
        key: true,
    },
    Upstream {
        name: "chat",
        provider: "deepseek",
        protocol: "chat_completions",
        host: "api.deepseek.com",
        paths: &["/v1/chat/completions"],
        model: "deepseek-v4-pro",
        key: true,
    },
    Upstream {
        name: "responses",
        provider: "openai-api",
        protocol: "responses",
        host: "api.openai.com",
        paths: &["/v1/responses"],
        model: "o3-lab",
        key: true,
    },
    Upstream {
        name: "codex",
        provider: "openai-codex",
        protocol: "responses",
        host: "chatgpt.com",
        paths: &["/backend-api/codex/responses"],
        model: "o3-lab",
        key: false,
    },
    Upstream {
        name: "gemini",
        provider: "gemini",
        protocol: "gemini",
        host: "generativelanguage.googleapis.com",
        paths: &[
            "/v1beta/models/gemini-lab:streamGenerateContent",
            "/v1beta/models/gemini-lab:generateContent",
        ],
        model: "gemini-lab",
        key: true,
    },
];

impl Upstream {
    /// The one with this name.
    pub(super) fn named(name: &str) -> Self {
        let found = UPSTREAMS.into_iter().find(|one| one.name == name);
        found.unwrap_or_else(|| panic!("no upstream `{name}`"))
    }

    /// The model as a client asks for it.
    pub(super) fn model(&self) -> String {
        format!("{}-only/{}", self.provider, self.model)
    }

    /// How often its inference was asked.
    pub(super) fn requests(&self, lab: &Lab) -> usize {
        let counts = self
            .paths
            .iter()
            .map(|path| lab.sim.journal().count(self.host, path));
        counts.sum()
    }

    /// From now on its inference answers this.
    pub(super) fn answer(&self, lab: &Lab, answer: &Answer) {
        for path in self.paths {
            lab.sim.script().always(self.host, path, answer.clone());
        }
    }

    /// Signs in to it, and gives the secret where there is one.
    pub(super) async fn sign_in(&self, lab: &mut Lab) -> Option<String> {
        with_protocol(lab, self.provider, self.protocol);
        let provider = format!("{}-only", self.provider);
        if !self.key {
            let done = lab.sign_in_at_once(&["auth", "add", &provider]).await;
            assert_eq!(done.code, 0, "{done:?}");
            return None;
        }
        let key = lab.sim.script().issue_key();
        let done = lab.add_key(&provider, &key).await;
        assert_eq!(done.code, 0, "{done:?}");
        Some(key)
    }
}
