//! What went wrong, and what a person can do about it: one module for each crate that has errors.
//!
//! A message says what happened and where, in one sentence without a full stop; a hint is a whole sentence.

pub mod api;
pub mod catalog;
pub mod gateway;
pub mod http;
pub mod oauth;
pub mod pool;
pub mod store;

use crate::{Lang, Word};

messages! {
    /// Stands between the last two of several things, any of which will do.
    or { en: " or ", zh: " 或 " }
    /// Stands between several things that hold together.
    and { en: " and ", zh: " 和 " }
    /// Stands between the names of a list.
    comma { en: ", ", zh: "、" }
    /// Stands between several clauses.
    semicolon { en: "; ", zh: "；" }
    /// A sentence, and what else is known about it.
    with_cause(text: &str, cause: &str) { en: "{text}: {cause}", zh: "{text}：{cause}" }
}

/// Names as code, joined by [`or`], [`and`] or [`comma`].
pub fn listed<S: AsRef<str>>(lang: Lang, names: &[S], between: Word) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
    quoted.join(between(lang))
}
