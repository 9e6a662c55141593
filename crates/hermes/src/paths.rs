use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use hermes_core::Env;
use hermes_text::cli::{app as words, machine};

use crate::failure::Failure;

/// Where this run's files are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Paths {
    /// Store, logs and backups.
    pub(crate) home: PathBuf,
    /// `config.toml` and the key file.
    pub(crate) config_folder: PathBuf,
    /// What this machine has seen of its stores, kept where a home that is put back does not take it along.
    pub(crate) state: Option<PathBuf>,
    /// Overlay catalogue.
    pub(crate) catalog: Option<PathBuf>,
    /// Which setting named the home.
    pub(crate) home_from: &'static str,
}

impl Paths {
    /// `--home`, else `HERMES_HOME`, else the platform's folders. A home that was named holds the config file too.
    pub(crate) fn find(flag: Option<&Path>, env: &Env) -> Result<Self, Failure> {
        let catalog = env.get("HERMES_CATALOG").map(PathBuf::from);
        let state = state(env);
        let named = match (flag, env.get("HERMES_HOME")) {
            (Some(home), _) => Some((home.to_owned(), "--home")),
            (None, Some(home)) => Some((PathBuf::from(home), "HERMES_HOME")),
            (None, None) => None,
        };
        if let Some((home, home_from)) = named {
            let home = std::path::absolute(&home)
                .map_err(|error| not_a_home(&home.display().to_string(), &error))?;
            // Beside the store, not in it, so that a copy of the data alone does not carry its key.
            let config_folder = home.join("config");
            return Ok(Self {
                home,
                config_folder,
                state,
                catalog,
                home_from,
            });
        }
        let base = etcetera::choose_base_strategy()
            .map_err(|_| Failure::usage(words::home_unknown).hint(words::name_home))?;
        Ok(Self {
            home: base.data_dir().join("hermes"),
            config_folder: base.config_dir().join("hermes"),
            state,
            catalog,
            home_from: "default",
        })
    }

    /// The config file.
    pub(crate) fn config_file(&self) -> PathBuf {
        match self.home_from {
            "default" => self.config_folder.join("config.toml"),
            _ => self.home.join("config.toml"),
        }
    }
}

/// A folder that cannot hold a store.
pub(crate) fn not_a_home(path: &str, error: &std::io::Error) -> Failure {
    Failure::usage(|lang| words::no_home(lang, path, &machine::reason(lang, error)))
}

/// The state folder of the XDG base directories, or its like on Windows. A lab home leaves no trace outside of itself unless it is
/// told where.
fn state(env: &Env) -> Option<PathBuf> {
    let absolute = |name: &str| env.get(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let usual = || {
        let home = absolute("HOME").map(|home| home.join(".local/state"));
        home.or_else(|| absolute("LOCALAPPDATA"))
    };
    let is_lab = env.get("HERMES_LAB_HOSTS").is_some();
    let base = absolute("XDG_STATE_HOME").or_else(|| if is_lab { None } else { usual() })?;
    Some(base.join("hermes"))
}
