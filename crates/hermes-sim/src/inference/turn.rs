//! What a simulated model says to one request: words, and perhaps the call of a tool.

use serde_json::{Value, json};

/// What the simulated models say.
const WORDS: &str = "Hello from the simulated model.";

/// One answer of a model, in no protocol yet.
pub(crate) struct Turn {
    pub(crate) text: String,
    pub(crate) call: Option<ToolCall>,
}

/// The call of a tool.
#[derive(Clone)]
pub(crate) struct ToolCall {
    pub(crate) name: String,
    /// JSON text.
    pub(crate) arguments: String,
}

/// The tools that models call and what they pass, by name of the tool.
pub(crate) type ToolCalls = Vec<(String, Value)>;

impl Turn {
    /// Without a script the first tool on offer is called. With one, the first of the script's tools that is on offer, until a result
    /// has come; then the answer repeats that result.
    pub(crate) fn of(script: Option<&ToolCalls>, offered: &[String], result: Option<&str>) -> Self {
        let text = match result {
            Some(result) if script.is_some() => format!("The tool said: {result}"),
            _ => WORDS.to_owned(),
        };
        let call = match script {
            None => offered
                .first()
                .map(|name| ToolCall::new(name, &json!({"city": "Paris"}))),
            Some(_) if result.is_some() => None,
            Some(calls) => calls
                .iter()
                .find(|(name, _)| offered.contains(name))
                .map(|(name, arguments)| ToolCall::new(name, arguments)),
        };
        Self { text, call }
    }

    /// The text in the pieces in which it is streamed.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.text.split_inclusive(' ')
    }
}

impl ToolCall {
    fn new(name: &str, arguments: &Value) -> Self {
        Self {
            name: name.to_owned(),
            arguments: arguments.to_string(),
        }
    }

    /// The arguments in the two pieces in which they are streamed.
    pub(crate) fn pieces(&self) -> [&str; 2] {
        let middle = self.arguments.floor_char_boundary(self.arguments.len() / 2);
        let (first, second) = self.arguments.split_at(middle);
        [first, second]
    }
}

/// The text of a tool's result, which is a text or a list of parts.
pub(crate) fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(parts) => parts.iter().filter_map(|part| part["text"].as_str()).collect(),
        other => other.to_string(),
    }
}

/// Names of tools, which stand below `at` in every tool.
pub(crate) fn names(request: &Value, at: &str) -> Vec<String> {
    let tools = request["tools"].as_array().into_iter().flatten();
    tools
        .filter_map(|tool| tool.pointer(at)?.as_str().map(str::to_owned))
        .collect()
}
