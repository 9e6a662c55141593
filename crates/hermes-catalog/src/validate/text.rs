//! Checks of single values.

use hermes_text::errors::catalog as say;
use hermes_text::{Both, Lang};

use super::{Checked, fault};
use crate::names;
use crate::source::Key;

/// An id: lower-case letters, digits, `-` and `.`.
pub(super) fn id(text: &str, key: &Key) -> Checked {
    if names::is_plain(text) {
        return Ok(());
    }
    fault(key, |lang| say::not_id(lang, text))
}

/// One line of text for people.
pub(super) fn line(text: &str, key: &Key) -> Checked {
    if text.trim().is_empty() || text.chars().any(char::is_control) {
        return fault(key, say::not_line);
    }
    Ok(())
}

/// One line of text in every language.
pub(super) fn said(text: &Both, key: &Key) -> Checked {
    Lang::ALL.iter().try_for_each(|lang| line(text.get(*lang), key))
}

/// Visible ASCII without spaces: what may go on the wire as an id, a scope or a name.
pub(super) fn visible(text: &str, key: &Key) -> Checked {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return fault(key, say::not_visible);
    }
    Ok(())
}

/// A header name: RFC 9110 section 5.6.2 token.
pub(super) fn header_name(name: &str, key: &Key) -> Checked {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(token) {
        return fault(key, |lang| say::not_header(lang, name));
    }
    Ok(())
}

/// A header value: visible ASCII with inner spaces.
pub(super) fn header_value(value: &str, key: &Key) -> Checked {
    let plain = value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
    if value.is_empty() || value.trim() != value || !plain {
        return fault(key, say::not_header_value);
    }
    Ok(())
}

/// A host name or IPv4 address as URLs spell it, without scheme and port.
pub(super) fn host_name(host: &str, key: &Key) -> Checked {
    // The URL standard lets some names pass that no resolver knows, such as `*.example.com`.
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:[]".contains(&byte);
    match url::Host::parse(host) {
        Ok(parsed) if parsed.to_string() == host && host.bytes().all(plain) => Ok(()),
        _ => fault(key, |lang| say::not_host(lang, host)),
    }
}

/// An HTTP status that ends an exchange.
pub(super) fn status(status: u16, key: &Key) -> Checked {
    if (200..=599).contains(&status) {
        return Ok(());
    }
    fault(key, |lang| say::not_status(lang, status))
}

/// A day or month: `YYYY-MM-DD` or `YYYY-MM`.
pub(super) fn date(text: &str, key: &Key) -> Checked {
    if is_date(text) {
        return Ok(());
    }
    fault(key, |lang| say::not_date(lang, text))
}

fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let number = |text: &str, digits: usize| {
        let plain = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse::<u32>().ok()).flatten()
    };
    let (Some(year), Some(month)) = (
        parts.first().and_then(|part| number(part, 4)),
        parts.get(1).and_then(|part| number(part, 2)),
    ) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => return false,
    };
    match parts.as_slice() {
        [_, _] => true,
        [_, _, day] => number(day, 2).is_some_and(|day| (1..=days).contains(&day)),
        _ => false,
    }
}
