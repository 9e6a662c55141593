//! Lists of requests, newest first. Ids carry their time, so their order is that of the requests.

use std::collections::HashMap;

use hermes_core::{CredentialId, UnixMs};

use super::log::read;
use crate::db::{Db, Part, args};
use crate::fault::Fault;
use crate::{RequestFilter, RequestPage, RequestRow};

/// Most rows of a page.
const MOST: u32 = 200;
/// Most models that are looked at for a part of their name.
const MODELS: i64 = 5_000;
/// Up to so many models are asked for one by one, each by its index; more of them are common among the newest requests.
const FEW: usize = 8;
/// Credentials that one statement asks for.
const AT_ONCE: usize = 100;

pub(crate) async fn page(db: &mut Db<'_>, filter: &RequestFilter) -> Result<RequestPage, Fault> {
    let most = filter.limit.clamp(1, MOST);
    // One more than asked for tells whether there is a next page.
    let mut rows = match &filter.model {
        None => select(db, filter, &[], most + 1).await?,
        Some(part) => {
            let models = models(db, part).await?;
            of_models(db, filter, &models, most + 1).await?
        }
    };
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let is_more = rows.len() > most;
    rows.truncate(most);
    let next = rows.last().filter(|_| is_more).map(|row| row.id.clone());
    Ok(RequestPage { rows, next })
}

/// The models whose name has a part, in any case. They are found by jumps in the index, not by a look at every request.
async fn models(db: &mut Db<'_>, part: &str) -> Result<Vec<String>, Fault> {
    let rows = db
        .all(
            "WITH RECURSIVE known (model) AS (SELECT min(model) FROM request_log UNION ALL \
             SELECT (SELECT min(model) FROM request_log WHERE model > known.model) FROM known \
             WHERE known.model IS NOT NULL) SELECT model FROM known WHERE model IS NOT NULL LIMIT $1",
            args![MODELS],
        )
        .await?;
    let part = part.to_lowercase();
    let mut found = Vec::new();
    for row in rows {
        let model: String = row.nth(0)?;
        if model.to_lowercase().contains(&part) {
            found.push(model);
        }
    }
    Ok(found)
}

/// When the newest request of each of these credentials began. Each is found by one step in the index.
pub(crate) async fn last(
    db: &mut Db<'_>,
    credentials: &[CredentialId],
) -> Result<HashMap<CredentialId, UnixMs>, Fault> {
    let mut found = HashMap::new();
    for some in credentials.chunks(AT_ONCE) {
        let mut parts = vec![Part::Text("SELECT cred_id, at FROM request_log WHERE id IN (")];
        for (place, id) in some.iter().enumerate() {
            parts.extend((place > 0).then_some(Part::Text(" UNION ALL ")));
            parts.extend([
                Part::Text("SELECT (SELECT max(id) FROM request_log WHERE cred_id = "),
                Part::Place(id.to_string().into()),
                Part::Text(")"),
            ]);
        }
        parts.push(Part::Text(")"));
        for row in db.built(parts).await? {
            let id: Option<String> = row.nth(0)?;
            if let Some(id) = id.and_then(|id| id.parse().ok()) {
                found.insert(id, UnixMs::from_millis(row.nth(1)?));
            }
        }
    }
    Ok(found)
}

async fn of_models(
    db: &mut Db<'_>,
    filter: &RequestFilter,
    models: &[String],
    most: u32,
) -> Result<Vec<RequestRow>, Fault> {
    if models.len() > FEW {
        return select(db, filter, models, most).await;
    }
    let mut rows = Vec::new();
    for model in models {
        rows.extend(select(db, filter, std::slice::from_ref(model), most).await?);
    }
    rows.sort_by(|one, other| other.id.cmp(&one.id));
    Ok(rows)
}

/// The newest requests that a filter lets through, of these models or of any.
async fn select(
    db: &mut Db<'_>,
    filter: &RequestFilter,
    models: &[String],
    most: u32,
) -> Result<Vec<RequestRow>, Fault> {
    let mut parts = vec![Part::Text("SELECT * FROM request_log WHERE 1 = 1")];
    let mut only = |text, value: Option<crate::db::Value>| {
        if let Some(value) = value {
            parts.extend([Part::Text(text), Part::Place(value)]);
        }
    };
    only(" AND id < ", filter.before.as_ref().map(Into::into));
    only(
        " AND provider = ",
        filter.provider.as_ref().map(|id| id.as_str().into()),
    );
    only(
        " AND cred_id = ",
        filter.credential.map(|id| id.to_string().into()),
    );
    only(" AND key_id = ", filter.key.map(|id| id.to_string().into()));
    for (place, model) in models.iter().enumerate() {
        let text = if place == 0 { " AND model IN (" } else { ", " };
        parts.extend([Part::Text(text), Part::Place(model.into())]);
    }
    if !models.is_empty() {
        parts.push(Part::Text(")"));
    }
    if filter.failed {
        parts.push(Part::Text(" AND error IS NOT NULL"));
    }
    parts.extend([Part::Text(" ORDER BY id DESC LIMIT "), Part::Place(most.into())]);
    db.built(parts).await?.iter().map(read).collect()
}
