use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use hermes_catalog::{Catalog, Provider};
use hermes_core::{
    Clock, Env, ExitKind, Faults, LabClock, OsRandom, ProviderId, Random, Secret, Strike, SystemClock, UnixMs,
};
use hermes_http::{Http, HttpConfig, Lab, ProxySettings};
use hermes_oauth::Engine;
use hermes_pool::{Pool, PoolParts, ProviderSettings, View};
use hermes_store::{AskPassphrase, Keyring, NoKeyring, OpenOptions, Store, StoreError, SystemKeyring};
use hermes_text::cli::app as words;
use hermes_text::{Both, Lang};
use tokio::sync::OnceCell;

use crate::config::Config;
use crate::failure::Failure;
use crate::opener::{Opener, SystemOpener};
use crate::paths::Paths;
use crate::printer::Printer;
use crate::prompt::{Prompter, Terminal, read_secret};
use crate::safe::term_line;
use crate::server::{self, Server};

/// Version on the wire and in messages.
pub(crate) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where labs say at which arrow a process is to die.
const LAB_FAULT: &str = "HERMES_LAB_FAULT";
/// Where labs say how the clock is to run.
const LAB_CLOCK: &str = "HERMES_LAB_CLOCK";

/// What a command works with. Store, catalogue and pool are opened when a command first asks for them.
pub(crate) struct App<'a> {
    pub(crate) env: Env,
    pub(crate) paths: Paths,
    pub(crate) config: Config,
    pub(crate) printer: &'a Printer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) prompter: Arc<dyn Prompter>,
    pub(crate) opener: Box<dyn Opener>,
    pub(crate) lab: Option<Lab>,
    /// The database that holds the store; none for the file in the home.
    pub(crate) server: Option<Server>,
    catalog: OnceCell<Arc<Catalog>>,
    store: OnceCell<Arc<dyn Store>>,
    pool: OnceCell<Pool>,
}

impl<'a> App<'a> {
    /// Reads the settings; opens nothing else.
    pub(crate) fn new(
        home: Option<&Path>,
        store: Option<&Secret>,
        env: Env,
        printer: &'a Printer,
    ) -> Result<Self, Failure> {
        let paths = Paths::find(home, &env)?;
        let config = Config::load(&paths.config_file())?;
        if store.is_some_and(server::has_password) {
            printer.warn(words::password_in_store(printer.lang()));
        }
        let server = Server::find(store, &env, &config)?;
        let lab = env.get("HERMES_LAB_HOSTS").map(Lab::parse).transpose()?;
        let clock = clock(&env, lab.is_some())?;
        Ok(Self {
            opener: Box::new(SystemOpener::new(&env)),
            env,
            paths,
            config,
            printer,
            clock,
            random: Arc::new(OsRandom),
            prompter: Arc::new(Terminal),
            lab,
            server,
            catalog: OnceCell::new(),
            store: OnceCell::new(),
            pool: OnceCell::new(),
        })
    }

    /// The language that this run speaks.
    pub(crate) fn lang(&self) -> Lang {
        self.printer.lang()
    }

    /// The wall clock.
    pub(crate) fn now(&self) -> UnixMs {
        self.clock.now()
    }

    /// Provider facts: built-in rows, overlay folder, custom endpoints.
    pub(crate) async fn catalog(&self) -> Result<&Arc<Catalog>, Failure> {
        let load = async || {
            Ok(Arc::new(Catalog::load(
                self.paths.catalog.as_deref(),
                self.config.endpoints(),
            )?))
        };
        self.catalog.get_or_try_init(load).await
    }

    /// A provider by id or alias.
    pub(crate) async fn provider(&self, name: &str) -> Result<Provider, Failure> {
        Ok(self.catalog().await?.provider(name)?.clone())
    }

    /// The store, if this home has one.
    pub(crate) async fn existing_store(&self) -> Result<Option<&Arc<dyn Store>>, Failure> {
        if self.store.get().is_some() {
            return self.open_store(false).await.map(Some);
        }
        match &self.server {
            None if !hermes_store::exists(&self.paths.home) => Ok(None),
            None => self.open_store(false).await.map(Some),
            Some(_) => match self.open_store(false).await {
                Err(failure) if failure.kind == "not_found" => Ok(None),
                opened => opened.map(Some),
            },
        }
    }

    /// The store; made if this home has none yet.
    pub(crate) async fn store(&self) -> Result<&Arc<dyn Store>, Failure> {
        let store = self.open_store(true).await?;
        Ok(store)
    }

    async fn open_store(&self, create: bool) -> Result<&Arc<dyn Store>, Failure> {
        let open = async || {
            let store = hermes_store::open(self.open_options(create))
                .await
                .map_err(|error| self.not_opened(error))?;
            if store.info().created {
                let lang = self.lang();
                let place = term_line(&self.store_place());
                self.printer.note(words::store_made(lang, &place));
                let protection = crate::cmd::protection_words(lang, &store.info().protection);
                self.printer.note(protection);
            }
            Ok(store)
        };
        self.store.get_or_try_init(open).await
    }

    /// Where the store is, or would be: the database, or the home.
    pub(crate) fn store_place(&self) -> String {
        match &self.server {
            Some(server) => server.shown(),
            None => self.paths.home.display().to_string(),
        }
    }

    /// A database that is away is named with the setting that leads to it.
    fn not_opened(&self, error: StoreError) -> Failure {
        match (&error, &self.server) {
            (StoreError::Away { .. }, Some(server)) => {
                Failure::from(error).hint(|lang| words::server_away(lang, &server.origin))
            }
            _ => error.into(),
        }
    }

    /// How this home's store is opened.
    pub(crate) fn open_options(&self, create: bool) -> OpenOptions {
        // A lab home leaves no trace in the person's own keyring.
        let keyring: Arc<dyn Keyring> = match self.lab {
            Some(_) => Arc::new(NoKeyring),
            None => Arc::new(SystemKeyring),
        };
        OpenOptions {
            folder: self.paths.home.clone(),
            config_folder: self.paths.config_folder.clone(),
            server: self.server.as_ref().map(|server| server.address.clone()),
            state_folder: self.paths.state.clone(),
            create,
            lab: self.lab.is_some(),
            holder: self.config.holder(),
            passphrase: self.passphrase(),
            keyring,
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
        }
    }

    /// Asks for the passphrase on a terminal, or reads the file that `HERMES_PASSPHRASE_FILE` names.
    fn passphrase(&self) -> Option<AskPassphrase> {
        if let Some(file) = self.env.get("HERMES_PASSPHRASE_FILE").map(str::to_owned) {
            return Some(Box::new(move |_| {
                let opened = fs_err::File::open(&file).map_err(|error| StoreError::Key {
                    problem: Both::same(error.to_string()),
                });
                read_secret(&mut opened?, words::passphrase_file).map_err(|failure| key_problem(&failure))
            }));
        }
        if !self.prompter.can_ask() {
            return None;
        }
        let (prompter, lang) = (Arc::clone(&self.prompter), self.lang());
        Some(Box::new(move |new| ask_passphrase(&*prompter, lang, new)))
    }

    /// The client for calls to providers.
    pub(crate) fn http(&self) -> Result<Http, Failure> {
        Ok(Http::new(HttpConfig {
            user_agent: format!("hermes/{VERSION}"),
            lab: self.lab.clone(),
            proxy: ProxySettings::from_env(&self.env),
            extra_ca: self.env.get("HERMES_CA_FILE").map(Into::into),
            allow_private: false,
        })?)
    }

    /// What runs logins and refreshes.
    pub(crate) fn engine(&self) -> Result<Engine, Failure> {
        Ok(Engine {
            http: self.http()?,
            clock: Arc::clone(&self.clock),
            random: Arc::clone(&self.random),
        })
    }

    /// Where the lab wants this process to die or to stop; nowhere outside labs.
    fn faults(&self) -> Result<Faults, Failure> {
        match (self.env.get(LAB_FAULT), &self.lab) {
            (None, _) => Ok(Faults::none()),
            (Some(text), Some(_)) => Faults::parse(text, strike)
                .map_err(|problem| Failure::usage(|lang| words::lab_setting(lang, LAB_FAULT, &problem))),
            (Some(_), None) => Err(Failure::usage(|lang| words::lab_only(lang, LAB_FAULT))),
        }
    }

    /// The pool over this home's store; the store is made if there is none.
    pub(crate) async fn pool(&self) -> Result<&Pool, Failure> {
        let make = async || {
            let catalog = Arc::clone(self.catalog().await?);
            let settings = self.settings().await?;
            let pool = Pool::new(PoolParts {
                store: Arc::clone(self.store().await?),
                catalog,
                engine: self.engine()?,
                clock: Arc::clone(&self.clock),
                random: Arc::clone(&self.random),
                settings,
                faults: self.faults()?,
                run: Some(self.paths.home.join("run")),
            });
            pool.reload().await?;
            pool.examine().await;
            Ok(pool)
        };
        self.pool.get_or_try_init(make).await
    }

    /// The pool, if this home has a store. Settings are checked all the same.
    pub(crate) async fn existing_pool(&self) -> Result<Option<&Pool>, Failure> {
        if self.existing_store().await?.is_none() {
            self.settings().await?;
            return Ok(None);
        }
        self.pool().await.map(Some)
    }

    /// Every login with its state, and the endpoints that need none. Makes no store.
    pub(crate) async fn views(&self) -> Result<Vec<View>, Failure> {
        match self.existing_pool().await? {
            Some(pool) => Ok(pool.views()),
            None => Ok(hermes_pool::keyless_views(
                self.catalog().await?,
                &self.settings().await?,
            )),
        }
    }

    /// Every login of the pool as this process knows it now.
    pub(crate) fn opened_views(&self) -> Vec<View> {
        self.pool.get().map(Pool::views).unwrap_or_default()
    }

    /// The login that a TARGET names.
    pub(crate) async fn find(&self, target: &str) -> Result<(&Pool, View), Failure> {
        let Some(pool) = self.existing_pool().await? else {
            let nothing = Failure::new(ExitKind::Usage, "target", |lang| words::no_login(lang, target));
            return Err(nothing.hint(words::nothing_yet));
        };
        let view = pool.find(target)?;
        Ok((pool, view))
    }

    /// What the config file says about providers.
    pub(crate) async fn settings(&self) -> Result<HashMap<ProviderId, ProviderSettings>, Failure> {
        let catalog = self.catalog().await?;
        self.config.provider_settings(|name| {
            catalog
                .provider(name)
                .map(|provider| provider.id.clone())
                .map_err(|error| Failure::from(error).message)
        })
    }

    /// Waits for what is under way and closes the store. To be called before the program ends.
    pub(crate) async fn close(&self) {
        if let Some(pool) = self.pool.get() {
            pool.settle().await;
        }
        if let Some(store) = self.store.get()
            && let Err(error) = store.close().await
        {
            let why = error.to_string();
            self.printer.warn(words::not_closed(self.lang(), &why));
        }
    }
}

/// Ends or stops this process at once, as the system or a person would from outside.
fn strike(strike: Strike) {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpid, kill_process};
        let signal = match strike {
            Strike::Kill => Signal::KILL,
            Strike::Stop => Signal::STOP,
        };
        // A process may always signal itself.
        let _ = kill_process(getpid(), signal);
    }
    #[cfg(not(unix))]
    let _ = strike;
}

fn clock(env: &Env, lab: bool) -> Result<Arc<dyn Clock>, Failure> {
    match (env.get(LAB_CLOCK), lab) {
        (None, _) => Ok(Arc::new(SystemClock::new())),
        (Some(text), true) => {
            let clock = LabClock::parse(text)
                .map_err(|problem| Failure::usage(|lang| words::lab_setting(lang, LAB_CLOCK, &problem)))?;
            Ok(Arc::new(clock))
        }
        (Some(_), false) => Err(Failure::usage(|lang| words::lab_only(lang, LAB_CLOCK))),
    }
}

fn ask_passphrase(prompter: &dyn Prompter, lang: Lang, new: bool) -> Result<Secret, StoreError> {
    let ask = |question| {
        prompter
            .ask_hidden(question)
            .map_err(|failure| key_problem(&failure))
    };
    if !new {
        return ask(words::passphrase(lang));
    }
    let first = ask(words::new_passphrase(lang))?;
    if ask(words::same_passphrase(lang))? == first {
        Ok(first)
    } else {
        Err(StoreError::Key {
            problem: Both::of(words::passphrases_differ),
        })
    }
}

fn key_problem(failure: &Failure) -> StoreError {
    StoreError::Key {
        problem: failure.message.clone(),
    }
}
