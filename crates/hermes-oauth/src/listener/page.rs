use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::Full;

use crate::printable;

/// How a login ended, as the browser shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// Signed in.
    SignedIn {
        /// The provider's name.
        provider: String,
    },
    /// The login failed.
    Failed {
        /// What happened; shortened and escaped here.
        message: String,
    },
    /// This callback does not count, and the login still waits for the right one.
    TryAgain {
        /// What happened; shortened and escaped here.
        message: String,
    },
}

impl Page {
    pub(super) fn response(&self) -> Response<Full<Bytes>> {
        match self {
            Self::SignedIn { provider } => html(
                StatusCode::OK,
                "Signed in",
                &format!("You are signed in to {provider}. You can close this page."),
            ),
            Self::Failed { message } => html(StatusCode::BAD_REQUEST, "Not signed in", message),
            Self::TryAgain { message } => html(
                StatusCode::BAD_REQUEST,
                "Still waiting",
                &format!("{message}. The login still waits for the page that was opened for it."),
            ),
        }
    }
}

/// A page without scripts, outside references or anything to remember.
pub(super) fn html(status: StatusCode, title: &str, text: &str) -> Response<Full<Bytes>> {
    let text = escape(&printable(text, 400));
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:1.1rem system-ui;margin:20vh auto;max-width:32rem;padding:0 1rem}}</style>\
         <h1>{title}</h1><p>{text}</p></html>\n"
    );
    let mut response = Response::new(Full::new(Bytes::from(page)));
    *response.status_mut() = status;
    let fixed = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        ),
        (header::CONNECTION, "close"),
    ];
    for (name, value) in fixed {
        response
            .headers_mut()
            .insert(name, http::HeaderValue::from_static(value));
    }
    response
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
