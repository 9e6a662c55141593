//! Where a stored credential may be sent: to the addresses of the row that ships with the program, and to those that were
//! in force when it was signed in.
//!
//! Catalogue files, settings and the environment may be somebody else's, so none of them can widen this for a credential
//! that is stored already.

use hermes_catalog::{Catalog, LoginMethod, Provider};
use hermes_core::{Credential, NewCredential, Origin};
use hermes_text::Both;
use hermes_text::errors::pool as text;
use serde_json::{Map, Value, json};

use crate::runtime::Runtime;

/// The kept field of a credential that lists the origins of its login; sealed with it. The catalogue lets no row keep a
/// field of this name.
const FIELD: &str = "origins";

/// The origins that a credential may reach.
pub(crate) struct Bounds<'a> {
    credential: &'a Credential,
    /// For requests.
    inference: Vec<Origin>,
    /// For what renews and ends it.
    token: Vec<Origin>,
}

/// Notes with a login, sealed with its secrets, where it may be sent from now on: to the addresses that this row names for
/// its method and region. The row must be the one that the person has just signed in with.
pub fn note_origins(login: &mut NewCredential, provider: &Provider) {
    let region = login.region.as_deref();
    let texts = |origins: Vec<Origin>| origins.iter().map(ToString::to_string).collect::<Vec<_>>();
    let noted = json!({
        "inference": texts(provider.inference_origins(region)),
        "token": texts(token_origins(provider, &login.method, region)),
    });
    login.material.extra.insert(FIELD.to_owned(), noted);
}

/// Keeps the note of the login over a renewal.
pub(crate) fn carry(from: &Map<String, Value>, to: &mut Map<String, Value>) {
    match from.get(FIELD) {
        Some(noted) => to.insert(FIELD.to_owned(), noted.clone()),
        None => to.remove(FIELD),
    };
}

impl<'a> Bounds<'a> {
    /// The bounds of a credential; `extra` holds its kept fields, an empty one gives what holds for every login.
    pub(crate) fn of(catalog: &Catalog, credential: &'a Credential, extra: &Map<String, Value>) -> Self {
        let (mut inference, mut token) = (noted(extra, "inference"), noted(extra, "token"));
        if let Some(shipped) = catalog.shipped(&credential.provider) {
            let region = credential.region.as_deref();
            inference.extend(shipped.inference_origins(region));
            token.extend(token_origins(shipped, &credential.method, region));
        }
        Self {
            credential,
            inference,
            token,
        }
    }

    /// What is wrong with sending requests this way, in words that name the old address and the new one.
    pub(crate) fn check_runtime(&self, runtime: &Runtime) -> Result<(), Both> {
        self.check(&self.inference, &runtime.origins())
    }

    /// The same for the call that tells what is left of its plan.
    pub(crate) fn check_quota(&self, provider: &Provider) -> Result<(), Both> {
        let origin = provider.quota_origin(self.credential.region.as_deref());
        self.check(&self.inference, origin.as_slice())
    }

    /// The same for the endpoints that renew its token.
    pub(crate) fn check_refresh(&self, provider: &Provider) -> Result<(), Both> {
        let region = self.credential.region.as_deref();
        let method = method(provider, &self.credential.method);
        let origins = method.map(|method| provider.refresh_origins(method, region));
        self.check(&self.token, &origins.unwrap_or_default())
    }

    /// The same for every endpoint that its token may be sent to, such as the one that ends it.
    pub(crate) fn check_tokens(&self, provider: &Provider) -> Result<(), Both> {
        let region = self.credential.region.as_deref();
        self.check(
            &self.token,
            &token_origins(provider, &self.credential.method, region),
        )
    }

    fn check(&self, allowed: &[Origin], wanted: &[Origin]) -> Result<(), Both> {
        let Some(moved) = wanted.iter().find(|origin| !allowed.contains(origin)) else {
            return Ok(());
        };
        let provider = &self.credential.provider;
        Err(Both::of(|lang| match allowed.first() {
            Some(made_for) => text::signed_in_for(lang, made_for, moved, provider),
            None => text::signed_in_for_none(lang, moved, provider),
        }))
    }
}

fn token_origins(provider: &Provider, name: &str, region: Option<&str>) -> Vec<Origin> {
    let method = method(provider, name);
    method
        .map(|method| provider.token_origins(method, region))
        .unwrap_or_default()
}

fn method<'a>(provider: &'a Provider, name: &str) -> Option<&'a LoginMethod> {
    provider.login.iter().find(|method| method.id == name)
}

fn noted(extra: &Map<String, Value>, kind: &str) -> Vec<Origin> {
    let list = extra
        .get(FIELD)
        .and_then(|noted| noted.get(kind))
        .and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.filter_map(parse).collect()
}

fn parse(text: &str) -> Option<Origin> {
    let url = url::Url::parse(text).ok()?;
    Some(Origin::new(
        url.scheme(),
        url.host_str()?,
        url.port_or_known_default()?,
    ))
}
