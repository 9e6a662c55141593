use hermes_core::{ExitKind, Explain, ProviderId, display_in_english};
use hermes_text::errors::{catalog as text, comma, listed, or};
use hermes_text::{Both, Lang};
use thiserror::Error;

/// Why the catalogue cannot answer.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CatalogError {
    /// No row has this id or alias.
    UnknownProvider {
        /// The name that was given.
        name: String,
        /// Ids that may have been meant, best first.
        near: Vec<String>,
    },
    /// The provider has no such region.
    UnknownRegion {
        /// Provider.
        provider: ProviderId,
        /// The name that was given.
        name: String,
        /// Regions it has.
        known: Vec<String>,
    },
    /// The provider has no such login method.
    UnknownMethod {
        /// Provider.
        provider: ProviderId,
        /// The name that was given.
        name: String,
        /// Methods it has.
        known: Vec<String>,
    },
    /// A URL template names a host that the provider does not have, or gives no acceptable URL.
    Template {
        /// Provider.
        provider: ProviderId,
        /// The template as written.
        template: String,
        /// What is wrong with it.
        problem: Both,
    },
    /// A row is not what a row must be.
    Invalid {
        /// The file, or where a row that has none comes from.
        file: Both,
        /// Line, from 1; none where the row has no file.
        line: Option<usize>,
        /// Dotted key; elements of `login` and `regions` by their id.
        key: String,
        /// What is wrong.
        problem: Both,
    },
    /// An overlay folder or file cannot be read.
    Read {
        /// The folder or file.
        path: String,
        /// Why.
        problem: Both,
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

    fn message(&self, lang: Lang) -> String {
        match self {
            Self::UnknownProvider { name, .. } => text::unknown_provider(lang, &shown(name)),
            Self::UnknownRegion { provider, name, .. } => text::unknown_region(lang, provider, &shown(name)),
            Self::UnknownMethod { provider, name, .. } => text::unknown_method(lang, provider, &shown(name)),
            Self::Template {
                provider,
                template,
                problem,
            } => text::template(lang, &shown(template), provider, &shown(problem.get(lang))),
            Self::Invalid {
                file,
                line,
                key,
                problem,
            } => {
                let place = format!("{}{}", shown(file.get(lang)), line_suffix(*line));
                text::invalid(
                    lang,
                    &place,
                    &shown(key),
                    &cut(problem.get(lang), LONGEST_PROBLEM),
                )
            }
            Self::Read { path, problem } => text::read(lang, &shown(path), problem.get(lang)),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(match self {
            Self::UnknownProvider { near, .. } if near.is_empty() => {
                text::unknown_provider_next(lang).to_owned()
            }
            Self::UnknownProvider { near, .. } => text::near_next(lang, &listed(lang, near, or)),
            Self::UnknownRegion { known, .. } if known.is_empty() => text::no_region_next(lang).to_owned(),
            Self::UnknownRegion { known, .. } => text::regions_next(lang, &listed(lang, known, comma)),
            Self::UnknownMethod { known, .. } if known.is_empty() => text::no_method_next(lang).to_owned(),
            Self::UnknownMethod { known, .. } => text::methods_next(lang, &listed(lang, known, comma)),
            Self::Template { .. } => return None,
            Self::Invalid { .. } => text::invalid_next(lang).to_owned(),
            Self::Read { .. } => text::read_next(lang).to_owned(),
        })
    }
}

display_in_english!(CatalogError);

fn line_suffix(line: Option<usize>) -> String {
    line.map(|line| format!(":{line}")).unwrap_or_default()
}

/// What is wrong may list every field that there is.
const LONGEST_PROBLEM: usize = 230;

/// Text from outside, cut to 200 characters and without control characters.
pub(crate) fn shown(text: &str) -> String {
    cut(text, 200)
}

fn cut(text: &str, longest: usize) -> String {
    let mut out: String = text
        .chars()
        .take(longest)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    if text.chars().nth(longest).is_some() {
        out.push('…');
    }
    out
}
