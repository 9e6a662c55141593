use std::time::Duration;

use hermes_core::{Env, UnixMs};
use hermes_text::Lang;

use crate::paths::Paths;
use crate::safe::{json_safe, term_line, term_safe};
use crate::table::Table;
use crate::{qr, when};

#[test]
fn term_safe_steering_characters_become_visible() {
    let hostile = "a\u{1b}]0;x\u{7}b\u{9b}c\u{202e}d\u{7f}\te\nf";
    assert_eq!(
        term_safe(hostile),
        "a\\u{1b}]0;x\\u{7}b\\u{9b}c\\u{202e}d\\u{7f}\te\nf"
    );
    assert_eq!(term_line("a\tb\nc"), "a\\u{9}b\\u{a}c");
    assert_eq!(term_line("plain ü 日本"), "plain ü 日本");
}

#[test]
fn json_safe_hidden_characters_are_escaped_and_read_back() {
    let value = serde_json::json!({ "name": "x\u{202e}y\u{9b}z\u{e0041}\n" });
    let text = json_safe(&serde_json::to_string_pretty(&value).unwrap());
    assert!(text.is_ascii(), "{text}");
    assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
}

#[test]
fn spans_show_their_two_largest_units() {
    let shown = [0, 9, 60, 303, 3900, 86_400, 90_061]
        .map(|seconds| when::span(Lang::En, Duration::from_secs(seconds)));
    assert_eq!(
        shown,
        ["0 s", "9 s", "1 min", "5 min 3 s", "1 h 5 min", "1 d", "1 d 1 h"]
    );
}

#[test]
fn moments_are_told_beside_now() {
    let now = UnixMs::from_millis(1_000_000);
    let at = |millis| when::relative(Lang::En, UnixMs::from_millis(millis), now);
    assert_eq!(
        [at(1_061_000), at(1_000_400), at(940_000)],
        ["in 1 min 1 s", "now", "1 min ago"]
    );
    assert_eq!(when::rfc3339(UnixMs::from_millis(1_500)), "1970-01-01T00:00:01Z");
    assert!(when::rfc3339(UnixMs::MAX).starts_with("9999-12-30T"));
    assert_eq!(
        [65, 7199].map(|seconds| when::countdown(Duration::from_secs(seconds))),
        ["1:05", "1:59:59"]
    );
}

#[test]
fn table_columns_are_aligned_without_trailing_spaces() {
    let mut table = Table::default();
    table.row(["a".into(), "long cell".into(), "".into()]);
    table.row(["bcd\u{1b}".into(), "x".into(), "y".into()]);
    assert_eq!(
        table.to_string(),
        "a          long cell\nbcd\\u{1b}  x          y"
    );
}

#[test]
fn table_gives_chinese_characters_the_two_columns_they_take() {
    let mut table = Table::with_head(["状态", "NAME"]);
    table.row(["可用".into(), "a".into()]);
    table.row(["Needs it".into(), "b".into()]);
    let shown = anstream::adapter::strip_str(&table.to_string()).to_string();
    assert_eq!(shown, "状态      NAME\n可用      a\nNeeds it  b");
}

#[test]
fn qr_code_of_a_link_has_square_rows() {
    let drawn = qr::draw("https://example.com/device?code=ABCD-EFGH").unwrap();
    let widths: Vec<_> = drawn.lines().map(|line| line.chars().count()).collect();
    assert!(
        widths.len() > 10 && widths.iter().all(|width| *width == widths[0]),
        "{drawn}"
    );
    assert!(qr::draw(&"x".repeat(10_000)).is_none());
}

#[test]
fn home_named_by_flag_wins_over_the_variable() {
    let env = Env::from_pairs([("HERMES_HOME".to_owned(), "/from/env".to_owned())]);
    let flag = Paths::find(Some("/from/flag".as_ref()), &env).unwrap();
    assert_eq!(
        (flag.home.to_str(), flag.home_from),
        (Some("/from/flag"), "--home")
    );
    let named = Paths::find(None, &env).unwrap();
    assert_eq!(named.config_file().to_str(), Some("/from/env/config.toml"));
    assert_eq!(named.config_folder.to_str(), Some("/from/env/config"));
}

#[cfg(all(unix, not(target_os = "macos")))]
#[test]
fn opener_starts_the_browser_without_keys_and_for_https_only() {
    use std::os::unix::fs::PermissionsExt as _;

    use crate::opener::{Opener as _, SystemOpener};

    let folder = tempfile::tempdir().unwrap();
    let (program, seen) = (folder.path().join("xdg-open"), folder.path().join("seen"));
    let script =
        "#!/bin/sh\n{ echo \"$1\"; /usr/bin/env; } > \"$HOME/part\"\n/bin/mv \"$HOME/part\" \"$HOME/seen\"\n";
    fs_err::write(&program, script).unwrap();
    fs_err::set_permissions(&program, std::fs::Permissions::from_mode(0o700)).unwrap();
    let here = folder.path().display().to_string();
    let pairs = [
        ("PATH", here.as_str()),
        ("HOME", &here),
        ("DISPLAY", ":0"),
        ("SOME_API_KEY", "sk-canary"),
    ];
    let open = |extra: &[(&str, &str)], link: &str| {
        let pairs = pairs
            .iter()
            .chain(extra)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        SystemOpener::new(&Env::from_pairs(pairs)).open(&link.parse().unwrap())
    };
    for link in ["http://example.com/", "file:///etc/passwd", "javascript:alert(1)"] {
        assert!(!open(&[], link), "{link}");
    }
    assert!(!open(&[("SSH_TTY", "/dev/pts/0")], "https://example.com/"));
    assert!(!seen.exists());
    assert!(open(&[], "https://example.com/device?code=1"));
    let text = (0..1000).find_map(|_| {
        std::thread::park_timeout(Duration::from_millis(10));
        fs_err::read_to_string(&seen).ok()
    });
    let text = text.unwrap();
    assert!(
        text.starts_with("https://example.com/device?code=1\n") && !text.contains("canary"),
        "{text}"
    );
}
