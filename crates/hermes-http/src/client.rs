use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use hermes_core::Origin;
use hermes_text::Word;
use hermes_text::errors::http as text;
use http::header::{HOST, USER_AGENT};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Method, Request, Response, Uri};
use http_body::Body;

use crate::body::Lease;
use crate::dial::Dialer;
use crate::error::printable;
use crate::one_shot;
use crate::pool::{Connection, Key, Pool};
use crate::socket::Marks;
use crate::{Answer, Attach, Call, HttpError, Lab, ProxySettings, ReplyBody, SendBody};

/// What the client is made from.
#[derive(Clone, Debug)]
pub struct HttpConfig {
    /// `User-Agent` of every call, and of requests that bring none of their own.
    pub user_agent: String,
    /// The lab map; with one, nothing else can be reached.
    pub lab: Option<Lab>,
    /// Proxies; not used in a lab.
    pub proxy: ProxySettings,
    /// PEM file of trust roots beside the system's.
    pub extra_ca: Option<PathBuf>,
    /// Whether private address ranges may be dialled.
    pub allow_private: bool,
}

/// The HTTP client. Clones share connections.
#[derive(Clone)]
pub struct Http {
    inner: Arc<Inner>,
}

struct Inner {
    user_agent: HeaderValue,
    dialer: Dialer,
    pool: Arc<Pool>,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

impl Http {
    /// Makes a client. Nothing is read or dialled before the first request.
    ///
    /// # Errors
    /// [`HttpError::BadHeader`] when the user agent is not plain text.
    pub fn new(config: HttpConfig) -> Result<Self, HttpError> {
        let user_agent = HeaderValue::from_str(&config.user_agent).map_err(|_| HttpError::BadHeader {
            name: USER_AGENT.to_string(),
        })?;
        Ok(Self {
            inner: Arc::new(Inner {
                user_agent,
                dialer: Dialer::new(&config),
                pool: Arc::new(Pool::new()),
            }),
        })
    }

    /// Makes one call over a connection of its own and reads its whole answer. It is never repeated.
    ///
    /// # Errors
    /// [`HttpError`]; [`HttpError::sent`] tells whether the other side may have seen the request. A status such as 404 is an
    /// [`Answer`], a redirect that is not allowed an error.
    pub async fn call(&self, call: Call) -> Result<Answer, HttpError> {
        let marks = Arc::new(Marks::default());
        let run = one_shot::run(&self.inner.dialer, &self.inner.user_agent, &call, &marks);
        let done = tokio::time::timeout(call.timeout, run).await;
        done.unwrap_or_else(|_| {
            Err(HttpError::Timeout {
                host: printable(call.url.host_str().unwrap_or_default()),
                after: call.timeout,
                sent: marks.written(),
            })
        })
    }

    /// Sends a request as it is and hands back the answer's head with a body that is still to come.
    ///
    /// The request's address must be absolute. Only `Host` and the credential's header are set; a redirect is an answer like
    /// any other. There is a deadline for connecting and none after it. A request is sent once: when a kept-alive
    /// connection turns out to be dead, it goes over a new one only if no byte of it was written, since the other side may
    /// have acted on, and charged for, anything it was given.
    ///
    /// # Errors
    /// [`HttpError`]; [`HttpError::sent`] tells whether the other side may have seen the request.
    pub async fn send(
        &self,
        mut request: Request<SendBody>,
        credential: Option<&Attach>,
    ) -> Result<Response<ReplyBody>, HttpError> {
        let origin = origin_of_uri(request.uri())?;
        self.inner.dialer.check(&origin)?;
        if let Some(credential) = credential {
            credential.put(&origin, request.headers_mut())?;
        }
        prepare(&mut request, &origin, &self.inner.user_agent)?;
        let key = self.inner.pool.key(origin.clone(), credential)?;
        while let Some(mut connection) = self.inner.pool.take(&key) {
            if !connection.is_alive().await {
                continue;
            }
            match connection.exchange(request, origin.host()).await {
                Ok(answer) => return Ok(self.reply(answer, connection, key).await),
                Err(failure) => request = failure.unsent.ok_or(failure.error)?,
            }
            break;
        }
        let socket = self.inner.dialer.dial(&origin, Arc::default()).await?;
        let mut connection = Connection::open(socket, origin.host()).await?;
        match connection.exchange(request, origin.host()).await {
            Ok(answer) => Ok(self.reply(answer, connection, key).await),
            Err(failure) => Err(failure.error),
        }
    }

    async fn reply(
        &self,
        answer: Response<hyper::body::Incoming>,
        mut connection: Connection,
        key: Key,
    ) -> Response<ReplyBody> {
        let host = key.host().to_owned();
        let pool = Arc::clone(&self.inner.pool);
        // An answer without a body is already at its end.
        if answer.body().is_end_stream() && connection.is_alive().await {
            pool.put(key, connection);
            return answer.map(|incoming| ReplyBody::new(incoming, None, host));
        }
        let lease = Lease {
            connection,
            key,
            pool,
        };
        answer.map(|incoming| ReplyBody::new(incoming, Some(lease), host))
    }
}

/// Writes the address as a server expects it, and names the host.
fn prepare(
    request: &mut Request<SendBody>,
    origin: &Origin,
    user_agent: &HeaderValue,
) -> Result<(), HttpError> {
    let path = request.uri().path_and_query().cloned();
    let path = path.unwrap_or_else(|| PathAndQuery::from_static("/"));
    *request.uri_mut() = Uri::from(path);
    put_host(request.headers_mut(), origin)?;
    request
        .headers_mut()
        .entry(USER_AGENT)
        .or_insert_with(|| user_agent.clone());
    if request.method() == Method::CONNECT {
        return Err(HttpError::BadUrl {
            url: printable(&origin.to_string()),
            why: text::url_connect,
        });
    }
    Ok(())
}

/// Sets `Host`, with the port only where it is not the scheme's own.
pub(crate) fn put_host(headers: &mut HeaderMap, origin: &Origin) -> Result<(), HttpError> {
    let value = match (origin.scheme(), origin.port()) {
        ("https", 443) | ("http", 80) => HeaderValue::from_str(origin.host()),
        (_, port) => HeaderValue::try_from(format!("{}:{port}", origin.host())),
    };
    let value = value.map_err(|_| HttpError::BadHeader {
        name: HOST.to_string(),
    })?;
    headers.insert(HOST, value);
    Ok(())
}

fn origin_of_uri(uri: &Uri) -> Result<Origin, HttpError> {
    let bad = |why: Word| HttpError::BadUrl {
        url: printable(uri.host().unwrap_or_default()),
        why,
    };
    let scheme = uri.scheme_str().ok_or_else(|| bad(text::url_not_absolute))?;
    let authority = uri.authority().ok_or_else(|| bad(text::url_no_host))?;
    if authority.as_str().contains('@') {
        return Err(bad(text::url_user_info));
    }
    let port = authority.port_u16().unwrap_or(match scheme {
        "https" => 443,
        "http" => 80,
        _ => 0,
    });
    Ok(Origin::new(scheme, authority.host(), port))
}
