//! Named places where a lab may stop or kill the program, to see what a crash there leaves.

use std::fmt;
use std::sync::atomic::{AtomicU32, Ordering};

/// An arrow of the refresh state machine. The names are those of `HERMES_LAB_FAULT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// Before the lease is asked for.
    Acquire,
    /// The lease is held and nothing else was written.
    Leased,
    /// The mark that a token is about to be sent is durable; nothing was sent.
    Marked,
    /// The answer is in memory and nowhere else.
    Answered,
    /// The answer is in the spill file and not in the database.
    Spilled,
    /// The answer is in the database.
    Committed,
    /// The outcome is in doubt and nobody was told.
    Doubt,
    /// The issuer refused and nobody was told.
    Refused,
    /// The lease is to be given back.
    Release,
}

impl Point {
    /// Every point, in the order of the walk.
    pub const ALL: [Self; 9] = [
        Self::Acquire,
        Self::Leased,
        Self::Marked,
        Self::Answered,
        Self::Spilled,
        Self::Committed,
        Self::Doubt,
        Self::Refused,
        Self::Release,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acquire => "acquire",
            Self::Leased => "leased",
            Self::Marked => "marked",
            Self::Answered => "answered",
            Self::Spilled => "spilled",
            Self::Committed => "committed",
            Self::Doubt => "doubt",
            Self::Refused => "refused",
            Self::Release => "release",
        }
    }
}

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// The process is killed as by `kill -9`.
    Kill,
    /// The process is stopped until somebody continues it.
    Stop,
}

/// The faults of a lab; none outside labs.
#[derive(Default)]
pub struct Faults {
    planned: Option<(Point, Strike)>,
    /// How many times the point is passed before it strikes.
    left: AtomicU32,
    act: Option<Act>,
}

/// What a strike does to the process.
type Act = Box<dyn Fn(Strike) + Send + Sync>;

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Faults").field(&self.planned).finish()
    }
}

impl Faults {
    /// Nothing happens anywhere.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads `POINT=kill`, `POINT=stop`, or `POINT=kill@N` for the N-th passage; `act` does it to the process.
    ///
    /// # Errors
    /// A text that names what could not be read.
    pub fn parse(text: &str, act: impl Fn(Strike) + Send + Sync + 'static) -> Result<Self, String> {
        let wrong = || {
            let points = Point::ALL.map(Point::as_str).join(", ");
            format!("`{text}` is not `POINT=kill` or `POINT=stop`, with a point of {points}")
        };
        let (point, rest) = text.split_once('=').ok_or_else(wrong)?;
        let (strike, passage) = rest.split_once('@').unwrap_or((rest, "1"));
        let point = Point::ALL
            .into_iter()
            .find(|one| one.as_str() == point)
            .ok_or_else(wrong)?;
        let strike = match strike {
            "kill" => Strike::Kill,
            "stop" => Strike::Stop,
            _ => return Err(wrong()),
        };
        let passage: u32 = passage.parse().map_err(|_| wrong())?;
        Ok(Self {
            planned: Some((point, strike)),
            left: AtomicU32::new(passage.max(1)),
            act: Some(Box::new(act)),
        })
    }

    /// Passes a point; where its turn has come, the strike happens here.
    pub fn pass(&self, point: Point) {
        let (Some((planned, strike)), Some(act)) = (self.planned, &self.act) else {
            return;
        };
        if planned != point {
            return;
        }
        let step = |left: u32| left.checked_sub(1);
        let before = self.left.fetch_update(Ordering::AcqRel, Ordering::Acquire, step);
        if before == Ok(1) {
            act(strike);
        }
    }
}
