//! What the client gets: the head of each answer, and whole answers in its own protocol.

use hermes_pool::Outcome;
use hermes_wire::{counted, error_status};
use http::header::HeaderValue;
use http::{Response, StatusCode};
use tokio::sync::OwnedSemaphorePermit;

use crate::body::Body;
use crate::forward::is_final;
use crate::gateway::Gateway;
use crate::gather::{error_for, gather, response};
use crate::headers;
use crate::job::{Answer, Crossing, Served};
use crate::record::Record;
use crate::relay::Relay;
use crate::reply::json_answer;
use crate::resend;

/// Tells the client's SDK not to ask again, whatever the status makes it think.
const RETRY: &str = "x-should-retry";

impl Gateway {
    /// Whole answers of another protocol are gathered before the head goes out; others go on as they are.
    pub(crate) async fn finished(
        &self,
        answer: Answer,
        crossing: Option<Crossing>,
        record: &mut Record,
    ) -> Answer {
        let Some(crossing) = crossing else {
            return answer;
        };
        match answer {
            Answer::Stream(mut served) if served.events && crossing.context.stream => {
                served.crossing = Some(crossing);
                Answer::Stream(served)
            }
            Answer::Stream(served) => self.gathered(served, &crossing, record).await,
            Answer::Error(answer) => {
                let last = is_final(&answer);
                let mut answer = error_for(record.protocol, answer, &record.id.to_string());
                answer.extensions_mut().insert(crossing);
                if last {
                    give_up(&mut answer);
                }
                Answer::Error(answer)
            }
            other => other,
        }
    }

    async fn gathered(&self, mut served: Box<Served>, crossing: &Crossing, record: &mut Record) -> Answer {
        let gathered = gather(&mut served, crossing, &self.parts.limits).await;
        if let Some(body) = gathered.error_data {
            let headers = headers::told(served.response.headers());
            served.lease.report(Outcome::StreamFailed { headers, body }).await;
        }
        let mut response = response(gathered.written, crossing.context.stream, record);
        let crossed = headers::crossed(served.response.headers(), crossing);
        for (name, value) in &crossed {
            response.headers_mut().append(name, value.clone());
        }
        Answer::Whole(response)
    }

    pub(crate) fn answer(
        &self,
        answer: Answer,
        permit: OwnedSemaphorePermit,
        mut record: Record,
    ) -> Response<Body> {
        match answer {
            Answer::Stream(served) => self.stream(served, permit, record),
            Answer::Error(upstream) => error(upstream, record),
            Answer::Again(upstream) => {
                let last = resend::is_about_the_request(&upstream);
                let mut response = error(upstream, record);
                let replayed = HeaderValue::from_static("true");
                response.headers_mut().insert("x-hermes-replayed", replayed);
                if last {
                    give_up(&mut response);
                }
                response
            }
            Answer::Whole(mut response) => {
                headers::stamp(response.headers_mut(), &record);
                response
            }
            Answer::Estimate(tokens) => {
                record.status = 200;
                let mut response = json_answer(counted(record.protocol, tokens));
                let headers = response.headers_mut();
                headers.insert("x-hermes-estimated", HeaderValue::from_static("true"));
                headers::stamp(headers, &record);
                response
            }
        }
    }

    fn stream(
        &self,
        mut served: Box<Served>,
        permit: OwnedSemaphorePermit,
        mut record: Record,
    ) -> Response<Body> {
        let status = served.response.status();
        let crossing = served.crossing.take();
        let upstream = served.response.headers();
        let mut head = match &crossing {
            Some(crossing) => headers::crossed_stream(upstream, crossing),
            None => headers::downstream(upstream),
        };
        record.status = status.as_u16();
        headers::stamp(&mut head, &record);
        let limits = &self.parts.limits;
        let withholder = self
            .withholder(&record, served.protocol)
            .filter(|_| crossing.is_none());
        let relay = Relay::new(*served, crossing.as_ref(), withholder, record, limits, permit);
        let mut response = Response::new(Body::relay(relay));
        *response.status_mut() = status;
        *response.headers_mut() = head;
        response
    }
}

/// The provider's error, under the status that the client's protocol has for it.
fn error(upstream: Response<bytes::Bytes>, mut record: Record) -> Response<Body> {
    let last = is_final(&upstream);
    let (head, body) = upstream.into_parts();
    record.status = error_status(record.protocol, head.status.as_u16());
    record.error = Some("upstream_error".to_owned());
    let mut response = Response::new(Body::full(body));
    *response.status_mut() = StatusCode::from_u16(record.status).unwrap_or(head.status);
    *response.headers_mut() = headers::downstream(&head.headers);
    if let Some(crossing) = head.extensions.get::<Crossing>() {
        headers::note_crossing(response.headers_mut(), crossing);
    }
    headers::stamp(response.headers_mut(), &record);
    if last {
        give_up(&mut response);
    }
    response
}

fn give_up<B>(response: &mut Response<B>) {
    let never = HeaderValue::from_static("false");
    response.headers_mut().insert(RETRY, never);
}
