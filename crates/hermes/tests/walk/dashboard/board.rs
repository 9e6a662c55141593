//! A running Hermes with its dashboard, and the list of everything that it answers to.

use serde_json::Value;

use crate::harness::{Lab, Up, request};

/// What a caller without a key may not do, on the gateway.
const GATEWAY: [(&str, &str); 8] = [
    ("POST", "/v1/messages"),
    ("POST", "/v1/messages/count_tokens"),
    ("POST", "/v1/chat/completions"),
    ("POST", "/v1/responses"),
    ("POST", "/v1/embeddings"),
    ("GET", "/v1/models"),
    ("GET", "/v1/models/fast"),
    ("GET", "/metrics"),
];

/// What everybody may see who may speak to the listener at all.
const OPEN: [&str; 13] = [
    "/",
    "/providers",
    "/pool/minimax-oauth",
    "/requests",
    "/requests/1",
    "/usage",
    "/keys",
    "/settings",
    "/assets/app.js",
    "/assets/htmx.js",
    "/api/openapi.json",
    "/healthz",
    "/nothing/is/here",
];

/// The header that a page's token is sent in.
pub(super) const TOKEN: &str = "x-hermes-session-token";

/// One thing that Hermes answers to.
#[derive(Clone, Debug)]
pub(super) struct Route {
    pub(super) method: String,
    pub(super) path: String,
    /// Whether a key or a token is needed.
    pub(super) guarded: bool,
}

/// The program, up and running.
pub(super) struct Board {
    pub(super) up: Up,
    /// The link that signs a browser in; the plain address while there is no dashboard.
    pub(super) link: String,
}

impl Board {
    /// Starts it on a port of its own.
    pub(super) async fn start(lab: &Lab) -> Self {
        Self::start_on(lab, free_port()).await
    }

    /// Starts it on this port.
    pub(super) async fn start_on(lab: &Lab, port: u16) -> Self {
        Self::of(lab.up_at(([127, 0, 0, 1], port).into(), &["--json"]).await).await
    }

    /// Starts it without another client key than this one.
    pub(super) async fn start_with(lab: &Lab, key: &str) -> Self {
        let address = ([127, 0, 0, 1], free_port()).into();
        Self::of(lab.up_with(address, key.to_owned(), &["--json"]).await).await
    }

    async fn of(mut up: Up) -> Self {
        let told = up.told().await;
        let link = told["dashboard"].as_str().or(told["url"].as_str());
        let link = link.unwrap_or_else(|| panic!("{told}")).to_owned();
        Self { up, link }
    }

    pub(super) fn port(&self) -> u16 {
        let (_, port) = self.up.base.rsplit_once(':').expect("a port");
        port.parse().expect("a number")
    }

    /// Everything that it answers to: the gateway's paths, the pages, and what the OpenAPI document lists.
    pub(super) async fn routes(&self) -> Vec<Route> {
        let (status, body, _) = request(&self.up.base, "GET", "/api/openapi.json", &[], "").await;
        let document = if status == 200 { body.as_str() } else { "{}" };
        routes(&serde_json::from_str(document).expect("JSON"))
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    listener.local_addr().expect("an address").port()
}

/// The list with the operations of this OpenAPI document.
pub(super) fn routes(document: &Value) -> Vec<Route> {
    let route = |method: &str, path: &str, guarded| Route {
        method: method.to_ascii_uppercase(),
        path: path.to_owned(),
        guarded,
    };
    let gateway = GATEWAY.map(|(method, path)| route(method, path, true));
    let open = OPEN.map(|path| route("GET", path, false));
    let mut found: Vec<Route> = gateway.into_iter().chain(open).collect();
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            if !["get", "put", "post", "delete", "patch", "head"].contains(&method.as_str()) {
                continue;
            }
            let needs = operation.get("security").unwrap_or(&document["security"]);
            let guarded = needs.as_array().is_some_and(|needs| !needs.is_empty());
            found.push(route(method, &filled(path), guarded));
        }
    }
    found
}

/// A path with something in the place of each parameter.
fn filled(path: &str) -> String {
    let steps = path.split('/');
    let steps = steps.map(|step| if step.starts_with('{') { "1" } else { step });
    steps.collect::<Vec<_>>().join("/")
}

#[test]
fn routes_take_in_what_an_openapi_document_lists() {
    let document = serde_json::json!({
        "security": [{"token": []}],
        "paths": {
            "/api/keys/{id}": {"parameters": [], "delete": {}},
            "/api/session": {"post": {"security": []}, "delete": {}},
        },
    });
    let without = routes(&Value::Null).len();
    let added: Vec<_> = routes(&document)
        .split_off(without)
        .into_iter()
        .map(|route| (route.method, route.path, route.guarded))
        .collect();
    let expected = [
        ("DELETE", "/api/keys/1", true),
        ("POST", "/api/session", false),
        ("DELETE", "/api/session", true),
    ];
    assert_eq!(
        added,
        expected.map(|(method, path, guarded)| (method.to_owned(), path.to_owned(), guarded))
    );
}
