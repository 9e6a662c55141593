//! Sealing of secret columns with XChaCha20-Poly1305.
//!
//! The additional data binds a blob to its store, table, row, column, generation and key, and to the plain columns that
//! decide where the secret may go. A blob that was moved, replayed from an older generation, or whose plain columns were
//! changed does not open.

use std::sync::Arc;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hermes_core::{CredentialId, Random, Secret};
use sha2::{Digest, Sha256};

use crate::lock::hex;

/// First byte of every blob.
const FORMAT: u8 = 1;
const NONCE: usize = 24;

/// Where a blob belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cell<'a> {
    pub(crate) table: &'static str,
    pub(crate) row: &'a str,
    pub(crate) column: &'static str,
    pub(crate) generation: u64,
    /// The plain columns that are bound to the secret, in a canonical form.
    pub(crate) bound: &'a str,
}

/// The open data key of one store.
pub(crate) struct Sealer {
    store: String,
    key_id: String,
    key: Secret<[u8; 32]>,
    random: Arc<dyn Random>,
}

impl Sealer {
    pub(crate) fn new(store: &str, key_id: &str, key: Secret<[u8; 32]>, random: Arc<dyn Random>) -> Self {
        Self {
            store: store.to_owned(),
            key_id: key_id.to_owned(),
            key,
            random,
        }
    }

    /// Seals a secret for its cell.
    pub(crate) fn seal(&self, cell: Cell<'_>, secret: &str) -> Vec<u8> {
        encrypt(
            &self.key,
            secret.as_bytes(),
            &self.context(cell),
            self.random.as_ref(),
        )
    }

    /// Opens a cell's blob; none when it is not the one that was sealed for this cell.
    pub(crate) fn open(&self, cell: Cell<'_>, blob: &[u8]) -> Option<Secret> {
        let plain = decrypt(&self.key, blob, &self.context(cell))?;
        String::from_utf8(plain.expose().clone()).ok().map(Secret::new)
    }

    /// The store that this seals for.
    pub(crate) fn store(&self) -> &str {
        &self.store
    }

    /// Tells one access token of a credential from another without telling it. Tokens are long and random, so a hash of one
    /// gives nothing away.
    pub(crate) fn fingerprint(&self, id: CredentialId, token: &Secret) -> String {
        let text = framed(&[
            b"hermes token 1",
            self.store.as_bytes(),
            id.to_string().as_bytes(),
            token.expose().as_bytes(),
        ]);
        hex(&Sha256::digest(&text)[..8])
    }

    fn context(&self, cell: Cell<'_>) -> Vec<u8> {
        framed(&[
            b"hermes cell 1",
            self.store.as_bytes(),
            self.key_id.as_bytes(),
            cell.table.as_bytes(),
            cell.row.as_bytes(),
            cell.column.as_bytes(),
            &cell.generation.to_be_bytes(),
            cell.bound.as_bytes(),
        ])
    }
}

/// Joins fields so that no two lists of fields give the same bytes.
pub(crate) fn framed(fields: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for field in fields {
        bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

/// Format byte, nonce, ciphertext and tag.
pub(crate) fn encrypt(key: &Secret<[u8; 32]>, plain: &[u8], context: &[u8], random: &dyn Random) -> Vec<u8> {
    let mut nonce = [0; NONCE];
    random.fill(&mut nonce);
    let sealed = XChaCha20Poly1305::new(key.expose().into())
        .encrypt(
            &XNonce::from(nonce),
            Payload {
                msg: plain,
                aad: context,
            },
        )
        .expect("a secret in memory is far below the cipher's limit of 256 GiB");
    let mut blob = Vec::with_capacity(1 + NONCE + sealed.len());
    blob.push(FORMAT);
    blob.extend_from_slice(&nonce);
    blob.extend_from_slice(&sealed);
    blob
}

/// The opposite of [`encrypt`]; none when key, blob or context are not the same.
pub(crate) fn decrypt(key: &Secret<[u8; 32]>, blob: &[u8], context: &[u8]) -> Option<Secret<Vec<u8>>> {
    let (format, rest) = blob.split_first()?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
    if *format != FORMAT {
        return None;
    }
    XChaCha20Poly1305::new(key.expose().into())
        .decrypt(
            &XNonce::from(*nonce),
            Payload {
                msg: sealed,
                aad: context,
            },
        )
        .ok()
        .map(Secret::new)
}

#[cfg(test)]
mod tests;
