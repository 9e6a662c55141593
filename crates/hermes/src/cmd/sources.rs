//! Keys in the environment: shown as found, adopted only by a person, and not shown again once they were removed.

use hermes_core::{ProviderId, Source};
use hermes_pool::View;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::failure::Failure;

/// The setting that lists the removed sources.
const REMOVED: &str = "removed_sources";

/// A key in the environment that no login was made from. It is never used by itself.
#[derive(Serialize)]
pub(super) struct Found {
    provider: ProviderId,
    env: String,
    /// What adopts it.
    command: String,
}

/// A variable that a person does not want to be offered for a provider any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Removed {
    provider: ProviderId,
    env: String,
}

/// Keys in the environment for providers that nothing is signed in to: of one provider, or of all.
pub(super) async fn found(
    app: &App<'_>,
    provider: Option<&str>,
    views: &[View],
) -> Result<Vec<Found>, Failure> {
    let only = match provider {
        Some(name) => Some(app.provider(name).await?.id),
        None => None,
    };
    let removed = removed(app).await?;
    let is_new = |id: &ProviderId| {
        only.as_ref().is_none_or(|one| one == id) && views.iter().all(|view| view.credential.provider != *id)
    };
    let is_wanted =
        |id: &ProviderId, name: &str| !removed.iter().any(|one| one.provider == *id && one.env == name);
    let rows = app.catalog().await?.env_names().filter(|(id, _)| is_new(id));
    let found = rows.filter_map(|(id, names)| {
        let here = |name: &&String| app.env.get(name).is_some() && is_wanted(id, name);
        let env = names.iter().find(here)?;
        Some(Found {
            provider: id.clone(),
            env: env.clone(),
            command: format!("hermes auth add {id} --from-env {env}"),
        })
    });
    Ok(found.collect())
}

pub(super) fn tell(app: &App<'_>, found: &[Found]) {
    for Found {
        provider,
        env,
        command,
    } in found
    {
        app.printer.say(format_args!(
            "Found a key for `{provider}` in `{env}`; it is not used until you adopt it with `{command}`."
        ));
    }
}

async fn removed(app: &App<'_>) -> Result<Vec<Removed>, Failure> {
    let Some(store) = app.existing_store().await? else {
        return Ok(Vec::new());
    };
    let text = store.setting(REMOVED).await?;
    // A list that cannot be read only offers a key once more.
    Ok(text
        .and_then(|text| serde_json::from_str(&text).ok())
        .unwrap_or_default())
}

async fn keep(app: &App<'_>, removed: &[Removed]) -> Result<(), Failure> {
    let text = serde_json::to_string(removed).expect("a list of names is valid JSON");
    let value = (!removed.is_empty()).then_some(text.as_str());
    Ok(app.store().await?.set_setting(REMOVED, value).await?)
}

/// Notes that a login was removed, so that its variable is not offered again.
pub(super) async fn forget(app: &App<'_>, view: &View) -> Result<(), Failure> {
    let Source::Env(env) = &view.credential.source else {
        return Ok(());
    };
    let one = Removed {
        provider: view.credential.provider.clone(),
        env: env.clone(),
    };
    let mut list = removed(app).await?;
    if list.contains(&one) {
        return Ok(());
    }
    app.printer.note(format_args!(
        "`{env}` is not offered again; `hermes auth add {} --from-env {env}` takes it back",
        one.provider
    ));
    list.push(one);
    keep(app, &list).await
}

/// A person adopted a variable: it is offered again when its login is gone in another way.
pub(super) async fn welcome(app: &App<'_>, provider: &ProviderId, env: &str) -> Result<(), Failure> {
    let list = removed(app).await?;
    let left: Vec<_> = list
        .iter()
        .filter(|one| one.provider != *provider || one.env != env)
        .cloned()
        .collect();
    if left.len() == list.len() {
        return Ok(());
    }
    keep(app, &left).await
}
