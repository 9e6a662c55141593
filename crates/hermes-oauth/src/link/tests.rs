use hermes_catalog::HostRewrite;
use hermes_core::Explain;
use rstest::rstest;

use super::{check_link, check_user_code};

fn hosts() -> Vec<String> {
    ["platform.example.com", "www.example.com"]
        .map(str::to_owned)
        .to_vec()
}

fn rewrites() -> Vec<HostRewrite> {
    vec![HostRewrite {
        from: "www.example.com".to_owned(),
        to: "platform.example.com".to_owned(),
        path_prefix: "/oauth-authorize".to_owned(),
    }]
}

#[rstest]
#[case(
    "https://www.example.com/oauth-authorize?a=b",
    "https://platform.example.com/oauth-authorize?a=b"
)]
#[case(
    "https://WWW.example.com:8443/oauth-authorize",
    "https://platform.example.com:8443/oauth-authorize"
)]
#[case("https://www.example.com/other", "https://www.example.com/other")]
#[case(" https://platform.example.com/x#y ", "https://platform.example.com/x#y")]
fn link_that_is_safe_is_rewritten_only_where_the_rule_fits(#[case] given: &str, #[case] expected: &str) {
    let url = check_link(given, "issuer", &hosts(), &rewrites()).unwrap();
    assert_eq!(url.as_str(), expected);
}

#[rstest]
#[case("")]
#[case("-x")]
#[case("$(reboot)")]
#[case("file:///etc/passwd")]
#[case("javascript:alert(1)")]
#[case("http://platform.example.com/")]
#[case("https://platform.example.com.evil.example/")]
#[case("https://evil.example/?platform.example.com")]
#[case("https://user@platform.example.com/")]
#[case("https://platform.example.com/ x")]
#[case("https://platform.example.com/\u{7}")]
#[case("https://platform.example.com/\u{9b}")]
#[case("https://[::1]/")]
#[case("http://127.0.0.1:3000/device")]
#[case("http://localhost.evil.example/")]
fn link_that_is_not_safe_is_refused_without_echoing_controls(#[case] given: &str) {
    let error = check_link(given, "issuer", &hosts(), &rewrites()).unwrap_err();
    assert_eq!(error.kind(), "unsafe_link");
    assert!(error.to_string().chars().all(|one| !one.is_control()));
}

#[test]
fn link_to_this_machine_may_be_plain_where_the_row_names_it() {
    let hosts = ["127.0.0.1".to_owned()];
    assert!(check_link("http://127.0.0.1:3000/device", "issuer", &hosts, &[]).is_ok());
    assert!(check_link("ftp://127.0.0.1:3000/device", "issuer", &hosts, &[]).is_err());
}

#[test]
fn link_at_the_longest_length_passes_and_one_more_does_not() {
    let base = "https://platform.example.com/";
    let fits = format!("{base}{}", "a".repeat(2048 - base.len()));
    assert!(check_link(&fits, "issuer", &hosts(), &[]).is_ok());
    assert!(check_link(&format!("{fits}a"), "issuer", &hosts(), &[]).is_err());
}

#[rstest]
#[case("ABCD-1234", true)]
#[case(" wdjb_mjht ", true)]
#[case("", false)]
#[case("-rf", false)]
#[case("A B", false)]
#[case("A\u{1b}[2J", false)]
#[case("АBCD", false)]
fn user_code_holds_only_letters_digits_and_dashes(#[case] code: &str, #[case] fits: bool) {
    assert_eq!(check_user_code(code, "issuer").is_ok(), fits);
}
