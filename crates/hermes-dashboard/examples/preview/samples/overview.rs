use hermes_core::{Billing, LoginCause, Protocol};
use hermes_dashboard::look::Cause;
use hermes_dashboard::pages::overview::{Gateway, Need, Overview, Provider, Rate, Spend, Today};
use hermes_pool::State;
use hermes_text::Both;

use super::{HOSTILE, ahead, now, provider};

fn signed(id: &str, name: &str, state: State, (usable, accounts): (u64, u64)) -> Provider {
    Provider {
        id: provider(id),
        name: name.to_owned(),
        state,
        accounts,
        usable,
        until: None,
        requests: 1_284,
        tokens: 18_402_113,
    }
}

pub(crate) fn filled() -> Overview {
    let need = Need::Account {
        provider: provider("minimax-oauth"),
        provider_name: "MiniMax (OAuth)".to_owned(),
        label: "team-shared".to_owned(),
        state: State::NeedsLogin,
        cause: Some(Cause::Login(LoginCause::RevokedOrReused)),
    };
    Overview {
        needs: vec![need],
        providers: vec![
            signed("minimax-oauth", "MiniMax (OAuth)", State::Ready, (2, 4)),
            Provider {
                until: Some(ahead(1_500)),
                requests: 96,
                tokens: 1_204_000,
                ..signed("anthropic", "Anthropic", State::CoolingDown, (0, 1))
            },
            Provider {
                requests: 1,
                tokens: 512,
                ..signed("llama", "llama.cpp", State::Ready, (1, 1))
            },
        ],
        rate: Rate {
            tenths_per_second: 34,
            in_flight: 5,
        },
        today: Today {
            requests: 1_381,
            failed: 7,
            tokens_in: 17_904_221,
            tokens_out: 1_702_404,
            billing: vec![
                Spend {
                    billing: Billing::Subscription,
                    requests: 1_284,
                    tokens: 18_402_113,
                    cost_micros: None,
                },
                Spend {
                    billing: Billing::Metered,
                    requests: 96,
                    tokens: 1_204_000,
                    cost_micros: Some(4_810_000),
                },
                Spend {
                    billing: Billing::Local,
                    requests: 1,
                    tokens: 512,
                    cost_micros: None,
                },
            ],
        },
        gateway: gateway(Some("minimax-oauth/MiniMax-M3")),
        now: now(),
    }
}

fn gateway(model: Option<&str>) -> Gateway {
    Gateway {
        url: "http://127.0.0.1:7766".to_owned(),
        models: model
            .map(|model| (Protocol::AnthropicMessages, model.to_owned()))
            .into_iter()
            .collect(),
        keys: 2,
    }
}

pub(crate) fn calm() -> Overview {
    Overview {
        needs: Vec::new(),
        today: Today::default(),
        ..filled()
    }
}

pub(crate) fn empty() -> Overview {
    Overview {
        needs: Vec::new(),
        providers: Vec::new(),
        rate: Rate::default(),
        today: Today::default(),
        gateway: gateway(None),
        now: now(),
    }
}

pub(crate) fn hostile() -> Overview {
    let word = HOSTILE.to_owned();
    Overview {
        needs: vec![
            Need::Account {
                provider: provider("odd"),
                provider_name: word.clone(),
                label: word.clone(),
                state: State::Blocked,
                cause: Some(Cause::Words(Both::same(word.as_str()))),
            },
            Need::Store {
                problem: word.clone(),
                next: word.clone(),
            },
            Need::Other {
                title: word.clone(),
                next: word.clone(),
            },
        ],
        providers: vec![signed("odd", HOSTILE, State::Blocked, (0, 1))],
        gateway: Gateway {
            url: word.clone(),
            models: vec![(Protocol::ChatCompletions, word)],
            keys: 0,
        },
        ..filled()
    }
}
