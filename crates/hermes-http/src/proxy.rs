use std::fmt;

use hermes_core::Env;
use hyper_util::client::proxy::matcher::Matcher;

/// Which connections go through a proxy, as `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
#[derive(Clone, Default)]
pub struct ProxySettings {
    https: String,
    http: String,
    all: String,
    no: String,
}

/// A proxy's address may hold a password, so only which kinds are set is shown.
impl fmt::Debug for ProxySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProxySettings")
            .field("https", &!self.https.is_empty())
            .field("http", &!self.http.is_empty())
            .field("all", &!self.all.is_empty())
            .field("no", &self.no)
            .finish()
    }
}

impl ProxySettings {
    /// No proxy.
    pub fn none() -> Self {
        Self::default()
    }

    /// Reads the usual variables; the lower-case name wins, as curl has it. Upper-case `HTTP_PROXY` is ignored where
    /// `REQUEST_METHOD` is set, since a CGI caller could have chosen it (httpoxy, CVE-2016-5385).
    pub fn from_env(env: &Env) -> Self {
        let read = |lower: &str, upper: &str| {
            let value = env.get(lower).or_else(|| env.get(upper));
            value.unwrap_or_default().to_owned()
        };
        let http = if env.get("REQUEST_METHOD").is_some() {
            env.get("http_proxy").unwrap_or_default().to_owned()
        } else {
            read("http_proxy", "HTTP_PROXY")
        };
        Self {
            https: read("https_proxy", "HTTPS_PROXY"),
            http,
            all: read("all_proxy", "ALL_PROXY"),
            no: read("no_proxy", "NO_PROXY"),
        }
    }

    /// The matcher, or none when no proxy is set.
    pub(crate) fn matcher(&self) -> Option<Matcher> {
        if self.https.is_empty() && self.http.is_empty() && self.all.is_empty() {
            return None;
        }
        let builder = Matcher::builder()
            .all(self.all.clone())
            .https(self.https.clone())
            .http(self.http.clone())
            .no(self.no.clone());
        Some(builder.build())
    }
}

#[cfg(test)]
mod tests;
