use std::collections::{BTreeMap, BTreeSet};

use hermes_core::{Origin, Protocol};
use url::Url;

use crate::names::normalise;
use crate::{
    AuthStyle, CatalogError, LoginFlow, LoginMethod, Provider, Quirks, Region, RuntimeRow, UrlTemplate, Yield,
};

impl Provider {
    /// The region of this id; the first without an id, and `None` where the provider has no regions.
    ///
    /// # Errors
    /// [`CatalogError::UnknownRegion`], which lists those it has.
    pub fn region(&self, id: Option<&str>) -> Result<Option<&Region>, CatalogError> {
        let Some(id) = id else {
            return Ok(self.regions.first());
        };
        let wanted = normalise(id);
        match self.regions.iter().find(|region| region.id == wanted) {
            Some(region) => Ok(Some(region)),
            None => Err(CatalogError::UnknownRegion {
                provider: self.id.clone(),
                name: id.to_owned(),
                known: self.regions.iter().map(|region| region.id.clone()).collect(),
            }),
        }
    }

    /// The named origins in a region, the default one without an id; only those of the provider itself where the region is
    /// not known.
    pub fn hosts(&self, region: Option<&str>) -> BTreeMap<String, String> {
        self.hosts_in(self.region(region).unwrap_or(None))
    }

    /// The login method with this id, or the first of the kind that `device`, `browser`, `paste` or `key` names; the default
    /// one without a name.
    ///
    /// # Errors
    /// [`CatalogError::UnknownMethod`], which lists those it has.
    pub fn method(&self, name: Option<&str>) -> Result<&LoginMethod, CatalogError> {
        let found = match name {
            None => self.login.first(),
            Some(name) => {
                let wanted = normalise(name);
                let by_id = self.login.iter().find(|method| method.id == wanted);
                by_id.or_else(|| self.method_of_kind(&wanted))
            }
        };
        found.ok_or_else(|| CatalogError::UnknownMethod {
            provider: self.id.clone(),
            name: name.unwrap_or("default").to_owned(),
            known: self.login.iter().map(|method| method.id.clone()).collect(),
        })
    }

    /// A template's URL in a region.
    ///
    /// # Errors
    /// The region is not known, or the template names a host that the provider does not have.
    pub fn resolve(&self, template: &UrlTemplate, region: Option<&str>) -> Result<Url, CatalogError> {
        let hosts = self.hosts_in(self.region(region)?);
        template
            .resolve(&hosts)
            .map_err(|problem| CatalogError::Template {
                provider: self.id.clone(),
                template: template.to_string(),
                problem,
            })
    }

    /// Where a credential may be sent when it is used in a region: the base URLs, the hosts that a token answer may name
    /// instead, and the validation and quota calls. Nothing for a region that is not known.
    pub fn inference_origins(&self, region: Option<&str>) -> Vec<Origin> {
        let Ok(region) = self.region(region) else {
            return Vec::new();
        };
        let quota = self.quota.as_ref().and_then(|quota| quota.call.as_ref());
        let calls = self.validation.iter().chain(quota).map(|call| &call.url);
        let templates = self.runtime.iter().map(|row| &row.base_url).chain(calls);
        let named = self.runtime.iter().filter_map(|row| row.base_from.as_ref());
        let named = named.flat_map(|base| base.hosts.iter().map(String::as_str));
        self.origins(region, templates, named)
    }

    /// What it does otherwise than a protocol says, for a model.
    pub fn quirks_of(&self, protocol: Protocol, model: &str) -> Quirks {
        let fitting = self.quirks.iter().filter(|row| row.fits(protocol, model));
        fitting.fold(Quirks::default(), Quirks::under)
    }

    /// Whether it takes a narrower form of a protocol than clients of that protocol send.
    pub fn is_narrow(&self, protocol: Protocol, model: &str) -> bool {
        let fitting = self.quirks.iter().filter(|row| row.fits(protocol, model));
        fitting.filter_map(|row| row.narrow).next_back() == Some(true)
    }

    /// The field of its events that says who the account is.
    pub fn withheld(&self, protocol: Protocol, model: &str) -> Option<&str> {
        let fitting = self.quirks.iter().filter(|row| row.fits(protocol, model));
        fitting.filter_map(|row| row.withheld.as_deref()).next_back()
    }

    /// Where the call goes that tells what is left of a plan.
    pub fn quota_origin(&self, region: Option<&str>) -> Option<Origin> {
        let call = self.quota.as_ref()?.call.as_ref()?;
        origin_of(&self.resolve(&call.url, region).ok()?)
    }

    /// Where the codes and tokens of a login method may be sent in a region: the calls of its steps, refresh, revocation and
    /// key mint, and the hosts they may redirect to; not the pages a person opens. Nothing for a region that is not known.
    pub fn token_origins(&self, method: &LoginMethod, region: Option<&str>) -> Vec<Origin> {
        let Ok(region) = self.region(region) else {
            return Vec::new();
        };
        let (mut templates, mut hosts): (Vec<&UrlTemplate>, Vec<&String>) = match &method.flow {
            LoginFlow::DeviceCode(flow) => (vec![&flow.device, &flow.token], Vec::new()),
            LoginFlow::UserCode(flow) => (
                flow.endpoints
                    .iter()
                    .flat_map(|pair| [&pair.code, &pair.token])
                    .collect(),
                flow.redirect_hosts.iter().collect(),
            ),
            LoginFlow::DeviceAuth(flow) => (vec![&flow.user_code, &flow.poll, &flow.token], Vec::new()),
            LoginFlow::Browser(flow) => match &flow.yields {
                Yield::MintedKey { mint, .. } => (vec![&flow.token, mint], Vec::new()),
                Yield::Tokens | Yield::Key { .. } => (vec![&flow.token], Vec::new()),
            },
            LoginFlow::ApiKey | LoginFlow::Unsupported { .. } => (Vec::new(), Vec::new()),
        };
        if let Some(refresh) = &method.refresh {
            templates.extend(&refresh.endpoints);
            hosts.extend(&refresh.redirect_hosts);
        }
        templates.extend(method.revoke.as_ref().map(|revoke| &revoke.endpoint));
        self.origins(region, templates, hosts.into_iter().map(String::as_str))
    }

    /// Where the refresh token of a login method may be sent in a region: its refresh endpoints and the hosts they may redirect
    /// to. Nothing for a region that is not known.
    pub fn refresh_origins(&self, method: &LoginMethod, region: Option<&str>) -> Vec<Origin> {
        let (Ok(region), Some(refresh)) = (self.region(region), &method.refresh) else {
            return Vec::new();
        };
        let hosts = refresh.redirect_hosts.iter().map(String::as_str);
        self.origins(region, &refresh.endpoints, hosts)
    }

    /// The runtime row for a protocol and a login method; the first that fits, and any protocol without one given.
    pub fn runtime_row(&self, protocol: Option<Protocol>, method: &str) -> Option<&RuntimeRow> {
        self.runtime.iter().find(|row| {
            protocol.is_none_or(|protocol| row.protocol == protocol)
                && (row.methods.is_empty() || row.methods.iter().any(|id| id == method))
        })
    }

    /// Whether requests need a credential at all; an endpoint on this machine may not.
    pub fn needs_credential(&self) -> bool {
        self.runtime.iter().any(|row| row.auth != AuthStyle::None)
    }

    /// Whether it can be asked which models it serves.
    pub fn tells_models(&self) -> bool {
        self.runtime.iter().any(|row| row.models_path.is_some())
    }

    /// The named origins of each region, or the provider's own where it has none.
    pub(crate) fn hosts_of_all_regions(&self) -> Vec<BTreeMap<String, String>> {
        if self.regions.is_empty() {
            return vec![self.hosts.clone()];
        }
        self.regions
            .iter()
            .map(|region| self.hosts_in(Some(region)))
            .collect()
    }

    fn hosts_in(&self, region: Option<&Region>) -> BTreeMap<String, String> {
        let mut hosts = self.hosts.clone();
        if let Some(region) = region {
            hosts.extend(region.hosts.clone());
        }
        hosts
    }

    fn method_of_kind(&self, kind: &str) -> Option<&LoginMethod> {
        self.login.iter().find(|method| match (&method.flow, kind) {
            (LoginFlow::DeviceCode(_) | LoginFlow::UserCode(_) | LoginFlow::DeviceAuth(_), "device")
            | (LoginFlow::ApiKey, "key") => true,
            (LoginFlow::Browser(flow), "browser") => flow.loopback.is_some(),
            (LoginFlow::Browser(flow), "paste") => flow.paste_redirect.is_some(),
            _ => false,
        })
    }

    fn origins<'a>(
        &self,
        region: Option<&Region>,
        templates: impl IntoIterator<Item = &'a UrlTemplate>,
        hosts: impl IntoIterator<Item = &'a str>,
    ) -> Vec<Origin> {
        let named = self.hosts_in(region);
        let resolved = templates
            .into_iter()
            .filter_map(|template| template.resolve(&named).ok());
        let resolved = resolved.filter_map(|url| origin_of(&url));
        let listed = hosts.into_iter().map(|host| Origin::new("https", host, 443));
        resolved
            .chain(listed)
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    }
}

fn origin_of(url: &Url) -> Option<Origin> {
    Some(Origin::new(
        url.scheme(),
        url.host_str()?,
        url.port_or_known_default()?,
    ))
}
