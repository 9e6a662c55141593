//! Closed-loop load over keep-alive connections.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::task::LocalSet;

use super::http::Connection;
use super::process::{Running, median};
use super::servers::Server;

/// What is sent.
#[derive(Clone)]
pub(crate) struct Load {
    body: usize,
    connections: usize,
    pace: &'static str,
    /// Time between the starts of two connections.
    apart: Duration,
    end: End,
    units: u64,
}

#[derive(Clone, Copy)]
enum End {
    After(Duration),
    Requests(u64),
}

/// One run of a load against one server.
#[derive(Default)]
pub(crate) struct Sample {
    /// Server's CPU time per unit (request or delta), microseconds.
    pub(crate) cpu_us: f64,
    /// Units a second.
    pub(crate) rate: f64,
    /// Median time from sending a request to the first part of its body, milliseconds.
    pub(crate) first_ms: f64,
}

impl Load {
    /// Requests with a body of about this size, as fast as they are answered.
    pub(crate) fn plain(body: usize, connections: usize, span: Duration) -> Self {
        Self {
            body,
            connections,
            pace: "",
            apart: Duration::ZERO,
            end: End::After(span),
            units: 1,
        }
    }

    /// 32 streams of 500 deltas, one every 2 ms.
    pub(crate) fn deltas() -> Self {
        Self {
            pace: "x-bench-pace: deltas=500 ms=2\r\n",
            end: End::Requests(1),
            units: 500,
            ..Self::plain(300, 32, Duration::ZERO)
        }
    }

    /// 32 streams of 20 deltas, one every 10 ms, eight times in a row; they begin at different moments, since what is asked is the
    /// time that one answer takes and not how a burst is worked off.
    pub(crate) fn paced() -> Self {
        Self {
            pace: "x-bench-pace: deltas=20 ms=10\r\n",
            apart: Duration::from_millis(6),
            end: End::Requests(8),
            units: 20,
            ..Self::plain(300, 32, Duration::ZERO)
        }
    }

    fn request(&self, server: &Server) -> Vec<u8> {
        let stream = !self.pace.is_empty();
        let open = r#"{"max_tokens":64,"messages":[{"role":"user","content":""#;
        let close = format!(r#""}}],"model":"claude-sonnet-5","stream":{stream}}}"#);
        let fill = self.body.saturating_sub(open.len() + close.len());
        let body = format!(
            "{open}{}{close}",
            "lorem ipsum ".repeat(fill / 12 + 1).split_at(fill).0
        );
        let head = format!(
            "POST /v1/messages HTTP/1.1\r\n{}host: 127.0.0.1:{}\r\nx-api-key: {}\r\nanthropic-version: 2023-06-01\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            self.pace,
            server.port,
            server.key,
            body.len()
        );
        [head.into_bytes(), body.into_bytes()].concat()
    }
}

#[derive(Default)]
struct Tally {
    requests: u64,
    first: Vec<f64>,
}

/// Runs a load and reads the server's CPU time around it.
#[expect(
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a bench measures the real clock"
)]
pub(crate) async fn run(server: &Server, load: &Load, process: Option<&Running>) -> Result<Sample> {
    let request: Rc<[u8]> = load.request(server).into();
    let tally = Rc::new(RefCell::new(Tally::default()));
    let before = process.map_or(Ok(0), Running::cpu_ns)?;
    let start = Instant::now();
    let set = LocalSet::new();
    let workers: Vec<_> = (0..load.connections)
        .map(|number| {
            let wait = load.apart * u32::try_from(number).unwrap_or_default();
            set.spawn_local(worker(
                server.port,
                wait,
                Rc::clone(&request),
                load.end,
                Rc::clone(&tally),
            ))
        })
        .collect();
    set.await;
    for worker in workers {
        worker.await??;
    }
    let spent = process.map_or(Ok(0), Running::cpu_ns)? - before;
    let tally = tally.take();
    let units = (tally.requests * load.units) as f64;
    Ok(Sample {
        cpu_us: spent as f64 / 1000.0 / units,
        rate: units / start.elapsed().as_secs_f64(),
        first_ms: median(tally.first),
    })
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the real clock")]
async fn worker(
    port: u16,
    wait: Duration,
    request: Rc<[u8]>,
    end: End,
    tally: Rc<RefCell<Tally>>,
) -> Result<()> {
    tokio::time::sleep(wait).await;
    let mut connection = Connection::open(port).await?;
    let begun = Instant::now();
    let mut sent = 0;
    while match end {
        End::After(span) => begun.elapsed() < span,
        End::Requests(count) => sent < count,
    } {
        let start = Instant::now();
        let mut first = None;
        connection
            .exchange(&request, || _ = first.get_or_insert_with(|| start.elapsed()))
            .await?;
        sent += 1;
        let mut tally = tally.borrow_mut();
        tally.requests += 1;
        tally.first.push(first.unwrap_or_default().as_secs_f64() * 1000.0);
    }
    Ok(())
}
