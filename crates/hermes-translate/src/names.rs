//! Names of tools as an upstream takes them, and back.

use std::collections::HashMap;

use serde_json::Value;

use crate::prompt::{Tool, ToolKind};

/// Longest name of a tool (Anthropic, OpenAI, Gemini).
const LONGEST: usize = 64;

/// A tool as its client knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Original {
    /// Name.
    pub name: String,
    /// Namespace of Responses.
    pub namespace: Option<String>,
    /// Whether it takes free text at the client, and was turned into a function for the upstream.
    pub custom: bool,
}

/// The tools of a request under the names that the upstream got.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    sent: HashMap<(Option<String>, String), String>,
    originals: HashMap<String, Original>,
}

impl Names {
    /// Names for an upstream that knows no namespaces and, unless `keeps_custom`, no tools of free text.
    pub(crate) fn new(tools: &[Tool], keeps_custom: bool) -> Self {
        let mut names = Self::default();
        for tool in tools {
            if matches!(tool.kind, ToolKind::Hosted(_)) {
                continue;
            }
            let custom = matches!(tool.kind, ToolKind::Custom { .. }) && !keeps_custom;
            names.add(&tool.name, tool.namespace.as_deref(), custom);
        }
        names
    }

    fn add(&mut self, name: &str, namespace: Option<&str>, custom: bool) {
        let flat = flat(name, namespace);
        let mut sent = fitting(&flat);
        let mut number = 1_u32;
        while self.originals.contains_key(&sent) {
            number += 1;
            sent = numbered(&flat, number);
        }
        let key = (namespace.map(str::to_owned), name.to_owned());
        self.sent.insert(key, sent.clone());
        let original = Original {
            name: name.to_owned(),
            namespace: namespace.map(str::to_owned),
            custom,
        };
        self.originals.insert(sent, original);
    }

    /// The name for the upstream, also of a tool that only the history knows.
    pub(crate) fn sent(&self, name: &str, namespace: Option<&str>) -> String {
        let key = (namespace.map(str::to_owned), name.to_owned());
        self.sent
            .get(&key)
            .cloned()
            .unwrap_or_else(|| fitting(&flat(name, namespace)))
    }

    /// The tool as its client knows it; the name as it is where nobody knows it.
    pub fn original(&self, sent: &str) -> Original {
        self.originals.get(sent).cloned().unwrap_or_else(|| Original {
            name: sent.to_owned(),
            ..Original::default()
        })
    }
}

fn flat(name: &str, namespace: Option<&str>) -> String {
    match namespace {
        Some(namespace) => format!("{namespace}__{name}"),
        None => name.to_owned(),
    }
}

/// A name of at most 64 letters, digits, `_` and `-`.
fn fitting(name: &str) -> String {
    let fits = |one: char| one.is_ascii_alphanumeric() || matches!(one, '_' | '-');
    if !name.is_empty() && name.len() <= LONGEST && name.chars().all(fits) {
        return name.to_owned();
    }
    let plain: String = name
        .chars()
        .map(|one| if fits(one) { one } else { '_' })
        .collect();
    let head: String = plain.chars().take(LONGEST - 9).collect();
    format!("{head}_{:08x}", print(name) >> 32)
}

/// The name of a schema of answers: as it was given, else its title; most protocols demand one.
pub(crate) fn of_schema(name: Option<&str>, schema: &Value) -> String {
    let title = schema.get("title").and_then(Value::as_str);
    let name = name.or(title).filter(|name| !name.is_empty());
    fitting(name.unwrap_or("output"))
}

/// FNV-1a.
pub(crate) fn print(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

fn numbered(name: &str, number: u32) -> String {
    fitting(&format!("{name}\u{0}{number}"))
}

#[cfg(test)]
mod tests;
