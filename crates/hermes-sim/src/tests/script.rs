use std::time::Duration;

use pretty_assertions::assert_eq;
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::client::{parse, start, world};
use crate::{Answer, Part, Sim, SimOptions};

const HOST: &str = "api.openai.com";

#[tokio::test]
async fn queued_answers_come_in_order_and_then_the_provider_again() {
    let world = world().await;
    let script = world.sim.script();
    script.next(
        HOST,
        "/v1/responses",
        Answer::status(503).header("retry-after", "7"),
    );
    script.next(
        HOST,
        "/v1/responses",
        Answer::json(429, &json!({"error": "slow"})),
    );
    let first = world.client.get(HOST, "/v1/responses", &[]).await;
    assert_eq!((first.status, first.header("retry-after")), (503, Some("7")));
    let elsewhere = world.client.get(HOST, "/v1/models", &[]).await;
    assert_eq!(elsewhere.status, 401, "another path is not concerned");
    let second = world.client.get(HOST, "/v1/responses", &[]).await;
    assert_eq!((second.status, second.text()), (429, "{\"error\":\"slow\"}"));
    let third = world.client.send("POST", HOST, "/v1/responses", &[], "{}").await;
    assert_eq!(third.status, 401, "the provider's own answer");
}

#[tokio::test]
async fn standing_answer_stays_and_queued_ones_go_before_it() {
    let world = world().await;
    let script = world.sim.script();
    script.always(HOST, "/x", Answer::html(500, "down"));
    script.next(HOST, "/x", Answer::status(204));
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(world.client.get(HOST, "/x", &[]).await.status);
    }
    assert_eq!(seen, [204, 500, 500]);
    script.redirect(HOST, "/x", 308, "https://example.test/y");
    let reply = world.client.get(HOST, "/x", &[]).await;
    assert_eq!(
        (reply.status, reply.header("location")),
        (308, Some("https://example.test/y"))
    );
}

#[tokio::test]
async fn dropped_answer_closes_the_connection_before_a_byte() {
    let world = world().await;
    world.sim.script().next(HOST, "/x", Answer::dropped());
    let mut stream = world.client.open("GET", HOST, "/x", &[], "").await;
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes).await;
    assert_eq!(bytes, b"");
    assert_eq!(world.sim.journal().count(HOST, "/x"), 1, "the request did arrive");
}

#[tokio::test]
async fn cut_answer_ends_in_the_middle_after_all_that_came_before() {
    let world = world().await;
    let answer = Answer::events(["data: 1\n\n".to_owned(), "data: 2\n\n".to_owned()]).part(Part::Cut);
    world.sim.script().next(HOST, "/x", answer.text("never"));
    let reply = world.client.get(HOST, "/x", &[]).await;
    assert_eq!((reply.status, reply.text()), (200, "data: 1\n\ndata: 2\n\n"));
    assert!(!reply.complete);
}

#[tokio::test]
async fn hanging_answer_sends_its_beginning_and_then_nothing() {
    let world = world().await;
    let answer = Answer::status(200).text("begun").part(Part::Hang).text("never");
    world.sim.script().next(HOST, "/x", answer);
    let mut stream = world.client.open("GET", HOST, "/x", &[], "").await;
    let mut bytes = Vec::new();
    let mut read = async || {
        let span = Duration::from_millis(200);
        tokio::time::timeout(span, stream.read_buf(&mut bytes)).await
    };
    while let Ok(read) = read().await {
        assert_ne!(read.unwrap(), 0, "the connection stays open");
    }
    let reply = parse(&bytes).unwrap();
    assert_eq!(reply.text(), "begun");
    assert!(!reply.complete);
}

#[tokio::test]
async fn flood_has_exactly_the_bytes_asked_for() {
    let world = world().await;
    for count in [0, 7, 64 * 1024, 3 * 64 * 1024 + 7] {
        world
            .sim
            .script()
            .next(HOST, "/x", Answer::status(200).part(Part::Flood(count)));
        let reply = world.client.get(HOST, "/x", &[]).await;
        assert_eq!(reply.body.len() as u64, count);
        assert!(reply.complete && reply.body.iter().all(|byte| *byte == 0));
    }
}

#[tokio::test]
async fn delays_and_pauses_wait_by_the_clock_of_the_simulation() {
    let world = world().await;
    let answer = Answer::status(200)
        .text("a")
        .part(Part::Pause(Duration::from_mins(10)))
        .text("b")
        .after(Duration::from_hours(1));
    world.sim.script().next(HOST, "/x", answer);
    let reply = world.client.get(HOST, "/x", &[]).await;
    assert_eq!((reply.text(), reply.complete), ("ab", true));
    assert_eq!(
        world.clock.slept(),
        [Duration::from_hours(1), Duration::from_mins(10)]
    );
    world.client.get(HOST, "/x", &[]).await;
    assert_eq!(world.clock.slept().len(), 2, "no delay, no wait");
    let at: Vec<_> = world
        .sim
        .journal()
        .entries()
        .iter()
        .map(|entry| entry.at)
        .collect();
    assert_eq!(at, [start(), start().plus(Duration::from_mins(70))]);
}

#[tokio::test]
async fn journal_keeps_every_field_of_a_request() {
    let world = world().await;
    let headers = [
        ("X-Mixed-Case", "Kept As Is"),
        ("content-type", "application/json"),
    ];
    let reply = world
        .client
        .send("PUT", "example.test:8443", "/a/b?c=d&e", &headers, "{\"n\":1}")
        .await;
    assert_eq!((reply.status, reply.text()), (404, "this host is not simulated"));
    world
        .client
        .form("example.test", "/form", &[("a", "1 2"), ("b", "&")])
        .await;
    let journal = world.sim.journal();
    let entries = journal.entries();
    let first = &entries[0];
    assert_eq!((first.at, first.host.as_str()), (start(), "example.test"));
    assert_eq!((first.method.as_str(), first.path.as_str()), ("PUT", "/a/b"));
    assert_eq!(first.query.as_deref(), Some("c=d&e"));
    assert_eq!(first.header("x-mixed-case").as_deref(), Some("Kept As Is"));
    assert_eq!(first.header("absent"), None);
    assert_eq!(first.body, "{\"n\":1}");
    assert_eq!(first.json(), json!({"n": 1}));
    let form: Vec<_> = [("a", "1 2"), ("b", "&")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
    assert_eq!(entries[1].form(), form);
    assert_eq!(entries[1].json(), json!(null));
    assert_eq!(journal.find("example.test", "/form").len(), 1);
    assert_eq!(
        (
            journal.count("example.test", "/a/b"),
            journal.count_host("example.test")
        ),
        (1, 2)
    );
}

#[tokio::test]
async fn journal_leaves_out_direct_requests_and_is_empty_when_switched_off() {
    let world = world().await;
    world.client.get(HOST, "/x", &[("x-sim-direct", "1")]).await;
    assert_eq!(world.sim.journal().count_host(HOST), 0);
    let options = SimOptions {
        journal: false,
        ..SimOptions::default()
    };
    let quiet = Sim::start(options).await.unwrap();
    let page = quiet
        .person()
        .approve_browser("https://claude.ai/oauth/authorize")
        .await;
    assert!(page.is_err());
    assert_eq!(quiet.journal().entries().len(), 0);
}

#[tokio::test]
async fn simulated_hosts_are_all_in_the_lab_map() {
    let world = world().await;
    let origin = world.sim.origin();
    let hosts = world.sim.lab_hosts();
    for host in [
        "account.minimax.io",
        "api.minimaxi.com",
        "portal.nousresearch.com",
        "chatgpt.com",
    ] {
        assert!(
            hosts.split(',').any(|entry| entry == format!("{host}={origin}")),
            "{host}"
        );
    }
}

#[tokio::test]
async fn dropped_simulation_closes_its_port_and_its_connections() {
    let world = world().await;
    world
        .sim
        .script()
        .next(HOST, "/x", Answer::status(200).text("a").part(Part::Hang));
    let mut stream = world.client.open("GET", HOST, "/x", &[], "").await;
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.unwrap();
    let address = world.sim.origin().replace("http://", "");
    drop(world);
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await;
    assert!(ended.is_ok(), "the hanging connection ends");
    assert!(TcpStream::connect(address).await.is_err());
}
