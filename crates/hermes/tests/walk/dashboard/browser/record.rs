//! What a page did and complained about, read from the events of its session.

use serde_json::Value;

use super::pipe::Event;

/// A request of a page and what came of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Exchange {
    id: String,
    /// `GET`, or another method; a web socket is a `GET`.
    pub(crate) method: String,
    /// Where it went.
    pub(crate) url: String,
    /// What asked, in Chromium's words: `Document`, `Fetch`, `Image`, `EventSource`, `WebSocket`.
    pub(crate) kind: String,
    /// The status, also where the page may not see it; 0 when there was no answer.
    pub(crate) status: u16,
    /// Headers as they were sent, names in lower case.
    pub(crate) sent: Vec<(String, String)>,
    /// Headers as they came, names in lower case.
    pub(crate) received: Vec<(String, String)>,
    /// Bytes that came over the wire, head included.
    pub(crate) bytes: u64,
    /// Why the page did not get it, for example `net::ERR_NAME_NOT_RESOLVED`.
    pub(crate) failure: Option<String>,
}

/// The requests in their order.
pub(super) fn exchanges(events: &[Event]) -> Vec<Exchange> {
    let mut found: Vec<Exchange> = Vec::new();
    for event in events {
        let Some(id) = event.params["requestId"].as_str() else {
            continue;
        };
        if matches!(
            event.method.as_str(),
            "Network.requestWillBeSent" | "Network.webSocketCreated"
        ) {
            found.push(begun(id, &event.params));
            continue;
        }
        // The last with this id: a redirect keeps it. Headers may be told before the request is.
        match found.iter_mut().rfind(|one| one.id == id) {
            Some(one) => note(one, event),
            None => found.push(early(id, event)),
        }
    }
    join(found)
}

fn begun(id: &str, params: &Value) -> Exchange {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let socket = params.get("request").is_none();
    let (method, url) = if socket {
        ("GET".to_owned(), text(&params["url"]))
    } else {
        (
            text(&params["request"]["method"]),
            text(&params["request"]["url"]),
        )
    };
    Exchange {
        id: id.to_owned(),
        method,
        url,
        kind: if socket {
            "WebSocket".to_owned()
        } else {
            text(&params["type"])
        },
        ..Exchange::default()
    }
}

fn early(id: &str, event: &Event) -> Exchange {
    let mut one = Exchange {
        id: id.to_owned(),
        ..Exchange::default()
    };
    note(&mut one, event);
    one
}

fn note(one: &mut Exchange, event: &Event) {
    let params = &event.params;
    match event.method.as_str() {
        "Network.requestWillBeSentExtraInfo" => one.sent = headers(&params["headers"]),
        "Network.responseReceivedExtraInfo" => {
            one.status = status(&params["statusCode"]);
            one.received = headers(&params["headers"]);
        }
        "Network.responseReceived" | "Network.webSocketHandshakeResponseReceived" if one.status == 0 => {
            one.status = status(&params["response"]["status"]);
            one.received = headers(&params["response"]["headers"]);
        }
        "Network.loadingFinished" => one.bytes = params["encodedDataLength"].as_f64().map_or(0, whole),
        // What the page itself gave up is no failure.
        "Network.loadingFailed" if params["canceled"] != true => {
            one.failure = params["errorText"].as_str().map(str::to_owned);
        }
        _ => {}
    }
}

/// Lays what was told early to the request that it belongs to.
fn join(found: Vec<Exchange>) -> Vec<Exchange> {
    let mut joined: Vec<Exchange> = Vec::new();
    for one in found {
        match joined
            .iter_mut()
            .find(|other| other.url.is_empty() && other.id == one.id)
        {
            Some(other) => {
                let early = std::mem::replace(other, one);
                other.sent.extend(early.sent);
                if other.status == 0 {
                    other.status = early.status;
                    other.received = early.received;
                }
            }
            None => joined.push(one),
        }
    }
    joined
}

/// Errors of the page's scripts and what it wrote to its console as an error, dialogs of the browser included.
pub(super) fn console(events: &[Event]) -> Vec<String> {
    let complaint = |event: &Event| {
        let params = &event.params;
        match event.method.as_str() {
            "Runtime.exceptionThrown" => {
                let details = &params["exceptionDetails"];
                let description = &details["exception"]["description"];
                Some(description.as_str().or(details["text"].as_str())?.to_owned())
            }
            "Runtime.consoleAPICalled" if params["type"] == "error" || params["type"] == "assert" => {
                Some(params["args"].to_string())
            }
            // A status of 400 and above is among the exchanges.
            "Log.entryAdded"
                if params["entry"]["level"] == "error" && params["entry"]["source"] != "network" =>
            {
                Some(params["entry"]["text"].as_str()?.to_owned())
            }
            "Page.javascriptDialogOpening" => Some(format!("the browser asks: {}", params["message"])),
            _ => None,
        }
    };
    events.iter().filter_map(complaint).collect()
}

/// What the page's content security policy forbade: the directive and what it was about.
pub(super) fn violations(events: &[Event]) -> Vec<String> {
    let violation = |event: &Event| {
        let details = &event.params["issue"]["details"]["contentSecurityPolicyIssueDetails"];
        let directive = details["violatedDirective"].as_str()?;
        let kind = details["contentSecurityPolicyViolationType"]
            .as_str()
            .unwrap_or_default();
        let url = details["blockedURL"].as_str().unwrap_or_default();
        Some(format!("{directive} {kind} {url}").trim_end().to_owned())
    };
    events.iter().filter_map(violation).collect()
}

fn headers(value: &Value) -> Vec<(String, String)> {
    let fields = value.as_object().into_iter().flatten();
    fields
        .map(|(name, value)| {
            (
                name.to_ascii_lowercase(),
                value.as_str().unwrap_or_default().to_owned(),
            )
        })
        .collect()
}

fn status(value: &Value) -> u16 {
    value
        .as_u64()
        .and_then(|number| u16::try_from(number).ok())
        .unwrap_or_default()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a count of bytes that Chromium tells as a float"
)]
fn whole(number: f64) -> u64 {
    number as u64
}

impl Exchange {
    /// Whether this is the request with Chromium's id; the document of a navigation has the id of its loader.
    pub(super) fn is(&self, id: &str) -> bool {
        self.id == id
    }

    /// Whether there was no answer, or one that tells an error; an exchange that is still open has not failed.
    pub(super) fn failed(&self) -> bool {
        self.status >= 400 || self.failure.is_some()
    }
}
