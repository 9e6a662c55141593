//! Opening and creating the store of a server.

use std::path::Path;

use hermes_core::Secret;
use hermes_text::Both;
use hermes_text::errors::store as text;
use sqlx::Transaction;

use super::{LIMIT, Server, steps};
use crate::back::Back;
use crate::db::{Db, args};
use crate::fault::Fault;
use crate::files;
use crate::holder::{DataKey, Header, Holder};
use crate::open::{Setup, check_lab, standing};
use crate::session::Until;
use crate::sql::{header, settings};
use crate::store::{Parts, SqlStore};
use crate::{StoreError, StoreInfo, Suspicion, schema};

/// Opens the store at an address, or creates it in an empty database.
pub(crate) async fn open(setup: Setup, address: &Secret) -> Result<SqlStore, StoreError> {
    let mut server = Server::connect(address)?;
    let named = server.address().to_owned();
    let named = Path::new(&named);
    // Lock files, received tokens and the key file are this machine's own.
    files::make_folder(&setup.keys.places.folder)?;
    setup.keys.places.check()?;
    let failed = |fault: Fault| fault.at(named);
    let missing = || StoreError::Missing {
        what: Both::of(|lang| text::store_in(lang, &named.display().to_string())),
    };
    let mut new_key = None;
    let mut found = admit(&mut server, &setup, named).await.map_err(failed)?;
    if found.is_none() && setup.create {
        new_key = create(&server, &setup).await.map_err(failed)?;
        found = admit(&mut server, &setup, named).await.map_err(failed)?;
    }
    if let Some((stored, _)) = &found
        && stored.schema < schema::NEWEST
    {
        steps::upgrade(&server, &setup, stored).await.map_err(failed)?;
        found = admit(&mut server, &setup, named).await.map_err(failed)?;
    }
    let (header, suspect) = found.ok_or_else(missing)?;
    let info = StoreInfo {
        id: header.store_id.clone(),
        place: named.display().to_string(),
        lab: setup.lab,
        protection: setup.keys.protection(header.holder),
        created: new_key.is_some(),
        schema: header.schema,
        shared: true,
    };
    Ok(SqlStore::new(Parts {
        info,
        marks: setup.marks(&header.store_id),
        header,
        keys: setup.keys,
        new_key,
        clock: setup.clock,
        back: Back::Postgres(server),
        suspect,
    }))
}

/// Each step at the server has its own time; a person who is asked for a passphrase meanwhile has all there is.
fn limit() -> Until {
    Until::after(Some(LIMIT))
}

async fn is_made(db: &mut Db<'_>) -> Result<bool, Fault> {
    let text = "SELECT count(*) FROM information_schema.tables \
                WHERE table_schema = current_schema() AND table_name = 'header'";
    Ok(db.number(text, args![]).await? > 0)
}

/// Makes tables and key in one transaction. None when another process was faster, whose key it is then.
async fn create(server: &Server, setup: &Setup) -> Result<Option<DataKey>, Fault> {
    let mut header = setup.new_header();
    let tables = async {
        let connection = server.pool.acquire().await?;
        let mut transaction = Transaction::begin(connection, None).await?;
        match steps::make(&mut transaction, 0).await {
            Ok(()) => Ok(Some(transaction)),
            Err(error) if is_made_meanwhile(&error) => Ok(None),
            Err(error) => Err(error.into()),
        }
    };
    let Some(transaction) = limit().wait(tables).await? else {
        return Ok(None);
    };
    let key = setup.keys.create(&mut header, setup.holder).await?;
    let mut db = Db::Postgres(transaction);
    let written = async {
        let place = server.place(&mut db).await?.to_text();
        header::write(&mut db, &header).await?;
        settings::set(&mut db, "place", Some(&place)).await?;
        // A history that is lost before anything was renewed is noticed too.
        server.watch_history(&mut db, setup.clock.now()).await?;
        db.commit().await
    };
    match limit().wait(written).await {
        Ok(()) => Ok(Some(key)),
        Err(fault) => {
            // A key file for a store that does not exist would be in the way of the next one. One whose commit was not answered may
            // exist.
            if header.holder == Holder::KeyFile && !fault.is_unclear() {
                files::remove(&setup.keys.places.key_file())?;
            }
            Err(fault)
        }
    }
}

/// Duplicate table, or the collision of two that make the same one (SQLSTATE 42P07, 23505).
fn is_made_meanwhile(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(error)
        if matches!(error.code().as_deref(), Some("42P07" | "23505")))
}

/// The header of a store that may be used, and why it must not renew tokens, if there is a reason. None where there is no store.
async fn admit(
    server: &mut Server,
    setup: &Setup,
    named: &Path,
) -> Result<Option<(Header, Option<Suspicion>)>, Fault> {
    let look = async {
        let mut session = server.session(false).await?;
        let mut db = session.begin().await?;
        server.learn(&mut db).await?;
        if !is_made(&mut db).await? {
            return Ok(None);
        }
        let here = server.place(&mut db).await?;
        let stored = header::read(&mut db, named).await?;
        if stored.schema > schema::NEWEST {
            return Err(StoreError::Newer {
                path: named.to_owned(),
                found: stored.schema,
                known: schema::NEWEST,
            }
            .into());
        }
        check_lab(named, stored.lab, setup.lab)?;
        // A server that lost its last commits is no rollback that a person has to speak about: it goes quiet for a while. One
        // that is older without that was put back by somebody.
        let marks = if server.has_same_history(&mut db).await? {
            setup.marks(&stored.store_id)
        } else {
            Vec::new()
        };
        let suspect = standing(&mut db, &here, &marks, &stored.store_id).await?;
        db.commit().await?;
        Ok(Some((stored, suspect)))
    };
    limit().wait(look).await
}
