//! Every status with which a provider can fail, as the official SDK of each client hears it.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use hermes_core::Protocol;
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{ALL, Stage, endpoint, folder, python};

/// Statuses that speak of the request or the provider: handed on under the client's own status for them.
const HANDED_ON: [u16; 12] = [400, 403, 404, 408, 409, 413, 422, 500, 502, 503, 504, 529];
/// Statuses that speak of the login, and what the client hears instead: waiting helps, or only a person does.
const OF_THE_LOGIN: [(u16, u16); 3] = [(401, 400), (402, 429), (429, 429)];

/// How an SDK failed.
#[derive(Debug, Deserialize)]
struct Heard {
    class: Option<String>,
    #[serde(default)]
    above: Vec<String>,
    status: Option<u16>,
    #[serde(default)]
    text: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// One question, and the failure that it meets.
struct Try {
    model: String,
    stream: bool,
    upstream: Protocol,
    status: u16,
    ours: u16,
}

#[tokio::test]
async fn every_failure_of_a_provider_is_an_error_of_the_clients_sdk() {
    let (stage, key, _folder) = stage().await;
    let heard = join_all(ALL.map(async |client| {
        let tries = tries(client);
        let heard = ask(client, &stage, &tries).await;
        (client, tries, heard)
    }));
    let mut wrong = Vec::new();
    let mut count = 0;
    for (client, tries, heard) in heard.await {
        assert_eq!(tries.len(), heard.len());
        for (one, heard) in tries.iter().zip(&heard) {
            count += 1;
            wrong.extend(problem(client, one, heard, &key).map(|why| {
                let pair = format!("{}>{}", client.letter(), one.upstream.letter());
                format!("{pair} {} stream {}: {why}: {heard:?}", one.status, one.stream)
            }));
        }
    }
    println!("failures told: {count}");
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

fn problem(client: Protocol, one: &Try, heard: &Heard, key: &str) -> Option<String> {
    let status = hermes_wire::error_status(client, one.ours);
    let wanted = class(client, status);
    if heard.class.is_none() || !heard.above.iter().any(|class| class == wanted) {
        return Some(format!("it is no {wanted}"));
    }
    if heard.status != Some(status) {
        return Some(format!("the status is not {status}"));
    }
    let said = if one.ours == one.status && one.status != 429 {
        words(one.status)
    } else {
        "can serve now".to_owned()
    };
    if !heard.text.contains(&said) {
        return Some(format!("it does not say `{said}`"));
    }
    if heard.text.contains(key)
        || heard
            .headers
            .values()
            .any(|value| value.contains(key) || value.contains("org-of-the-account"))
    {
        return Some("it shows a secret".to_owned());
    }
    None
}

/// What the SDKs make of a status (anthropic 2, openai 3, google-genai 3); any of the classes above an exception will do.
fn class(client: Protocol, status: u16) -> &'static str {
    match (client, status) {
        (Protocol::Gemini, 400..500) => "ClientError",
        (Protocol::Gemini, _) => "ServerError",
        (_, 400) => "BadRequestError",
        (_, 403) => "PermissionDeniedError",
        (_, 404) => "NotFoundError",
        (_, 409) => "ConflictError",
        (Protocol::AnthropicMessages, 408) => "RequestTimeoutError",
        (Protocol::AnthropicMessages, 413) => "ContentTooLargeError",
        (_, 422) => "UnprocessableEntityError",
        (_, 429) => "RateLimitError",
        (Protocol::AnthropicMessages, 503) => "ServiceUnavailableError",
        (Protocol::AnthropicMessages, 504) => "GatewayTimeoutError",
        (Protocol::AnthropicMessages, 529) => "OverloadedError",
        (_, 500..) => "InternalServerError",
        _ => "APIStatusError",
    }
}

fn words(status: u16) -> String {
    format!("The provider says no for the reason {status}.")
}

/// The login that meets a status which ends or rests it: one for each client and way of asking.
fn spent(upstream: Protocol, client: Protocol, status: u16, stream: bool) -> String {
    let way = if stream { "stream" } else { "whole" };
    let (up, down) = (upstream.letter(), client.letter());
    format!("spent-{up}-{down}-{status}-{way}").to_lowercase()
}

/// The login that meets the others.
fn calm(upstream: Protocol) -> String {
    format!("calm-{}", upstream.letter()).to_lowercase()
}

fn case(upstream: Protocol, status: u16) -> String {
    format!("no-{}-{status}", upstream.letter()).to_lowercase()
}

fn tries(client: Protocol) -> Vec<Try> {
    let ways = || {
        ALL.into_iter()
            .flat_map(|upstream| [false, true].map(|stream| (upstream, stream)))
    };
    let handed_on = ways().flat_map(|(upstream, stream)| {
        HANDED_ON.map(|status| Try {
            model: format!("custom:{}/{}", calm(upstream), case(upstream, status)),
            stream,
            upstream,
            status,
            ours: status,
        })
    });
    let of_the_login = ways().flat_map(|(upstream, stream)| {
        OF_THE_LOGIN.map(|(status, ours)| Try {
            model: format!(
                "custom:{}/{}",
                spent(upstream, client, status, stream),
                case(upstream, status)
            ),
            stream,
            upstream,
            status,
            ours,
        })
    });
    handed_on.chain(of_the_login).collect()
}

/// A gateway before providers that fail as the model's name says, and the key that they are asked with.
async fn stage() -> (Stage, String, TempDir) {
    let lab = Stage::lab_with(&endpoints()).await;
    let key = lab.sim.script().issue_key();
    for (login, _) in logins() {
        let added = lab.add_key(&format!("custom:{login}"), &key).await;
        assert_eq!(added.code, 0, "{added:?}");
    }
    let folder = TempDir::new().expect("a folder");
    for upstream in ALL {
        for status in HANDED_ON
            .into_iter()
            .chain(OF_THE_LOGIN.map(|(status, _)| status))
        {
            let headers = json!({
                "content-type": "application/json", "openai-organization": "org-of-the-account", "set-cookie": "s=org-of-the-account",
                "retry-after": if status == 429 { "3600" } else { "1" },
            });
            let answer = json!({"status": status, "headers": headers, "body": body(upstream, status, &key)});
            let file = format!("{}.response.json", case(upstream, status));
            fs_err::write(folder.path().join(file), answer.to_string()).expect("a file");
        }
    }
    lab.sim
        .script()
        .replay_folder(folder.path())
        .expect("the failures");
    (Stage::of(lab).await, key, folder)
}

/// An error in the words of its provider, which repeats the key.
fn body(upstream: Protocol, status: u16, key: &str) -> Value {
    let message = format!("{} Your key {key} is known.", words(status));
    match upstream {
        Protocol::AnthropicMessages => {
            json!({"type": "error", "error": {"type": "some_error", "message": message}})
        }
        Protocol::Gemini => json!({"error": {"code": status, "message": message, "status": "UNKNOWN"}}),
        Protocol::ChatCompletions | Protocol::Responses => {
            json!({"error": {"message": message, "type": "some_error", "param": null, "code": null}})
        }
    }
}

/// Every login with the protocol of its provider.
fn logins() -> Vec<(String, Protocol)> {
    let mut logins = Vec::new();
    for upstream in ALL {
        logins.push((calm(upstream), upstream));
        for (client, (status, _)) in ALL
            .into_iter()
            .flat_map(|client| OF_THE_LOGIN.map(|one| (client, one)))
        {
            logins.extend([false, true].map(|stream| (spent(upstream, client, status, stream), upstream)));
        }
    }
    logins
}

fn endpoints() -> String {
    logins()
        .iter()
        .map(|(login, upstream)| endpoint(login, *upstream))
        .collect()
}

async fn ask(client: Protocol, stage: &Stage, tries: &[Try]) -> Vec<Heard> {
    let asked: Vec<Value> = tries
        .iter()
        .map(|one| json!({"model": one.model, "stream": one.stream}))
        .collect();
    let args = [folder(client), &stage.up.base, &stage.up.key];
    python("mistakes.py", &args, &json!(asked)).await
}
