//! Every setting in force with its origin.

use hermes_core::Protocol;
use toml::Spanned;

use super::{Config, DEFAULT_LISTEN, RawHolder};

/// The origin of a value that nobody set.
pub(crate) const DEFAULT: &str = "default";

/// One effective value, for `config show`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) struct Effective {
    /// Dotted key.
    pub(crate) key: String,
    /// Value as TOML.
    pub(crate) value: String,
    /// `default`, `config.toml line 3`, an environment variable, or a flag.
    pub(crate) origin: String,
}

impl Config {
    /// Every value with its origin.
    pub(crate) fn effective(&self) -> Vec<Effective> {
        let mut out = Vec::new();
        let gateway = &self.raw.gateway;
        self.push(
            &mut out,
            "gateway.listen",
            gateway.listen.as_ref().map(shown),
            quoted(DEFAULT_LISTEN),
        );
        self.push(
            &mut out,
            "gateway.allowed_hosts",
            gateway.allowed_hosts.as_ref().map(shown),
            "[]".to_owned(),
        );
        self.push_set(
            &mut out,
            "gateway.tls_cert".to_owned(),
            gateway.tls_cert.as_ref().map(shown),
        );
        self.push_set(
            &mut out,
            "gateway.tls_key".to_owned(),
            gateway.tls_key.as_ref().map(shown),
        );
        self.push_set(
            &mut out,
            "gateway.behind_proxy".to_owned(),
            gateway.behind_proxy.as_ref().map(shown),
        );
        self.push_set(
            &mut out,
            "gateway.trusted_proxies".to_owned(),
            gateway.trusted_proxies.as_ref().map(shown),
        );
        self.push_set(
            &mut out,
            "gateway.strict".to_owned(),
            gateway.strict.as_ref().map(shown),
        );
        let holder = self
            .raw
            .store
            .holder
            .as_ref()
            .map(|one| (one.span().start, quoted(holder_name(*one.get_ref()))));
        self.push(&mut out, "store.holder", holder, quoted("auto"));
        for (alias, model) in &self.raw.routes {
            self.push_set(&mut out, format!("routes.{alias}"), Some(shown(model)));
        }
        for (name, raw) in &self.raw.providers {
            let key = |field: &str| format!("providers.{}.{field}", name.get_ref());
            self.push_set(&mut out, key("enabled"), raw.enabled.as_ref().map(shown));
            self.push_set(
                &mut out,
                key("api_mode"),
                raw.api_mode.as_ref().map(protocol_shown),
            );
            self.push_set(
                &mut out,
                key("base_url"),
                raw.base_url
                    .as_ref()
                    .map(|one| (one.span().start, quoted(one.get_ref().as_str()))),
            );
        }
        for (name, raw) in &self.raw.endpoints {
            let key = |field: &str| format!("endpoints.{}.{field}", name.get_ref());
            self.push_set(&mut out, key("base_url"), Some(shown(&raw.base_url)));
            self.push_set(
                &mut out,
                key("protocol"),
                raw.protocol.as_ref().map(protocol_shown),
            );
            self.push_set(&mut out, key("key_env"), raw.key_env.as_ref().map(shown));
            self.push_set(&mut out, key("auth"), raw.auth.as_ref().map(shown));
            self.push_set(&mut out, key("models"), raw.models.as_ref().map(shown));
        }
        out
    }

    fn push(&self, out: &mut Vec<Effective>, key: &str, set: Option<(usize, String)>, default: String) {
        let (value, origin) = match set {
            Some((at, value)) => (value, self.place(at)),
            None => (default, DEFAULT.to_owned()),
        };
        out.push(Effective {
            key: key.to_owned(),
            value,
            origin,
        });
    }

    fn push_set(&self, out: &mut Vec<Effective>, key: String, set: Option<(usize, String)>) {
        if let Some((at, value)) = set {
            out.push(Effective {
                key,
                value,
                origin: self.place(at),
            });
        }
    }
}

/// A value as TOML with its place.
fn shown<T: serde::Serialize>(value: &Spanned<T>) -> (usize, String) {
    let text = serde_json::to_string(value.get_ref()).expect("settings hold only text, numbers and lists");
    (value.span().start, text)
}

fn protocol_shown(value: &Spanned<Protocol>) -> (usize, String) {
    (value.span().start, quoted(value.get_ref().as_str()))
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn holder_name(holder: RawHolder) -> &'static str {
    match holder {
        RawHolder::Auto => "auto",
        RawHolder::Keyring => "keyring",
        RawHolder::Passphrase => "passphrase",
        RawHolder::KeyFile => "key-file",
    }
}
