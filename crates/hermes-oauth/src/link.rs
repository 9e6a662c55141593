//! Which sign-in links and user codes of an issuer may be shown, printed as a QR code or opened.

use hermes_catalog::HostRewrite;
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
    let refuse = |why: String| OauthError::UnsafeLink {
        host: from.to_owned(),
        why,
    };
    let text = text.trim();
    if text.len() > LONGEST_LINK {
        return Err(refuse("it is longer than 2048 bytes".to_owned()));
    }
    if text.chars().any(|one| one.is_control() || one.is_whitespace()) {
        return Err(refuse("it holds control characters or spaces".to_owned()));
    }
    let mut url = Url::parse(text).map_err(|_| refuse("it is not a web address".to_owned()))?;
    if url.scheme() != "https" && !is_plain_loopback(&url) {
        let scheme = printable(url.scheme(), 20);
        return Err(refuse(format!("it begins with `{scheme}:`, not `https:`")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(refuse("it carries a user name".to_owned()));
    }
    rewrite(&mut url, rewrites);
    let host = url.host_str().unwrap_or_default();
    if !hosts.iter().any(|known| known.eq_ignore_ascii_case(host)) {
        let host = printable(host, 100);
        return Err(refuse(format!("`{host}` is not a host of this provider")));
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
            why: "its user code holds more than letters, digits and dashes".to_owned(),
        });
    }
    Ok(code.to_owned())
}

#[cfg(test)]
mod tests;
