use hermes_core::Origin;
use url::Url;

/// The origin of an address, with the scheme's own port where none is written.
pub fn origin_of(url: &Url) -> Origin {
    let host = url.host_str().unwrap_or_default();
    Origin::new(url.scheme(), host, url.port_or_known_default().unwrap_or(0))
}

/// Joins a path, with or without a query, to a base address. This is the only place that does.
///
/// The base's own path is kept. A base that ends in `/v1` and a path that begins with `/v1` give one `/v1`. The path's
/// query replaces the base's; the base's fragment is dropped.
pub fn join(base: &Url, path: &str) -> Url {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    let kept = base.path().trim_end_matches('/');
    let mut rest = path.trim_start_matches('/');
    if kept.ends_with("/v1") {
        rest = match rest.strip_prefix("v1") {
            Some(tail) if tail.is_empty() || tail.starts_with('/') => tail.trim_start_matches('/'),
            _ => rest,
        };
    }
    let mut url = base.clone();
    url.set_path(&if rest.is_empty() {
        kept.to_owned()
    } else {
        format!("{kept}/{rest}")
    });
    if query.is_some() {
        url.set_query(query);
    }
    url.set_fragment(None);
    url
}

#[cfg(test)]
mod tests;
