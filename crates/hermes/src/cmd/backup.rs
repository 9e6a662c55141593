//! `hermes backup` and `hermes restore`.

use std::path::{Path, PathBuf};

use hermes_core::ExitKind;
use hermes_text::cli::store as words;
use serde_json::json;

use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;
use crate::when;

pub(super) async fn backup(app: &App<'_>, file: Option<&Path>) -> Outcome {
    let Some(store) = app.existing_store().await? else {
        let nothing = Failure::new(ExitKind::Failure, "not_found", words::nothing_to_copy);
        return Err(nothing.hint(words::none_next));
    };
    let file = file.map_or_else(|| dated(app), Path::to_owned);
    store.backup(&file).await?;
    if app.printer.is_json() {
        app.printer.json(&json!({ "file": file }));
    } else {
        app.printer.line(file.display());
    }
    app.printer.note(words::copy_is_sealed(app.lang()));
    Ok(0)
}

fn dated(app: &App<'_>) -> PathBuf {
    let at = when::rfc3339(app.now()).replace(':', "");
    app.paths.home.join("backups").join(format!("by-hand-{at}.db"))
}

pub(super) async fn restore(app: &App<'_>, file: &Path, replace: bool) -> Outcome {
    if let Some(server) = &app.server {
        let shown = server.shown();
        let text = |lang| words::not_into_database(lang, &shown);
        let wrong = Failure::new(ExitKind::Usage, "store_kind", text);
        return Err(wrong.hint(|lang| words::not_into_database_next(lang, &server.origin)));
    }
    let store = hermes_store::restore(app.open_options(true), file, replace).await?;
    let count = store.credentials().await?.len();
    store.close().await?;
    if app.printer.is_json() {
        app.printer.json(&json!({ "restored": file, "logins": count }));
    }
    let file = term_line(&file.display().to_string());
    app.printer.done(words::restored(app.lang(), count, &file));
    Ok(0)
}
