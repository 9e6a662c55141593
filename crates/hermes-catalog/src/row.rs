use hermes_text::errors::catalog as say;
use hermes_text::{Both, Lang, Word};
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use crate::source::{Fault, Key};
use crate::{LoginFlow, LoginMethod, Provider, validate};

/// Keys of a login method that do not belong to its dialect.
pub(crate) const COMMON_LOGIN_KEYS: [&str; 8] = [
    "id",
    "name",
    "billing",
    "key_prefixes",
    "card",
    "refresh",
    "revoke",
    "identity",
];

/// What a row may contain, by where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Ships with the program: every dialect has an engine.
    Builtin,
    /// Comes from the person: a dialect without an engine is kept as unsupported.
    Overlay,
}

/// Reads and checks a row.
pub(crate) fn read(table: &Table, trust: Trust) -> Result<Provider, Fault> {
    let mut rest = table.clone();
    let logins = rest.remove("login");
    let mut provider: Provider = decode(rest, &Key::default())?;
    let list = Key::of("login");
    provider.login = match logins {
        None => Vec::new(),
        Some(Value::Array(logins)) => logins
            .into_iter()
            .enumerate()
            .map(|(index, login)| read_login(login, &list.index(index), trust))
            .collect::<Result<_, _>>()?,
        Some(other) => return Err(wrong_type(&list, say::a_list_of_tables, &other)),
    };
    validate::provider(&provider)?;
    Ok(provider)
}

/// Reads one login method. The parts are read apart, since a flattened field loses the place of an error and lets unknown
/// keys pass.
fn read_login(login: Value, at: &Key, trust: Trust) -> Result<LoginMethod, Fault> {
    let Value::Table(mut common) = login else {
        return Err(wrong_type(at, say::a_table, &login));
    };
    let mut steps = Table::new();
    for name in common.keys().cloned().collect::<Vec<_>>() {
        if !COMMON_LOGIN_KEYS.contains(&name.as_str())
            && let Some(value) = common.remove(&name)
        {
            steps.insert(name, value);
        }
    }
    let dialect = match steps.remove("dialect") {
        Some(Value::String(dialect)) => dialect,
        Some(other) => return Err(wrong_type(&at.name("dialect"), say::a_string, &other)),
        None => {
            return Err(Fault::new(at.name("dialect"), |lang| {
                say::missing(lang, "dialect")
            }));
        }
    };
    let flow = read_flow(dialect, steps, at, trust)?;
    common.insert("dialect".to_owned(), Value::String("api-key".to_owned()));
    let method: LoginMethod = decode(common, at)?;
    Ok(LoginMethod { flow, ..method })
}

fn read_flow(dialect: String, steps: Table, at: &Key, trust: Trust) -> Result<LoginFlow, Fault> {
    Ok(match dialect.as_str() {
        "device-code" => LoginFlow::DeviceCode(decode(steps, at)?),
        "user-code" => LoginFlow::UserCode(decode(steps, at)?),
        "device-auth" => LoginFlow::DeviceAuth(decode(steps, at)?),
        "browser" => {
            refuse_unused_yield_keys(&steps, at)?;
            LoginFlow::Browser(decode(steps, at)?)
        }
        "api-key" => match steps.keys().next() {
            Some(name) => return Err(Fault::new(at.name(name), |lang| say::unknown_field(lang, name))),
            None => LoginFlow::ApiKey,
        },
        _ if trust == Trust::Overlay => LoginFlow::Unsupported { name: dialect },
        _ => {
            return Err(Fault::new(at.name("dialect"), |lang| {
                say::no_engine(lang, &dialect)
            }));
        }
    })
}

/// A choice without fields of its own lets any pass, so those are looked at here.
fn refuse_unused_yield_keys(steps: &Table, at: &Key) -> Result<(), Fault> {
    let Some(Value::Table(yields)) = steps.get("yields") else {
        return Ok(());
    };
    if yields.get("kind").and_then(Value::as_str) != Some("tokens") {
        return Ok(());
    }
    match yields.keys().find(|name| *name != "kind") {
        Some(name) => Err(Fault::new(at.name("yields").name(name), |lang| {
            say::unknown_field(lang, name)
        })),
        None => Ok(()),
    }
}

fn decode<T: DeserializeOwned>(table: Table, at: &Key) -> Result<T, Fault> {
    serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        let key = at.join(error.path());
        let message = error.inner().message();
        // The path of a field that is absent ends at the table around it.
        match quoted_after(message, "missing field `") {
            Some((name, _)) => Fault::new(key.name(name), |lang| say::missing(lang, name)),
            None => Fault {
                key,
                problem: in_every_language(message),
            },
        }
    })
}

/// What the deserializer says, as far as its sentences are known; the rest stays in its own words.
fn in_every_language(message: &str) -> Both {
    let known = [
        (
            "unknown field `",
            say::unknown_field_of as fn(Lang, &str, &str) -> String,
        ),
        ("unknown variant `", say::unknown_variant_of),
    ];
    let found = known.iter().find_map(|(start, sentence)| {
        let (name, rest) = quoted_after(message, start)?;
        let others = rest.strip_prefix(", expected one of ")?;
        Some(Both::of(|lang| sentence(lang, name, others)))
    });
    let own = || (message == say::not_said(Lang::En)).then(|| Both::of(say::not_said));
    found
        .or_else(own)
        .unwrap_or_else(|| Both::same(message.to_owned()))
}

/// The name in backticks that `start` opens, and what follows it.
fn quoted_after<'a>(message: &'a str, start: &str) -> Option<(&'a str, &'a str)> {
    message.strip_prefix(start)?.split_once('`')
}

fn wrong_type(key: &Key, wanted: Word, found: &Value) -> Fault {
    Fault::new(key.clone(), |lang| {
        say::wrong_type(lang, wanted(lang), found.type_str())
    })
}
