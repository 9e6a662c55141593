//! Keys in the environment, as the terminal tells of them.

use hermes_core::{ProviderId, Source};
use hermes_pool::{View, found_keys};
use hermes_text::cli::account as words;
use serde::Serialize;

use crate::app::App;
use crate::failure::Failure;

/// A key in the environment that no login was made from.
#[derive(Serialize)]
pub(super) struct Found {
    provider: ProviderId,
    env: String,
    /// What adopts it.
    command: String,
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
    let store = app.existing_store().await?.map(AsRef::as_ref);
    let found = found_keys(store, app.catalog().await?, &app.env, views).await?;
    let wanted = found
        .into_iter()
        .filter(|one| only.as_ref().is_none_or(|only| *only == one.provider));
    Ok(wanted
        .map(|one| Found {
            command: format!("hermes auth add {} --from-env {}", one.provider, one.env),
            provider: one.provider,
            env: one.env,
        })
        .collect())
}

pub(super) fn tell(app: &App<'_>, found: &[Found]) {
    for Found {
        provider,
        env,
        command,
    } in found
    {
        app.printer
            .say(words::found(app.lang(), provider.as_str(), env, command));
    }
}

/// Tells that the variable of a removed login is not offered again.
pub(super) fn tell_forgotten(app: &App<'_>, view: &View) {
    if let Source::Env(env) = &view.credential.source {
        let provider = view.credential.provider.as_str();
        app.printer.note(words::forgotten(app.lang(), env, provider));
    }
}
