//! `hermes drill`: the real walk against simulated providers, in a throw-away lab home.

use std::sync::Arc;

use hermes_catalog::{LoginFlow, Provider};
use hermes_core::{AttemptId, Env, ExitKind};
use hermes_oauth::{Challenge, Input, Plan, StartOptions};
use hermes_pool::{Finished, Progress, View};
use hermes_sim::{Sim, SimOptions};
use owo_colors::{OwoColorize as _, Style};
use serde_json::json;

use super::chat::{self, Question, Said};
use super::login::show;
use super::status;
use crate::app::App;
use crate::args::Drill;
use crate::failure::{Failure, Outcome};
use crate::table::Table;

/// Polls every half second instead of every two.
const LAB_CLOCK: &str = "+0s,x4";

pub(super) async fn run(app: &App<'_>, scenario: Drill) -> Outcome {
    let Drill::Login = scenario;
    let folder = tempfile::Builder::new()
        .prefix("hermes-drill-")
        .tempdir()
        .map_err(|error| Failure::io("no temporary folder", &error))?;
    let sim = Sim::start(SimOptions::default())
        .await
        .map_err(|error| Failure::io("the simulation cannot start", &error))?;
    let variables = [
        ("HERMES_LAB_HOSTS", sim.lab_hosts()),
        ("HERMES_LAB_CLOCK", LAB_CLOCK.to_owned()),
    ];
    let env = Env::from_pairs(variables.map(|(name, value)| (name.to_owned(), value)));
    let lab = App::new(Some(&folder.path().join("home")), env, app.printer)?;
    let outcome = Walk {
        lab: &lab,
        sim: &sim,
        told: app.printer.is_json(),
    }
    .login()
    .await;
    lab.close().await;
    let removed = folder
        .close()
        .map_err(|error| Failure::io("the drill's folder could not be removed", &error));
    outcome?;
    removed?;
    Ok(0)
}

/// One scenario under way.
struct Walk<'a> {
    lab: &'a App<'a>,
    sim: &'a Sim,
    /// Whether a script listens, which gets one result at the end instead of the story.
    told: bool,
}

impl Walk<'_> {
    async fn login(&self) -> Result<(), Failure> {
        let provider = self.provider().await?;
        self.title(&format!(
            "A drill: sign in to {}, ask, and see the token renewed",
            provider.name
        ));
        self.tell(&format!(
            "The provider is played on {} and the home is a temporary one: nothing leaves this machine.",
            self.sim.origin()
        ));
        self.title("1. Sign in");
        let finished = self.sign_in(&provider).await?;
        self.title("2. What is kept");
        let before = self.look(&finished)?;
        self.title("3. A request through the gateway, streamed");
        let first = self.ask(&before).await?;
        self.title("4. The provider ends the access token; the next request renews it unseen");
        self.sim.expire_access_tokens();
        let second = self.ask(&before).await?;
        let after = self.look(&finished)?;
        self.title("5. What the provider saw");
        self.journal();
        self.end(&before, &after, &first, &second)
    }

    /// The first provider whose usual login is a code to type, which is what newcomers meet most.
    async fn provider(&self) -> Result<Provider, Failure> {
        let catalog = self.lab.catalog().await?;
        let by_code = |row: &&Provider| {
            row.login
                .first()
                .is_some_and(|one| matches!(one.flow, LoginFlow::UserCode(_)))
        };
        let missing = || {
            Failure::new(
                ExitKind::Failure,
                "drill",
                "the catalogue has no provider for this drill",
            )
        };
        catalog.providers().find(by_code).cloned().ok_or_else(missing)
    }

    async fn sign_in(&self, provider: &Provider) -> Result<Finished, Failure> {
        let logins = self.lab.pool().await?.logins();
        let plan = Plan::new(Arc::new(provider.clone()), None, None, Some("drill".to_owned()))?;
        if !self.told {
            self.tell(&format!("$ hermes auth add {}", provider.id));
            show::card(self.lab, &plan);
        }
        let (id, challenge) = logins
            .start(&provider.id, None, None, plan.label(), StartOptions::default())
            .await?;
        if !self.told {
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
                    self.done(&format!(
                        "Signed in to {} as \"drill\" after {polls} polls",
                        provider.name
                    ));
                    return Ok(*finished);
                }
                Progress::Waiting { next_poll, .. } => {
                    self.lab.clock.sleep(next_poll).await;
                    polls += 1;
                    if polls == 2 {
                        self.approve(id, &challenge)?;
                    }
                }
            }
        }
    }

    /// The part of the person with the browser.
    fn approve(&self, id: AttemptId, challenge: &Challenge) -> Result<(), Failure> {
        let known = match challenge {
            Challenge::Code { user_code, .. } => self.sim.person().approve(user_code),
            Challenge::Browser { .. } | Challenge::Key { .. } => false,
        };
        if !known {
            return Err(Failure::new(
                ExitKind::Failure,
                "drill",
                format!("the simulated person cannot approve login {id}"),
            ));
        }
        self.tell("(The simulated person opens the page, types the code and approves.)");
        Ok(())
    }

    fn look(&self, finished: &Finished) -> Result<View, Failure> {
        let views = self.views();
        if !self.told {
            status::show(self.lab, &views, false);
        }
        let id = finished.saved.credential.id;
        let lost = || Failure::new(ExitKind::Failure, "drill", "the stored login is gone");
        views
            .into_iter()
            .find(|view| view.credential.id == id)
            .ok_or_else(lost)
    }

    fn views(&self) -> Vec<View> {
        self.lab.opened_views()
    }

    async fn ask(&self, view: &View) -> Result<Said, Failure> {
        let provider = &view.credential.provider;
        let catalog = self.lab.catalog().await?;
        let models = catalog.get(provider).map(|row| &row.models);
        let model = models.and_then(|models| models.default.as_ref().or(models.known.first()));
        let model = model.ok_or_else(|| Failure::new(ExitKind::Failure, "drill", "no model is known"))?;
        let runtime = view.runtimes.first();
        let protocol = runtime.map_or(hermes_core::Protocol::ChatCompletions, |runtime| runtime.protocol);
        self.tell(&format!(
            "$ hermes chat -m {provider}/{model} \"Say hello\"    ({})",
            protocol.title()
        ));
        let question = Question {
            model: format!("{provider}/{model}"),
            protocol,
            text: "Say hello".to_owned(),
        };
        let said = chat::ask(self.lab, &question, !self.told).await?;
        let (pieces, login) = (said.pieces, said.credential.as_deref().unwrap_or("?"));
        self.done(&format!("Answered by login \"{login}\" in {pieces} pieces"));
        Ok(said)
    }

    fn journal(&self) {
        if self.told {
            return;
        }
        let mut table = Table::with_head(["METHOD", "HOST", "PATH"]);
        for entry in self.sim.journal().entries() {
            table.row([
                entry.method.as_str().into(),
                entry.host.as_str().into(),
                entry.path.as_str().into(),
            ]);
        }
        self.lab.printer.line(table);
    }

    fn end(&self, before: &View, after: &View, first: &Said, second: &Said) -> Result<(), Failure> {
        let (old, new) = (before.credential.generation, after.credential.generation);
        if new <= old {
            return Err(Failure::new(
                ExitKind::Failure,
                "drill",
                "the token was not renewed",
            ));
        }
        if self.told {
            self.lab.printer.json(&json!({
                "scenario": "login", "provider": after.credential.provider, "state": after.state,
                "generation_before": old, "generation_after": new, "answers": [first.text, second.text],
                "requests": self.sim.journal().entries().len(),
            }));
            return Ok(());
        }
        self.done(&format!(
            "The token was renewed (generation {old} to {new}), and no request failed"
        ));
        self.lab.printer.line("");
        self.tell("Now the same for real: `hermes providers list`, then `hermes auth add PROVIDER`.");
        Ok(())
    }

    fn title(&self, text: &str) {
        if !self.told {
            self.lab
                .printer
                .line(format_args!("\n{}", text.style(Style::new().bold())));
        }
    }

    fn tell(&self, text: &str) {
        if !self.told {
            self.lab.printer.line(text);
        }
    }

    fn done(&self, text: &str) {
        if !self.told {
            self.lab.printer.line(format_args!("{} {text}", "✓".green()));
        }
    }
}
