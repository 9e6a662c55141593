//! A provider limits one of two accounts: the request is served by the other, and one request tries the first one again.

use std::cell::Cell;
use std::time::Duration;

use futures_util::future::try_join_all;
use hermes_pool::{State, View};
use hermes_sim::Answer;
use hermes_text::cli::drill as words;
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
/// How long the provider takes for each answer then.
const SLOW: Duration = Duration::from_millis(400);
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
        stage.begin(words::limit);
        let provider = stage.provider(self.lab).await?;
        for label in ["first", "second"] {
            stage.sim.script().account(label);
            stage.sign_in(self.lab, &provider, label).await?;
        }
        let before = self.ask(false).await?;
        stage.claim(served_by(&before) == "first", words::limit_first)?;

        stage.title(|lang| words::limit_429(lang, REST));
        let at = stage.sim.journal().entries().len();
        self.limit()?;
        let during = self.ask(true).await?;
        let calls = stage.sim.journal().entries().len() - at;
        stage.claim(served_by(&during) == "second" && calls == 2, words::limit_second)?;
        let resting = self.first()?;
        if !stage.told {
            status::show(self.lab, &self.lab.opened_views());
        }
        stage.claim(resting.state == State::CoolingDown, words::limit_rests)?;
        let at = stage.sim.journal().entries().len();
        let next = self.ask(false).await?;
        stage.claim(
            served_by(&next) == "second" && stage.sim.journal().entries().len() - at == 1,
            words::limit_unasked,
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
        stage.title(words::limit_over);
        let until = resting.until.ok_or_else(|| failed(words::limit_endless))?;
        let wait = until.since(self.lab.now()) + Duration::from_secs(1);
        self.lab.clock.sleep(wait).await;
        // So that the one which goes first is still on its way when the others choose.
        stage.sim.script().answer_delay(SLOW);
        let crowd = try_join_all((0..CROWD).map(|_| self.ask(false))).await?;
        let probes = crowd.iter().filter(|said| served_by(said) == "first").count();
        stage.claim(probes == 1, words::limit_probe)?;
        stage.sim.script().answer_delay(Duration::ZERO);
        let last = self.ask(false).await?;
        stage.claim(
            served_by(&last) == "first" && self.first()?.state == State::Ready,
            words::limit_back,
        )?;
        Ok(probes)
    }

    /// The next request to where the last one went is refused.
    fn limit(&self) -> Result<(), Failure> {
        let last = self.stage.sim.journal().entries().pop();
        let last = last.ok_or_else(|| failed(words::limit_nothing))?;
        let body =
            json!({ "type": "error", "error": { "type": "rate_limit_error", "message": "slow down" } });
        let answer = Answer::json(429, &body).header("retry-after", &REST.to_string());
        self.stage.sim.script().next(&last.host, &last.path, answer);
        Ok(())
    }

    fn first(&self) -> Result<View, Failure> {
        let views = self.lab.opened_views();
        let found = views.into_iter().find(|view| view.credential.label == "first");
        found.ok_or_else(|| failed(words::limit_gone))
    }

    async fn ask(&self, show: bool) -> Result<Said, Failure> {
        let view = self.first()?;
        let (model, protocol) = chat::default_model(self.lab, &view).await?;
        let number = self.asked.replace(self.asked.get() + 1);
        let question = Question {
            model,
            protocol,
            text: words::limit_question(self.lab.lang(), number),
        };
        if show {
            let (model, text) = (&question.model, &question.text);
            self.stage
                .tell(|_| format!("$ hermes chat -m {model} \"{text}\""));
        }
        chat::ask(self.lab, &question, show && !self.stage.told).await
    }
}

/// The label of the login that served a request.
fn served_by(said: &Said) -> &str {
    said.credential.as_deref().unwrap_or("nobody")
}
