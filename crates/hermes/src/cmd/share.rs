//! `hermes auth strategy` and `weight`: how requests are spread over a provider's logins.

use hermes_core::Strategy;
use hermes_dashboard::look::strategy_words;
use hermes_pool::PoolError;
use hermes_text::cli::account as text;
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
                .map_err(|error| Failure::usage(|lang| error.get(lang).to_owned()))
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
    let (_, means) = strategy_words(app.lang(), strategy);
    if app.printer.is_json() {
        app.printer.json(&json!({
            "provider": row.id, "strategy": strategy, "changed": wanted.is_some(), "words": means,
        }));
    } else if wanted.is_none() {
        app.printer
            .line(format_args!("{}: {}", row.id, strategy.as_str()));
        app.printer.say(means);
    }
    if wanted.is_some() {
        let name = term_line(&row.name);
        app.printer
            .done(text::uses(app.lang(), &name, strategy.as_str(), means));
    }
    Ok(0)
}

pub(super) async fn weight(app: &App<'_>, target: &str, weight: u32) -> Outcome {
    let (pool, view) = app.find(target).await?;
    let changed = pool.set_weight(view.credential.id, weight).await?;
    report(app, "weighed", &changed);
    app.printer
        .done(text::weighs(app.lang(), &name(&changed), weight));
    let provider = &changed.credential.provider;
    if pool.strategy_of(provider) != Strategy::Weighted {
        app.printer
            .note(text::weight_later(app.lang(), provider.as_str()));
    }
    Ok(0)
}
