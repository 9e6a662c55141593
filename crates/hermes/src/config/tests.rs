use std::path::Path;

use hermes_text::{Both, Lang};

use super::Config;

fn parse(text: &str) -> Result<Config, String> {
    Config::parse(Path::new("config.toml"), text.as_bytes().to_vec())
        .map_err(|failure| failure.message.get(Lang::En).to_owned())
}

#[test]
fn config_broken_in_any_way_names_file_line_and_key() {
    let cases = [
        ("[gateway]\nlisen = \"x\"", "line 2", "lisen"),
        ("[gateway]\n\nlisten = 5", "line 3", "listen"),
        (
            "[gateway]\nlisten = \"here\"",
            "line 2",
            "`here` is not an address",
        ),
        ("[providers.x]\nenabled = \"yes\"", "line 2", "enabled"),
        ("[providers.x]\napi_mode = \"soap\"", "line 2", "api_mode"),
        ("[providers.x]\nbase_url = \"not a url\"", "line 2", "base_url"),
        ("[endpoints.lab]\nprotocol = \"responses\"", "line 1", "base_url"),
        (
            "[endpoints.lab]\nbase_url = \"::\"",
            "line 2",
            "endpoints.lab.base_url",
        ),
        ("[store]\nholder = \"cloud\"", "line 2", "holder"),
        ("[nonsense]\nx = 1", "line 1", "nonsense"),
        ("a = [", "line 1", "array"),
    ];
    for (text, line, key) in cases {
        let error = parse(text).map(|_| ()).unwrap_err();
        assert!(error.starts_with("`config.toml` "), "{error}");
        assert!(error.contains(line) && error.contains(key), "{text:?}: {error}");
    }
}

#[test]
fn config_that_is_not_utf8_names_the_line() {
    let error = Config::parse(Path::new("c"), b"[routes]\nx = \"\xff\"".to_vec()).unwrap_err();
    assert_eq!(error.message.get(Lang::En), "`c` line 2: it is not UTF-8");
    assert_eq!(error.message.get(Lang::Zh), "`c` 第 2 行：不是 UTF-8 文本");
}

#[test]
fn config_empty_gives_defaults_with_their_origin() {
    let shown: Vec<_> = parse("")
        .unwrap()
        .effective()
        .into_iter()
        .map(|one| (one.key, one.value, one.origin))
        .collect();
    let expected = [
        ("gateway.listen", "\"127.0.0.1:7766\""),
        ("gateway.allowed_hosts", "[]"),
        ("store.holder", "\"auto\""),
    ];
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned(), "default".to_owned()));
    assert_eq!(shown, expected);
}

#[test]
fn config_values_carry_the_line_they_stand_on() {
    let config = parse("[gateway]\nlisten = \"127.0.0.1:1\"\n[providers.p]\nenabled = false\n").unwrap();
    let find = |key: &str| {
        config
            .effective()
            .into_iter()
            .find(|one| one.key == key)
            .map(|one| (one.value, one.origin))
    };
    assert_eq!(
        find("gateway.listen"),
        Some(("\"127.0.0.1:1\"".to_owned(), "config.toml line 2".to_owned()))
    );
    assert_eq!(
        find("providers.p.enabled"),
        Some(("false".to_owned(), "config.toml line 4".to_owned()))
    );
}

#[test]
fn config_for_an_unknown_provider_is_refused_with_its_line() {
    let config = parse("\n[providers.nope]\nenabled = true\n").unwrap();
    let error = config
        .provider_settings(|_| Err(Both::same("unknown provider")))
        .unwrap_err();
    assert_eq!(
        error.message.get(Lang::En),
        "`config.toml` line 2: `providers.nope`: unknown provider"
    );
}
