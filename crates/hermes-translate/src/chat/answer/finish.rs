//! Why an answer ended.

use serde_json::Value;

use crate::read;
use crate::reply::{Failure, Finish, Reason};

/// Reasons as the upstream gives them.
#[derive(Clone, Default)]
pub(super) struct Ending {
    reason: Option<String>,
    stop: Option<String>,
}

impl Ending {
    /// Reads a choice. An empty reason is none (Snowflake).
    pub(super) fn read(&mut self, choice: &Value) {
        if let Some(reason) = read::said(choice, "finish_reason") {
            self.reason = Some(reason.to_owned());
        }
        // The text that ended it, at vLLM.
        if let Some(stop) = read::said(choice, "stop_reason") {
            self.stop = Some(stop.to_owned());
        }
    }

    pub(super) fn is_told(&self) -> bool {
        self.reason.is_some()
    }

    /// Reasons that are failures: the answer is not complete, and asking again may help.
    pub(super) fn failure(&self) -> Option<Failure> {
        let reason = self.reason.as_deref()?;
        // DeepSeek's word means that it is out of machines; the others are of OpenRouter, Z.ai and SGLang.
        let status = match reason {
            "insufficient_system_resource" => 503,
            "error" | "network_error" | "abort" => 502,
            _ => return None,
        };
        Some(Failure {
            status,
            kind: reason.to_owned(),
            message: format!("the provider ended its answer with `{reason}`"),
        })
    }

    /// Calls of tools win over an ordinary end: several upstreams say `stop` with them.
    pub(super) fn finish(&self, calls: bool, refused: bool) -> Finish {
        let reason = match self.reason.as_deref().unwrap_or_default() {
            "length" | "max_tokens" => Reason::MaxTokens,
            // Mistral's and Anthropic's words for the limit of the model.
            "model_length" | "model_context_window_exceeded" => Reason::ContextFull,
            // `sensitive` is Z.ai's word.
            "content_filter" | "refusal" | "sensitive" => Reason::Refusal,
            _ if calls => Reason::ToolUse,
            _ if refused => Reason::Refusal,
            "stop_sequence" => Reason::StopSequence,
            "stop" if self.stop.is_some() => Reason::StopSequence,
            _ => Reason::End,
        };
        let stop = self.stop.clone().filter(|_| reason == Reason::StopSequence);
        Finish {
            reason,
            stop_sequence: stop,
            explanation: None,
        }
    }
}
