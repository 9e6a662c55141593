use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use axum::extract::State;
use axum::response::Html;
use hermes_core::{Billing, CredentialId, Protocol, ProviderId, UnixMs};
use hermes_pool::{State as PoolState, StoreError, UsageAsk, UsageBy, UsageRow, UsageSpan, View};
use hermes_text::Lang;

use super::{Base, Spoken, html};
use crate::error::ApiError;
use crate::look::Cause;
use crate::pages::overview::{Gateway, Need, Overview, Provider, Rate, Spend, Today, render};
use crate::shared::Shared;
use crate::usage::{tokens, tokens_in};

/// The content of `/`.
pub(crate) async fn fragment(
    State(shared): State<Arc<Shared>>,
    Base(url): Base,
    Spoken(lang): Spoken,
) -> Result<Html<String>, ApiError> {
    let views = shared.parts.pool.views();
    let used = today(&shared).await?;
    let known: HashMap<_, _> = views.iter().map(|view| (view.credential.id, view)).collect();
    let used: Vec<_> = used.iter().map(|row| (owner(&known, row), row)).collect();
    let model = Overview {
        needs: needs(&shared, lang, &views),
        providers: providers(&shared, &views, &used),
        rate: rate(&shared),
        today: sum(&used),
        gateway: gateway(&shared, url, &views).await?,
        now: shared.now(),
    };
    Ok(html(render(lang, &model)))
}

/// The store first, then blocked providers, then logins that ended.
fn needs(shared: &Shared, lang: Lang, views: &[View]) -> Vec<Need> {
    let store = shared.parts.store.suspect().map(|suspicion| Need::Store {
        problem: suspicion.message(lang),
        next: suspicion.next_step(lang).to_owned(),
    });
    let of = |state: PoolState| views.iter().filter(move |view| view.state == state);
    let accounts = of(PoolState::Blocked).chain(of(PoolState::NeedsLogin));
    let accounts = accounts.map(|view| Need::Account {
        provider: view.credential.provider.clone(),
        provider_name: shared.name_of(&view.credential.provider),
        label: view.credential.label.clone(),
        state: view.state,
        cause: Cause::of(view),
    });
    store.into_iter().chain(accounts).collect()
}

fn providers(shared: &Shared, views: &[View], used: &[Used<'_>]) -> Vec<Provider> {
    let mut groups: BTreeMap<&ProviderId, Vec<&View>> = BTreeMap::new();
    for view in views {
        groups.entry(&view.credential.provider).or_default().push(view);
    }
    let group = |(id, members): (&ProviderId, Vec<&View>)| {
        let usable = members.iter().filter(|view| view.state.usable()).count() as u64;
        let back = members.iter().filter(|view| view.state == PoolState::CoolingDown);
        let own = || {
            let of_it = |(owner, _): &&Used<'_>| owner.is_some_and(|view| view.credential.provider == *id);
            used.iter().filter(of_it).map(|(_, row)| *row)
        };
        Provider {
            id: id.clone(),
            name: shared.name_of(id),
            state: PoolState::best(members.iter().map(|view| view.state)),
            accounts: members.len() as u64,
            usable,
            until: back.filter_map(|view| view.until).min().filter(|_| usable == 0),
            requests: own().map(|row| row.requests).sum(),
            tokens: own().map(tokens).sum(),
        }
    };
    groups.into_iter().map(group).collect()
}

fn rate(shared: &Shared) -> Rate {
    let feed = &shared.parts.feed;
    let per_second = feed.per_second(shared.parts.clock.monotonic());
    Rate {
        tenths_per_second: format!("{:.0}", per_second * 10.0).parse().unwrap_or_default(),
        in_flight: feed.in_flight(),
    }
}

/// What a login used, and the login where it is still there.
type Used<'a> = (Option<&'a View>, &'a UsageRow);

/// Usage by login since midnight where this machine is.
async fn today(shared: &Shared) -> Result<Vec<UsageRow>, StoreError> {
    let now = shared.now();
    let zone = jiff::tz::TimeZone::system();
    let midnight = jiff::Timestamp::from_millisecond(now.as_millis())
        .and_then(|moment| zone.to_datetime(moment).date().to_zoned_datetime(zone.clone()));
    let from = midnight.map_or(now, |midnight| {
        UnixMs::from_millis(midnight.timestamp().as_millisecond())
    });
    let ask = UsageAsk {
        from,
        to: now,
        span: UsageSpan::Whole,
        by: UsageBy::Credential,
        latencies: false,
    };
    shared.parts.store.usage(&ask).await
}

fn owner<'a>(known: &HashMap<CredentialId, &'a View>, row: &UsageRow) -> Option<&'a View> {
    let id: CredentialId = row.group.as_ref()?.parse().ok()?;
    known.get(&id).copied()
}

fn sum(used: &[Used<'_>]) -> Today {
    let all = || used.iter().map(|(_, row)| *row);
    let spent = |billing: Billing| {
        let of_it = |(owner, _): &&Used<'_>| owner.is_some_and(|view| view.credential.billing == billing);
        let own = || used.iter().filter(of_it).map(|(_, row)| *row);
        Spend {
            billing,
            requests: own().map(|row| row.requests).sum(),
            tokens: own().map(tokens).sum(),
            cost_micros: None,
        }
    };
    let spends = Billing::ALL.into_iter().map(spent);
    Today {
        requests: all().map(|row| row.requests).sum(),
        failed: all().map(|row| row.failures).sum(),
        tokens_in: all().map(tokens_in).sum(),
        tokens_out: all().map(|row| row.tokens[3]).sum(),
        billing: spends.filter(|spend| spend.requests > 0).collect(),
    }
}

async fn gateway(shared: &Shared, url: String, views: &[View]) -> Result<Gateway, StoreError> {
    let keys = shared.parts.keys.list().await?;
    let usable = || views.iter().filter(|view| view.state.usable());
    let default = |view: &View| {
        let row = shared.parts.catalog.get(&view.credential.provider)?;
        let model = row.models.preferred()?;
        Some(format!("{}/{model}", row.id))
    };
    // Every login serves every client; one of the client's own protocol loses nothing on the way.
    let model = |protocol: Protocol| {
        let speaks = |view: &&View| view.runtimes.iter().any(|runtime| runtime.protocol == protocol);
        let own = usable().filter(speaks).find_map(default);
        Some((protocol, own.or_else(|| usable().find_map(default))?))
    };
    Ok(Gateway {
        url,
        models: Protocol::ALL.into_iter().filter_map(model).collect(),
        keys: keys.iter().filter(|key| key.revoked.is_none()).count() as u64,
    })
}
