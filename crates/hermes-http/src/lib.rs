//! The one HTTP client: login, refresh and quota calls through [`Http::call`], the gateway's traffic through [`Http::send`].
//!
//! It must never send a credential to an origin it is not bound to, follow a redirect nobody allowed, dial an address
//! that the rules refuse, or decode, buffer or retry what it only carries. Start with [`Http`], then [`Call`] and
//! [`Attach`]; the connection's life is in `dial.rs` (from name to socket) and `pool.rs` (kept alive and taken again).

mod address;
mod attach;
mod body;
mod call;
mod client;
mod dial;
mod error;
mod lab;
mod locate;
mod one_shot;
mod pool;
mod proxy;
mod socket;
mod tls;

pub use attach::{Attach, AttachStyle};
pub use body::{ReplyBody, SendBody};
pub use call::{Answer, Call, CallBody, DEFAULT_LIMIT, DEFAULT_TIMEOUT, Redirect};
pub use client::{Http, HttpConfig};
pub use error::HttpError;
pub use lab::Lab;
pub use locate::{join, origin_of};
pub use proxy::ProxySettings;
pub use url::Url;
