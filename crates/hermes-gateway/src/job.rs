//! One request on its way: as its client sent it, as it goes up, and what came back.

use std::sync::Arc;

use bytes::Bytes;
use hermes_catalog::AuthStyle;
use hermes_core::Protocol;
use hermes_http::{Attach, ReplyBody};
use hermes_pool::{Lease, Leased};
use hermes_translate::Context;
use http::header::{HeaderMap, HeaderName};
use http::{Method, Response};

use crate::body::Body;
use crate::endpoint::{GeminiPath, KeptPath};
use crate::opening::Held;
use crate::route::Route;

/// A request as its client sent it, and where it goes.
pub(crate) struct Asked<'a> {
    pub(crate) body: Bytes,
    /// What stands in a Gemini client's path.
    pub(crate) path: Option<GeminiPath>,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) route: &'a Route,
}

/// What an answer needs on its way back to a client of another protocol.
#[derive(Clone)]
pub(crate) struct Crossing {
    pub(crate) context: Arc<Context>,
    /// Whether the upstream is asked for a stream.
    pub(crate) streams: bool,
}

/// Which of the upstream's addresses is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// The generating call.
    Generate,
    /// The token count.
    Count,
    /// Embeddings, beside the generating call.
    Embeddings,
    /// A long conversation made short, below the generating call.
    Compact,
    /// An answer that the provider keeps, below the generating call.
    Kept,
}

/// A request that is ready to go up.
pub(crate) struct Job<'a> {
    pub(crate) call: Call,
    /// The upstream's.
    pub(crate) protocol: Protocol,
    /// The way back to a client of another protocol.
    pub(crate) crossing: Option<Crossing>,
    /// The answer that is asked about.
    pub(crate) kept: Option<KeptPath>,
    pub(crate) method: Method,
    /// As it goes up.
    pub(crate) body: Bytes,
    /// As the client sent it.
    pub(crate) asked: Asked<'a>,
    /// Whether proofs of reasoning were taken out after the provider had refused them.
    pub(crate) stripped: bool,
    /// Whether the client's `beta=true` goes along.
    pub(crate) beta: bool,
    /// The conversation that it belongs to.
    pub(crate) conversation: Option<u64>,
}

/// What came back.
pub(crate) enum Answer {
    /// Success; most of the body is still to come.
    Stream(Box<Served>),
    /// An error of the provider, for the client to see.
    Error(Response<Bytes>),
    /// The error that the same request got a moment ago.
    Again(Response<Bytes>),
    /// A success that was translated as a whole.
    Whole(Response<Body>),
    /// About how many tokens a request has, where nobody counts them.
    Estimate(u64),
}

/// A success on its way to the client.
pub(crate) struct Served {
    pub(crate) response: Response<ReplyBody>,
    /// Whether it is a stream of events.
    pub(crate) events: bool,
    /// The beginning of the body.
    pub(crate) held: Held,
    /// Kept until the answer has ended.
    pub(crate) lease: Arc<Lease>,
    /// Whether the pool knows of the error inside the stream.
    pub(crate) told: bool,
    /// The upstream's protocol.
    pub(crate) protocol: Protocol,
    /// The way to a client of another protocol.
    pub(crate) crossing: Option<Crossing>,
}

/// How a credential goes along with a request.
pub(crate) fn attach(leased: &Leased) -> Option<Attach> {
    match &leased.runtime.auth {
        AuthStyle::Bearer => Some(Attach::bearer(leased.secret.clone())),
        AuthStyle::Header(name) => {
            let name = HeaderName::try_from(name.as_str()).ok()?;
            Some(Attach::header(name, leased.secret.clone()))
        }
        AuthStyle::None => None,
    }
}
