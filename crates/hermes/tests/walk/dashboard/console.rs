//! The admin API as a script uses it.

use serde_json::{Value, json};

use super::board::{Board, TOKEN};
use crate::harness::{Lab, request};

/// A session on a running program.
pub(super) struct Console {
    pub(super) board: Board,
    pub(super) token: String,
}

/// Status and body of an answer.
pub(super) type Answer = (u16, Value);

impl Console {
    /// Starts the program and signs in with its link.
    pub(super) async fn start(lab: &Lab) -> Self {
        Self::on(Board::start(lab).await).await
    }

    /// Signs in with the link of a running program.
    pub(super) async fn on(board: Board) -> Self {
        let (_, code) = board.link.split_once("#c=").expect("a code in the link");
        let (status, body) = begin(&board.up.base, code).await;
        assert_eq!(status, 200, "{body}");
        let token = body["token"].as_str().expect("a token").to_owned();
        Self { board, token }
    }

    pub(super) async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub(super) async fn delete(&self, path: &str) -> Answer {
        self.call("DELETE", path, None).await
    }

    pub(super) async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let text = body.map(ToString::to_string).unwrap_or_default();
        let headers = [(TOKEN, self.token.as_str())];
        let (status, body, _) = request(&self.board.up.base, method, path, &headers, &text).await;
        (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
    }

    /// Starts a login; gives its answer, which must be a good one.
    pub(super) async fn start_login(&self, provider: &str, body: &Value) -> Value {
        let path = format!("/api/providers/oauth/{provider}/start");
        let (status, started) = self.post(&path, body).await;
        assert_eq!(status, 200, "{started}");
        started
    }

    /// How a login stands once it is no longer pending.
    pub(super) async fn ended(&self, provider: &str, session: &str) -> Value {
        let path = format!("/api/providers/oauth/{provider}/poll/{session}");
        for _ in 0..3000 {
            let (status, standing) = self.get(&path).await;
            assert_eq!(status, 200, "{standing}");
            if standing["status"] != "pending" {
                return standing;
            }
            super::moment().await;
        }
        panic!("the login does not end");
    }

    pub(super) async fn credentials(&self) -> Vec<Value> {
        let (status, body) = self.get("/api/credentials").await;
        assert_eq!(status, 200, "{body}");
        body["credentials"].as_array().expect("a list").clone()
    }
}

/// Posts a one-time code.
pub(super) async fn begin(base: &str, code: &str) -> Answer {
    let body = json!({ "code": code }).to_string();
    let (status, body, _) = request(base, "POST", "/api/session", &[], &body).await;
    (status, serde_json::from_str(&body).expect("JSON"))
}
