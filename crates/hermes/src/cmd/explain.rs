//! `hermes explain`: one request of the log.

use hermes_core::{ExitKind, Protocol, UnixMs};
use hermes_store::{CallMade, PassedOver, RequestRow, Story};
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
        let missing = Failure::new(ExitKind::Failure, "not_found", |_| {
            format!("no request has the id `{id}`")
        });
        return Err(missing.hint(|_| "The id is in the `x-hermes-request-id` header of the answer."));
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
    app.printer.line(told(&row, label, app.now()));
    Ok(0)
}

fn told(row: &RequestRow, label: Option<String>, now: UnixMs) -> Table {
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    let none = Story::default();
    let story = row.story.as_deref().unwrap_or(&none);
    add("request", row.id.clone());
    add(
        "at",
        format!("{} ({})", when::rfc3339(row.at), when::relative(row.at, now)),
    );
    add("asked as", protocols(row, story));
    add("model", route(row, story));
    for (place, one) in story.passed.iter().enumerate() {
        add(first(place, "passed over"), passed(one, now));
    }
    add("served by", label.unwrap_or_else(|| "no login".to_owned()));
    add("status", row.status.to_string());
    add("calls made", row.attempts.to_string());
    for (place, call) in story.calls.iter().enumerate() {
        add("", format!("{}. {}", place + 1, call_made(call, now)));
    }
    for (place, field) in story.dropped.iter().enumerate() {
        add(first(place, "left out"), format!("`{field}`"));
    }
    if let Some(held) = row.held.filter(|_| story.calls.len() > 1) {
        add(
            "held back",
            format!("{held} bytes, until it was clear that they are an answer"),
        );
    }
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
    if let Some(error) = &row.error {
        add("error", error.clone());
    }
    table
}

/// A list names itself on its first line only.
fn first(place: usize, name: &str) -> &str {
    if place == 0 { name } else { "" }
}

/// The client's protocol, and the provider's where it is another one.
fn protocols(row: &RequestRow, story: &Story) -> String {
    match &story.upstream {
        Some(upstream) => format!(
            "{}, sent as {}",
            Protocol::title_of(&row.protocol),
            Protocol::title_of(upstream)
        ),
        None => Protocol::title_of(&row.protocol).to_owned(),
    }
}

/// The model with its provider, and the alias that led there.
fn route(row: &RequestRow, story: &Story) -> String {
    let model = match &row.provider {
        Some(provider) => format!("{provider}/{}", row.model),
        None => row.model.clone(),
    };
    match &story.asked {
        Some(asked) => format!("{model}, asked for as `{asked}`"),
        None => model,
    }
}

fn passed(one: &PassedOver, now: UnixMs) -> String {
    format!("{}: {}{}", one.label, one.words, until(one.until, now))
}

fn call_made(call: &CallMade, now: UnixMs) -> String {
    let outcome = match (call.status, &call.problem) {
        (Some(status), Some(problem)) => format!("{status} ({problem})"),
        (Some(status), None) => status.to_string(),
        (None, Some(problem)) => problem.clone(),
        (None, None) => "no answer".to_owned(),
    };
    let then = match call.then.as_str() {
        "another" => "; another login was tried",
        "same-again" => "; its token was renewed and the call made again",
        _ => "",
    };
    let state = if call.state == "ready" {
        String::new()
    } else {
        format!("; {}{}", call.words, until(call.until, now))
    };
    format!("{}: {outcome} after {} ms{state}{then}", call.label, call.ms)
}

fn until(until: Option<UnixMs>, now: UnixMs) -> String {
    until.map_or_else(String::new, |at| {
        format!(" until {} ({})", when::rfc3339(at), when::relative(at, now))
    })
}
