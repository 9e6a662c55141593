//! The table of clients, providers and faults.

use std::io::Write as _;

use super::case::{Case, Ended, Fault};
use super::program::Client;
use super::upstream::{UPSTREAMS, Upstream};

/// Runs every cell, tells how each ended, and prints the table; gives how many failed.
pub(super) async fn print(clients: impl Iterator<Item = Client>) -> usize {
    let mut table = Table::default();
    for client in clients {
        let mut cells = Vec::new();
        for upstream in UPSTREAMS {
            cells.push(table.run(client, upstream, None).await);
        }
        let name = if client.tools {
            client.name.to_owned()
        } else {
            format!("{} (has no tools: a plain answer)", client.name)
        };
        table.well.push(row(&[&name, client.protocol], &cells));
        for upstream in [Upstream::named(client.protocol), foreign(&client)] {
            let mut cells = Vec::new();
            for fault in Fault::ALL {
                cells.push(table.run(client, upstream, Some(fault)).await);
            }
            table
                .failing
                .push(row(&[&name, client.protocol, upstream.name], &cells));
        }
    }
    table.show();
    table.problems.len()
}

/// A provider that does not speak the client's protocol.
pub(super) fn foreign(client: &Client) -> Upstream {
    Upstream::named(if client.protocol == "messages" {
        "responses"
    } else {
        "messages"
    })
}

#[derive(Default)]
struct Table {
    /// Each client in front of every provider.
    well: Vec<String>,
    /// Each client in front of failing ones: of its own protocol, and of another.
    failing: Vec<String>,
    problems: Vec<String>,
}

impl Table {
    async fn run(&mut self, client: Client, upstream: Upstream, fault: Option<Fault>) -> String {
        let case = Case::new(client, upstream);
        let case = fault.into_iter().fold(case, Case::with);
        let ended = case.run().await;
        let name = format!(
            "{} ({}) at {}, {}",
            client.name,
            client.protocol,
            upstream.name,
            fault.map_or_else(|| "well".to_owned(), Fault::name)
        );
        let cell = cell(&ended);
        say(&format!("{name}: {cell}"));
        if let Some(problem) = ended.problem {
            say(&problem);
            self.problems.push(format!("- {name}: {problem}"));
        }
        cell
    }

    fn show(&self) {
        let upstreams = UPSTREAMS.map(|upstream| upstream.name.to_owned());
        let faults = Fault::ALL.map(Fault::name);
        say("\nEach cell: how it ended, the requests that the provider got, and the seconds.\n");
        say(&row(&["client", "protocol"], &upstreams));
        say(&row(&["---", "---"], &upstreams.map(|_| "---".to_owned())));
        say(&self.well.join("\n"));
        say("");
        say(&row(&["client", "protocol", "provider"], &faults));
        say(&row(&["---", "---", "---"], &faults.map(|_| "---".to_owned())));
        say(&self.failing.join("\n"));
        say(&self.problems.join("\n"));
    }
}

fn row(names: &[&str], cells: &[String]) -> String {
    format!("| {} | {} |", names.join(" | "), cells.join(" | "))
}

fn cell(ended: &Ended) -> String {
    let word = if ended.problem.is_none() { "ok" } else { "FAILED" };
    format!("{word} {}x {} s", ended.requests, ended.took.as_secs())
}

/// To the terminal at once, past what the test command keeps back.
fn say(text: &str) {
    // A closed terminal is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}
