//! The store's first row.

use std::path::Path;

use crate::db::{Db, args};
use crate::fault::Fault;
use crate::holder::{Header, Holder};
use crate::verify::unreadable;
use hermes_text::Both;
use hermes_text::errors::store as text;

pub(crate) async fn write(db: &mut Db<'_>, header: &Header) -> Result<(), Fault> {
    db.run("DELETE FROM header", args![]).await?;
    db.run(
        "INSERT INTO header (id, store_id, lab, schema, created, key_id, holder, stretch, wrapped_key) \
         VALUES (1, $1, $2, $3, $4, $5, $6, $7, $8)",
        args![
            &header.store_id,
            header.lab,
            header.schema,
            header.created,
            &header.key_id,
            header.holder.as_str(),
            &header.stretch,
            header.wrapped_key.clone(),
        ],
    )
    .await?;
    Ok(())
}

/// Reads it; errors speak of `named`.
pub(crate) async fn read(db: &mut Db<'_>, named: &Path) -> Result<Header, Fault> {
    let row = db.maybe("SELECT * FROM header", args![]).await?;
    let row = row.ok_or_else(|| unreadable(named, Both::of(text::no_header)))?;
    let holder: String = row.get("holder")?;
    Ok(Header {
        store_id: row.get("store_id")?,
        lab: row.flag("lab")?,
        schema: row.get("schema")?,
        created: row.get("created")?,
        key_id: row.get("key_id")?,
        holder: Holder::parse(&holder).ok_or_else(|| unreadable(named, Both::of(text::no_holder)))?,
        stretch: row.get("stretch")?,
        wrapped_key: row.get("wrapped_key")?,
    })
}
