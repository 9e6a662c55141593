//! Tools that the client's provider would run, where another provider lacks them.

use crate::prompt::{Choice, Prompt, Tool, ToolKind};

/// Names by which such tools begin that add to what a model knows; everything else is a tool that a client waits for.
const EXTRAS: [&str; 9] = [
    "web_search",
    "web_fetch",
    "google_search",
    "googleSearch",
    "urlContext",
    "code_execution",
    "codeExecution",
    "code_interpreter",
    "image_generation",
];

impl Prompt {
    /// Whether a model can do its work without a tool: agents offer a search beside their own tools on every request, whoever serves it. One
    /// that is asked for by name, or stands alone, is what the request is about.
    pub(crate) fn can_spare(&self, tool: &Tool) -> bool {
        let own = |tool: &Tool| !matches!(tool.kind, ToolKind::Hosted(_));
        EXTRAS.iter().any(|extra| tool.name.starts_with(extra))
            && self.tools.iter().any(own)
            && !matches!(self.choice, Some(Choice::Hosted(_)))
    }
}

#[cfg(test)]
mod tests;
