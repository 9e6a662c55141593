//! Which headers pass through. Names are expected in lower case, as parsed headers have them.

/// Headers that end at this hop (RFC 9110 section 7.6.1), and those that describe the message's framing, which the HTTP
/// library writes itself.
const HOP: [&str; 12] = [
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-authentication-info",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "http2-settings",
    "content-length",
];

/// Request headers that end here: the client's own credentials and cookies, where it thinks it is, who it says it is asking
/// for, and what would make the answer unreadable for usage.
const REQUEST_DROPPED: [&str; 14] = [
    "host",
    "expect",
    "authorization",
    "x-api-key",
    "api-key",
    "x-goog-api-key",
    "cookie",
    "cookie2",
    "accept-encoding",
    "forwarded",
    "via",
    "x-real-ip",
    "origin",
    "referer",
];

/// Beginnings of request headers that end here.
const REQUEST_DROPPED_PREFIXES: [&str; 5] = ["x-forwarded-", "x-hermes-", "sec-", "proxy-", "cf-"];

/// Answer headers that set state or speak for the upstream's own connection.
const ANSWER_DROPPED: [&str; 8] = [
    "set-cookie",
    "set-cookie2",
    "alt-svc",
    "strict-transport-security",
    "report-to",
    "nel",
    "via",
    "server",
];

/// Ends of headers that choose or name the account behind a credential, whatever the vendor's prefix.
const ACCOUNT_ENDS: [&str; 7] = [
    "-organization",
    "-organization-id",
    "-org-id",
    "-project",
    "-project-id",
    "-account-id",
    "-user-id",
];

fn names_account(name: &str) -> bool {
    ACCOUNT_ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether a header ends at this hop or belongs to the framing. Those named in `Connection` do too: [`named_in_connection`].
pub fn is_hop_by_hop(name: &str) -> bool {
    HOP.contains(&name)
}

/// Whether a `Connection` header's value names this header, which then ends at this hop.
pub fn named_in_connection(connection: &str, name: &str) -> bool {
    connection
        .split(',')
        .any(|token| token.trim().eq_ignore_ascii_case(name))
}

/// Whether a client's request header is sent upstream.
///
/// Dropped: hop-by-hop, cookies, the client's own authentication, account choosers, what proxies add, our own `x-hermes-*`,
/// and names with `_`, which some servers read as the same name with `-`. `accept-encoding` is dropped so that answers
/// come as they are and their usage can be read.
pub fn forwards_request_header(name: &str) -> bool {
    !(is_hop_by_hop(name)
        || REQUEST_DROPPED.contains(&name)
        || REQUEST_DROPPED_PREFIXES.iter().any(|p| name.starts_with(p))
        || names_account(name)
        || name.contains('_'))
}

/// Whether a header describes a rate limit or quota of one credential; told by how vendors form such names, since each has
/// its own prefix.
pub fn is_rate_limit_header(name: &str) -> bool {
    const PARTS: [&str; 3] = ["ratelimit", "rate-limit", "-credits-"];
    const ENDS: [&str; 7] = [
        "-limit",
        "-remaining",
        "-reset",
        "-reset-at",
        "-reset-after-seconds",
        "-used-percent",
        "-window-minutes",
    ];
    PARTS.iter().any(|part| name.contains(part)) || ENDS.iter().any(|end| name.ends_with(end))
}

/// Whether an upstream's answer header is returned to the client.
///
/// Dropped: hop-by-hop, cookies, organisation and account ids, rate-limit headers (they describe one member of a pool; the
/// gateway passes them itself where the pool has one member), and `x-hermes-*`, which only we may say.
pub fn returns_answer_header(name: &str) -> bool {
    !(is_hop_by_hop(name)
        || ANSWER_DROPPED.contains(&name)
        || names_account(name)
        || is_rate_limit_header(name)
        || name.starts_with("x-hermes-")
        || name.starts_with("access-control-"))
}

#[cfg(test)]
mod tests;
