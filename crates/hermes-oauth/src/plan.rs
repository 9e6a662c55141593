use std::fmt;
use std::sync::Arc;

use hermes_catalog::{LoginFlow, LoginMethod, Loopback, Provider, UrlTemplate};
use hermes_core::{Clock, Random};
use hermes_http::Http;
use hermes_text::Both;
use hermes_text::errors::oauth as say;
use url::Url;

use crate::OauthError;

/// The outside things a login needs. Clones share them.
#[derive(Clone)]
pub struct Engine {
    /// The HTTP client.
    pub http: Http,
    /// Time and waiting.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

/// Which login of which provider, checked against the catalogue.
#[derive(Clone, Debug)]
pub struct Plan {
    provider: Arc<Provider>,
    method: usize,
    region: Option<String>,
    label: Option<String>,
}

impl Plan {
    /// Picks a login method, by id or by kind (`device`, `browser`, `paste`, `key`), and a region; the provider's first where none is named.
    ///
    /// # Errors
    /// [`OauthError::Unsupported`] for a method this program has no engine for, [`OauthError::Catalog`] for names the row does not
    /// have.
    pub fn new(
        provider: Arc<Provider>,
        method: Option<&str>,
        region: Option<&str>,
        label: Option<String>,
    ) -> Result<Self, OauthError> {
        let id = &provider.method(method)?.id;
        let method = provider
            .login
            .iter()
            .position(|one| one.id == *id)
            .unwrap_or_default();
        if let LoginFlow::Unsupported { name } = &provider.login[method].flow {
            return Err(OauthError::Unsupported {
                provider: provider.id.clone(),
                flow: name.clone(),
            });
        }
        let region = provider.region(region)?.map(|region| region.id.clone());
        Ok(Self {
            provider,
            method,
            region,
            label,
        })
    }

    /// The same login by another method of the row.
    pub(crate) fn with_method(&self, method: &LoginMethod) -> Self {
        let place = self.provider.login.iter().position(|one| one.id == method.id);
        Self {
            method: place.unwrap_or(self.method),
            ..self.clone()
        }
    }

    /// The provider's row.
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// The login method.
    pub fn method(&self) -> &LoginMethod {
        &self.provider.login[self.method]
    }

    /// The region's id; none where the provider has no regions.
    pub fn region(&self) -> Option<&str> {
        self.region.as_deref()
    }

    /// The label the person chose.
    pub fn label(&self) -> Option<&str> {
        self.label.as_deref()
    }

    /// The loopback callback of a browser login; bind a [`crate::Listener`] to it before the attempt starts.
    pub fn loopback(&self) -> Option<&Loopback> {
        match &self.method().flow {
            LoginFlow::Browser(browser) => browser.loopback.as_ref(),
            _ => None,
        }
    }

    /// Whether the code can be pasted, so that the login needs no callback.
    pub fn takes_paste(&self) -> bool {
        matches!(&self.method().flow, LoginFlow::Browser(browser) if browser.paste_redirect.is_some())
    }

    /// Whether the loopback callback needs a random path segment because the login carries no `state`.
    pub fn random_path(&self) -> bool {
        matches!(&self.method().flow, LoginFlow::Browser(browser) if !browser.standard)
    }

    /// A URL template with the region's hosts put in.
    pub(crate) fn resolve(&self, template: &UrlTemplate) -> Result<Url, OauthError> {
        Ok(self.provider.resolve(template, self.region())?)
    }

    /// The host that stands for the issuer: the first token endpoint's, whichever endpoint served the login.
    pub(crate) fn issuer(&self) -> Result<String, OauthError> {
        let template = match &self.method().flow {
            LoginFlow::DeviceCode(flow) => Some(&flow.token),
            LoginFlow::UserCode(flow) => flow.endpoints.first().map(|pair| &pair.token),
            LoginFlow::DeviceAuth(flow) => Some(&flow.token),
            LoginFlow::Browser(flow) => Some(&flow.token),
            LoginFlow::ApiKey | LoginFlow::Unsupported { .. } => self
                .provider
                .runtime_row(None, &self.method().id)
                .map(|row| &row.base_url),
        };
        let template = template.ok_or_else(|| OauthError::Row {
            problem: Both::of(|lang| say::row_no_host(lang, &self.provider.id, &self.method().id)),
        })?;
        Ok(self.resolve(template)?.host_str().unwrap_or_default().to_owned())
    }
}
