//! What only the running program knows of itself: its settings, its listeners, what its own examination finds.

use async_trait::async_trait;
use hermes_core::UnixMs;
use serde::Serialize;
use utoipa::ToSchema;

/// Asked for when a person looks.
#[async_trait]
pub trait Facts: Send + Sync {
    /// Settings and listeners as they are now, without findings. None when the program is about to end.
    async fn now(&self) -> Option<ProgramFacts>;

    /// Looks at everything that can be wrong, which takes its time in a large store. None when the program is about to end.
    async fn examine(&self) -> Option<Vec<FindingFact>>;
}

/// The program as it runs.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct ProgramFacts {
    /// How the store's key is kept, in words.
    pub protection: String,
    /// Name of this machine in the store.
    pub machine: String,
    /// Addresses that it listens on, such as `127.0.0.1:7766`.
    pub listeners: Vec<String>,
    /// Aliases of the config file with the model that each leads to, and where that is set.
    pub routes: Vec<RouteFact>,
    /// Path of the config file.
    pub config_file: String,
    /// Every setting with its origin.
    pub config: Vec<SettingFact>,
    /// When the last backup was made, as far as one lies in the home's folder for them.
    #[schema(value_type = Option<i64>)]
    pub last_backup: Option<UnixMs>,
    /// What was looked at and how it stands.
    pub findings: Vec<FindingFact>,
}

/// An alias.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RouteFact {
    /// The name that clients use.
    pub name: String,
    /// Where it leads.
    pub target: String,
    /// Where it is set.
    pub origin: String,
}

/// A setting.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SettingFact {
    /// Dotted name.
    pub key: String,
    /// Value as TOML.
    pub value: String,
    /// Where it comes from.
    pub origin: String,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FindingFact {
    /// What it is about.
    pub about: String,
    /// How it stands.
    pub grade: FindingGrade,
    /// What was found.
    pub text: String,
    /// What to do.
    pub hint: Option<String>,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FindingGrade {
    /// In order.
    Good,
    /// Worth knowing.
    Note,
    /// Wrong.
    Bad,
}
