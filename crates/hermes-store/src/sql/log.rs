//! Requests as they are read, from the log file or from the server.

use hermes_core::{ProviderId, UnixMs};

use super::json;
use crate::RequestRow;
use crate::db::{Db, Row, args, unsigned};
use crate::fault::Fault;

pub(crate) async fn request(db: &mut Db<'_>, id: &str) -> Result<Option<RequestRow>, Fault> {
    let row = db
        .maybe("SELECT * FROM request_log WHERE id = $1", args![id])
        .await?;
    row.as_ref().map(read).transpose()
}

pub(crate) fn read(row: &Row) -> Result<RequestRow, Fault> {
    let small = |number: Option<i64>| number.and_then(|number| u32::try_from(number).ok());
    let mut tokens = [0; 4];
    let mut all = true;
    for (place, column) in ["input", "cache_read", "cache_write", "output"]
        .into_iter()
        .enumerate()
    {
        let count: Option<i64> = row.get(column)?;
        all &= count.is_some();
        tokens[place] = unsigned(count.unwrap_or_default());
    }
    let text = |column| row.get::<Option<String>>(column);
    Ok(RequestRow {
        id: row.get("id")?,
        at: UnixMs::from_millis(row.get("at")?),
        key: text("key_id")?.and_then(|id| id.parse().ok()),
        credential: text("cred_id")?.and_then(|id| id.parse().ok()),
        provider: text("provider")?.map(ProviderId::new),
        model: row.get("model")?,
        protocol: row.get("protocol")?,
        status: u16::try_from(row.get::<i64>("status")?).unwrap_or_default(),
        attempts: small(Some(row.get("attempts")?)).unwrap_or_default(),
        first_byte_ms: small(row.get("first_byte_ms")?),
        total_ms: small(Some(row.get("total_ms")?)).unwrap_or_default(),
        tokens: all.then_some(tokens),
        error: row.get("error")?,
        reasoning: row.get::<Option<i64>>("reasoning")?.map(unsigned),
        held: small(row.get("held")?),
        story: text("story")?.and_then(|story| json(&story)),
    })
}
