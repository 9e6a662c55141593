//! One way to run statements on either back end. The tables' code is written once against [`Db`], in SQL that SQLite and
//! PostgreSQL both accept: numbered places `$1`, `ON CONFLICT`, `RETURNING`, `IS NOT DISTINCT FROM`.

use std::sync::atomic::{AtomicBool, Ordering};

use hermes_core::{Clock, UnixMs};
use sqlx::postgres::{PgArguments, PgRow, Postgres};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{ColumnIndex, Decode, QueryBuilder, Row as _, SqliteConnection, Transaction, Type};

use crate::fault::Fault;
use crate::session::roll_back;

/// A value for a place of a statement.
#[derive(Clone, Debug)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Blob(Option<Vec<u8>>),
}

macro_rules! value_from {
    ($kind:ident, $($from:ty => $make:expr),+ $(,)?) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Self {
                let make: fn($from) -> _ = $make;
                Self::$kind(make(value))
            }
        })+
    };
}

value_from!(Int,
    i64 => Some,
    u32 => |number| Some(i64::from(number)),
    u64 => |number| Some(signed(number)),
    bool => |flag| Some(i64::from(flag)),
    UnixMs => |time| Some(time.as_millis()),
    Option<i64> => |number| number,
    Option<u64> => |number| number.map(signed),
    Option<UnixMs> => |time| time.map(UnixMs::as_millis),
);
value_from!(Text,
    &str => |text| Some(text.to_owned()),
    &String => |text| Some(text.clone()),
    String => Some,
    &Option<String> => Clone::clone,
    Option<String> => |text| text,
    Option<&str> => |text| text.map(str::to_owned),
);
value_from!(Blob,
    Vec<u8> => Some,
    Option<Vec<u8>> => |bytes| bytes,
);

/// The values of a statement's places, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::db::Value::from($value)),*] };
}
pub(crate) use args;

/// A piece of a statement whose parts are chosen while it runs.
pub(crate) enum Part {
    Text(&'static str),
    Place(Value),
}

/// Puts the pieces of a statement together; what comes from outside takes places, never text.
macro_rules! put_together {
    ($database:ty, $parts:expr) => {{
        let mut query = QueryBuilder::<$database>::new("");
        for part in $parts {
            match part {
                Part::Text(text) => query.push(text),
                Part::Place(Value::Int(number)) => query.push_bind(number),
                Part::Place(Value::Text(text)) => query.push_bind(text.map(without_nul)),
                Part::Place(Value::Blob(bytes)) => query.push_bind(bytes),
            };
        }
        query
    }};
}

/// PostgreSQL's text holds every character but this one.
fn without_nul(text: String) -> String {
    text.replace('\0', "\u{fffd}")
}

/// A transaction on one of the back ends. Dropping it undoes it.
pub(crate) enum Db<'a> {
    /// SQLite's first connection, whose transactions are begun and ended by statements: SQLite undoes some itself, and a
    /// count of them kept elsewhere would be wrong from then on.
    First(&'a mut SqliteConnection, &'a AtomicBool),
    Sqlite(Transaction<'a, Sqlite>),
    Postgres(Transaction<'a, Postgres>),
}

/// A row of either back end.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// A column by its name.
    pub(crate) fn get<T>(&self, column: &'static str) -> Result<T, Fault>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        self.at(column)
    }

    /// A column by its place, from 0.
    pub(crate) fn nth<T>(&self, place: usize) -> Result<T, Fault>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
    {
        self.at(place)
    }

    fn at<T, I>(&self, index: I) -> Result<T, Fault>
    where
        T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>,
        I: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        Ok(match self {
            Self::Sqlite(row) => row.try_get(index)?,
            Self::Postgres(row) => row.try_get(index)?,
        })
    }

    /// A moment, in unix milliseconds.
    pub(crate) fn time(&self, column: &'static str) -> Result<Option<UnixMs>, Fault> {
        Ok(self.get::<Option<i64>>(column)?.map(UnixMs::from_millis))
    }

    /// A flag, kept as 0 or 1.
    pub(crate) fn flag(&self, column: &'static str) -> Result<bool, Fault> {
        Ok(self.get::<i64>(column)? != 0)
    }
}

fn on_sqlite(statement: &'static str, values: Vec<Value>) -> Query<'static, Sqlite, SqliteArguments> {
    let query = sqlx::query(statement);
    values.into_iter().fold(query, |query, value| match value {
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text),
        Value::Blob(bytes) => query.bind(bytes),
    })
}

fn on_postgres(statement: &'static str, values: Vec<Value>) -> Query<'static, Postgres, PgArguments> {
    // Unnamed statements only: behind a pooler the next transaction may run on another server connection.
    let query = sqlx::query(statement).persistent(false);
    values.into_iter().fold(query, |query, value| match value {
        Value::Int(number) => query.bind(number),
        Value::Text(text) => query.bind(text.map(without_nul)),
        Value::Blob(bytes) => query.bind(bytes),
    })
}

impl Db<'_> {
    /// Runs a statement; how many rows it changed.
    pub(crate) async fn run(&mut self, statement: &'static str, values: Vec<Value>) -> Result<u64, Fault> {
        Ok(match self {
            Self::First(db, _) => on_sqlite(statement, values)
                .execute(&mut **db)
                .await?
                .rows_affected(),
            Self::Sqlite(db) => on_sqlite(statement, values)
                .execute(&mut **db)
                .await?
                .rows_affected(),
            Self::Postgres(db) => on_postgres(statement, values)
                .execute(&mut **db)
                .await?
                .rows_affected(),
        })
    }

    /// Runs a statement that only a server needs.
    pub(crate) async fn on_server(
        &mut self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> Result<(), Fault> {
        if matches!(self, Self::Postgres(_)) {
            self.run(statement, values).await?;
        }
        Ok(())
    }

    /// Every row.
    pub(crate) async fn all(
        &mut self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> Result<Vec<Row>, Fault> {
        Ok(match self {
            Self::First(db, _) => {
                let rows = on_sqlite(statement, values).fetch_all(&mut **db).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Sqlite(db) => {
                let rows = on_sqlite(statement, values).fetch_all(&mut **db).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(db) => {
                let rows = on_postgres(statement, values).fetch_all(&mut **db).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Every row of a statement of pieces.
    pub(crate) async fn built(&mut self, parts: Vec<Part>) -> Result<Vec<Row>, Fault> {
        Ok(match self {
            Self::First(db, _) => {
                let mut query = put_together!(Sqlite, parts);
                let rows = query.build().fetch_all(&mut **db).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Sqlite(db) => {
                let mut query = put_together!(Sqlite, parts);
                let rows = query.build().fetch_all(&mut **db).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(db) => {
                let mut query = put_together!(Postgres, parts);
                let rows = query.build().persistent(false).fetch_all(&mut **db).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row, if there is one.
    pub(crate) async fn maybe(
        &mut self,
        statement: &'static str,
        values: Vec<Value>,
    ) -> Result<Option<Row>, Fault> {
        Ok(self.all(statement, values).await?.into_iter().next())
    }

    /// The number in the first column of the only row; 0 when there is none.
    pub(crate) async fn number(&mut self, statement: &'static str, values: Vec<Value>) -> Result<i64, Fault> {
        let row = self.maybe(statement, values).await?;
        row.map_or(Ok(0), |row| row.nth(0))
    }

    /// The time that deadlines in the database are reckoned by: the server's clock where several machines share one.
    pub(crate) async fn now(&mut self, clock: &dyn Clock) -> Result<UnixMs, Fault> {
        if !matches!(self, Self::Postgres(_)) {
            return Ok(clock.now());
        }
        let text = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)";
        let server = self.number(text, Vec::new()).await?;
        Ok(clock.seen_as(UnixMs::from_millis(server)))
    }

    /// Makes everything since the beginning durable.
    pub(crate) async fn commit(self) -> Result<(), Fault> {
        match self {
            Self::First(db, open) => {
                sqlx::raw_sql("COMMIT").execute(&mut *db).await?;
                open.store(false, Ordering::Release);
            }
            Self::Sqlite(db) => db.commit().await?,
            Self::Postgres(db) => db.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything since the beginning, and gives the fault that made it necessary.
    pub(crate) async fn undo<T>(self, fault: Fault) -> Result<T, Fault> {
        // A connection that is broken has undone it already.
        let _ = match self {
            Self::First(db, open) => {
                roll_back(db).await;
                open.store(false, Ordering::Release);
                Ok(())
            }
            Self::Sqlite(db) => db.rollback().await,
            Self::Postgres(db) => db.rollback().await,
        };
        Err(fault)
    }
}

/// A count or generation as the databases keep it.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// The opposite of [`signed`].
pub(crate) fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
