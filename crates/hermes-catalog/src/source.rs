use std::fmt;

use hermes_text::{Both, Lang};
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

use crate::CatalogError;
use crate::overlay::{self, Places};

/// A place in a row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Key(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Name(String),
    Index(usize),
}

impl Key {
    /// The key of a top-level field.
    pub(crate) fn of(name: &str) -> Self {
        Self::default().name(name)
    }

    /// This key's field.
    pub(crate) fn name(&self, name: &str) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Name(name.to_owned()));
        Self(steps)
    }

    /// This key's element.
    pub(crate) fn index(&self, index: usize) -> Self {
        let mut steps = self.0.clone();
        steps.push(Step::Index(index));
        Self(steps)
    }

    /// This key, then the path that a deserializer reports.
    pub(crate) fn join(&self, path: &serde_path_to_error::Path) -> Self {
        use serde_path_to_error::Segment;
        path.iter().fold(self.clone(), |key, segment| match segment {
            Segment::Seq { index } => key.index(*index),
            Segment::Map { key: name } | Segment::Enum { variant: name } => key.name(name),
            Segment::Unknown => key,
        })
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Name(name) if position == 0 => write!(f, "{name}")?,
                Step::Name(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// What is wrong with a row, and where.
#[derive(Debug)]
pub(crate) struct Fault {
    pub(crate) key: Key,
    pub(crate) problem: Both,
}

impl Fault {
    /// A fault that a message tells.
    pub(crate) fn new<S: Into<String>>(key: Key, problem: impl Fn(Lang) -> S) -> Self {
        Self {
            key,
            problem: Both::of(problem),
        }
    }
}

/// The text of one row's file, with the table it stands for.
#[derive(Debug)]
pub(crate) struct Source {
    file: String,
    text: String,
    table: Table,
    /// For an overlay of a built-in row: where in this text an element of the merged table stands.
    places: Option<Places>,
}

impl Source {
    /// Parses a file.
    pub(crate) fn parse(file: impl Into<String>, text: impl Into<String>) -> Result<Self, CatalogError> {
        let (file, text) = (file.into(), text.into());
        match text.parse::<Table>() {
            Ok(table) => Ok(Self {
                file,
                text,
                table,
                places: None,
            }),
            Err(error) => {
                let line = line_at(&text, error.span().map_or(0, |span| span.start));
                let key = text
                    .lines()
                    .nth(line - 1)
                    .and_then(|text| text.split(['=', '#']).next());
                Err(CatalogError::Invalid {
                    file: Both::same(file),
                    line: Some(line),
                    key: crate::error::shown(key.unwrap_or_default().trim()),
                    problem: Both::same(error.message().to_owned()),
                })
            }
        }
    }

    /// The row's table.
    pub(crate) fn table(&self) -> &Table {
        &self.table
    }

    /// The file's name as people see it.
    pub(crate) fn file(&self) -> &str {
        &self.file
    }

    /// Lays this file over a built-in row.
    pub(crate) fn over(mut self, base: Table) -> Self {
        let (table, places) = overlay::merge(base, std::mem::take(&mut self.table));
        self.table = table;
        self.places = Some(places);
        self
    }

    /// Names file, line and key of a fault.
    pub(crate) fn error(&self, fault: Fault) -> CatalogError {
        CatalogError::Invalid {
            line: Some(self.line(&fault.key)),
            file: Both::same(self.file.clone()),
            key: self.describe(&fault.key),
            problem: fault.problem,
        }
    }

    /// The key with the ids of login methods and regions in place of their positions.
    fn describe(&self, key: &Key) -> String {
        let [Step::Name(list), Step::Index(index), rest @ ..] = key.0.as_slice() else {
            return key.to_string();
        };
        let id = self
            .table
            .get(list)
            .and_then(|list| list.get(index))
            .and_then(|element| element.get("id"))
            .and_then(Value::as_str)
            .filter(|id| crate::names::is_plain(id));
        let mut shown = Key::of(list);
        shown
            .0
            .push(id.map_or(Step::Index(*index), |id| Step::Name(id.to_owned())));
        shown.0.extend_from_slice(rest);
        shown.to_string()
    }

    /// The line of a key, or of the nearest thing around it that this file holds; 1 where it holds none.
    fn line(&self, key: &Key) -> usize {
        let Ok(root) = DeTable::parse(&self.text) else {
            return 1;
        };
        let mut offset = 0;
        let mut value: Option<&Spanned<DeValue<'_>>> = None;
        for (position, step) in key.0.iter().enumerate() {
            let next = match (step, value) {
                (Step::Name(name), None) => root.get_ref().get(name.as_str()),
                (Step::Name(name), Some(value)) => value.get_ref().get(name.as_str()),
                (Step::Index(_), None) => None,
                (Step::Index(index), Some(value)) => self
                    .place(key, position, *index)
                    .and_then(|index| value.get_ref().get(index)),
            };
            let Some(found) = next else { break };
            offset = found.span().start;
            value = Some(found);
        }
        line_at(&self.text, offset)
    }

    /// The position in this text of an element of the merged table.
    fn place(&self, key: &Key, position: usize, index: usize) -> Option<usize> {
        match (&self.places, key.0.first()) {
            (Some(places), Some(Step::Name(list))) if position == 1 => match places.get(list.as_str()) {
                Some(places) => places.get(index).copied().flatten(),
                None => Some(index),
            },
            _ => Some(index),
        }
    }
}

fn line_at(text: &str, offset: usize) -> usize {
    let before = text.as_bytes().iter().take(offset);
    1 + before.filter(|byte| **byte == b'\n').count()
}
