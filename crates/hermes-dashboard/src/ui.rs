//! The pages' handlers: the empty shell at every page's address, and the content behind `/ui`, filled from the pool.

mod files;
mod keys;
mod login;
mod overview;
mod pool;
mod providers;
mod requests;
mod settings;
mod usage;

use axum::extract::FromRequestParts;
use axum::response::Html;
use hermes_text::Lang;
use http::header::{ACCEPT_LANGUAGE, HOST};
use http::request::Parts;
use maud::Markup;

use crate::far::Far;

pub(crate) use files::{asset, not_found, shell};
pub(crate) use keys::fragment as keys;
pub(crate) use login::fragment as login;
pub(crate) use overview::fragment as overview;
pub(crate) use pool::fragment as pool;
pub(crate) use providers::fragment as providers;
pub(crate) use requests::{fragment as requests, one as request};
pub(crate) use settings::fragment as settings;
pub(crate) use usage::fragment as usage;

/// The language that the browser asks for.
pub(crate) struct Spoken(pub(crate) Lang);

impl<S: Sync> FromRequestParts<S> for Spoken {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(Self(spoken(parts)))
    }
}

fn spoken(parts: &Parts) -> Lang {
    let header = parts.headers.get(ACCEPT_LANGUAGE);
    Lang::accepted(header.and_then(|value| value.to_str().ok()).unwrap_or_default())
}

/// The address that the browser knows this program by.
pub(crate) struct Base(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for Base {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let far = parts.extensions.get().is_some_and(|Far(far)| *far);
        let scheme = if far { "https" } else { "http" };
        Ok(Self(format!("{scheme}://{}", host.unwrap_or("localhost"))))
    }
}

fn html(markup: Markup) -> Html<String> {
    Html(markup.into_string())
}
