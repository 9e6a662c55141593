use hermes_core::{Billing, CoolCause, LoginCause, Rest, Scope, Source, Strategy};
use hermes_dashboard::look::{Cause, Paging, Window};
use hermes_dashboard::pages::pool::{Account, Pool, Stopped};
use hermes_pool::{RenewalState, State};
use hermes_text::Both;

use super::{HOSTILE, ago, ahead, now, provider};

fn account(place: u64, label: &str, state: State) -> Account {
    Account {
        id: format!("0193a5c2-7b1e-7c3d-9f00-0000000000{place:02}"),
        label: label.to_owned(),
        identity: None,
        organisation: None,
        plan: Some("Token Plan Max".to_owned()),
        method: "Browser approval with a code".to_owned(),
        region: Some("Global (minimax.io)".to_owned()),
        billing: Billing::Subscription,
        place,
        weight: 1,
        source: Source::Login,
        state,
        cause: None,
        until: None,
        rests: Vec::new(),
        windows: Vec::new(),
        balance: None,
        told: None,
        askable: false,
        token_ends: Some(ahead(640)),
        renewable: true,
        last_served: Some(ago(4)),
        refreshed: Some(ago(260)),
        in_flight: 0,
        served: 0,
        renewal: None,
        ignored: Vec::new(),
        revoke_ends: None,
    }
}

fn window(name: &str, used: u8, resets: u64) -> Window {
    Window {
        name: name.to_owned(),
        used_percent: used,
        resets: Some(ahead(resets)),
    }
}

fn ready() -> Account {
    Account {
        identity: Some("Ada Lovelace".to_owned()),
        organisation: Some("Analytical Engines".to_owned()),
        windows: vec![window("5 h", 38, 9_240), window("7 d", 81, 302_400)],
        balance: None,
        told: None,
        askable: true,
        in_flight: 2,
        served: 1_284,
        revoke_ends: Some(
            "Ends this login at MiniMax and deletes it here. Requests under way may fail.".to_owned(),
        ),
        ..account(0, "ada@example.com", State::Ready)
    }
}

fn resting() -> Account {
    Account {
        cause: Some(Cause::Cool(CoolCause::WindowSpent)),
        until: Some(ahead(5_460)),
        rests: vec![Rest {
            scope: Scope::Model("MiniMax-M3".to_owned()),
            until: ahead(120),
            cause: CoolCause::RateLimit,
        }],
        windows: vec![window("5 h", 100, 5_460), window("7 d", 64, 190_000)],
        balance: None,
        told: None,
        askable: true,
        last_served: Some(ago(3_700)),
        served: 912,
        ..account(1, "grace@example.com", State::CoolingDown)
    }
}

fn dead() -> Account {
    Account {
        cause: Some(Cause::Login(LoginCause::RevokedOrReused)),
        plan: None,
        last_served: Some(ago(186_400)),
        token_ends: Some(ago(90_000)),
        refreshed: Some(ago(91_000)),
        ..account(2, "team-shared", State::NeedsLogin)
    }
}

fn off() -> Account {
    Account {
        source: Source::Env("MINIMAX_API_KEY".to_owned()),
        billing: Billing::Metered,
        plan: None,
        method: "API key".to_owned(),
        token_ends: None,
        renewable: false,
        refreshed: None,
        last_served: None,
        ..account(3, "spare key", State::Disabled)
    }
}

pub(crate) fn filled() -> Pool {
    let accounts = vec![ready(), resting(), dead(), off()];
    let total = 4;
    Pool {
        provider: provider("minimax-oauth"),
        name: "MiniMax (OAuth)".to_owned(),
        strategy: Strategy::FillFirst,
        stopped: None,
        accounts,
        paging: Paging {
            offset: 0,
            limit: 50,
            total,
        },
        now: now(),
    }
}

pub(crate) fn stopped() -> Pool {
    let rule = "the provider says that the account is used by a program it does not allow";
    let blocked = Account {
        cause: Some(Cause::Words(Both::same(rule))),
        ..account(0, "plan login", State::Blocked)
    };
    let doubtful = Account {
        renewal: Some(RenewalState::InDoubt { since: Some(ago(90)) }),
        ignored: vec![(
            "base_url = https://other.example.com".to_owned(),
            "this provider allows one protocol only".to_owned(),
        )],
        weight: 3,
        ..account(1, "second", State::Refreshable)
    };
    let keyless = Account {
        source: Source::Config("llama".to_owned()),
        renewable: false,
        token_ends: None,
        ..account(2, "llama", State::Ready)
    };
    Pool {
        strategy: Strategy::Weighted,
        stopped: Some(Stopped {
            label: "plan login".to_owned(),
            rule: rule.to_owned(),
        }),
        accounts: vec![blocked, doubtful, keyless],
        paging: Paging {
            offset: 50,
            limit: 50,
            total: 10_000,
        },
        ..filled()
    }
}

pub(crate) fn empty() -> Pool {
    Pool {
        accounts: Vec::new(),
        paging: Paging {
            offset: 0,
            limit: 50,
            total: 0,
        },
        ..filled()
    }
}

pub(crate) fn hostile() -> Pool {
    let one = Account {
        identity: Some(HOSTILE.to_owned()),
        organisation: Some(HOSTILE.to_owned()),
        plan: Some(HOSTILE.to_owned()),
        method: HOSTILE.to_owned(),
        region: Some(HOSTILE.to_owned()),
        source: Source::Env(HOSTILE.to_owned()),
        cause: Some(Cause::Words(Both::same(HOSTILE))),
        rests: vec![Rest {
            scope: Scope::Model(HOSTILE.to_owned()),
            until: ahead(9),
            cause: CoolCause::NoModel,
        }],
        windows: vec![window(HOSTILE, 250, 9)],
        balance: None,
        told: None,
        askable: true,
        renewal: Some(RenewalState::Unanswered),
        ignored: vec![(HOSTILE.to_owned(), HOSTILE.to_owned())],
        revoke_ends: Some(HOSTILE.to_owned()),
        ..account(0, HOSTILE, State::Blocked)
    };
    Pool {
        name: HOSTILE.to_owned(),
        accounts: vec![one],
        ..filled()
    }
}
