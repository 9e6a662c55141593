use std::path::Path;

use crate::StoreError;
use hermes_text::Both;
use hermes_text::errors::store as text;

/// An error inside a back end, before it is known which store it is about.
#[derive(Debug)]
pub(crate) enum Fault {
    Sql(sqlx::Error),
    Store(StoreError),
    /// The server did not answer in time.
    Silent,
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
    /// Whether the database undid the transaction so that it can be run again: two of them were in each other's way
    /// (SQLSTATE 40001, 40P01).
    pub(crate) fn is_collision(&self) -> bool {
        matches!(self, Self::Sql(sqlx::Error::Database(error))
            if matches!(error.code().as_deref(), Some("40001" | "40P01")))
    }

    /// Whether the server may have done what was asked, and its answer never came.
    pub(crate) fn is_unclear(&self) -> bool {
        matches!(
            self,
            Self::Silent | Self::Sql(sqlx::Error::Io(_) | sqlx::Error::Protocol(_))
        )
    }

    /// The error as told to callers; `path` is the file, or the address of the database without its password.
    pub(crate) fn at(self, path: &Path) -> StoreError {
        let away = |problem: Both| StoreError::Away {
            place: path.display().to_string(),
            problem,
        };
        match self {
            Self::Store(error) => error,
            Self::Silent => away(Both::of(text::silent)),
            Self::Sql(sqlx::Error::Database(error)) if error.code().is_some_and(|code| code.len() == 5) => {
                from_state(path, &error.code().unwrap_or_default(), error.message())
            }
            Self::Sql(sqlx::Error::Database(error)) => {
                let code = error.code().and_then(|code| code.parse().ok()).unwrap_or(0);
                from_code(path, code, error.message())
            }
            Self::Sql(sqlx::Error::ColumnDecode { index, .. }) => StoreError::Unreadable {
                path: path.to_owned(),
                problem: Both::of(|lang| text::column(lang, &index)),
            },
            Self::Sql(sqlx::Error::Io(error)) => away(Both::same(error.to_string())),
            Self::Sql(sqlx::Error::Tls(error)) => away(Both::same(error.to_string())),
            Self::Sql(sqlx::Error::PoolTimedOut) => away(Both::of(text::no_connection)),
            Self::Sql(sqlx::Error::Protocol(problem)) => away(Both::same(problem)),
            Self::Sql(sqlx::Error::PoolClosed) => StoreError::Backend(Both::of(text::closed)),
            Self::Sql(error) => StoreError::Backend(Both::same(error.to_string())),
        }
    }
}

/// PostgreSQL's SQLSTATE, <https://www.postgresql.org/docs/15/errcodes-appendix.html>; the first two characters are the class.
fn from_state(path: &Path, state: &str, message: &str) -> StoreError {
    let place = path.display().to_string();
    let problem = Both::same(message.chars().take(200).collect::<String>());
    match (state.get(..2).unwrap_or_default(), state) {
        (_, "23505") => StoreError::Taken {
            what: Both::of(text::unique_name),
        },
        // The server is starting, stopping, full of connections, or the network is at fault.
        ("08" | "57", _) | (_, "53300") => StoreError::Away { place, problem },
        // Read-only transaction: a standby, or a server that was told so. Disk full and out of memory: class 53.
        // 55000 is what a standby says to a question about the log that it would write.
        ("25" | "53" | "58", _) | (_, "55000") => StoreError::NotWritable {
            path: path.to_owned(),
            problem,
        },
        ("40" | "55", _) => StoreError::Locked(path.to_owned()),
        // Wrong user, password or database.
        ("28" | "3D", _) | (_, "42501") => StoreError::Away { place, problem },
        _ => StoreError::Backend(problem),
    }
}

/// SQLite's result codes, <https://www.sqlite.org/rescode.html>; the low byte is the primary code.
fn from_code(path: &Path, code: u32, message: &str) -> StoreError {
    const READ_CODES: [u32; 2] = [266, 522];
    let path = path.to_owned();
    let problem = Both::same(message.chars().take(200).collect::<String>());
    match code & 0xff {
        5 | 6 => StoreError::Locked(path),
        10 if READ_CODES.contains(&code) => StoreError::Unreadable { path, problem },
        11 | 26 => StoreError::Unreadable { path, problem },
        // READONLY, IOERR on a write, FULL, CANTOPEN of the files beside it.
        8 | 10 | 13 | 14 => StoreError::NotWritable { path, problem },
        19 if matches!(code, 1555 | 2067) => StoreError::Taken {
            what: Both::of(text::unique_name),
        },
        _ => StoreError::Backend(problem),
    }
}

#[cfg(test)]
mod tests;
