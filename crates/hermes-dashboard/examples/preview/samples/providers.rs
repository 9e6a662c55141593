use hermes_catalog::RuleClass;
use hermes_dashboard::pages::providers::{Method, MethodKind, Pending, Providers, Region, Row};
use hermes_pool::State;

use super::{HOSTILE, ahead, card, now, provider};

fn method(id: &str, name: &str, kind: MethodKind, class: RuleClass) -> Method {
    Method {
        id: id.to_owned(),
        name: name.to_owned(),
        kind,
        card: card(class),
    }
}

fn key() -> Method {
    method("key", "API key", MethodKind::Key, RuleClass::Allowed)
}

fn row(id: &str, name: &str, summary: &str, methods: Vec<Method>) -> Row {
    Row {
        id: provider(id),
        name: name.to_owned(),
        summary: summary.to_owned(),
        aliases: Vec::new(),
        docs: Some("https://docs.example.com/start".to_owned()),
        state: State::Absent,
        accounts: 0,
        found: Vec::new(),
        regions: Vec::new(),
        methods,
    }
}

fn regions() -> Vec<Region> {
    [("global", "Global (minimax.io)"), ("cn", "China (minimaxi.com)")]
        .map(|(id, name)| Region {
            id: id.to_owned(),
            name: name.to_owned(),
        })
        .to_vec()
}

pub(crate) fn minimax() -> Row {
    let device = method(
        "device",
        "Browser approval with a code",
        MethodKind::Device,
        RuleClass::Tolerated,
    );
    Row {
        aliases: vec!["minimax-global".to_owned(), "minimax-portal".to_owned()],
        state: State::Ready,
        accounts: 3,
        regions: regions(),
        ..row(
            "minimax-oauth",
            "MiniMax (OAuth)",
            "Sign in with a MiniMax account and use its plan",
            vec![device],
        )
    }
}

fn anthropic() -> Row {
    let console = method(
        "console",
        "Console login that makes an API key",
        MethodKind::Browser,
        RuleClass::Allowed,
    );
    let plan = method(
        "plan",
        "claude.ai plan",
        MethodKind::Browser,
        RuleClass::Restricted,
    );
    Row {
        aliases: vec!["claude".to_owned(), "claude-code".to_owned()],
        state: State::CoolingDown,
        accounts: 1,
        ..row(
            "anthropic",
            "Anthropic",
            "Use Claude with an API key, a key made by a Console login, or a claude.ai plan",
            vec![key(), console, plan],
        )
    }
}

pub(crate) fn filled() -> Providers {
    let signed_in = [minimax(), anthropic()];
    Providers {
        rows: signed_in.into_iter().chain(known()).chain(odd()).collect(),
        pending: Vec::new(),
        now: now(),
    }
}

/// Rows that nothing is signed in to.
fn known() -> Vec<Row> {
    let codex = method(
        "device",
        "ChatGPT login with a code",
        MethodKind::Device,
        RuleClass::Tolerated,
    );
    let browser = method(
        "browser",
        "ChatGPT login in the browser",
        MethodKind::Browser,
        RuleClass::Tolerated,
    );
    let portal = method("portal", "Portal login", MethodKind::Device, RuleClass::Allowed);
    let paste = method(
        "paste",
        "Login that shows a code",
        MethodKind::Paste,
        RuleClass::Tolerated,
    );
    let summary = "Hundreds of models behind one account, paid with credits";
    vec![
        Row {
            found: vec!["OPENROUTER_API_KEY".to_owned()],
            ..row("openrouter", "OpenRouter", summary, vec![key(), paste])
        },
        row(
            "deepseek",
            "DeepSeek",
            "DeepSeek models, paid by the token",
            vec![key()],
        ),
        Row {
            regions: regions(),
            ..row(
                "minimax",
                "MiniMax",
                "MiniMax models with an API key",
                vec![key()],
            )
        },
        row(
            "nous",
            "Nous Portal",
            "Models of the Nous portal with its subscription",
            vec![portal],
        ),
        row(
            "openai-codex",
            "OpenAI Codex",
            "Sign in with ChatGPT and use its plan",
            vec![browser, codex],
        ),
    ]
}

/// Rows that cannot be signed in to.
fn odd() -> Vec<Row> {
    let carrier = MethodKind::Unsupported("carrier-pigeon".to_owned());
    let carrier = method("carrier", "Carrier login", carrier, RuleClass::Tolerated);
    let summary = "A row of an overlay with a way to sign in that is not known here";
    vec![
        Row {
            docs: None,
            ..row("pigeons", "Pigeons", summary, vec![carrier])
        },
        Row {
            docs: None,
            ..row("llama", "llama.cpp", "An endpoint of the config file", Vec::new())
        },
    ]
}

pub(crate) fn pending() -> Providers {
    let one = Pending {
        session: "0193-abc".to_owned(),
        provider_name: "MiniMax (OAuth)".to_owned(),
        method_name: "MiniMax account".to_owned(),
        expires: ahead(540),
    };
    Providers {
        rows: vec![minimax()],
        pending: vec![one],
        now: now(),
    }
}

pub(crate) fn empty() -> Providers {
    Providers {
        rows: Vec::new(),
        pending: Vec::new(),
        now: now(),
    }
}

pub(crate) fn hostile() -> Providers {
    let odd = method(
        HOSTILE,
        HOSTILE,
        MethodKind::Unsupported(HOSTILE.to_owned()),
        RuleClass::Tolerated,
    );
    let strict = method("strict", HOSTILE, MethodKind::Browser, RuleClass::Restricted);
    let one = Row {
        aliases: vec![HOSTILE.to_owned()],
        docs: Some("javascript:alert(1)".to_owned()),
        found: vec![HOSTILE.to_owned()],
        regions: vec![
            Region {
                id: HOSTILE.to_owned(),
                name: HOSTILE.to_owned(),
            },
            Region {
                id: "b".to_owned(),
                name: HOSTILE.to_owned(),
            },
        ],
        ..row("odd", HOSTILE, HOSTILE, vec![key(), odd, strict])
    };
    let pending = Pending {
        session: HOSTILE.to_owned(),
        provider_name: HOSTILE.to_owned(),
        method_name: HOSTILE.to_owned(),
        expires: ahead(5),
    };
    Providers {
        rows: vec![one],
        pending: vec![pending],
        now: now(),
    }
}
