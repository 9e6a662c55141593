//! Checks of a login method and its steps.

use std::collections::BTreeMap;

use hermes_text::errors::catalog as say;

use super::text::{date, header_name, host_name, line, said, status, visible};
use super::{Checked, dotted, each, fault, headers, some, template};
use crate::source::Key;
use crate::{
    Browser, DeviceAuth, DeviceCode, IdentityRule, LoginFlow, LoginMethod, Loopback, Provider, Refresh,
    RuleCard, UserCode, Yield,
};

/// Longest wait between polls that a row may ask for, seconds.
const LONGEST_INTERVAL_S: u64 = 60;
/// Longest life of a code, of a token without a stated one, and of the time before the end at which it is renewed, seconds.
const LONGEST_SPAN_S: u64 = 400 * 86_400;

/// The kept field that lists where a credential may be sent; no answer of a provider fills it.
const OWN_FIELD: &str = "origins";

pub(super) fn method(provider: &Provider, method: &LoginMethod, at: &Key) -> Checked {
    said(&method.name, &at.name("name"))?;
    card(&method.card, &at.name("card"))?;
    each(&method.key_prefixes, &at.name("key_prefixes"), |prefix, key| {
        visible(prefix, key)
    })?;
    if let Some(rule) = &method.refresh {
        refresh(provider, rule, &at.name("refresh"))?;
    }
    if let Some(revoke) = &method.revoke {
        let at = at.name("revoke");
        template(provider, &revoke.endpoint, &at.name("endpoint"))?;
        client_id(revoke.client_id.as_deref(), &at)?;
    }
    identity(&method.identity, &at.name("identity"))?;
    match &method.flow {
        LoginFlow::DeviceCode(flow) => device_code(provider, flow, at),
        LoginFlow::UserCode(flow) => user_code(provider, flow, at),
        LoginFlow::DeviceAuth(flow) => device_auth(provider, flow, at),
        LoginFlow::Browser(flow) => browser(provider, flow, at),
        LoginFlow::ApiKey => Ok(()),
        LoginFlow::Unsupported { name } => line(name, &at.name("dialect")),
    }
}

fn card(card: &RuleCard, at: &Key) -> Checked {
    date(&card.date, &at.name("date"))?;
    said(&card.source, &at.name("source"))?;
    said(&card.text, &at.name("text"))
}

fn refresh(provider: &Provider, rule: &Refresh, at: &Key) -> Checked {
    some(&rule.endpoints, &at.name("endpoints"), |endpoint, key| {
        template(provider, endpoint, key)
    })?;
    client_id(rule.client_id.as_deref(), at)?;
    each(&rule.redirect_hosts, &at.name("redirect_hosts"), |host, key| {
        host_name(host, key)
    })?;
    if let Some(header) = &rule.token_header {
        header_name(header, &at.name("token_header"))?;
    }
    each(&rule.terminal, &at.name("terminal"), |code, key| {
        visible(code, key)
    })?;
    each(&rule.terminal_status, &at.name("terminal_status"), |code, key| {
        status(*code, key)
    })?;
    span(rule.lead_s, &at.name("lead_s"))?;
    if let Some(life) = rule.default_life_s {
        span(life, &at.name("default_life_s"))?;
    }
    params(&rule.params, &at.name("params"))?;
    headers(&rule.headers, &at.name("headers"))
}

fn identity(rule: &IdentityRule, at: &Key) -> Checked {
    let lists = [
        ("subject", &rule.subject),
        ("organisation", &rule.organisation),
        ("display", &rule.display),
        ("plan", &rule.plan),
    ];
    for (name, paths) in lists {
        each(paths, &at.name(name), |path, key| dotted(path, key))?;
    }
    for (field, path) in &rule.keep {
        let key = at.name("keep").name(field);
        visible(field, &key)?;
        if field == OWN_FIELD {
            return fault(&key, say::own_name);
        }
        dotted(path, &key)?;
    }
    Ok(())
}

fn device_code(provider: &Provider, flow: &DeviceCode, at: &Key) -> Checked {
    template(provider, &flow.device, &at.name("device"))?;
    template(provider, &flow.token, &at.name("token"))?;
    visible(&flow.client_id, &at.name("client_id"))?;
    scopes(&flow.scopes, at)?;
    verification_hosts(&flow.verification_hosts, at)?;
    interval(flow.interval_s, &at.name("interval_s"))?;
    params(&flow.device_params, &at.name("device_params"))?;
    params(&flow.token_params, &at.name("token_params"))?;
    headers(&flow.headers, &at.name("headers"))
}

fn user_code(provider: &Provider, flow: &UserCode, at: &Key) -> Checked {
    some(&flow.endpoints, &at.name("endpoints"), |pair, key| {
        template(provider, &pair.code, &key.name("code"))?;
        template(provider, &pair.token, &key.name("token"))
    })?;
    visible(&flow.client_id, &at.name("client_id"))?;
    scopes(&flow.scopes, at)?;
    visible(&flow.response_type, &at.name("response_type"))?;
    visible(&flow.grant_type, &at.name("grant_type"))?;
    each(&flow.redirect_hosts, &at.name("redirect_hosts"), |host, key| {
        host_name(host, key)
    })?;
    verification_hosts(&flow.verification_hosts, at)?;
    each(
        &flow.verification_rewrites,
        &at.name("verification_rewrites"),
        |rewrite, key| {
            host_name(&rewrite.from, &key.name("from"))?;
            host_name(&rewrite.to, &key.name("to"))?;
            if !flow.verification_hosts.contains(&rewrite.to) {
                return fault(&key.name("to"), say::not_verification_host);
            }
            if rewrite.path_prefix.starts_with('/') {
                return Ok(());
            }
            fault(&key.name("path_prefix"), say::not_slash)
        },
    )?;
    let key = at.name("interval_floor_ms");
    if !(1..=LONGEST_INTERVAL_S * 1000).contains(&flow.interval_floor_ms) {
        return fault(&key, say::interval_ms);
    }
    Ok(())
}

fn device_auth(provider: &Provider, flow: &DeviceAuth, at: &Key) -> Checked {
    let templates = [
        ("user_code", &flow.user_code),
        ("poll", &flow.poll),
        ("token", &flow.token),
        ("verification", &flow.verification),
        ("redirect_uri", &flow.redirect_uri),
    ];
    for (name, text) in templates {
        template(provider, text, &at.name(name))?;
    }
    visible(&flow.client_id, &at.name("client_id"))?;
    span(flow.lifetime_s, &at.name("lifetime_s"))?;
    interval(flow.interval_s, &at.name("interval_s"))?;
    interval(flow.interval_floor_s, &at.name("interval_floor_s"))?;
    some(&flow.pending_status, &at.name("pending_status"), |code, key| {
        status(*code, key)
    })
}

fn browser(provider: &Provider, flow: &Browser, at: &Key) -> Checked {
    template(provider, &flow.authorize, &at.name("authorize"))?;
    template(provider, &flow.token, &at.name("token"))?;
    client_id(flow.client_id.as_deref(), at)?;
    if flow.standard && flow.client_id.is_none() {
        return fault(&at.name("client_id"), say::no_client_id);
    }
    scopes(&flow.scopes, at)?;
    params(&flow.authorize_params, &at.name("authorize_params"))?;
    params(&flow.token_params, &at.name("token_params"))?;
    headers(&flow.headers, &at.name("headers"))?;
    if let Some(callback) = &flow.loopback {
        loopback(callback, &at.name("loopback"))?;
    }
    if let Some(redirect) = &flow.paste_redirect {
        template(provider, redirect, &at.name("paste_redirect"))?;
    }
    if flow.loopback.is_none() && flow.paste_redirect.is_none() {
        return fault(&at.name("loopback"), say::no_way_back);
    }
    let at = at.name("yields");
    match &flow.yields {
        Yield::Tokens => Ok(()),
        Yield::Key { field } => dotted(field, &at.name("field")),
        Yield::MintedKey { mint, field } => {
            template(provider, mint, &at.name("mint"))?;
            dotted(field, &at.name("field"))
        }
    }
}

fn loopback(callback: &Loopback, at: &Key) -> Checked {
    if !matches!(callback.host.as_str(), "127.0.0.1" | "localhost" | "[::1]") {
        return fault(&at.name("host"), say::not_loopback);
    }
    visible(&callback.path, &at.name("path"))?;
    if !callback.path.starts_with('/') || callback.path.contains(['?', '#']) {
        return fault(&at.name("path"), say::not_path);
    }
    each(&callback.ports, &at.name("ports"), |port, key| {
        // Ports below 1024 need rights that a login must not ask for.
        if *port >= 1024 {
            Ok(())
        } else {
            fault(key, |lang| say::not_port(lang, *port))
        }
    })
}

fn client_id(client_id: Option<&str>, at: &Key) -> Checked {
    client_id.map_or(Ok(()), |text| visible(text, &at.name("client_id")))
}

fn scopes(scopes: &[String], at: &Key) -> Checked {
    each(scopes, &at.name("scopes"), |scope, key| visible(scope, key))
}

fn verification_hosts(hosts: &[String], at: &Key) -> Checked {
    some(hosts, &at.name("verification_hosts"), |host, key| {
        host_name(host, key)
    })
}

fn params(params: &BTreeMap<String, String>, at: &Key) -> Checked {
    for (name, value) in params {
        visible(name, &at.name(name))?;
        line(value, &at.name(name))?;
    }
    Ok(())
}

fn interval(seconds: u64, key: &Key) -> Checked {
    if (1..=LONGEST_INTERVAL_S).contains(&seconds) {
        return Ok(());
    }
    fault(key, say::interval_s)
}

fn span(seconds: u64, key: &Key) -> Checked {
    if (1..=LONGEST_SPAN_S).contains(&seconds) {
        return Ok(());
    }
    fault(key, say::span)
}
