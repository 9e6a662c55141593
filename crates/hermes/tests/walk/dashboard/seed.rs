//! A home that looks as if a person had used it for a month: logins in every state, client keys, and requests of many days.

mod work;

use hermes_sim::{Answer, SimOptions};
use pretty_assertions::assert_eq;
use serde_json::{Value, json};

use self::work::{HASTE, Turn, refusal};
use super::board::Board;
use crate::harness::{Lab, request};

/// Hours before the present at which the person worked, the longest ago first.
const WORK: [u32; 20] = [
    700, 610, 520, 430, 340, 250, 162, 140, 117, 93, 70, 46, 22, 19, 16, 12, 9, 7, 4, 2,
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

/// A path of the gateway, a model of each provider, and where the provider serves it.
const MODELS: [(&str, &str, &str, &str); 6] = [
    (
        "/v1/messages",
        "anthropic/claude-sonnet-5",
        "api.anthropic.com",
        "/v1/messages",
    ),
    (
        "/v1/messages",
        "anthropic/claude-haiku-4-5-20251001",
        "api.anthropic.com",
        "/v1/messages",
    ),
    (
        "/v1/chat/completions",
        "openai-api/gpt-5.4-mini",
        "api.openai.com",
        "/v1/chat/completions",
    ),
    (
        "/v1/chat/completions",
        "openrouter/deepseek/deepseek-v3.2",
        "openrouter.ai",
        "/api/v1/chat/completions",
    ),
    (
        "/v1/messages",
        "minimax-oauth/MiniMax-M3",
        "api.minimax.io",
        "/anthropic/v1/messages",
    ),
    (
        "/v1/messages",
        "minimax-oauth/MiniMax-M2.7",
        "api.minimax.io",
        "/anthropic/v1/messages",
    ),
];

/// Names that the person gave to models.
const ROUTES: &str = "[routes]\nfast = \"openai-api/gpt-5.4-mini\"\nsmart = \"anthropic/claude-sonnet-5\"\n";

/// Refusals that are the request's own fault: status, kind and message.
const FAULTS: [(u16, &str, &str); 2] = [
    (
        400,
        "invalid_request_error",
        "prompt is too long: 214015 tokens > 200000 maximum",
    ),
    (413, "request_too_large", "Request exceeds the maximum size"),
];

/// An hour, in seconds.
const HOUR: u32 = 3600;

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
        let lab = Lab::with(SimOptions::default(), "+0s").await;
        let mut home = Self {
            lab,
            clients: Vec::new(),
            requests: Vec::new(),
        };
        home.at((WORK[0] + 1) * HOUR);
        home.furnish().await;
        home.lab.config(ROUTES);
        for (day, hours) in WORK.into_iter().enumerate() {
            home.at(hours * HOUR);
            home.work(day, WITH_KEYS).await;
        }
        home.at(HOUR / 2);
        home.sign_in().await;
        home.work(9, MODELS.len()).await;
        home.at(HOUR / 6);
        home.spoil().await;
        home.lab.set("HERMES_LAB_CLOCK", "+0s");
        home
    }

    /// The next ask about a plan brings that so many of 1500 requests are left until the account that rests is usable again.
    pub(super) fn tell_plan(&self, left: u32) {
        let ends = self.lab.sim.now().as_millis() + i64::from(HOUR) * 1_050;
        let plan = json!({"base_resp": {"status_code": 0}, "model_remains": [{
            "model_name": "MiniMax-M3", "current_interval_total_count": 1500, "current_interval_usage_count": left,
            "end_time": ends,
        }]});
        let script = self.lab.sim.script();
        script.next(
            "api.minimax.io",
            "/v1/token_plan/remains",
            Answer::json(200, &plan),
        );
    }

    /// The dashboard of this home.
    pub(super) async fn board(&self) -> Board {
        Board::start_with(&self.lab, &self.clients[0]).await
    }

    /// The program after a first call, which is always slow.
    async fn warm_board(&self) -> Board {
        let board = self.board().await;
        let headers = [("x-api-key", self.clients[0].as_str())];
        let (status, ..) = request(&board.up.base, "GET", "/v1/models", &headers, "").await;
        assert_eq!(status, 200);
        board
    }

    /// From now on it is that many seconds before the present, which is the browser's present too, and time passes fast.
    fn at(&mut self, seconds: u32) {
        self.lab.set("HERMES_LAB_CLOCK", &format!("-{seconds}s,x{HASTE}"));
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
        let board = self.warm_board().await;
        for number in 0..4 + day * 7 % 9 {
            let model = (day + number * 5) % models;
            let answer = Turn::number(day * 31 + number * 7).answer(MODELS[model].0, MODELS[model].1);
            self.ask(&board, day * 3 + number, model, answer).await;
        }
        if day.is_multiple_of(3) {
            let (status, kind, message) = FAULTS[day / 3 % FAULTS.len()];
            self.ask(&board, day, 0, refusal(status, kind, message)).await;
        }
        assert_eq!(board.up.end().await.code, 0);
    }

    /// Sends a request, which the provider answers with this.
    async fn ask(&mut self, board: &Board, number: usize, model: usize, answer: Answer) {
        let (path, model, host, place) = MODELS[model];
        self.lab.sim.script().next(host, place, answer);
        let client = &self.clients[number % self.clients.len()];
        let body = json!({
            "model": model, "max_tokens": 4000, "stream": true, "stream_options": {"include_usage": true},
            "messages": [{"role": "user", "content": "Say in a few words what this change does."}],
        });
        let headers = [("x-api-key", client.as_str())];
        let (status, answer, headers) =
            request(&board.up.base, "POST", path, &headers, &body.to_string()).await;
        assert!([200, 400, 413].contains(&status), "{model}: {status}: {answer}");
        let mut headers = headers.into_iter();
        let id = headers.find(|(name, _)| name == "x-hermes-request-id");
        self.requests.push(id.expect("an id").1);
    }

    /// Things as they go wrong: an account rests, a login has ended, a key is switched off.
    async fn spoil(&mut self) {
        let script = self.lab.sim.script();
        let limit =
            json!({"type": "error", "error": {"type": "rate_limit_error", "message": "usage limit reached"}});
        let rest = Answer::json(429, &limit).header("retry-after", "4380");
        script.next("api.minimax.io", "/anthropic/v1/messages", rest);
        let board = self.warm_board().await;
        let answer = Turn::number(5).answer("/v1/messages", "MiniMax-M3");
        self.ask(&board, 0, 4, answer).await;
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
