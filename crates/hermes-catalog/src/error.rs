use hermes_core::{ExitKind, Explain, ProviderId};
use thiserror::Error;

/// Why the catalogue cannot answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// No row has this id or alias.
    #[error("no provider is called `{}`", shown(.name))]
    UnknownProvider {
        /// The name that was given.
        name: String,
        /// Ids that may have been meant, best first.
        near: Vec<String>,
    },
    /// The provider has no such region.
    #[error("`{provider}` has no region `{}`", shown(.name))]
    UnknownRegion {
        /// Provider.
        provider: ProviderId,
        /// The name that was given.
        name: String,
        /// Regions it has.
        known: Vec<String>,
    },
    /// The provider has no such login method.
    #[error("`{provider}` has no login method `{}`", shown(.name))]
    UnknownMethod {
        /// Provider.
        provider: ProviderId,
        /// The name that was given.
        name: String,
        /// Methods it has.
        known: Vec<String>,
    },
    /// A URL template names a host that the provider does not have, or gives no acceptable URL.
    #[error("URL `{}` of `{provider}` cannot be used: {}", shown(.template), shown(.problem))]
    Template {
        /// Provider.
        provider: ProviderId,
        /// The template as written.
        template: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A row is not what a row must be.
    #[error("{}{}: `{}`: {}", shown(.file), line_suffix(*.line), shown(.key), shown(.problem))]
    Invalid {
        /// The file, or where a row that has none comes from.
        file: String,
        /// Line, from 1; none where the row has no file.
        line: Option<usize>,
        /// Dotted key; elements of `login` and `regions` by their id.
        key: String,
        /// What is wrong.
        problem: String,
    },
    /// An overlay folder or file cannot be read.
    #[error("overlay catalogue `{}` cannot be read", shown(.path))]
    Read {
        /// The folder or file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
}

impl Explain for CatalogError {
    fn kind(&self) -> &'static str {
        match self {
            Self::UnknownProvider { .. } => "unknown_provider",
            Self::UnknownRegion { .. } => "unknown_region",
            Self::UnknownMethod { .. } => "unknown_method",
            Self::Template { .. } => "url_template_unusable",
            Self::Invalid { .. } => "catalogue_invalid",
            Self::Read { .. } => "catalogue_unreadable",
        }
    }

    fn exit(&self) -> ExitKind {
        ExitKind::Usage
    }

    fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownProvider { near, .. } if near.is_empty() => {
                Some("Run `hermes providers list` to see every provider.".to_owned())
            }
            Self::UnknownProvider { near, .. } => Some(format!("Did you mean {}?", listed(near, " or "))),
            Self::UnknownRegion { known, .. } if known.is_empty() => {
                Some("This provider has no regions; leave `--region` out.".to_owned())
            }
            Self::UnknownRegion { known, .. } => Some(format!("Known regions: {}.", listed(known, ", "))),
            Self::UnknownMethod { known, .. } if known.is_empty() => {
                Some("This provider has no login method.".to_owned())
            }
            Self::UnknownMethod { known, .. } => Some(format!("Known methods: {}.", listed(known, ", "))),
            Self::Template { .. } => None,
            Self::Invalid { .. } => Some("Correct the key in that file and start again.".to_owned()),
            Self::Read { .. } => Some(
                "Check the folder that `HERMES_CATALOG` names and the permissions of its files.".to_owned(),
            ),
        }
    }
}

fn line_suffix(line: Option<usize>) -> String {
    line.map(|line| format!(":{line}")).unwrap_or_default()
}

fn listed(names: &[String], separator: &str) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(separator)
}

/// Text from outside, cut to 200 characters and without control characters.
pub(crate) fn shown(text: &str) -> String {
    const LONGEST: usize = 200;
    let mut out: String = text
        .chars()
        .take(LONGEST)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(LONGEST).is_some() {
        out.push('…');
    }
    out
}
