use std::sync::Arc;

use hermes_wire::Usage;

use crate::context::Context;
use crate::losses;
use crate::reply::{Event, Failure};
use crate::restore::Restore;
use crate::serial::{self, Serial};
use crate::stops::Stops;

/// Most that an answer may say where all of it is kept, bytes: far more than any model says, since nobody asks for it again.
const KEPT_LIMIT: usize = 16 << 20;

/// What happens to the events of every answer between its reader and its writer.
#[derive(Clone)]
pub(super) struct Flow {
    context: Arc<Context>,
    serial: Serial,
    restore: Restore,
    stops: Stops,
    /// How much more the answer may say; without a bound where it is not kept.
    room: Option<usize>,
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
            room: kept.then_some(KEPT_LIMIT),
            usage: None,
            failure: None,
            ordered: Vec::new(),
            restored: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, event: Event, out: &mut Vec<Event>) {
        let event = self.fitting(event);
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

    /// The event, or the failure that it is too much.
    fn fitting(&mut self, event: Event) -> Event {
        let Some(room) = self.room else { return event };
        match room.checked_sub(serial::size(&event)) {
            None => Event::Error(Failure::too_long()),
            rest => {
                self.room = rest;
                event
            }
        }
    }

    pub(super) fn ended(&self) -> bool {
        self.serial.ended()
    }
}
