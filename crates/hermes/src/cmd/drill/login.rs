//! A whole sign-in, a request, and a renewal that nobody notices.

use std::sync::Arc;

use hermes_catalog::Provider;
use hermes_oauth::{Challenge, Input, Plan, StartOptions};
use hermes_pool::{Finished, Progress, View};
use hermes_text::cli::drill as words;
use serde_json::{Value, json};

use super::super::chat::{self, Question, Said};
use super::super::login::show;
use super::super::status;
use super::{Stage, approve, failed};
use crate::app::App;
use crate::failure::Failure;
use crate::table::Table;

/// What the login of the drill is called.
const LABEL: &str = "drill";
/// Polls every half second instead of every two.
const SPEED: u32 = 4;

pub(super) async fn play(stage: &Stage<'_>) -> Result<Value, Failure> {
    let lab = stage.lab("home", SPEED, &[])?;
    let played = Walk { lab: &lab, stage }.login().await;
    lab.close().await;
    played
}

/// One scenario under way.
struct Walk<'a> {
    lab: &'a App<'a>,
    stage: &'a Stage<'a>,
}

impl Walk<'_> {
    async fn login(&self) -> Result<Value, Failure> {
        let provider = self.stage.provider(self.lab).await?;
        self.stage.begin(|lang| words::login(lang, &provider.name));
        self.stage.title(words::login_sign_in);
        let finished = self.sign_in(&provider).await?;
        self.stage.title(words::login_kept);
        let before = self.look(&finished)?;
        self.stage.title(words::login_request);
        let first = self.ask(&before).await?;
        self.stage.title(words::login_ends);
        self.stage.sim.expire_access_tokens();
        let second = self.ask(&before).await?;
        let after = self.look(&finished)?;
        self.stage.title(words::login_journal);
        self.journal();
        self.end(&before, &after, &first, &second)
    }

    async fn sign_in(&self, provider: &Provider) -> Result<Finished, Failure> {
        let logins = self.lab.pool().await?.logins();
        let plan = Plan::new(Arc::new(provider.clone()), None, None, Some(LABEL.to_owned()))?;
        if !self.stage.told {
            self.stage.tell(|_| format!("$ hermes auth add {}", provider.id));
            show::card(self.lab, &plan);
        }
        let (id, challenge) = logins
            .start(&provider.id, None, None, plan.label(), StartOptions::default())
            .await?;
        if !self.stage.told {
            show::challenge(
                self.lab,
                &plan,
                id,
                &challenge,
                show::Look {
                    open: false,
                    qr: false,
                },
            );
        }
        let mut polls = 0;
        loop {
            match logins.advance(id, Input::Poll).await? {
                Progress::Done(finished) => {
                    self.stage
                        .done(|lang| words::login_polls(lang, &provider.name, LABEL, polls));
                    return Ok(*finished);
                }
                Progress::Waiting { next_poll, .. } => {
                    self.lab.clock.sleep(next_poll).await;
                    polls += 1;
                    if polls == 2 {
                        self.approve(&challenge)?;
                    }
                }
            }
        }
    }

    fn approve(&self, challenge: &Challenge) -> Result<(), Failure> {
        if !approve(&self.stage.sim, challenge) {
            return Err(failed(words::no_approval));
        }
        self.stage.tell(words::login_person);
        Ok(())
    }

    fn look(&self, finished: &Finished) -> Result<View, Failure> {
        let views = self.views();
        if !self.stage.told {
            status::show(self.lab, &views);
        }
        let id = finished.saved.credential.id;
        let lost = || failed(words::login_gone);
        views
            .into_iter()
            .find(|view| view.credential.id == id)
            .ok_or_else(lost)
    }

    fn views(&self) -> Vec<View> {
        self.lab.opened_views()
    }

    async fn ask(&self, view: &View) -> Result<Said, Failure> {
        let (model, protocol) = chat::default_model(self.lab, view).await?;
        let text = words::question(self.lab.lang());
        self.stage
            .tell(|_| format!("$ hermes chat -m {model} \"{text}\"    ({})", protocol.title()));
        let question = Question {
            model,
            protocol,
            text: text.to_owned(),
        };
        let said = chat::ask(self.lab, &question, !self.stage.told).await?;
        let (pieces, login) = (said.pieces, said.credential.as_deref().unwrap_or("?"));
        self.stage.done(|lang| words::login_answered(lang, login, pieces));
        Ok(said)
    }

    fn journal(&self) {
        if self.stage.told {
            return;
        }
        let lang = self.lab.lang();
        let mut table = Table::with_head([
            words::head_method(lang),
            words::head_host(lang),
            words::head_path(lang),
        ]);
        for entry in self.stage.sim.journal().entries() {
            table.row([
                entry.method.as_str().into(),
                entry.host.as_str().into(),
                entry.path.as_str().into(),
            ]);
        }
        self.lab.printer.line(table);
    }

    fn end(&self, before: &View, after: &View, first: &Said, second: &Said) -> Result<Value, Failure> {
        let (old, new) = (before.credential.generation, after.credential.generation);
        if new <= old {
            return Err(failed(words::login_stale));
        }
        self.stage.done(|lang| words::login_renewed(lang, old, new));
        self.stage.close(words::login_next);
        Ok(json!({
            "scenario": "login", "provider": after.credential.provider, "state": after.state,
            "generation_before": old, "generation_after": new, "answers": [first.text, second.text],
            "requests": self.stage.sim.journal().entries().len(),
        }))
    }
}
