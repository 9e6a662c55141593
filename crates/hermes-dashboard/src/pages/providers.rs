//! Every provider of the catalogue, and the ways to sign in.

mod start;

use hermes_catalog::RuleCard;
use hermes_core::{ProviderId, UnixMs};
use hermes_pool::State;
use hermes_text::{Lang, action, common, login, pages::providers as text, shell};
use maud::{Markup, html};
use serde_json::json;

use crate::look::{
    Head, Icon, Kind, button, countdown, empty, encoded, icon, opener, outward, page, prose, state_badge,
};

/// The page.
#[derive(Clone, Debug)]
pub struct Providers {
    /// Every row of the catalogue, in the order to show; each is put into its group by what it says.
    pub rows: Vec<Row>,
    /// Logins that were started and wait for the person.
    pub pending: Vec<Pending>,
    /// The moment it shows.
    pub now: UnixMs,
}

/// A login that was started, here or in a terminal.
#[derive(Clone, Debug)]
pub struct Pending {
    /// The session, as in the calls.
    pub session: String,
    /// The provider's name.
    pub provider_name: String,
    /// The login method's name.
    pub method_name: String,
    /// When it ends by itself.
    pub expires: UnixMs,
}

/// One provider.
#[derive(Clone, Debug)]
pub struct Row {
    /// Id.
    pub id: ProviderId,
    /// Name for people.
    pub name: String,
    /// What signing in gives, one line.
    pub summary: String,
    /// Other spellings.
    pub aliases: Vec<String>,
    /// Page for people; an `https` address.
    pub docs: Option<String>,
    /// How it stands: as its best account does; `Absent` without one.
    pub state: State,
    /// Accounts signed in.
    pub accounts: u64,
    /// Variables in the environment with a key that nothing was made from, where no account is signed in.
    pub found: Vec<String>,
    /// Regions, the default first.
    pub regions: Vec<Region>,
    /// Ways to sign in, the default first; empty when it takes no credential.
    pub methods: Vec<Method>,
}

/// A region of a provider.
#[derive(Clone, Debug)]
pub struct Region {
    /// Id for the call.
    pub id: String,
    /// Name for people.
    pub name: String,
}

/// One way to sign in.
#[derive(Clone, Debug)]
pub struct Method {
    /// Id for the call.
    pub id: String,
    /// The catalogue's name for people.
    pub name: String,
    /// What the person has to do.
    pub kind: MethodKind,
    /// What the provider says about it.
    pub card: RuleCard,
}

/// What a person has to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MethodKind {
    /// Approve a code on another page.
    Device,
    /// Approve in the browser, which comes back.
    Browser,
    /// Approve in the browser, and paste a code.
    Paste,
    /// Give an API key.
    Key,
    /// Nothing: this version has no engine for a flow of this name.
    Unsupported(String),
}

/// Draws it.
pub fn render(lang: Lang, model: &Providers) -> Markup {
    let head = Head {
        title: shell::providers(lang),
        lede: None,
        actions: None,
        now: model.now,
        watch: "credentials logins settings",
    };
    if model.rows.is_empty() {
        return page(
            &head,
            empty(Icon::Plug, text::empty(lang), text::empty_next(lang), None),
        );
    }
    let (signed_in, rest): (Vec<_>, Vec<_>) = model.rows.iter().partition(|row| row.accounts > 0);
    let (found, available): (Vec<_>, Vec<_>) = rest.into_iter().partition(|row| !row.found.is_empty());
    let content = html! {
        div class="search" {
            (icon(Icon::Search))
            input type="search" id="provider-search" data-search="providers" placeholder=(text::search(lang))
                aria-label=(text::search(lang)) autocomplete="off" spellcheck="false";
        }
        (pending(lang, model))
        div id="providers" {
            (group(lang, text::signed_in(lang), &signed_in))
            (group(lang, text::found(lang), &found))
            (group(lang, text::available(lang), &available))
        }
        div id="providers-none" hidden { (empty(Icon::Search, text::no_match(lang), text::no_match_next(lang), None)) }
    };
    page(&head, content)
}

/// Logins that were left open, with the way back and the way out.
fn pending(lang: Lang, model: &Providers) -> Markup {
    html! {
        @if !model.pending.is_empty() {
            section class="group" aria-labelledby="pending-title" {
                h2 id="pending-title" { (text::pending(lang)) }
                ul class="rows panel" {
                    @for one in &model.pending {
                        li class="need" {
                            div { p { strong { (one.provider_name) } " · " (one.method_name) } p class="faint" { (login::ends_in(lang)) " " (countdown(one.expires, model.now)) } }
                            div class="actions" {
                                button type="button" class="button primary" data-login=(one.session) { (text::resume(lang)) }
                                (button(Kind::Plain, action::cancel(lang), None, &super::login::cancel(&one.session)))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn group(lang: Lang, name: &str, rows: &[&Row]) -> Markup {
    html! {
        @if !rows.is_empty() {
            section class="group" data-group {
                h2 { (name) " " span class="tally number" { (rows.len()) } }
                ul class="rows panel" { @for one in rows { (row(lang, one)) } }
            }
        }
    }
}

fn row(lang: Lang, row: &Row) -> Markup {
    let words = [row.name.as_str(), row.id.as_str(), row.summary.as_str()];
    let words: Vec<_> = words
        .into_iter()
        .chain(row.aliases.iter().map(String::as_str))
        .collect();
    html! {
        li class="provider" id={ "provider-" (row.id) } data-words=(words.join(" ").to_lowercase()) {
            div class="provider-what" {
                h3 { (row.name) @if row.state != State::Absent { " " (state_badge(lang, row.state)) } }
                p { (row.summary) }
                p class="faint" {
                    code { (row.id) }
                    @if !row.aliases.is_empty() { " · " (text::aliases(lang, &row.aliases.join(", "))) }
                    @if let Some(docs) = &row.docs {
                        " · " (outward(lang, None, docs, html! { (text::docs(lang)) }))
                    }
                }
                @for env in &row.found { (found(lang, row, env)) }
                @for method in &row.methods { (unsupported(lang, method)) }
            }
            (ways(lang, row))
        }
    }
}

/// The way to its accounts, and one button for each way to sign in.
fn ways(lang: Lang, row: &Row) -> Markup {
    html! {
        div class="actions" {
            @if row.accounts > 0 {
                a class="button" href={ "/pool/" (encoded(row.id.as_str())) } {
                    span { (common::accounts_counted(lang, row.accounts)) }
                }
            }
            @if row.methods.is_empty() { span class="faint" { (text::needs_none(lang)) } }
            @for method in &row.methods { (way(lang, row, method)) }
        }
    }
}

fn way(lang: Lang, row: &Row, method: &Method) -> Markup {
    let Some(mark) = method.kind.icon() else {
        return html! {};
    };
    let kind = Kind::Plain;
    let label = label(lang, row, method);
    if start::asks(row, method) {
        let id = start::id(row, method);
        return html! { (opener(kind, label, Some(mark), &id)) (start::dialog(lang, row, method, &id)) };
    }
    button(kind, label, Some(mark), &start::call(row, method))
}

/// The kind of a method in words; the catalogue's own name where several methods are of a kind.
fn label<'a>(lang: Lang, row: &'a Row, method: &'a Method) -> &'a str {
    if row.methods.iter().filter(|one| one.kind == method.kind).count() > 1 {
        return &method.name;
    }
    match method.kind {
        MethodKind::Device => text::with_code(lang),
        MethodKind::Browser => text::with_browser(lang),
        MethodKind::Paste => text::with_paste(lang),
        MethodKind::Key => text::with_key(lang),
        MethodKind::Unsupported(_) => &method.name,
    }
}

fn unsupported(lang: Lang, method: &Method) -> Markup {
    html! {
        @if let MethodKind::Unsupported(name) = &method.kind {
            p class="faint" { (icon(Icon::Warning)) " " (method.name) (common::colon(lang)) (prose(&text::unsupported(lang, name))) }
        }
    }
}

/// A key in the environment: adopted by a login that takes it from there.
fn found(lang: Lang, row: &Row, env: &str) -> Markup {
    let method = row.methods.iter().find(|method| method.kind == MethodKind::Key);
    html! {
        div class="found" {
            p { (prose(&text::found_key(lang, env))) }
            @if let Some(method) = method {
                (button(Kind::Primary, text::adopt(lang), Some(Icon::Check), &start::call_with(row, json!({ "method": method.id, "from_env": env }))))
            }
        }
    }
}

impl MethodKind {
    /// None for a kind that cannot be started.
    fn icon(&self) -> Option<Icon> {
        match self {
            Self::Device => Some(Icon::Phone),
            Self::Browser | Self::Paste => Some(Icon::Globe),
            Self::Key => Some(Icon::Key),
            Self::Unsupported(_) => None,
        }
    }
}
