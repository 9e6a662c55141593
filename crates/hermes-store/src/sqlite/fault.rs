use std::path::Path;

use crate::StoreError;

/// An error inside the back end, before it is known which file it is about.
#[derive(Debug)]
pub(crate) enum Fault {
    Sql(sqlx::Error),
    Store(StoreError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    /// The error as told to callers.
    pub(crate) fn at(self, path: &Path) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Sql(sqlx::Error::Database(error)) => {
                let code = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
                from_code(path, code, error.message())
            }
            Self::Sql(sqlx::Error::ColumnDecode { index, .. }) => StoreError::Unreadable {
                path: path.to_owned(),
                problem: format!("column {index} holds something else than it should"),
            },
            Self::Sql(error) => StoreError::Backend(error.to_string()),
        }
    }
}

/// SQLite's result codes, <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
fn from_code(path: &Path, code: u32, message: &str) -> StoreError {
    const READ_CODES: [u32; 2] = [266, 522];
    let path = path.to_owned();
    let problem: String = message.chars().take(200).collect();
    match code & 0xff {
        5 | 6 => StoreError::Locked(path),
        10 if READ_CODES.contains(&code) => StoreError::Unreadable { path, problem },
        11 | 26 => StoreError::Unreadable { path, problem },
        // READONLY, IOERR on a write, FULL, CANTOPEN of the files beside it.
        8 | 10 | 13 | 14 => StoreError::NotWritable { path, problem },
        19 if matches!(code, 1555 | 2067) => StoreError::Taken {
            what: "a name that must be unique".to_owned(),
        },
        _ => StoreError::Backend(problem),
    }
}

#[cfg(test)]
mod tests;
