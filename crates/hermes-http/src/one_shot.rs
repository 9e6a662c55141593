use std::sync::Arc;

use hermes_text::Word;
use hermes_text::errors::http as text;
use http::header::{CONNECTION, LOCATION};
use http::{HeaderMap, HeaderValue, Request, Uri};
use http_body::Body;
use hyper::body::Incoming;
use url::Url;

use crate::client::put_host;
use crate::dial::Dialer;
use crate::error::printable;
use crate::pool::Connection;
use crate::socket::Marks;
use crate::{Answer, Call, HttpError, Redirect, SendBody, origin_of};

/// Most redirects that one call follows.
const MOST_REDIRECTS: usize = 3;

/// Makes a call, following the redirects it allows.
pub(crate) async fn run(
    dialer: &Dialer,
    user_agent: &HeaderValue,
    call: &Call,
    marks: &Arc<Marks>,
) -> Result<Answer, HttpError> {
    let mut url = call.url.clone();
    let mut headers = call.header_map(user_agent);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    let mut hops = 0;
    loop {
        let answer = hop_to(dialer, call, &url, headers.clone(), marks).await?;
        let Some(next) = target(&answer, &url) else {
            return Ok(answer);
        };
        let next = next.filter(|next| hops < MOST_REDIRECTS && may_follow(call, &answer, &url, next));
        let Some(next) = next else {
            return Err(HttpError::Redirected {
                host: host_of(&url),
                to: location_host(&answer),
            });
        };
        if origin_of(&next) != origin_of(&url) {
            drop_secrets(&mut headers);
        }
        url = next;
        hops += 1;
    }
}

async fn hop_to(
    dialer: &Dialer,
    call: &Call,
    url: &Url,
    mut headers: HeaderMap,
    marks: &Arc<Marks>,
) -> Result<Answer, HttpError> {
    let origin = origin_of(url);
    check_url(url)?;
    dialer.check(&origin)?;
    if let Some(attach) = &call.attach
        && (*url == call.url || attach.reaches(&origin))
    {
        attach.put(&origin, &mut headers)?;
    }
    put_host(&mut headers, &origin)?;
    let mut request = Request::new(SendBody::full(call.body.to_bytes()));
    *request.method_mut() = call.method.clone();
    *request.uri_mut() = path_of(url)?;
    *request.headers_mut() = headers;
    let socket = dialer.dial(&origin, Arc::clone(marks)).await?;
    let mut connection = Connection::open(socket, origin.host()).await?;
    let answer = connection
        .exchange(request, origin.host())
        .await
        .map_err(|failure| failure.error)?;
    let (head, body) = answer.into_parts();
    let body = read_body(connection, body, call.limit, origin.host()).await?;
    Ok(Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body,
        url: url.clone(),
        sent: call.secrets(),
    })
}

/// Reads a body to its end, or until it is longer than allowed.
async fn read_body(
    mut connection: Connection,
    mut body: Incoming,
    limit: usize,
    host: &str,
) -> Result<Vec<u8>, HttpError> {
    let too_large = || HttpError::TooLarge {
        host: printable(host),
        limit,
    };
    if body.size_hint().lower() > limit as u64 {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    loop {
        let frame = std::future::poll_fn(|cx| {
            connection.drive(cx);
            std::pin::Pin::new(&mut body).poll_frame(cx)
        });
        let Some(frame) = frame.await else {
            return Ok(bytes);
        };
        let frame = frame.map_err(|_| HttpError::Reset {
            host: printable(host),
            sent: true,
        })?;
        let data = frame.into_data().unwrap_or_default();
        if bytes.len() + data.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&data);
    }
}

/// Where a redirect leads: none when the answer is no redirect, `Some(None)` when its target cannot be read.
fn target(answer: &Answer, base: &Url) -> Option<Option<Url>> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let location = answer.headers.get(LOCATION)?;
    Some(location.to_str().ok().and_then(|text| base.join(text).ok()))
}

fn may_follow(call: &Call, answer: &Answer, from: &Url, to: &Url) -> bool {
    let Redirect::KeepBody { hosts } = &call.redirect else {
        return false;
    };
    let named = |host: &str| hosts.iter().any(|name| name.eq_ignore_ascii_case(host));
    let known = to.host_str().is_some_and(named) || to.host_str() == from.host_str();
    matches!(answer.status, 307 | 308) && known && to.scheme() == from.scheme()
}

/// Headers that hold a secret do not follow to another origin.
fn drop_secrets(headers: &mut HeaderMap) {
    let secret: Vec<_> = headers
        .iter()
        .filter(|(_, value)| value.is_sensitive())
        .map(|(name, _)| name.clone())
        .chain([
            http::header::AUTHORIZATION,
            http::header::COOKIE,
            http::header::PROXY_AUTHORIZATION,
        ])
        .collect();
    for name in secret {
        headers.remove(name);
    }
}

fn check_url(url: &Url) -> Result<(), HttpError> {
    if url.username().is_empty() && url.password().is_none() && url.as_str().len() <= 8 * 1024 {
        return Ok(());
    }
    Err(bad_url(url, text::url_user_info_or_long))
}

fn path_of(url: &Url) -> Result<Uri, HttpError> {
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    path.parse().map_err(|_| bad_url(url, text::url_path))
}

fn bad_url(url: &Url, why: Word) -> HttpError {
    HttpError::BadUrl {
        url: printable(&origin_of(url).to_string()),
        why,
    }
}

fn host_of(url: &Url) -> String {
    printable(url.host_str().unwrap_or_default())
}

/// Scheme and host of a redirect, for people; the rest may hold secrets.
fn location_host(answer: &Answer) -> String {
    match target(answer, &answer.url) {
        Some(Some(url)) => printable(&origin_of(&url).to_string()),
        _ => "an unreadable address".to_owned(),
    }
}
