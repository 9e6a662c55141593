use hermes_core::Protocol;
use pretty_assertions::assert_eq;
use serde_json::{Map, json};

use super::Restore;
use crate::context::{Context, Stamp};
use crate::names::Names;
use crate::prompt::{Tool, ToolKind};
use crate::proof::Issuer;
use crate::reply::{Block, Event, Head};

fn context() -> Context {
    let tool = |name: &str, namespace: Option<&str>, kind: ToolKind| Tool {
        kind,
        name: name.to_owned(),
        description: None,
        namespace: namespace.map(str::to_owned),
        cache: None,
        others: Vec::new(),
        at: String::new(),
    };
    let tools = [
        tool("patch", None, ToolKind::Custom { format: None }),
        tool(
            "read",
            Some("files"),
            ToolKind::Function {
                schema: json!({}),
                strict: None,
            },
        ),
    ];
    Context {
        client: Protocol::Responses,
        upstream: Protocol::AnthropicMessages,
        model: "m".to_owned(),
        issuer: Issuer::new("anthropic"),
        names: Names::new(&tools, false),
        stream: true,
        wants_usage: false,
        wants_thoughts: true,
        stops: Vec::new(),
        echo: Map::new(),
        stamp: Stamp {
            id: "a1".to_owned(),
            now: 0,
        },
    }
}

fn open(id: &str, name: &str, custom: bool, namespace: Option<&str>) -> Event {
    Event::Open {
        key: 0,
        block: Block::Call {
            id: id.to_owned(),
            name: name.to_owned(),
            custom,
            namespace: namespace.map(str::to_owned),
        },
    }
}

fn text(text: &str) -> Event {
    Event::Text {
        key: 0,
        text: text.to_owned(),
    }
}

fn restored(events: impl IntoIterator<Item = Event>) -> Vec<Event> {
    restored_for(Protocol::Responses, events)
}

fn restored_for(client: Protocol, events: impl IntoIterator<Item = Event>) -> Vec<Event> {
    let (mut context, mut restore, mut out) = (context(), Restore::default(), Vec::new());
    context.client = client;
    for event in events {
        restore.push(&context, event, &mut out);
    }
    out
}

#[test]
fn free_text_and_namespaces_come_back() {
    let close = || Event::Close { key: 0 };
    let got = restored([
        open("c", "patch", false, None),
        text("{\"input\":\"a"),
        text("\\nb\"}"),
        close(),
    ]);
    assert_eq!(got, [open("c", "patch", true, None), text("a\nb"), close()]);
    let got = restored([open("c", "patch", false, None), text("not json"), close()]);
    assert_eq!(got[1], text("not json"));
    let got = restored([open("", "files__read", false, None), text("{}"), close()]);
    assert_eq!(
        got,
        [
            open("call_a101", "read", false, Some("files")),
            text("{}"),
            close()
        ]
    );
    let got = restored([open("c", "unknown", false, None), text("{}"), close()]);
    assert_eq!(got[0], open("c", "unknown", false, None));
}

#[test]
fn free_text_that_nobody_asked_for_is_a_function_in_chat_completions() {
    let said = |name: &str| {
        [
            open("c", name, true, None),
            text("a\n"),
            text("\"b"),
            Event::Close { key: 0 },
        ]
    };
    let chat = Protocol::ChatCompletions;
    let got = restored_for(chat, said("unknown"));
    let wrapped = text("{\"input\":\"a\\n\\\"b\"}");
    assert_eq!(
        got,
        [
            open("c", "unknown", false, None),
            wrapped,
            Event::Close { key: 0 }
        ]
    );
    assert_eq!(restored_for(chat, said("patch")), said("patch"));
    assert_eq!(restored(said("unknown")), said("unknown"));
}

#[test]
fn ids_and_models_that_would_fill_every_event_are_none() {
    let head = |size: usize| Head {
        id: Some("i".repeat(size)),
        model: Some("m".repeat(size)),
        created: Some(7),
    };
    for (size, kept) in [(1024, true), (1025, false)] {
        let mut out = Vec::new();
        Restore::default().push(&context(), Event::Start(head(size)), &mut out);
        let expected = if kept {
            head(size)
        } else {
            Head {
                created: Some(7),
                ..Head::default()
            }
        };
        assert_eq!(out, [Event::Start(expected)]);
    }
}
