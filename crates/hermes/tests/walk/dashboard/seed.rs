//! A home that looks as if a person had used it for a month: logins in every state, client keys, and requests of many days.

use hermes_sim::{Answer, SimOptions};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use super::board::Board;
use crate::harness::{Lab, request};

/// Hours before the present at which the person worked, the longest ago first.
const WORK: [u32; 16] = [
    700, 610, 520, 430, 340, 250, 162, 140, 117, 93, 70, 46, 22, 15, 8, 3,
];

/// Names of the client keys.
const CLIENTS: [&str; 3] = ["laptop", "build server", "phone"];

/// API keys by provider and label.
const KEYS: [(&str, &str); 4] = [
    ("anthropic", "team"),
    ("anthropic", "spare"),
    ("openai-api", "batch jobs"),
    ("openrouter", "experiments"),
];

/// Logins by provider, label and account.
const LOGINS: [(&str, &str, &str); 4] = [
    ("minimax-oauth", "work", "mia.lindqvist@example.com"),
    ("minimax-oauth", "home", "mia@example.net"),
    ("nous", "research", "mia.lindqvist@example.com"),
    ("openai-codex", "mia", "mia@example.net"),
];

/// A model of each provider, and the path that takes it.
const MODELS: [(&str, &str); 6] = [
    ("/v1/messages", "anthropic/claude-sonnet-5"),
    ("/v1/messages", "anthropic/claude-haiku-4-5-20251001"),
    ("/v1/chat/completions", "openai-api/gpt-5.4-mini"),
    ("/v1/chat/completions", "openrouter/deepseek/deepseek-v3.2"),
    ("/v1/messages", "minimax-oauth/MiniMax-M3"),
    ("/v1/messages", "minimax-oauth/MiniMax-M2.7"),
];

/// How many of the models need no login.
const WITH_KEYS: usize = 4;

/// A month of a person's life with Hermes.
pub(super) struct Home {
    pub(super) lab: Lab,
    /// The client keys.
    pub(super) clients: Vec<String>,
    /// Ids of the requests, the oldest first.
    pub(super) requests: Vec<String>,
}

impl Home {
    /// Lives the month.
    pub(super) async fn lived_in() -> Self {
        let lab = Lab::with(SimOptions::default(), &clock(0)).await;
        let mut home = Self {
            lab,
            clients: Vec::new(),
            requests: Vec::new(),
        };
        home.at(WORK[0] + 1);
        home.furnish().await;
        for (day, hours) in WORK.into_iter().enumerate() {
            home.at(hours);
            home.work(day, WITH_KEYS).await;
        }
        home.at(0);
        home.sign_in().await;
        home.work(3, MODELS.len()).await;
        home.spoil().await;
        home
    }

    /// The dashboard of this home.
    pub(super) async fn board(&self) -> Board {
        Board::start_with(&self.lab, &self.clients[0]).await
    }

    /// From now on it is that many hours before the present.
    fn at(&mut self, hours: u32) {
        self.lab.set("HERMES_LAB_CLOCK", &clock(hours));
    }

    async fn run(&self, args: &[&str]) {
        let done = self.lab.run(args).await;
        assert_eq!(done.code, 0, "{args:?}: {done:?}");
    }

    async fn furnish(&mut self) {
        for (provider, label) in KEYS {
            let args = [
                "auth",
                "add",
                provider,
                "--method",
                "key",
                "--api-key-stdin",
                "--no-verify",
                "--label",
                label,
            ];
            let key = self.lab.sim.script().issue_key();
            let done = self.lab.run_with_input(&args, &key).await;
            assert_eq!(done.code, 0, "{done:?}");
        }
        for name in CLIENTS {
            let made = self.lab.json(&["key", "create", name, "--json"]).await;
            self.clients.push(made["key"].as_str().expect("a key").to_owned());
        }
    }

    async fn sign_in(&self) {
        for (provider, label, account) in LOGINS {
            self.lab.sim.script().account(account);
            let done = self
                .lab
                .sign_in_at_once(&["auth", "add", provider, "--label", label])
                .await;
            assert_eq!(done.code, 0, "{done:?}");
        }
    }

    /// A session of work: more or fewer requests, day by day, and one in a while that fails.
    async fn work(&mut self, day: usize, models: usize) {
        let board = self.board().await;
        for number in 0..4 + day * 7 % 9 {
            let (path, model) = MODELS[(day + number * 5) % models];
            let client = &self.clients[(day * 3 + number) % self.clients.len()];
            let id = ask(&board, client, path, model, number).await;
            self.requests.push(id);
        }
        if day.is_multiple_of(3) {
            ask(
                &board,
                &self.clients[0],
                "/v1/messages",
                "anthropic/no-such-model",
                1,
            )
            .await;
        }
        assert_eq!(board.up.end().await.code, 0);
    }

    /// Things as they go wrong: an account rests, a login has ended, a key is switched off.
    async fn spoil(&mut self) {
        let script = self.lab.sim.script();
        let limit =
            json!({"type": "error", "error": {"type": "rate_limit_error", "message": "usage limit reached"}});
        let rest = Answer::json(429, &limit).header("retry-after", "4380");
        script.next("api.minimax.io", "/anthropic/v1/messages", rest);
        let board = self.board().await;
        let id = ask(
            &board,
            &self.clients[0],
            "/v1/messages",
            "minimax-oauth/MiniMax-M3",
            1,
        )
        .await;
        self.requests.push(id);
        assert_eq!(board.up.end().await.code, 0);
        let ended = json!({"error": "invalid_grant", "error_description": "the session was ended"});
        script.next(
            "portal.nousresearch.com",
            "/api/oauth/token",
            Answer::json(400, &ended),
        );
        let refused = self.lab.run(&["auth", "refresh", "nous"]).await;
        assert_ne!(refused.code, 0, "{refused:?}");
        self.run(&["auth", "disable", "anthropic:spare"]).await;
    }
}

/// The lab clock so many hours before the present, which is the browser's present too.
fn clock(hours: u32) -> String {
    match hours {
        0 => "+0s".to_owned(),
        hours => format!("-{}s", hours * 3600),
    }
}

/// Sends a request and gives its id.
async fn ask(board: &Board, client: &str, path: &str, model: &str, number: usize) -> String {
    let text = "Say in a few words what this change does. ".repeat(number * number + 1);
    let body = json!({
        "model": model, "max_tokens": 400, "stream": number.is_multiple_of(2),
        "messages": [{"role": "user", "content": text}],
    });
    let headers = [("x-api-key", client)];
    let (status, answer, headers) = request(&board.up.base, "POST", path, &headers, &body.to_string()).await;
    assert!([200, 404].contains(&status), "{model}: {status}: {answer}");
    let mut headers = headers.into_iter();
    let id = headers.find(|(name, _)| name == "x-hermes-request-id");
    id.expect("an id").1
}

#[tokio::test]
async fn home_has_logins_in_every_state_and_a_month_of_requests() {
    let home = Home::lived_in().await;
    let listed = home.lab.json(&["auth", "list", "--json"]).await;
    let said = |one: &Value, field: &str| one[field].as_str().expect("a text").to_owned();
    let credentials = listed["credentials"].as_array().expect("a list").iter();
    let states: Vec<_> = credentials
        .map(|one| [said(one, "provider"), said(one, "label"), said(one, "state")].join(" "))
        .collect();
    let expected = [
        "anthropic team ready",
        "anthropic spare disabled",
        "minimax-oauth work cooling-down",
        "minimax-oauth home ready",
        "nous research needs-login",
        "openai-api batch jobs ready",
        "openai-codex mia ready",
        "openrouter experiments ready",
    ];
    assert_eq!(states, expected);
    assert!(home.requests.len() > 100, "{}", home.requests.len());
    for id in [&home.requests[0], home.requests.last().expect("a request")] {
        let told = home.lab.run(&["explain", id]).await;
        assert_eq!(told.code, 0, "{told:?}");
    }
}
