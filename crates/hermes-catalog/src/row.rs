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
        Some(other) => return Err(wrong_type(&list, "a list of tables", &other)),
    };
    validate::provider(&provider)?;
    Ok(provider)
}

/// Reads one login method. The parts are read apart, since a flattened field loses the place of an error and lets unknown
/// keys pass.
fn read_login(login: Value, at: &Key, trust: Trust) -> Result<LoginMethod, Fault> {
    let Value::Table(mut common) = login else {
        return Err(wrong_type(at, "a table", &login));
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
        Some(other) => return Err(wrong_type(&at.name("dialect"), "a string", &other)),
        None => return Err(Fault::new(at.name("dialect"), "missing field `dialect`")),
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
            Some(name) => return Err(Fault::new(at.name(name), format!("unknown field `{name}`"))),
            None => LoginFlow::ApiKey,
        },
        _ if trust == Trust::Overlay => LoginFlow::Unsupported { name: dialect },
        _ => {
            return Err(Fault::new(
                at.name("dialect"),
                format!("no engine for the dialect `{dialect}`"),
            ));
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
        Some(name) => Err(Fault::new(
            at.name("yields").name(name),
            format!("unknown field `{name}`"),
        )),
        None => Ok(()),
    }
}

fn decode<T: DeserializeOwned>(table: Table, at: &Key) -> Result<T, Fault> {
    serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        let key = at.join(error.path());
        let message = error.inner().message().to_owned();
        // The path of a field that is absent ends at the table around it.
        let missing = message
            .strip_prefix("missing field `")
            .and_then(|rest| rest.split_once('`'));
        match missing {
            Some((name, _)) => Fault::new(key.name(name), message),
            None => Fault::new(key, message),
        }
    })
}

fn wrong_type(key: &Key, wanted: &str, found: &Value) -> Fault {
    Fault::new(
        key.clone(),
        format!("expected {wanted}, found {}", found.type_str()),
    )
}
