//! From the model name of a request to a provider and the model's name there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use hermes_catalog::Catalog;
use hermes_core::{Protocol, ProviderId, UnixMs};
use hermes_pool::Pool;

use crate::reply::Refusal;

/// How many known models an error names.
const NAMED: usize = 20;

/// What an alias stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// Provider.
    pub provider: ProviderId,
    /// The model's name there.
    pub model: String,
}

/// The aliases of the config file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes(BTreeMap<String, Target>);

impl Routes {
    /// Takes aliases with what they stand for.
    pub fn new(aliases: impl IntoIterator<Item = (String, Target)>) -> Self {
        Self(aliases.into_iter().collect())
    }

    /// The aliases in order.
    pub fn aliases(&self) -> impl Iterator<Item = (&str, &Target)> {
        self.0.iter().map(|(alias, target)| (alias.as_str(), target))
    }
}

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Route {
    pub(crate) provider: ProviderId,
    /// The model as it goes upstream.
    pub(crate) model: String,
}

/// A model that can be asked for.
pub(crate) struct Offer {
    /// Its name here.
    pub(crate) id: String,
    pub(crate) route: Route,
    /// Its name for people.
    pub(crate) name: Option<String>,
    /// Release date.
    pub(crate) created: Option<UnixMs>,
}

/// Whether a name is neither the model's own nor that with its provider before it.
pub(crate) fn is_alias(name: &str, route: &Route) -> bool {
    let plain = name
        .strip_prefix(route.provider.as_str())
        .and_then(|rest| rest.strip_prefix('/'))
        .unwrap_or(name);
    plain != route.model
}

/// Resolves model names against the aliases, the catalogue and the logins.
pub(crate) struct Router {
    catalog: Arc<Catalog>,
    routes: Routes,
    /// Which providers list a model.
    listed: HashMap<String, Vec<ProviderId>>,
}

impl Router {
    pub(crate) fn new(catalog: Arc<Catalog>, routes: Routes) -> Self {
        let mut listed: HashMap<String, Vec<ProviderId>> = HashMap::new();
        for provider in catalog.providers() {
            for model in &provider.models.known {
                listed.entry(model.clone()).or_default().push(provider.id.clone());
            }
        }
        Self {
            catalog,
            routes,
            listed,
        }
    }

    /// An alias, then `provider/model`, then a bare model: the one signed-in provider that lists it, or, for a model that nobody
    /// lists, the one signed-in provider that speaks the client's protocol, or the only one that is signed in.
    pub(crate) fn resolve(&self, name: &str, protocol: Protocol, pool: &Pool) -> Result<Route, Refusal> {
        if let Some(target) = self.routes.0.get(name) {
            return Ok(Route {
                provider: target.provider.clone(),
                model: target.model.clone(),
            });
        }
        let prefixed = self.prefixed(name);
        if let Some(route) = &prefixed
            && pool.has_login(&route.provider)
        {
            return Ok(route.clone());
        }
        let bare = |provider: &ProviderId| {
            Ok(Route {
                provider: provider.clone(),
                model: name.to_owned(),
            })
        };
        let servers = self.servers(name, pool);
        match (servers.as_slice(), prefixed) {
            ([provider], _) => bare(provider),
            ([], prefixed) => match (self.fallback(protocol, prefixed.is_some(), pool), prefixed) {
                (Some(provider), _) => bare(&provider),
                // The pool says how to sign in there.
                (None, Some(route)) => Ok(route),
                (None, None) => Err(self.unknown(name, pool)),
            },
            ([one, other, ..], _) => {
                let mut speakers = servers.iter().filter(|provider| pool.speaks(provider, protocol));
                match (speakers.next(), speakers.next()) {
                    (Some(provider), None) => bare(provider),
                    _ => Err(ambiguous(name, one, other)),
                }
            }
        }
    }

    /// The one signed-in provider that may serve a model which nobody lists; one that speaks the client's protocol before others. For a name that begins with another provider's it
    /// has to be one whose own names begin so.
    fn fallback(&self, protocol: Protocol, prefixed: bool, pool: &Pool) -> Option<ProviderId> {
        let named = |ids: Vec<ProviderId>| -> Vec<ProviderId> {
            let fits = |id: &ProviderId| {
                !prefixed || self.catalog.get(id).is_some_and(|row| row.models.vendor_names)
            };
            ids.into_iter().filter(fits).collect()
        };
        let mut speakers = named(pool.speakers(protocol));
        if speakers.is_empty() {
            // Any other protocol is translated.
            let others = Protocol::ALL.into_iter().flat_map(|other| pool.speakers(other));
            speakers = named(others.collect());
            speakers.sort();
            speakers.dedup();
        }
        let one = speakers.pop()?;
        speakers.is_empty().then_some(one)
    }

    /// Models that can be asked for now: every alias, and what the signed-in providers list, as `provider/model`.
    pub(crate) fn models(&self, pool: &Pool) -> Vec<Offer> {
        let aliases = self.routes.aliases().map(|(alias, target)| Offer {
            id: alias.to_owned(),
            route: Route {
                provider: target.provider.clone(),
                model: target.model.clone(),
            },
            name: None,
            created: None,
        });
        let served = self
            .catalog
            .providers()
            .filter(|provider| pool.has_login(&provider.id));
        let listed = served.flat_map(|provider| {
            let models = pool.models(&provider.id).into_iter();
            models.map(move |model| Offer {
                id: format!("{}/{}", provider.id, model.id),
                route: Route {
                    provider: provider.id.clone(),
                    model: model.id,
                },
                name: model.name,
                created: model.created,
            })
        });
        aliases.chain(listed).collect()
    }

    /// The signed-in providers that are known to serve a model.
    fn servers(&self, model: &str, pool: &Pool) -> Vec<ProviderId> {
        let mut servers = self.listed.get(model).cloned().unwrap_or_default();
        for teller in pool.tellers(model) {
            if !servers.contains(&teller) {
                servers.push(teller);
            }
        }
        servers.retain(|provider| pool.has_login(provider));
        servers
    }

    fn prefixed(&self, name: &str) -> Option<Route> {
        let (provider, model) = name.split_once('/')?;
        let provider = self.catalog.provider(provider).ok()?;
        (!model.is_empty()).then(|| Route {
            provider: provider.id.clone(),
            model: model.to_owned(),
        })
    }

    fn unknown(&self, name: &str, pool: &Pool) -> Refusal {
        let known = self.models(pool);
        let named: Vec<String> = known
            .iter()
            .take(NAMED)
            .map(|offer| format!("`{}`", offer.id))
            .collect();
        let tail = match (named.is_empty(), known.len().saturating_sub(NAMED)) {
            (true, _) => "nothing is signed in yet; sign in with `hermes auth add`".to_owned(),
            (false, 0) => format!("known are {}", named.join(", ")),
            (false, more) => format!("known are {} and {more} more", named.join(", ")),
        };
        Refusal::new(
            404,
            "model_not_found",
            format!(
                "no signed-in provider is known for model `{}`; {tail}",
                shown(name)
            ),
        )
    }
}

fn ambiguous(name: &str, one: &ProviderId, other: &ProviderId) -> Refusal {
    let name = shown(name);
    let message = format!(
        "model `{name}` is served by `{one}` and `{other}`; ask for `{one}/{name}` or `{other}/{name}`"
    );
    Refusal::new(400, "model_ambiguous", message)
}

/// A client's text, shortened and printable.
pub(crate) fn shown(text: &str) -> String {
    text.chars()
        .take(200)
        .map(|c| if c.is_control() { '\u{fffd}' } else { c })
        .collect()
}
