use bytes::Bytes;
use hermes_text::{Both, Lang, Word, callback as text};
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
        message: Both,
    },
    /// This callback does not count, and the login still waits for the right one.
    TryAgain {
        /// What happened; shortened and escaped here.
        message: Both,
    },
}

impl Page {
    pub(super) fn response(&self, lang: Lang) -> Response<Full<Bytes>> {
        match self {
            Self::SignedIn { provider } => {
                let told = text::signed_in_to(lang, provider);
                html(lang, StatusCode::OK, text::signed_in, &told)
            }
            Self::Failed { message } => html(
                lang,
                StatusCode::BAD_REQUEST,
                text::not_signed_in,
                message.get(lang),
            ),
            Self::TryAgain { message } => {
                let told = text::waiting_after(lang, message.get(lang));
                html(lang, StatusCode::BAD_REQUEST, text::waiting, &told)
            }
        }
    }
}

/// A page without scripts, outside references or anything to remember.
pub(super) fn html(lang: Lang, status: StatusCode, title: Word, told: &str) -> Response<Full<Bytes>> {
    let (tag, title, told) = (lang.tag(), title(lang), escape(&printable(told, 400)));
    let page = format!(
        "<!doctype html><html lang=\"{tag}\"><meta charset=\"utf-8\"><title>{title}</title>\
         <style>body{{font:1.1rem system-ui;margin:20vh auto;max-width:32rem;padding:0 1rem}}</style>\
         <h1>{title}</h1><p>{told}</p></html>\n"
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
