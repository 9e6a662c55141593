use std::collections::BTreeMap;
use std::fmt;

use hermes_text::Both;
use hermes_text::errors::catalog as text;
use serde::{Deserialize, Serialize};
use url::Url;

/// A URL whose origin may be a named host, such as `{api}/v1/messages`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UrlTemplate(String);

impl UrlTemplate {
    /// Wraps a template without checking it; the loader checks every template against the row's hosts.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The template as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Puts the named host in; the result is an absolute http or https URL.
    ///
    /// # Errors
    /// A text that names the host that is missing or the URL that is not one.
    pub fn resolve(&self, hosts: &BTreeMap<String, String>) -> Result<Url, Both> {
        let filled = match self.0.strip_prefix('{').and_then(|rest| rest.split_once('}')) {
            None => self.0.clone(),
            Some((name, rest)) => {
                let host = hosts
                    .get(name)
                    .ok_or_else(|| Both::of(|lang| text::no_host(lang, name)))?;
                format!("{}{rest}", host.trim_end_matches('/'))
            }
        };
        let url =
            Url::parse(&filled).map_err(|error| Both::of(|lang| text::not_url(lang, &filled, error)))?;
        match url.scheme() {
            "https" | "http" if url.host_str().is_some() => Ok(url),
            _ => Err(Both::of(|lang| text::not_http_url(lang, &filled))),
        }
    }
}

impl fmt::Display for UrlTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
