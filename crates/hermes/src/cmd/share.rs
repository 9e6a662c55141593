//! `hermes auth strategy` and `weight`: how requests are spread over a provider's logins.

use hermes_core::Strategy;
use hermes_pool::PoolError;
use serde_json::json;

use super::target::{name, report};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::safe::term_line;

pub(super) async fn strategy(app: &App<'_>, provider: &str, wanted: Option<&str>) -> Outcome {
    let row = app.provider(provider).await?;
    let wanted = wanted
        .map(|word| {
            word.parse::<Strategy>()
                .map_err(|error| Failure::usage(error.to_string()))
        })
        .transpose()?;
    let pool = app.existing_pool().await?;
    let strategy = match (wanted, pool) {
        (None, pool) => pool.map_or_else(Strategy::default, |pool| pool.strategy_of(&row.id)),
        (Some(_), None) => return Err(PoolError::NoLogin { provider: row.id }.into()),
        (Some(wanted), Some(pool)) => {
            pool.set_strategy(&row.id, wanted).await?;
            wanted
        }
    };
    if app.printer.is_json() {
        app.printer.json(&json!({
            "provider": row.id, "strategy": strategy, "changed": wanted.is_some(), "words": words(strategy),
        }));
    } else if wanted.is_none() {
        app.printer
            .line(format_args!("{}: {}", row.id, strategy.as_str()));
        app.printer.say(words(strategy));
    }
    if wanted.is_some() {
        app.printer.done(format_args!(
            "{} uses {}: {}",
            term_line(&row.name),
            strategy.as_str(),
            words(strategy)
        ));
    }
    Ok(0)
}

/// What a strategy does.
pub(super) fn words(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::FillFirst => "the first login by priority serves until it rests or is spent",
        Strategy::RoundRobin => "each login serves in turn",
        Strategy::LeastUsed => "the login that has served least serves next",
        Strategy::Random => "any login serves, with equal chances",
        Strategy::Weighted => "each login serves in proportion to its weight",
    }
}

pub(super) async fn weight(app: &App<'_>, target: &str, weight: u32) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = pool.set_weight(view.credential.id, weight).await?;
    report(app, "weighed", &changed);
    app.printer
        .done(format_args!("`{}` has the weight {weight}", name(&changed)));
    let provider = &changed.credential.provider;
    if pool.strategy_of(provider) != Strategy::Weighted {
        app.printer.note(format_args!(
            "weights count once you run `hermes auth strategy {provider} weighted`"
        ));
    }
    Ok(0)
}
