use std::collections::BTreeMap;

use hermes_core::{Billing, Protocol, ProviderId};
use hermes_text::Both;
use hermes_text::errors::catalog as say;
use serde::Deserialize;
use url::Url;

use crate::names::normalise;
use crate::source::{Fault, Key};
use crate::{
    AuthStyle, CatalogError, IdentityRule, LoginFlow, LoginMethod, Models, Provider, RuleCard, RuleClass,
    RuntimeRow, UrlTemplate, validate,
};

/// Beginning of the id of every custom endpoint.
pub(crate) const PREFIX: &str = "custom:";

/// The API version that Messages endpoints ask for (2023-06-01; the only one there is).
const MESSAGES_VERSION: (&str, &str) = ("anthropic-version", "2023-06-01");

/// An endpoint from the person's own settings.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomEndpoint {
    /// Name; the provider's id is `custom:` and this in lower case with `-` for spaces.
    pub name: String,
    /// Base URL as Chat Completions clients take it, such as `http://127.0.0.1:1234/v1`.
    pub base_url: String,
    /// Protocols it speaks, the preferred one first; without any, Chat Completions.
    #[serde(default)]
    pub protocols: Vec<Protocol>,
    /// Model ids.
    #[serde(default)]
    pub models: Vec<String>,
    /// Environment variable that holds the key.
    #[serde(default)]
    pub key_env: Option<String>,
    /// How the key is attached. Without it: nothing on this machine when `key_env` is absent too, else as each protocol does.
    #[serde(default)]
    pub auth: Option<AuthStyle>,
    /// Headers always sent.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
}

impl CustomEndpoint {
    /// The provider's id.
    pub fn id(&self) -> ProviderId {
        ProviderId::new(format!("{PREFIX}{}", normalise(&self.name)))
    }

    /// What an error about this endpoint names as its place.
    pub(crate) fn place(name: &str) -> Both {
        Both::of(|lang| say::custom_place(lang, &crate::error::shown(name)))
    }

    /// The provider that the endpoint is.
    pub(crate) fn into_provider(self) -> Result<Provider, CatalogError> {
        let name = self.name.clone();
        self.build().map_err(|fault| CatalogError::Invalid {
            file: Self::place(&name),
            line: None,
            key: fault.key.to_string(),
            problem: fault.problem,
        })
    }

    fn build(self) -> Result<Provider, Fault> {
        let base = self.base()?;
        if !crate::names::is_plain(&normalise(&self.name)) {
            return Err(Fault::new(Key::of("name"), say::custom_name));
        }
        let local = validate::is_loopback(&base);
        let keyless = local && self.key_env.is_none();
        let protocols = match self.protocols.as_slice() {
            [] => vec![Protocol::ChatCompletions],
            given => given.to_vec(),
        };
        let runtime = protocols
            .iter()
            .map(|protocol| self.runtime(*protocol, &base, keyless))
            .collect();
        let provider = Provider {
            id: self.id(),
            summary: Both::of(|lang| say::custom_summary(lang, base.host_str().unwrap_or_default())),
            name: self.name,
            aliases: Vec::new(),
            docs: None,
            billing: if local { Billing::Local } else { Billing::Metered },
            hosts: BTreeMap::new(),
            regions: Vec::new(),
            login: vec![key_login()],
            runtime,
            env: self.key_env.into_iter().collect(),
            key_prefixes: Vec::new(),
            validation: None,
            models: Models {
                default: self.models.first().cloned(),
                known: self.models,
                vendor_names: false,
            },
            quota: None,
            quirks: Vec::new(),
            errors: Vec::new(),
        };
        validate::provider(&provider)?;
        Ok(provider)
    }

    fn base(&self) -> Result<Url, Fault> {
        let key = Key::of("base_url");
        let url = Url::parse(&self.base_url)
            .map_err(|error| Fault::new(key.clone(), |lang| say::not_url(lang, &self.base_url, error)))?;
        if url.query().is_some() || url.fragment().is_some() || self.base_url.contains(['{', '}']) {
            return Err(Fault::new(key, say::not_bare_url));
        }
        Ok(url)
    }

    fn runtime(&self, protocol: Protocol, base: &Url, keyless: bool) -> RuntimeRow {
        let messages = protocol == Protocol::AnthropicMessages;
        let (base_url, path, models_path) = paths(protocol, base);
        let by_protocol = match protocol {
            _ if keyless => AuthStyle::None,
            Protocol::AnthropicMessages => AuthStyle::Header("x-api-key".to_owned()),
            Protocol::Gemini => AuthStyle::Header("x-goog-api-key".to_owned()),
            Protocol::ChatCompletions | Protocol::Responses => AuthStyle::Bearer,
        };
        let mut headers = self.headers.clone();
        if messages
            && !headers
                .keys()
                .any(|name| name.eq_ignore_ascii_case(MESSAGES_VERSION.0))
        {
            headers.insert(MESSAGES_VERSION.0.to_owned(), MESSAGES_VERSION.1.to_owned());
        }
        RuntimeRow {
            protocol,
            base_url: UrlTemplate::new(base_url),
            path,
            count_path: None,
            models_path: Some(models_path),
            auth: self.auth.clone().unwrap_or(by_protocol),
            headers,
            headers_from: BTreeMap::new(),
            betas_removed: Vec::new(),
            betas_added: Vec::new(),
            methods: Vec::new(),
            base_from: None,
        }
    }
}

/// Base URL, generating path and model list. Messages and Gemini clients put the version into the path, the others into the base; a
/// bare host gets the `/v1` that servers on one's own machine have.
fn paths(protocol: Protocol, base: &Url) -> (String, String, String) {
    let bare = base.path().trim_matches('/').is_empty();
    let call = |path: &str| {
        if bare {
            format!("/v1{path}")
        } else {
            path.to_owned()
        }
    };
    match protocol {
        Protocol::AnthropicMessages => (
            root(base, "/v1"),
            "/v1/messages".to_owned(),
            "/v1/models".to_owned(),
        ),
        Protocol::Gemini => {
            let models = "/v1beta/models".to_owned();
            (root(base, "/v1beta"), models.clone(), models)
        }
        Protocol::ChatCompletions => (trimmed(base), call("/chat/completions"), call("/models")),
        Protocol::Responses => (trimmed(base), call("/responses"), call("/models")),
    }
}

fn trimmed(base: &Url) -> String {
    base.as_str().trim_end_matches('/').to_owned()
}

/// The base without the version at its end.
fn root(base: &Url, version: &str) -> String {
    let base = trimmed(base);
    base.strip_suffix(version).unwrap_or(&base).to_owned()
}

fn key_login() -> LoginMethod {
    LoginMethod {
        id: "key".to_owned(),
        name: Both::of(say::api_key),
        billing: None,
        key_prefixes: Vec::new(),
        card: RuleCard {
            class: RuleClass::Allowed,
            date: "2026-11".to_owned(),
            source: Both::of(say::custom_source),
            text: Both::of(say::custom_rule),
        },
        refresh: None,
        revoke: None,
        identity: IdentityRule::default(),
        flow: LoginFlow::ApiKey,
    }
}
