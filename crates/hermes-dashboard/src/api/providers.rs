//! What can be signed in to, and how the pools choose.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::{Path, State};
use hermes_catalog::{LoginFlow, LoginMethod, Provider, RuleClass};
use hermes_core::Strategy;
use hermes_pool::{State as PoolState, View};
use hermes_text::errors::api as say;
use hermes_text::{Both, Lang};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Json;
use super::logins::provider;
use crate::error::{ApiError, ErrorBody};
use crate::guard::Fresh;
use crate::shared::Shared;

/// Every provider of the catalogue.
#[derive(Serialize, ToSchema)]
pub(crate) struct Providers {
    providers: Vec<ProviderBody>,
}

/// A provider.
#[derive(Serialize, ToSchema)]
pub(crate) struct ProviderBody {
    id: String,
    name: String,
    /// What signing in here gives.
    summary: String,
    docs: Option<String>,
    billing: String,
    regions: Vec<RegionBody>,
    methods: Vec<MethodBody>,
    /// How it stands: the best of its logins, or `absent`.
    state: String,
    /// How many logins it has.
    logins: usize,
    /// How its pool chooses.
    strategy: String,
}

/// A region.
#[derive(Serialize, ToSchema)]
pub(crate) struct RegionBody {
    id: String,
    name: String,
}

/// A way to sign in.
#[derive(Serialize, ToSchema)]
pub(crate) struct MethodBody {
    id: String,
    name: String,
    /// `device_code`, `pkce`, `api_key`; `unsupported` where this version has no engine for it.
    flow: String,
    /// Why it cannot be used.
    problem: Option<String>,
    /// `allowed`, `tolerated` or `restricted`.
    rule: String,
    /// The provider's rule on third-party use, in plain words.
    rule_text: String,
    rule_source: String,
    /// When the rule was read.
    rule_date: String,
}

/// The providers as older scripts know them.
#[derive(Serialize, ToSchema)]
pub(crate) struct OauthProviders {
    providers: Vec<OauthProvider>,
}

/// A provider as older scripts know it.
#[derive(Serialize, ToSchema)]
pub(crate) struct OauthProvider {
    id: String,
    name: String,
    flow: String,
    cli_command: String,
    docs_url: Option<String>,
    disconnectable: bool,
    status: OauthStatus,
}

/// Whether somebody is signed in.
#[derive(Serialize, ToSchema)]
pub(crate) struct OauthStatus {
    logged_in: bool,
    source: Option<String>,
    source_label: Option<String>,
    /// Seconds since 1970.
    expires_at: Option<i64>,
    has_refresh_token: bool,
    error: Option<String>,
}

/// How a pool chooses.
#[derive(Deserialize, Serialize, ToSchema)]
pub(crate) struct StrategyBody {
    /// `fill-first`, `round-robin`, `least-used`, `random` or `weighted`.
    strategy: String,
}

/// What came of signing out.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignedOut {
    /// False when nothing was signed in.
    ok: bool,
    provider: String,
}

/// Lists every provider with its ways to sign in.
#[utoipa::path(get, path = "/api/providers", tag = "providers",
    responses((status = 200, body = Providers), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn list(State(shared): State<Arc<Shared>>) -> Answer<Providers> {
    let rows = shared.parts.catalog.providers();
    Answer(Providers {
        providers: rows.map(|row| body(&shared, row)).collect(),
    })
}

/// Lists the providers as hermes-agent's dashboard does.
#[utoipa::path(get, path = "/api/providers/oauth", tag = "logins",
    responses((status = 200, body = OauthProviders), (status = 401, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(crate) async fn oauth(State(shared): State<Arc<Shared>>) -> Answer<OauthProviders> {
    let rows = shared.parts.catalog.providers();
    let rows = rows.filter(|row| !row.login.is_empty());
    Answer(OauthProviders {
        providers: rows.map(|row| oauth_body(&shared, row)).collect(),
    })
}

/// Signs out of a provider: every login of it is removed here.
#[utoipa::path(delete, path = "/api/providers/oauth/{id}", tag = "logins",
    params(("id" = String, Path, description = "Provider")),
    responses((status = 200, body = SignedOut), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn sign_out(
    _: Fresh,
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
) -> Result<Answer<SignedOut>, ApiError> {
    let id = provider(&shared, &id)?;
    let ok = shared.parts.pool.has_login(&id);
    if ok {
        shared.parts.pool.logout(&id).await?;
    }
    Ok(Answer(SignedOut {
        ok,
        provider: id.to_string(),
    }))
}

/// Chooses how a provider's pool picks.
#[utoipa::path(put, path = "/api/pools/{provider}/strategy", tag = "providers", request_body = StrategyBody,
    params(("provider" = String, Path, description = "Provider")),
    responses((status = 200, body = StrategyBody), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
        (status = 503, body = ErrorBody)))]
pub(crate) async fn set_strategy(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    Json(body): Json<StrategyBody>,
) -> Result<Answer<StrategyBody>, ApiError> {
    let id = provider(&shared, &id)?;
    let strategy: Strategy = body
        .strategy
        .parse()
        .map_err(|problem: Both| ApiError::bad("unknown_strategy", |lang| problem.get(lang)))?;
    shared.parts.pool.set_strategy(&id, strategy).await?;
    Ok(Answer(StrategyBody {
        strategy: strategy.as_str().to_owned(),
    }))
}

/// The flow's word in answers, and why it cannot be used.
pub(crate) fn flow(method: &LoginMethod) -> (&'static str, Option<String>) {
    match &method.flow {
        LoginFlow::DeviceCode(_) | LoginFlow::UserCode(_) | LoginFlow::DeviceAuth(_) => ("device_code", None),
        LoginFlow::Browser(_) => ("pkce", None),
        LoginFlow::ApiKey => ("api_key", None),
        LoginFlow::Unsupported { name } => ("unsupported", Some(say::no_engine(Lang::En, name))),
    }
}

fn body(shared: &Shared, row: &Provider) -> ProviderBody {
    let views = shared.parts.pool.views_of(&row.id);
    let regions = row.regions.iter().map(|region| RegionBody {
        id: region.id.clone(),
        name: region.name.to_string(),
    });
    ProviderBody {
        id: row.id.to_string(),
        name: row.name.clone(),
        summary: row.summary.to_string(),
        docs: row.docs.clone(),
        billing: row.billing.as_str().to_owned(),
        regions: regions.collect(),
        methods: row.login.iter().map(method_body).collect(),
        state: PoolState::best(views.iter().map(|view| view.state))
            .as_str()
            .to_owned(),
        logins: views.len(),
        strategy: shared.parts.pool.strategy_of(&row.id).as_str().to_owned(),
    }
}

fn method_body(method: &LoginMethod) -> MethodBody {
    let (flow, problem) = flow(method);
    let rule = match method.card.class {
        RuleClass::Allowed => "allowed",
        RuleClass::Tolerated => "tolerated",
        RuleClass::Restricted => "restricted",
    };
    MethodBody {
        id: method.id.clone(),
        name: method.name.to_string(),
        flow: flow.to_owned(),
        problem,
        rule: rule.to_owned(),
        rule_text: method.card.text.to_string(),
        rule_source: method.card.source.to_string(),
        rule_date: method.card.date.clone(),
    }
}

fn oauth_body(shared: &Shared, row: &Provider) -> OauthProvider {
    let views = shared.parts.pool.views_of(&row.id);
    let best: Option<&View> = views
        .iter()
        .find(|view| view.state.usable())
        .or_else(|| views.first());
    let credential = best.map(|view| &view.credential);
    OauthProvider {
        id: row.id.to_string(),
        name: row.name.clone(),
        flow: row
            .login
            .first()
            .map_or("unsupported", |method| flow(method).0)
            .to_owned(),
        cli_command: format!("hermes auth add {}", row.id),
        docs_url: row.docs.clone(),
        disconnectable: !views.is_empty(),
        status: OauthStatus {
            logged_in: best.is_some_and(|view| view.state.usable()),
            source: best.map(|_| "hermes".to_owned()),
            source_label: credential.map(|row| row.label.clone()),
            expires_at: credential
                .and_then(|row| row.expires)
                .map(|at| at.as_millis().div_euclid(1000)),
            has_refresh_token: credential.is_some_and(|row| row.has_refresh),
            error: best
                .filter(|view| !view.state.usable())
                .map(|view| view.words.to_string()),
        },
    }
}
