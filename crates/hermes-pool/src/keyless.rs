//! Members for endpoints that want no key: nobody signs in there, so the catalogue itself makes their credential.

use std::collections::HashMap;

use hermes_catalog::{Catalog, Provider};
use hermes_core::{
    Account, Credential, CredentialId, Health, Identity, Material, ProviderId, Secret, Source, UnixMs,
};
use hermes_text::Both;
use hermes_text::errors::pool as text;
use serde_json::Map;

use crate::api::{State, View};
use crate::quota::Left;
use crate::runtime::{self, ProviderSettings};

/// A member for each endpoint of the catalogue that wants no key and that nothing is stored for.
pub(crate) fn members(catalog: &Catalog, is_stored: impl Fn(&ProviderId) -> bool) -> Vec<Credential> {
    let is_open = |provider: &&Provider| !provider.needs_credential() && !is_stored(&provider.id);
    // No row that ships with the program is without a key, and parsing them all would cost every start.
    catalog.own_providers().filter(is_open).map(member).collect()
}

/// Whether a credential was made here and is in no store.
pub(crate) fn is_keyless(credential: &Credential) -> bool {
    matches!(credential.source, Source::Config(_))
}

/// What such a member sends: nothing.
pub(crate) fn material() -> Material {
    Material {
        access: Secret::from(""),
        refresh: None,
        expires: None,
        earliest_refresh: None,
        scopes: Vec::new(),
        extra: Map::new(),
    }
}

/// The endpoints that need no login, as surfaces show them before there is any store.
pub fn keyless_views(catalog: &Catalog, settings: &HashMap<ProviderId, ProviderSettings>) -> Vec<View> {
    let view = |credential: Credential| {
        let provider = catalog.get(&credential.provider)?;
        let settings = settings.get(&credential.provider);
        let (runtimes, ignored) = runtime::resolve(provider, &credential, &Map::new(), settings).ok()?;
        let off = settings.filter(|settings| settings.enabled == Some(false));
        let (state, words) = match off {
            Some(settings) => {
                let words = Both::of(|lang| text::off_by(lang, settings.origin.get(lang)));
                (State::Disabled, words)
            }
            None => (State::Ready, Both::of(text::ready)),
        };
        Some(View {
            credential,
            state,
            words,
            until: None,
            runtimes,
            ignored,
            left: Left::default(),
            in_flight: 0,
            served: 0,
        })
    };
    members(catalog, |_| false).into_iter().filter_map(view).collect()
}

fn member(provider: &Provider) -> Credential {
    let method = provider.login.first().map(|method| method.id.clone());
    stand_in(provider, &method.unwrap_or_default())
}

/// A credential of the provider's default region without an account.
pub(crate) fn stand_in(provider: &Provider, method: &str) -> Credential {
    let base = provider
        .runtime
        .first()
        .map(|row| provider.resolve(&row.base_url, None));
    let host = base
        .and_then(Result::ok)
        .and_then(|url| url.host_str().map(str::to_owned));
    Credential {
        id: CredentialId::named(provider.id.as_str()),
        provider: provider.id.clone(),
        identity: Identity {
            issuer: host.unwrap_or_default(),
            subject: provider.id.to_string(),
            organisation: None,
        },
        label: provider.name.clone(),
        method: method.to_owned(),
        region: None,
        billing: provider.billing,
        priority: 0,
        source: Source::Config(provider.name.clone()),
        account: Account::default(),
        created: UnixMs::from_millis(0),
        refreshed: None,
        generation: 1,
        expires: None,
        earliest_refresh: None,
        has_refresh: false,
        scopes: Vec::new(),
        health: Health::Ready,
        rests: Vec::new(),
        weight: 1,
        resets: 0,
        fingerprint: String::new(),
    }
}
