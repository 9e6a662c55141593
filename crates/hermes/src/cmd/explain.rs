//! `hermes explain`: one request of the log.

use hermes_core::{ExitKind, Protocol, UnixMs};
use hermes_store::{CallMade, RequestRow, Story};
use hermes_text::Lang;
use hermes_text::cli::request as words;
use owo_colors::Style;
use serde_json::json;

use super::details;
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
        let missing = Failure::new(ExitKind::Failure, "not_found", |lang| words::missing(lang, id));
        return Err(missing.hint(words::missing_next));
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
    let teller = Teller {
        lang: app.lang(),
        now: app.now(),
    };
    app.printer.line(told(teller, &row, label));
    Ok(0)
}

/// Writes times and words for one moment and one person.
#[derive(Clone, Copy)]
struct Teller {
    lang: Lang,
    now: UnixMs,
}

fn told(teller: Teller, row: &RequestRow, label: Option<String>) -> Table {
    let lang = teller.lang;
    let mut table = Table::default();
    let mut add =
        |name: &str, value: String| table.row([Cell::styled(name, Style::new().dimmed()), value.into()]);
    let none = Story::default();
    let story = row.story.as_deref().unwrap_or(&none);
    add(words::request(lang), row.id.clone());
    add(words::at(lang), teller.moment(row.at));
    add(words::asked_as(lang), teller.protocols(row, story));
    add(words::model(lang), teller.route(row, story));
    for (place, one) in story.passed.iter().enumerate() {
        let why = teller.until(one.words.get(lang), one.until);
        add(
            first(place, words::passed_over(lang)),
            words::about(lang, &one.label, &why),
        );
    }
    add(
        words::served_by(lang),
        label.unwrap_or_else(|| words::no_login(lang).to_owned()),
    );
    add(words::status(lang), row.status.to_string());
    add(words::calls(lang), row.attempts.to_string());
    for (place, call) in story.calls.iter().enumerate() {
        add("", words::call(lang, place + 1, &teller.call_made(call)));
    }
    for (place, field) in story.dropped.iter().enumerate() {
        add(first(place, words::left_out(lang)), format!("`{field}`"));
    }
    if let Some(held) = row.held.filter(|_| story.calls.len() > 1) {
        add(words::held_back(lang), words::held(lang, held));
    }
    for (name, value) in measured(lang, row) {
        add(name, value);
    }
    if let Some(error) = &row.error {
        add(words::error(lang), error.clone());
    }
    table
}

/// Times and tokens.
fn measured(lang: Lang, row: &RequestRow) -> Vec<(&'static str, String)> {
    let first_byte = row
        .first_byte_ms
        .map(|millis| (words::first_byte(lang), format!("{millis} ms")));
    let total = (words::in_all(lang), format!("{} ms", row.total_ms));
    let tokens = row.tokens.map(|tokens| {
        let [input, read, write, output] = tokens.map(|count| count.to_string());
        let counts = words::token_counts(lang, &input, &read, &write, &output);
        (words::tokens(lang), counts)
    });
    first_byte.into_iter().chain([total]).chain(tokens).collect()
}

/// A list names itself on its first line only.
fn first(place: usize, name: &'static str) -> &'static str {
    if place == 0 { name } else { "" }
}

impl Teller {
    fn moment(self, at: UnixMs) -> String {
        details::moment(self.lang, at, self.now)
    }

    /// The client's protocol, and the provider's where it is another one.
    fn protocols(self, row: &RequestRow, story: &Story) -> String {
        let asked = Protocol::title_of(&row.protocol);
        match &story.upstream {
            Some(upstream) => words::sent_as(self.lang, asked, Protocol::title_of(upstream)),
            None => asked.to_owned(),
        }
    }

    /// The model with its provider, and the alias that led there.
    fn route(self, row: &RequestRow, story: &Story) -> String {
        let model = match &row.provider {
            Some(provider) => format!("{provider}/{}", row.model),
            None => row.model.clone(),
        };
        match &story.asked {
            Some(asked) => words::asked_for(self.lang, &model, asked),
            None => model,
        }
    }

    fn call_made(self, call: &CallMade) -> String {
        let lang = self.lang;
        let outcome = match (call.status, &call.problem) {
            (Some(status), Some(problem)) => words::with_problem(lang, status, problem),
            (Some(status), None) => status.to_string(),
            (None, Some(problem)) => problem.clone(),
            (None, None) => words::no_answer(lang).to_owned(),
        };
        let mut told = words::about(lang, &call.label, &words::after(lang, &outcome, call.ms.into()));
        if call.state != "ready" {
            told = words::then(lang, &told, &self.until(call.words.get(lang), call.until));
        }
        match call.then.as_str() {
            "another" => words::then(lang, &told, words::another(lang)),
            "same-again" => words::then(lang, &told, words::same_again(lang)),
            _ => told,
        }
    }

    /// A reason, with the time it ends by itself.
    fn until(self, why: &str, until: Option<UnixMs>) -> String {
        match until {
            Some(at) => words::until(self.lang, why, &self.moment(at)),
            None => why.to_owned(),
        }
    }
}
