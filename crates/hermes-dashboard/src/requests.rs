//! Requests as answers, events and rows of a page: one form for all three.

use std::borrow::Cow;
use std::collections::HashMap;

use hermes_core::{CredentialId, KeyId};
use hermes_pool::{RequestRow, StoreError};

use crate::pages::requests::Request;
use crate::shared::Shared;

/// What ids are called.
pub(crate) struct Names<'a> {
    shared: &'a Shared,
    keys: Cow<'a, HashMap<KeyId, String>>,
}

/// The names of client keys.
pub(crate) async fn key_names(shared: &Shared) -> Result<HashMap<KeyId, String>, StoreError> {
    let keys = shared.parts.keys.list().await?;
    Ok(keys.into_iter().map(|key| (key.id, key.name)).collect())
}

impl<'a> Names<'a> {
    /// Reads the names of keys once, for many rows.
    pub(crate) async fn read(shared: &'a Shared) -> Result<Self, StoreError> {
        Ok(Self {
            keys: Cow::Owned(key_names(shared).await?),
            shared,
        })
    }

    /// With names of keys that were read before.
    pub(crate) fn with(shared: &'a Shared, keys: &'a HashMap<KeyId, String>) -> Self {
        Self {
            shared,
            keys: Cow::Borrowed(keys),
        }
    }

    /// The label of a credential; none for one that was removed.
    pub(crate) fn credential(&self, id: CredentialId) -> Option<String> {
        self.shared.parts.pool.label(id)
    }

    pub(crate) fn key(&self, id: KeyId) -> Option<String> {
        self.keys.get(&id).cloned()
    }

    /// A row with names in the place of ids.
    pub(crate) fn request(&self, row: &RequestRow) -> Request {
        Request {
            id: row.id.clone(),
            at: row.at,
            model: row.model.clone(),
            provider_name: row.provider.as_ref().map(|id| self.shared.name_of(id)),
            credential_label: row.credential.and_then(|id| self.credential(id)),
            key_name: row.key.and_then(|id| self.key(id)),
            status: row.status,
            attempts: row.attempts,
            first_byte_ms: row.first_byte_ms,
            total_ms: row.total_ms,
            tokens_in: row
                .tokens
                .map(|[input, read, write, _]| input.saturating_add(read).saturating_add(write)),
            tokens_out: row.tokens.map(|[.., output]| output),
            error: row.error.clone(),
        }
    }
}
