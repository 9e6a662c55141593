//! What everybody may have: the shell without data, and its files.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hermes_text::errors::api as say;
use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH, VARY};
use http::{Method, StatusCode, Uri};
use sha2::{Digest, Sha256};

use super::Spoken;
use crate::error::ApiError;
use crate::far::Far;
use crate::look::{self, Shell, Spot, assets};
use crate::shared::Shared;

/// The document of every page; which of them it is shows only in the navigation.
pub(crate) async fn shell(
    State(shared): State<Arc<Shared>>,
    Spoken(lang): Spoken,
    far: Far,
    uri: Uri,
) -> Response {
    draw(&shared, lang, far, spot(uri.path()))
}

fn draw(shared: &Shared, lang: hermes_text::Lang, Far(far): Far, spot: Option<Spot>) -> Response {
    let document = look::shell(Shell {
        lang,
        spot,
        far,
        version: shared.parts.version,
    });
    let headers = [(VARY, "accept-language")];
    (headers, Html(document.into_string())).into_response()
}

fn spot(path: &str) -> Option<Spot> {
    match path.split('/').nth(1)? {
        "" => Some(Spot::Overview),
        "providers" | "pool" => Some(Spot::Providers),
        "requests" => Some(Spot::Requests),
        "usage" => Some(Spot::Usage),
        "keys" => Some(Spot::Keys),
        "settings" => Some(Spot::Settings),
        _ => None,
    }
}

/// A file of the pages. Its content is in its tag, so a browser asks again and gets it only once.
pub(crate) async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(asset) = assets::find(&format!("/assets/{name}")) else {
        return ApiError::not_found("not_found", say::no_file).into_response();
    };
    let digest = Sha256::digest(asset.body);
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(&digest[..9]));
    let same = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| known == tag.as_str());
    let described = [
        (CONTENT_TYPE, asset.content_type.to_owned()),
        (ETAG, tag),
        (CACHE_CONTROL, "no-cache".to_owned()),
    ];
    if same {
        (StatusCode::NOT_MODIFIED, described).into_response()
    } else {
        (described, asset.body).into_response()
    }
}

/// An address that is nothing: a page for people, an error for programs.
pub(crate) async fn not_found(
    State(shared): State<Arc<Shared>>,
    Spoken(lang): Spoken,
    far: Far,
    method: Method,
    headers: HeaderMap,
) -> Response {
    let accepted = headers.get(ACCEPT).and_then(|accepted| accepted.to_str().ok());
    if method == Method::GET && accepted.is_some_and(|accepted| accepted.contains("text/html")) {
        let mut page = draw(&shared, lang, far, None);
        *page.status_mut() = StatusCode::NOT_FOUND;
        return page;
    }
    ApiError::not_found("not_found", say::not_found).into_response()
}
