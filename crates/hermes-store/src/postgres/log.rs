//! Requests and usage of every node, in transactions that the server confirms before they are durable: losing the last second
//! of them is acceptable.

use hermes_core::ProviderId;

use crate::RequestRow;
use crate::db::{Db, args};
use crate::fault::Fault;
use crate::sql::usage::Sums;
use crate::sqlite::log::KEPT;

pub(crate) async fn append(db: &mut Db<'_>, requests: &[RequestRow]) -> Result<(), Fault> {
    let Some(newest) = requests.iter().map(|request| request.at).max() else {
        return Ok(());
    };
    db.run("SET LOCAL synchronous_commit = off", args![]).await?;
    let mut sums = Sums::default();
    for request in requests {
        if insert(db, request).await? == 1 {
            sums.add(request);
        }
    }
    sums.write(db, "shared").await?;
    let text = "DELETE FROM request_log WHERE at < $1";
    db.run(text, args![newest.minus(KEPT)]).await?;
    Ok(())
}

async fn insert(db: &mut Db<'_>, request: &RequestRow) -> Result<u64, Fault> {
    let tokens = |place: usize| request.tokens.map(|tokens| tokens[place]);
    db.run(
        "INSERT INTO request_log (id, at, key_id, cred_id, provider, model, protocol, status, attempts, \
         first_byte_ms, total_ms, input, cache_read, cache_write, output, error, held, story, reasoning) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) \
         ON CONFLICT (id) DO NOTHING",
        args![
            &request.id,
            request.at,
            request.key.map(|id| id.to_string()),
            request.credential.map(|id| id.to_string()),
            request.provider.as_ref().map(ProviderId::as_str),
            &request.model,
            &request.protocol,
            u32::from(request.status),
            request.attempts,
            request.first_byte_ms.map(i64::from),
            request.total_ms,
            tokens(0),
            tokens(1),
            tokens(2),
            tokens(3),
            &request.error,
            request.held.map(i64::from),
            request.story.as_ref().and_then(|story| story.to_text()),
            request.reasoning,
        ],
    )
    .await
}
