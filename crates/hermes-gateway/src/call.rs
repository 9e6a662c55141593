//! A call that goes upstream: body, route, protocol, forward, and the answer for the client.

use std::sync::Arc;

use bytes::Bytes;
use hermes_core::Protocol;
use hermes_pool::KnownKey;
use hermes_wire::{
    ModelField, conversation, conversation_after, error_status, estimate, peek, replace_model,
};
use http::header::{HeaderMap, HeaderValue};
use http::request::Parts;
use http::{Method, Request, Response, Uri};
use hyper::body::Incoming;
use tokio::sync::OwnedSemaphorePermit;

use crate::address::NO_COUNT;
use crate::auth::check_model;
use crate::body::Body;
use crate::crossing::{passes, upstream_protocol};
use crate::dialect::Form;
use crate::endpoint::{Endpoint, GeminiPath};
use crate::gateway::Gateway;
use crate::headers;
use crate::intake::collect;
use crate::job::{Answer, Asked, Call, Crossing, Job};
use crate::record::Record;
use crate::reply::Refusal;
use crate::route::{Route, is_alias};

impl Gateway {
    /// A call that goes upstream.
    pub(crate) async fn call(
        &self,
        request: Request<Incoming>,
        call: Call,
        key: Option<&KnownKey>,
        mut record: Record,
    ) -> Response<Body> {
        match self.run(request, call, key, &mut record).await {
            Ok((answer, permit)) => self.answer(answer, permit, record),
            Err(refusal) => {
                record.status = error_status(record.protocol, refusal.status);
                record.error = Some(refusal.kind.to_owned());
                let mut response = refusal.answer(Some(record.protocol), &record.id.to_string());
                headers::stamp(response.headers_mut(), &record);
                response
            }
        }
    }

    async fn run(
        &self,
        request: Request<Incoming>,
        call: Call,
        key: Option<&KnownKey>,
        record: &mut Record,
    ) -> Result<(Answer, OwnedSemaphorePermit), Refusal> {
        let permit = Arc::clone(&self.streams).try_acquire_owned().map_err(|_| {
            Refusal::new(503, "too_many_streams", "too many requests are under way")
                .passing()
                .closing()
        })?;
        let (head, body) = request.into_parts();
        let body = collect(body, &head.headers, &self.parts.limits).await?;
        let now = self.parts.clock.monotonic();
        if let Some(answer) = self.resend.known(record.key, head.uri.path(), &body, now) {
            return Ok((Answer::Again(answer), permit));
        }
        if call == Call::Kept {
            return Ok((self.kept(&head, body, record).await?, permit));
        }
        let answer = self.asked(&head, body.clone(), call, key, record).await?;
        if let Answer::Error(refusal) = &answer {
            let now = self.parts.clock.monotonic();
            self.resend.note(record.key, head.uri.path(), &body, refusal, now);
        }
        Ok((answer, permit))
    }

    /// Finds where a request goes and in which protocol, sends it, and translates what comes back.
    async fn asked(
        &self,
        head: &Parts,
        body: Bytes,
        call: Call,
        key: Option<&KnownKey>,
        record: &mut Record,
    ) -> Result<Answer, Refusal> {
        let path = GeminiPath::of(head.uri.path());
        let (route, field) = self.route(&body, path.as_ref(), key, record)?;
        let client = record.protocol;
        let upstream = match call {
            Call::Generate => upstream_protocol(&self.parts.pool, &route.provider, client),
            Call::Count | Call::Embeddings | Call::Compact | Call::Kept => client,
        };
        if call == Call::Count && !self.parts.pool.speaks(&route.provider, client) {
            return Ok(Answer::Estimate(estimate(&body)));
        }
        let conversation = conversation_of(call, &body, &head.headers);
        let asked = Asked {
            body,
            path,
            headers: &head.headers,
            route: &route,
        };
        let (body, crossing) = self.written(&asked, call, upstream, field.as_ref(), record)?;
        let mut job = Job {
            call,
            asked,
            stripped: false,
            conversation,
            protocol: upstream,
            crossing,
            kept: None,
            method: Method::POST,
            body,
            beta: asks_for_beta(&head.uri),
        };
        let answer = match self.forward(&mut job, record).await {
            // A client that counts would otherwise do it by a billed request.
            Err(refusal) if refusal.kind == NO_COUNT => Answer::Estimate(estimate(&job.body)),
            answer => answer?,
        };
        Ok(self.finished(answer, job.crossing, record).await)
    }

    /// The body as it goes up: the client's own bytes where they will do, or a translation with the way back.
    fn written(
        &self,
        asked: &Asked<'_>,
        call: Call,
        upstream: Protocol,
        field: Option<&ModelField>,
        record: &mut Record,
    ) -> Result<(Bytes, Option<Crossing>), Refusal> {
        if passes(record.protocol, upstream, &asked.body) {
            let own = || renamed(asked.body.clone(), field, asked.route);
            if call != Call::Generate || !self.is_narrow(asked.route, upstream) {
                return Ok((own(), None));
            }
            match self.narrow(asked, upstream, record)? {
                Form::Fits => return Ok((own(), None)),
                Form::Changed(body) => return Ok((body, None)),
                Form::Gathered => {}
            }
        }
        let (body, crossing) = self.cross(asked, upstream, record, true)?;
        Ok((body, Some(crossing)))
    }

    /// The provider and model that a request asks for, by a key that may, and where the model's name stands in the body.
    fn route(
        &self,
        body: &[u8],
        path: Option<&GeminiPath>,
        key: Option<&KnownKey>,
        record: &mut Record,
    ) -> Result<(Route, Option<ModelField>), Refusal> {
        let (asked, field) = asked_model(body, path)?;
        let route = self.router.resolve(&asked, record.protocol, &self.parts.pool)?;
        if let Some(key) = key {
            check_model(key, &asked, &route)?;
        }
        if is_alias(&asked, &route) {
            record.tell_alias(&asked);
        }
        record.provider = Some(route.provider.clone());
        record.model.clone_from(&route.model);
        Ok((route, field))
    }

    /// An answer that its provider keeps: asked of the login that made it, as far as that is known.
    async fn kept(&self, head: &Parts, body: Bytes, record: &mut Record) -> Result<Answer, Refusal> {
        let Endpoint::Kept(kept) = Endpoint::of(&head.method, &head.uri, &head.headers) else {
            return Err(nobody_keeps());
        };
        let (pool, protocol) = (&self.parts.pool, Protocol::Responses);
        let conversation = conversation_after(&kept.id);
        let mut keepers = pool.speakers(protocol);
        if keepers.len() > 1 {
            keepers.retain(|provider| pool.knows(provider, conversation));
        }
        let provider = keepers.pop().ok_or_else(nobody_keeps)?;
        record.provider = Some(provider.clone());
        let route = Route {
            provider,
            model: String::new(),
        };
        let mut job = Job {
            call: Call::Kept,
            asked: Asked {
                body: Bytes::new(),
                path: None,
                headers: &head.headers,
                route: &route,
            },
            stripped: true,
            conversation: Some(conversation),
            protocol,
            crossing: None,
            kept: Some(kept),
            method: head.method.clone(),
            body,
            beta: false,
        };
        self.forward(&mut job, record).await
    }
}

fn nobody_keeps() -> Refusal {
    let message =
        "no provider that is signed in here keeps this answer; send the whole conversation instead of its id";
    Refusal::new(404, "not_found", message)
}

/// The model that a request asks for, and where it stands in the body. Gemini clients write it into the path.
fn asked_model(body: &[u8], path: Option<&GeminiPath>) -> Result<(String, Option<ModelField>), Refusal> {
    if let Some(path) = path {
        return Ok((path.model.clone(), None));
    }
    let peeked = peek(body).map_err(|error| Refusal::new(400, error.kind(), error.to_string()))?;
    let missing = || Refusal::new(400, "missing_model", "the request body names no `model`");
    let field = peeked.model.ok_or_else(missing)?;
    Ok((field.name.clone(), Some(field)))
}

/// The body with the model's own name in place of an alias.
fn renamed(body: Bytes, field: Option<&ModelField>, route: &Route) -> Bytes {
    match field.filter(|field| field.name != route.model) {
        Some(field) => Bytes::from(replace_model(&body, field, &route.model)),
        None => body,
    }
}

fn asks_for_beta(uri: &Uri) -> bool {
    uri.query()
        .is_some_and(|query| query.split('&').any(|pair| pair == "beta=true"))
}

/// The conversation of a request, if it has one. Embeddings have no prompt cache that would be lost.
fn conversation_of(call: Call, body: &[u8], headers: &HeaderMap) -> Option<u64> {
    let header = |name: &str| headers.get(name).map(HeaderValue::as_bytes);
    (call != Call::Embeddings)
        .then(|| conversation(body, header))
        .flatten()
}
