//! How this Hermes is set up: read here, changed in the config file and by commands.

mod parts;

use hermes_core::UnixMs;
use hermes_text::{Lang, shell};
use maud::{Markup, html};

use crate::look::{Head, page};

/// The page.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The store.
    pub store: Store,
    /// Where it listens.
    pub listeners: Vec<Listener>,
    /// Aliases and routes of the config file.
    pub routes: Vec<Route>,
    /// The config file's path.
    pub config_file: String,
    /// Every setting with where it comes from.
    pub config: Vec<Setting>,
    /// When the last backup was made.
    pub last_backup: Option<UnixMs>,
    /// What was looked at and how it stands.
    pub findings: Vec<Finding>,
    /// When that was; none when nothing was looked at yet.
    pub examined: Option<UnixMs>,
    /// Whether everything is being looked at now; the page is loaded again when that has ended.
    pub looking: bool,
    /// Dashboards that are signed in.
    pub sessions: Vec<Session>,
    /// The moment it shows.
    pub now: UnixMs,
}

/// The store.
#[derive(Clone, Debug)]
pub struct Store {
    /// Path, or server without a password.
    pub place: String,
    /// Whether it is on a server.
    pub shared: bool,
    /// How its key is kept, in words.
    pub protection: String,
    /// Version of its schema.
    pub schema: i64,
    /// Logins in it.
    pub logins: u64,
    /// Client keys in it.
    pub keys: u64,
    /// Name of this machine in it.
    pub machine: String,
    /// Why it renews nothing and what to do; none for one in good standing.
    pub suspicion: Option<(String, String)>,
}

/// Where it listens.
#[derive(Clone, Debug)]
pub struct Listener {
    /// Address and port.
    pub address: String,
    /// Whether only this machine reaches it.
    pub loopback: bool,
    /// Whether it speaks TLS.
    pub tls: bool,
}

/// An alias or a route.
#[derive(Clone, Debug)]
pub struct Route {
    /// The name that clients use.
    pub name: String,
    /// Where it leads, in order.
    pub targets: Vec<String>,
    /// Where it was set.
    pub origin: String,
}

/// A setting in force. A secret one is shown as such by its value.
#[derive(Clone, Debug)]
pub struct Setting {
    /// Dotted name.
    pub key: String,
    /// Value.
    pub value: String,
    /// Where it comes from: default, file and line, variable, or option.
    pub origin: String,
}

/// One thing that was looked at.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it is about.
    pub about: String,
    /// How it stands.
    pub grade: Grade,
    /// What was found.
    pub text: String,
    /// What to do.
    pub hint: Option<String>,
}

/// How a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// In order.
    Good,
    /// Worth knowing.
    Note,
    /// Wrong.
    Bad,
}

/// A dashboard that is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    /// Its short public id.
    pub name: String,
    /// When it began.
    pub began: UnixMs,
    /// When it last did something.
    pub last_seen: UnixMs,
    /// When it ends by itself.
    pub ends: UnixMs,
    /// Whether it is the one that asks.
    pub is_this: bool,
}

/// Draws it.
pub fn render(lang: Lang, model: &Settings) -> Markup {
    let head = Head {
        title: shell::settings(lang),
        lede: None,
        actions: None,
        now: model.now,
        watch: "settings",
    };
    let content = html! {
        (parts::findings(lang, model))
        div class="columns even" {
            (parts::store(lang, &model.store))
            div class="stack" {
                (parts::listeners(lang, &model.listeners))
                (parts::backup(lang, model))
            }
        }
        (parts::routes(lang, &model.routes))
        (parts::sessions(lang, model))
        (parts::config(lang, model))
    };
    page(&head, content)
}
