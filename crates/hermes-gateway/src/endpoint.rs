use hermes_core::Protocol;
use http::header::{HeaderMap, UPGRADE};
use http::{Method, Uri};

/// Longest id of a kept answer.
const LONGEST_ID: usize = 256;

/// What stands in the path of a Gemini call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct GeminiPath {
    /// The model; percent-decoded.
    pub(crate) model: String,
    /// Whether the answer is a stream.
    pub(crate) streams: bool,
    counts: bool,
}

impl GeminiPath {
    /// Reads `/v1beta/models/{model}:{call}`; `/v1` does as well.
    pub(crate) fn of(path: &str) -> Option<Self> {
        let rest = path
            .strip_prefix("/v1beta/models/")
            .or_else(|| path.strip_prefix("/v1/models/"))?;
        let (model, call) = rest.rsplit_once(':')?;
        let (streams, counts) = match call {
            "generateContent" => (false, false),
            "streamGenerateContent" => (true, false),
            "countTokens" => (false, true),
            _ => return None,
        };
        (!model.is_empty()).then(|| Self {
            model: decode(model),
            streams,
            counts,
        })
    }

    /// The call's name, as it stands behind the model.
    pub(crate) fn call(&self) -> &'static str {
        match (self.counts, self.streams) {
            (true, _) => "countTokens",
            (false, true) => "streamGenerateContent",
            (false, false) => "generateContent",
        }
    }
}

/// The path of an answer that its provider keeps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeptPath {
    /// The answer's id.
    pub(crate) id: String,
    /// What of it, such as `/cancel`; empty for the answer itself.
    pub(crate) rest: &'static str,
}

impl KeptPath {
    /// Reads what stands behind `/v1/responses/`, if it may be asked for with this method.
    fn of(method: &Method, tail: &str) -> Option<Self> {
        let (id, rest) = match tail.split_once('/') {
            Some((id, "cancel")) if method == Method::POST => (id, "/cancel"),
            Some((id, "input_items")) if method == Method::GET => (id, "/input_items"),
            None if method == Method::GET || method == Method::DELETE => (tail, ""),
            _ => return None,
        };
        // Nothing else may go into the path of an upstream.
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        (!id.is_empty() && id.len() <= LONGEST_ID && id.bytes().all(plain)).then(|| Self {
            id: id.to_owned(),
            rest,
        })
    }
}

/// What a path asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    /// A generating call.
    Generate(Protocol),
    /// A token count.
    Count(Protocol),
    /// Embeddings.
    Embeddings,
    /// A long conversation made short (`/v1/responses/compact`).
    Compact,
    /// An answer that its provider keeps (`/v1/responses/{id}` and what stands below it).
    Kept(KeptPath),
    /// The model list.
    Models,
    /// One model; the id is percent-decoded.
    Model(String),
    /// A WebSocket on the Responses path, which clients try first and leave for SSE at a 426.
    Socket,
    /// Metrics.
    Metrics,
    /// The open health check.
    Health,
    /// A client's look whether anybody is there.
    Hello,
    /// A known path with another method; the method that is allowed.
    Method(&'static str),
    /// Nothing of ours.
    Unknown,
}

impl Endpoint {
    /// Reads method and path.
    pub(crate) fn of(method: &Method, uri: &Uri, headers: &HeaderMap) -> Self {
        let path = uri.path();
        if let Some(posted) = posted(path) {
            return match *method {
                Method::POST => posted,
                Method::GET if posted == Self::Generate(Protocol::Responses) && upgrades(headers) => {
                    Self::Socket
                }
                _ => Self::Method("POST"),
            };
        }
        if let Some(tail) = path.strip_prefix("/v1/responses/") {
            return KeptPath::of(method, tail).map_or(Self::Unknown, Self::Kept);
        }
        let read = method == Method::GET || method == Method::HEAD;
        match path {
            "/responses" | "/backend-api/codex/responses" if read && upgrades(headers) => Self::Socket,
            "/v1/models" | "/v1beta/models" if read => Self::Models,
            "/healthz" if read => Self::Health,
            "/metrics" if read => Self::Metrics,
            "/v1/models" | "/v1beta/models" | "/healthz" | "/metrics" => Self::Method("GET"),
            "/" | "/api/hello" if method == Method::HEAD => Self::Hello,
            _ => match path
                .strip_prefix("/v1/models/")
                .or_else(|| path.strip_prefix("/v1beta/models/"))
            {
                Some(id) if read && !id.is_empty() => Self::Model(decode(id)),
                _ => Self::Unknown,
            },
        }
    }

    /// The protocol whose error shape fits; none for paths that no protocol owns.
    pub(crate) fn shape(&self, headers: &HeaderMap) -> Option<Protocol> {
        match self {
            Self::Generate(protocol) | Self::Count(protocol) => Some(*protocol),
            Self::Socket | Self::Compact | Self::Kept(_) => Some(Protocol::Responses),
            Self::Embeddings => Some(Protocol::ChatCompletions),
            Self::Models | Self::Model(_) if headers.contains_key("anthropic-version") => {
                Some(Protocol::AnthropicMessages)
            }
            Self::Models | Self::Model(_) | Self::Metrics | Self::Method(_) => {
                Some(Protocol::ChatCompletions)
            }
            Self::Health | Self::Hello | Self::Unknown => None,
        }
    }
}

fn posted(path: &str) -> Option<Endpoint> {
    if let Some(call) = GeminiPath::of(path) {
        return Some(if call.counts {
            Endpoint::Count(Protocol::Gemini)
        } else {
            Endpoint::Generate(Protocol::Gemini)
        });
    }
    match path {
        "/v1/messages" => Some(Endpoint::Generate(Protocol::AnthropicMessages)),
        "/v1/chat/completions" => Some(Endpoint::Generate(Protocol::ChatCompletions)),
        "/v1/responses" => Some(Endpoint::Generate(Protocol::Responses)),
        "/v1/messages/count_tokens" => Some(Endpoint::Count(Protocol::AnthropicMessages)),
        "/v1/responses/input_tokens" => Some(Endpoint::Count(Protocol::Responses)),
        "/v1/responses/compact" => Some(Endpoint::Compact),
        "/v1/embeddings" => Some(Endpoint::Embeddings),
        _ => None,
    }
}

fn upgrades(headers: &HeaderMap) -> bool {
    headers.contains_key(UPGRADE)
}

/// Decodes `%2F` and the like; what is not UTF-8 afterwards stays as it was.
fn decode(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let hex = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|two| std::str::from_utf8(two).ok());
        if let Some(byte) = hex.and_then(|two| u8::from_str_radix(two, 16).ok()) {
            out.push(byte);
            rest = &tail[2..];
        } else {
            out.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests;
