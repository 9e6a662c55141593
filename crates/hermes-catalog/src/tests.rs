mod builtin;
mod custom;
mod lookup;
mod overlay;
mod provider;
mod said;
mod trust;
mod validation;

use crate::source::Source;
use crate::{Catalog, CatalogError};

fn builtin() -> Catalog {
    Catalog::builtin().expect("the built-in rows load")
}

/// The catalogue with overlay files of these names and texts.
fn with_overlay(files: &[(&str, &str)]) -> Result<Catalog, CatalogError> {
    let files = files
        .iter()
        .map(|(file, text)| Source::parse(*file, *text))
        .collect::<Result<_, _>>()?;
    Catalog::assemble(files, Vec::new())
}

/// File, line, key and problem of an error about a row.
fn invalid(result: Result<Catalog, CatalogError>) -> (String, Option<usize>, String, String) {
    match result {
        Err(CatalogError::Invalid {
            file,
            line,
            key,
            problem,
        }) => (file.to_string(), line, key, problem.to_string()),
        other => panic!("expected an invalid row, got {other:?}"),
    }
}
