use std::collections::BTreeMap;

use hermes_core::{Billing, Explain, Protocol};
use pretty_assertions::assert_eq;

use crate::{AuthStyle, Catalog, CatalogError, CustomEndpoint, Provider};

fn endpoint(name: &str, base_url: &str) -> CustomEndpoint {
    CustomEndpoint {
        name: name.to_owned(),
        base_url: base_url.to_owned(),
        protocols: Vec::new(),
        models: vec!["tiny".to_owned()],
        key_env: None,
        auth: None,
        headers: BTreeMap::new(),
    }
}

fn provider(endpoint: CustomEndpoint) -> Provider {
    let id = endpoint.id();
    Catalog::load(None, vec![endpoint])
        .unwrap()
        .get(&id)
        .unwrap()
        .clone()
}

fn refused(endpoint: CustomEndpoint) -> (String, String) {
    match Catalog::load(None, vec![endpoint]).unwrap_err() {
        CatalogError::Invalid {
            file,
            line: None,
            key,
            ..
        } => (file.to_string(), key),
        other => panic!("{other:?}"),
    }
}

#[test]
fn custom_local_endpoint_needs_no_key_and_is_local() {
    for base in [
        "http://127.0.0.1:1234/v1",
        "http://localhost:1234/v1",
        "http://[::1]:1234/v1",
        "http://127.9.9.9/v1",
    ] {
        let provider = provider(endpoint("My Lab", base));
        assert_eq!(provider.id.as_str(), "custom:my-lab");
        assert_eq!(
            (provider.billing, &provider.runtime[0].auth),
            (Billing::Local, &AuthStyle::None),
            "{base}"
        );
        assert!(!provider.needs_credential());
    }
}

#[test]
fn custom_remote_endpoint_is_metered_and_takes_a_key() {
    let provider = provider(CustomEndpoint {
        key_env: Some("LAB_KEY".to_owned()),
        ..endpoint("lab", "https://llm.example/v1")
    });
    assert_eq!(
        (provider.billing, &provider.runtime[0].auth),
        (Billing::Metered, &AuthStyle::Bearer)
    );
    assert_eq!(provider.env, ["LAB_KEY"]);
    assert_eq!(provider.models.default.as_deref(), Some("tiny"));
    assert_eq!(provider.method(Some("key")).unwrap().id, "key");
}

#[test]
fn custom_local_endpoint_with_a_key_variable_sends_it() {
    let provider = provider(CustomEndpoint {
        key_env: Some("LAB_KEY".to_owned()),
        ..endpoint("lab", "http://localhost:1")
    });
    assert_eq!(provider.runtime[0].auth, AuthStyle::Bearer);
    assert!(provider.needs_credential());
}

#[test]
fn custom_paths_follow_each_protocol() {
    for (base, protocol, url) in [
        (
            "http://localhost:1234",
            Protocol::ChatCompletions,
            "http://localhost:1234/v1/chat/completions",
        ),
        (
            "http://localhost:1234/",
            Protocol::Responses,
            "http://localhost:1234/v1/responses",
        ),
        (
            "https://h.example/v1/",
            Protocol::ChatCompletions,
            "https://h.example/v1/chat/completions",
        ),
        (
            "https://h.example/api/paas/v4",
            Protocol::ChatCompletions,
            "https://h.example/api/paas/v4/chat/completions",
        ),
        (
            "https://h.example/v1",
            Protocol::AnthropicMessages,
            "https://h.example/v1/messages",
        ),
        (
            "https://h.example/anthropic/v1",
            Protocol::AnthropicMessages,
            "https://h.example/anthropic/v1/messages",
        ),
        (
            "https://h.example/anthropic",
            Protocol::AnthropicMessages,
            "https://h.example/anthropic/v1/messages",
        ),
    ] {
        let provider = provider(CustomEndpoint {
            protocols: vec![protocol],
            ..endpoint("lab", base)
        });
        let row = &provider.runtime[0];
        assert_eq!(format!("{}{}", row.base_url, row.path), url);
    }
}

#[test]
fn custom_protocol_without_a_choice_is_chat_completions() {
    let provider = provider(endpoint("lab", "https://api.anthropic.com.attacker.example"));
    assert_eq!(provider.runtime[0].protocol, Protocol::ChatCompletions);
}

#[test]
fn custom_messages_endpoint_gets_the_version_and_key_headers() {
    let messages = vec![Protocol::AnthropicMessages];
    let provider = provider(CustomEndpoint {
        protocols: messages,
        ..endpoint("lab", "https://h.example")
    });
    assert_eq!(
        provider.runtime[0].auth,
        AuthStyle::Header("x-api-key".to_owned())
    );
    assert_eq!(provider.runtime[0].headers["anthropic-version"], "2023-06-01");
}

#[test]
fn custom_bad_endpoint_is_refused_with_its_name_and_key() {
    let header = BTreeMap::from([("bad header".to_owned(), "x".to_owned())]);
    let secret = BTreeMap::from([("Authorization".to_owned(), "Bearer x".to_owned())]);
    for (endpoint, key) in [
        (endpoint("lab", "http://llm.example/v1"), "runtime[0].base_url"),
        (
            endpoint("lab", "http://localhost.example/v1"),
            "runtime[0].base_url",
        ),
        (
            endpoint("lab", "https://user:pw@llm.example/v1"),
            "runtime[0].base_url",
        ),
        (endpoint("lab", "file:///etc/passwd"), "runtime[0].base_url"),
        (endpoint("lab", "nonsense"), "base_url"),
        (endpoint("lab", "https://llm.example/v1?key=1"), "base_url"),
        (endpoint("lab", "{api}/v1"), "base_url"),
        (endpoint("", "https://llm.example/v1"), "name"),
        (endpoint("läb", "https://llm.example/v1"), "name"),
        (
            CustomEndpoint {
                headers: header,
                ..endpoint("lab", "https://a.example")
            },
            "runtime[0].headers.bad header",
        ),
        (
            CustomEndpoint {
                headers: secret,
                ..endpoint("lab", "https://a.example")
            },
            "runtime[0].headers.Authorization",
        ),
        (
            CustomEndpoint {
                key_env: Some("A-B".to_owned()),
                ..endpoint("lab", "https://a.example")
            },
            "env[0]",
        ),
    ] {
        let name = endpoint.name.clone();
        let (file, found) = refused(endpoint);
        assert_eq!((file, found.as_str()), (format!("custom endpoint `{name}`"), key));
    }
}

#[test]
fn custom_two_with_one_id_are_refused() {
    let two = vec![
        endpoint("My Lab", "https://a.example"),
        endpoint("my_lab", "https://b.example"),
    ];
    let error = Catalog::load(None, two).unwrap_err();
    assert_eq!(error.kind(), "catalogue_invalid");
    assert!(error.to_string().contains("custom:my-lab"), "{error}");
}

#[test]
fn custom_bare_name_is_found_unless_another_row_has_it() {
    let both = vec![
        endpoint("lab", "https://a.example"),
        endpoint("claude", "https://b.example"),
    ];
    let catalog = Catalog::load(None, both).unwrap();
    assert_eq!(catalog.provider("lab").unwrap().id.as_str(), "custom:lab");
    assert_eq!(catalog.provider("Custom:Lab").unwrap().id.as_str(), "custom:lab");
    assert_eq!(catalog.provider("claude").unwrap().id.as_str(), "anthropic");
    assert_eq!(
        catalog.provider("custom:claude").unwrap().id.as_str(),
        "custom:claude"
    );
}

#[test]
fn custom_settings_refuse_unknown_keys() {
    let good = "name = \"lab\"\nbase_url = \"http://localhost:1\"\nprotocols = [\"chat_completions\"]\n";
    assert!(toml::from_str::<CustomEndpoint>(good).is_ok());
    assert!(toml::from_str::<CustomEndpoint>(&format!("{good}api_key = \"x\"\n")).is_err());
}
