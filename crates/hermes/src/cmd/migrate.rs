//! `hermes migrate`: every login into another store, which is read back before the old one stops renewing. Nothing is destroyed.

use std::path::{Path, PathBuf};
use std::time::Duration;

use hermes_core::{ExitKind, Secret};
use hermes_store::{Dump, OpenOptions, Store, StoreError};
use serde_json::json;

use super::store::{counted, existing, suspicion};
use crate::app::App;
use crate::failure::{Failure, Outcome};
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
        app.printer.warn(
            "other programs can read the password in `--to` while this runs; `~/.pgpass` is a better place for it",
        );
    }
    let source = existing(app).await?;
    if let Some(suspicion) = suspicion(source.as_ref()) {
        let text = format!("{}, so its logins are not moved", suspicion.words());
        return Err(Failure::new(ExitKind::Store, "store_suspect", |_| text.clone()).hint(|_| suspicion.next));
    }
    let heir = told(
        app,
        "opening the new store",
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
            let wrong = format!("`--to` takes an address such as `{EXAMPLE}`, or a folder");
            return Err(Failure::usage(|_| wrong.clone()));
        }
        let path = std::path::absolute(text)
            .map_err(|error| Failure::usage(|_| format!("`{text}` cannot be a home: {error}")))?;
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
            return Err(Failure::usage(|_| "the logins are in that home already"));
        }
        Ok(options)
    }

    /// What makes the new store the one in use.
    fn next(&self, app: &App<'_>) -> String {
        match self {
            Self::Database(_) => format!(
                "Set `url` under `[store]` in `{}` (or `HERMES_STORE`) to the new address; other machines need the key file or \
                 passphrase too.",
                app.config.file().display()
            ),
            Self::Home(path) if is_same(path, &app.paths.home) => {
                "Take `url` out of `[store]`, `HERMES_STORE` and `--store`; this home is then in use again."
                    .to_owned()
            }
            Self::Home(path) => format!(
                "Use it with `--home {0}` or `HERMES_HOME={0}`, without a `[store] url`.",
                path.display()
            ),
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
        return Err(Failure::usage(|_| "the new store is the old one"));
    }
    if !heir.credentials().await?.is_empty() {
        let what = format!("`{}` has logins of its own", heir.info().place);
        return Err(Failure::new(ExitKind::Usage, "taken", |_| what.clone())
            .hint(|_| "Name an empty one; nothing was changed."));
    }
    if let Some(suspicion) = suspicion(heir) {
        let text = format!("`{}`: {}", heir.info().place, suspicion.words());
        return Err(Failure::new(ExitKind::Store, "store_suspect", |_| text.clone()).hint(|_| suspicion.next));
    }
    source.retire(&heir.info().place, app.now()).await?;
    let copied = copy(app, source, heir).await;
    if copied.is_err() {
        source.adopt(app.now()).await?;
    }
    copied
}

async fn copy(app: &App<'_>, source: &dyn Store, heir: &dyn Store) -> Result<Dump, Failure> {
    let dump = told(app, "reading every login", source.export()).await?;
    let words = format!("writing {}", counted(dump.credentials.len(), "login"));
    told(app, &words, heir.import(&dump, app.now())).await?;
    let copy = told(app, "reading them back", heir.export()).await?;
    match difference(&dump, &copy) {
        None => Ok(dump),
        Some(what) => {
            let text = format!("{what} did not arrive as they were; the old store stays in use");
            Err(Failure::new(ExitKind::Store, "migration_differs", |_| {
                text.clone()
            }))
        }
    }
}

/// What differs between what was read and what was read back.
pub(crate) fn difference(from: &Dump, to: &Dump) -> Option<&'static str> {
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
    [
        (from.credentials == to.credentials, "the logins"),
        (from.pools == to.pools, "the strategies"),
        (from.keys == to.keys, "the client keys"),
        (has_settings, "the settings"),
        (sorted(from) == sorted(to), "the secret settings"),
    ]
    .into_iter()
    .find_map(|(same, what)| (!same).then_some(what))
}

/// Does a step, and says so when it takes long.
async fn told<T>(
    app: &App<'_>,
    words: &str,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, Failure> {
    tokio::pin!(work);
    tokio::select! {
        biased;
        done = &mut work => return Ok(done?),
        () = app.clock.sleep(SILENCE) => app.printer.say(format_args!("... {words}")),
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
    app.printer.done(format_args!(
        "Moved {} and {} from `{}` to `{}`, and read them back",
        counted(dump.credentials.len(), "login"),
        counted(dump.keys.len(), "client key"),
        term_line(from),
        term_line(place)
    ));
    app.printer
        .say("The old store is kept as it was and renews no token any more; logins that were only started stay behind.");
    app.printer.say(format_args!("Next: {}", term_line(&next)));
}
