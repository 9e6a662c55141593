//! Who may speak to the listener at all: the `Host` and `Origin` rules that keep web pages out.

use http::header::{HOST, HeaderMap, ORIGIN};
use http::{HeaderName, Method, Uri, Version};

use crate::edge::Edge;
use crate::reply::Refusal;

/// The names under which the listener may be addressed.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    hosts: Vec<String>,
    origins: Vec<String>,
    /// What an absolute address begins with.
    scheme: &'static str,
}

impl Guard {
    /// The loopback names with the listener's port, and what the person allowed.
    pub(crate) fn new(port: u16, allowed: &[String], edge: &Edge) -> Self {
        let names = ["127.0.0.1", "[::1]", "localhost"];
        let usual = if edge.tls.is_some() { 443 } else { 80 };
        let with_port = names.iter().map(|name| format!("{name}:{port}"));
        let bare = names
            .iter()
            .filter(|_| port == usual)
            .map(|name| (*name).to_owned());
        Self::of(with_port.chain(bare).collect(), allowed, edge)
    }

    /// Only what the person allowed.
    pub(crate) fn listed(allowed: &[String], edge: &Edge) -> Self {
        Self::of(Vec::new(), allowed, edge)
    }

    /// A page that came over plain HTTP could be anybody's, so it counts only where nothing else is spoken.
    fn of(own: Vec<String>, allowed: &[String], edge: &Edge) -> Self {
        let allowed: Vec<String> = allowed.iter().map(|host| host.to_ascii_lowercase()).collect();
        let origins = pages(&own, edge.tls.is_some())
            .chain(pages(&allowed, edge.is_remote()))
            .collect();
        Self {
            origins,
            hosts: own.iter().chain(&allowed).cloned().collect(),
            scheme: if edge.tls.is_some() { "https" } else { "http" },
        }
    }

    /// Refuses a request that is addressed to another name or comes from another page.
    pub(crate) fn check(
        &self,
        method: &Method,
        uri: &Uri,
        version: Version,
        headers: &HeaderMap,
    ) -> Result<(), Refusal> {
        self.check_host(method, uri, version, headers)?;
        self.check_page(headers)
    }

    fn check_host(
        &self,
        method: &Method,
        uri: &Uri,
        version: Version,
        headers: &HeaderMap,
    ) -> Result<(), Refusal> {
        if version != Version::HTTP_11 && version != Version::HTTP_10 {
            return Err(misdirected("only HTTP/1.0 and HTTP/1.1 are spoken here"));
        }
        let mut named = headers.get_all(HOST).iter();
        let host = match (named.next(), named.next()) {
            (Some(host), None) => host.as_bytes(),
            (None, _) => return Err(misdirected("the request has no `Host` header")),
            (Some(_), Some(_)) => return Err(misdirected("the request has two `Host` headers")),
        };
        if !self.hosts.iter().any(|known| known.as_bytes() == host) {
            return Err(misdirected(
                "the `Host` header names neither this listener nor one of `allowed_hosts`",
            ));
        }
        if method == Method::CONNECT {
            return Err(misdirected("this is not a proxy"));
        }
        let own = uri
            .authority()
            .is_none_or(|authority| authority.as_str().as_bytes() == host);
        let scheme = uri.scheme_str().is_none_or(|scheme| scheme == self.scheme);
        if own && scheme {
            Ok(())
        } else {
            Err(misdirected("the request's address and its `Host` differ"))
        }
    }

    fn check_page(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
        let mut origins = headers.get_all(ORIGIN).iter();
        let known = |origin: &[u8]| self.origins.iter().any(|own| own.as_bytes() == origin);
        match (origins.next(), origins.next()) {
            (None, _) => {}
            (Some(origin), None) if known(origin.as_bytes()) => {}
            _ => return Err(foreign("the `Origin` header names another site")),
        }
        let own_site = |value: &http::HeaderValue| matches!(value.as_bytes(), b"same-origin" | b"none");
        if headers.get_all(&SITE).iter().all(own_site) {
            Ok(())
        } else {
            Err(foreign("the request comes from another site's page"))
        }
    }
}

/// The origins of pages under these names.
fn pages(hosts: &[String], secure: bool) -> impl Iterator<Item = String> {
    let schemes: &[&str] = if secure { &["https"] } else { &["http", "https"] };
    hosts
        .iter()
        .flat_map(move |host| schemes.iter().map(move |scheme| format!("{scheme}://{host}")))
}

fn misdirected(message: &'static str) -> Refusal {
    Refusal::new(421, "wrong_host", message).closing()
}

fn foreign(message: &'static str) -> Refusal {
    Refusal::new(403, "foreign_origin", message)
}

#[cfg(test)]
mod tests;
