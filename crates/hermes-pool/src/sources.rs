//! Keys in the environment: shown as found, adopted only by a person, and not shown again once they were removed.

use hermes_catalog::Catalog;
use hermes_core::{Credential, Env, ProviderId, Source};
use hermes_store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use crate::api::View;

/// The setting that lists the removed sources.
const REMOVED: &str = "removed_sources";

/// A key in the environment that no login was made from. It is never used by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Provider.
    pub provider: ProviderId,
    /// The variable.
    pub env: String,
}

/// A variable that a person does not want to be offered for a provider any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Removed {
    provider: ProviderId,
    env: String,
}

/// Keys in the environment for providers that nothing is signed in to. Without a store none was removed yet.
///
/// # Errors
/// Those of the store.
pub async fn found_keys(
    store: Option<&dyn Store>,
    catalog: &Catalog,
    env: &Env,
    views: &[View],
) -> Result<Vec<Found>, StoreError> {
    let removed = match store {
        Some(store) => removed(store).await?,
        None => Vec::new(),
    };
    let is_new = |id: &ProviderId| views.iter().all(|view| view.credential.provider != *id);
    let is_wanted =
        |id: &ProviderId, name: &str| !removed.iter().any(|one| one.provider == *id && one.env == name);
    let rows = catalog.env_names().filter(|(id, _)| is_new(id));
    let found = rows.filter_map(|(id, names)| {
        let here = |name: &&String| env.get(name).is_some() && is_wanted(id, name);
        let env = names.iter().find(here)?;
        Some(Found {
            provider: id.clone(),
            env: env.clone(),
        })
    });
    Ok(found.collect())
}

async fn removed(store: &dyn Store) -> Result<Vec<Removed>, StoreError> {
    let text = store.setting(REMOVED).await?;
    // A list that cannot be read only offers a key once more.
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

async fn keep(store: &dyn Store, removed: &[Removed]) -> Result<(), StoreError> {
    let text = serde_json::to_string(removed).expect("a list of names is valid JSON");
    let value = (!removed.is_empty()).then_some(text.as_str());
    store.set_setting(REMOVED, value).await
}

/// Notes that a login was removed, so that its variable is not offered again.
pub(crate) async fn forget(store: &dyn Store, row: &Credential) -> Result<(), StoreError> {
    let Source::Env(env) = &row.source else {
        return Ok(());
    };
    let one = Removed {
        provider: row.provider.clone(),
        env: env.clone(),
    };
    let mut list = removed(store).await?;
    if list.contains(&one) {
        return Ok(());
    }
    list.push(one);
    keep(store, &list).await
}

/// A person adopted a variable: it is offered again when its login is gone in another way.
pub(crate) async fn welcome(store: &dyn Store, row: &Credential) -> Result<(), StoreError> {
    let Source::Env(env) = &row.source else {
        return Ok(());
    };
    let mut list = removed(store).await?;
    let before = list.len();
    list.retain(|one| one.provider != row.provider || one.env != *env);
    if list.len() == before {
        return Ok(());
    }
    keep(store, &list).await
}
