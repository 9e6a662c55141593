//! The order of events that the vendor's protocol asks for, as an automaton over what is written.

use std::collections::HashMap;

use pretty_assertions::assert_eq;
use serde_json::{Map, Value, json};

use super::{body, events, own, recordings};
use crate::reply::{Event, Failure, Finish, Reason};
use crate::responses::{Writer, read_reply};
use crate::translator::{Translator, WriteStream};

type Written = Map<String, Value>;

/// Follows a stream and complains where it breaks the order.
#[derive(Default)]
pub(crate) struct Automaton {
    items: usize,
    open: Option<Value>,
    part: Option<Part>,
    output: Vec<Value>,
    pub(crate) ended: Option<String>,
}

struct Part {
    kind: &'static str,
    text: String,
    done: bool,
    sources: Vec<Value>,
}

impl Automaton {
    pub(crate) fn follow(stream: &[u8]) -> Self {
        let mut automaton = Self::default();
        let all = events(stream);
        for (number, event) in all.iter().enumerate() {
            assert_eq!(event["sequence_number"], json!(number));
            assert!(automaton.ended.is_none(), "after the end: {event:?}");
            match number {
                0 => assert_eq!(event["type"], "response.created"),
                1 => assert_eq!(event["type"], "response.in_progress"),
                _ => automaton.step(event),
            }
        }
        assert!(automaton.ended.is_some(), "no end");
        automaton
    }

    fn step(&mut self, event: &Written) {
        let kind = event["type"].as_str().unwrap();
        if let Some(index) = event.get("output_index") {
            assert_eq!(
                *index,
                json!(self.items - usize::from(self.open.is_some())),
                "{kind}"
            );
        }
        if let (Some(id), Some(open)) = (event.get("item_id"), &self.open) {
            assert_eq!(*id, open["id"], "{kind}");
        }
        match kind {
            "response.output_item.added" => {
                assert!(self.open.is_none());
                self.open = Some(event["item"].clone());
                self.items += 1;
                let call = event["item"]["type"].as_str().unwrap().ends_with("call");
                self.part = call.then(|| part("call"));
            }
            "response.output_item.done" => self.item_done(event),
            "response.content_part.added" => self.begin(event, "content_index"),
            "response.reasoning_summary_part.added" => self.begin(event, "summary_index"),
            "response.content_part.done" | "response.reasoning_summary_part.done" => {
                self.part_done(&event["part"]);
            }
            "response.output_text.annotation.added" => {
                let part = self.part.as_mut().unwrap();
                assert_eq!(event["annotation_index"], json!(part.sources.len()));
                part.sources.push(event["annotation"].clone());
            }
            "error" => assert!(event["error"]["message"].is_string() && event["message"].is_string()),
            "response.completed" | "response.incomplete" | "response.failed" => self.end(kind, event),
            _ => self.text(kind, event),
        }
    }

    fn begin(&mut self, event: &Written, index: &str) {
        assert!(self.part.is_none());
        assert!(self.open.is_some());
        assert_eq!(event[index], json!(self.output_parts()));
        self.part = Some(part("part"));
    }

    fn output_parts(&self) -> usize {
        self.open.as_ref().unwrap()["seen"]
            .as_u64()
            .map_or(0, |seen| usize::try_from(seen).unwrap())
    }

    fn text(&mut self, kind: &str, event: &Written) {
        let part = self.part.as_mut().unwrap();
        if let Some(delta) = event.get("delta") {
            assert!(!part.done, "{kind} after its end");
            assert!(kind.strip_suffix(".delta").is_some());
            part.text.push_str(delta.as_str().unwrap());
        } else {
            let field = ["text", "refusal", "arguments", "input"]
                .into_iter()
                .find_map(|field| event.get(field));
            assert_eq!(field.unwrap(), part.text.as_str(), "{kind}");
            part.done = true;
        }
        if kind.contains("output_text") {
            assert!(event["logprobs"].is_array());
        }
    }

    fn part_done(&mut self, value: &Value) {
        let part = self.part.take().unwrap();
        assert!(part.done);
        let text = value.get("text").or_else(|| value.get("refusal")).unwrap();
        assert_eq!(*text, part.text.as_str());
        if let Some(sources) = value.get("annotations") {
            assert_eq!(*sources, json!(part.sources));
        }
        let seen = self.output_parts() + 1;
        self.open.as_mut().unwrap()["seen"] = json!(seen);
    }

    fn item_done(&mut self, event: &Written) {
        let open = self.open.take().unwrap();
        assert_eq!(open["id"], event["item"]["id"]);
        if let Some(part) = self.part.take() {
            assert!(part.kind == "call" && part.done);
            let text = event["item"]
                .get("arguments")
                .or_else(|| event["item"].get("input"));
            assert_eq!(*text.unwrap(), part.text.as_str());
        } else {
            let message = open["type"] == "message";
            let field = if message { "content" } else { "summary" };
            let parts = event["item"][field].as_array().unwrap().len();
            assert_eq!(json!(parts), open.get("seen").cloned().unwrap_or(json!(0)));
        }
        self.output.push(event["item"].clone());
    }

    fn end(&mut self, kind: &str, event: &Written) {
        if kind != "response.failed" {
            assert!(self.open.is_none() && self.part.is_none());
            assert_eq!(event["response"]["output"], json!(self.output));
        }
        assert_eq!(
            event["response"]["status"],
            kind.strip_prefix("response.").unwrap()
        );
        self.ended = Some(kind.to_owned());
    }
}

fn part(kind: &'static str) -> Part {
    Part {
        kind,
        text: String::new(),
        done: false,
        sources: Vec::new(),
    }
}

#[test]
fn recorded_streams_are_written_in_order() {
    let mut ends: HashMap<String, usize> = HashMap::new();
    for (_, stream) in recordings(".response.sse") {
        let mut translator = Translator::new(&own());
        let mut out = Vec::new();
        translator.push(stream.as_bytes());
        while translator.write(&mut out) {}
        translator.finish();
        while translator.write(&mut out) {}
        *ends.entry(Automaton::follow(&out).ended.unwrap()).or_default() += 1;
    }
    assert_eq!(ends["response.incomplete"], 1);
    assert_eq!(ends["response.failed"], 1);
    assert!(ends["response.completed"] > 40);
}

#[test]
fn a_cut_stream_ends_with_an_error_in_order() {
    for (_, stream) in recordings(".response.sse").into_iter().take(20) {
        for end in (0..stream.len()).step_by(stream.len() / 7 + 1) {
            let mut translator = Translator::new(&own());
            let mut out = Vec::new();
            translator.push(&stream.as_bytes()[..end]);
            while translator.write(&mut out) {}
            translator.finish();
            while translator.write(&mut out) {}
            let end = Automaton::follow(&out).ended.unwrap();
            assert_eq!(end, "response.failed");
        }
    }
}

#[test]
fn recorded_answers_are_written_in_order() {
    for (_, text) in recordings(".response.json") {
        let Some(reply) = body(&text).and_then(|body| read_reply(&own(), &body).ok()) else {
            continue;
        };
        let mut writer = Writer::new(&own());
        let mut out = Vec::new();
        for event in reply.events() {
            writer.event(&event, &mut out);
        }
        Automaton::follow(&out);
    }
}

#[test]
fn an_error_before_anything_else_has_a_beginning_all_the_same() {
    let mut writer = Writer::new(&own());
    let mut out = Vec::new();
    let failure = Failure {
        status: 429,
        kind: "usage_limit_reached".to_owned(),
        message: "spent".to_owned(),
    };
    writer.event(&Event::Error(failure), &mut out);
    writer.event(&Event::Finish(Finish::of(Reason::End)), &mut out);
    Automaton::follow(&out);
    let all = events(&out);
    assert_eq!(all[2]["code"], "usage_limit_reached");
    assert_eq!(all[2]["error"]["type"], "rate_limit_exceeded");
    assert_eq!(all[3]["response"]["error"]["code"], "usage_limit_reached");
}

#[test]
fn a_ping_is_a_comment() {
    let mut writer = Writer::new(&own());
    let mut out = Vec::new();
    writer.ping(&mut out);
    assert_eq!(out, b": ping\n\n");
}
