//! What people paste: `code#state`, the address of the page they ended on, its query, or, where the login has no state, a bare code.

use hermes_catalog::Browser;
use hermes_core::Secret;
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
            return paste("it is empty");
        }
        if text.len() > LONGEST {
            return paste("it is longer than 16 KiB");
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return self.read_address(text);
        }
        let redirect = self.manual.as_ref().unwrap_or(&self.redirect).clone();
        if text.starts_with("code=") || text.contains("&code=") {
            return Ok((Callback::from_query(text.trim_start_matches('?'))?, redirect));
        }
        if text.chars().any(|one| one.is_control() || one.is_whitespace()) {
            return paste("it holds spaces or line ends");
        }
        match text.split_once('#') {
            Some((code, state)) if !code.is_empty() && !state.is_empty() => {
                Ok((Callback::with_code(code, Some(state)), redirect))
            }
            Some(_) => paste("one of the two parts around `#` is empty"),
            None if row.standard => paste("the part after `#` is missing"),
            None => Ok((Callback::with_code(text, None), redirect)),
        }
    }

    /// The address of the last page; only one of this login's own redirects counts.
    fn read_address(&self, text: &str) -> Result<(Callback, Url), OauthError> {
        let Ok(mut url) = Url::parse(text) else {
            return paste("it is not a web address");
        };
        let query = url.query().unwrap_or_default().to_owned();
        url.set_query(None);
        url.set_fragment(None);
        let ours = [Some(&self.redirect), self.manual.as_ref()].into_iter().flatten();
        let Some(redirect) = ours
            .clone()
            .find(|redirect| pkce::same(&bare(redirect), url.as_str()))
        else {
            return paste("it is not the address of the page where this login ends");
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

fn paste<T>(why: &'static str) -> Result<T, OauthError> {
    Err(OauthError::Paste { why })
}
