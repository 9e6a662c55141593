//! One request, as often as it takes: lease a credential, send, report, and go on or hand back.

use std::pin::pin;
use std::sync::Arc;

use bytes::Bytes;
use hermes_core::{CredentialId, Explain};
use hermes_http::{HttpError, ReplyBody, SendBody};
use hermes_pool::{Advice, Ask, Lease, Leased, Outcome, PoolError};
use http::header::{HeaderMap, RETRY_AFTER};
use http::{Request, Response};
use tokio::time::timeout;

use crate::address::address;
use crate::gateway::Gateway;
use crate::headers;
use crate::job::{Answer, Job, Served, attach};
use crate::opening::{Rest, hold, hold_whole};
use crate::record::Record;
use crate::refused::{as_refusal, read_refusal, strike};
use crate::reply::Refusal;
use crate::story::Ending;

/// Kind of the error that stands until a first attempt was made.
const NO_ATTEMPT: &str = "no_attempt";

/// How one attempt ended.
enum Attempt {
    Served(Box<Served>),
    /// The provider's error, and what to do about it.
    Refused(Response<Bytes>, Advice),
    /// Nothing was sent; another credential may do better.
    Unsent(Refusal),
    Failed(Refusal),
}

impl Gateway {
    /// Serves a job. Another credential is tried only while nothing has reached the client.
    pub(crate) async fn forward(&self, job: &mut Job<'_>, record: &mut Record) -> Result<Answer, Refusal> {
        let mut tried: Vec<CredentialId> = Vec::new();
        let mut before = Err(Refusal::new(502, NO_ATTEMPT, "no attempt was made"));
        while record.attempts < self.parts.limits.attempts {
            let ask = Ask {
                provider: &job.asked.route.provider,
                protocol: job.protocol,
                model: &job.asked.route.model,
                tried: &tried,
                conversation: job.conversation,
            };
            let lease = match self.parts.pool.lease(&ask).await {
                Ok(lease) => lease,
                Err(error) => {
                    record.tell_refusal(&error);
                    return instead(error, before);
                }
            };
            record.tell_lease(&lease);
            let id = lease.id;
            record.credential = Some(id);
            record.label = Some(lease.label.clone());
            record.billing = Some(lease.billing);
            match self.attempt(job, lease, record).await {
                Attempt::Served(response) => return Ok(Answer::Stream(response)),
                Attempt::Failed(refusal) => return Err(refusal),
                Attempt::Refused(answer, Advice::Deliver) => match self.repaired(job, &answer, record) {
                    Some(body) => {
                        job.body = body;
                        job.stripped = true;
                        before = Ok(Answer::Error(answer));
                    }
                    None => return Ok(Answer::Error(answer)),
                },
                Attempt::Refused(answer, advice) => {
                    before = Ok(Answer::Error(answer));
                    if advice == Advice::Another {
                        tried.push(id);
                    }
                }
                Attempt::Unsent(refusal) => {
                    before = Err(refusal);
                    tried.push(id);
                }
            }
        }
        before
    }

    /// Sends once, on one credential, and reports how it went.
    async fn attempt(&self, job: &Job<'_>, lease: Lease, record: &mut Record) -> Attempt {
        let request = match self.request(job, &lease) {
            Ok(request) => request,
            Err(refusal) => {
                lease.report(Outcome::Cancelled).await;
                return Attempt::Failed(refusal);
            }
        };
        record.call();
        self.metrics.upstream_call();
        match self.send(request, &lease).await {
            Ok(response) if response.status().is_success() => self.opened(job, lease, response, record).await,
            Ok(response) => {
                self.metrics.upstream_error();
                let answer = read_refusal(response).await.map(|body| strike(body, &lease));
                hear(&lease, answer.headers());
                let outcome = Outcome::Answered {
                    status: answer.status().as_u16(),
                    headers: headers::told(answer.headers()),
                    body: answer.body().to_vec(),
                };
                let advice = lease.report(outcome).await;
                let status = Some(answer.status().as_u16());
                let ending = Ending {
                    status,
                    problem: None,
                };
                record.tell_failure(&lease, ending, &advice);
                Attempt::Refused(answer, advice)
            }
            Err(error) => {
                self.metrics.upstream_error();
                let sent = error.sent();
                let advice = lease.report(Outcome::Failed { sent }).await;
                let ending = Ending {
                    status: None,
                    problem: Some(error.kind()),
                };
                record.tell_failure(&lease, ending, &advice);
                let refusal = unreachable(&error);
                if sent || advice == Advice::Deliver {
                    Attempt::Failed(refusal)
                } else {
                    Attempt::Unsent(refusal)
                }
            }
        }
    }

    /// An answer that began as a success. A stream of events is held back until it shows content, a whole answer until its first bytes:
    /// an error before that is an answer like any other refusal, and the client has seen nothing yet.
    async fn opened(
        &self,
        job: &Job<'_>,
        lease: Lease,
        mut response: Response<ReplyBody>,
        record: &mut Record,
    ) -> Attempt {
        let events = headers::is_event_stream(response.headers());
        hear(&lease, response.headers());
        let (body, limits) = (response.body_mut(), &self.parts.limits);
        let held = if events {
            hold(body, job.protocol, limits).await
        } else {
            hold_whole(body, limits).await
        };
        let told = held.error.is_some();
        let outcome = match &held.error {
            Some(body) => Outcome::StreamFailed {
                headers: headers::told(response.headers()),
                body: body.clone(),
            },
            None if matches!(held.rest, Rest::Cut | Rest::Silent) => Outcome::Failed { sent: true },
            None => Outcome::Served,
        };
        let advice = lease.report(outcome).await;
        record.held = held.size();
        match Ending::of(&held) {
            Some(ending) => record.tell_failure(&lease, ending, &advice),
            None => record.tell_success(&lease, response.status().as_u16()),
        }
        if let Some(body) = &held.error {
            self.metrics.upstream_error();
            if advice != Advice::Deliver {
                let answer = as_refusal(response.headers(), body, job.protocol, record);
                return Attempt::Refused(answer.map(|body| strike(body, &lease)), advice);
            }
        }
        Attempt::Served(Box::new(Served {
            response,
            events,
            held,
            lease: Arc::new(lease),
            told,
            protocol: job.protocol,
            crossing: None,
        }))
    }

    async fn send(
        &self,
        request: Request<SendBody>,
        leased: &Leased,
    ) -> Result<Response<ReplyBody>, HttpError> {
        let attach = attach(leased);
        // Pinned here: the future is large, and the timeout would take it as a copy.
        let call = pin!(self.parts.http.send(request, attach.as_ref()));
        match timeout(self.parts.limits.answer_wait, call).await {
            Ok(result) => result,
            Err(_) => Err(HttpError::Timeout {
                host: leased.runtime.base_url.host_str().unwrap_or_default().to_owned(),
                after: self.parts.limits.answer_wait,
                sent: true,
            }),
        }
    }

    fn request(&self, job: &Job<'_>, leased: &Leased) -> Result<Request<SendBody>, Refusal> {
        let mut url = address(job, leased)?;
        if job.beta {
            url.query_pairs_mut().append_pair("beta", "true");
        }
        let mut request = Request::new(SendBody::full(job.body.clone()));
        *request.method_mut() = job.method.clone();
        *request.uri_mut() = url
            .as_str()
            .parse()
            .map_err(|_| Refusal::new(500, "bad_url", "the provider's address cannot be called"))?;
        *request.headers_mut() = match &job.crossing {
            Some(crossing) => headers::translated(crossing.streams, &leased.runtime, &self.agent),
            None => headers::upstream(job.asked.headers, &leased.runtime, &self.agent),
        };
        Ok(request)
    }
}

/// What the client sees when no further credential can serve: the pool's state where the credentials were at fault, else the
/// last thing that happened.
fn instead(error: PoolError, before: Result<Answer, Refusal>) -> Result<Answer, Refusal> {
    match before {
        Ok(Answer::Error(answer)) if !matches!(answer.status().as_u16(), 401 | 402 | 403 | 429) => {
            Ok(Answer::Error(answer))
        }
        // Such as the limit of a vendor behind an aggregator.
        Ok(Answer::Error(answer)) if answer.status() == 429 && is_blameless(&error) => {
            Ok(Answer::Error(answer))
        }
        Err(refusal) if refusal.kind != NO_ATTEMPT => Err(refusal),
        _ => Err(error.into()),
    }
}

/// Whether every login could serve again, and was only tried.
fn is_blameless(error: &PoolError) -> bool {
    let PoolError::Exhausted { members, .. } = error else {
        return false;
    };
    !members.is_empty() && members.iter().all(|member| member.state.usable())
}

/// Tells the pool what an answer's headers say of the plan.
fn hear(lease: &Lease, headers: &HeaderMap) {
    lease.hear(|name| headers.get(name)?.to_str().ok());
}

fn unreachable(error: &HttpError) -> Refusal {
    let status = if matches!(error, HttpError::Timeout { .. }) {
        504
    } else {
        502
    };
    let refusal = Refusal::new(status, error.kind(), error.to_string());
    // What may have reached the provider may have been billed; sending it twice is for a person to decide.
    if error.sent() { refusal } else { refusal.passing() }
}

/// Whether an error of the provider must not be repeated: a refused login is not the client's own key.
pub(crate) fn is_final(answer: &Response<Bytes>) -> bool {
    matches!(answer.status().as_u16(), 401 | 403) && !answer.headers().contains_key(RETRY_AFTER)
}
