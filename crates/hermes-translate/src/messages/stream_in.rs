use std::sync::Arc;

use hermes_wire::SseEvent;

use crate::context::Context;
use crate::reply::Event;
use crate::translator::ReadStream;

pub(crate) struct Reader;

impl Reader {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        let _ = context;
        Self
    }
}

impl ReadStream for Reader {
    fn event(&mut self, event: &SseEvent, out: &mut Vec<Event>) {
        let _ = (event, out);
    }
}
