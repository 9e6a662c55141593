//! Provider facts as data: one TOML file per provider in `providers/`, parsed and checked.
//!
//! No provider is named in code here, and nothing here goes over the network. A row that is wrong is an error that names file,
//! line and key; it is never skipped. Start with [`Catalog`], then [`Provider`], whose fields are the schema of the files.

mod catalog;
mod custom;
mod error;
mod model;
mod names;
mod overlay;
mod path;
mod provider;
mod quirks;
mod quota;
mod row;
mod said;
mod source;
mod template;
mod validate;

pub use catalog::Catalog;
pub use custom::CustomEndpoint;
pub use error::CatalogError;
pub use model::*;
pub use path::path_segments;
pub use quirks::{CallIds, Quirks, SchemaRule, SystemPlace, ThinkingStyle};
pub use quota::{BalanceRule, Quota, Share, WindowRule};
pub use template::UrlTemplate;

#[cfg(test)]
mod tests;
