use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;

use crate::UnixMs;

/// The only source of time: the wall clock, a clock that never goes back, and waiting.
#[async_trait]
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> UnixMs;

    /// Time since some fixed start; only differences mean anything.
    fn monotonic(&self) -> Duration;

    /// Time since some fixed start that goes on while the machine sleeps; only differences mean anything.
    fn boot(&self) -> Duration {
        self.monotonic()
    }

    /// What this clock makes of a reading of another machine's wall clock; a lab's clock shifts and speeds up those too.
    fn seen_as(&self, wall: UnixMs) -> UnixMs {
        wall
    }

    /// Waits.
    async fn sleep(&self, span: Duration);
}

/// The machine's own clock.
#[derive(Debug)]
pub struct SystemClock {
    start: tokio::time::Instant,
}

impl SystemClock {
    /// A clock whose monotonic reading starts at zero now.
    pub fn new() -> Self {
        Self {
            start: tokio::time::Instant::now(),
        }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the module that owns the wall clock"
    )]
    fn now(&self) -> UnixMs {
        let span = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        UnixMs::from_millis(i64::try_from(span.as_millis()).unwrap_or(i64::MAX))
    }

    fn monotonic(&self) -> Duration {
        self.start.elapsed()
    }

    #[cfg(target_os = "linux")]
    fn boot(&self) -> Duration {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
        let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
        Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
    }

    #[expect(clippy::disallowed_methods, reason = "this is the module that owns waiting")]
    async fn sleep(&self, span: Duration) {
        tokio::time::sleep(span).await;
    }
}

/// The clock of a lab home: the system clock shifted by a fixed amount and sped up by a factor.
///
/// A speed of 100 makes a wait of two seconds last 20 ms, so a test that walks through a whole login waits for nothing. Processes
/// that are given the same anchor agree on the time.
#[derive(Debug)]
pub struct LabClock {
    inner: SystemClock,
    anchor: UnixMs,
    shift_ms: i64,
    speed: u32,
}

impl LabClock {
    /// Reads `+3600s`, `-2s`, `+0s,x100` or `+0s,x100@1795000000000`: a shift in seconds, then a speed from 1 to 10000, then the
    /// moment in unix milliseconds from which the speed counts (the start of the process, if none is given).
    ///
    /// # Errors
    /// A text that names what could not be read.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a shift such as `+3600s` or `+0s,x100`");
        let (shift, rest) = text.split_once(",x").unwrap_or((text, "1"));
        let (speed, anchor) = rest
            .split_once('@')
            .map_or((rest, None), |(speed, at)| (speed, Some(at)));
        let seconds = shift
            .strip_suffix('s')
            .ok_or_else(wrong)?
            .parse::<i64>()
            .map_err(|_| wrong())?;
        let speed = speed.parse::<u32>().map_err(|_| wrong())?;
        if !(1..=10_000).contains(&speed) {
            return Err(wrong());
        }
        let inner = SystemClock::new();
        let anchor = match anchor {
            Some(millis) => UnixMs::from_millis(millis.parse().map_err(|_| wrong())?),
            None => inner.now(),
        };
        Ok(Self {
            inner,
            anchor,
            shift_ms: seconds.saturating_mul(1000),
            speed,
        })
    }
}

#[async_trait]
impl Clock for LabClock {
    fn now(&self) -> UnixMs {
        self.seen_as(self.inner.now())
    }

    fn seen_as(&self, wall: UnixMs) -> UnixMs {
        let passed = wall.as_millis().saturating_sub(self.anchor.as_millis());
        let passed = passed.saturating_mul(i64::from(self.speed));
        UnixMs::from_millis(
            self.anchor
                .as_millis()
                .saturating_add(self.shift_ms)
                .saturating_add(passed),
        )
    }

    fn monotonic(&self) -> Duration {
        self.inner.monotonic().saturating_mul(self.speed)
    }

    /// Not sped up: deadlines of real calls are reckoned by it.
    fn boot(&self) -> Duration {
        self.inner.boot()
    }

    async fn sleep(&self, span: Duration) {
        self.inner.sleep(span / self.speed).await;
    }
}
