use std::path::Path;
use std::time::Duration;

use hermes_core::{Env, LoginCause, ProviderId, Secret, Strategy, UnixMs};
use hermes_store::{Dump, Lease, Phase, PoolRow};
use hermes_text::Lang;

use crate::cmd::details::renewal;
use crate::cmd::migrate::difference;
use crate::config::Config;
use crate::paths::Paths;
use crate::server::{Server, has_password, is_address};

fn env(pairs: &[(&str, &str)]) -> Env {
    Env::from_pairs(
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    )
}

#[test]
fn only_addresses_of_the_known_database_are_taken() {
    for good in [
        "postgres://host/db",
        "postgresql://user:word@host:5432/db?sslmode=require",
        "postgres://user@localhost/db?host=%2Ftmp%2Fsocket",
    ] {
        assert!(is_address(good), "{good}");
    }
    for bad in [
        "",
        "host/db",
        "mysql://host/db",
        "sqlite://x",
        "/folder",
        "postgres:host",
        "postgres://",
    ] {
        let taken = is_address(bad);
        assert!(!taken || bad == "postgres://", "{bad}");
    }
}

#[test]
fn passwords_are_seen_wherever_they_stand_in_an_address() {
    let has = |text: &str| has_password(&Secret::from(text));
    assert!(has("postgres://user:word@host/db"));
    assert!(has("postgres://host/db?password=word"));
    assert!(!has("postgres://user@host/db?sslmode=require"));
}

#[test]
fn database_named_by_flag_wins_over_variable_and_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.toml");
    fs_err::write(&file, "\n[store]\nurl = \"postgres://file/db\"\n").unwrap();
    let config = Config::load(&file).unwrap();
    let none = Config::load(Path::new("/nowhere/config.toml")).unwrap();
    let flag = Secret::from("postgres://flag/db");
    let variable = env(&[("HERMES_STORE", "postgres://u:secret@variable/db")]);
    let found = |flag: Option<&Secret>, env: &Env, config: &Config| {
        let server = Server::find(flag, env, config).unwrap()?;
        Some((server.shown(), server.origin))
    };
    let pair = |place: &str, origin: &str| Some((place.to_owned(), origin.to_owned()));
    assert_eq!(
        found(Some(&flag), &variable, &config),
        pair("postgres://flag/db", "--store")
    );
    assert_eq!(
        found(None, &variable, &config),
        pair("postgres://variable/db", "HERMES_STORE")
    );
    assert_eq!(
        found(None, &env(&[]), &config),
        pair("postgres://file/db", "config.toml line 3")
    );
    assert_eq!(found(None, &env(&[("HERMES_STORE", "")]), &none), None);
}

#[test]
fn state_folder_follows_the_person_and_stays_out_of_labs() {
    let state = |pairs: &[(&str, &str)]| {
        let paths = Paths::find(Some("/home-of-hermes".as_ref()), &env(pairs)).unwrap();
        paths.state.map(|path| path.display().to_string())
    };
    let lab = ("HERMES_LAB_HOSTS", "a.test=http://127.0.0.1:9");
    assert_eq!(
        state(&[("HOME", "/me")]).as_deref(),
        Some("/me/.local/state/hermes")
    );
    assert_eq!(
        state(&[("HOME", "/me"), ("XDG_STATE_HOME", "/state")]).as_deref(),
        Some("/state/hermes")
    );
    assert_eq!(state(&[("XDG_STATE_HOME", "relative")]), None);
    assert_eq!(state(&[("HOME", "/me"), lab]), None);
    assert_eq!(
        state(&[("XDG_STATE_HOME", "/state"), lab]).as_deref(),
        Some("/state/hermes")
    );
}

fn dump() -> Dump {
    Dump {
        credentials: Vec::new(),
        pools: vec![PoolRow {
            provider: ProviderId::new("acme"),
            strategy: Strategy::Random,
        }],
        keys: Vec::new(),
        settings: vec![("one".to_owned(), "1".to_owned())],
        secrets: vec![
            ("a".to_owned(), Secret::from("x")),
            ("b".to_owned(), Secret::from("y")),
        ],
    }
}

#[test]
fn copy_that_lost_or_changed_something_differs() {
    let whole = dump();
    let mut turned = dump();
    turned.secrets.reverse();
    turned.settings.push(("own".to_owned(), "2".to_owned()));
    assert_eq!(
        difference(&whole, &turned).map(|what| what(Lang::En)),
        None,
        "order and additions are no loss"
    );
    let changed = |change: fn(&mut Dump)| {
        let mut copy = dump();
        change(&mut copy);
        difference(&dump(), &copy).map(|what| what(Lang::En))
    };
    assert_eq!(changed(|copy| copy.pools.clear()), Some("the strategies"));
    assert_eq!(
        changed(|copy| copy.settings[0].1 = "2".to_owned()),
        Some("the settings")
    );
    assert_eq!(
        changed(|copy| copy.secrets[0].1 = Secret::from("z")),
        Some("the secret settings")
    );
}

#[test]
fn renewal_that_is_not_over_is_told_in_words() {
    let lease = |phase: Phase| Lease {
        generation: 1,
        phase,
        attempt: None,
        attempts: 1,
        lapsed: false,
        grace_over: false,
        holder_gone: false,
        token_ended: false,
        retry_in: None,
        quiet_for: None,
        cause: None,
        fingerprint: String::new(),
    };
    let now = UnixMs::from_millis(1_795_000_000_000);
    let doubt = Some(now.minus(Duration::from_secs(90)));
    let words = |lease: &Lease| renewal(Lang::En, lease, doubt, now).unwrap_or_default();
    assert_eq!(words(&lease(Phase::Idle)), "");
    for phase in [Phase::Leased, Phase::Sent] {
        assert_eq!(words(&lease(phase)), "renewing");
    }
    let lapsed = Lease {
        lapsed: true,
        ..lease(Phase::Sent)
    };
    assert!(
        words(&lapsed).contains("no answer is known"),
        "{}",
        words(&lapsed)
    );
    let doubt = words(&lease(Phase::Uncertain));
    assert!(
        doubt.starts_with("in doubt since 2026-11-18T") && doubt.contains("(1 min 30 s ago)"),
        "{doubt}"
    );
    let ended = Lease {
        cause: Some(LoginCause::LostRotation),
        ..lease(Phase::NeedsLogin)
    };
    assert_eq!(words(&ended), "ended: a renewed token was lost on the way");
    let paused = Lease {
        retry_in: Some(Duration::from_secs(40)),
        ..lease(Phase::Idle)
    };
    assert_eq!(words(&paused), "the next try is in 40 s");
    let quiet = Lease {
        quiet_for: Some(Duration::from_secs(20)),
        ..paused
    };
    assert!(words(&quiet).starts_with("waits 20 s"), "{}", words(&quiet));
}
