//! The calls that ask about a credential, and what is read from their answers.

use hermes_text::errors::catalog as say;

use super::text::{header_name, status, visible};
use super::{Checked, auth, dotted, each, fault, headers, headers_from, methods, template};
use crate::source::Key;
use crate::{BalanceRule, Call, Provider, Quota, WindowRule};

/// Checks a call that asks about a credential.
pub(crate) fn check(provider: &Provider, call: &Call, at: &Key) -> Checked {
    if !matches!(call.method.as_str(), "GET" | "POST") {
        return fault(&at.name("method"), say::not_get_or_post);
    }
    template(provider, &call.url, &at.name("url"))?;
    auth(&call.auth, &at.name("auth"))?;
    headers(&call.headers, &at.name("headers"))?;
    headers_from(provider, &call.headers_from, &at.name("headers_from"))?;
    each(&call.rejected, &at.name("rejected"), |code, key| {
        status(*code, key)
    })?;
    for path in call.expect.keys() {
        dotted(path, &at.name("expect").name(path))?;
    }
    each(&call.only_prefixes, &at.name("only_prefixes"), |prefix, key| {
        visible(prefix, key)
    })?;
    methods(provider, &call.methods, &at.name("methods"))
}

/// Checks where a row tells how much of a plan is left.
pub(crate) fn quota(provider: &Provider, quota: &Quota, at: &Key) -> Checked {
    if let Some(call) = &quota.call {
        check(provider, call, &at.name("call"))?;
    } else if !quota.windows.is_empty() || quota.balance.is_some() {
        return fault(&at.name("call"), say::quota_without_call);
    }
    each(&quota.windows, &at.name("windows"), |window, key| {
        if let Some(list) = &window.list {
            dotted(list, &key.name("list"))?;
        }
        shared(window, key)?;
        window
            .paths()
            .try_for_each(|(name, path)| dotted(path, &key.name(name)))
    })?;
    each(&quota.headers, &at.name("headers"), |window, key| {
        if window.list.is_some() {
            return fault(&key.name("list"), say::headers_hold_no_lists);
        }
        shared(window, key)?;
        window
            .paths()
            .try_for_each(|(name, header)| header_name(header, &key.name(name)))
    })?;
    quota
        .balance
        .as_ref()
        .map_or(Ok(()), |balance| money(balance, &at.name("balance")))
}

/// What holds for a window wherever it is read.
fn shared(window: &WindowRule, at: &Key) -> Checked {
    if window.minutes == Some(0) {
        return fault(&at.name("minutes"), say::at_least_one);
    }
    window
        .of
        .as_ref()
        .map_or(Ok(()), |of| visible(of, &at.name("of")))
}

fn money(balance: &BalanceRule, at: &Key) -> Checked {
    let paths = [
        ("amount", Some(&balance.amount)),
        ("list", balance.list.as_ref()),
        ("less", balance.less.as_ref()),
        ("currency_at", balance.currency_at.as_ref()),
    ];
    for (name, path) in paths {
        path.map_or(Ok(()), |path| dotted(path, &at.name(name)))?;
    }
    if balance.currency.is_none() && balance.currency_at.is_none() {
        return fault(at, say::needs_currency);
    }
    Ok(())
}
