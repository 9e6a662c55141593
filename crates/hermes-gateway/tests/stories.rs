//! What the log tells of a request beyond its row.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use hermes_core::Protocol;
use hermes_pool::{RequestRow, Story};
use support::{Answer, Reply, Running, Setup, Upstream, start};

const LIMITED: &str = r#"{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}"#;

/// Keys whose requests are answered by these statuses; another status than 200 is a rate limit.
async fn lab(answers: &'static [(&'static str, u16)]) -> Running {
    let upstream = Upstream::start(move |call| {
        let key = call.header("authorization");
        let status = answers
            .iter()
            .find(|(label, _)| key == format!("Bearer sk-{label}"));
        match status {
            Some((_, 200)) => Reply::json(200, r#"{"id":"a"}"#),
            Some((_, status)) => Reply::json(*status, LIMITED).with("retry-after", "60"),
            None => Reply::json(404, "{}"),
        }
    })
    .await;
    let setup = Setup {
        logins: answers.iter().map(|(label, _)| *label).collect(),
        ..Setup::default()
    };
    start(upstream, setup).await
}

async fn ask(lab: &Running, model: &str) -> Answer {
    let body = format!(r#"{{"model":"{model}","max_tokens":1}}"#);
    lab.post("/v1/messages", "", body).await
}

async fn row(lab: Running, answer: &Answer) -> RequestRow {
    let id = answer.header("x-hermes-request-id").unwrap().to_owned();
    lab.logged(&id).await
}

async fn story(lab: Running, answer: &Answer) -> Story {
    *row(lab, answer).await.story.unwrap()
}

#[tokio::test]
async fn ordinary_request_has_no_story() {
    let lab = lab(&[("one", 200), ("two", 200)]).await;
    for model in ["custom:lab/m-1", "lab-only"] {
        assert_eq!(ask(&lab, model).await.status, 200);
    }
    let answer = ask(&lab, "custom:lab/m-1").await;
    let row = row(lab, &answer).await;
    assert_eq!((row.story, row.held), (None, Some(10)));
}

#[tokio::test]
async fn alias_is_told() {
    let lab = lab(&[("one", 200)]).await;
    let answer = ask(&lab, "fast").await;
    let told = story(lab, &answer).await;
    let expected = Story {
        asked: Some("fast".to_owned()),
        ..Story::default()
    };
    assert_eq!(told, expected);
}

#[tokio::test]
async fn call_that_failed_is_told_with_what_the_pool_decided() {
    let lab = lab(&[("one", 429), ("two", 200)]).await;
    let answer = ask(&lab, "lab-only").await;
    assert_eq!(answer.status, 200);
    let told = story(lab, &answer).await;
    let calls: Vec<_> = told
        .calls
        .iter()
        .map(|call| {
            (
                call.label.as_str(),
                call.status,
                call.then.as_str(),
                call.state.as_str(),
            )
        })
        .collect();
    assert_eq!(
        calls,
        [
            ("one", Some(429), "another", "cooling-down"),
            ("two", Some(200), "deliver", "ready")
        ]
    );
    assert!(told.calls[0].until.is_some() && told.calls[1].until.is_none());
    assert_eq!(told.passed, []);
}

#[tokio::test]
async fn credential_that_rests_is_told_as_passed_over() {
    let lab = lab(&[("one", 429), ("two", 200), ("three", 200)]).await;
    ask(&lab, "lab-only").await;
    let answer = ask(&lab, "lab-only").await;
    let told = story(lab, &answer).await;
    let [one] = told.passed.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!((one.label.as_str(), one.state.as_str()), ("one", "cooling-down"));
    assert!(
        one.words.to_string().contains("limit") && one.until.is_some(),
        "{one:?}"
    );
    let labels: Vec<_> = told.calls.iter().map(|call| call.label.as_str()).collect();
    assert_eq!(labels, ["two"]);
}

#[tokio::test]
async fn spent_pool_is_told_with_every_credential() {
    let lab = lab(&[("one", 429), ("two", 429)]).await;
    ask(&lab, "lab-only").await;
    let answer = ask(&lab, "lab-only").await;
    assert_eq!(answer.status, 429);
    let told = story(lab, &answer).await;
    let labels: Vec<_> = told.passed.iter().map(|one| one.label.as_str()).collect();
    assert_eq!((labels, told.calls), (vec!["one", "two"], Vec::new()));
}

#[tokio::test]
async fn upstream_that_is_away_is_told_by_its_problem() {
    let lab = lab(&[("one", 200)]).await;
    lab.upstream.close();
    let answer = ask(&lab, "lab-only").await;
    assert_eq!(answer.status, 502);
    let told = story(lab, &answer).await;
    assert_eq!(told.calls.len(), 1);
    assert_eq!(told.calls[0].status, None);
    assert!(told.calls[0].problem.is_some());
}

#[tokio::test]
async fn feed_shows_requests_as_they_end_and_counts_those_under_way() {
    let (steps, reply) = Reply::live();
    let lab = start(Upstream::replies([reply]).await, Setup::default()).await;
    let mut watcher = lab.feed.watch();
    assert_eq!(lab.feed.in_flight(), 0);
    let body = r#"{"model":"lab-only","max_tokens":1,"stream":true}"#;
    let ended = async {
        // There is room for one: the second is taken when the call has come.
        for _ in 0..2 {
            steps.send(Ok(": wait\n\n".into())).await.unwrap();
        }
        assert_eq!(lab.feed.in_flight(), 1);
        assert!(watcher.try_recv().is_err());
        drop(steps);
    };
    let (answer, ()) = tokio::join!(lab.post("/v1/messages", "", body), ended);
    let row = watcher.recv().await.unwrap();
    assert_eq!(Some(row.id.as_str()), answer.header("x-hermes-request-id"));
    assert_eq!((row.model.as_str(), lab.feed.in_flight()), ("lab-only", 0));
}

#[tokio::test]
async fn translation_is_told_with_what_it_left_out() {
    let said = r#"{"id":"m","type":"message","role":"assistant","model":"m-1","content":[{"type":"text","text":"hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"#;
    let setup = Setup {
        protocols: vec![Protocol::AnthropicMessages],
        ..Setup::default()
    };
    let lab = start(Upstream::replies([Reply::json(200, said)]).await, setup).await;
    let body = r#"{"model":"m-1","seed":7,"logit_bias":{"1":1},"messages":[{"role":"user","content":"hi"}]}"#;
    let answer = lab.post("/v1/chat/completions", "", body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("x-hermes-translated"), Some("c>a"));
    let dropped = answer.header("x-hermes-dropped").unwrap().to_owned();
    let story = story(lab, &answer).await;
    assert_eq!(story.upstream.as_deref(), Some("anthropic_messages"));
    assert_eq!(story.dropped.join(","), dropped);
    assert!(story.dropped.iter().any(|path| path == "seed"), "{dropped}");
}
