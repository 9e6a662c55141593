//! Everything that a move from one back end to another takes along.

use hermes_core::{Credential, Health, LoginCause, Material, Secret, UnixMs};
use hermes_text::Both;
use hermes_text::errors::store as text;

use crate::db::{Db, args};
use crate::fault::Fault;
use crate::lease::Phase;
use crate::seal::Sealer;
use crate::sql::events::{NewEvent, record};
use crate::sql::{Tools, change, credentials, health, keys, lease, pools, secrets, settings, text};
use crate::{ClientKey, PoolRow, StoreError};

/// Settings that speak of the store itself.
const OWN: [&str; 2] = ["place", "heir"];

/// The contents of a store, its secrets open. Login attempts and sessions, which end by
/// themselves, and the record of events stay behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dump {
    /// Every login.
    pub credentials: Vec<Dumped>,
    /// How pools choose.
    pub pools: Vec<PoolRow>,
    /// Client keys.
    pub keys: Vec<ClientKey>,
    /// Plain settings.
    pub settings: Vec<(String, String)>,
    /// Secret settings.
    pub secrets: Vec<(String, Secret)>,
}

/// A login with its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dumped {
    /// The login.
    pub credential: Credential,
    /// Its secrets.
    pub material: Material,
    /// Why its refresh token is dead, if it is.
    pub dead: Option<LoginCause>,
}

pub(crate) async fn take(db: &mut Db<'_>, sealer: &Sealer) -> Result<Dump, Fault> {
    let kept = health::all(db).await?;
    let mut dumped = Vec::new();
    for row in credentials::rows(db).await? {
        let mut credential = credentials::read(&row, &kept)?;
        let dead = resting_cause(db, &credential).await?;
        let (_, material) = secrets::open(sealer, &row, &kept)?;
        // It is made anew wherever the token is stored.
        credential.fingerprint.clear();
        dumped.push(Dumped {
            credential,
            material,
            dead,
        });
    }
    let mut dump = Dump {
        credentials: dumped,
        pools: pools::list(db).await?,
        keys: keys::list(db).await?,
        settings: Vec::new(),
        secrets: Vec::new(),
    };
    for row in db.all("SELECT * FROM setting ORDER BY name", args![]).await? {
        let name: String = row.get("name")?;
        match (
            row.get::<Option<String>>("value")?,
            row.get::<Option<Vec<u8>>>("sealed")?,
        ) {
            (Some(value), _) if !OWN.contains(&name.as_str()) => dump.settings.push((name, value)),
            (_, Some(blob)) => {
                let secret = settings::open(sealer, &name, &blob)?;
                dump.secrets.push((name, secret));
            }
            _ => {}
        }
    }
    Ok(dump)
}

/// The cause of a dead refresh token. A renewal under way or in doubt must end first: its answer would come to the wrong store.
async fn resting_cause(db: &mut Db<'_>, credential: &Credential) -> Result<Option<LoginCause>, Fault> {
    let found = lease::find(db, credential.id, UnixMs::from_millis(0)).await?;
    let Some(lease) = found.map(|found| found.lease) else {
        return Ok(None);
    };
    match lease.phase {
        Phase::Idle => Ok(None),
        Phase::NeedsLogin => Ok(lease.cause),
        Phase::Leased | Phase::Sent | Phase::Uncertain => Err(StoreError::NotForThis {
            problem: Both::of(|lang| text::renewal_open(lang, &credential.label)),
            instead: text::renewal_open_next,
        }
        .into()),
    }
}

pub(crate) async fn put(db: &mut Db<'_>, tools: Tools<'_>, dump: &Dump, now: UnixMs) -> Result<(), Fault> {
    let filled = db.number("SELECT count(*) FROM credential", args![]).await?;
    if filled > 0 {
        let what = Both::of(text::filled_store);
        return Err(StoreError::Taken { what }.into());
    }
    for pool in &dump.pools {
        pools::lock(db, &pool.provider).await?;
        let text = "UPDATE pool SET strategy = $2 WHERE provider = $1";
        db.run(text, args![pool.provider.as_str(), pool.strategy.as_str()])
            .await?;
    }
    for one in &dump.credentials {
        put_credential(db, tools, one).await?;
    }
    // A server's store that was made for this has a client key of its own at most by accident; these are the ones in use.
    db.run("DELETE FROM client_key", args![]).await?;
    for key in &dump.keys {
        keys::insert(db, key).await?;
    }
    for (name, value) in &dump.settings {
        settings::set(db, name, Some(value)).await?;
    }
    for (name, secret) in &dump.secrets {
        db.run("DELETE FROM setting WHERE name = $1", args![name]).await?;
        settings::make_secret(db, tools, name, &|| secret.clone()).await?;
    }
    let words = format!("{} logins came from another store", dump.credentials.len());
    record(db, now, NewEvent::general("imported", &words)).await?;
    change::touch_whole(db, None).await
}

async fn put_credential(db: &mut Db<'_>, tools: Tools<'_>, one: &Dumped) -> Result<(), Fault> {
    let row = &one.credential;
    credentials::write_credential(db, row).await?;
    secrets::write_secrets(db, tools.sealer, row, &one.material).await?;
    if row.health != Health::Ready {
        health::put(db, row.id, &row.health).await?;
    }
    for rest in &row.rests {
        let health = Health::Cooling {
            until: rest.until,
            cause: rest.cause,
            scope: rest.scope.clone(),
        };
        health::put(db, row.id, &health).await?;
    }
    if let Some(cause) = &one.dead {
        db.run(
            "UPDATE credential_lease SET phase = 'needs-login', cause = $2 WHERE cred_id = $1",
            args![row.id.to_string(), text(cause)],
        )
        .await?;
    }
    Ok(())
}
