//! What the types cannot say about a row.

mod calls;
mod login;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use hermes_text::Lang;
use hermes_text::errors::catalog as say;
use url::{Host, Url};

use crate::source::{Fault, Key};
use crate::{
    AuthStyle, ErrorAction, ErrorRule, ErrorScope, LoginFlow, Models, Provider, RuntimeRow, UrlTemplate,
};
use text::{header_name, header_value, host_name, id, line, said, status, visible};

pub(crate) type Checked = Result<(), Fault>;

/// Longest rest that a rule may order: the longest plan window seen is a week.
const LONGEST_COOLDOWN_S: u64 = 31 * 86_400;

/// Headers that belong to the connection or to how a credential is attached.
const RESERVED_HEADERS: [&str; 12] = [
    "authorization",
    "connection",
    "content-length",
    "cookie",
    "expect",
    "host",
    "keep-alive",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Checks a whole row.
pub(crate) fn provider(provider: &Provider) -> Checked {
    identity(provider)?;
    hosts(&provider.hosts, &Key::of("hosts"))?;
    regions(provider)?;
    unique_ids(
        &Key::of("login"),
        provider.login.iter().map(|method| method.id.as_str()),
    )?;
    for (index, method) in provider.login.iter().enumerate() {
        login::method(provider, method, &Key::of("login").index(index))?;
    }
    if provider.runtime.is_empty() {
        return fault(&Key::of("runtime"), say::no_element);
    }
    for (index, row) in provider.runtime.iter().enumerate() {
        runtime(provider, row, &Key::of("runtime").index(index))?;
    }
    every_login_has_a_runtime(provider)?;
    keys(provider)?;
    if let Some(call) = &provider.validation {
        calls::check(provider, call, &Key::of("validation"))?;
    }
    if let Some(row) = &provider.quota {
        calls::quota(provider, row, &Key::of("quota"))?;
    }
    models(&provider.models, &Key::of("models"))?;
    for (index, rule) in provider.errors.iter().enumerate() {
        error_rule(rule, &Key::of("errors").index(index))?;
    }
    Ok(())
}

pub(crate) fn fault<S: Into<String>>(key: &Key, problem: impl Fn(Lang) -> S) -> Checked {
    Err(Fault::new(key.clone(), problem))
}

/// Runs a check on each element of a list.
pub(crate) fn each<T>(list: &[T], key: &Key, check: impl Fn(&T, &Key) -> Checked) -> Checked {
    list.iter()
        .enumerate()
        .try_for_each(|(index, element)| check(element, &key.index(index)))
}

/// As [`each`], and the list must hold something.
pub(crate) fn some<T>(list: &[T], key: &Key, check: impl Fn(&T, &Key) -> Checked) -> Checked {
    if list.is_empty() {
        return fault(key, say::empty);
    }
    each(list, key, check)
}

/// A template must give a permitted URL in every region.
pub(crate) fn template(provider: &Provider, template: &UrlTemplate, key: &Key) -> Checked {
    let text = template.as_str();
    let rest = match text.strip_prefix('{') {
        Some(rest) => rest.split_once('}').map_or(rest, |(_, rest)| rest),
        None => text,
    };
    if rest.contains(['{', '}']) {
        return fault(key, say::braces);
    }
    for hosts in provider.hosts_of_all_regions() {
        match template.resolve(&hosts) {
            Ok(url) => permitted(&url, key)?,
            Err(problem) => {
                let key = key.clone();
                return Err(Fault { key, problem });
            }
        }
    }
    Ok(())
}

/// https, or http to this machine; never with a user name.
fn permitted(url: &Url, key: &Key) -> Checked {
    if !url.username().is_empty() || url.password().is_some() {
        return fault(key, say::url_user);
    }
    if url.scheme() == "https" || is_loopback(url) {
        return Ok(());
    }
    fault(key, |lang| say::url_plain(lang, url))
}

/// Whether a URL names this machine: 127.0.0.0/8, `::1` or `localhost`.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Names of methods must be those of logins.
fn methods(provider: &Provider, methods: &[String], key: &Key) -> Checked {
    each(methods, key, |method, key| {
        if provider.login.iter().any(|login| login.id == *method) {
            return Ok(());
        }
        fault(key, |lang| say::no_method(lang, method))
    })
}

pub(crate) fn headers(headers: &BTreeMap<String, String>, key: &Key) -> Checked {
    for (name, value) in headers {
        let key = key.name(name);
        sent_header_name(name, &key)?;
        header_value(value, &key)?;
    }
    Ok(())
}

fn sent_header_name(name: &str, key: &Key) -> Checked {
    header_name(name, key)?;
    if RESERVED_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
        return fault(key, |lang| say::reserved_header(lang, name));
    }
    Ok(())
}

fn identity(provider: &Provider) -> Checked {
    // A custom endpoint's id is made by the program and holds a colon.
    let bare = provider.id.as_str().strip_prefix(crate::custom::PREFIX);
    match bare {
        Some(bare) if !bare.is_empty() => {}
        _ => id(provider.id.as_str(), &Key::of("id"))?,
    }
    line(&provider.name, &Key::of("name"))?;
    said(&provider.summary, &Key::of("summary"))?;
    each(&provider.aliases, &Key::of("aliases"), |alias, key| {
        id(alias, key)
    })?;
    match &provider.docs {
        Some(docs) if !docs.starts_with("https://") || Url::parse(docs).is_err() => {
            fault(&Key::of("docs"), say::not_https_url)
        }
        _ => Ok(()),
    }
}

fn hosts(hosts: &BTreeMap<String, String>, key: &Key) -> Checked {
    for (name, origin) in hosts {
        let key = key.name(name);
        id(name, &key)?;
        match Url::parse(origin) {
            Ok(url) if matches!(url.scheme(), "https" | "http") => {
                permitted(&url, &key)?;
                if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
                    return fault(&key, say::not_bare_origin);
                }
            }
            _ => return fault(&key, |lang| say::not_origin(lang, origin)),
        }
    }
    Ok(())
}

fn regions(provider: &Provider) -> Checked {
    let list = Key::of("regions");
    unique_ids(&list, provider.regions.iter().map(|region| region.id.as_str()))?;
    for (index, region) in provider.regions.iter().enumerate() {
        let at = list.index(index);
        said(&region.name, &at.name("name"))?;
        hosts(&region.hosts, &at.name("hosts"))?;
    }
    Ok(())
}

fn unique_ids<'a>(list: &Key, ids: impl Iterator<Item = &'a str>) -> Checked {
    let mut seen = BTreeSet::new();
    for (index, name) in ids.enumerate() {
        let key = list.index(index).name("id");
        id(name, &key)?;
        if !seen.insert(name) {
            return fault(&key, |lang| say::id_twice(lang, name));
        }
    }
    Ok(())
}

fn runtime(provider: &Provider, row: &RuntimeRow, at: &Key) -> Checked {
    template(provider, &row.base_url, &at.name("base_url"))?;
    path(&row.path, &at.name("path"))?;
    for (name, value) in [("count_path", &row.count_path), ("models_path", &row.models_path)] {
        if let Some(value) = value {
            path(value, &at.name(name))?;
        }
    }
    auth(&row.auth, &at.name("auth"))?;
    headers(&row.headers, &at.name("headers"))?;
    headers_from(provider, &row.headers_from, &at.name("headers_from"))?;
    for (name, betas) in [
        ("betas_removed", &row.betas_removed),
        ("betas_added", &row.betas_added),
    ] {
        each(betas, &at.name(name), |beta, key| {
            visible(beta, key)?;
            if beta.contains(',') {
                fault(key, say::comma)
            } else {
                Ok(())
            }
        })?;
    }
    methods(provider, &row.methods, &at.name("methods"))?;
    if let Some(base) = &row.base_from {
        let at = at.name("base_from");
        kept(provider, &base.field, &at.name("field"))?;
        some(&base.hosts, &at.name("hosts"), |host, key| host_name(host, key))?;
    }
    Ok(())
}

fn path(path: &str, key: &Key) -> Checked {
    visible(path, key)?;
    if !path.starts_with('/') || path.contains(['?', '#']) {
        return fault(key, say::not_path);
    }
    Ok(())
}

fn auth(auth: &AuthStyle, key: &Key) -> Checked {
    match auth {
        AuthStyle::Bearer | AuthStyle::None => Ok(()),
        AuthStyle::Header(name) => sent_header_name(name, &key.name("header")),
    }
}

/// A field of the credential must be kept by some login.
fn kept(provider: &Provider, field: &str, key: &Key) -> Checked {
    if provider
        .login
        .iter()
        .any(|method| method.identity.keep.contains_key(field))
    {
        return Ok(());
    }
    fault(key, |lang| say::not_kept(lang, field))
}

fn every_login_has_a_runtime(provider: &Provider) -> Checked {
    for (index, method) in provider.login.iter().enumerate() {
        let served = provider
            .runtime
            .iter()
            .any(|row| row.methods.is_empty() || row.methods.contains(&method.id));
        if !served && !matches!(method.flow, LoginFlow::Unsupported { .. }) {
            let key = Key::of("login").index(index).name("id");
            return fault(&key, say::no_runtime);
        }
    }
    Ok(())
}

fn keys(provider: &Provider) -> Checked {
    each(&provider.env, &Key::of("env"), |name, key| {
        let mut chars = name.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        if first && chars.all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Ok(());
        }
        fault(key, |lang| say::not_env(lang, name))
    })?;
    each(&provider.key_prefixes, &Key::of("key_prefixes"), |prefix, key| {
        visible(prefix, key)
    })
}

/// Headers that are filled from what a credential keeps.
pub(crate) fn headers_from(provider: &Provider, fields: &BTreeMap<String, String>, at: &Key) -> Checked {
    for (header, field) in fields {
        let key = at.name(header);
        sent_header_name(header, &key)?;
        kept(provider, field, &key)?;
    }
    Ok(())
}

pub(crate) fn dotted(path: &str, key: &Key) -> Checked {
    match crate::path_segments(path) {
        Some(_) => Ok(()),
        None => fault(key, |lang| say::not_dotted(lang, path)),
    }
}

fn models(models: &Models, at: &Key) -> Checked {
    each(&models.known, &at.name("known"), |model, key| visible(model, key))?;
    match &models.default {
        Some(model) if !models.known.contains(model) => {
            fault(&at.name("default"), |lang| say::unknown_model(lang, model))
        }
        _ => Ok(()),
    }
}

fn error_rule(rule: &ErrorRule, at: &Key) -> Checked {
    if rule.status.is_empty() && rule.code.is_empty() && rule.text.is_empty() {
        return fault(at, say::no_condition);
    }
    each(&rule.status, &at.name("status"), |code, key| status(*code, key))?;
    each(&rule.code, &at.name("code"), |code, key| line(code, key))?;
    each(&rule.text, &at.name("text"), |text, key| {
        line(text, key)?;
        if text.to_lowercase() == *text {
            Ok(())
        } else {
            fault(key, say::not_lower)
        }
    })?;
    if rule
        .cooldown_s
        .is_some_and(|seconds| seconds == 0 || seconds > LONGEST_COOLDOWN_S)
    {
        return fault(&at.name("cooldown_s"), say::cooldown);
    }
    let rests = matches!(
        rule.action,
        ErrorAction::RateLimit | ErrorAction::Window | ErrorAction::Billing
    );
    if rule.scope != ErrorScope::Account && !rests {
        return fault(&at.name("scope"), say::scope_of_nothing);
    }
    said(&rule.note, &at.name("note"))
}
