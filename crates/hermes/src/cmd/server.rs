//! The gateway over this home's pool, as `up`, `chat` and `drill` run it.

use std::sync::Arc;
use std::time::Duration;

use hermes_catalog::Catalog;
use hermes_gateway::{Edge, Fallback, Gateway, GatewayParts, Limits, LogSender, Routes, Target};
use hermes_pool::{Feed, Keys};
use hermes_text::cli::serve as words;
use tokio::task::JoinHandle;

use crate::app::{App, VERSION};
use crate::failure::Failure;

/// How long the last rows of the request log may take.
const LOG_LIMIT: Duration = Duration::from_secs(5);

/// A gateway that is ready to serve.
pub(super) struct Server {
    pub(super) gateway: Arc<Gateway>,
    pub(super) keys: Arc<Keys>,
    /// Requests as they end, for whoever watches.
    log: JoinHandle<()>,
}

/// Wires a gateway together, with what answers the other paths; nothing listens yet.
pub(super) async fn build(
    app: &App<'_>,
    keys: Arc<Keys>,
    feed: Feed,
    edge: Edge,
    fallback: Option<Fallback>,
) -> Result<Server, Failure> {
    let catalog = Arc::clone(app.catalog().await?);
    let (sender, log) = LogSender::start(Arc::clone(app.store().await?), feed);
    let pool = app.pool().await?.clone();
    pool.load_models().await?;
    let gateway = Gateway::new(GatewayParts {
        pool,
        routes: routes(app, &catalog)?,
        catalog,
        http: app.http()?,
        keys: Arc::clone(&keys),
        log: sender,
        clock: Arc::clone(&app.clock),
        random: Arc::clone(&app.random),
        limits: Limits::default(),
        strict: app.config.strict(),
        allowed_hosts: app.config.allowed_hosts(),
        edge,
        version: VERSION,
        fallback,
    });
    Ok(Server { gateway, keys, log })
}

impl Server {
    /// Lets the request log end. To be called when nothing serves any more.
    pub(super) async fn close(self) {
        drop(self.gateway);
        self.keys.settle().await;
        // What is not written by then is lost; requests were served all the same.
        let _ = tokio::time::timeout(LOG_LIMIT, self.log).await;
    }
}

/// The config file's aliases, each for `provider/model`.
fn routes(app: &App<'_>, catalog: &Catalog) -> Result<Routes, Failure> {
    let route = |(alias, target): (String, String)| {
        let (provider, model) = target
            .split_once('/')
            .filter(|(_, model)| !model.is_empty())
            .ok_or_else(|| {
                let file = app.config.file().display().to_string();
                Failure::usage(|lang| words::bad_route(lang, &file, &alias))
            })?;
        let provider = catalog.provider(provider)?.id.clone();
        Ok((
            alias,
            Target {
                provider,
                model: model.to_owned(),
            },
        ))
    };
    Ok(Routes::new(
        app.config
            .routes()
            .into_iter()
            .map(route)
            .collect::<Result<Vec<_>, Failure>>()?,
    ))
}
