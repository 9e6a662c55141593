//! What the pages ask of the database: as many statements for very many logins as for a few more than a page shows.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hermes_core::{Clock as _, SystemClock};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::ChildStderr;

use super::board::{Board, TOKEN};
use super::console::Console;
use super::crowd::crowded;
use crate::harness::request;

/// What the pages are made of.
const FRAGMENTS: [&str; 9] = [
    "/ui/",
    "/ui/providers",
    "/ui/pool/anthropic",
    "/ui/requests",
    "/ui/requests?failed=true&model=claude",
    "/ui/usage?range=24h&by=credential",
    "/ui/usage?range=30d&by=credential",
    "/ui/usage?range=7d&by=key",
    "/ui/keys",
];

/// What the program notes of each statement, with its text in one line.
const MARK: &str = "summary=";

/// Every statement since the last look.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<Vec<String>>>);

impl Statements {
    fn read(stderr: ChildStderr) -> Self {
        let statements = Self::default();
        let noted = statements.clone();
        tokio::spawn(async move {
            let mut lines = BufReader::new(stderr).lines();
            while let Ok(Some(line)) = lines.next_line().await {
                if let Some((_, text)) = line.split_once(MARK) {
                    let text = text.split(" db.statement").next().unwrap_or_default();
                    noted.0.lock().expect("no panic").push(text.to_owned());
                }
            }
        });
        statements
    }

    /// Those until nothing came for a moment.
    async fn take(&self) -> Vec<String> {
        let clock = SystemClock::new();
        let mut before = usize::MAX;
        loop {
            let now = self.0.lock().expect("no panic").len();
            if now == before {
                return std::mem::take(&mut *self.0.lock().expect("no panic"));
            }
            before = now;
            clock.sleep(Duration::from_millis(60)).await;
        }
    }
}

/// How many statements each fragment costs in a home with so many logins, but for those that the program makes by itself all the time.
async fn counted(logins: u32, requests: u32) -> Vec<(&'static str, usize)> {
    let mut lab = crowded(logins, requests).await;
    lab.set("HERMES_LOG", "error,sqlx::query=debug");
    let mut board = Board::start(&lab).await;
    let statements = Statements::read(board.up.stderr());
    let console = Console::on(board).await;
    for fragment in FRAGMENTS {
        read(&console, fragment).await;
    }
    statements.take().await;
    SystemClock::new().sleep(Duration::from_millis(2500)).await;
    let own: BTreeSet<_> = statements.take().await.into_iter().collect();
    let mut counts = Vec::new();
    for fragment in FRAGMENTS {
        statements.take().await;
        read(&console, fragment).await;
        let all = statements.take().await;
        counts.push((fragment, all.iter().filter(|one| !own.contains(*one)).count()));
    }
    counts
}

async fn read(console: &Console, fragment: &str) {
    let headers = [(TOKEN, console.token.as_str())];
    let (status, body, _) = request(&console.board.up.base, "GET", fragment, &headers, "").await;
    assert_eq!(status, 200, "{fragment}: {body}");
}

#[tokio::test]
async fn pages_ask_as_often_with_many_logins_as_with_some() {
    let (some, many) = (counted(240, 1_000).await, counted(2_400, 10_000).await);
    println!("{many:?}");
    for ((fragment, some), (_, many)) in some.into_iter().zip(many) {
        // A session's use is noted once a minute.
        assert!(many <= some + 2, "{fragment}: {some} and {many}");
        assert!((1..=16).contains(&many), "{fragment}: {many}");
    }
}
