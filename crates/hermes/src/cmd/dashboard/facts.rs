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

type Reply = oneshot::Sender<ProgramFacts>;

/// Asks the program.
pub(in crate::cmd) struct Asker(mpsc::Sender<Reply>);

/// Where the program takes the questions from.
pub(in crate::cmd) struct Questions(mpsc::Receiver<Reply>);

/// Both ends.
pub(in crate::cmd) fn channel() -> (Asker, Questions) {
    let (sender, receiver) = mpsc::channel(WAITING);
    (Asker(sender), Questions(receiver))
}

#[async_trait]
impl Facts for Asker {
    async fn now(&self) -> Option<ProgramFacts> {
        let (reply, answer) = oneshot::channel();
        self.0.send(reply).await.ok()?;
        answer.await.ok()
    }
}

impl Questions {
    /// Answers until dropped.
    pub(in crate::cmd) async fn answer(&mut self, app: &App<'_>, address: SocketAddr) {
        while let Some(reply) = self.0.recv().await {
            // Whoever asked may have gone away.
            let _ = reply.send(facts(app, address).await);
        }
    }
}

async fn facts(app: &App<'_>, address: SocketAddr) -> ProgramFacts {
    let findings = doctor::examine(app).await;
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
        findings: findings.into_iter().map(finding).collect(),
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
