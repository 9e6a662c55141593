//! `hermes backup` and `hermes restore`.

use std::path::{Path, PathBuf};

use hermes_core::ExitKind;
use serde_json::json;

use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::when;

pub(super) async fn backup(app: &App<'_>, file: Option<&Path>) -> Outcome {
    let Some(store) = app.existing_store().await? else {
        let nothing = Failure::new(
            ExitKind::Failure,
            "not_found",
            |_| "there is no store to copy yet",
        );
        return Err(nothing.hint(|_| "It is made by the first `hermes auth add` or `hermes up`."));
    };
    let file = file.map_or_else(|| dated(app), Path::to_owned);
    store.backup(&file).await?;
    if app.printer.is_json() {
        app.printer.json(&json!({ "file": file }));
    } else {
        app.printer.line(file.display());
    }
    app.printer.note(
        "the copy is sealed like the store: keep the store's key (key file, keyring or passphrase) too",
    );
    Ok(0)
}

fn dated(app: &App<'_>) -> PathBuf {
    let at = when::rfc3339(app.now()).replace(':', "");
    app.paths.home.join("backups").join(format!("by-hand-{at}.db"))
}

pub(super) async fn restore(app: &App<'_>, file: &Path, replace: bool) -> Outcome {
    if let Some(server) = &app.server {
        let text = format!(
            "`{}` is a database, and a backup file is not put into one",
            server.shown()
        );
        return Err(
            Failure::new(ExitKind::Usage, "store_kind", |_| text.clone()).hint(|_| {
                format!(
                    "Restore it into a home (leave out `{}`), then `hermes migrate --to` an empty database.",
                    server.origin
                )
            }),
        );
    }
    let store = hermes_store::restore(app.open_options(true), file, replace).await?;
    let count = store.credentials().await?.len();
    store.close().await?;
    if app.printer.is_json() {
        app.printer.json(&json!({ "restored": file, "logins": count }));
    }
    app.printer
        .done(format_args!("Restored {count} logins from `{}`", file.display()));
    Ok(0)
}
