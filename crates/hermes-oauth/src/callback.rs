use hermes_core::Secret;
use hermes_text::errors::oauth as say;
use url::form_urlencoded;

use crate::OauthError;

/// What an issuer's redirect says, unchecked.
#[derive(Clone, Debug, Default)]
pub struct Callback {
    /// Authorization code.
    pub code: Option<Secret>,
    /// State, as it came.
    pub state: Option<Secret>,
    /// Issuer (RFC 9207).
    pub iss: Option<String>,
    /// Error code.
    pub error: Option<String>,
    /// Error in words.
    pub error_description: Option<String>,
}

impl Callback {
    /// Reads a redirect's query, without the `?`. Unknown names are passed over.
    ///
    /// # Errors
    /// [`OauthError::Callback`] when a name comes twice (RFC 6749 section 3.1).
    pub fn from_query(query: &str) -> Result<Self, OauthError> {
        let mut callback = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let twice = match name.as_ref() {
                "code" => callback.code.replace(Secret::from(value.as_ref())).is_some(),
                "state" => callback.state.replace(Secret::from(value.as_ref())).is_some(),
                "iss" => callback.iss.replace(value.into_owned()).is_some(),
                "error" => callback.error.replace(value.into_owned()).is_some(),
                "error_description" => callback.error_description.replace(value.into_owned()).is_some(),
                _ => false,
            };
            if twice {
                return Err(OauthError::Callback { why: say::twice });
            }
        }
        callback.code = callback.code.filter(|code| !code.expose().is_empty());
        Ok(callback)
    }

    /// A code with the state that came along.
    pub(crate) fn with_code(code: &str, state: Option<&str>) -> Self {
        Self {
            code: Some(Secret::from(code)),
            state: state.map(Secret::from),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests;
