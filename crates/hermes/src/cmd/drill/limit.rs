//! A provider limits one of two accounts: the request is served by the other, and one request tries the first one again.

use std::cell::Cell;
use std::time::Duration;

use futures_util::future::try_join_all;
use hermes_pool::{State, View};
use hermes_sim::Answer;
use serde_json::{Value, json};

use super::super::chat::{self, Question, Said};
use super::super::status;
use super::{Stage, failed};
use crate::app::App;
use crate::failure::Failure;

/// Twenty seconds of rest are one second of waiting.
const SPEED: u32 = 20;
/// What the provider asks for, seconds.
const REST: u32 = 20;
/// Requests at the same moment after the rest.
const CROWD: usize = 4;

pub(super) async fn play(stage: &Stage<'_>) -> Result<Value, Failure> {
    let lab = stage.lab("first", SPEED, &[])?;
    let played = Limit {
        stage,
        lab: &lab,
        asked: Cell::new(0),
    }
    .play()
    .await;
    lab.close().await;
    played
}

struct Limit<'a> {
    stage: &'a Stage<'a>,
    lab: &'a App<'a>,
    /// Questions so far. A conversation stays with the account that served it, so each is another one.
    asked: Cell<usize>,
}

impl Limit<'_> {
    async fn play(&self) -> Result<Value, Failure> {
        let stage = self.stage;
        stage.begin("A drill: two accounts of one provider, and the first one reaches its limit");
        let provider = stage.provider(self.lab).await?;
        for label in ["first", "second"] {
            stage.sim.script().account(label);
            stage.sign_in(self.lab, &provider, label).await?;
        }
        let before = self.ask(false).await?;
        stage.claim(
            served_by(&before) == "first",
            "Both are signed in, and the first one serves",
        )?;

        stage.title(&format!(
            "1. The first account is answered 429 with `retry-after: {REST}`"
        ));
        let at = stage.sim.journal().entries().len();
        self.limit()?;
        let during = self.ask(true).await?;
        let calls = stage.sim.journal().entries().len() - at;
        stage.claim(
            served_by(&during) == "second" && calls == 2,
            "The same request was served by the second account; the client saw one answer",
        )?;
        let resting = self.first()?;
        if !stage.told {
            status::show(self.lab, &self.lab.opened_views());
        }
        stage.claim(
            resting.state == State::CoolingDown,
            "The first one rests for as long as the provider said",
        )?;
        let at = stage.sim.journal().entries().len();
        let next = self.ask(false).await?;
        stage.claim(
            served_by(&next) == "second" && stage.sim.journal().entries().len() - at == 1,
            "Meanwhile it is not asked at all",
        )?;
        let probes = self.after(&resting).await?;
        Ok(json!({
            "scenario": "429", "provider": provider.id, "retry_after": REST, "served_by": served_by(&during),
            "calls_for_one_request": calls, "state": resting.state, "until": resting.until,
            "at_once_after_rest": CROWD, "probes": probes, "state_after": self.first()?.state,
        }))
    }

    async fn after(&self, resting: &View) -> Result<usize, Failure> {
        let stage = self.stage;
        stage.title("2. The rest is over, and four requests come at once");
        let until = resting.until.ok_or_else(|| failed("the rest has no end"))?;
        let wait = until.since(self.lab.now()) + Duration::from_secs(1);
        self.lab.clock.sleep(wait).await;
        let crowd = try_join_all((0..CROWD).map(|_| self.ask(false))).await?;
        let probes = crowd.iter().filter(|said| served_by(said) == "first").count();
        stage.tell(&format!("{:?}", crowd.iter().map(served_by).collect::<Vec<_>>()));
        stage.claim(
            probes == 1,
            "One of them tried the first account; the others did not wait for it",
        )?;
        let last = self.ask(false).await?;
        stage.claim(
            served_by(&last) == "first" && self.first()?.state == State::Ready,
            "It was served, so the first account is in use again",
        )?;
        Ok(probes)
    }

    /// The next request to where the last one went is refused.
    fn limit(&self) -> Result<(), Failure> {
        let last = self.stage.sim.journal().entries().pop();
        let last = last.ok_or_else(|| failed("nothing was asked yet"))?;
        let body =
            json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "slow down" } });
        let answer = Answer::json(429, &body).header("retry-after", &REST.to_string());
        self.stage.sim.script().next(&last.host, &last.path, answer);
        Ok(())
    }

    fn first(&self) -> Result<View, Failure> {
        let views = self.lab.opened_views();
        let found = views.into_iter().find(|view| view.credential.label == "first");
        found.ok_or_else(|| failed("the first login is gone"))
    }

    async fn ask(&self, show: bool) -> Result<Said, Failure> {
        let view = self.first()?;
        let (model, protocol) = chat::default_model(self.lab, &view).await?;
        let number = self.asked.replace(self.asked.get() + 1);
        let question = Question {
            model,
            protocol,
            text: format!("Say hello to guest {number}"),
        };
        if show {
            let (model, text) = (&question.model, &question.text);
            self.stage.tell(&format!("$ hermes chat -m {model} \"{text}\""));
        }
        chat::ask(self.lab, &question, show && !self.stage.told).await
    }
}

/// The label of the login that served a request.
fn served_by(said: &Said) -> &str {
    said.credential.as_deref().unwrap_or("nobody")
}
