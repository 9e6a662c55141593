use std::sync::Arc;

use hermes_wire::Usage;

use crate::bounds::Bounds;
use crate::context::Context;
use crate::losses;
use crate::reply::{Event, Failure};
use crate::restore::Restore;
use crate::serial::Serial;
use crate::stops::Stops;

/// What happens to the events of every answer between its reader and its writer.
#[derive(Clone)]
pub(super) struct Flow {
    context: Arc<Context>,
    serial: Serial,
    restore: Restore,
    stops: Stops,
    bounds: Bounds,
    pub(super) usage: Option<Usage>,
    pub(super) failure: Option<Failure>,
    /// Empty between events; kept for their room.
    ordered: Vec<Event>,
    restored: Vec<Event>,
}

impl Flow {
    /// `kept` says that the whole answer is kept.
    pub(super) fn new(context: &Arc<Context>, kept: bool) -> Self {
        Self {
            context: Arc::clone(context),
            serial: Serial::default(),
            restore: Restore::default(),
            stops: Stops::new(&context.stops),
            bounds: Bounds::new(kept),
            usage: None,
            failure: None,
            ordered: Vec::new(),
            restored: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, event: Event, out: &mut Vec<Event>) {
        let event = self.bounds.fit(event);
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

    pub(super) fn ended(&self) -> bool {
        self.serial.ended()
    }
}
