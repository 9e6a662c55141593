//! Labels and order within a provider, and removal.

use super::credentials::one;
use super::events::{NewEvent, record};
use super::{change, credentials, pools};
use crate::StoreError;
use crate::db::{Db, args};
use crate::fault::Fault;
use hermes_core::{CredentialId, NewCredential, ProviderId, UnixMs};
use hermes_text::Both;
use hermes_text::errors::store as text;

/// Longest label, in characters.
const LABEL_LIMIT: usize = 64;

/// A label without control characters or surrounding blanks, cut to its limit.
pub(crate) fn clean(label: &str) -> String {
    let printable: String = label.chars().filter(|c| !c.is_control()).collect();
    let cut: String = printable.trim().chars().take(LABEL_LIMIT).collect();
    cut.trim_end().to_owned()
}

/// What must be unique: labels that differ only in case are the same.
pub(crate) fn label_key(label: &str) -> String {
    clean(label).to_lowercase()
}

async fn is_taken(db: &mut Db<'_>, provider: &ProviderId, label: &str) -> Result<bool, Fault> {
    let text = "SELECT count(*) FROM credential WHERE provider = $1 AND label_key = $2";
    let found = db
        .number(text, args![provider.as_str(), label_key(label)])
        .await?;
    Ok(found > 0)
}

fn taken(provider: &ProviderId, label: &str) -> Fault {
    let what = Both::of(|lang| text::label_of(lang, label, provider));
    StoreError::Taken { what }.into()
}

/// The label of a new credential: the chosen one, else the account's name, else the provider and the next free number.
pub(crate) async fn free_label(db: &mut Db<'_>, login: &NewCredential) -> Result<String, Fault> {
    let provider = &login.provider;
    let filled = |label: &Option<String>| label.as_deref().map(clean).filter(|label| !label.is_empty());
    if let Some(label) = filled(&login.label) {
        if is_taken(db, provider, &label).await? {
            return Err(taken(provider, &label));
        }
        return Ok(label);
    }
    let display = filled(&login.account.display);
    let mut number = 1_u32;
    loop {
        let label = match &display {
            Some(name) if number == 1 => name.clone(),
            Some(name) => numbered(name, number),
            None => clean(&format!("{provider}-{number}")),
        };
        if !is_taken(db, provider, &label).await? {
            return Ok(label);
        }
        number += 1;
    }
}

/// `name (2)`, within the limit.
fn numbered(name: &str, number: u32) -> String {
    let ending = format!(" ({number})");
    let room = LABEL_LIMIT - ending.len();
    let mut label: String = name.chars().take(room).collect();
    label.push_str(&ending);
    label
}

/// The provider's credentials in order.
pub(crate) async fn provider_order(db: &mut Db<'_>, provider: &ProviderId) -> Result<Vec<String>, Fault> {
    let text = "SELECT id FROM credential WHERE provider = $1 ORDER BY priority";
    let rows = db.all(text, args![provider.as_str()]).await?;
    rows.iter().map(|row| row.get("id")).collect()
}

/// Numbers the provider's credentials from zero in this order.
async fn renumber(db: &mut Db<'_>, provider: &ProviderId, order: &[String]) -> Result<(), Fault> {
    // Out of the way first: uniqueness is checked row by row.
    db.run(
        "UPDATE credential SET priority = -1 - priority WHERE provider = $1",
        args![provider.as_str()],
    )
    .await?;
    for (place, id) in (0_i64..).zip(order) {
        db.run(
            "UPDATE credential SET priority = $2 WHERE id = $1",
            args![id, place],
        )
        .await?;
    }
    Ok(())
}

pub(crate) async fn rename(db: &mut Db<'_>, id: CredentialId, label: &str, now: UnixMs) -> Result<(), Fault> {
    let label = clean(label);
    if label.is_empty() {
        let what = Both::of(text::label_text);
        return Err(StoreError::Missing { what }.into());
    }
    let provider = one(db, id).await?.provider;
    pools::lock(db, &provider).await?;
    let credential = one(db, id).await?;
    let same = label_key(&credential.label) == label_key(&label);
    if !same && is_taken(db, &provider, &label).await? {
        return Err(taken(&provider, &label));
    }
    db.run(
        "UPDATE credential SET label = $2, label_key = $3 WHERE id = $1",
        args![id.to_string(), &label, label_key(&label)],
    )
    .await?;
    let detail = format!("renamed from `{}` to `{label}`", credential.label);
    record(db, now, NewEvent::of(&credential, "renamed", &detail)).await?;
    change::touch(db, id).await?;
    Ok(())
}

pub(crate) async fn set_priority(
    db: &mut Db<'_>,
    id: CredentialId,
    place: u32,
    now: UnixMs,
) -> Result<(), Fault> {
    let provider = one(db, id).await?.provider;
    pools::lock(db, &provider).await?;
    let credential = one(db, id).await?;
    let own = id.to_string();
    let mut order = provider_order(db, &provider).await?;
    order.retain(|other| *other != own);
    let place = usize::try_from(place).unwrap_or(usize::MAX).min(order.len());
    order.insert(place, own);
    renumber(db, &provider, &order).await?;
    let detail = format!("moved from place {} to {place}", credential.priority);
    record(db, now, NewEvent::of(&credential, "moved", &detail)).await?;
    // Every member of the pool may have got another place.
    change::touch_whole(db, None).await
}

pub(crate) async fn set_weight(
    db: &mut Db<'_>,
    id: CredentialId,
    weight: u32,
    now: UnixMs,
) -> Result<(), Fault> {
    let weight = weight.max(1);
    credentials::lock(db, id).await?;
    let credential = one(db, id).await?;
    db.run(
        "UPDATE credential SET weight = $2 WHERE id = $1",
        args![id.to_string(), weight],
    )
    .await?;
    let detail = format!("weight changed from {} to {weight}", credential.weight);
    record(db, now, NewEvent::of(&credential, "weight", &detail)).await?;
    change::touch(db, id).await?;
    Ok(())
}

pub(crate) async fn remove(db: &mut Db<'_>, id: CredentialId, now: UnixMs) -> Result<(), Fault> {
    let provider = one(db, id).await?.provider;
    pools::lock(db, &provider).await?;
    credentials::lock(db, id).await?;
    let credential = one(db, id).await?;
    db.run("DELETE FROM credential WHERE id = $1", args![id.to_string()])
        .await?;
    let order = provider_order(db, &provider).await?;
    renumber(db, &provider, &order).await?;
    let detail = format!("`{}` of `{provider}` removed", credential.label);
    record(db, now, NewEvent::of(&credential, "removed", &detail)).await?;
    change::touch_whole(db, Some(id)).await
}
