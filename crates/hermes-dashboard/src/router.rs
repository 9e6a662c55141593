//! Every path.

use std::sync::Arc;

use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use hermes_text::errors::api as say;
use http::{StatusCode, header};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::{credentials, events, keys, logins, providers, requests, session, settings, usage};
use crate::error::{self, ApiError};
use crate::shared::Shared;
use crate::{compress, far, guard, headers, ui};

/// The admin API of Hermes. Every call but the first needs a session: open the link that `hermes dashboard` prints, or post its code to
/// `/api/session`, and send the token as `x-hermes-session-token`. From another machine, where Hermes is reached through TLS, post the
/// password, and send the cookie that comes back together with `Sec-Fetch-Site: same-origin`, as browsers do. What cannot be undone, and
/// the making of client keys, takes a session of the last ten minutes; else it is refused as `sign_in_again`. Errors speak the
/// language that `Accept-Language` names first, `en` or `zh`; their `kind` never changes.
#[derive(OpenApi)]
#[openapi(modifiers(&Security), security(("token" = []), ("bearer" = []), ("cookie" = [])))]
struct Document;

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let token = ApiKey::Header(ApiKeyValue::new("x-hermes-session-token"));
        components.add_security_scheme("token", SecurityScheme::ApiKey(token));
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-hermes"));
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
    }
}

pub(crate) fn build(shared: Arc<Shared>) -> Router {
    let (open, open_document) = open().with_state(Arc::clone(&shared)).split_for_parts();
    let (guarded, mut document) = guarded().with_state(Arc::clone(&shared)).split_for_parts();
    document.merge(open_document);
    "Hermes".clone_into(&mut document.info.title);
    shared.parts.version.clone_into(&mut document.info.version);
    let document = document.to_json().unwrap_or_default();
    let document = get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) });
    let guarded = guarded
        .merge(
            fragments()
                .with_state(Arc::clone(&shared))
                .layer(from_fn(compress::apply)),
        )
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(Arc::clone(&shared), guard::guard));
    let noting = Arc::clone(&shared);
    open.route("/api/openapi.json", document)
        .merge(guarded)
        .merge(pages().with_state(shared).layer(from_fn(compress::apply)))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn(error::speak))
        .layer(from_fn(headers::add))
        .layer(from_fn(move |request, next| {
            far::note(Arc::clone(&noting), request, next)
        }))
}

/// The empty shell at every page's address, its files, and everything that is nothing.
fn pages() -> Router<Arc<Shared>> {
    const ADDRESSES: [&str; 8] = [
        "/",
        "/providers",
        "/pool/{provider}",
        "/requests",
        "/requests/{id}",
        "/usage",
        "/keys",
        "/settings",
    ];
    ADDRESSES
        .into_iter()
        .fold(Router::new(), |router, address| {
            router.route(address, get(ui::shell))
        })
        .route("/assets/{name}", get(ui::asset))
        .fallback(ui::not_found)
}

/// The content of the pages.
fn fragments() -> Router<Arc<Shared>> {
    Router::new()
        .route("/ui/", get(ui::overview))
        .route("/ui/providers", get(ui::providers))
        .route("/ui/pool/{provider}", get(ui::pool))
        .route("/ui/login/{session}", get(ui::login))
        .route("/ui/requests", get(ui::requests))
        .route("/ui/requests/{id}", get(ui::request))
        .route("/ui/usage", get(ui::usage))
        .route("/ui/keys", get(ui::keys))
        .route("/ui/settings", get(ui::settings))
}

/// What needs no session.
fn open() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::with_openapi(Document::openapi()).routes(routes!(session::begin))
}

fn guarded() -> OpenApiRouter<Arc<Shared>> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(session::end))
        .routes(routes!(session::end_all))
        .routes(routes!(events::stream))
        .routes(routes!(providers::list))
        .routes(routes!(providers::oauth))
        .routes(routes!(providers::sign_out))
        .routes(routes!(providers::set_strategy))
        .routes(routes!(logins::start))
        .routes(routes!(logins::submit))
        .routes(routes!(logins::poll))
        .routes(routes!(logins::cancel))
        .routes(routes!(credentials::list))
        .routes(routes!(credentials::one, credentials::remove))
        .routes(routes!(credentials::enable))
        .routes(routes!(credentials::disable))
        .routes(routes!(credentials::refresh))
        .routes(routes!(credentials::quota))
        .routes(routes!(credentials::reset))
        .routes(routes!(credentials::rename))
        .routes(routes!(credentials::priority))
        .routes(routes!(credentials::weight))
        .routes(routes!(credentials::revoke))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::revoke))
        .routes(routes!(requests::list))
        .routes(routes!(requests::one))
        .routes(routes!(usage::show))
        .routes(routes!(usage::csv))
        .routes(routes!(settings::show))
}

async fn wrong_method() -> impl IntoResponse {
    ApiError::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        say::wrong_method,
    )
}
