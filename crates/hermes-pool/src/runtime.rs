//! How a credential is used: protocol, address and headers, from the catalogue row alone.

use hermes_catalog::{AuthStyle, CatalogError, Provider, RuntimeRow};
use hermes_core::{Credential, Origin, Protocol, both};
use hermes_text::Both;
use hermes_text::errors::{and, pool as text};
use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

/// Beginning of the ids of endpoints that a person named in the settings.
const CUSTOM: &str = "custom:";

/// How requests on a credential are sent. Made from (catalogue row, region, credential); settings take part only where the row
/// allows several protocols or is a custom endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Runtime {
    /// Protocol spoken upstream.
    pub protocol: Protocol,
    /// Base URL, for people.
    pub base_url: Url,
    /// The generating call.
    pub endpoint: Url,
    /// The token count, where there is one.
    pub count_endpoint: Option<Url>,
    /// The model list, where there is one.
    pub models_endpoint: Option<Url>,
    /// How the credential is attached.
    #[serde(skip)]
    pub auth: AuthStyle,
    /// Headers always sent; they replace the client's of the same name. Lower-case names.
    pub headers: Vec<(String, String)>,
    /// Names removed from the client's `anthropic-beta`.
    pub betas_removed: Vec<String>,
    /// Names added to the client's `anthropic-beta`.
    pub betas_added: Vec<String>,
}

/// A setting that was not followed, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ignored {
    /// The setting's name and value, such as `api_mode = "chat_completions"`.
    #[serde(serialize_with = "both::english")]
    pub setting: Both,
    /// Why, in words.
    #[serde(serialize_with = "both::english")]
    pub why: Both,
}

/// What the config file says about one provider (`[providers.<id>]`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderSettings {
    /// `enabled`.
    pub enabled: Option<bool>,
    /// `api_mode`.
    pub api_mode: Option<Protocol>,
    /// `base_url`.
    pub base_url: Option<Url>,
    /// Where the setting stands, for messages, such as `config.toml line 12`.
    pub origin: Both,
}

/// How requests on a credential are sent, one runtime for each protocol in the row's order, and the settings that were not
/// followed. `extra` holds the kept fields of the token answer; without them the catalogue's own base URL stands.
///
/// # Errors
/// Those of the catalogue: a region or host that the row does not have.
pub fn resolve(
    provider: &Provider,
    credential: &Credential,
    extra: &Map<String, Value>,
    settings: Option<&ProviderSettings>,
) -> Result<(Vec<Runtime>, Vec<Ignored>), CatalogError> {
    let mut rows: Vec<&RuntimeRow> = Vec::new();
    for row in &provider.runtime {
        let fits = row.methods.is_empty() || row.methods.contains(&credential.method);
        if fits && rows.iter().all(|one| one.protocol != row.protocol) {
            rows.push(row);
        }
    }
    let mut ignored = Vec::new();
    if let Some(mode) = settings.and_then(|settings| settings.api_mode) {
        choose_protocol(provider, mode, &mut rows, &mut ignored);
    }
    let wanted_base = settings.and_then(|settings| settings.base_url.as_ref());
    let mut runtimes = Vec::new();
    for row in rows {
        let mut base = provider.resolve(&row.base_url, credential.region.as_deref())?;
        if let Some(from) = &row.base_from
            && let Some(value) = extra.get(&from.field).and_then(Value::as_str)
        {
            match named_base(value, &from.hosts, &base) {
                Some(named) => base = named,
                None => ignored.push(foreign_field(&from.field, value)),
            }
        }
        if let Some(wanted) = wanted_base {
            match other_base(provider, credential, &base, wanted) {
                Ok(wanted) => base = wanted,
                Err(why) => ignored.push(Ignored {
                    setting: Both::same(format!("base_url = \"{wanted}\"")),
                    why,
                }),
            }
        }
        runtimes.push(build(row, base, extra));
    }
    ignored.dedup();
    Ok((runtimes, ignored))
}

/// What the config file says about a provider and is followed by none of its login methods, for people who have not signed in.
///
/// # Errors
/// As [`resolve`].
pub fn ignored_settings(
    provider: &Provider,
    settings: &ProviderSettings,
) -> Result<Vec<Ignored>, CatalogError> {
    let mut common: Option<Vec<Ignored>> = None;
    for method in &provider.login {
        let credential = crate::keyless::stand_in(provider, &method.id);
        let (runtimes, ignored) = resolve(provider, &credential, &Map::new(), Some(settings))?;
        if runtimes.is_empty() {
            continue;
        }
        common = Some(match common {
            None => ignored,
            Some(before) => before
                .into_iter()
                .filter(|one| ignored.iter().any(|other| other.setting == one.setting))
                .collect(),
        });
    }
    Ok(common.unwrap_or_default())
}

/// `api_mode` picks among the protocols that the row allows, and adds none.
fn choose_protocol(
    provider: &Provider,
    mode: Protocol,
    rows: &mut Vec<&RuntimeRow>,
    ignored: &mut Vec<Ignored>,
) {
    if rows.iter().any(|row| row.protocol == mode) {
        rows.retain(|row| row.protocol == mode);
        return;
    }
    let spoken: Vec<_> = rows.iter().map(|row| row.protocol.title()).collect();
    let why = Both::of(|lang| match spoken.as_slice() {
        [] => text::no_protocol(lang, &provider.id),
        some => text::speaks_only(lang, &provider.id, &some.join(and(lang))),
    });
    ignored.push(Ignored {
        setting: Both::same(format!("api_mode = \"{}\"", mode.as_str())),
        why,
    });
}

/// `base_url` moves a custom endpoint. A stored credential of any other provider never leaves the catalogue's address, so
/// that no file of settings can send it elsewhere.
fn other_base(provider: &Provider, credential: &Credential, base: &Url, wanted: &Url) -> Result<Url, Both> {
    if same_base(base, wanted) {
        return Ok(base.clone());
    }
    let custom = provider.id.as_str().starts_with(CUSTOM);
    if origin_of(wanted) != origin_of(base) && !(custom && made_for(credential, wanted)) {
        return Err(Both::of(|lang| text::base_made_for(lang, origin_of(base))));
    }
    if !custom {
        return Err(Both::of(|lang| text::base_of_catalogue(lang, &provider.id)));
    }
    Ok(wanted.clone())
}

/// Whether a key was stored for the host of this address.
fn made_for(credential: &Credential, wanted: &Url) -> bool {
    wanted
        .host_str()
        .is_some_and(|host| host.eq_ignore_ascii_case(&credential.identity.issuer))
}

fn same_base(one: &Url, other: &Url) -> bool {
    one.as_str().trim_end_matches('/') == other.as_str().trim_end_matches('/')
}

/// The base URL that a token answer names: https, one of the row's hosts, no user, port or query of its own. An answer
/// without a path of its own (`/v1` counts as none) keeps the catalogue's path.
fn named_base(value: &str, hosts: &[String], base: &Url) -> Option<Url> {
    let text = if value.contains("://") {
        value.to_owned()
    } else {
        format!("https://{value}")
    };
    let url = Url::parse(&text).ok()?;
    let host = url.host_str()?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.port().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    let allowed = hosts.iter().any(|one| one.eq_ignore_ascii_case(host));
    if url.scheme() != "https" || !plain || !allowed {
        return None;
    }
    let mut named = url.clone();
    if url
        .path()
        .trim_end_matches('/')
        .trim_end_matches("/v1")
        .is_empty()
    {
        named.set_path(base.path());
    }
    Some(named)
}

fn foreign_field(field: &str, value: &str) -> Ignored {
    let shown: String = value
        .chars()
        .take(80)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    Ignored {
        setting: Both::same(format!("{field} = \"{shown}\"")),
        why: Both::of(text::base_foreign),
    }
}

fn build(row: &RuntimeRow, base: Url, extra: &Map<String, Value>) -> Runtime {
    let fixed = row
        .headers
        .iter()
        .map(|(name, value)| (name.to_ascii_lowercase(), value.clone()));
    let kept = row.headers_from.iter().filter_map(|(name, field)| {
        let value = extra.get(field)?.as_str()?;
        let clean = !value.is_empty() && value.chars().all(|c| c.is_ascii_graphic() || c == ' ');
        clean.then(|| (name.to_ascii_lowercase(), value.to_owned()))
    });
    Runtime {
        protocol: row.protocol,
        endpoint: join(&base, &row.path),
        count_endpoint: row.count_path.as_deref().map(|path| join(&base, path)),
        models_endpoint: row.models_path.as_deref().map(|path| join(&base, path)),
        base_url: base,
        auth: row.auth.clone(),
        headers: fixed.chain(kept).collect(),
        betas_removed: row.betas_removed.clone(),
        betas_added: row.betas_added.clone(),
    }
}

/// A path put behind a base URL, whichever of the two brings the `/v1` and the slash.
fn join(base: &Url, path: &str) -> Url {
    let mut front = base.path().trim_end_matches('/');
    if path.starts_with("/v1/") {
        front = front.strip_suffix("/v1").unwrap_or(front);
    }
    let (path, query) = path
        .split_once('?')
        .map_or((path, None), |(path, query)| (path, Some(query)));
    let whole = format!("{front}/{}", path.trim_start_matches('/'));
    let mut url = base.clone();
    url.set_path(&whole);
    url.set_query(query);
    url
}

pub(crate) fn origin_of(url: &Url) -> Origin {
    let host = url.host_str().unwrap_or_default();
    Origin::new(
        url.scheme(),
        host,
        url.port_or_known_default().unwrap_or_default(),
    )
}

impl Runtime {
    /// Where a credential goes that is sent this way.
    pub(crate) fn origins(&self) -> [Origin; 1] {
        [origin_of(&self.endpoint)]
    }
}
