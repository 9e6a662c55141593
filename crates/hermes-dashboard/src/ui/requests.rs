use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Html;
use hermes_core::Protocol;
use hermes_pool::{CallMade, PassedOver, RequestRow, State as PoolState, Story as Kept};
use hermes_text::errors::{semicolon, with_cause};
use hermes_text::pages::requests as text;
use hermes_text::{Both, Lang};

use super::{Spoken, html};
use crate::api::Query;
use crate::api::requests::{Which, filter, find};
use crate::error::ApiError;
use crate::look::state_words;
use crate::pages::request::{self, Attempt, Candidate, Fate, Story};
use crate::pages::requests::{Choice, Choices, Filters, Request, Requests, render};
use crate::requests::Names;
use crate::shared::Shared;

/// Logins that can be chosen from; with more of them, one is searched by its provider.
const MOST_CHOICES: usize = 300;

/// The content of `/requests`.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
    Spoken(lang): Spoken,
) -> Result<Html<String>, ApiError> {
    let page = shared
        .parts
        .store
        .requests(&filter(&shared, which.clone())?)
        .await?;
    let names = Names::read(&shared).await?;
    let rows: Vec<Request> = page.rows.iter().map(|row| names.request(row)).collect();
    let model = Requests {
        choices: choices(&shared, &rows).await?,
        is_history: which.before.is_some(),
        filters: Filters {
            provider: which.provider,
            credential: which.credential,
            key: which.key,
            model: which.model,
            failed: which.failed.unwrap_or(false),
        },
        rows,
        older: page.next,
        now: shared.now(),
    };
    Ok(html(render(lang, &model)))
}

async fn choices(shared: &Shared, rows: &[Request]) -> Result<Choices, ApiError> {
    let views = shared.parts.pool.first_views(MOST_CHOICES);
    let credentials = views.iter().map(|view| Choice {
        id: view.credential.id.to_string(),
        name: format!("{}:{}", view.credential.provider, view.credential.label),
    });
    let ids = shared.parts.pool.providers();
    let keys = shared.parts.keys.list().await?;
    let mut models: Vec<_> = rows.iter().map(|row| row.model.clone()).collect();
    models.sort();
    models.dedup();
    Ok(Choices {
        providers: ids
            .into_iter()
            .map(|id| Choice {
                name: shared.name_of(&id),
                id: id.to_string(),
            })
            .collect(),
        credentials: credentials.collect(),
        keys: keys
            .into_iter()
            .map(|key| Choice {
                id: key.id.to_string(),
                name: key.name,
            })
            .collect(),
        models,
    })
}

/// The content of `/requests/{id}`.
pub(crate) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Spoken(lang): Spoken,
) -> Result<Html<String>, ApiError> {
    match find(&shared, &id).await {
        Ok(row) => {
            let names = Names::read(&shared).await?;
            let model = story(&names, &shared, lang, row);
            Ok(html(request::render(lang, &model)))
        }
        Err(error) if error.kind == "unknown_request" => Ok(html(request::gone(lang, shared.now()))),
        Err(error) => Err(error),
    }
}

fn story(names: &Names<'_>, shared: &Shared, lang: Lang, mut row: RequestRow) -> Story {
    let now = shared.now();
    let kept = row.story.take().map_or_else(Kept::default, |story| *story);
    let provider = row.provider.as_ref().map(ToString::to_string).unwrap_or_default();
    let model = if provider.is_empty() {
        row.model.clone()
    } else {
        format!("{provider}/{}", row.model)
    };
    let served = row.credential.and_then(|id| names.credential(id));
    Story {
        asked_model: kept.asked.clone().unwrap_or_else(|| model.clone()),
        model,
        route: None,
        candidates: candidates(lang, &provider, &kept, served.as_deref()),
        attempts: attempts(lang, &kept, &row, served),
        id: row.id,
        at: row.at,
        protocol: Protocol::title_of(&row.protocol).to_owned(),
        sent_as: kept
            .upstream
            .as_deref()
            .map(|word| Protocol::title_of(word).to_owned()),
        key_name: row.key.and_then(|id| names.key(id)),
        status: row.status,
        error: row.error,
        dropped: kept.dropped,
        first_byte_ms: row.first_byte_ms,
        total_ms: row.total_ms,
        held_back: row.held.map(u64::from),
        tokens: row.tokens,
        now,
    }
}

/// Those that were passed over, those that failed, and the one that served.
fn candidates(lang: Lang, provider: &str, kept: &Kept, served: Option<&str>) -> Vec<Candidate> {
    let passed = kept.passed.iter().map(|one: &PassedOver| Candidate {
        provider: provider.to_owned(),
        label: one.label.clone(),
        fate: Fate::PassedOver,
        why: why(lang, &one.state, &one.words),
    });
    let failed = kept
        .calls
        .iter()
        .filter(|call| Some(call.label.as_str()) != served)
        .map(|call| Candidate {
            provider: provider.to_owned(),
            label: call.label.clone(),
            fate: Fate::Failed,
            why: why(lang, &call.state, &call.words),
        });
    let served = served.map(|label| Candidate {
        provider: provider.to_owned(),
        label: label.to_owned(),
        fate: Fate::Chosen,
        why: text::chosen_why(lang).to_owned(),
    });
    passed.chain(failed).chain(served).collect()
}

/// The state in a word, and the cause.
fn why(lang: Lang, state: &str, words: &Both) -> String {
    let state = PoolState::of_word(state).map_or(state, |state| state_words(lang, state));
    with_cause(lang, state, words.get(lang))
}

/// The calls that were kept; of a request that went through at once only its one call is known.
fn attempts(lang: Lang, kept: &Kept, row: &RequestRow, served: Option<String>) -> Vec<Attempt> {
    if kept.calls.is_empty() {
        let only = served.map(|label| Attempt {
            label,
            status: Some(row.status),
            took_ms: row.first_byte_ms.unwrap_or(row.total_ms),
            outcome: text::then_deliver(lang).to_owned(),
        });
        return only.into_iter().collect();
    }
    kept.calls.iter().map(|call| attempt(lang, call)).collect()
}

fn attempt(lang: Lang, call: &CallMade) -> Attempt {
    let then = match call.then.as_str() {
        "deliver" => text::then_deliver(lang),
        "same-again" => text::then_again(lang),
        "another" => text::then_another(lang),
        other => other,
    };
    // Of an account that has served there is nothing more to tell.
    let served = call.then == "deliver" && call.status.is_some_and(|status| status < 400);
    let stands = (!served).then(|| call.words.get(lang));
    let words = [call.problem.as_deref(), Some(then), stands];
    let words: Vec<_> = words
        .into_iter()
        .flatten()
        .filter(|words| !words.is_empty())
        .collect();
    Attempt {
        label: call.label.clone(),
        status: call.status,
        took_ms: call.ms,
        outcome: words.join(semicolon(lang)),
    }
}
