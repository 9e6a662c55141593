//! Opening and creating a store. Nothing is changed before the file has been verified.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use hermes_core::{Clock, Random, Secret};
use hermes_text::Both;
use hermes_text::errors::store as text;
use sqlx::{Connection, SqliteConnection};

use crate::back::Back;
use crate::db::Db;
use crate::fault::Fault;
use crate::files::{self, Places};
use crate::holder::{AskPassphrase, DataKey, Header, Holder, HolderChoice, Keys};
use crate::lock::{self, Lock};
use crate::place::{Place, Suspicion};
use crate::sql::{change, header, settings};
use crate::sqlite::{Sqlite, connect_options};
use crate::store::{Parts, SqlStore};
use crate::verify::{unreadable, verify};
use crate::{Keyring, Store, StoreError, StoreInfo, backup, holder, place, postgres, schema};

/// How a store is opened.
pub struct OpenOptions {
    /// The home. The store is `hermes.db` in it, the log `log.db`, backups are in `backups`.
    pub folder: PathBuf,
    /// Where the key file `store.key` is; `server.key` for a store on a server.
    pub config_folder: PathBuf,
    /// The address of a database that several machines share, `postgres://...`; none for the file in the home.
    pub server: Option<Secret>,
    /// A folder outside of the home for marks that survive when the home is put back to an older state.
    pub state_folder: Option<PathBuf>,
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
    pub(crate) server: Option<Secret>,
    pub(crate) state_folder: Option<PathBuf>,
}

impl From<OpenOptions> for Setup {
    fn from(options: OpenOptions) -> Self {
        Self {
            keys: Keys {
                places: match options.server {
                    Some(_) => Places::of_server(&options.folder, &options.config_folder),
                    None => Places::new(&options.folder, &options.config_folder),
                },
                keyring: options.keyring,
                passphrase: options.passphrase,
                random: options.random,
            },
            clock: options.clock,
            lab: options.lab,
            create: options.create,
            holder: options.holder,
            server: options.server,
            state_folder: options.state_folder,
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

/// Opens the store of a home or of a server, or creates it.
pub async fn open(options: OpenOptions) -> Result<Arc<dyn Store>, StoreError> {
    let setup = Setup::from(options);
    Ok(match setup.server.clone() {
        Some(address) => Arc::new(postgres::open(setup, &address).await?),
        None => Arc::new(setup.open_sqlite().await?),
    })
}

impl Setup {
    /// The first row of a new store, without its key.
    pub(crate) fn new_header(&self) -> Header {
        let random = self.keys.random.as_ref();
        Header {
            store_id: random_id(random),
            lab: self.lab,
            schema: schema::NEWEST,
            created: self.clock.now().as_millis(),
            key_id: random_id(random),
            holder: Holder::KeyFile,
            stretch: None,
            wrapped_key: Vec::new(),
        }
    }

    /// Where this machine notes what it has seen of a store.
    pub(crate) fn marks(&self, store: &str) -> Vec<PathBuf> {
        let outside = self
            .state_folder
            .as_ref()
            .map(|folder| folder.join(format!("{store}.mark")));
        [self.keys.places.mark()].into_iter().chain(outside).collect()
    }

    pub(crate) async fn open_sqlite(self) -> Result<SqlStore, StoreError> {
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
        Some(remains) => {
            let remains = remains.display().to_string();
            unreadable(&places.database(), Both::of(|lang| text::gone(lang, &remains)))
        }
        None => StoreError::Missing {
            what: Both::of(|lang| text::store_in(lang, &places.folder.display().to_string())),
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
    let mut header = setup.new_header();
    files::write_new(&places.creation_note(), header.store_id.as_bytes())?;
    let unfinished = places.unfinished();
    drop(files::create(&unfinished)?);
    let key = keys.create(&mut header, setup.holder).await?;
    let mut connection = SqliteConnection::connect_with(&connect_options(&unfinished)).await?;
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    schema::migrate(&mut transaction, 0).await?;
    let mut db = Db::Sqlite(transaction);
    header::write(&mut db, &header).await?;
    settings::set(&mut db, "place", Some(&Place::of(&places.folder).to_text())).await?;
    db.commit().await?;
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
) -> Result<SqlStore, Fault> {
    match admit(&setup, &mut connection).await {
        Ok((header, suspect)) => {
            let places = setup.keys.places.clone();
            let info = StoreInfo {
                id: header.store_id.clone(),
                place: places.database().display().to_string(),
                lab: setup.lab,
                protection: setup.keys.protection(header.holder),
                created: new_key.is_some(),
                schema: header.schema,
                shared: false,
            };
            let file = Sqlite::new(places, Arc::clone(&setup.clock), connection, in_use);
            Ok(SqlStore::new(Parts {
                info,
                marks: setup.marks(&header.store_id),
                header,
                keys: setup.keys,
                new_key,
                clock: setup.clock,
                back: Back::Sqlite(Box::new(file)),
                suspect,
            }))
        }
        Err(fault) => {
            // Closing takes the files away that SQLite put beside the store; the first error is the one to tell.
            let _ = connection.close().await;
            Err(fault)
        }
    }
}

/// The header of a file that may be used, and why it must not renew tokens, if there is a reason.
async fn admit(
    setup: &Setup,
    connection: &mut SqliteConnection,
) -> Result<(Header, Option<Suspicion>), Fault> {
    let keys = &setup.keys;
    let database = keys.places.database();
    let found = schema::check_version(&database, schema::version(connection).await?)?;
    let mut db = Db::Sqlite(connection.begin().await?);
    let stored = header::read(&mut db, &database).await?;
    drop(db);
    check_lab(&database, stored.lab, setup.lab)?;
    let stored = if found < schema::NEWEST {
        upgrade(keys, setup.clock.as_ref(), connection, &stored, found).await?
    } else {
        stored
    };
    if stored.schema != schema::NEWEST || !schema::is_newest(connection).await? {
        return Err(unreadable(&database, Both::of(text::tables)).into());
    }
    let mut db = Db::Sqlite(connection.begin().await?);
    let here = Place::of(&keys.places.folder);
    let suspect = standing(&mut db, &here, &setup.marks(&stored.store_id), &stored.store_id).await?;
    drop(db);
    Ok((stored, suspect))
}

/// Why a store must not renew tokens: it was moved away, it is a copy, or it is older than what was seen of it.
pub(crate) async fn standing(
    db: &mut Db<'_>,
    here: &Place,
    marks: &[PathBuf],
    store: &str,
) -> Result<Option<Suspicion>, Fault> {
    if let Some(heir) = settings::get(db, "heir").await? {
        return Ok(Some(Suspicion::Moved { heir }));
    }
    let noted = settings::get(db, "place").await?;
    if let Some(noted) = noted.as_deref().and_then(Place::parse)
        && !here.is(&noted)
    {
        let original = noted.in_words();
        return Ok(Some(Suspicion::Copy { original }));
    }
    let (has, seen) = (change::get(db, "rotations").await?, place::seen(marks, store));
    let missing = seen - has;
    Ok((missing > 0).then_some(Suspicion::Older { missing }))
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
    let mut db = Db::Sqlite(transaction);
    header::write(&mut db, &next).await?;
    // A store of before has never noted where it is.
    settings::set(&mut db, "place", Some(&Place::of(&keys.places.folder).to_text())).await?;
    db.commit().await?;
    Ok(next)
}

pub(crate) fn check_lab(path: &Path, stored: bool, asked: bool) -> Result<(), StoreError> {
    if stored == asked {
        return Ok(());
    }
    Err(StoreError::Lab {
        path: path.to_owned(),
        lab: stored,
    })
}

#[cfg(test)]
mod tests;
