//! A key that the person already has.

use std::time::Duration;

use hermes_core::{Material, Secret, Source};
use hermes_text::Both;
use hermes_text::errors::oauth as say;
use serde_json::{Map, Value};

use super::{Flow, Started, Turn, cut_life};
use crate::{Challenge, Engine, KeyCheck, OauthError, Plan, StartOptions, key, tokens};

/// How long a started key login waits for its key.
const LIFE: Duration = Duration::from_mins(30);

pub(super) fn start(engine: &Engine, plan: &Plan, options: &StartOptions) -> Started {
    let now = engine.clock.now();
    Started {
        challenge: Challenge::Key {
            env: plan.provider().env.clone(),
            prefixes: plan.provider().key_prefixes.clone(),
            expires: cut_life(now.plus(LIFE), now, options),
        },
        first_wait: Duration::ZERO,
        flow: Flow::Key,
    }
}

pub(super) async fn finish(
    engine: &Engine,
    plan: &Plan,
    given: Secret,
    source: Source,
    verify: bool,
) -> Result<Turn, OauthError> {
    let given = Secret::from(given.expose().trim());
    key::check_key_shape(&given)?;
    let method = key::method_for(plan.provider(), plan.method(), &given)?;
    let switched = (method.id != plan.method().id)
        .then(|| Both::of(|lang| say::note_kept_as(lang, method.name.get(lang))));
    let plan = &plan.with_method(method);
    let mut notes: Vec<Both> = key::key_notes(&given, plan.provider(), []).into_iter().collect();
    if verify {
        match key::validate_key(engine, plan.provider(), method, plan.region(), &given).await? {
            KeyCheck::Good => notes.clear(),
            KeyCheck::Unchecked { reason } => {
                notes.push(Both::of(|lang| say::note_unchecked(lang, reason.get(lang))));
            }
        }
    }
    notes.extend(switched);
    done(plan, given, source, &Value::Null, notes)
}

/// A key as the end of a login.
pub(super) fn done(
    plan: &Plan,
    access: Secret,
    source: Source,
    answer: &Value,
    notes: Vec<Both>,
) -> Result<Turn, OauthError> {
    let material = Material {
        access,
        refresh: None,
        expires: None,
        earliest_refresh: None,
        scopes: Vec::new(),
        extra: Map::new(),
    };
    Ok(Turn::Done {
        credential: Box::new(tokens::credential(plan, answer, material, source)?),
        notes,
    })
}
