use http::{HeaderMap, HeaderValue};

use super::{NAME, merge};

fn merged(sent: &[&'static str], removed: &[&str], added: &[&str]) -> Vec<String> {
    let mut client = HeaderMap::new();
    for value in sent {
        client.append(NAME, HeaderValue::from_static(value));
    }
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let mut out = HeaderMap::new();
    merge(&client, &list(removed), &list(added), &mut out);
    out.get_all(NAME)
        .iter()
        .map(|value| value.to_str().unwrap().to_owned())
        .collect()
}

#[test]
fn betas_without_rules_pass_as_they_came() {
    assert_eq!(merged(&["a,  b", "c"], &[], &[]), ["a,  b", "c"]);
    assert!(merged(&[], &[], &[]).is_empty());
}

#[test]
fn betas_are_removed_and_added_once() {
    assert_eq!(merged(&["a, b,c", "b,d"], &["b"], &["a", "e"]), ["a,c,d,e"]);
    assert_eq!(merged(&[], &["b"], &["e"]), ["e"]);
    assert!(merged(&["b"], &["b"], &[]).is_empty());
}
