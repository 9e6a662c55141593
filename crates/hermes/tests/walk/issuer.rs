//! Logins against a real, strict OpenID provider: the device grant of RFC 8628 and the authorization code with PKCE.

use std::process::Stdio;

use hermes_sim::SimOptions;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::harness::{Lab, request};
use crate::sdk::tool;

/// The running provider; its end closes its input, which ends it.
pub(crate) struct Issuer {
    child: Child,
    origin: String,
}

impl Issuer {
    pub(crate) async fn start() -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/issuer.mjs");
        let mut child = Command::new(tool("HERMES_TEST_NODE"))
            .args([script, &tool("HERMES_TEST_ISSUER"), "0"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("node starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("stdout"))
            .read_line(&mut line)
            .await
            .expect("a line");
        let told: Value = serde_json::from_str(&line).expect("JSON");
        Self {
            child,
            origin: told["issuer"].as_str().expect("an origin").to_owned(),
        }
    }

    /// Plays the person, or sets how long codes and tokens live.
    pub(crate) async fn person(&self, order: Value) {
        let (status, body, _) = request(&self.origin, "POST", "/person", &[], &order.to_string()).await;
        assert_eq!(status, 200, "{body}");
        assert!(self.child.id().is_some(), "the provider runs");
    }

    /// A lab whose overlay has this provider and nothing simulated in its way.
    async fn lab(&self) -> Lab {
        self.lab_with_clock("+0s,x200@").await
    }

    /// What the provider counted so far.
    pub(crate) async fn told(&self) -> Value {
        let (status, body, _) = request(&self.origin, "GET", "/told", &[], "").await;
        assert_eq!(status, 200, "{body}");
        serde_json::from_str(&body).expect("JSON")
    }

    /// The same lab under another clock.
    pub(crate) async fn lab_with_clock(&self, clock: &str) -> Lab {
        let mut lab = Lab::with(SimOptions::default(), clock).await;
        let overlay = lab.write("overlay/strict.toml", &row(&self.origin));
        lab.set(
            "HERMES_CATALOG",
            &overlay.parent().expect("a folder").display().to_string(),
        );
        lab.set("HERMES_LAB_HOSTS", &format!("127.0.0.1={}", self.origin));
        lab
    }

    /// Follows the link as a browser with a willing person does; the redirect back to the program.
    async fn browse(&self, url: &str) -> String {
        let mut cookies: Vec<(String, String)> = Vec::new();
        let mut next = url.to_owned();
        for _ in 0..8 {
            let path = next.strip_prefix(&self.origin).unwrap_or(&next).to_owned();
            let jar = cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
                .join("; ");
            let (status, body, headers) = request(&self.origin, "GET", &path, &[("cookie", &jar)], "").await;
            assert!((300..400).contains(&status), "{path}: {status}: {body}");
            for (name, value) in &headers {
                if name == "set-cookie" {
                    let (cookie, rest) = value.split_once('=').expect("a cookie");
                    cookies.retain(|(one, _)| one != cookie);
                    cookies.push((
                        cookie.to_owned(),
                        rest.split(';').next().unwrap_or_default().to_owned(),
                    ));
                }
            }
            let (_, to) = headers
                .into_iter()
                .find(|(name, _)| name == "location")
                .expect("a redirect");
            if to.contains("/callback?") {
                return to;
            }
            next = to;
        }
        panic!("too many redirects");
    }
}

fn row(origin: &str) -> String {
    format!(
        r#"
id = "strict"
name = "Strict issuer"
summary = "A real OpenID provider"
billing = "metered"
[hosts]
op = "{origin}"
[[login]]
id = "device"
name = "Device code"
dialect = "device-code"
device = "{{op}}/device/auth"
token = "{{op}}/token"
client_id = "hermes-test"
scopes = ["openid", "offline_access"]
verification_hosts = ["127.0.0.1"]
card = {{ class = "allowed", date = "2026-11", source = "test", text = "A test server." }}
identity = {{ subject = ["id.sub"] }}
refresh = {{ endpoints = ["{{op}}/token"], encoding = "form", client_id = "hermes-test", rotation = "single-use", terminal = ["invalid_grant"] }}
[[login]]
id = "browser"
name = "Browser"
dialect = "browser"
authorize = "{{op}}/auth"
token = "{{op}}/token"
encoding = "form"
client_id = "hermes-test"
scopes = ["openid", "offline_access"]
authorize_params = {{ prompt = "consent" }}
loopback = {{ host = "127.0.0.1", path = "/callback" }}
card = {{ class = "allowed", date = "2026-11", source = "test", text = "A test server." }}
identity = {{ subject = ["id.sub"] }}
refresh = {{ endpoints = ["{{op}}/token"], encoding = "form", client_id = "hermes-test", rotation = "single-use", terminal = ["invalid_grant"] }}
[[runtime]]
protocol = "chat_completions"
base_url = "{{op}}/v1"
path = "/chat/completions"
auth = "bearer"
"#
    )
}

async fn credentials(lab: &Lab) -> usize {
    lab.json(&["auth", "list", "--json"]).await["credentials"]
        .as_array()
        .map_or(0, Vec::len)
}

#[tokio::test]
async fn device_grant_signs_in_and_renews() {
    let issuer = Issuer::start().await;
    let lab = issuer.lab().await;
    let login = lab.login(&["auth", "add", "strict", "--method", "device"]).await;
    issuer
        .person(json!({"user_code": login.user_code(), "action": "approve"}))
        .await;
    let done = login.end().await;
    assert_eq!(done.code, 0, "{done:?}");
    for _ in 0..3 {
        let renewed = lab.run(&["auth", "refresh", "strict"]).await;
        assert_eq!(renewed.code, 0, "{renewed:?}");
    }
    assert_eq!(credentials(&lab).await, 1);
}

#[tokio::test]
async fn device_grant_denied_ends_with_3() {
    let issuer = Issuer::start().await;
    let lab = issuer.lab().await;
    let login = lab.login(&["auth", "add", "strict", "--method", "device"]).await;
    issuer
        .person(json!({"user_code": login.user_code(), "action": "deny"}))
        .await;
    let done = login.end().await;
    assert_eq!(done.code, 3, "{done:?}");
    assert_eq!(credentials(&lab).await, 0);
}

#[tokio::test]
async fn device_grant_expired_ends_with_5() {
    let issuer = Issuer::start().await;
    issuer.person(json!({"device_seconds": 60})).await;
    let lab = issuer.lab().await;
    let done = lab
        .login(&["auth", "add", "strict", "--method", "device"])
        .await
        .end()
        .await;
    assert_eq!(done.code, 5, "{done:?}");
    assert_eq!(credentials(&lab).await, 0);
}

#[tokio::test]
async fn authorization_code_signs_in_and_renews() {
    let issuer = Issuer::start().await;
    let lab = issuer.lab().await;
    let login = lab.login(&["auth", "add", "strict", "--method", "browser"]).await;
    let back = issuer.browse(&login.url()).await;
    lab.sim.person().follow(&back).await;
    let done = login.end().await;
    assert_eq!(done.code, 0, "{done:?}");
    assert_eq!(lab.run(&["auth", "refresh", "strict"]).await.code, 0);
    assert_eq!(credentials(&lab).await, 1);
}

#[tokio::test]
async fn authorization_code_with_wrong_state_is_refused() {
    let issuer = Issuer::start().await;
    let lab = issuer.lab().await;
    let login = lab
        .login(&["auth", "add", "strict", "--method", "browser", "--timeout", "60"])
        .await;
    let back = issuer.browse(&login.url()).await;
    let (before, after) = back.split_once("state=").expect("a state");
    let rest = after.split_once('&').map_or("", |(_, rest)| rest);
    lab.sim
        .person()
        .follow(&format!("{before}state=evil&{rest}"))
        .await;
    let done = login.end().await;
    // Anybody can call the listener, so a wrong state must not end the login of the person who is still at it.
    assert!(done.stdout.contains("still waiting"), "{done:?}");
    assert_eq!(done.code, 5, "{done:?}");
    assert_eq!(credentials(&lab).await, 0);
}
