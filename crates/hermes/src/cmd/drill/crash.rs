//! A program is killed in the middle of a renewal. What the next one makes of it depends on where the answer was.

use std::time::Duration;

use hermes_catalog::Provider;
use hermes_core::{CredentialId, ExitKind};
use hermes_pool::Event;
use hermes_text::cli::drill as words;
use serde_json::{Value, json};

use super::super::details;
use super::{Ended, Stage, failed, hours, short};
use crate::failure::Failure;

/// After this long nobody can still be at a call that was left behind.
const LATER: Duration = Duration::from_mins(3);
/// How long the forgiving issuer takes a spent token once more.
const FORGIVES: Duration = Duration::from_hours(1);

/// What came of one death.
struct Round {
    calls: usize,
    token: Option<String>,
    after: Ended,
}

struct Crash<'a> {
    stage: &'a Stage<'a>,
    provider: &'a Provider,
    id: CredentialId,
}

pub(super) async fn play(stage: &Stage<'_>) -> Result<Value, Failure> {
    stage.begin(words::crash);
    let login = stage.one_login(&[]).await?;
    let provider = &login.provider;
    stage.done(|lang| words::signed_in(lang, &provider.name));
    let crash = Crash {
        stage,
        provider,
        id: login.id,
    };
    let kept = crash.kept().await?;
    let replayed = crash.replayed().await?;
    let ended = crash.ended().await?;
    let events = crash.events(hours(12)).await?;
    stage.title(words::crash_noted);
    if !stage.told {
        stage.printer.line(details::history(
            stage.printer.lang(),
            &events,
            stage.anchor.plus(hours(12)),
        ));
    }
    let names: Vec<_> = events.iter().rev().map(|event| event.kind.clone()).collect();
    let noted = ["doubt", "replay"]
        .iter()
        .all(|kind| names.iter().any(|name| name == kind));
    let secrets = stage.sim.canaries();
    let tells = |event: &Event| secrets.iter().any(|secret| event.detail.contains(secret));
    stage.claim(noted && !events.iter().any(tells), words::crash_no_secret)?;
    Ok(json!({
        "scenario": "crash", "provider": provider.id,
        "kept_on_disk": { "token_calls": kept.calls, "survives": kept.token.as_deref().map(short) },
        "lost_forgiven": { "token_calls": replayed.calls, "survives": replayed.token.as_deref().map(short) },
        "lost_refused": { "token_calls": ended.calls, "survives": null, "exit": ended.after.code, "message": ended.after.stderr },
        "events": names,
    }))
}

impl Crash<'_> {
    /// Lets a renewal die at a point, then asks again.
    async fn round(&self, point: &str, at: Duration, again: Duration) -> Result<Round, Failure> {
        let target = self.provider.id.as_str();
        let before = self.stage.renewals();
        let fault = format!("{point}=kill");
        self.stage
            .tell(|_| format!("$ HERMES_LAB_FAULT={fault} hermes token {target}"));
        let faults = [("HERMES_LAB_FAULT", fault.as_str())];
        let died = self
            .stage
            .hermes("first", at, &faults, &["token", target])
            .await?;
        if died.code.is_some() {
            return Err(failed(words::crash_not_killed));
        }
        self.stage
            .command(words::crash_killed, &format!("hermes token {target}"));
        let after = self.stage.hermes("first", again, &[], &["token", target]).await?;
        let token = after.stdout.trim();
        Ok(Round {
            calls: self.stage.renewals() - before,
            token: (!token.is_empty()).then(|| token.to_owned()),
            after,
        })
    }

    async fn kept(&self) -> Result<Round, Failure> {
        let stage = self.stage;
        stage.title(words::crash_spilled);
        let round = self.round("spilled", hours(2), hours(2)).await?;
        let alive = round
            .token
            .as_deref()
            .is_some_and(|token| stage.sim.family_alive(token));
        stage.claim(round.calls == 1 && alive, words::crash_taken)?;
        Ok(round)
    }

    async fn replayed(&self) -> Result<Round, Failure> {
        let stage = self.stage;
        stage.title(words::crash_in_memory);
        stage.sim.script().reuse_grace(FORGIVES);
        let round = self.round("answered", hours(4), hours(4) + LATER).await?;
        let alive = round
            .token
            .as_deref()
            .is_some_and(|token| stage.sim.family_alive(token));
        stage.claim(round.calls == 2 && alive, words::crash_replayed)?;
        Ok(round)
    }

    async fn ended(&self) -> Result<Round, Failure> {
        let stage = self.stage;
        stage.title(words::crash_unforgiving);
        stage.sim.script().reuse_grace(Duration::ZERO);
        let round = self.round("answered", hours(8), hours(8) + LATER).await?;
        stage.quote(&round.after);
        let told = round.after.code == Some(i32::from(ExitKind::LoginRequired.code()));
        stage.claim(round.calls == 2 && told, words::crash_ended)?;
        let again = stage
            .hermes("first", hours(9), &[], &["token", self.provider.id.as_str()])
            .await?;
        stage.claim(
            stage.renewals() == 5 && again.code == round.after.code,
            words::crash_silent,
        )?;
        Ok(round)
    }

    async fn events(&self, later: Duration) -> Result<Vec<Event>, Failure> {
        let ended = self.stage.hermes("first", later, &[], &["auth", "list"]).await?;
        if ended.code != Some(0) {
            return Err(failed(words::crash_unlisted));
        }
        let lab = self.stage.lab("first", 1, &[])?;
        let events = async { Ok(lab.pool().await?.events(self.id, 32).await?) };
        let events = events.await;
        lab.close().await;
        events
    }
}
