//! What went through the gateway. No text of a prompt or an answer is kept anywhere.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use hermes_core::{CredentialId, KeyId};
use hermes_pool::{CallMade, PassedOver, RequestFilter, RequestRow, Story};
use hermes_text::errors::api as say;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Query;
use super::logins::provider;
use crate::error::{ApiError, ErrorBody};
use crate::look::exact;
use crate::pages::requests::Request;
use crate::requests::Names;
use crate::shared::Shared;

/// Requests of an answer unless it is asked for another number.
const AT_ONCE: u32 = 50;
/// Most requests of an answer.
const MOST: u32 = 200;

/// Which requests.
#[derive(Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only those before this id, as `next` of another answer names it.
    pub(crate) before: Option<String>,
    /// How many, 1 to 200.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<u32>,
    /// Only this provider's.
    pub(crate) provider: Option<String>,
    /// Only those that this login served.
    pub(crate) credential: Option<String>,
    /// Only those of this client key.
    pub(crate) key: Option<String>,
    /// Only models with this in their name.
    pub(crate) model: Option<String>,
    /// Only those that failed.
    pub(crate) failed: Option<bool>,
}

/// Requests, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct Requests {
    requests: Vec<Request>,
    /// What the next answer begins before.
    next: Option<String>,
}

/// A request with how it went.
#[derive(Serialize, ToSchema)]
pub(crate) struct Told {
    request: Request,
    /// The client's protocol.
    protocol: String,
    /// Tokens: uncached input, cache read, cache write, output.
    tokens: Option<Vec<u64>>,
    /// Bytes of the answer that were held back until it was clear that it is one.
    held_back: Option<u32>,
    story: StoryBody,
}

/// How a request went, where there is more to tell.
#[derive(Serialize, ToSchema)]
pub(crate) struct StoryBody {
    /// The model as the client named it, where that is an alias.
    asked: Option<String>,
    /// The protocol spoken upstream, where it is not the client's.
    upstream: Option<String>,
    /// Logins that could not serve.
    passed_over: Vec<PassedBody>,
    /// Calls made upstream, if one of them failed or a login was passed over.
    calls: Vec<CallBody>,
    /// Fields that the protocol spoken upstream has no place for.
    dropped: Vec<String>,
}

/// A login that could not serve.
#[derive(Serialize, ToSchema)]
pub(crate) struct PassedBody {
    label: String,
    state: String,
    words: String,
    until_at: Option<String>,
}

/// A call made upstream.
#[derive(Serialize, ToSchema)]
pub(crate) struct CallBody {
    label: String,
    status: Option<u16>,
    problem: Option<String>,
    ms: u32,
    /// `deliver`, `same-again` or `another`.
    then: String,
    state: String,
    words: String,
    until_at: Option<String>,
}

/// Lists requests, newest first.
#[utoipa::path(get, path = "/api/requests", tag = "requests", params(Which),
    responses((status = 200, body = Requests), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn list(
    State(shared): State<Arc<Shared>>,
    Query(which): Query<Which>,
) -> Result<Answer<Requests>, ApiError> {
    let page = shared.parts.store.requests(&filter(&shared, which)?).await?;
    let names = Names::read(&shared).await?;
    Ok(Answer(Requests {
        requests: page.rows.iter().map(|row| names.request(row)).collect(),
        next: page.next,
    }))
}

/// One request and how it went.
#[utoipa::path(get, path = "/api/requests/{id}", tag = "requests",
    params(("id" = String, Path, description = "Request")),
    responses((status = 200, body = Told), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn one(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<Told>, ApiError> {
    let row = find(&shared, &id).await?;
    let names = Names::read(&shared).await?;
    Ok(Answer(Told {
        request: names.request(&row),
        protocol: row.protocol,
        tokens: row.tokens.map(Vec::from),
        held_back: row.held,
        story: row
            .story
            .map_or_else(StoryBody::none, |story| StoryBody::of(*story)),
    }))
}

/// A request of the log.
pub(crate) async fn find(shared: &Shared, id: &str) -> Result<RequestRow, ApiError> {
    let row = shared.parts.store.request(id).await?;
    row.ok_or_else(|| ApiError::not_found("unknown_request", say::no_request))
}

/// The store's filter; what names nothing is refused, so that a wrong filter does not look like an empty log.
pub(crate) fn filter(shared: &Shared, which: Which) -> Result<RequestFilter, ApiError> {
    let limit = which.limit.unwrap_or(AT_ONCE);
    if !(1..=MOST).contains(&limit) {
        return Err(ApiError::bad("bad_limit", |lang| say::bad_limit(lang, MOST)));
    }
    let text = |text: Option<String>| text.filter(|text| !text.is_empty());
    let credential = text(which.credential).map(|id| id.parse::<CredentialId>());
    let key = text(which.key).map(|id| id.parse::<KeyId>());
    let wrong = |what: &str| ApiError::bad("bad_filter", |lang| say::not_id(lang, what));
    Ok(RequestFilter {
        before: text(which.before),
        limit,
        provider: text(which.provider)
            .map(|name| provider(shared, &name))
            .transpose()?,
        credential: credential.transpose().map_err(|_| wrong("credential"))?,
        key: key.transpose().map_err(|_| wrong("key"))?,
        model: text(which.model),
        failed: which.failed.unwrap_or(false),
    })
}

impl StoryBody {
    fn none() -> Self {
        Self::of(Story::default())
    }

    fn of(story: Story) -> Self {
        Self {
            asked: story.asked,
            upstream: story.upstream,
            passed_over: story.passed.into_iter().map(passed).collect(),
            calls: story.calls.into_iter().map(call).collect(),
            dropped: story.dropped,
        }
    }
}

fn passed(one: PassedOver) -> PassedBody {
    PassedBody {
        label: one.label,
        state: one.state,
        words: one.words.to_string(),
        until_at: one.until.map(exact),
    }
}

fn call(call: CallMade) -> CallBody {
    CallBody {
        label: call.label,
        status: call.status,
        problem: call.problem,
        ms: call.ms,
        then: call.then,
        state: call.state,
        words: call.words.to_string(),
        until_at: call.until.map(exact),
    }
}
