use hermes_core::{ExitKind, Explain, Lang, Origin};
use pretty_assertions::assert_eq;

use super::{builtin, with_overlay};
use crate::{CatalogError, LoginFlow, UrlTemplate};

#[test]
fn region_without_a_name_is_the_first() {
    let catalog = builtin();
    let provider = catalog.provider("minimax-oauth").unwrap();
    assert_eq!(provider.region(None).unwrap().unwrap().id, "global");
    assert_eq!(provider.region(Some("CN")).unwrap().unwrap().id, "cn");
    assert!(catalog.provider("nous").unwrap().region(None).unwrap().is_none());
}

#[test]
fn region_unknown_lists_the_known() {
    let catalog = builtin();
    let error = catalog
        .provider("minimax-oauth")
        .unwrap()
        .region(Some("eu"))
        .unwrap_err();
    let CatalogError::UnknownRegion { known, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(known, &["global", "cn"]);
    assert_eq!((error.kind(), error.exit()), ("unknown_region", ExitKind::Usage));
    assert_eq!(error.hint(Lang::En).unwrap(), "Known regions: `global`, `cn`.");
    let none = catalog.provider("nous").unwrap().region(Some("cn")).unwrap_err();
    assert!(none.hint(Lang::En).unwrap().contains("no regions"));
}

#[test]
fn resolve_every_minimax_url_belongs_to_its_region() {
    let catalog = builtin();
    let provider = catalog.provider("minimax-oauth").unwrap();
    let LoginFlow::UserCode(flow) = &provider.login[0].flow else {
        panic!("user code")
    };
    let pairs = flow.endpoints.iter().flat_map(|pair| [&pair.code, &pair.token]);
    let refresh = &provider.login[0].refresh.as_ref().unwrap().endpoints;
    let quota = &provider.quota.as_ref().unwrap().call.as_ref().unwrap().url;
    let templates: Vec<&UrlTemplate> = pairs
        .chain(refresh)
        .chain([&provider.runtime[0].base_url, quota])
        .collect();
    for (region, domain) in [
        (None, "minimax.io"),
        (Some("global"), "minimax.io"),
        (Some("cn"), "minimaxi.com"),
    ] {
        let urls: Vec<String> = templates
            .iter()
            .map(|template| provider.resolve(template, region).unwrap().to_string())
            .collect();
        let expected = [
            format!("https://account.{domain}/oauth2/device/code"),
            format!("https://account.{domain}/oauth2/token"),
            format!("https://api.{domain}/oauth/code"),
            format!("https://api.{domain}/oauth/token"),
            format!("https://account.{domain}/oauth2/token"),
            format!("https://api.{domain}/oauth/token"),
            format!("https://api.{domain}/anthropic"),
            format!("https://api.{domain}/v1/token_plan/remains"),
        ];
        assert_eq!(urls, expected, "{region:?}");
    }
}

#[test]
fn resolve_unknown_host_or_region_is_an_error() {
    let catalog = builtin();
    let provider = catalog.provider("minimax-oauth").unwrap();
    let error = provider
        .resolve(&UrlTemplate::new("{nowhere}/x"), None)
        .unwrap_err();
    assert_eq!(error.kind(), "url_template_unusable");
    assert!(error.to_string().contains("`nowhere`"), "{error}");
    assert!(
        provider
            .resolve(&UrlTemplate::new("{api}/x"), Some("eu"))
            .is_err()
    );
}

#[test]
fn hosts_of_a_region_replace_the_provider_ones() {
    let catalog = builtin();
    let provider = catalog.provider("minimax-oauth").unwrap();
    assert_eq!(provider.hosts(None)["api"], "https://api.minimax.io");
    assert_eq!(provider.hosts(Some("cn"))["api"], "https://api.minimaxi.com");
}

#[test]
fn method_ids_and_kinds_find_the_first_that_fits() {
    let catalog = builtin();
    for (provider, name, id) in [
        ("minimax-oauth", None, "device"),
        ("minimax-oauth", Some("device"), "device"),
        ("nous", Some("Device"), "device"),
        ("openai-codex", Some("device"), "device"),
        ("anthropic", None, "key"),
        ("anthropic", Some("plan"), "plan"),
        ("anthropic", Some("browser"), "console"),
        ("anthropic", Some("paste"), "console"),
        ("openrouter", Some("browser"), "browser"),
        ("minimax", Some("plan_key"), "plan-key"),
    ] {
        assert_eq!(
            catalog.provider(provider).unwrap().method(name).unwrap().id,
            id,
            "{provider} {name:?}"
        );
    }
}

#[test]
fn method_of_a_kind_that_is_absent_lists_the_known() {
    let catalog = builtin();
    for (provider, name) in [
        ("nous", "key"),
        ("openrouter", "paste"),
        ("deepseek", "device"),
        ("nous", "nonsense"),
    ] {
        let error = catalog
            .provider(provider)
            .unwrap()
            .method(Some(name))
            .unwrap_err();
        assert_eq!(
            (error.kind(), error.exit()),
            ("unknown_method", ExitKind::Usage),
            "{provider} {name}"
        );
        assert!(error.hint(Lang::En).unwrap().starts_with("Known methods: `"));
    }
}

#[test]
fn inference_origins_hold_base_and_named_hosts_only() {
    let catalog = builtin();
    let provider = catalog.provider("minimax-oauth").unwrap();
    let both = ["api.minimax.io", "api.minimaxi.com"].map(|host| Origin::new("https", host, 443));
    assert_eq!(provider.inference_origins(None), both);
    let cn = catalog.provider("minimax-cn").unwrap();
    assert_eq!(
        cn.inference_origins(None),
        [Origin::new("https", "api.minimaxi.com", 443)]
    );
    assert_eq!(provider.inference_origins(Some("eu")), []);
}

#[test]
fn token_origins_leave_out_the_pages_a_person_opens() {
    let catalog = builtin();
    let provider = catalog.provider("anthropic").unwrap();
    let origins = |method: &str| {
        let method = provider.method(Some(method)).unwrap();
        provider
            .token_origins(method, None)
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
    };
    assert_eq!(origins("plan"), ["https://platform.claude.com"]);
    assert_eq!(
        origins("console"),
        ["https://api.anthropic.com", "https://platform.claude.com"]
    );
    assert_eq!(origins("key"), [""; 0]);
    assert_eq!(
        provider.token_origins(provider.method(Some("plan")).unwrap(), Some("eu")),
        []
    );
}

#[test]
fn token_origins_hold_the_allowed_redirects() {
    let catalog = builtin();
    let provider = catalog.provider("minimax-oauth").unwrap();
    let origins = provider.token_origins(&provider.login[0], Some("cn"));
    assert_eq!(origins.len(), 6);
    assert!(
        origins
            .iter()
            .all(|origin| origin.scheme() == "https" && origin.port() == 443)
    );
}

#[test]
fn origins_of_a_loopback_overlay_keep_scheme_and_port() {
    let file = "id = \"deepseek\"\n[hosts]\napi = \"http://127.0.0.1:9001\"\n";
    let catalog = with_overlay(&[("lab.toml", file)]).unwrap();
    let provider = catalog.provider("deepseek").unwrap();
    assert_eq!(
        provider.inference_origins(None),
        [Origin::new("http", "127.0.0.1", 9001)]
    );
}
