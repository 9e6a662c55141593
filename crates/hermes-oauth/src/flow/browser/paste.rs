//! What people paste: `code#state`, the address of the page they ended on, its query, or, where the login has no state, a bare code.

use hermes_catalog::Browser;
use hermes_core::Secret;
use hermes_text::Word;
use hermes_text::errors::oauth as say;
use url::Url;

use super::Memory;
use crate::callback::Callback;
use crate::{OauthError, pkce};

/// Longest text that is looked at, bytes.
const LONGEST: usize = 16 * 1024;

impl Memory {
    /// Reads pasted text: what it says, and which redirect its code belongs to.
    pub(super) fn read_paste(&self, row: &Browser, text: &Secret) -> Result<(Callback, Url), OauthError> {
        let text = text.expose().trim();
        if text.is_empty() {
            return paste(say::empty);
        }
        if text.len() > LONGEST {
            return paste(say::too_long);
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return self.read_address(text);
        }
        let redirect = self.manual.as_ref().unwrap_or(&self.redirect).clone();
        if text.starts_with("code=") || text.contains("&code=") {
            return Ok((Callback::from_query(text.trim_start_matches('?'))?, redirect));
        }
        if text.chars().any(|one| one.is_control() || one.is_whitespace()) {
            return paste(say::spaces);
        }
        match text.split_once('#') {
            Some((code, state)) if !code.is_empty() && !state.is_empty() => {
                Ok((Callback::with_code(code, Some(state)), redirect))
            }
            Some(_) => paste(say::half),
            None if row.standard => paste(say::no_state),
            None => Ok((Callback::with_code(text, None), redirect)),
        }
    }

    /// The address of the last page; only one of this login's own redirects counts.
    fn read_address(&self, text: &str) -> Result<(Callback, Url), OauthError> {
        let Ok(mut url) = Url::parse(text) else {
            return paste(say::not_address);
        };
        let query = url.query().unwrap_or_default().to_owned();
        url.set_query(None);
        url.set_fragment(None);
        let ours = [Some(&self.redirect), self.manual.as_ref()].into_iter().flatten();
        let Some(redirect) = ours
            .clone()
            .find(|redirect| pkce::same(&bare(redirect), url.as_str()))
        else {
            return paste(say::other_page);
        };
        Ok((Callback::from_query(&query)?, redirect.clone()))
    }
}

/// An address without query and fragment.
fn bare(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

fn paste<T>(why: Word) -> Result<T, OauthError> {
    Err(OauthError::Paste { why })
}
