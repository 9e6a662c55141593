//! `hermes explain`: one request of the log.

use hermes_core::ExitKind;
use owo_colors::Style;
use serde_json::json;

use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::table::{Cell, Table};
use crate::when;

pub(super) async fn run(app: &App<'_>, id: &str) -> Outcome {
    let row = match app.existing_store().await? {
        Some(store) => store.request(id).await?,
        None => None,
    };
    let Some(row) = row else {
        let missing = Failure::new(
            ExitKind::Failure,
            "not_found",
            format!("no request has the id `{id}`"),
        );
        return Err(missing.hint("The id is in the `x-hermes-request-id` header of the answer."));
    };
    let login = app
        .views()
        .await?
        .into_iter()
        .find(|view| Some(view.credential.id) == row.credential);
    let label = login.map(|view| format!("{}:{}", view.credential.provider, view.credential.label));
    if app.printer.is_json() {
        let mut value = json!(row);
        value["at"] = json!(when::rfc3339(row.at));
        value["login"] = json!(label);
        app.printer.json(&value);
        return Ok(0);
    }
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    add("request", row.id.clone());
    add(
        "at",
        format!(
            "{} ({})",
            when::rfc3339(row.at),
            when::relative(row.at, app.now())
        ),
    );
    add("asked as", row.protocol.clone());
    add("model", row.model.clone());
    add("served by", label.unwrap_or_else(|| "no login".to_owned()));
    add("status", row.status.to_string());
    add("calls made", row.attempts.to_string());
    if let Some(millis) = row.first_byte_ms {
        add("first byte", format!("{millis} ms"));
    }
    add("in all", format!("{} ms", row.total_ms));
    if let Some([input, read, write, output]) = row.tokens {
        add(
            "tokens",
            format!("{input} in, {read} from cache, {write} to cache, {output} out"),
        );
    }
    if let Some(error) = row.error {
        add("error", error);
    }
    app.printer.line(table);
    Ok(0)
}
