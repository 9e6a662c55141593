//! What is tried, and on what.

use std::sync::Arc;

use hermes_catalog::Quirks;
use hermes_core::Protocol;
use hermes_translate::{
    Collector, Context, Issuer, Replay, Stamp, Translator, narrowed, parse, reply, reply_as_stream, request,
};
use hermes_wire::{OpeningWatcher, SseDecoder, SseEvent, UsageWatcher, Withholder, peek, write_event};
use serde_json::{Value, json};

use crate::random::Random;
use crate::{inflate, mutate};

/// One input in so many is grown.
const GROWN: usize = 400;

/// How an input is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// The SSE codec, and what watches streams that pass through.
    Sse,
    /// Requests of one protocol toward every upstream.
    Request,
    /// Whole answers of one protocol for every client.
    Reply,
    /// Streams of one protocol for every client.
    Stream,
}

/// A target.
pub(crate) struct Target {
    kind: Kind,
    /// The protocol of the input.
    protocol: Protocol,
    /// For answers: one of each client.
    contexts: Vec<Arc<Context>>,
    quirks: [Quirks; 2],
}

impl Target {
    /// The target of a name such as `sse`, `request-gemini` or `stream-chat_completions`.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let (kind, protocol) = name.split_once('-').unwrap_or((name, "responses"));
        let kind = match kind {
            "sse" => Kind::Sse,
            "request" => Kind::Request,
            "reply" => Kind::Reply,
            "stream" => Kind::Stream,
            _ => return None,
        };
        let protocol = Protocol::ALL.into_iter().find(|one| one.as_str() == protocol)?;
        let contexts = Protocol::ALL.map(|client| Arc::new(context(client, protocol)));
        Some(Self {
            kind,
            protocol,
            contexts: contexts.to_vec(),
            quirks: [Quirks::default(), all_quirks()],
        })
    }

    /// Runs an input through everything; `done` is called after each part of it.
    pub(crate) fn run(&self, input: &[u8], random: &mut Random, done: &mut dyn FnMut(&str)) {
        match self.kind {
            Kind::Sse => sse(input, random, done),
            Kind::Request => self.requests(input, random, done),
            Kind::Reply => self.replies(input, done),
            Kind::Stream => self.streams(input, random, done),
        }
    }

    /// Now and then, a large input made of this one.
    pub(crate) fn inflate(&self, input: &[u8], random: &mut Random) -> Option<Vec<u8>> {
        if random.below(GROWN) > 0 {
            return None;
        }
        self.with_json(input, random, inflate::json)
    }

    /// An input with changes that keep its form.
    pub(crate) fn mutate(&self, input: &[u8], random: &mut Random) -> Option<Vec<u8>> {
        self.with_json(input, random, |value, random| {
            let mut value = value.clone();
            mutate::json(&mut value, random);
            mutate::written(&value, random)
        })
    }

    /// Remakes the JSON of an input, or that of one of its events; events are also moved, repeated and left out.
    fn with_json(
        &self,
        input: &[u8],
        random: &mut Random,
        change: impl Fn(&Value, &mut Random) -> Vec<u8>,
    ) -> Option<Vec<u8>> {
        if matches!(self.kind, Kind::Request | Kind::Reply) {
            let value = serde_json::from_slice(input).ok()?;
            return Some(change(&value, random));
        }
        let mut events: Vec<SseEvent> = SseDecoder::default().push(input).flatten().collect();
        if events.is_empty() {
            return None;
        }
        let index = random.below(events.len());
        let other = random.below(events.len());
        match random.below(8) {
            0 => events.swap(index, other),
            1 => events.insert(index, events[other].clone()),
            2 => _ = events.remove(index),
            _ => {
                let value = serde_json::from_str(&events[index].data).ok()?;
                events[index].data = String::from_utf8(change(&value, random)).ok()?;
            }
        }
        let mut out = Vec::new();
        for event in events {
            write_event(&mut out, event.event.as_deref(), &event.data);
        }
        Some(out)
    }

    fn requests(&self, input: &[u8], random: &mut Random, done: &mut dyn FnMut(&str)) {
        let _ = peek(input);
        let Ok(mut body) = parse(input) else {
            return;
        };
        if self.protocol == Protocol::Gemini
            && let Some(body) = body.as_object_mut()
        {
            body.entry("model").or_insert_with(|| "model".into());
        }
        let quirks = &self.quirks[random.below(2)];
        for upstream in Protocol::ALL {
            let target = upstream_target(upstream, quirks.clone());
            if let Ok(up) = request(self.protocol, &body, &target, false, Stamp::default()) {
                assert!(is_json(&up.body), "a request is JSON");
                up.dropped.header();
            }
            done(upstream.as_str());
        }
        let target = upstream_target(self.protocol, quirks.clone());
        if let Ok(up) = narrowed(body, &target, false) {
            assert!(up.body.is_none_or(|body| is_json(&body)), "a request is JSON");
        }
        done("dialect");
    }

    fn replies(&self, input: &[u8], done: &mut dyn FnMut(&str)) {
        for context in &self.contexts {
            if let Ok(written) = reply(context, input) {
                assert!(is_json(&written.body), "an answer is JSON");
            }
            done(context.client.as_str());
            if let Ok(written) = reply_as_stream(context, input) {
                replay(written.body);
            }
            done(context.client.as_str());
        }
    }

    fn streams(&self, input: &[u8], random: &mut Random, done: &mut dyn FnMut(&str)) {
        let size = 1 + random.below(4096).pow(2) / 256;
        for context in &self.contexts {
            let mut decoder = SseDecoder::default();
            let mut translator = Translator::new(context);
            for bytes in input.chunks(size) {
                translator.push(bytes);
                written(&mut decoder, |out| translator.write(out));
            }
            translator.finish();
            written(&mut decoder, |out| translator.write(out));
            assert!(translator.ended(), "an answer has an end");
            drop((decoder, translator));
            done(context.client.as_str());
            let mut collector = Collector::new(context);
            input.chunks(size).for_each(|bytes| collector.push(bytes));
            if let Ok(written) = collector.finish() {
                assert!(is_json(&written.body), "an answer is JSON");
            }
            done(context.client.as_str());
        }
    }
}

/// Cut anywhere, a stream has the same events; written and read again they are the same.
fn sse(input: &[u8], random: &mut Random, done: &mut dyn FnMut(&str)) {
    if input.len() < 1 << 20 {
        let whole = events(input, input.len().max(1));
        assert_eq!(whole, events(input, 1 + random.below(64)), "cuts change nothing");
        let mut out = Vec::new();
        for event in &whole {
            write_event(&mut out, event.event.as_deref(), &event.data);
        }
        let again: Vec<String> = events(&out, 4096).into_iter().map(|event| event.data).collect();
        let lines = |event: &SseEvent| event.data.replace("\r\n", "\n").replace('\r', "\n");
        assert_eq!(
            again,
            whole.iter().map(lines).collect::<Vec<_>>(),
            "what was written is read"
        );
    }
    for protocol in Protocol::ALL {
        let mut usage = UsageWatcher::new(protocol, true);
        let mut opening = OpeningWatcher::new(protocol, 64 << 10);
        let mut withholder = Withholder::new("id");
        for bytes in input.chunks(1 + random.below(8192)) {
            usage.feed(bytes);
            opening.push(bytes);
            withholder.pass(bytes);
        }
        usage.finish();
        drop(opening);
        done(protocol.as_str());
    }
}

fn events(input: &[u8], size: usize) -> Vec<SseEvent> {
    let mut decoder = SseDecoder::default();
    let mut out = Vec::new();
    for bytes in input.chunks(size) {
        out.extend(decoder.push(bytes).flatten());
    }
    out.extend(decoder.finish().into_iter().flatten());
    out
}

fn replay(mut stream: Replay) {
    written(&mut SseDecoder::default(), |out| stream.write(out));
}

/// Looks at what is written, portion by portion: each is gone before the next one is asked for, as it is where clients take them.
fn written(decoder: &mut SseDecoder, mut write: impl FnMut(&mut Vec<u8>) -> bool) {
    loop {
        let mut out = Vec::new();
        let more = write(&mut out);
        check(decoder, &out);
        if !more {
            return;
        }
    }
}

/// Everything that clients get is an event with JSON in it, or the word that ends a stream.
fn check(decoder: &mut SseDecoder, stream: &[u8]) {
    for event in decoder.push(stream) {
        let Ok(event) = event else { return };
        assert!(
            event.data == "[DONE]" || is_json(event.data.as_bytes()),
            "an event is JSON: {}",
            event.data.chars().take(300).collect::<String>()
        );
    }
}

fn is_json(bytes: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(bytes).is_ok()
}

fn upstream_target(protocol: Protocol, quirks: Quirks) -> hermes_translate::Target {
    hermes_translate::Target {
        protocol,
        model: "model".to_owned(),
        name: "Upstream".to_owned(),
        issuer: Issuer::new("upstream"),
        quirks,
    }
}

/// What the answer to a request with all kinds of tools and a stop text needs to know.
fn context(client: Protocol, upstream: Protocol) -> Context {
    let body = json!({
        "model": "model",
        "input": "hello",
        "stream": true,
        "tools": [
            { "type": "function", "name": "weather", "parameters": { "type": "object" } },
            { "type": "custom", "name": "patch" },
            { "type": "function", "name": "a name with spaces", "parameters": { "type": "object" } },
        ],
    });
    let target = upstream_target(upstream, Quirks::default());
    let up = request(Protocol::Responses, &body, &target, false, Stamp::default());
    let mut context = up.expect("the request can be translated").context;
    context.client = client;
    context.wants_usage = true;
    if upstream == Protocol::Responses {
        context.stops = vec!["END".to_owned(), "ééé".to_owned()];
    }
    context
}

/// Everything that a provider may do otherwise.
fn all_quirks() -> Quirks {
    let quirks = json!({
        "system": "first",
        "system_role": "developer",
        "limit_field": "max_tokens",
        "limit_least": 16,
        "limit_default": 4096,
        "efforts": ["low", "high"],
        "temperature_most": 1.0,
        "refused": ["tools.custom", "metadata"],
        "taken": ["top_k", "cache_control"],
        "thoughts_field": "reasoning_content",
        "strict_tools": false,
        "image_urls": false,
        "prefill": true,
        "call_ids": "nine-alphanumerics",
        "stream_only": true,
        "instructions": "Be brief.",
        "set": { "store": false, "text.verbosity": "low" },
    });
    serde_json::from_value(quirks).expect("quirks are written as in the catalogue")
}
