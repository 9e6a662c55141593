use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::OnceLock;

use hermes_core::ProviderId;
use hermes_text::errors::catalog as say;
use toml::Value;

use crate::custom::{CustomEndpoint, PREFIX};
use crate::names::{near, normalise};
use crate::overlay;
use crate::row::{self, Trust};
use crate::source::{Fault, Key, Source};
use crate::{CatalogError, Provider};

/// File name and text of every row that ships with the program.
pub(crate) const ROWS: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rows.rs"));

/// Every provider by id and alias: the built-in rows, then the person's overlay and custom endpoints.
///
/// A built-in row is parsed when it is first asked for.
pub struct Catalog {
    /// In the order of the ids.
    rows: Vec<Row>,
    /// Position in `rows` by id and alias.
    names: BTreeMap<String, usize>,
}

pub(crate) struct Row {
    id: ProviderId,
    aliases: Vec<String>,
    /// Environment variables that may hold a key.
    env: Vec<String>,
    body: Body,
}

/// A row by where it comes from.
enum Body {
    Builtin {
        file: &'static str,
        text: &'static str,
        parsed: OnceLock<Box<Provider>>,
    },
    Overlay {
        row: Box<(Source, Provider)>,
        /// The built-in row that it covers.
        covers: Option<Box<Row>>,
    },
    Custom(Box<Provider>),
}

impl Catalog {
    /// The rows that ship with the program.
    ///
    /// # Errors
    /// Two rows share a name, which no released program can have.
    pub fn builtin() -> Result<Self, CatalogError> {
        Self::from_rows(builtin_rows(ROWS)?)
    }

    /// The built-in rows with the person's overlay folder and custom endpoints.
    ///
    /// # Errors
    /// A file or endpoint that is not what a row must be, or cannot be read; it is named, and never left out silently.
    pub fn load(overlay: Option<&Path>, custom: Vec<CustomEndpoint>) -> Result<Self, CatalogError> {
        let files = overlay.map_or(Ok(Vec::new()), overlay::read_folder)?;
        Self::assemble(files, custom)
    }

    /// Every provider's id with the environment variables that may hold a key of it. Parses no row.
    pub fn env_names(&self) -> impl Iterator<Item = (&ProviderId, &[String])> {
        self.rows.iter().map(|row| (&row.id, row.env.as_slice()))
    }

    /// Puts overlay files and custom endpoints to the built-in rows.
    pub(crate) fn assemble(overlay: Vec<Source>, custom: Vec<CustomEndpoint>) -> Result<Self, CatalogError> {
        let mut rows = builtin_rows(ROWS)?;
        for source in overlay {
            add_overlay(&mut rows, source)?;
        }
        for endpoint in custom {
            add_custom(&mut rows, endpoint)?;
        }
        Self::from_rows(rows)
    }

    /// The provider of an id or alias, in any case, with `_` or a space for `-`.
    ///
    /// # Errors
    /// [`CatalogError::UnknownProvider`], with near matches.
    pub fn provider(&self, name: &str) -> Result<&Provider, CatalogError> {
        let wanted = normalise(name);
        if let Some(position) = self.names.get(&wanted) {
            return Ok(self.rows[*position].provider());
        }
        let names = self.names.iter();
        let names = names
            .map(|(name, position)| (name.as_str(), self.rows[*position].id.as_str()))
            .collect();
        Err(CatalogError::UnknownProvider {
            name: name.to_owned(),
            near: near(&wanted, &names),
        })
    }

    /// Every provider, in the order of the ids.
    pub fn providers(&self) -> impl Iterator<Item = &Provider> {
        self.rows.iter().map(Row::provider)
    }

    /// The providers that the person added or changed: overlay rows and custom endpoints. Parses no built-in row.
    pub fn own_providers(&self) -> impl Iterator<Item = &Provider> {
        let own = |row: &&Row| !matches!(row.body, Body::Builtin { .. });
        self.rows.iter().filter(own).map(Row::provider)
    }

    /// The provider of an id that the catalogue gave out.
    pub fn get(&self, id: &ProviderId) -> Option<&Provider> {
        let position = self.rows.binary_search_by(|row| row.id.cmp(id)).ok()?;
        Some(self.rows[position].provider())
    }

    /// The row that ships with the program for an id, whatever an overlay makes of it; none for rows of the person's own.
    /// What a stored credential may reach is read from here, since an overlay file or a setting may be somebody else's.
    pub fn shipped(&self, id: &ProviderId) -> Option<&Provider> {
        let position = self.rows.binary_search_by(|row| row.id.cmp(id)).ok()?;
        match &self.rows[position].body {
            Body::Builtin { .. } => Some(self.rows[position].provider()),
            Body::Overlay { covers, .. } => covers.as_ref().map(|row| row.provider()),
            Body::Custom(_) => None,
        }
    }

    pub(crate) fn from_rows(rows: BTreeMap<ProviderId, Row>) -> Result<Self, CatalogError> {
        let rows: Vec<Row> = rows.into_values().collect();
        let mut names: BTreeMap<String, usize> = rows
            .iter()
            .enumerate()
            .map(|(position, row)| (row.id.to_string(), position))
            .collect();
        for (position, row) in rows.iter().enumerate() {
            for (index, alias) in row.aliases.iter().enumerate() {
                if let Some(other) = names.insert(alias.clone(), position) {
                    return Err(taken(&rows, position, index, other));
                }
            }
        }
        // A bare name is a convenience; every other name goes before it.
        for (position, row) in rows.iter().enumerate() {
            if let Some(bare) = row.id.as_str().strip_prefix(PREFIX) {
                names.entry(bare.to_owned()).or_insert(position);
            }
        }
        Ok(Self { rows, names })
    }
}

impl fmt::Debug for Catalog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.rows.iter().map(|row| row.id.as_str()))
            .finish()
    }
}

impl Row {
    fn provider(&self) -> &Provider {
        match &self.body {
            Body::Builtin { file, text, parsed } => parsed
                .get_or_init(|| Box::new(read_builtin(file, text).expect("a test reads every built-in row"))),
            Body::Overlay { row, .. } => &row.1,
            Body::Custom(provider) => provider,
        }
    }

    fn error(&self, fault: Fault) -> CatalogError {
        match &self.body {
            Body::Builtin { file, text, .. } => match Source::parse(*file, *text) {
                Ok(source) => source.error(fault),
                Err(error) => error,
            },
            Body::Overlay { row, .. } => row.0.error(fault),
            Body::Custom(provider) => CatalogError::Invalid {
                file: CustomEndpoint::place(&provider.name),
                line: None,
                key: fault.key.to_string(),
                problem: fault.problem,
            },
        }
    }
}

/// Reads a built-in row.
pub(crate) fn read_builtin(file: &str, text: &str) -> Result<Provider, CatalogError> {
    let source = Source::parse(file, text)?;
    row::read(source.table(), Trust::Builtin).map_err(|fault| source.error(fault))
}

pub(crate) fn builtin_rows(
    texts: &[(&'static str, &'static str)],
) -> Result<BTreeMap<ProviderId, Row>, CatalogError> {
    let mut rows = BTreeMap::new();
    for (file, text) in texts {
        let Head { id, aliases, env } = head(file, text)?;
        let body = Body::Builtin {
            file,
            text,
            parsed: OnceLock::new(),
        };
        let row = Row {
            id: ProviderId::new(id),
            aliases,
            env,
            body,
        };
        if let Some(other) = rows.insert(row.id.clone(), row) {
            let problem = |lang| say::id_twice(lang, &other.id);
            return Err(other.error(Fault::new(Key::of("id"), problem)));
        }
    }
    Ok(rows)
}

/// What is known of a built-in row before it is parsed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) id: String,
    pub(crate) aliases: Vec<String>,
    pub(crate) env: Vec<String>,
}

/// Reads `id`, `aliases` and `env` from the first lines of a built-in row, where each stands on a line of its own, so that a
/// command that asks for one provider parses one row.
pub(crate) fn head(file: &str, text: &str) -> Result<Head, CatalogError> {
    let top = text.lines().take_while(|line| !line.starts_with('['));
    let head: String = top
        .filter(|line| {
            ["id =", "aliases =", "env ="]
                .iter()
                .any(|key| line.starts_with(key))
        })
        .flat_map(|line| [line, "\n"])
        .collect();
    let source = Source::parse(file, head)?;
    let table = source.table();
    let Some(id) = table.get("id").and_then(Value::as_str) else {
        return Err(source.error(Fault::new(Key::of("id"), say::not_at_top)));
    };
    let list = |key: &str| match table.get(key) {
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    Ok(Head {
        id: id.to_owned(),
        aliases: list("aliases"),
        env: list("env"),
    })
}

fn add_overlay(rows: &mut BTreeMap<ProviderId, Row>, source: Source) -> Result<(), CatalogError> {
    let id = match source.table().get("id") {
        Some(Value::String(id)) => ProviderId::new(id.as_str()),
        Some(_) => return Err(source.error(Fault::new(Key::of("id"), say::not_string))),
        None => return Err(source.error(Fault::new(Key::of("id"), |lang| say::missing(lang, "id")))),
    };
    let source = match rows.get(&id).map(|row| &row.body) {
        Some(Body::Builtin { file, text, .. }) => source.over(Source::parse(*file, *text)?.table().clone()),
        Some(Body::Overlay { row: other, .. }) => {
            let problem = |lang| say::id_taken(lang, other.0.file(), &id);
            return Err(source.error(Fault::new(Key::of("id"), problem)));
        }
        Some(Body::Custom(_)) | None => source,
    };
    let provider = row::read(source.table(), Trust::Overlay).map_err(|fault| source.error(fault))?;
    if provider.id.as_str().starts_with(PREFIX) {
        return Err(source.error(Fault::new(Key::of("id"), say::id_reserved)));
    }
    let (aliases, env) = (provider.aliases.clone(), provider.env.clone());
    let body = Body::Overlay {
        row: Box::new((source, provider)),
        covers: rows.remove(&id).map(Box::new),
    };
    rows.insert(
        id.clone(),
        Row {
            id,
            aliases,
            env,
            body,
        },
    );
    Ok(())
}

fn add_custom(rows: &mut BTreeMap<ProviderId, Row>, endpoint: CustomEndpoint) -> Result<(), CatalogError> {
    let provider = endpoint.into_provider()?;
    let row = Row {
        id: provider.id.clone(),
        aliases: Vec::new(),
        env: provider.env.clone(),
        body: Body::Custom(Box::new(provider)),
    };
    if rows.contains_key(&row.id) {
        let problem = |lang| say::custom_twice(lang, &row.id);
        return Err(row.error(Fault::new(Key::of("name"), problem)));
    }
    rows.insert(row.id.clone(), row);
    Ok(())
}

/// The error for an alias that another row has; a file of the person is blamed before a built-in one.
fn taken(rows: &[Row], position: usize, index: usize, other: usize) -> CatalogError {
    let alias = &rows[position].aliases[index];
    let builtin = |row: &Row| matches!(row.body, Body::Builtin { .. });
    let (blamed, key, rival) = if builtin(&rows[position]) && !builtin(&rows[other]) {
        let theirs = rows[other].aliases.iter().position(|name| name == alias);
        let key = theirs.map_or(Key::of("id"), |index| Key::of("aliases").index(index));
        (&rows[other], key, position)
    } else {
        (&rows[position], Key::of("aliases").index(index), other)
    };
    let problem = |lang| say::name_taken(lang, alias, &rows[rival].id);
    blamed.error(Fault::new(key, problem))
}
