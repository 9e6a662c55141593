use hermes_core::Env;
use http::Uri;

use super::ProxySettings;

fn proxy_of(pairs: &[(&str, &str)], target: &str) -> Option<String> {
    let pairs = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let matcher = ProxySettings::from_env(&Env::from_pairs(pairs)).matcher()?;
    let target: Uri = target.parse().unwrap();
    matcher.intercept(&target).map(|found| found.uri().to_string())
}

#[test]
fn proxy_settings_follow_the_usual_variables() {
    let target = "https://api.example.com/";
    let all = ("ALL_PROXY", "socks5h://127.0.0.1:1080");
    assert_eq!(proxy_of(&[], target), None);
    assert_eq!(proxy_of(&[all], target).unwrap(), "socks5h://127.0.0.1:1080/");
    let both = [
        all,
        ("HTTPS_PROXY", "http://p.example:3128"),
        ("https_proxy", "http://q.example:3128"),
    ];
    assert_eq!(proxy_of(&both, target).unwrap(), "http://q.example:3128/");
    assert_eq!(
        proxy_of(&[all, ("NO_PROXY", "other, .example.com")], target),
        None
    );
    assert_eq!(proxy_of(&[("HTTP_PROXY", "http://p.example:1")], target), None);
}

#[test]
fn proxy_chosen_by_a_cgi_caller_is_ignored() {
    let pairs = [("HTTP_PROXY", "http://evil.example"), ("REQUEST_METHOD", "GET")];
    assert_eq!(proxy_of(&pairs, "http://a.example/"), None);
}

#[test]
fn proxy_settings_never_print_a_password() {
    let pairs = [(
        "ALL_PROXY".to_owned(),
        "http://user:canary-5@p.example".to_owned(),
    )];
    let settings = ProxySettings::from_env(&Env::from_pairs(pairs));
    assert!(!format!("{settings:?}").contains("canary"));
}
