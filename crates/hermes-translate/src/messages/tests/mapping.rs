//! Requests of other protocols, in the common form, as this protocol writes them.

mod fields;
mod thinking;
mod tools;
mod turns;

use hermes_catalog::{Quirks, SystemPlace};
use hermes_core::Protocol;
use serde_json::Value;

use super::written;
use crate::prompt::{
    Amount, Media, Part, PartKind, Prompt, Role, Source, Thinking, Tool, ToolCall, ToolKind, ToolResult, Turn,
};

fn turn(role: Role, kinds: Vec<PartKind>) -> Turn {
    let parts = kinds.into_iter().enumerate();
    Turn {
        role,
        parts: parts
            .map(|(index, kind)| Part::new(kind, format!("messages[1].content[{index}]")))
            .collect(),
        at: "messages[1]".to_owned(),
    }
}

fn text(text: &str) -> PartKind {
    PartKind::Text(text.to_owned())
}

fn says(role: Role, words: &str) -> Turn {
    turn(role, vec![text(words)])
}

/// A request of Chat Completions with these turns and a limit.
fn prompt(turns: Vec<Turn>) -> Prompt {
    let mut prompt = Prompt {
        client: Some(Protocol::ChatCompletions),
        turns,
        ..Prompt::default()
    };
    prompt.sampling.max_tokens = Some(2000);
    prompt
}

fn hello() -> Prompt {
    prompt(vec![says(Role::User, "Hi")])
}

fn tool(kind: ToolKind) -> Tool {
    Tool {
        kind,
        name: "n".to_owned(),
        description: None,
        namespace: None,
        cache: None,
        others: Vec::new(),
        at: "tools[0]".to_owned(),
    }
}

fn function(schema: Value) -> Tool {
    tool(ToolKind::Function { schema, strict: None })
}

fn call(id: &str, name: &str, arguments: &str) -> PartKind {
    PartKind::Call(ToolCall {
        id: id.to_owned(),
        name: name.to_owned(),
        arguments: arguments.to_owned(),
        custom: false,
        namespace: None,
    })
}

fn result(id: &str, name: Option<&str>, parts: Vec<PartKind>) -> PartKind {
    let parts = parts.into_iter();
    PartKind::Result(ToolResult {
        id: id.to_owned(),
        name: name.map(str::to_owned),
        parts: parts.map(|kind| Part::new(kind, "messages[1].content")).collect(),
        is_error: false,
        custom: false,
    })
}

fn anywhere() -> Quirks {
    Quirks {
        system: Some(SystemPlace::Anywhere),
        ..Quirks::default()
    }
}

fn body(prompt: &Prompt, quirks: Quirks) -> Value {
    written(prompt, quirks).unwrap().0
}

fn dropped(prompt: &Prompt, quirks: Quirks) -> Vec<String> {
    written(prompt, quirks).unwrap().1
}

fn thinking(amount: Amount) -> Thinking {
    Thinking {
        amount,
        ..Thinking::default()
    }
}

fn media(source: Source, mime: &str) -> Media {
    Media {
        source,
        mime: mime.to_owned(),
        name: None,
        detail: Some("auto".to_owned()),
    }
}

fn base64(data: &str) -> Source {
    Source::Base64(data.to_owned())
}
