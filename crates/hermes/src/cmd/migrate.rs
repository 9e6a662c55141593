//! `hermes migrate`: every login into another store, which is read back before the old one stops renewing. Nothing is destroyed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hermes_core::{ExitKind, Secret};
use hermes_store::{Dump, OpenOptions, Store, StoreError};
use hermes_text::Word;
use hermes_text::cli::store as words;
use hermes_text::pages::settings;
use serde_json::json;

use super::store::{existing, suspicion};
use crate::app::App;
use crate::failure::{Failure, Outcome};
use crate::paths::not_a_home;
use crate::safe::term_line;
use crate::server::{EXAMPLE, has_password, is_address};

/// A step that takes longer is told of.
const SILENCE: Duration = Duration::from_secs(1);

/// Where the logins go.
enum Target {
    Database(Secret),
    Home(PathBuf),
}

pub(super) async fn run(app: &App<'_>, to: &Secret) -> Outcome {
    let target = Target::parse(to)?;
    if has_password(to) {
        app.printer.warn(words::password_in_to(app.lang()));
    }
    let source = existing(app).await?;
    if let Some(suspicion) = suspicion(source.as_ref()) {
        let text = |lang| words::not_moved(lang, suspicion.problem.get(lang));
        let suspect = Failure::new(ExitKind::Store, "store_suspect", text);
        return Err(suspect.hint(|lang| suspicion.next.get(lang)));
    }
    let heir = told(
        app,
        words::opening(app.lang()),
        hermes_store::open(target.options(app)?),
    )
    .await?;
    let moved = hand_over(app, source.as_ref(), heir.as_ref()).await;
    let place = heir.info().place.clone();
    let closed = heir.close().await;
    let dump = moved?;
    closed?;
    tell(app, source.as_ref(), &place, &target, &dump);
    Ok(0)
}

impl Target {
    fn parse(to: &Secret) -> Result<Self, Failure> {
        let text = to.expose();
        if is_address(text) {
            return Ok(Self::Database(to.clone()));
        }
        if text.contains("://") || text.is_empty() {
            return Err(Failure::usage(|lang| words::no_target(lang, EXAMPLE)));
        }
        let path = std::path::absolute(text).map_err(|error| not_a_home(text, &error))?;
        Ok(Self::Home(path))
    }

    /// How the new store is opened. A home that is named anew holds its key file, as every named home does.
    fn options(&self, app: &App<'_>) -> Result<OpenOptions, Failure> {
        let mut options = app.open_options(true);
        match self {
            Self::Database(address) => {
                options.server = Some(address.clone());
            }
            Self::Home(path) => {
                options.server = None;
                if !is_same(path, &app.paths.home) {
                    options.config_folder = path.join("config");
                }
                options.folder.clone_from(path);
            }
        }
        if let Self::Home(path) = self
            && app.server.is_none()
            && is_same(path, &app.paths.home)
        {
            return Err(Failure::usage(words::same_home));
        }
        Ok(options)
    }

    /// What makes the new store the one in use.
    fn next(&self, app: &App<'_>) -> String {
        let lang = app.lang();
        match self {
            Self::Database(_) => words::use_database(lang, &app.config.file().display().to_string()),
            Self::Home(path) if is_same(path, &app.paths.home) => words::use_this_home(lang).to_owned(),
            Self::Home(path) => words::use_home(lang, &path.display().to_string()),
        }
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| fs_err::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    real(one) == real(other)
}

/// Copies everything. The old store stops renewing first, so that no token is renewed behind the copy; when anything goes wrong,
/// it goes on as before.
async fn hand_over(app: &App<'_>, source: &dyn Store, heir: &dyn Store) -> Result<Dump, Failure> {
    if source.info().id == heir.info().id {
        return Err(Failure::usage(words::same_store));
    }
    if !heir.credentials().await?.is_empty() {
        let taken = |lang| words::taken(lang, &heir.info().place);
        return Err(Failure::new(ExitKind::Usage, "taken", taken).hint(words::taken_next));
    }
    if let Some(suspicion) = suspicion(heir) {
        let text = |lang| words::heir_suspect(lang, &heir.info().place, suspicion.problem.get(lang));
        let suspect = Failure::new(ExitKind::Store, "store_suspect", text);
        return Err(suspect.hint(|lang| suspicion.next.get(lang)));
    }
    source.retire(&heir.info().place, app.now()).await?;
    let copied = copy(app, source, heir).await;
    if copied.is_err() {
        source.adopt(app.now()).await?;
    }
    copied
}

async fn copy(app: &App<'_>, source: &dyn Store, heir: &dyn Store) -> Result<Dump, Failure> {
    let lang = app.lang();
    let dump = told(app, words::reading(lang), source.export()).await?;
    let writing = words::writing(lang, dump.credentials.len());
    told(app, &writing, heir.import(&dump, app.now())).await?;
    let copy = told(app, words::reading_back(lang), heir.export()).await?;
    match difference(&dump, &copy) {
        None => Ok(dump),
        Some(what) => {
            let text = |lang| words::differs(lang, what(lang));
            Err(Failure::new(ExitKind::Store, "migration_differs", text))
        }
    }
}

/// What differs between what was read and what was read back.
pub(crate) fn difference(from: &Dump, to: &Dump) -> Option<Word> {
    let sorted = |dump: &Dump| {
        let mut secrets: Vec<_> = dump
            .secrets
            .iter()
            .map(|(name, secret)| (name.clone(), secret.expose().clone()))
            .collect();
        secrets.sort();
        secrets
    };
    let has_settings = from.settings.iter().all(|one| to.settings.contains(one));
    let parts: [(bool, Word); 5] = [
        (from.credentials == to.credentials, words::the_logins),
        (from.pools == to.pools, words::the_strategies),
        (from.keys == to.keys, words::the_keys),
        (has_settings, words::the_settings),
        (sorted(from) == sorted(to), words::the_secret_settings),
    ];
    parts.into_iter().find_map(|(same, what)| (!same).then_some(what))
}

/// Does a step, and says so when it takes long.
async fn told<T>(
    app: &App<'_>,
    step: &str,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, Failure> {
    tokio::pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return Ok(done?),
        () = app.clock.sleep(SILENCE) => app.printer.say(words::step(app.lang(), step)),
    }
    Ok(work.await?)
}

fn tell(app: &App<'_>, source: &dyn Store, place: &str, target: &Target, dump: &Dump) {
    let next = target.next(app);
    let from = &source.info().place;
    if app.printer.is_json() {
        app.printer.json(&json!({
            "from": from, "to": place, "logins": dump.credentials.len(), "client_keys": dump.keys.len(),
            "strategies": dump.pools.len(), "verified": true, "retired": true, "next": next,
        }));
    }
    let lang = app.lang();
    let keys = settings::keys_counted(lang, dump.keys.len());
    let (from, place) = (term_line(from), term_line(place));
    app.printer.done(words::moved_all(
        lang,
        dump.credentials.len(),
        &keys,
        &from,
        &place,
    ));
    app.printer.say(words::old_kept(lang));
    app.printer.say(words::next(lang, &term_line(&next)));
}
