use hermes_dashboard::pages::settings::{Finding, Grade, Listener, Route, Session, Setting, Settings, Store};

use super::{HOSTILE, ago, ahead, now};

fn finding(about: &str, grade: Grade, text: &str, hint: Option<&str>) -> Finding {
    Finding {
        about: about.to_owned(),
        grade,
        text: text.to_owned(),
        hint: hint.map(str::to_owned),
    }
}

fn setting(key: &str, value: &str, origin: &str) -> Setting {
    Setting {
        key: key.to_owned(),
        value: value.to_owned(),
        origin: origin.to_owned(),
    }
}

pub(crate) fn filled() -> Settings {
    let route = |name: &str, targets: &[&str]| Route {
        name: name.to_owned(),
        targets: targets.iter().map(|one| (*one).to_owned()).collect(),
        origin: "/home/ada/.config/hermes/config.toml:14".to_owned(),
    };
    let session = |client: &str, is_this| Session {
        name: client.to_owned(),
        began: ago(5_000),
        last_seen: ago(3),
        ends: ahead(36_000),
        is_this,
    };
    Settings {
        store: Store {
            place: "/home/ada/.local/share/hermes/hermes.db".to_owned(),
            shared: false,
            protection: "key in the keyring of this system".to_owned(),
            schema: 7,
            logins: 6,
            keys: 3,
            machine: "ada-laptop".to_owned(),
            suspicion: None,
        },
        listeners: vec![
            Listener {
                address: "127.0.0.1:7766".to_owned(),
                loopback: true,
                tls: false,
            },
            Listener {
                address: "[::1]:7766".to_owned(),
                loopback: true,
                tls: false,
            },
        ],
        routes: vec![
            route("fast", &["minimax-oauth/MiniMax-M3", "deepseek/deepseek-chat"]),
            route("opus", &["anthropic/claude-opus-4-5"]),
        ],
        config_file: "/home/ada/.config/hermes/config.toml".to_owned(),
        config: vec![
            setting("gateway.listen", "127.0.0.1:7766", "default"),
            setting("log.keep_days", "30", "/home/ada/.config/hermes/config.toml:3"),
            setting(
                "providers.minimax-oauth.strategy",
                "fill-first",
                "HERMES_STRATEGY",
            ),
        ],
        last_backup: Some(ago(86_400 * 4)),
        examined: Some(ago(60)),
        looking: false,
        findings: vec![
            finding(
                "store",
                Grade::Good,
                "`/home/ada/.local/share/hermes/hermes.db`, schema 7",
                None,
            ),
            finding("clock", Grade::Good, "2026-11-25T21:30:00Z", None),
            finding(
                "logins",
                Grade::Bad,
                "`minimax-oauth:team-shared` needs a sign-in: the provider ended this login",
                Some("Run `hermes auth add minimax-oauth`."),
            ),
            finding(
                "backup",
                Grade::Note,
                "the last backup is 4 days old",
                Some("Run `hermes backup FILE`."),
            ),
        ],
        sessions: vec![
            session("Firefox on Linux", true),
            session("Chrome on Android", false),
        ],
        now: now(),
    }
}

pub(crate) fn stopped() -> Settings {
    let mut model = filled();
    model.store.shared = true;
    "postgres://hermes@db.example.com/hermes".clone_into(&mut model.store.place);
    model.store.suspicion = Some((
        "this store is a copy: the original is on another machine".to_owned(),
        "If the original is not used any more, run `hermes store adopt`; if it is, sign in here anew instead.".to_owned(),
    ));
    model.listeners = vec![Listener {
        address: "0.0.0.0:7766".to_owned(),
        loopback: false,
        tls: true,
    }];
    Settings {
        routes: Vec::new(),
        last_backup: None,
        ..model
    }
}

pub(crate) fn hostile() -> Settings {
    let word = HOSTILE.to_owned();
    let mut model = filled();
    model.store.place.clone_from(&word);
    model.store.protection.clone_from(&word);
    model.store.machine.clone_from(&word);
    model.listeners[0].address.clone_from(&word);
    model.sessions[0].name.clone_from(&word);
    Settings {
        routes: vec![Route {
            name: word.clone(),
            targets: vec![word.clone()],
            origin: word.clone(),
        }],
        config: vec![setting(HOSTILE, HOSTILE, HOSTILE)],
        findings: vec![finding(HOSTILE, Grade::Bad, HOSTILE, Some(HOSTILE))],
        config_file: word,
        ..model
    }
}
