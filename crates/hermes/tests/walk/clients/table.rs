//! The table of clients and providers.

use std::io::Write as _;
use std::path::Path;

use super::case::{Case, Ended, Fault};
use super::program::Client;
use super::upstream::{UPSTREAMS, Upstream};

/// Runs every cell and prints the table as it grows; gives how many failed.
pub(super) async fn print(clients: impl Iterator<Item = Client>, folder: &Path) -> usize {
    let mut reasons = Vec::new();
    let names = UPSTREAMS.map(|upstream| upstream.name).join(" | ");
    let faults = Fault::ALL.map(Fault::name).join(" | ");
    say(&format!(
        "clients in {}\n| client | protocol | {names} | at | {faults} |",
        folder.display()
    ));
    for client in clients {
        let mut cells = vec![client.name.to_owned(), client.protocol.to_owned()];
        for upstream in UPSTREAMS {
            let ended = Case::new(client, upstream).run().await;
            cells.push(cell(&ended));
            note(&mut reasons, &client, &upstream, None, ended);
        }
        let foreign = foreign(&client);
        cells.push(foreign.name.to_owned());
        for fault in Fault::ALL {
            let ended = Case::new(client, foreign).with(fault).run().await;
            cells.push(cell(&ended));
            note(&mut reasons, &client, &foreign, Some(fault), ended);
        }
        say(&format!("| {} |", cells.join(" | ")));
    }
    for reason in &reasons {
        say(reason);
    }
    reasons.len()
}

/// A provider that does not speak the client's protocol.
pub(super) fn foreign(client: &Client) -> Upstream {
    Upstream::named(if client.protocol == "messages" {
        "responses"
    } else {
        "messages"
    })
}

/// `ok` or `FAILED`, the requests that the provider got, and the seconds that it took.
fn cell(ended: &Ended) -> String {
    let word = if ended.problem.is_none() { "ok" } else { "FAILED" };
    format!("{word} {}x {} s", ended.requests, ended.took.as_secs())
}

fn note(reasons: &mut Vec<String>, client: &Client, upstream: &Upstream, fault: Option<Fault>, ended: Ended) {
    if let Some(problem) = ended.problem {
        let fault = fault
            .map(|fault| format!(", {}", fault.name()))
            .unwrap_or_default();
        let (name, protocol) = (client.name, client.protocol);
        reasons.push(format!(
            "- {name} ({protocol}) at {}{fault}: {problem}",
            upstream.name
        ));
    }
}

/// To the terminal at once, past what the test command keeps back.
fn say(text: &str) {
    // A closed terminal is no reason to stop.
    let _ = writeln!(std::io::stderr(), "{text}");
}
