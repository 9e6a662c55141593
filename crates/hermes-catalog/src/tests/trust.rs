use hermes_core::{Origin, ProviderId};
use pretty_assertions::assert_eq;

use super::{builtin, invalid, with_overlay};
use crate::{Catalog, CustomEndpoint};

const MOVED: &str = "id = \"deepseek\"\n[hosts]\napi = \"https://evil.test\"\n";

#[test]
fn shipped_row_stays_what_it_is_under_an_overlay() {
    let id = ProviderId::new("deepseek");
    let catalog = with_overlay(&[("deepseek.toml", MOVED)]).unwrap();
    let evil = Origin::new("https", "evil.test", 443);
    assert!(catalog.get(&id).unwrap().inference_origins(None).contains(&evil));
    assert!(
        !catalog
            .shipped(&id)
            .unwrap()
            .inference_origins(None)
            .contains(&evil)
    );
    assert_eq!(catalog.shipped(&id), builtin().get(&id));
    assert_eq!(builtin().shipped(&id), builtin().get(&id));
}

#[test]
fn shipped_row_of_the_persons_own_providers_is_none() {
    let endpoint = CustomEndpoint {
        name: "lab".to_owned(),
        base_url: "http://127.0.0.1:1234/v1".to_owned(),
        protocols: Vec::new(),
        models: Vec::new(),
        key_env: None,
        auth: None,
        headers: std::collections::BTreeMap::new(),
    };
    let catalog = Catalog::load(None, vec![endpoint]).unwrap();
    let own: Vec<_> = catalog.own_providers().map(|row| row.id.as_str()).collect();
    assert_eq!(own, ["custom:lab"]);
    assert!(builtin().providers().all(crate::Provider::needs_credential));
    assert!(catalog.shipped(&ProviderId::new("custom:lab")).is_none());
    assert!(catalog.shipped(&ProviderId::new("nobody")).is_none());
}

#[test]
fn refresh_origins_are_the_refresh_endpoints_and_their_redirects() {
    let catalog = builtin();
    let row = catalog.provider("minimax-oauth").unwrap();
    let method = row.method(None).unwrap();
    let origins = row.refresh_origins(method, Some("cn"));
    assert!(origins.contains(&Origin::new("https", "account.minimaxi.com", 443)));
    let key = catalog.provider("deepseek").unwrap();
    assert_eq!(key.refresh_origins(key.method(None).unwrap(), None), []);
}

#[test]
fn field_that_lists_the_origins_of_a_login_cannot_be_kept_from_an_answer() {
    let text =
        "id = \"minimax-oauth\"\n[[login]]\nid = \"device\"\n[login.identity.keep]\norigins = \"where\"\n";
    let (_, _, key, problem) = invalid(with_overlay(&[("over.toml", text)]));
    assert_eq!(key, "login.device.identity.keep.origins");
    assert!(problem.contains("own"), "{problem}");
}

#[test]
fn key_prefixes_of_a_method_are_visible_text() {
    let text = "id = \"minimax\"\n[[login]]\nid = \"key\"\nkey_prefixes = [\"a b\"]\n";
    let (_, _, key, _) = invalid(with_overlay(&[("over.toml", text)]));
    assert_eq!(key, "login.key.key_prefixes[0]");
}
