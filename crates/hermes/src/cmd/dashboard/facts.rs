//! What the running program tells its dashboard of itself. The answers are made where the program waits, since that has everything.

use std::net::SocketAddr;

use async_trait::async_trait;
use hermes_core::UnixMs;
use hermes_dashboard::{Facts, FindingFact, FindingGrade, ProgramFacts, RouteFact, SettingFact};
use hermes_text::Both;
use tokio::sync::{mpsc, oneshot};

use crate::app::App;
use crate::cmd::doctor::{self, Grade};
use crate::cmd::protection_words;

/// Questions that may wait; a page asks one at a time.
const WAITING: usize = 16;

/// A question, with the way for its answer.
enum Question {
    Now(oneshot::Sender<ProgramFacts>),
    Examine(oneshot::Sender<Vec<FindingFact>>),
}

/// Asks the program.
pub(in crate::cmd) struct Asker(mpsc::Sender<Question>);

/// Where the program takes the questions from.
pub(in crate::cmd) struct Questions(mpsc::Receiver<Question>);

/// Both ends.
pub(in crate::cmd) fn channel() -> (Asker, Questions) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Asker(sender), Questions(receiver))
}

#[async_trait]
impl Facts for Asker {
    async fn now(&self) -> Option<ProgramFacts> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Question::Now(reply)).await.ok()?;
        answer.await.ok()
    }

    async fn examine(&self) -> Option<Vec<FindingFact>> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Question::Examine(reply)).await.ok()?;
        answer.await.ok()
    }
}

impl Questions {
    /// Answers until dropped. No question waits for an examination but another one.
    pub(in crate::cmd) async fn answer(&mut self, app: &App<'_>, address: SocketAddr) {
        let (asks, mut asked) = mpsc::channel(WAITING);
        let answering = async {
            while let Some(question) = self.0.recv().await {
                // Whoever asked may have gone away.
                match question {
                    Question::Now(reply) => drop(reply.send(facts(app, address).await)),
                    Question::Examine(reply) => drop(asks.try_send(reply)),
                }
            }
        };
        let examining = async {
            while let Some(reply) = asked.recv().await {
                let found: Vec<_> = doctor::examine(app).await.into_iter().map(finding).collect();
                let reply: oneshot::Sender<_> = reply;
                let _ = reply.send(found);
            }
        };
        tokio::join!(answering, examining);
    }
}

async fn facts(app: &App<'_>, address: SocketAddr) -> ProgramFacts {
    let store = app.store().await.ok();
    let config = app.config.effective();
    let routes = config.iter().filter_map(|one| {
        Some(RouteFact {
            name: one.key.strip_prefix("routes.")?.to_owned(),
            target: one.value.trim_matches('"').to_owned(),
            origin: one.origin.clone(),
        })
    });
    ProgramFacts {
        protection: store.map_or_else(Both::default, |store| {
            let protection = &store.info().protection;
            Both::of(|lang| protection_words(lang, protection))
        }),
        machine: hermes_store::machine_name(&app.paths.home).unwrap_or_default(),
        listeners: vec![address.to_string()],
        routes: routes.collect(),
        config_file: app.config.file().display().to_string(),
        last_backup: last_backup(app),
        findings: Vec::new(),
        config: config
            .into_iter()
            .map(|one| SettingFact {
                key: one.key,
                value: one.value,
                origin: one.origin,
            })
            .collect(),
    }
}

fn finding(one: doctor::Finding) -> FindingFact {
    FindingFact {
        about: one.about,
        grade: match one.grade {
            Grade::Good => FindingGrade::Good,
            Grade::Note => FindingGrade::Note,
            Grade::Bad => FindingGrade::Bad,
        },
        text: one.text,
        hint: one.hint,
    }
}

/// When the newest file in the folder of backups was written.
fn last_backup(app: &App<'_>) -> Option<UnixMs> {
    let folder = fs_err::read_dir(app.paths.home.join("backups")).ok()?;
    let times = folder.filter_map(|entry| entry.ok()?.metadata().ok()?.modified().ok());
    let newest = times.max()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(newest.as_millis()).ok().map(UnixMs::from_millis)
}
