//! Which models a client is told of.

mod support;

use support::{Reply, Running, Setup, Upstream, start};

const LIST: &str =
    r#"{"object":"list","data":[{"id":"new-1","created":1700000000,"name":"New One"},{"id":"m-1"}]}"#;

async fn ids(lab: &Running) -> Vec<String> {
    let list = lab.ask("GET", "/v1/models", &lab.auth()).await.json();
    let data = list["data"].as_array().expect("a list").iter();
    data.map(|model| model["id"].as_str().expect("an id").to_owned())
        .collect()
}

#[tokio::test]
async fn what_a_provider_tells_is_listed_behind_what_is_known_and_can_be_asked_for() {
    let upstream = Upstream::replies([Reply::json(200, LIST), Reply::json(200, "{}")]).await;
    let lab = start(upstream, Setup::default()).await;
    let wanted = [
        "fast",
        "custom:lab/m-1",
        "custom:lab/lab-only",
        "custom:lab/new-1",
    ];
    assert_eq!(ids(&lab).await, wanted);
    let calls = lab.upstream.calls();
    assert_eq!(
        (calls[0].method.as_str(), calls[0].target.as_str()),
        ("GET", "/v1/models")
    );
    assert!(!format!("{:?}", calls[0].headers).contains(&lab.key));
    // Asked for once a day; without a provider key of the client in sight.
    assert_eq!(ids(&lab).await, wanted);
    assert_eq!(lab.upstream.calls().len(), 1);
    let one = lab.ask("GET", "/v1/models/new-1", &lab.auth()).await.json();
    assert_eq!(
        (&one["created"], &one["owned_by"], &one["available"]),
        (&1_700_000_000.into(), &"custom:lab".into(), &true.into())
    );
    let answer = lab
        .post("/v1/messages", "", r#"{"model":"new-1","max_tokens":1}"#)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(lab.upstream.calls()[1].target.starts_with("/v1/messages"));
}

#[tokio::test]
async fn a_provider_that_does_not_tell_leaves_what_is_known() {
    for reply in [
        Reply::json(500, "{}"),
        Reply::json(200, "[1, 2"),
        Reply::json(200, r#"{"error":{"message":"no"}}"#),
        Reply::json(401, r#"{"error":{"message":"bad key"}}"#),
    ] {
        let lab = start(Upstream::replies([reply]).await, Setup::default()).await;
        let wanted = ["fast", "custom:lab/m-1", "custom:lab/lab-only"];
        assert_eq!(ids(&lab).await, wanted);
        // Not asked again with every request.
        assert_eq!(ids(&lab).await, wanted);
        assert_eq!(lab.upstream.calls().len(), 1);
    }
}

#[tokio::test]
async fn models_of_a_spent_pool_are_shown_with_the_time_they_are_back() {
    let spent = Reply::json(429, r#"{"error":{"type":"rate_limit_error","message":"slow"}}"#);
    let upstream = Upstream::replies([spent.with("retry-after", "60"), Reply::json(200, LIST)]).await;
    let lab = start(upstream, Setup::default()).await;
    assert_eq!(
        lab.post("/v1/messages", "", r#"{"model":"m-1"}"#).await.status,
        429
    );
    let list = lab.ask("GET", "/v1/models", &lab.auth()).await.json();
    assert_eq!(list["data"][1]["available"], false);
    let back = list["data"][1]["available_at"].as_str().unwrap();
    assert!(back.ends_with('Z') && back.len() == 20, "{back}");
    assert_eq!(lab.upstream.calls().len(), 1, "a resting credential was used");
}

#[tokio::test]
async fn anthropic_lists_have_pages() {
    let lab = start(
        Upstream::replies([Reply::json(200, LIST)]).await,
        Setup::default(),
    )
    .await;
    let headers = format!("anthropic-version: 2023-06-01\r\n{}", lab.auth());
    let first = lab.ask("GET", "/v1/models?limit=2", &headers).await.json();
    assert_eq!(
        (&first["last_id"], &first["has_more"]),
        (&"custom:lab/m-1".into(), &true.into())
    );
    let next = "/v1/models?limit=2&after_id=custom%3Alab%2Fm-1";
    let next = lab.ask("GET", next, &headers).await.json();
    assert_eq!(
        (&next["data"][0]["id"], &next["last_id"], &next["has_more"]),
        (
            &"custom:lab/lab-only".into(),
            &"custom:lab/new-1".into(),
            &false.into()
        )
    );
}
