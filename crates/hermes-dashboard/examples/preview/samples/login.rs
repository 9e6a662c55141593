use hermes_catalog::RuleClass;
use hermes_dashboard::pages::login::{Challenge, Login, Status};

use super::{HOSTILE, ahead, card, now, provider};

fn login(name: &str, challenge: Challenge) -> Login {
    Login {
        session: "0193a5c2".to_owned(),
        provider: provider("minimax-oauth"),
        provider_name: name.to_owned(),
        method: "device".to_owned(),
        region: Some("global".to_owned()),
        label: None,
        region_name: Some("Global (minimax.io)".to_owned()),
        card: card(RuleClass::Tolerated),
        challenge,
        status: Status::Pending,
        message: None,
        hint: None,
        existing: Vec::new(),
        now: now(),
    }
}

pub(crate) fn code() -> Login {
    let url = "https://platform.minimax.io/oauth-authorize";
    login(
        "MiniMax (OAuth)",
        Challenge::Code {
            url: url.to_owned(),
            complete_url: Some(format!("{url}?user_code=MXQ4-7RTB&client=hermes")),
            user_code: "MXQ4-7RTB".to_owned(),
            expires: ahead(872),
        },
    )
}

pub(crate) fn code_second() -> Login {
    Login {
        existing: vec!["ada@example.com".to_owned()],
        message: Some("The network is slow; still trying.".to_owned()),
        ..code()
    }
}

pub(crate) fn browser() -> Login {
    let challenge = Challenge::Browser {
        url: "https://auth.example.com/authorize?client_id=abc&state=xyz&redirect_uri=http%3A%2F%2Flocalhost%3A1455%2Fcallback".to_owned(),
        manual_url: Some("https://auth.example.com/authorize?client_id=abc&state=xyz&redirect_uri=paste".to_owned()),
        loopback: true,
        paste: true,
        expires: ahead(280),
    };
    Login {
        region: None,
        region_name: None,
        ..login("Anthropic", challenge)
    }
}

pub(crate) fn paste() -> Login {
    let challenge = Challenge::Browser {
        url: "https://auth.example.com/authorize?client_id=abc".to_owned(),
        manual_url: None,
        loopback: false,
        paste: true,
        expires: ahead(280),
    };
    Login {
        region: None,
        region_name: None,
        card: card(RuleClass::Restricted),
        ..login("OpenRouter", challenge)
    }
}

pub(crate) fn key() -> Login {
    let challenge = Challenge::Key {
        prefixes: vec!["sk-api-".to_owned(), "sk-cp-".to_owned()],
        finds_region: true,
        expires: ahead(900),
    };
    Login {
        region: None,
        region_name: None,
        card: card(RuleClass::Allowed),
        existing: vec!["work".to_owned()],
        ..login("MiniMax", challenge)
    }
}

pub(crate) fn ended(status: Status) -> Login {
    let (message, hint) = match status {
        Status::Error => (
            Some("`account.minimax.io` does not answer".to_owned()),
            Some("Check the network or the proxy settings, then try again.".to_owned()),
        ),
        _ => (None, None),
    };
    Login {
        status,
        message,
        hint,
        ..code()
    }
}

/// Every way a login can end.
pub(crate) fn ends() -> [(&'static str, Login); 5] {
    let approved = Status::Approved {
        label: "ada@example.com".to_owned(),
    };
    [
        ("approved", ended(approved)),
        ("denied", ended(Status::Denied)),
        ("expired", ended(Status::Expired)),
        ("error", ended(Status::Error)),
        ("cancelled", ended(Status::Cancelled)),
    ]
}

pub(crate) fn hostile() -> Login {
    let challenge = Challenge::Code {
        url: "javascript:alert(1)".to_owned(),
        complete_url: None,
        user_code: HOSTILE.to_owned(),
        expires: ahead(60),
    };
    Login {
        existing: vec![HOSTILE.to_owned()],
        message: Some(HOSTILE.to_owned()),
        session: HOSTILE.to_owned(),
        ..login(HOSTILE, challenge)
    }
}
