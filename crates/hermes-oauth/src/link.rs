//! Which sign-in links and user codes of an issuer may be shown, printed as a QR code or opened.

use hermes_catalog::HostRewrite;
use hermes_text::Both;
use hermes_text::errors::oauth as say;
use url::{Host, Url};

use crate::{OauthError, printable};

/// Longest link, bytes.
const LONGEST_LINK: usize = 2048;

/// Longest user code, characters. The longest seen has 16.
const LONGEST_CODE: usize = 64;

/// Checks a sign-in link: https (plain http only to this machine), a host of the list after rewriting, no user info, no characters that a terminal or shell could take
/// for something else.
pub(crate) fn check_link(
    text: &str,
    from: &str,
    hosts: &[String],
    rewrites: &[HostRewrite],
) -> Result<Url, OauthError> {
    let refuse = |why: Both| OauthError::UnsafeLink {
        host: from.to_owned(),
        why,
    };
    let text = text.trim();
    if text.len() > LONGEST_LINK {
        return Err(refuse(Both::of(say::link_long)));
    }
    if text.chars().any(|one| one.is_control() || one.is_whitespace()) {
        return Err(refuse(Both::of(say::link_characters)));
    }
    let mut url = Url::parse(text).map_err(|_| refuse(Both::of(say::not_address)))?;
    if url.scheme() != "https" && !is_plain_loopback(&url) {
        let scheme = printable(url.scheme(), 20);
        return Err(refuse(Both::of(|lang| say::link_scheme(lang, &scheme))));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse(Both::of(say::link_user)));
    }
    rewrite(&mut url, rewrites);
    let host = url.host_str().unwrap_or_default();
    if !hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        let host = printable(host, 100);
        return Err(refuse(Both::of(|lang| say::link_host(lang, &host))));
    }
    Ok(url)
}

/// Plain http to this machine, which an overlay row may name for an issuer under test.
fn is_plain_loopback(url: &Url) -> bool {
    let loopback = match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    url.scheme() == "http" && loopback
}

fn rewrite(url: &mut Url, rewrites: &[HostRewrite]) {
    let fits = |one: &&HostRewrite| {
        url.host_str() == Some(one.from.as_str()) && url.path().starts_with(&one.path_prefix)
    };
    if let Some(rule) = rewrites.iter().find(fits) {
        // A host that is not one leaves the link as it is, and then the list of hosts decides.
        let _ = url.set_host(Some(&rule.to));
    }
}

/// Checks a user code: letters, digits and `-`, as RFC 8628 section 6.1 advises.
pub(crate) fn check_user_code(code: &str, from: &str) -> Result<String, OauthError> {
    let code = code.trim();
    let plain = code
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if code.is_empty() || code.len() > LONGEST_CODE || !plain || code.starts_with('-') {
        return Err(OauthError::UnsafeLink {
            host: from.to_owned(),
            why: Both::of(say::link_code),
        });
    }
    Ok(code.to_owned())
}

#[cfg(test)]
mod tests;
