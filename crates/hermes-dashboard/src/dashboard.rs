use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use http_body::Body as HttpBody;
use tower::ServiceExt;

use crate::router;
use crate::shared::{DashboardParts, Peer, Shared};

/// Pages and admin API. Clones share one state.
#[derive(Clone)]
pub struct Dashboard {
    router: Router,
    shared: Arc<Shared>,
}

impl Dashboard {
    /// Wires it together; nothing is read or opened.
    pub fn new(parts: DashboardParts) -> Self {
        let shared = Arc::new(Shared::new(parts));
        Self {
            router: router::build(Arc::clone(&shared)),
            shared,
        }
    }

    /// Answers one request, which has passed the listener's checks of `Host` and `Origin`.
    pub async fn answer<B>(&self, request: Request<B>, peer: SocketAddr) -> Response<Body>
    where
        B: HttpBody<Data = bytes::Bytes> + Send + 'static,
        B::Error: Into<axum::BoxError>,
    {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(peer.ip()));
        let answer: Result<_, Infallible> = self.router.clone().oneshot(request).await;
        answer.unwrap_or_else(|never| match never {})
    }

    /// Ends every event stream, so that the listener can close.
    pub fn stop(&self) {
        self.shared.stop();
    }
}
