//! Access and refresh tokens: single use, rotation, and families that end on a replay.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hermes_core::UnixMs;
use serde_json::{Value, json};

use crate::state::State;

/// Issuers whose access tokens are JSON web tokens.
const WEB_TOKENS: [&str; 2] = ["nousresearch.com", "openai.com"];

/// All tokens ever issued.
pub(crate) struct Tokens {
    pub(crate) life: Duration,
    /// How long a spent refresh token still gives another pair.
    pub(crate) grace: Duration,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    dead: HashSet<u64>,
    families: u64,
}

struct Access {
    issuer: &'static str,
    family: u64,
    expires: UnixMs,
}

struct Refresh {
    issuer: &'static str,
    family: u64,
    account: String,
    spent: Option<UnixMs>,
}

/// A fresh pair.
pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
    pub(crate) life: Duration,
    pub(crate) expires: UnixMs,
    pub(crate) account: String,
}

/// Why a refresh token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// Never issued here, or its family has ended.
    Unknown,
    /// Spent before; its family ends now.
    Reused,
}

impl Tokens {
    pub(crate) fn new(life: Duration) -> Self {
        Self {
            life,
            grace: Duration::ZERO,
            access: HashMap::new(),
            refresh: HashMap::new(),
            dead: HashSet::new(),
            families: 0,
        }
    }

    /// Whether an access token may be used now at the hosts of an issuer.
    pub(crate) fn accepts(&self, token: &str, issuer: &str, now: UnixMs) -> bool {
        self.access.get(token).is_some_and(|access| {
            access.issuer == issuer && access.expires > now && !self.dead.contains(&access.family)
        })
    }

    /// The family of a refresh or access token; none for a token that was never issued here.
    pub(crate) fn family(&self, token: &str) -> Option<u64> {
        let refresh = self.refresh.get(token).map(|refresh| refresh.family);
        refresh.or_else(|| self.access.get(token).map(|access| access.family))
    }

    /// Whether the family of a refresh or access token has not ended.
    pub(crate) fn is_alive(&self, token: &str) -> bool {
        self.family(token)
            .is_some_and(|family| !self.dead.contains(&family))
    }

    /// Ends every access token now; refresh tokens stay good.
    pub(crate) fn expire_all(&mut self) {
        for access in self.access.values_mut() {
            access.expires = UnixMs::from_millis(0);
        }
    }
}

impl State {
    /// A pair of a new family.
    pub(crate) fn issue(&mut self, issuer: &'static str, account: &str, now: UnixMs) -> Pair {
        self.tokens.families += 1;
        let family = self.tokens.families;
        self.issue_in(family, issuer, account, now)
    }

    /// Spends a refresh token and gives the next pair of its family.
    pub(crate) fn rotate(&mut self, issuer: &'static str, token: &str, now: UnixMs) -> Result<Pair, Refused> {
        let known = self.tokens.refresh.get_mut(token);
        let Some(refresh) = known.filter(|refresh| refresh.issuer == issuer) else {
            return Err(Refused::Unknown);
        };
        let first = refresh.spent.is_none();
        let (family, account) = (refresh.family, refresh.account.clone());
        if self.tokens.dead.contains(&family) {
            return Err(Refused::Unknown);
        }
        let spent = *refresh.spent.get_or_insert(now);
        // With a grace, a client that lost the answer may ask again.
        if !first && now >= spent.plus(self.tokens.grace) {
            self.tokens.dead.insert(family);
            return Err(Refused::Reused);
        }
        Ok(self.issue_in(family, issuer, &account, now))
    }

    fn issue_in(&mut self, family: u64, issuer: &'static str, account: &str, now: UnixMs) -> Pair {
        let life = self.tokens.life;
        let expires = now.plus(life);
        let mut access = self.secret("access");
        if WEB_TOKENS.contains(&issuer) {
            access = self.sign(&json!({
                "sub": account,
                "email": format!("{account}@example.test"),
                "scope": "inference:invoke",
                "exp": expires.as_seconds(),
                "jti": access,
                "https://api.openai.com/auth": {"chatgpt_account_id": format!("acct-{account}"), "chatgpt_plan_type": "plus"},
            }));
        }
        let refresh = self.secret("refresh");
        self.tokens.access.insert(
            access.clone(),
            Access {
                issuer,
                family,
                expires,
            },
        );
        self.tokens.refresh.insert(
            refresh.clone(),
            Refresh {
                issuer,
                family,
                account: account.to_owned(),
                spent: None,
            },
        );
        Pair {
            access,
            refresh,
            life,
            expires,
            account: account.to_owned(),
        }
    }

    /// A JSON web token; its signature is no real one, since clients must not rely on it.
    pub(crate) fn sign(&mut self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let token = format!(
            "{}.{}.c2lnbmF0dXJl",
            part(&json!({"alg": "RS256", "typ": "JWT"})),
            part(claims)
        );
        self.canaries.push(token.clone());
        token
    }
}
