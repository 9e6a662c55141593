/// Why a request cannot be sent to an upstream of another protocol. The client gets it as a 400 in its own error shape, with `at` as the
/// parameter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unsupported {
    /// A stable name: `unsupported_by_upstream`, `unsupported_parameter`, `invalid_request`.
    pub code: &'static str,
    /// JSON path in the client's request.
    pub at: String,
    /// Field, upstream and a way out, in words.
    pub message: String,
}

/// Most that an error repeats of a client's own words, bytes.
const REPEATED: usize = 1024;

/// The beginning of a client's words.
fn beginning(text: &str) -> &str {
    &text[..text.floor_char_boundary(REPEATED)]
}

impl Unsupported {
    /// The upstream has no counterpart; `way_out` is a sentence.
    pub fn new(at: impl Into<String>, what: &str, upstream: &str, way_out: &str) -> Self {
        let at = beginning(&at.into()).to_owned();
        let what = beginning(what);
        Self {
            code: "unsupported_by_upstream",
            message: format!("`{at}`: {what} cannot be sent to {upstream}. {way_out}"),
            at,
        }
    }

    /// The request leans on something that only upstreams of the client's protocol keep.
    pub(crate) fn demand(at: &str, upstream: &str) -> Self {
        let mut error = Self::new(
            at,
            "what it refers to or asks for",
            upstream,
            "Send the whole conversation instead, or use a model whose provider speaks the protocol of the request.",
        );
        error.code = "unsupported_parameter";
        error
    }

    /// The request is not what its own protocol asks for.
    pub fn invalid(at: impl Into<String>, problem: &str) -> Self {
        let at = beginning(&at.into()).to_owned();
        let problem = beginning(problem);
        Self {
            code: "invalid_request",
            message: format!("`{at}` {problem}"),
            at,
        }
    }

    pub(crate) fn strict(at: &str) -> Self {
        let at = beginning(at).to_owned();
        Self {
            code: "unsupported_by_upstream",
            message: format!(
                "`{at}` has no counterpart at the upstream and would be left out. Leave it out yourself, or send the request without `x-hermes-strict`."
            ),
            at,
        }
    }
}
