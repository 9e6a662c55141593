use hermes_dashboard::pages::keys::{Key, Keys};

use super::{HOSTILE, ago, now};

fn key(id: &str, name: &str) -> Key {
    Key {
        id: id.to_owned(),
        name: name.to_owned(),
        prefix: "hk_7f3a".to_owned(),
        created: ago(86_400 * 12),
        last_used: Some(ago(6)),
        revoked: None,
        requests_per_minute: None,
        models: Vec::new(),
    }
}

pub(crate) fn filled() -> Keys {
    let limited = Key {
        prefix: "hk_91bc".to_owned(),
        requests_per_minute: Some(60),
        models: vec!["minimax-oauth/MiniMax-M3".to_owned()],
        last_used: Some(ago(4_000)),
        ..key("k2", "ci")
    };
    let old = Key {
        prefix: "hk_02dd".to_owned(),
        revoked: Some(ago(86_400 * 3)),
        ..key("k3", "old laptop")
    };
    let fresh = Key {
        prefix: "hk_c40e".to_owned(),
        last_used: None,
        created: ago(40),
        ..key("k4", "aider")
    };
    Keys {
        rows: vec![fresh, key("k1", "claude-code"), limited, old],
        now: now(),
    }
}

pub(crate) fn empty() -> Keys {
    Keys {
        rows: Vec::new(),
        now: now(),
    }
}

pub(crate) fn hostile() -> Keys {
    Keys {
        rows: vec![Key {
            prefix: HOSTILE.to_owned(),
            models: vec![HOSTILE.to_owned()],
            ..key(HOSTILE, HOSTILE)
        }],
        now: now(),
    }
}
