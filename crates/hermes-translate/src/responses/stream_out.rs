use std::sync::Arc;

use crate::context::Context;
use crate::reply::Event;
use crate::translator::WriteStream;

pub(crate) struct Writer;

impl Writer {
    pub(crate) fn new(context: &Arc<Context>) -> Self {
        let _ = context;
        Self
    }
}

impl WriteStream for Writer {
    fn event(&mut self, event: &Event, out: &mut Vec<u8>) {
        let _ = (event, out);
    }

    fn ping(&mut self, out: &mut Vec<u8>) {
        let _ = out;
    }
}
