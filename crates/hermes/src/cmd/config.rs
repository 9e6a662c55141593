//! `hermes config show`.

use hermes_text::cli::catalog as words;
use hermes_text::common::origin_words;
use serde_json::json;

use crate::app::App;
use crate::args::ConfigCommand;
use crate::config::{DEFAULT, Effective};
use crate::safe::term_line;
use crate::table::Table;

pub(super) fn run(app: &App<'_>, command: &ConfigCommand) {
    let ConfigCommand::Show { origin } = command;
    let values = effective(app);
    if app.printer.is_json() {
        app.printer
            .json(&json!({ "file": app.config.file(), "settings": values }));
        return;
    }
    if *origin {
        let lang = app.lang();
        let mut table = Table::with_head([
            words::head_setting(lang),
            words::head_value(lang),
            words::head_origin(lang),
        ]);
        for value in &values {
            table.row([
                value.key.as_str().into(),
                value.value.as_str().into(),
                origin_words(lang, &value.origin).into(),
            ]);
        }
        app.printer.line(table);
    } else {
        for value in &values {
            app.printer
                .line(term_line(&format!("{} = {}", value.key, value.value)));
        }
    }
}

/// Folders and variables first, then the file's settings.
fn effective(app: &App<'_>) -> Vec<Effective> {
    let home_from = app.paths.home_from;
    let path = |key: &str, path: &std::path::Path, origin: &str| Effective {
        key: key.to_owned(),
        value: json!(path).to_string(),
        origin: origin.to_owned(),
    };
    let mut values = vec![
        path("home", &app.paths.home, home_from),
        path("config_folder", &app.paths.config_folder, home_from),
        path("config_file", app.config.file(), home_from),
    ];
    if let Some(catalog) = &app.paths.catalog {
        values.push(path("catalog", catalog, "HERMES_CATALOG"));
    }
    if let Some(state) = &app.paths.state {
        values.push(path("state_folder", state, state_from(app)));
    }
    if let Some(server) = &app.server {
        values.push(Effective {
            key: "store.url".to_owned(),
            value: json!(server.shown()).to_string(),
            origin: server.origin.clone(),
        });
    }
    for name in [
        "HERMES_LAB_HOSTS",
        "HERMES_LAB_CLOCK",
        "HERMES_CA_FILE",
        "HERMES_PASSPHRASE_FILE",
    ] {
        if let Some(value) = app.env.get(name) {
            values.push(Effective {
                key: name.to_lowercase(),
                value: json!(value).to_string(),
                origin: name.to_owned(),
            });
        }
    }
    values.extend(app.config.effective());
    values
}

fn state_from(app: &App<'_>) -> &'static str {
    match app.env.get("XDG_STATE_HOME") {
        Some(_) => "XDG_STATE_HOME",
        None => DEFAULT,
    }
}
