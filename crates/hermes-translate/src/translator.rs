//! The walk through a translation: a request up, an answer down.

use std::sync::Arc;

use hermes_core::Protocol;
use hermes_wire::{SseDecoder, SseEvent, Usage};
use serde_json::Value;

use crate::context::{Context, Stamp};
use crate::dropped::Dropped;
use crate::json::{self, JsonError};
use crate::losses;
use crate::names::Names;
use crate::prompt::Prompt;
use crate::reply::{Event, Failure, Reply};
use crate::restore::Restore;
use crate::schemas;
use crate::serial::Serial;
use crate::stops::Stops;
use crate::target::Target;
use crate::unsupported::Unsupported;
use crate::{chat, gemini, messages, responses};

/// A request for another protocol.
#[derive(Clone, Debug)]
pub struct Translated {
    /// The body for the upstream.
    pub body: Vec<u8>,
    /// For the answer.
    pub context: Context,
    /// What was left out.
    pub dropped: Dropped,
    /// Whether the upstream answers with a stream, whatever the client wants.
    pub streams: bool,
}

/// Reads an upstream's stream.
pub(crate) trait ReadStream: Send {
    /// Takes an event.
    fn event(&mut self, event: &SseEvent, out: &mut Vec<Event>);

    /// The upstream ended: whatever has to be concluded from that, such as an answer that is complete without saying so.
    fn end(&mut self, _out: &mut Vec<Event>) {}
}

/// Writes a client's stream. Events come in order, with one open block at a time.
pub(crate) trait WriteStream: Send {
    /// Writes what an event means.
    fn event(&mut self, event: &Event, out: &mut Vec<u8>);

    /// Writes something that means nothing, to show that the answer is alive.
    fn ping(&mut self, out: &mut Vec<u8>);

    /// Tells that something was left out when no header can tell of it any more.
    fn dropped(&mut self, path: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(format!(": x-hermes-dropped {path}\n\n").as_bytes());
    }
}

/// Reads a request.
///
/// # Errors
/// What the request asks for cannot be read, or has no place in the common form.
pub(crate) fn read_request(client: Protocol, body: &Value) -> Result<Prompt, Unsupported> {
    match client {
        Protocol::AnthropicMessages => messages::read_request(body),
        Protocol::ChatCompletions => chat::read_request(body),
        Protocol::Responses => responses::read_request(body),
        Protocol::Gemini => gemini::read_request(body),
    }
}

pub(crate) fn write_request(
    prompt: &Prompt,
    target: &Target,
    names: &Names,
    dropped: &mut Dropped,
) -> Result<Value, Unsupported> {
    match target.protocol {
        Protocol::AnthropicMessages => messages::write_request(prompt, target, names, dropped),
        Protocol::ChatCompletions => chat::write_request(prompt, target, names, dropped),
        Protocol::Responses => responses::write_request(prompt, target, names, dropped),
        Protocol::Gemini => gemini::write_request(prompt, target, names, dropped),
    }
}

/// Translates a request. For Gemini clients `body` also holds `model` and `stream`, which stand in their path.
///
/// # Errors
/// What cannot be sent, with its place in the client's request; with `strict` also what would have to be left out.
pub fn request(
    client: Protocol,
    body: &Value,
    target: &Target,
    strict: bool,
    stamp: Stamp,
) -> Result<Translated, Unsupported> {
    let mut prompt = read_request(client, body)?;
    prompt.client = Some(client);
    if client != target.protocol
        && let Some(demand) = prompt.needs.first()
    {
        return Err(Unsupported::demand(&demand.at, &target.name));
    }
    if client == Protocol::ChatCompletions && client != target.protocol {
        chat::refuse_elsewhere(&prompt, target)?;
    }
    let keeps_custom = match target.protocol {
        Protocol::Responses => !target.quirks.refuses("tools.custom"),
        Protocol::ChatCompletions => target.quirks.takes("custom_tools"),
        Protocol::AnthropicMessages | Protocol::Gemini => false,
    };
    let names = Names::new(&prompt.tools, keeps_custom);
    let mut dropped = Dropped::new(strict);
    let rules = target.quirks.schemas.as_deref().unwrap_or_default();
    schemas::fit(&mut prompt, rules, &mut dropped)?;
    let written = write_request(&prompt, target, &names, &mut dropped)?;
    let streams = prompt.stream || target.quirks.stream_only == Some(true);
    let knows_stop = target.protocol != Protocol::Responses;
    let context = Context {
        client,
        upstream: target.protocol,
        model: prompt.model.clone(),
        issuer: target.issuer.clone(),
        names,
        stream: prompt.stream,
        wants_usage: prompt.wants_usage,
        wants_thoughts: prompt
            .thinking
            .as_ref()
            .is_none_or(|one| one.shown != Some(false)),
        stops: if knows_stop {
            Vec::new()
        } else {
            prompt.sampling.stop
        },
        echo: responses::echo(client, body),
        stamp,
    };
    Ok(Translated {
        body: written.to_string().into_bytes(),
        context,
        dropped,
        streams,
    })
}

fn reader(context: &Arc<Context>) -> Box<dyn ReadStream> {
    match context.upstream {
        Protocol::AnthropicMessages => Box::new(messages::Reader::new(context)),
        Protocol::ChatCompletions => Box::new(chat::Reader::new(context)),
        Protocol::Responses => Box::new(responses::Reader::new(context)),
        Protocol::Gemini => Box::new(gemini::Reader::new(context)),
    }
}

pub(crate) fn writer(context: &Arc<Context>) -> Box<dyn WriteStream> {
    match context.client {
        Protocol::AnthropicMessages => Box::new(messages::Writer::new(context)),
        Protocol::ChatCompletions => Box::new(chat::Writer::new(context)),
        Protocol::Responses => Box::new(responses::Writer::new(context)),
        Protocol::Gemini => Box::new(gemini::Writer::new(context)),
    }
}

/// Reads the whole answer of an upstream. A body that holds an error is a failure, whatever its status was.
pub(crate) fn read_reply(context: &Context, body: &Value) -> Result<Reply, Failure> {
    match context.upstream {
        Protocol::AnthropicMessages => messages::read_reply(context, body),
        Protocol::ChatCompletions => chat::read_reply(context, body),
        Protocol::Responses => responses::read_reply(context, body),
        Protocol::Gemini => gemini::read_reply(context, body),
    }
}

pub(crate) fn write_reply(context: &Context, reply: &Reply) -> Value {
    match context.client {
        Protocol::AnthropicMessages => messages::write_reply(context, reply),
        Protocol::ChatCompletions => chat::write_reply(context, reply),
        Protocol::Responses => responses::write_reply(context, reply),
        Protocol::Gemini => gemini::write_reply(context, reply),
    }
}

/// A translated answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// The body for the client.
    pub body: Vec<u8>,
    /// What was left out of the answer, for a header; none when nothing was.
    pub dropped: Option<String>,
    /// Tokens.
    pub usage: Option<Usage>,
}

/// Translates a whole answer.
///
/// # Errors
/// The failure that the answer is, or that it cannot be read.
pub fn reply(context: &Arc<Context>, body: &[u8]) -> Result<Written, Failure> {
    let reply = reply_of(context, body)?;
    Ok(written(context, &reply))
}

/// Translates a whole answer for a client that wants a stream.
///
/// # Errors
/// As for [`reply`].
pub fn reply_as_stream(context: &Arc<Context>, body: &[u8]) -> Result<Written, Failure> {
    let reply = reply_of(context, body)?;
    let mut writer = writer(context);
    let mut out = Vec::new();
    for event in reply.events() {
        writer.event(&event, &mut out);
    }
    Ok(Written {
        body: out,
        dropped: crate::dropped::header(&reply.dropped),
        usage: reply.usage,
    })
}

pub(crate) fn reply_of(context: &Arc<Context>, body: &[u8]) -> Result<Reply, Failure> {
    let value = json::parse(body).map_err(|error| match error {
        JsonError::TooMany => Failure::too_large(),
        JsonError::Malformed(_) => Failure {
            status: 502,
            kind: "upstream_unreadable".to_owned(),
            message: "the provider's answer is not JSON".to_owned(),
        },
    })?;
    let reply = read_reply(context, &value)?;
    // Names, stop texts and the order of blocks are handled in one place, for streams and whole answers alike.
    let mut flow = Flow::new(context);
    let mut events = Vec::new();
    for event in reply.events() {
        flow.push(event, &mut events);
    }
    Reply::of(events)
}

fn written(context: &Context, reply: &Reply) -> Written {
    Written {
        body: write_reply(context, reply).to_string().into_bytes(),
        dropped: crate::dropped::header(&reply.dropped),
        usage: reply.usage,
    }
}

/// What happens to the events of every answer between its reader and its writer.
struct Flow {
    context: Arc<Context>,
    serial: Serial,
    restore: Restore,
    stops: Stops,
    usage: Option<Usage>,
    failure: Option<Failure>,
    /// Empty between events; kept for their room.
    ordered: Vec<Event>,
    restored: Vec<Event>,
}

impl Flow {
    fn new(context: &Arc<Context>) -> Self {
        Self {
            context: Arc::clone(context),
            serial: Serial::default(),
            restore: Restore::default(),
            stops: Stops::new(&context.stops),
            usage: None,
            failure: None,
            ordered: Vec::new(),
            restored: Vec::new(),
        }
    }

    fn push(&mut self, event: Event, out: &mut Vec<Event>) {
        self.serial.push(event, &mut self.ordered);
        for event in self.ordered.drain(..) {
            self.restore.push(&self.context, event, &mut self.restored);
        }
        for event in self.restored.drain(..) {
            match &event {
                Event::Usage(usage) => self.usage = Some(*usage),
                Event::Error(failure) => self.failure = Some(failure.clone()),
                _ => {}
            }
            losses::note(&self.context, &event, out);
            self.stops.push(event, out);
        }
    }

    fn ended(&self) -> bool {
        self.serial.ended()
    }
}

/// Decodes an upstream's stream into ordered events.
struct Source {
    decoder: SseDecoder,
    reader: Box<dyn ReadStream>,
    flow: Flow,
    /// The data of the event that failed the answer.
    error_data: Option<String>,
}

impl Source {
    fn new(context: &Arc<Context>) -> Self {
        Self {
            decoder: SseDecoder::default(),
            reader: reader(context),
            flow: Flow::new(context),
            error_data: None,
        }
    }

    fn push(&mut self, bytes: &[u8], out: &mut Vec<Event>) {
        let mut read = Vec::new();
        for event in self.decoder.push(bytes) {
            match event {
                Ok(event) if json::is_too_much(event.data.as_bytes()) => {
                    read.push(Event::Error(Failure::too_large()));
                }
                Ok(event) => {
                    self.reader.event(&event, &mut read);
                    let fails = read.iter().any(|event| matches!(event, Event::Error(_)));
                    if fails && self.error_data.is_none() {
                        self.error_data = Some(event.data);
                    }
                }
                Err(error) => read.push(Event::Error(Failure {
                    status: 502,
                    kind: "answer_too_large".to_owned(),
                    message: error.to_string(),
                })),
            }
        }
        for event in read {
            self.flow.push(event, out);
        }
    }

    fn finish(&mut self, out: &mut Vec<Event>) {
        let mut read = Vec::new();
        if let Some(Ok(event)) = std::mem::take(&mut self.decoder).finish()
            && !json::is_too_much(event.data.as_bytes())
        {
            self.reader.event(&event, &mut read);
        }
        self.reader.end(&mut read);
        if !self.flow.ended() {
            read.push(Event::Error(Failure::cut()));
        }
        for event in read {
            self.flow.push(event, out);
        }
    }
}

/// Translates a stream on its way down. Memory is bounded by one event and by what waits for its turn.
pub struct Translator {
    source: Source,
    writer: Box<dyn WriteStream>,
    dropped: Vec<String>,
}

impl Translator {
    /// A translator for one answer.
    pub fn new(context: &Arc<Context>) -> Self {
        Self {
            source: Source::new(context),
            writer: writer(context),
            dropped: Vec::new(),
        }
    }

    /// Takes the next bytes of the upstream and appends those for the client.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        let mut events = Vec::new();
        self.source.push(bytes, &mut events);
        self.write(&events, out);
    }

    /// The upstream ended. An answer that is not complete ends with an error.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let mut events = Vec::new();
        self.source.finish(&mut events);
        self.write(&events, out);
    }

    /// Ends the answer with an error of ours, unless it has ended.
    pub fn fail(&mut self, failure: Failure, out: &mut Vec<u8>) {
        let mut events = Vec::new();
        self.source.flow.push(Event::Error(failure), &mut events);
        self.write(&events, out);
    }

    /// Appends something that means nothing, to show that the answer is alive.
    pub fn ping(&mut self, out: &mut Vec<u8>) {
        if !self.source.flow.ended() {
            self.writer.ping(out);
        }
    }

    /// Whether the answer has ended for the client, well or not.
    pub fn ended(&self) -> bool {
        self.source.flow.ended()
    }

    /// Tokens so far.
    pub fn usage(&self) -> Option<Usage> {
        self.source.flow.usage
    }

    /// Why the answer failed.
    pub fn failure(&self) -> Option<&Failure> {
        self.source.flow.failure.as_ref()
    }

    /// The data of the upstream's event that failed it.
    pub fn error_data(&self) -> Option<&str> {
        self.source.error_data.as_deref()
    }

    fn write(&mut self, events: &[Event], out: &mut Vec<u8>) {
        for event in events {
            if let Event::Dropped(path) = event {
                if !self.dropped.contains(path) {
                    let path: String = path.chars().filter(|one| !one.is_control()).collect();
                    self.writer.dropped(&path, out);
                    self.dropped.push(path);
                }
                continue;
            }
            self.writer.event(event, out);
        }
    }
}

/// Gathers an upstream's stream for a client that wants a whole answer.
pub struct Collector {
    context: Arc<Context>,
    source: Source,
    events: Vec<Event>,
}

impl Collector {
    /// A collector for one answer.
    pub fn new(context: &Arc<Context>) -> Self {
        Self {
            context: Arc::clone(context),
            source: Source::new(context),
            events: Vec::new(),
        }
    }

    /// Takes the next bytes of the upstream.
    pub fn push(&mut self, bytes: &[u8]) {
        let mut events = Vec::new();
        self.source.push(bytes, &mut events);
        for event in events {
            self.gather(event);
        }
    }

    /// Joins texts as they come, so that a long answer does not become a long list.
    fn gather(&mut self, event: Event) {
        if let Event::Text { text: more, .. } = &event
            && let Some(Event::Text { text, .. }) = self.events.last_mut()
        {
            text.push_str(more);
            return;
        }
        self.events.push(event);
    }

    /// The data of the upstream's event that failed it.
    pub fn error_data(&self) -> Option<&str> {
        self.source.error_data.as_deref()
    }

    /// The whole answer.
    ///
    /// # Errors
    /// The failure that it ended with.
    pub fn finish(self) -> Result<Written, Failure> {
        let context = Arc::clone(&self.context);
        Ok(written(&context, &self.reply()?))
    }

    /// The same in the common form.
    pub(crate) fn reply(mut self) -> Result<Reply, Failure> {
        let mut events = Vec::new();
        self.source.finish(&mut events);
        for event in events {
            self.gather(event);
        }
        Reply::of(self.events)
    }
}
