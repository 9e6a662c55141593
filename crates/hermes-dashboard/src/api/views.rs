//! Credentials as answers. No secret is ever in one.

use hermes_core::Source;
use hermes_pool::{View, Window};
use hermes_text::Lang;
use hermes_text::errors::api as say;
use serde::Serialize;
use utoipa::ToSchema;

use crate::look::exact;

/// A login.
#[derive(Serialize, ToSchema)]
pub(crate) struct CredentialBody {
    id: String,
    provider: String,
    /// Unique within the provider.
    label: String,
    /// E-mail or name of the account, as the provider tells it.
    account: Option<String>,
    organisation: Option<String>,
    plan: Option<String>,
    /// Login method.
    method: String,
    region: Option<String>,
    billing: String,
    /// `login`, `key`, `env` or `config`.
    source: String,
    /// Lower is tried first.
    priority: u32,
    /// Its share under the strategy `weighted`.
    weight: u32,
    /// `ready`, `expiring`, `refreshable`, `cooling-down`, `needs-login`, `disabled` or `blocked`.
    state: String,
    /// Whether a request can be served now or after a renewal.
    usable: bool,
    /// The state in words, with its cause.
    words: String,
    /// When the state changes by itself.
    until_at: Option<String>,
    created_at: String,
    /// When its token was last renewed.
    refreshed_at: Option<String>,
    /// When its token ends.
    expires_at: Option<String>,
    /// Whether its token can be renewed.
    renewable: bool,
    /// Windows of its plan, where they are known.
    windows: Vec<WindowBody>,
    /// Money that is left, where it is known.
    balance: Option<BalanceBody>,
    /// When the provider told these.
    quota_at: Option<String>,
    /// Requests that it serves now.
    in_flight: u64,
    /// Requests that it has served since the program started.
    served: u64,
    /// How requests are sent.
    runtimes: Vec<RuntimeBody>,
    /// Settings that are not followed, and why.
    ignored: Vec<String>,
}

/// How requests of one protocol are sent.
#[derive(Serialize, ToSchema)]
pub(crate) struct RuntimeBody {
    protocol: String,
    base_url: String,
}

/// A window of a plan.
#[derive(Serialize, ToSchema)]
pub(crate) struct WindowBody {
    /// How long it is.
    minutes: Option<u32>,
    /// What it counts, where a plan has several windows of a length.
    of: Option<String>,
    /// How much is used, 0 to 100.
    used_percent: f32,
    /// When it starts anew.
    resets_at: Option<String>,
}

/// Money.
#[derive(Serialize, ToSchema)]
pub(crate) struct BalanceBody {
    /// A decimal number.
    amount: String,
    currency: String,
}

impl From<&Window> for WindowBody {
    fn from(window: &Window) -> Self {
        Self {
            minutes: window.minutes,
            of: window.of.clone(),
            used_percent: f32::from(window.used_permille) / 10.0,
            resets_at: window.resets.map(exact),
        }
    }
}

impl From<&View> for CredentialBody {
    fn from(view: &View) -> Self {
        let row = &view.credential;
        let runtimes = view.runtimes.iter().map(|runtime| RuntimeBody {
            protocol: runtime.protocol.as_str().to_owned(),
            base_url: runtime.base_url.to_string(),
        });
        let ignored = view
            .ignored
            .iter()
            .map(|one| say::ignored(Lang::En, one.setting.get(Lang::En), one.why.get(Lang::En)));
        Self {
            id: row.id.to_string(),
            provider: row.provider.to_string(),
            label: row.label.clone(),
            account: row.account.display.clone(),
            organisation: row.identity.organisation.clone(),
            plan: row.account.plan.clone(),
            method: row.method.clone(),
            region: row.region.clone(),
            billing: row.billing.as_str().to_owned(),
            source: source(&row.source).to_owned(),
            priority: row.priority,
            weight: row.weight,
            state: view.state.as_str().to_owned(),
            usable: view.state.usable(),
            words: view.words.to_string(),
            until_at: view.until.map(exact),
            created_at: exact(row.created),
            refreshed_at: row.refreshed.map(exact),
            expires_at: row.expires.map(exact),
            renewable: row.has_refresh,
            windows: view.left.windows.iter().map(WindowBody::from).collect(),
            balance: view.left.balance.as_ref().map(|left| BalanceBody {
                amount: left.amount.clone(),
                currency: left.currency.clone(),
            }),
            quota_at: view.left.told.map(exact),
            in_flight: view.in_flight,
            served: view.served,
            runtimes: runtimes.collect(),
            ignored: ignored.collect(),
        }
    }
}

fn source(source: &Source) -> &'static str {
    match source {
        Source::Login => "login",
        Source::Key => "key",
        Source::Env(_) => "env",
        Source::Config(_) => "config",
    }
}
