//! What goes up and what comes down.

mod support;

use hermes_core::Protocol;
use hermes_gateway::Limits;
use support::{Reply, Running, Setup, Upstream, start};

async fn lab_with(replies: impl IntoIterator<Item = Reply>) -> Running {
    start(Upstream::replies(replies).await, Setup::default()).await
}

#[tokio::test]
async fn bodies_pass_byte_for_byte_both_ways() {
    let odd: [(&str, &str); 8] = [
        (r#"{"model":"m-1"}"#, "{}"),
        (
            "{\n\t\"x\" : 1.0e5 ,\r\n \"model\"\t:\"m-1\" , \"a\":[ ] }\n\n",
            "{ \"a\" : 1.50 }\n",
        ),
        (
            r#"{"model":"m-1","a":1,"a":2,"big":123456789012345678901234567890}"#,
            r#"{"a":1,"a":2}"#,
        ),
        (
            r#"{"nested":{"model":"other","stream":true},"model":"m-1"}"#,
            "[1,2,3]",
        ),
        (
            r#"{"model":"m\u002d1","text":"\ud83d\ude00 \u0000 é 日本"}"#,
            "not JSON at all",
        ),
        (
            r#"{"model":"m-1","unknown_field":null,"thinking":{"type":"adaptive"}}"#,
            "",
        ),
        (
            r#"{"model":"m-1","messages":[{"role":"system","content":"middle"}]}   "#,
            "\u{feff}{}",
        ),
        (
            r#"{"base_url":"http://evil.test","api_base":"http://evil.test","model":"m-1"}"#,
            "{\"ok\":true}",
        ),
    ];
    for protocol in Protocol::ALL {
        for (sent, answered) in odd {
            let lab = lab_with([Reply::json(200, answered)]).await;
            let answer = lab.post(support::calling(protocol), "", sent).await;
            assert_eq!(answer.status, 200, "{sent}: {}", answer.text);
            assert_eq!(answer.text_body(), answered);
            let calls = lab.upstream.calls();
            assert_eq!(calls[0].body, sent, "{protocol}");
            assert_eq!(calls[0].header("host"), "lab.test");
        }
    }
}

#[tokio::test]
async fn large_body_passes_byte_for_byte() {
    let text = "x\\n".repeat(700_000);
    let body = format!(r#"{{"model":"m-1","text":"{text}"}}"#);
    let lab = lab_with([Reply::json(200, body.clone())]).await;
    let answer = lab.post("/v1/messages", "", &body).await;
    assert_eq!(answer.body, body.as_bytes());
    assert_eq!(lab.upstream.calls()[0].body, body);
}

#[tokio::test]
async fn alias_and_prefix_change_the_model_and_no_other_byte() {
    for name in ["fast", "custom:lab/m-1"] {
        let lab = lab_with([Reply::json(200, "{}")]).await;
        let body = |model: &str| {
            format!("{{ \"a\" : [1.0,  2], \"model\"  :  \"{model}\" ,\n\"z\":\"\\u0041 {name}\"}} ")
        };
        assert_eq!(lab.post("/v1/chat/completions", "", body(name)).await.status, 200);
        assert_eq!(lab.upstream.calls()[0].body, body("m-1"));
    }
}

#[tokio::test]
async fn nothing_a_client_sends_chooses_the_upstream() {
    let headers = "x-portkey-custom-host: evil.test\r\nx-base-url: http://evil.test\r\nX-Forwarded-Host: evil.test\r\n\
                   x-upstream-url: http://evil.test\r\napi_base: http://evil.test\r\nForwarded: host=evil.test\r\n";
    let body =
        r#"{"model":"m-1","api_base":"http://evil.test","base_url":"http://evil.test","host":"evil.test"}"#;
    let lab = lab_with((0..3).map(|_| Reply::json(200, "{}"))).await;
    for path in [
        "/v1/messages?base_url=http://evil.test&key=1&beta=true",
        "/v1/messages",
    ] {
        assert_eq!(lab.post(path, headers, body).await.status, 200);
    }
    let absolute = format!("http://{}/v1/messages", lab.address);
    assert_eq!(lab.post(&absolute, headers, body).await.status, 200);
    let calls = lab.upstream.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[0].target, "/v1/messages?beta=true");
    for call in &calls {
        assert_eq!(call.header("host"), "lab.test");
        assert_eq!(call.target.split('?').next(), Some("/v1/messages"));
        let named = call
            .headers
            .iter()
            .any(|(_, value)| value.to_str().unwrap().contains("evil"));
        assert!(!named, "{:?}", call.headers);
    }
}

#[tokio::test]
async fn headers_are_ours_where_they_must_be_and_the_clients_elsewhere() {
    let reply = Reply::json(200, "{}")
        .with("set-cookie", "a=b")
        .with("request-id", "req_up")
        .with("anthropic-organization-id", "org-secret")
        .with("anthropic-ratelimit-requests-remaining", "3")
        .with("x-custom", "kept");
    let lab = lab_with([reply]).await;
    let headers = "User-Agent: claude-cli/2\r\nCookie: c=d\r\nx-session-id: 7\r\nx-fixed: client\r\nanthropic-beta: \
                   a,b\r\nx-stainless-timeout: NOT_GIVEN\r\nAccept-Encoding: gzip\r\nx-api-key: hk-other\r\n";
    let answer = lab.post("/v1/messages", headers, r#"{"model":"m-1"}"#).await;
    let calls = lab.upstream.calls();
    let call = &calls[0];
    assert_eq!(call.header("authorization"), "Bearer sk-one");
    assert_eq!(call.header("user-agent"), "hermes/0.0.0");
    assert_eq!(call.header("x-fixed"), "runtime");
    assert_eq!(call.header("x-session-id"), "7");
    assert_eq!(call.header("anthropic-beta"), "a,b");
    assert_eq!(call.header("x-stainless-timeout"), "NOT_GIVEN");
    for name in ["cookie", "x-api-key", "accept-encoding", "transfer-encoding"] {
        assert_eq!(call.header(name), "", "{name}");
    }
    assert!(
        call.headers
            .values()
            .all(|value| !value.to_str().unwrap().contains(&lab.key))
    );
    assert_eq!(answer.header("x-custom"), Some("kept"));
    assert_eq!(answer.header("x-hermes-upstream-request-id"), Some("req_up"));
    assert_eq!(answer.header("x-hermes-credential"), Some("one"));
    assert_eq!(answer.header("x-hermes-attempts"), Some("1"));
    assert_eq!(answer.header("x-hermes-billing"), Some("metered"));
    let id = answer.header("x-hermes-request-id").unwrap();
    assert_eq!(answer.header("request-id"), Some(id));
    assert_eq!(answer.header("x-request-id"), Some(id));
    for part in ["set-cookie", "org-secret", "ratelimit"] {
        assert!(!answer.head.contains(part), "{part}");
    }
}

#[tokio::test]
async fn call_that_cannot_be_translated_is_a_400_that_names_both_protocols() {
    let setup = Setup {
        protocols: vec![Protocol::AnthropicMessages],
        ..Setup::default()
    };
    let lab = start(Upstream::replies([]).await, setup).await;
    let answer = lab
        .post("/v1/embeddings", "", r#"{"model":"m-1","input":"a"}"#)
        .await;
    assert_eq!(answer.status, 400);
    let message = answer.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("Anthropic Messages") && message.contains("OpenAI Chat Completions"),
        "{message}"
    );
    assert_eq!(answer.json()["error"]["code"], "protocol_mismatch");
    assert!(lab.upstream.calls().is_empty());
}

#[tokio::test]
async fn spent_credential_is_left_for_the_next_and_a_spent_pool_is_429() {
    let limit = || {
        Reply::json(429, r#"{"error":{"type":"rate_limit_error","message":"slow"}}"#)
            .with("retry-after", "60")
    };
    let upstream = Upstream::replies([limit(), Reply::json(200, "{}"), limit()]).await;
    let setup = Setup {
        logins: vec!["one", "two"],
        ..Setup::default()
    };
    let lab = start(upstream, setup).await;
    let answer = lab.post("/v1/messages", "", r#"{"model":"m-1"}"#).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("x-hermes-credential"), Some("two"));
    assert_eq!(answer.header("x-hermes-attempts"), Some("2"));
    let spent = lab.post("/v1/messages", "", r#"{"model":"m-1"}"#).await;
    assert_eq!(spent.status, 429, "{}", spent.text);
    assert_eq!(spent.header("x-should-retry"), Some("false"));
    let after: u64 = spent.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&after), "{after}");
    let error = spent.json()["error"].clone();
    assert_eq!(error["details"]["error_code"], "pool_exhausted");
    let labels = error["details"]["credentials"].to_string();
    assert!(labels.contains("one") && labels.contains("two"), "{labels}");
    let bodies: Vec<_> = lab.upstream.calls().into_iter().map(|call| call.body).collect();
    assert_eq!(bodies.len(), 3);
}

#[tokio::test]
async fn model_that_no_account_has_is_404_each_time_and_asked_for_once() {
    let missing = r#"{"error":{"code":"model_not_found","message":"no such model"}}"#;
    let setup = Setup {
        logins: vec!["one", "two"],
        ..Setup::default()
    };
    let upstream = Upstream::start(move |call| {
        if String::from_utf8_lossy(&call.body).contains("lab-only") {
            Reply::json(404, missing)
        } else {
            Reply::json(200, "{}")
        }
    });
    let lab = start(upstream.await, setup).await;
    let ask = || lab.post("/v1/chat/completions", "", r#"{"model":"custom:lab/lab-only"}"#);
    let first = ask().await;
    assert_eq!((first.status, first.text_body().as_str()), (404, missing));
    let second = ask().await;
    assert_eq!(second.status, 404, "{}", second.text);
    assert_eq!(second.json()["error"]["code"], "model_not_found");
    assert_eq!(second.header("retry-after"), None);
    assert_eq!(lab.upstream.calls().len(), 2, "each account was asked once");
    let other = lab.post("/v1/chat/completions", "", r#"{"model":"m-1"}"#).await;
    assert_eq!(other.status, 200, "{}", other.text);
}

#[tokio::test]
async fn failing_provider_answers_through_us_after_every_credential_was_tried_once() {
    let trouble = r#"{"error":{"type":"api_error","message":"down"}}"#;
    let upstream = Upstream::start(move |_| Reply::json(500, trouble)).await;
    let setup = Setup {
        logins: vec!["a", "b", "c", "d", "e", "f"],
        ..Setup::default()
    };
    let lab = start(upstream, setup).await;
    let answer = lab.post("/v1/messages", "", r#"{"model":"m-1"}"#).await;
    assert_eq!((answer.status, answer.text_body().as_str()), (500, trouble));
    assert_eq!(lab.upstream.calls().len(), 4, "the cap on attempts");
}

#[tokio::test]
async fn requests_fault_is_handed_on_word_for_word_and_tried_once() {
    let text =
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 9 > 8"}}"#;
    let setup = Setup {
        logins: vec!["one", "two"],
        ..Setup::default()
    };
    let lab = start(Upstream::start(move |_| Reply::json(400, text)).await, setup).await;
    let answer = lab.post("/v1/messages", "", r#"{"model":"m-1"}"#).await;
    assert_eq!((answer.status, answer.text_body().as_str()), (400, text));
    assert_eq!(lab.upstream.calls().len(), 1);
}

#[tokio::test]
async fn endless_error_body_is_cut_at_64_kib() {
    let lab = lab_with([Reply::json(400, vec![b'x'; 10 << 20])]).await;
    let answer = lab.post("/v1/messages", "", r#"{"model":"m-1"}"#).await;
    assert_eq!((answer.status, answer.body.len()), (400, 64 << 10));
}

#[tokio::test]
async fn unknown_models_are_told_with_what_is_known() {
    // With nothing signed in there is no provider that could be meant.
    let setup = Setup {
        logins: Vec::new(),
        ..Setup::default()
    };
    let lab = start(Upstream::replies([]).await, setup).await;
    let unknown = lab
        .post("/v1/chat/completions", "", r#"{"model":"nothing-7"}"#)
        .await;
    assert_eq!(unknown.status, 404);
    let message = unknown.json()["error"]["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("nothing-7") && message.contains("`fast`"),
        "{message}"
    );
    let absent = lab
        .post("/v1/chat/completions", "", r#"{"model":"custom:other/m-1"}"#)
        .await;
    assert_eq!(absent.status, 400);
    assert_eq!(absent.json()["error"]["code"], "not_logged_in");
    for (body, code) in [
        ("{}", "missing_model"),
        ("", "invalid_json"),
        ("[1]", "invalid_json"),
        (r#"{"model":7}"#, "invalid_type"),
    ] {
        let answer = lab.post("/v1/chat/completions", "", body).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["code"]),
            (400, &code.into()),
            "{body}"
        );
    }
    assert!(lab.upstream.calls().is_empty());
}

#[tokio::test]
async fn unreachable_provider_is_502_in_the_clients_shape() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut upstream = Upstream::replies([]).await;
    upstream.address = gone.local_addr().unwrap();
    drop(gone);
    let lab = start(upstream, Setup::default()).await;
    let answer = lab.post("/v1/messages", "", r#"{"model":"m-1"}"#).await;
    assert_eq!(answer.status, 502, "{}", answer.text);
    assert_eq!(answer.json()["error"]["details"]["error_code"], "connect_failed");
}

#[tokio::test]
async fn bodies_at_the_limit_pass_and_one_byte_more_does_not() {
    let limits = Limits {
        body: 1000,
        ..Limits::default()
    };
    let lab = start(
        Upstream::start(|_| Reply::json(200, "{}")).await,
        Setup {
            limits,
            ..Setup::default()
        },
    )
    .await;
    let body = |size: usize| format!(r#"{{"model":"m-1","x":"{}"}}"#, "y".repeat(size - 22));
    assert_eq!(body(1000).len(), 1000);
    assert_eq!(lab.post("/v1/messages", "", body(1000)).await.status, 200);
    let over = lab.post("/v1/messages", "", body(1001)).await;
    assert_eq!(
        (over.status, &over.json()["error"]["type"]),
        (413, &"request_too_large".into())
    );
    let chunk = body(1001);
    let head = format!(
        "POST /v1/messages HTTP/1.1\r\nHost: {}\r\n{}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{chunk}\r\n0\r\n\r\n",
        lab.address,
        lab.auth(),
        chunk.len()
    );
    assert_eq!(lab.raw(head.as_bytes()).await.status, 413);
    let packed = lab
        .post("/v1/messages", "Content-Encoding: gzip\r\n", body(500))
        .await;
    assert_eq!(packed.status, 415);
    assert_eq!(lab.upstream.calls().len(), 1);
}

#[tokio::test]
async fn body_of_64_mib_and_one_byte_gets_its_413_although_it_is_sent() {
    let lab = lab_with([]).await;
    let answer = lab.post("/v1/messages", "", vec![b' '; (64 << 20) + 1]).await;
    assert_eq!(answer.status, 413);
}

#[tokio::test]
async fn count_without_a_provider_call_is_an_estimate_and_embeddings_go_beside_the_call() {
    let lab = lab_with([Reply::json(200, "{}")]).await;
    let count = lab
        .post("/v1/responses/input_tokens", "", r#"{"model":"m-1"}"#)
        .await;
    assert_eq!(count.status, 200, "{}", count.text);
    assert_eq!(count.header("x-hermes-estimated"), Some("true"));
    assert_eq!(count.json()["object"], "response.input_tokens");
    assert!(
        count.json()["input_tokens"]
            .as_u64()
            .is_some_and(|tokens| tokens > 0)
    );
    assert!(lab.upstream.calls().is_empty(), "the provider was called");
    let answer = lab
        .post("/v1/embeddings", "", r#"{"model":"m-1","input":"a"}"#)
        .await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(lab.upstream.calls().last().unwrap().target, "/v1/embeddings");
}

#[tokio::test]
async fn request_log_holds_who_what_and_tokens_but_no_text() {
    let body = r#"{"id":"x","usage":{"input_tokens":11,"cache_read_input_tokens":2,"output_tokens":5},"text":"canary-out"}"#;
    let lab = lab_with([Reply::json(200, body)]).await;
    let answer = lab
        .post("/v1/messages", "", r#"{"model":"m-1","text":"canary-in"}"#)
        .await;
    let id = answer.header("x-hermes-request-id").unwrap().to_owned();
    let (key, credential) = (lab.key_id, lab.credentials[0].id);
    let row = lab.logged(&id).await;
    assert_eq!(
        (row.key, row.credential, row.status, row.attempts),
        (Some(key), Some(credential), 200, 1)
    );
    assert_eq!(row.tokens, Some([11, 2, 0, 5]));
    assert_eq!(
        (row.model.as_str(), row.protocol.as_str(), row.error),
        ("m-1", "anthropic_messages", None)
    );
    assert!(row.first_byte_ms.is_some());
}

#[tokio::test]
async fn translated_answer_without_counts_says_so() {
    let said = |usage: &str| {
        Reply::json(
            200,
            format!(
                r#"{{"id":"c","choices":[{{"index":0,"message":{{"role":"assistant","content":"hi"}},"finish_reason":"stop"}}]{usage}}}"#
            ),
        )
    };
    let upstream = Upstream::replies([
        said(""),
        said(r#","usage":{"prompt_tokens":1,"completion_tokens":2}"#),
    ])
    .await;
    let setup = Setup {
        protocols: vec![Protocol::ChatCompletions],
        ..Setup::default()
    };
    let lab = start(upstream, setup).await;
    for missing in [Some("missing"), None] {
        let body = r#"{"model":"m-1","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}"#;
        let answer = lab.post("/v1/messages", "", body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("x-hermes-usage"), missing);
        assert!(answer.json()["usage"]["input_tokens"].is_u64(), "{}", answer.text);
    }
}
