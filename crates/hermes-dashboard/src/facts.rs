//! What only the running program knows of itself: its settings, its listeners, what its own examination finds.

use async_trait::async_trait;
use hermes_core::UnixMs;
use hermes_text::{Both, Lang};
use serde::{Serialize, Serializer};
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
    #[serde(serialize_with = "in_english")]
    #[schema(value_type = String)]
    pub protection: Both,
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
    #[serde(serialize_with = "in_english")]
    #[schema(value_type = String)]
    pub about: Both,
    /// How it stands.
    pub grade: FindingGrade,
    /// What was found.
    #[serde(serialize_with = "in_english")]
    #[schema(value_type = String)]
    pub text: Both,
    /// What to do.
    #[serde(serialize_with = "hint_in_english")]
    #[schema(value_type = Option<String>)]
    pub hint: Option<Both>,
}

/// Scripts get the same words in every place.
fn in_english<S: Serializer>(text: &Both, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text.get(Lang::En))
}

#[expect(clippy::ref_option, reason = "serde hands the field")]
fn hint_in_english<S: Serializer>(text: &Option<Both>, serializer: S) -> Result<S::Ok, S::Error> {
    text.as_ref().map(|text| text.get(Lang::En)).serialize(serializer)
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
