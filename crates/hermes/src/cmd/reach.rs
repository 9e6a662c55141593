//! Who can reach the listener: this machine alone, or other machines, and what that takes.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use hermes_dashboard::Passwords;
use hermes_gateway::{Edge, GatewayError, Tls};
use hermes_text::cli::{frame, serve as words};
use hermes_text::{Both, Lang, Word};
use url::Url;

use crate::app::App;
use crate::args::Up;
use crate::config::DEFAULT_LISTEN;
use crate::failure::Failure;

/// Where the listener is, and how clients come to it.
#[derive(Debug)]
pub(super) struct Reach {
    pub(super) address: SocketAddr,
    pub(super) edge: Edge,
    /// Names by which other machines come through TLS; empty where only this one is served.
    pub(super) far_hosts: Vec<String>,
}

/// Something that other machines need: its name, and the next step.
struct Missing(Word, Word);

/// What lets other machines in, as the person has set it.
#[derive(Debug, Default)]
struct Wanted {
    /// Certificate chain and key.
    tls: Option<(PathBuf, PathBuf)>,
    behind_proxy: bool,
}

impl Wanted {
    fn of(app: &App<'_>, args: &Up) -> Self {
        let given = args.tls_cert.clone().zip(args.tls_key.clone());
        // Flags take the place of what the file says, and do not mix with it.
        if given.is_some() || args.behind_proxy {
            return Self {
                tls: given,
                behind_proxy: args.behind_proxy,
            };
        }
        Self::configured(app)
    }

    fn configured(app: &App<'_>) -> Self {
        Self {
            tls: app.config.tls_files(),
            behind_proxy: app.config.behind_proxy(),
        }
    }

    /// Whether other machines are let in, by the address or by one that hands on.
    fn is_remote(&self, address: SocketAddr) -> bool {
        !is_here(address.ip()) || self.tls.is_some() || self.behind_proxy
    }

    /// What has to be there before other machines are let in, and is not.
    async fn missing(&self, app: &App<'_>) -> Result<Vec<Missing>, Failure> {
        let mut missing = Vec::new();
        if self.tls.is_none() && !self.behind_proxy {
            missing.push(Missing(words::tls, words::tls_next));
        }
        if far_hosts(app).is_empty() {
            missing.push(Missing(words::name, words::name_next));
        }
        if !has_password(app).await? {
            missing.push(Missing(words::a_password, words::a_password_next));
        }
        Ok(missing)
    }
}

impl Reach {
    /// Reads settings and certificate.
    ///
    /// # Errors
    /// An address that others can reach, or a way for them, without everything that protects it. No flag changes that.
    pub(super) async fn of(app: &App<'_>, args: &Up) -> Result<Self, Failure> {
        let address = address(args.listen.as_deref().unwrap_or_else(|| app.config.listen()))?;
        let wanted = Wanted::of(app, args);
        if !wanted.is_remote(address) {
            return Ok(Self {
                address,
                edge: Edge::default(),
                far_hosts: Vec::new(),
            });
        }
        let missing = wanted.missing(app).await?;
        if !missing.is_empty() {
            return Err(refusal(address, &missing));
        }
        let far_hosts = far_hosts(app);
        for host in &far_hosts {
            base(host)?;
        }
        let tls = match &wanted.tls {
            Some((certificate, key)) => {
                let loaded = Tls::load(certificate, key).await;
                Some(Arc::new(loaded.map_err(GatewayError::from)?))
            }
            None => None,
        };
        let edge = Edge {
            tls,
            behind_proxy: wanted.behind_proxy,
            trusted_proxies: app.config.trusted_proxies(),
        };
        Ok(Self {
            address,
            edge,
            far_hosts,
        })
    }

    /// What stands before the path of every address, such as `http://127.0.0.1:7766`.
    pub(super) fn base(&self, bound: SocketAddr) -> Result<Url, Failure> {
        match self.far_hosts.first() {
            Some(host) => base(host),
            None => Ok(plain(bound)),
        }
    }
}

/// The base address of the program that runs, as far as the settings and the listener tell: it may have been told otherwise at its start.
pub(super) fn running_base(app: &App<'_>, address: SocketAddr, speaks_tls: bool) -> Result<Url, Failure> {
    if !speaks_tls && !Wanted::configured(app).is_remote(address) {
        return Ok(plain(address));
    }
    if let Some(host) = far_hosts(app).first() {
        return base(host);
    }
    let shown = address.to_string();
    let nameless = Failure::usage(|lang| words::no_name(lang, &shown));
    Err(nameless.hint(words::no_name_next))
}

/// What `doctor` says of an address that other machines can reach: whether `up` would start there, and why not.
pub(super) async fn judged(app: &App<'_>, address: SocketAddr) -> Option<Result<Both, Failure>> {
    let wanted = Wanted::configured(app);
    if !wanted.is_remote(address) {
        return None;
    }
    let missing = match wanted.missing(app).await {
        Ok(missing) => missing,
        Err(failure) => return Some(Err(failure)),
    };
    if !missing.is_empty() {
        return Some(Err(refusal(address, &missing)));
    }
    let said = if wanted.tls.is_some() {
        words::far_with_tls
    } else {
        words::far_with_proxy
    };
    let (shown, names) = (address.to_string(), far_hosts(app).join(", "));
    Some(Ok(Both::of(|lang| said(lang, &shown, &names))))
}

/// Whether a password for the dashboard is set.
async fn has_password(app: &App<'_>) -> Result<bool, Failure> {
    Ok(match app.existing_store().await? {
        Some(store) => {
            Passwords::new(Arc::clone(store), Arc::clone(&app.random))
                .is_set()
                .await?
        }
        None => false,
    })
}

fn refusal(address: SocketAddr, missing: &[Missing]) -> Failure {
    let shown = address.to_string();
    let exposed = |lang| words::exposed(lang, &shown, &names(lang, missing));
    let steps = |lang| {
        let steps = missing.iter().map(|Missing(_, step)| step(lang).to_owned());
        let all = steps.chain([words::here_alone(lang, address.port())]);
        all.reduce(|one, other| words::sentences(lang, &one, &other))
            .unwrap_or_default()
    };
    Failure {
        kind: "not_protected",
        ..Failure::usage(exposed).hint(steps)
    }
}

/// The names of what is missing, as a list in a sentence.
fn names(lang: Lang, missing: &[Missing]) -> String {
    let names: Vec<_> = missing.iter().map(|Missing(name, _)| name(lang)).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => others.join(frame::comma(lang)) + words::and(lang) + last,
        None => String::new(),
    }
}

fn far_hosts(app: &App<'_>) -> Vec<String> {
    let hosts = app.config.allowed_hosts().into_iter();
    hosts
        .map(|host| host.to_ascii_lowercase())
        .filter(|host| !names_this_machine(host))
        .collect()
}

/// Whether a name, with or without a port, is one that every machine has for itself.
fn names_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.ends_with(':') => name,
        _ => host,
    };
    let name = name.trim_start_matches('[').trim_end_matches([']', '.']);
    let ip = name.parse().ok();
    name.is_empty()
        || name == "localhost"
        || name.ends_with(".localhost")
        || ip.is_some_and(|ip: IpAddr| is_here(ip) || ip.is_unspecified())
}

fn is_here(ip: IpAddr) -> bool {
    ip.to_canonical().is_loopback()
}

/// The address of a name as `allowed_hosts` gives it.
fn base(host: &str) -> Result<Url, Failure> {
    let wrong = || Failure::usage(|lang| words::bad_name(lang, host)).hint(words::bad_name_next);
    // URLs know more hosts than there are names, such as `*`.
    if !host
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte))
    {
        return Err(wrong());
    }
    let url = Url::parse(&format!("https://{host}/")).map_err(|_| wrong())?;
    let name = match (url.host_str(), url.port()) {
        (Some(name), Some(port)) => format!("{name}:{port}"),
        (Some(name), None) => name.to_owned(),
        (None, _) => return Err(wrong()),
    };
    // Anything else than a name and a port would not come back as it was.
    if name == host { Ok(url) } else { Err(wrong()) }
}

fn plain(address: SocketAddr) -> Url {
    Url::parse(&format!("http://{address}/")).expect("a socket's address makes a URL")
}

pub(super) fn address(text: &str) -> Result<SocketAddr, Failure> {
    let named = text
        .strip_prefix("localhost:")
        .map(|port| format!("127.0.0.1:{port}"));
    named
        .as_deref()
        .unwrap_or(text)
        .parse()
        .map_err(|_| Failure::usage(|lang| words::bad_address(lang, text, DEFAULT_LISTEN)))
}

#[cfg(test)]
mod tests;
