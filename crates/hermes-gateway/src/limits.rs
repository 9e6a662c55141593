use std::time::Duration;

/// What a request may cost before it is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Longest request body, bytes.
    pub body: usize,
    /// Longest whole answer that is translated, bytes; others are not held.
    pub answer: usize,
    /// Longest request target, bytes.
    pub target: usize,
    /// Most header lines of a request.
    pub headers: usize,
    /// Longest request head, bytes.
    pub head: usize,
    /// Open connections.
    pub connections: usize,
    /// Connections that have shown no client key yet; beyond, the oldest are closed.
    pub strangers: usize,
    /// How long such a connection is safe from that.
    pub stranger_time: Duration,
    /// Requests that are being forwarded or streamed at one time.
    pub streams: usize,
    /// Longest TLS handshake.
    pub handshake: Duration,
    /// From the first byte of a request to the end of its head.
    pub head_time: Duration,
    /// How long a connection may rest between requests.
    pub keep_alive: Duration,
    /// Longest pause inside a request body.
    pub body_idle: Duration,
    /// Longest wait for the head of an upstream answer.
    pub answer_wait: Duration,
    /// Longest pause inside an upstream answer.
    pub upstream_idle: Duration,
    /// A stream that says nothing for so long gets a sign of life from the gateway.
    pub ping: Duration,
    /// Most bytes of a stream of events that are held back until its first content, or an error in its place, has come.
    pub held: usize,
    /// Longest that they are held back, from the first of them.
    pub held_time: Duration,
    /// Calls made upstream for one request.
    pub attempts: u32,
    /// Wrong client keys from one address within a minute before 429.
    pub failed_auth: u32,
    /// How long open streams may take to end after shutdown began.
    pub drain: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body: 64 << 20,
            answer: 32 << 20,
            target: 8 << 10,
            headers: 100,
            head: 64 << 10,
            connections: 4096,
            strangers: 256,
            stranger_time: Duration::from_secs(5),
            streams: 4096,
            handshake: Duration::from_secs(10),
            head_time: Duration::from_secs(10),
            keep_alive: Duration::from_secs(90),
            body_idle: Duration::from_secs(30),
            answer_wait: Duration::from_mins(10),
            upstream_idle: Duration::from_mins(5),
            ping: Duration::from_secs(15),
            held: 64 << 10,
            held_time: Duration::from_secs(5),
            attempts: 4,
            failed_auth: 20,
            drain: Duration::from_secs(30),
        }
    }
}
