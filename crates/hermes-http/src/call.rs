use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use hermes_core::{REDACTED, Secret};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use url::Url;
use zeroize::Zeroizing;

use crate::{Attach, HttpError};

/// Longest answer of a call unless it says otherwise, bytes.
pub const DEFAULT_LIMIT: usize = 1024 * 1024;

/// Deadline of a whole call unless it says otherwise.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20);

/// One small request with a bounded answer: login steps, refreshes, key checks, quota and model lists.
#[derive(Clone, Debug)]
pub struct Call {
    /// Method.
    pub method: Method,
    /// Where.
    pub url: Url,
    /// Headers beside the ones the client sets; each replaces those of the same name.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// Body.
    pub body: CallBody,
    /// Credential, if the call carries one.
    pub attach: Option<Attach>,
    /// What a redirect does.
    pub redirect: Redirect,
    /// Deadline of the whole call.
    pub timeout: Duration,
    /// Longest answer, bytes.
    pub limit: usize,
}

/// Body of a [`Call`].
#[derive(Clone, Debug)]
pub enum CallBody {
    /// No body.
    None,
    /// `application/x-www-form-urlencoded`, in this order.
    Form(Vec<(String, Secret)>),
    /// `application/json`, already serialised.
    Json(Secret),
}

/// What a redirect does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// It is an error.
    Refuse,
    /// A 307 or 308 to the same host or one of these is followed with method and body kept, over https, at most three times; the
    /// credential goes along only where it is bound. Any other redirect is an error.
    KeepBody {
        /// Host names.
        hosts: Vec<String>,
    },
}

impl Call {
    /// A `GET`.
    pub fn get(url: Url) -> Self {
        Self::new(Method::GET, url)
    }

    /// A `POST`.
    pub fn post(url: Url) -> Self {
        Self::new(Method::POST, url)
    }

    /// Any method, no body, no credential, redirects refused, default limits.
    pub fn new(method: Method, url: Url) -> Self {
        Self {
            method,
            url,
            headers: Vec::new(),
            body: CallBody::None,
            attach: None,
            redirect: Redirect::Refuse,
            timeout: DEFAULT_TIMEOUT,
            limit: DEFAULT_LIMIT,
        }
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// Adds a header from text.
    ///
    /// # Errors
    /// [`HttpError::BadHeader`] for a name or value that a header cannot carry.
    pub fn text_header(self, name: &str, value: &str) -> Result<Self, HttpError> {
        let wrong = || HttpError::BadHeader {
            name: crate::error::printable(name),
        };
        let header = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong())?;
        let value = HeaderValue::from_str(value).map_err(|_| wrong())?;
        Ok(self.header(header, value))
    }

    /// Adds a header that holds a secret: it never prints itself, and a redirect to another host drops it.
    ///
    /// # Errors
    /// [`HttpError::BadHeader`] for a name or value that a header cannot carry.
    pub fn secret_header(self, name: &str, secret: &Secret) -> Result<Self, HttpError> {
        let mut call = self.text_header(name, secret.expose())?;
        if let Some((_, value)) = call.headers.last_mut() {
            value.set_sensitive(true);
        }
        Ok(call)
    }

    /// Sets a form body.
    pub fn form<K: Into<String>>(mut self, fields: impl IntoIterator<Item = (K, Secret)>) -> Self {
        let fields = fields.into_iter().map(|(name, value)| (name.into(), value));
        self.body = CallBody::Form(fields.collect());
        self
    }

    /// Sets a JSON body that is already serialised.
    pub fn json(mut self, text: Secret) -> Self {
        self.body = CallBody::Json(text);
        self
    }

    /// Sets the credential.
    pub fn attach(mut self, attach: Attach) -> Self {
        self.attach = Some(attach);
        self
    }

    /// Follows 307 and 308 to these hosts with the body kept.
    pub fn keep_body_to(mut self, hosts: impl IntoIterator<Item = String>) -> Self {
        self.redirect = Redirect::KeepBody {
            hosts: hosts.into_iter().collect(),
        };
        self
    }

    /// Sets the deadline.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the longest answer, bytes.
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    /// Everything secret that the call sends.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let mut secrets: Vec<Secret> = match &self.body {
            CallBody::None => Vec::new(),
            CallBody::Json(text) => vec![text.clone()],
            CallBody::Form(fields) => fields.iter().map(|(_, value)| value.clone()).collect(),
        };
        let headers = self.headers.iter().filter(|(_, value)| value.is_sensitive());
        secrets.extend(headers.filter_map(|(_, value)| value.to_str().ok().map(Secret::from)));
        secrets.extend(self.attach.as_ref().and_then(Attach::any).cloned());
        secrets
    }

    /// The headers that do not depend on the origin.
    pub(crate) fn header_map(&self, user_agent: &HeaderValue) -> HeaderMap {
        let mut map = HeaderMap::new();
        map.insert(http::header::USER_AGENT, user_agent.clone());
        map.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(kind) = self.body.content_type() {
            map.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        for (name, value) in &self.headers {
            map.insert(name.clone(), value.clone());
        }
        map
    }
}

impl CallBody {
    fn content_type(&self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Form(_) => Some("application/x-www-form-urlencoded"),
            Self::Json(_) => Some("application/json"),
        }
    }

    /// The bytes to send; wiped when the last user lets go.
    pub(crate) fn to_bytes(&self) -> Bytes {
        match self {
            Self::None => Bytes::new(),
            Self::Json(text) => Bytes::from_owner(Zeroizing::new(text.expose().clone().into_bytes())),
            Self::Form(fields) => {
                let room = fields
                    .iter()
                    .map(|(k, v)| 3 * (k.len() + v.expose().len()) + 2)
                    .sum();
                let mut form = url::form_urlencoded::Serializer::new(String::with_capacity(room));
                for (name, value) in fields {
                    form.append_pair(name, value.expose());
                }
                Bytes::from_owner(Zeroizing::new(form.finish().into_bytes()))
            }
        }
    }
}

/// What came back, complete.
#[derive(Clone)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body, at most the call's limit.
    pub body: Vec<u8>,
    /// Where it came from at last.
    pub url: Url,
    /// What the call sent.
    pub(crate) sent: Vec<Secret>,
}

/// A shorter word is no secret, or no use to anybody.
const SHORTEST_SECRET: usize = 12;

impl Answer {
    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Text of this answer, for people: a word that repeats a part of what the call sent becomes `[redacted]`. Some servers
    /// name the token or key that they refuse. Words without a digit stay, since those are names of the protocol.
    pub fn conceal(&self, text: &str) -> String {
        let is_token = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_');
        let repeats = |word: &str| {
            word.len() >= SHORTEST_SECRET
                && word.bytes().any(|byte| byte.is_ascii_digit())
                && self.sent.iter().any(|secret| secret.expose().contains(word))
        };
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            let end = rest.find(|one| !is_token(one)).unwrap_or(rest.len());
            let (word, tail) = rest.split_at(end);
            out.push_str(if repeats(word) { REDACTED } else { word });
            let gap = tail.find(is_token).unwrap_or(tail.len());
            out.push_str(&tail[..gap]);
            rest = &tail[gap..];
        }
        out
    }

    /// A header's value, if it is readable text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("status", &self.status)
            .field("host", &self.url.host_str())
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
