//! `hermes chat`: one question through the gateway's own path, streamed to the terminal.

use std::io::IsTerminal as _;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use hermes_catalog::Models;
use hermes_core::{Bound, ExitKind, Origin, Protocol, Secret};
use hermes_gateway::Edge;
use hermes_http::{Attach, Http, HttpConfig, ProxySettings, SendBody, Url};
use hermes_pool::{Feed, KeyLimits, Keys, View};
use hermes_text::Lang;
use hermes_text::cli::{request as words, serve};
use hermes_wire::{ERROR_BODY_LIMIT, SseDecoder, read_error};
use http::header::{ACCEPT, CONTENT_TYPE};
use http::{Request, Response};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{key, server};
use crate::app::{App, VERSION};
use crate::args::Chat;
use crate::failure::{Failure, Outcome};
use crate::safe::{term_line, term_safe};

/// Name of the client key that `hermes chat` uses itself.
pub(super) const CHAT_KEY: &str = "hermes chat";
/// Enough for any answer on a terminal.
const MAX_TOKENS: u32 = 4096;

/// A question to one model.
pub(super) struct Question {
    /// The gateway's name of the model.
    pub(super) model: String,
    pub(super) protocol: Protocol,
    pub(super) text: String,
}

pub(super) async fn run(app: &App<'_>, args: &Chat) -> Outcome {
    let text = text(app, &args.text)?;
    let views = app.views().await?;
    let (model, protocol) = choose(app, &views, args.model.as_deref()).await?;
    let answer = ask(
        app,
        &Question {
            model,
            protocol,
            text,
        },
        !app.printer.is_json(),
    )
    .await?;
    if app.printer.is_json() {
        app.printer.json(
            &json!({ "text": answer.text, "request_id": answer.request_id, "credential": answer.credential }),
        );
    }
    Ok(0)
}

/// What the model said and who served it.
pub(super) struct Said {
    pub(super) text: String,
    pub(super) request_id: Option<String>,
    pub(super) credential: Option<String>,
    pub(super) pieces: usize,
}

fn text(app: &App<'_>, words: &[String]) -> Result<String, Failure> {
    let mut text = words.join(" ");
    if !std::io::stdin().is_terminal() && (words.is_empty() || words == ["-"]) {
        text.clone_from(app.prompter.read_all()?.expose());
    } else if text.trim().is_empty() {
        text = app.prompter.ask(words::what(app.lang()))?;
    }
    if text.trim().is_empty() {
        return Err(Failure::usage(words::nothing_asked));
    }
    Ok(text)
}

/// The model's name for the gateway, and the protocol its provider speaks.
async fn choose(app: &App<'_>, views: &[View], wanted: Option<&str>) -> Result<(String, Protocol), Failure> {
    let routes = app.config.routes();
    let name = wanted.map(|name| routes.get(name).map_or(name, String::as_str));
    let catalog = app.catalog().await?;
    let pool = app.existing_pool().await?;
    if let Some(pool) = pool {
        pool.load_models().await?;
    }
    let mut usable = views.iter().filter(|view| view.state.usable());
    let view = match name {
        None => usable.next(),
        Some(name) => {
            let named = name
                .split_once('/')
                .and_then(|(provider, _)| catalog.provider(provider).ok())
                .map(|row| &row.id);
            let lists = |view: &View| {
                let models = pool.map(|pool| pool.models(&view.credential.provider));
                models.is_some_and(|models| models.iter().any(|model| model.id == name))
            };
            let serves =
                |view: &&View| named.map_or_else(|| lists(view), |id| view.credential.provider == *id);
            views.iter().find(serves)
        }
    };
    let Some(view) = view else {
        return Err(match name {
            None => {
                Failure::new(ExitKind::LoginRequired, "not_logged_in", words::nobody).hint(words::nobody_next)
            }
            Some(name) => {
                let unserved = |lang| words::unserved(lang, name);
                Failure::new(ExitKind::LoginRequired, "unknown_model", unserved).hint(words::unserved_next)
            }
        });
    };
    match wanted {
        Some(name) => Ok((name.to_owned(), protocol_of(view))),
        None => default_model(app, view).await,
    }
}

/// The model that a login serves when none is named, by its name for the gateway, and the protocol it speaks.
pub(super) async fn default_model(app: &App<'_>, view: &View) -> Result<(String, Protocol), Failure> {
    let provider = &view.credential.provider;
    let models = app.catalog().await?.get(provider).map(|row| &row.models);
    let model = models.and_then(Models::preferred).ok_or_else(|| {
        let provider = provider.as_str();
        Failure::usage(|lang| words::no_known_model(lang, provider))
            .hint(|lang| words::no_known_model_next(lang, provider))
    })?;
    Ok((format!("{provider}/{model}"), protocol_of(view)))
}

fn protocol_of(view: &View) -> Protocol {
    let runtime = view.runtimes.first();
    runtime.map_or(Protocol::ChatCompletions, |runtime| runtime.protocol)
}

/// Asks through a gateway of this process; with `show`, the answer is printed as it comes.
pub(super) async fn ask(app: &App<'_>, question: &Question, show: bool) -> Result<Said, Failure> {
    let keys = Arc::new(key::keys(app).await?);
    let server = server::build(app, keys, Feed::default(), Edge::default(), None).await?;
    let listener = TcpListener::bind(("127.0.0.1", 0))
        .await
        .map_err(|error| Failure::io(words::no_port, &error))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::io(serve::no_address, &error))?;
    let key = chat_key(app, &server.keys).await?;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let serve = Arc::clone(&server.gateway).serve(listener, async {
        // A dropped sender means the same: stop.
        let _ = stopped.await;
    });
    let serve = tokio::spawn(serve);
    let said = converse(app, address, key, question, show).await;
    drop(stop);
    // The connection is idle now, so this ends at once.
    let _ = serve.await;
    server.close().await;
    said
}

/// The client key for this command, made once and kept sealed beside the logins.
async fn chat_key(app: &App<'_>, keys: &Keys) -> Result<Secret, Failure> {
    let store = app.store().await?;
    let setting = |prefix: &str| format!("chat-key-{prefix}");
    let known = keys
        .list()
        .await?
        .into_iter()
        .find(|key| key.name == CHAT_KEY && key.revoked.is_none());
    if let Some(key) = known {
        let secret = store
            .secret_setting(&setting(&key.prefix), &|| Secret::from(""))
            .await?;
        if keys.verify(secret.expose(), app.now()).is_some() {
            return Ok(secret);
        }
        // It was made by an older run that ended before it could keep it.
        keys.revoke(key.id, app.now()).await?;
    }
    let made = keys
        .create(CHAT_KEY, KeyLimits::default(), app.now(), &*app.random)
        .await?;
    Ok(store
        .secret_setting(&setting(&made.key.prefix), &|| made.secret.clone())
        .await?)
}

/// Asks a gateway that listens at an address.
pub(super) async fn converse(
    app: &App<'_>,
    address: SocketAddr,
    key: Secret,
    question: &Question,
    show: bool,
) -> Result<Said, Failure> {
    let http = Http::new(HttpConfig {
        user_agent: format!("hermes-chat/{VERSION}"),
        lab: None,
        proxy: ProxySettings::none(),
        extra_ca: None,
        allow_private: true,
    })?;
    let origin = Origin::new("http", "127.0.0.1", address.port());
    let attach = Attach::bearer(Bound::new(key, [origin]));
    let uri = Url::parse(&format!("http://{address}{}", question.protocol.gateway_path()))
        .expect("it is made of a number and a path");
    let request = Request::post(uri.as_str())
        .header(CONTENT_TYPE, "application/json")
        .header(ACCEPT, "text/event-stream")
        .body(SendBody::full(body(question).to_string()))
        .expect("the parts are plain text");
    let response = http.send(request, Some(&attach)).await?;
    if !response.status().is_success() {
        return Err(refused(response).await);
    }
    stream(app, question.protocol, response, show).await
}

fn body(question: &Question) -> Value {
    let (model, text) = (&question.model, &question.text);
    match question.protocol {
        Protocol::AnthropicMessages => json!({
            "model": model, "max_tokens": MAX_TOKENS, "stream": true,
            "messages": [{ "role": "user", "content": text }],
        }),
        Protocol::ChatCompletions | Protocol::Gemini => json!({
            "model": model, "stream": true, "messages": [{ "role": "user", "content": text }],
        }),
        Protocol::Responses => json!({
            "model": model, "stream": true, "store": false, "instructions": "You are a helpful assistant.",
            "input": [{ "type": "message", "role": "user", "content": [{ "type": "input_text", "text": text }] }],
        }),
    }
}

async fn stream<B>(
    app: &App<'_>,
    protocol: Protocol,
    response: Response<B>,
    show: bool,
) -> Result<Said, Failure>
where
    B: http_body_util::BodyExt<Data = Bytes> + Unpin,
    B::Error: std::fmt::Display,
{
    let header = |name: &str| {
        response
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned)
    };
    let (request_id, credential) = (header("x-hermes-request-id"), header("x-hermes-credential"));
    let mut said = Said {
        text: String::new(),
        request_id,
        credential,
        pieces: 0,
    };
    let mut decoder = SseDecoder::default();
    let mut body = response.into_body();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| broken(|_| term_line(&error.to_string())))?;
        let Ok(data) = frame.into_data() else { continue };
        for event in decoder.push(&data) {
            let event = event.map_err(|error| broken(|_| error.to_string()))?;
            if let Some(piece) = piece(protocol, &event.data)? {
                said.pieces += 1;
                if show {
                    app.printer.piece(&term_safe(&piece));
                }
                said.text.push_str(&piece);
            }
        }
    }
    if show && !said.text.ends_with('\n') {
        app.printer.line("");
    }
    Ok(said)
}

/// The text that an event adds to the answer.
fn piece(protocol: Protocol, data: &str) -> Result<Option<String>, Failure> {
    let Ok(value) = serde_json::from_str::<Value>(data) else {
        return Ok(None);
    };
    if let Some(error) = value.get("error").filter(|error| !error.is_null()) {
        let message = error.get("message").and_then(Value::as_str);
        return Err(broken(|lang| {
            hermes_oauth::printable(message.unwrap_or(words::ended(lang)), 200)
        }));
    }
    let text = match protocol {
        Protocol::AnthropicMessages => value.pointer("/delta/text"),
        Protocol::ChatCompletions | Protocol::Gemini => value.pointer("/choices/0/delta/content"),
        Protocol::Responses => {
            let is_text = value.get("type").and_then(Value::as_str) == Some("response.output_text.delta");
            value.get("delta").filter(|_| is_text)
        }
    };
    Ok(text
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned))
}

fn broken(why: impl Fn(Lang) -> String) -> Failure {
    let message = |lang| words::broken(lang, &why(lang));
    Failure::new(ExitKind::Network, "stream_broken", message)
}

/// The gateway's refusal as a failure with a fitting exit kind.
async fn refused<B>(response: Response<B>) -> Failure
where
    B: http_body_util::BodyExt<Data = Bytes> + Unpin,
{
    let status = response.status().as_u16();
    let mut body = response.into_body();
    let mut bytes = Vec::new();
    while bytes.len() < ERROR_BODY_LIMIT
        && let Some(Ok(frame)) = body.frame().await
    {
        if let Ok(data) = frame.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    let error = read_error(&bytes);
    let exit = match status {
        401 | 403 | 429 => ExitKind::LoginRequired,
        _ if matches!(error.code.as_deref(), Some("pool_exhausted" | "pool_blocked")) => {
            ExitKind::LoginRequired
        }
        400..=499 => ExitKind::Refused,
        _ => ExitKind::Network,
    };
    let said = error.message;
    let message = |lang| match said.as_str() {
        "" => words::answered(lang, status),
        said => hermes_oauth::printable(said, 400),
    };
    Failure::new(exit, "chat_refused", message).hint(words::see_status)
}
