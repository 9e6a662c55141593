//! Settings: plain ones, and secret ones that are sealed.

use hermes_core::Secret;
use hermes_text::Both;
use hermes_text::errors::store as text;

use super::Tools;
use crate::StoreError;
use crate::db::{Db, args};
use crate::fault::Fault;
use crate::seal::{Cell, Sealer};

pub(crate) fn cell(name: &str) -> Cell<'_> {
    Cell {
        table: "setting",
        row: name,
        column: "sealed",
        generation: 0,
        bound: "",
    }
}

async fn sealed(db: &mut Db<'_>, name: &str) -> Result<Option<Vec<u8>>, Fault> {
    let row = db
        .maybe("SELECT sealed FROM setting WHERE name = $1", args![name])
        .await?;
    row.map_or(Ok(None), |row| row.get("sealed"))
}

pub(crate) fn open(sealer: &Sealer, name: &str, blob: &[u8]) -> Result<Secret, Fault> {
    sealer.open(cell(name), blob).ok_or_else(|| {
        let row = Both::of(|lang| text::row_setting(lang, name));
        StoreError::Damaged { row }.into()
    })
}

/// A secret setting that is there already.
pub(crate) async fn find_secret(
    db: &mut Db<'_>,
    sealer: &Sealer,
    name: &str,
) -> Result<Option<Secret>, Fault> {
    let blob = sealed(db, name).await?;
    blob.map(|blob| open(sealer, name, &blob)).transpose()
}

/// A secret setting, made now unless another process was faster.
pub(crate) async fn make_secret(
    db: &mut Db<'_>,
    tools: Tools<'_>,
    name: &str,
    make: &(dyn Fn() -> Secret + Sync),
) -> Result<Secret, Fault> {
    if let Some(found) = find_secret(db, tools.sealer, name).await? {
        return Ok(found);
    }
    let made = make();
    let changed = db
        .run(
            "INSERT INTO setting (name, sealed) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING",
            args![name, tools.sealer.seal(cell(name), made.expose())],
        )
        .await?;
    if changed == 1 {
        return Ok(made);
    }
    find_secret(db, tools.sealer, name)
        .await?
        .ok_or_else(|| taken(name))
}

pub(crate) async fn get(db: &mut Db<'_>, name: &str) -> Result<Option<String>, Fault> {
    let row = db
        .maybe("SELECT value FROM setting WHERE name = $1", args![name])
        .await?;
    row.map_or(Ok(None), |row| row.get("value"))
}

pub(crate) async fn set(db: &mut Db<'_>, name: &str, value: Option<&str>) -> Result<(), Fault> {
    if sealed(db, name).await?.is_some() {
        return Err(taken(name));
    }
    match value {
        Some(value) => {
            let text = "INSERT INTO setting (name, value) VALUES ($1, $2) \
                        ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            db.run(text, args![name, value]).await?;
        }
        None => {
            db.run("DELETE FROM setting WHERE name = $1", args![name]).await?;
        }
    }
    Ok(())
}

fn taken(name: &str) -> Fault {
    let what = Both::of(|lang| text::setting(lang, name));
    StoreError::Taken { what }.into()
}
