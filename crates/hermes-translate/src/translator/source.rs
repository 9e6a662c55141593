use std::sync::Arc;

use hermes_wire::SseDecoder;

use super::flow::Flow;
use super::{ReadStream, reader};
use crate::bounds;
use crate::context::Context;
use crate::json;
use crate::reply::{Event, Failure};

/// Decodes an upstream's stream into ordered events.
pub(super) struct Source {
    decoder: SseDecoder,
    reader: Box<dyn ReadStream>,
    pub(super) flow: Flow,
    /// The data of the event that failed the answer.
    pub(super) error_data: Option<String>,
}

impl Source {
    /// `kept` says that the whole answer is kept, so that it has to have a bound.
    pub(super) fn new(context: &Arc<Context>, kept: bool) -> Self {
        Self {
            decoder: SseDecoder::default(),
            reader: reader(context),
            flow: Flow::new(context, kept),
            error_data: None,
        }
    }

    #[cfg(test)]
    pub(super) fn copy(&self) -> Self {
        Self {
            decoder: self.decoder.clone(),
            reader: self.reader.copy(),
            flow: self.flow.clone(),
            error_data: self.error_data.clone(),
        }
    }

    pub(super) fn push(&mut self, bytes: &[u8], out: &mut Vec<Event>) {
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
                        self.error_data = Some(bounds::short(event.data));
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

    pub(super) fn finish(&mut self, out: &mut Vec<Event>) {
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
