//! Opening and creating a store. Nothing is changed before the file has been verified.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hermes_core::{Clock, Random};
use sqlx::{Connection, Row, SqliteConnection};

use crate::files::{self, Places};
use crate::holder::{AskPassphrase, DataKey, Header, Holder, HolderChoice, Keys};
use crate::lock::{self, Lock};
use crate::sqlite::{Fault, Parts, SqliteStore, connect_options};
use crate::verify::{unreadable, verify};
use crate::{Keyring, Store, StoreError, StoreInfo, backup, holder, schema};

/// How a store is opened.
pub struct OpenOptions {
    /// The home. The store is `hermes.db` in it, the log `log.db`, backups are in `backups`.
    pub folder: PathBuf,
    /// Where the key file `store.key` is.
    pub config_folder: PathBuf,
    /// Whether to create a store if there is none.
    pub create: bool,
    /// Whether this is a lab home. A store is one or the other for life.
    pub lab: bool,
    /// Who holds the key of a store that this call creates.
    pub holder: HolderChoice,
    /// Asks for a passphrase, where one is needed and somebody can be asked.
    pub passphrase: Option<AskPassphrase>,
    /// The operating system's keyring.
    pub keyring: Arc<dyn Keyring>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness: ids, keys, nonces.
    pub random: Arc<dyn Random>,
}

/// The options, taken apart for the inner functions.
pub(crate) struct Setup {
    pub(crate) keys: Keys,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) lab: bool,
    pub(crate) create: bool,
    pub(crate) holder: HolderChoice,
}

impl From<OpenOptions> for Setup {
    fn from(options: OpenOptions) -> Self {
        Self {
            keys: Keys {
                places: Places::new(&options.folder, &options.config_folder),
                keyring: options.keyring,
                passphrase: options.passphrase,
                random: options.random,
            },
            clock: options.clock,
            lab: options.lab,
            create: options.create,
            holder: options.holder,
        }
    }
}

/// Whether a home has a store, or remains that say that it had one.
pub fn exists(folder: &Path) -> bool {
    let places = Places::new(folder, folder);
    [
        places.database(),
        places.unfinished(),
        places.checksum(),
        places.write_ahead_log(),
        places.backups(),
    ]
    .iter()
    .any(|path| files::exists(path))
}

/// Opens the store of a home, or creates it.
pub async fn open(options: OpenOptions) -> Result<Arc<dyn Store>, StoreError> {
    Ok(Arc::new(Setup::from(options).open_sqlite().await?))
}

impl Setup {
    pub(crate) async fn open_sqlite(self) -> Result<SqliteStore, StoreError> {
        let places = &self.keys.places;
        let database = places.database();
        if !self.create && !files::exists(&database) {
            return Err(absent(places));
        }
        files::make_folder(&places.folder)?;
        places.check()?;
        let gate = Lock::gate(places).await?;
        let mut new_key = None;
        if !files::exists(&database) {
            new_key = create_store(&self).await.map_err(|fault| fault.at(&database))?;
        }
        let in_use = verify(places).await?;
        let connection = SqliteConnection::connect_with(&connect_options(&database))
            .await
            .map_err(|error| Fault::from(error).at(&database))?;
        let store = assemble(self, new_key, connection, in_use)
            .await
            .map_err(|fault| fault.at(&database))?;
        drop(gate);
        Ok(store)
    }
}

/// The error for a home without a database file: damaged if something says that there was one.
fn absent(places: &Places) -> StoreError {
    match remains(places) {
        Some(remains) => unreadable(
            &places.database(),
            &format!("it is missing, though `{}` is there", remains.display()),
        ),
        None => StoreError::Missing {
            what: format!("store in `{}`", places.folder.display()),
        },
    }
}

/// A file that shows that there was a store.
fn remains(places: &Places) -> Option<PathBuf> {
    [
        places.checksum(),
        places.write_ahead_log(),
        places.key_file(),
        places.backups(),
    ]
    .into_iter()
    .find(|path| files::exists(path))
}

/// Makes the whole store under another name, then renames it: there is never a half-made one.
///
/// A note with the new store's id stands beside it until it is complete. A crash leaves either note and pieces, which are
/// cleared, or a complete store without a note, which only lacks its name. No key is returned for the latter.
async fn create_store(setup: &Setup) -> Result<Option<DataKey>, Fault> {
    let places = &setup.keys.places;
    if files::exists(&places.creation_note()) {
        discard_unfinished(places)?;
    } else if files::check_file(&places.unfinished())? {
        files::rename(&places.unfinished(), &places.database())?;
        return Ok(None);
    }
    if remains(places).is_some() {
        return Err(absent(places).into());
    }
    let made = fill(setup).await;
    if made.is_err() {
        discard_unfinished(places)?;
    }
    made.map(Some)
}

async fn fill(setup: &Setup) -> Result<DataKey, Fault> {
    let (keys, places) = (&setup.keys, &setup.keys.places);
    let mut header = Header {
        store_id: random_id(keys.random.as_ref()),
        lab: setup.lab,
        schema: schema::NEWEST,
        created: setup.clock.now().as_millis(),
        key_id: random_id(keys.random.as_ref()),
        holder: Holder::KeyFile,
        stretch: None,
        wrapped_key: Vec::new(),
    };
    files::write_new(&places.creation_note(), header.store_id.as_bytes())?;
    let unfinished = places.unfinished();
    drop(files::create(&unfinished)?);
    let key = keys.create(&mut header, setup.holder).await?;
    let mut connection = SqliteConnection::connect_with(&connect_options(&unfinished)).await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    schema::migrate(&mut transaction, 0).await?;
    write_header(&mut transaction, &header).await?;
    transaction.commit().await?;
    connection.close().await?;
    files::remove(&places.creation_note())?;
    files::rename(&unfinished, &places.database())?;
    lock::write_sum(&places.database(), &places.checksum())?;
    Ok(key)
}

/// Clears what a creation that never finished left: the pieces, and the key file if it was made for that store.
fn discard_unfinished(places: &Places) -> Result<(), StoreError> {
    let note = places.creation_note();
    if !files::check_file(&note)? {
        return Ok(());
    }
    let id = String::from_utf8(files::read(&note, 64)?).unwrap_or_default();
    if holder::key_file_store(places)?.is_some_and(|store| store == id) {
        files::remove(&places.key_file())?;
    }
    for suffix in ["-wal", "-shm", "-journal", ""] {
        files::remove(&files::with_suffix(&places.unfinished(), suffix))?;
    }
    files::remove(&note)
}

fn random_id(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Checks the schema and the mark of an open file, and puts the store together.
async fn assemble(
    setup: Setup,
    new_key: Option<DataKey>,
    mut connection: SqliteConnection,
    in_use: Lock,
) -> Result<SqliteStore, Fault> {
    let admitted = admit(&setup, &mut connection).await;
    let Setup { keys, clock, lab, .. } = setup;
    match admitted {
        Ok(header) => {
            let info = StoreInfo {
                id: header.store_id.clone(),
                place: keys.places.database().display().to_string(),
                lab,
                protection: keys.protection(header.holder),
                created: new_key.is_some(),
                schema: header.schema,
            };
            Ok(SqliteStore::new(Parts {
                info,
                header,
                keys,
                new_key,
                clock,
                connection,
                in_use,
            }))
        }
        Err(fault) => {
            // Closing takes the files away that SQLite put beside the store; the first error is the one to tell.
            let _ = connection.close().await;
            Err(fault)
        }
    }
}

async fn admit(setup: &Setup, connection: &mut SqliteConnection) -> Result<Header, Fault> {
    let keys = &setup.keys;
    let database = keys.places.database();
    let found = schema::check_version(&database, schema::version(connection).await?)?;
    let header = read_header(connection, &database).await?;
    check_lab(&database, header.lab, setup.lab)?;
    let header = if found < schema::NEWEST {
        upgrade(keys, setup.clock.as_ref(), connection, &header, found).await?
    } else {
        header
    };
    if header.schema != schema::NEWEST || !schema::is_newest(connection).await? {
        let problem = "its tables are not the ones this version made";
        return Err(unreadable(&database, problem).into());
    }
    Ok(header)
}

/// Brings an older store to the newest schema in one transaction, after a backup. Nobody else may have it open.
async fn upgrade(
    keys: &Keys,
    clock: &dyn Clock,
    connection: &mut SqliteConnection,
    header: &Header,
    found: i64,
) -> Result<Header, Fault> {
    let next = keys.move_to_schema(header, schema::NEWEST).await?;
    backup::dated(&keys.places, connection, clock.now().as_millis()).await?;
    files::remove(&keys.places.checksum())?;
    let mut transaction = connection.begin_with("BEGIN EXCLUSIVE").await?;
    schema::migrate(&mut transaction, found).await?;
    sqlx::query("DELETE FROM header")
        .execute(&mut *transaction)
        .await?;
    write_header(&mut transaction, &next).await?;
    transaction.commit().await?;
    Ok(next)
}

pub(crate) fn check_lab(path: &Path, stored: bool, asked: bool) -> Result<(), StoreError> {
    let problem = match (stored, asked) {
        (true, false) => "belongs to a lab home and opens only in lab mode",
        (false, true) => "is not a lab store and refuses lab mode",
        _ => return Ok(()),
    };
    Err(StoreError::Lab {
        path: path.to_owned(),
        problem,
    })
}

async fn write_header(connection: &mut SqliteConnection, header: &Header) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO header (id, store_id, lab, schema, created, key_id, holder, stretch, wrapped_key) \
         VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )
    .bind(&header.store_id)
    .bind(header.lab)
    .bind(header.schema)
    .bind(header.created)
    .bind(&header.key_id)
    .bind(header.holder.as_str())
    .bind(&header.stretch)
    .bind(&header.wrapped_key)
    .execute(connection)
    .await?;
    Ok(())
}

pub(crate) async fn read_header(connection: &mut SqliteConnection, named: &Path) -> Result<Header, Fault> {
    let row = sqlx::query("SELECT * FROM header")
        .fetch_optional(connection)
        .await?;
    let row = row.ok_or_else(|| unreadable(named, "its header row is missing"))?;
    let holder: String = row.try_get("holder")?;
    Ok(Header {
        store_id: row.try_get("store_id")?,
        lab: row.try_get::<i64, _>("lab")? != 0,
        schema: row.try_get("schema")?,
        created: row.try_get("created")?,
        key_id: row.try_get("key_id")?,
        holder: Holder::parse(&holder).ok_or_else(|| unreadable(named, "its key holder is unknown"))?,
        stretch: row.try_get("stretch")?,
        wrapped_key: row.try_get("wrapped_key")?,
    })
}
