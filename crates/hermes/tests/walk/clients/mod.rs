//! Unmodified clients through the gateway, each for a word that stands in a file which only the client can read.

mod case;
mod program;
mod table;
mod upstream;

use case::{Case, Fault};
use hermes_sim::Break;
use program::{HEAVY, SDKS};
use upstream::UPSTREAMS;

#[tokio::test]
async fn official_sdks_call_tools_in_front_of_every_protocol() {
    let mut wrong = Vec::new();
    for client in SDKS {
        for upstream in UPSTREAMS {
            let ended = Case::new(client, upstream).run().await;
            wrong.extend(
                ended
                    .problem
                    .map(|problem| format!("{client:?} {upstream:?}: {problem}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn official_sdks_tell_of_an_answer_of_another_protocol_that_broke_off() {
    let mut wrong = Vec::new();
    for client in SDKS {
        for how in [Break::Error, Break::Cut] {
            let ended = Case::new(client, table::foreign(&client))
                .with(Fault::Break(how))
                .run()
                .await;
            wrong.extend(
                ended
                    .problem
                    .map(|problem| format!("{client:?} {how:?}: {problem}")),
            );
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The whole table: of one official SDK, and where the command for it says where they are, of every client that is installed.
#[tokio::test]
#[expect(
    clippy::disallowed_methods,
    reason = "this is how the command tells where the clients are and which are wanted"
)]
async fn every_client() {
    let installed = std::env::var("HERMES_TEST_CLIENTS").is_ok();
    let wanted = std::env::var("HERMES_TEST_CLIENT").unwrap_or_default();
    let all = SDKS.into_iter().chain(HEAVY);
    let clients = all.filter(|client| format!("{} {}", client.name, client.protocol).contains(&wanted));
    let failed = table::print(clients.take(if installed { usize::MAX } else { 1 })).await;
    assert_eq!(failed, 0, "cells of the table failed");
}
