use hermes_dashboard::pages::request::{Attempt, Candidate, Fate, Story};
use hermes_dashboard::pages::requests::{Choice, Choices, Filters, Request, Requests};

use super::{HOSTILE, ago, now};

fn request(number: u32, status: u16) -> Request {
    let failed = status >= 400;
    Request {
        id: format!("req_0193a5c27b1e7c3d9f{number:04}"),
        at: ago(u64::from(number) * 7 + 2),
        model: if number.is_multiple_of(3) {
            "MiniMax-M2.7-highspeed"
        } else {
            "MiniMax-M3"
        }
        .to_owned(),
        provider_name: (status != 503).then(|| "MiniMax (OAuth)".to_owned()),
        credential_label: (status != 503).then(|| {
            if number.is_multiple_of(4) {
                "grace@example.com"
            } else {
                "ada@example.com"
            }
            .to_owned()
        }),
        key_name: Some(
            if number.is_multiple_of(2) {
                "claude-code"
            } else {
                "ci"
            }
            .to_owned(),
        ),
        status,
        attempts: 1 + u32::from(number.is_multiple_of(5)),
        first_byte_ms: (!failed).then_some(240 + number * 37 % 900),
        total_ms: 1_200 + number * 431 % 9_000,
        tokens_in: (!failed).then_some(2_000 + u64::from(number) * 713 % 90_000),
        tokens_out: (!failed).then_some(120 + u64::from(number) * 97 % 4_000),
        error: failed.then(|| {
            if status == 503 {
                "pool_exhausted"
            } else {
                "rate_limit"
            }
            .to_owned()
        }),
    }
}

fn choices() -> Choices {
    let choice = |id: &str, name: &str| Choice {
        id: id.to_owned(),
        name: name.to_owned(),
    };
    Choices {
        providers: vec![
            choice("minimax-oauth", "MiniMax (OAuth)"),
            choice("anthropic", "Anthropic"),
        ],
        credentials: vec![choice("c1", "ada@example.com"), choice("c2", "grace@example.com")],
        keys: vec![choice("k1", "claude-code"), choice("k2", "ci")],
        models: vec!["MiniMax-M3".to_owned(), "MiniMax-M2.7-highspeed".to_owned()],
    }
}

pub(crate) fn filled() -> Requests {
    let status = |number: u32| match number {
        4 => 429,
        9 => 503,
        _ => 200,
    };
    Requests {
        filters: Filters::default(),
        choices: choices(),
        rows: (0..18).map(|number| request(number, status(number))).collect(),
        older: Some("req_0193a5c27b1e7c3d9f0017".to_owned()),
        is_history: false,
        now: now(),
    }
}

pub(crate) fn narrowed() -> Requests {
    let filters = Filters {
        provider: Some("minimax-oauth".to_owned()),
        key: Some("gone-key".to_owned()),
        failed: true,
        ..Filters::default()
    };
    Requests {
        filters,
        rows: vec![request(4, 429)],
        is_history: true,
        older: None,
        ..filled()
    }
}

pub(crate) fn no_match() -> Requests {
    Requests {
        rows: Vec::new(),
        ..narrowed()
    }
}

pub(crate) fn empty() -> Requests {
    Requests {
        choices: Choices::default(),
        rows: Vec::new(),
        older: None,
        ..filled()
    }
}

pub(crate) fn hostile() -> Requests {
    let word = HOSTILE.to_owned();
    let choice = || {
        vec![Choice {
            id: word.clone(),
            name: word.clone(),
        }]
    };
    let one = Request {
        id: word.clone(),
        model: word.clone(),
        provider_name: Some(word.clone()),
        credential_label: Some(word.clone()),
        key_name: Some(word.clone()),
        error: Some(word.clone()),
        ..request(1, 400)
    };
    Requests {
        filters: Filters {
            model: Some(word.clone()),
            ..Filters::default()
        },
        choices: Choices {
            providers: choice(),
            credentials: choice(),
            keys: choice(),
            models: vec![word.clone()],
        },
        rows: vec![one],
        older: Some(word.clone()),
        ..filled()
    }
}

pub(crate) fn story() -> Story {
    let candidate = |label: &str, fate, why: &str| Candidate {
        provider: "minimax-oauth".to_owned(),
        label: label.to_owned(),
        fate,
        why: why.to_owned(),
    };
    let attempt = |label: &str, status, took_ms, outcome: &str| Attempt {
        label: label.to_owned(),
        status,
        took_ms,
        outcome: outcome.to_owned(),
    };
    Story {
        id: "req_0193a5c27b1e7c3d9f0001".to_owned(),
        at: ago(95),
        asked_model: "fast".to_owned(),
        model: "minimax-oauth/MiniMax-M3".to_owned(),
        route: Some("alias `fast` of the config file".to_owned()),
        protocol: "Anthropic Messages".to_owned(),
        sent_as: None,
        key_name: Some("claude-code".to_owned()),
        status: 200,
        error: None,
        candidates: vec![
            candidate(
                "grace@example.com",
                Fate::Failed,
                "first in the order; its window turned out to be spent",
            ),
            candidate("ada@example.com", Fate::Chosen, "next in the order"),
            candidate(
                "team-shared",
                Fate::PassedOver,
                "needs sign-in: the provider ended this login",
            ),
            candidate("spare key", Fate::PassedOver, "disabled"),
        ],
        attempts: vec![
            attempt(
                "grace@example.com",
                Some(429),
                310,
                "the window of the plan is spent (code 2056); rests until 23:01, tried the next account",
            ),
            attempt("ada@example.com", Some(200), 4_210, "served"),
        ],
        dropped: Vec::new(),
        first_byte_ms: Some(890),
        total_ms: 4_520,
        held_back: Some(1_204),
        tokens: Some([2_130, 48_000, 0, 913]),
        now: now(),
    }
}

pub(crate) fn translated() -> Story {
    Story {
        sent_as: Some("OpenAI Chat Completions".to_owned()),
        dropped: vec!["top_k".to_owned(), "metadata.user_id".to_owned()],
        tokens: None,
        status: 502,
        error: Some("upstream: `api.example.com` does not answer".to_owned()),
        attempts: vec![Attempt {
            label: "ada@example.com".to_owned(),
            status: None,
            took_ms: 30_000,
            outcome: "no answer".to_owned(),
        }],
        candidates: Vec::new(),
        ..story()
    }
}

pub(crate) fn hostile_story() -> Story {
    let word = HOSTILE.to_owned();
    Story {
        id: word.clone(),
        asked_model: word.clone(),
        model: word.clone(),
        route: Some(word.clone()),
        protocol: word.clone(),
        sent_as: Some(word.clone()),
        key_name: Some(word.clone()),
        error: Some(word.clone()),
        candidates: vec![Candidate {
            provider: word.clone(),
            label: word.clone(),
            fate: Fate::Failed,
            why: word.clone(),
        }],
        attempts: vec![Attempt {
            label: word.clone(),
            status: Some(500),
            took_ms: 1,
            outcome: word.clone(),
        }],
        dropped: vec![word],
        ..story()
    }
}
