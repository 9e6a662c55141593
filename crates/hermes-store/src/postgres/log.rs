//! Requests and usage of every node, in transactions that the server confirms before they are durable: losing the last second
//! of them is acceptable.

use hermes_core::{ProviderId, UnixMs};

use crate::RequestRow;
use crate::db::{Db, Row, args, unsigned};
use crate::fault::Fault;
use crate::sqlite::log::{Group, KEPT, Sum, sums};

pub(crate) async fn append(db: &mut Db<'_>, requests: &[RequestRow]) -> Result<(), Fault> {
    let Some(newest) = requests.iter().map(|request| request.at).max() else {
        return Ok(());
    };
    db.run("SET LOCAL synchronous_commit = off", args![]).await?;
    let mut added = Vec::new();
    for request in requests {
        if insert(db, request).await? == 1 {
            added.push(request);
        }
    }
    for (group, sum) in &sums(&added) {
        count(db, group, sum).await?;
    }
    let text = "DELETE FROM request_log WHERE at < $1";
    db.run(text, args![newest.minus(KEPT)]).await?;
    Ok(())
}

async fn insert(db: &mut Db<'_>, request: &RequestRow) -> Result<u64, Fault> {
    let tokens = |place: usize| request.tokens.map(|tokens| tokens[place]);
    db.run(
        "INSERT INTO request_log (id, at, key_id, cred_id, provider, model, protocol, status, attempts, \
         first_byte_ms, total_ms, input, cache_read, cache_write, output, error) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) \
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
        ],
    )
    .await
}

async fn count(db: &mut Db<'_>, group: &Group<'_>, sum: &Sum) -> Result<(), Fault> {
    let (bucket, key, credential, model) = group;
    db.run(
        "INSERT INTO usage (node, bucket, key_id, cred_id, model, requests, failures, input, cache_read, \
         cache_write, output) VALUES ('shared', $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (node, bucket, key_id, cred_id, model) DO UPDATE SET \
         requests = usage.requests + excluded.requests, failures = usage.failures + excluded.failures, \
         input = usage.input + excluded.input, cache_read = usage.cache_read + excluded.cache_read, \
         cache_write = usage.cache_write + excluded.cache_write, output = usage.output + excluded.output",
        args![
            *bucket,
            key.map(|id| id.to_string()).unwrap_or_default(),
            credential.map(|id| id.to_string()).unwrap_or_default(),
            *model,
            sum.requests,
            sum.failures,
            sum.tokens[0],
            sum.tokens[1],
            sum.tokens[2],
            sum.tokens[3],
        ],
    )
    .await?;
    Ok(())
}

pub(crate) async fn request(db: &mut Db<'_>, id: &str) -> Result<Option<RequestRow>, Fault> {
    let row = db
        .maybe("SELECT * FROM request_log WHERE id = $1", args![id])
        .await?;
    row.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<RequestRow, Fault> {
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
    })
}
