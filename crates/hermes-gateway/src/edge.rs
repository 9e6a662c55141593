use std::sync::Arc;

use crate::proxies::Network;
use crate::tls::Tls;

/// How other machines reach the listener. The default is none of it: this machine alone, over plain HTTP.
#[derive(Clone, Debug, Default)]
pub struct Edge {
    /// The listener's certificate; with it nothing else than TLS is spoken.
    pub tls: Option<Arc<Tls>>,
    /// A proxy speaks TLS with the clients and hands their requests on.
    pub behind_proxy: bool,
    /// Proxies that are believed when they name a client's address.
    pub trusted_proxies: Vec<Network>,
}

impl Edge {
    /// Whether clients come over HTTPS by one of `allowed_hosts`.
    pub fn is_remote(&self) -> bool {
        self.tls.is_some() || self.behind_proxy
    }
}
