//! The table of answers in `table_tests/answers.txt`, against the rules of the catalogue.

use hermes_catalog::Catalog;
use hermes_core::{CoolCause, LoginCause, Scope};
use pretty_assertions::assert_eq;

use super::tests::{headers, now};
use super::{Answer, classify, status_in_stream};
use crate::api::Verdict;

const TABLE: &str = include_str!("table_tests/answers.txt");

/// One line of the table.
struct Row<'a> {
    provider: &'a str,
    status: &'a str,
    headers: String,
    body: String,
    expected: &'a str,
}

impl<'a> Row<'a> {
    fn read(line: &'a str) -> Self {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [provider, status, headers, body, expected] = parts[..] else {
            panic!("not five columns: {line}");
        };
        Self {
            provider,
            status,
            headers: headers.replace(" + ", "\n"),
            body: body.replace("\\ufeff", "\u{feff}"),
            expected,
        }
    }

    fn judged(&self, catalog: &Catalog) -> String {
        let headers = headers(&self.headers);
        // A provider that is not in the catalogue has no rules of its own.
        let row = catalog.provider(self.provider).ok();
        let answer = Answer {
            status: self.status.parse().unwrap_or(200),
            headers: &headers,
            body: self.body.as_bytes(),
            model: "claude-opus-5",
            is_key: row.is_some_and(|row| !row.env.is_empty()),
            organisation: Some("acme"),
            in_stream: self.status == "stream",
        };
        let rules = row.map_or(&[][..], |row| row.errors.as_slice());
        line(&classify(&answer, rules, now()))
    }
}

/// A verdict in one line: what, until when in seconds from now (`open` where no time is named), and what rests.
fn line(verdict: &Verdict) -> String {
    let (until, cause, scope) = match verdict {
        Verdict::Fine => return "fine".to_owned(),
        Verdict::RequestFault => return "request".to_owned(),
        Verdict::TokenRefused => return "refused".to_owned(),
        Verdict::ProviderTrouble => return "trouble".to_owned(),
        Verdict::Dead(LoginCause::KeyRejected) => return "dead key".to_owned(),
        Verdict::Dead(_) => return "dead login".to_owned(),
        Verdict::Blocked(rule) => return format!("blocked: {rule}"),
        Verdict::Cool { until, cause, scope } => (until, cause, scope),
    };
    let cause = match cause {
        CoolCause::RateLimit => "rate",
        CoolCause::WindowSpent => "window",
        CoolCause::Billing => "billing",
        CoolCause::NoModel => "no-model",
        _ => "other",
    };
    let rest = until.map_or("open".to_owned(), |until| {
        until.since(now()).as_secs().to_string()
    });
    match scope {
        Scope::Account => format!("{cause} {rest} account"),
        Scope::Model(model) => format!("{cause} {rest} model {model}"),
        Scope::Organisation(name) => format!("{cause} {rest} organisation {name}"),
    }
}

#[test]
fn answers_of_the_table_mean_what_it_says() {
    let catalog = Catalog::builtin().unwrap();
    let rows = TABLE
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    let rows: Vec<Row<'_>> = rows.map(Row::read).collect();
    assert!(rows.len() >= 110, "only {} rows", rows.len());
    let wrong = rows.iter().filter_map(|row| {
        let judged = row.judged(&catalog);
        let told = format!("{} {} {} {}", row.provider, row.status, row.headers, row.body);
        (judged != row.expected).then(|| format!("{told} is {judged}, not {}", row.expected))
    });
    assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn status_of_an_error_in_a_stream_is_the_named_one_or_that_of_its_code() {
    let told = [
        (r#"{"error":{"code":429}}"#, 429),
        (r#"{"error":{"type":"overloaded_error"}}"#, 529),
        (r#"{"response":{"error":{"code":"rate_limit_exceeded"}}}"#, 429),
        (r#"{"error":{"type":"permission_error"}}"#, 403),
        (r#"{"error":{"type":"request_too_large"}}"#, 413),
        (r#"{"error":{"code":"200"}}"#, 500),
        ("not JSON", 500),
    ];
    for (body, status) in told {
        assert_eq!(status_in_stream(body.as_bytes()), status, "{body}");
    }
}
