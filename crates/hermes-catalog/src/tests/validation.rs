use hermes_text::Lang;
use pretty_assertions::assert_eq;

use super::{invalid, with_overlay};
use crate::catalog::read_builtin;
use crate::{CatalogError, Replay, Rotation};

/// A row with every kind of login and every field that is checked.
const FULL: &str = r#"id = "lab"
aliases = ["laboratory"]
name = "Lab"
summary = "A test"
docs = "https://lab.example/docs"
billing = "free"
env = ["LAB_KEY"]
key_prefixes = ["lab-"]
[hosts]
api = "https://api.lab.example"
auth = "http://127.0.0.1:9000"
[[regions]]
id = "north"
name = "North"
hosts = { north = "https://n.lab.example" }
[[regions]]
id = "south"
name = "South"
hosts = { north = "https://s.lab.example" }
[[login]]
id = "dev"
name = "Device"
dialect = "device-code"
device = "{auth}/device"
token = "{auth}/token"
client_id = "client-1"
scopes = ["one", "two"]
verification_hosts = ["lab.example"]
interval_s = 5
device_params = { referrer = "hermes" }
headers = { x-lab = "1" }
[login.card]
class = "tolerated"
date = "2026-02-28"
source = "lab.example"
text = "Fine"
[login.refresh]
endpoints = ["{auth}/token"]
encoding = "form"
client_id = "client-2"
redirect_hosts = ["r.lab.example"]
token_header = "x-refresh"
rotation = "single-use"
lead_s = 60
terminal = ["invalid_grant"]
terminal_status = [401]
default_life_s = 900
params = { resource = "https://api.lab.example/v1" }
[login.revoke]
endpoint = "{auth}/revoke"
[login.identity]
subject = ["id.sub"]
keep = { base = "resource_url" }
[[login]]
id = "code"
name = "Code"
dialect = "user-code"
card = { class = "allowed", date = "2026-11", source = "lab", text = "Fine" }
endpoints = [{ code = "{north}/code", token = "{north}/token" }]
client_id = "client-3"
scopes = []
response_type = "code"
grant_type = "urn:x"
redirect_hosts = ["r.lab.example"]
verification_hosts = ["v.lab.example"]
interval_unit = "milliseconds"
interval_floor_ms = 2000
[[login.verification_rewrites]]
from = "www.lab.example"
to = "v.lab.example"
path_prefix = "/approve"
[[login]]
id = "vendor"
name = "Vendor"
dialect = "device-auth"
card = { class = "allowed", date = "2026-11", source = "lab", text = "Fine" }
user_code = "{auth}/usercode"
poll = "{auth}/poll"
token = "{auth}/vendor-token"
verification = "{auth}/verify"
redirect_uri = "{auth}/back"
client_id = "client-4"
lifetime_s = 900
interval_floor_s = 3
pending_status = [403, 404]
[[login]]
id = "web"
name = "Web"
dialect = "browser"
card = { class = "restricted", date = "2026-11", source = "lab", text = "Fine" }
authorize = "{auth}/authorize"
token = "{auth}/web-token"
encoding = "json"
client_id = "client-5"
authorize_params = { code = "true" }
paste_redirect = "{auth}/paste"
loopback = { host = "127.0.0.1", path = "/cb", ports = [1455] }
yields = { kind = "minted-key", mint = "{auth}/mint", field = "raw_key" }
[[runtime]]
protocol = "anthropic_messages"
base_url = "{north}/v1"
path = "/messages"
count_path = "/count"
models_path = "/models"
auth = { header = "x-api-key" }
headers = { x-version = "2023" }
headers_from = { x-account = "base" }
betas_removed = ["old-beta"]
methods = ["dev", "code"]
[runtime.base_from]
field = "base"
hosts = ["b.lab.example"]
[[runtime]]
protocol = "responses"
base_url = "{api}"
path = "/responses"
auth = "bearer"
[validation]
method = "GET"
url = "{api}/check"
auth = "bearer"
headers = { x-check = "yes" }
rejected = [401]
expect = { "data.ok" = true }
only_prefixes = ["lab-plan-"]
methods = ["web"]
[models]
default = "m1"
known = ["m1", "m2"]
[quota.call]
url = "{api}/quota"
auth = "none"
[[quota.windows]]
minutes = 300
list = "rows"
of = "M1"
share = { left = ["left", "whole"] }
resets = "resets_at"
[[quota.headers]]
minutes_at = "x-lab-minutes"
share = { used-fraction = "x-lab-used" }
[quota.balance]
amount = "money.total"
currency = "USD"
[[errors]]
status = [429]
code = ["slow"]
text = ["too fast"]
scope = "model"
action = "rate-limit"
cooldown_s = 60
note = "too fast"
"#;

#[test]
fn full_row_loads_with_its_defaults() {
    let catalog = with_overlay(&[("lab.toml", FULL)]).unwrap();
    let provider = catalog.provider("lab").unwrap();
    let refresh = provider.login[0].refresh.as_ref().unwrap();
    assert_eq!(
        (refresh.rotation, refresh.replay, refresh.status_field),
        (Rotation::SingleUse, Replay::Unknown, false)
    );
    let call = provider.quota.as_ref().unwrap().call.as_ref().unwrap();
    assert_eq!(
        (call.rejected.as_slice(), call.method.as_str()),
        ([401, 403].as_slice(), "GET")
    );
}

/// Replaces one line's text and expects an error at that line with that key.
fn check(from: &str, to: &str, key: &str) {
    assert!(FULL.contains(from), "`{from}` is not in the row");
    let text = FULL.replacen(from, to, 1);
    let line = 1 + FULL[..FULL.find(from).unwrap()].matches('\n').count();
    let (file, found, found_key, problem) = invalid(with_overlay(&[("lab.toml", &text)]));
    assert_eq!(
        (file.as_str(), found, found_key.as_str()),
        ("lab.toml", Some(line), key),
        "{to}: {problem}"
    );
    assert!(!problem.is_empty() && !problem.ends_with('.'), "{problem}");
}

const TOP_FAULTS: &[(&str, &str, &str)] = &[
    ("id = \"lab\"", "id = \"La b\"", "id"),
    ("[\"laboratory\"]", "[\"Laboratory\"]", "aliases[0]"),
    ("[\"laboratory\"]", "[\"lab_2\"]", "aliases[0]"),
    ("name = \"Lab\"", "name = \" \"", "name"),
    ("\"A test\"", "\"A\\ntest\"", "summary"),
    ("\"https://lab.example/docs\"", "\"javascript:1\"", "docs"),
    ("billing = \"free\"", "billing = \"gratis\"", "billing"),
    ("billing = \"free\"", "billing = \"free\"; x = 1", "billing"),
    ("LAB_KEY", "LAB-KEY", "env[0]"),
    ("[\"lab-\"]", "[\"\"]", "key_prefixes[0]"),
    (
        "https://api.lab.example\"",
        "https://api.lab.example/v1\"",
        "hosts.api",
    ),
    (
        "https://api.lab.example\"",
        "http://api.lab.example\"",
        "hosts.api",
    ),
    (
        "https://api.lab.example\"",
        "https://u:p@api.lab.example\"",
        "hosts.api",
    ),
    (
        "https://api.lab.example\"",
        "ftp://api.lab.example\"",
        "hosts.api",
    ),
    (
        "http://127.0.0.1:9000",
        "http://127.0.0.1.example:9000",
        "hosts.auth",
    ),
    ("http://127.0.0.1:9000", "http://10.0.0.1:9000", "hosts.auth"),
    (
        "https://n.lab.example",
        "http://n.lab.example",
        "regions.north.hosts.north",
    ),
    ("default = \"m1\"", "default = \"m9\"", "models.default"),
    ("\"m1\", \"m2\"", "\"m1\", \"m 2\"", "models.known[1]"),
];

#[test]
fn validation_top_level_fault_names_line_and_key() {
    for (from, to, key) in TOP_FAULTS {
        check(from, to, key);
    }
}

const LOGIN_FAULTS: &[(&str, &str, &str)] = &[
    ("dialect = \"device-code\"", "dialect = 5", "login.dev.dialect"),
    (
        "device = \"{auth}/device\"",
        "device = \"{nope}/device\"",
        "login.dev.device",
    ),
    (
        "device = \"{auth}/device\"",
        "device = \"{auth}/{x}\"",
        "login.dev.device",
    ),
    (
        "device = \"{auth}/device\"",
        "device = \"/device\"",
        "login.dev.device",
    ),
    (
        "token = \"{auth}/token\"",
        "token = \"http://lab.example/token\"",
        "login.dev.token",
    ),
    ("client-1", "client 1", "login.dev.client_id"),
    ("client-1", "clïent", "login.dev.client_id"),
    (
        "[\"one\", \"two\"]",
        "[\"one\", \"two three\"]",
        "login.dev.scopes[1]",
    ),
    (
        "verification_hosts = [\"lab.example\"]",
        "verification_hosts = []",
        "login.dev.verification_hosts",
    ),
    (
        "verification_hosts = [\"lab.example\"]",
        "verification_hosts = [\"https://a\"]",
        "login.dev.verification_hosts[0]",
    ),
    ("interval_s = 5", "interval_s = 0", "login.dev.interval_s"),
    ("interval_s = 5", "interval = 5", "login.dev.interval"),
    (
        "referrer = \"hermes\"",
        "\"a b\" = \"x\"",
        "login.dev.device_params.a b",
    ),
    ("x-lab = \"1\"", "host = \"1\"", "login.dev.headers.host"),
    (
        "class = \"tolerated\"",
        "class = \"loved\"",
        "login.dev.card.class",
    ),
    ("2026-02-28", "2026-02-30", "login.dev.card.date"),
    ("2026-02-28", "2026-13", "login.dev.card.date"),
    ("2026-02-28", "28.2.2026", "login.dev.card.date"),
    (
        "endpoints = [\"{auth}/token\"]",
        "endpoints = []",
        "login.dev.refresh.endpoints",
    ),
    ("client-2", "", "login.dev.refresh.client_id"),
    (
        "\"r.lab.example\"]\ntoken_header",
        "\"R.lab.example\"]\ntoken_header",
        "login.dev.refresh.redirect_hosts[0]",
    ),
    ("x-refresh", "x refresh", "login.dev.refresh.token_header"),
    ("lead_s = 60", "lead_s = -1", "login.dev.refresh.lead_s"),
    ("lead_s = 60", "lead = 60", "login.dev.refresh.lead"),
    (
        "terminal_status = [401]",
        "terminal_status = [99]",
        "login.dev.refresh.terminal_status[0]",
    ),
    (
        "default_life_s = 900",
        "default_life_s = 0",
        "login.dev.refresh.default_life_s",
    ),
    ("{auth}/revoke", "{gone}/revoke", "login.dev.revoke.endpoint"),
    ("[\"id.sub\"]", "[\"id..sub\"]", "login.dev.identity.subject[0]"),
    ("\"resource_url\"", "\"\"", "login.dev.identity.keep.base"),
    (
        "code = \"{north}/code\"",
        "code = \"{east}/code\"",
        "login.code.endpoints[0].code",
    ),
    (
        "grant_type = \"urn:x\"",
        "grant_type = \"\"",
        "login.code.grant_type",
    ),
    (
        "interval_unit = \"milliseconds\"",
        "interval_unit = \"weeks\"",
        "login.code.interval_unit",
    ),
    (
        "interval_floor_ms = 2000",
        "interval_floor_ms = 0",
        "login.code.interval_floor_ms",
    ),
    (
        "to = \"v.lab.example\"",
        "to = \"evil.example\"",
        "login.code.verification_rewrites[0].to",
    ),
    (
        "path_prefix = \"/approve\"",
        "path_prefix = \"approve\"",
        "login.code.verification_rewrites[0].path_prefix",
    ),
    ("lifetime_s = 900", "lifetime_s = 0", "login.vendor.lifetime_s"),
    (
        "pending_status = [403, 404]",
        "pending_status = []",
        "login.vendor.pending_status",
    ),
    (
        "{auth}/back",
        "http://lab.example/back",
        "login.vendor.redirect_uri",
    ),
    ("encoding = \"json\"", "encoding = \"xml\"", "login.web.encoding"),
    (
        "host = \"127.0.0.1\"",
        "host = \"lab.example\"",
        "login.web.loopback.host",
    ),
    ("path = \"/cb\"", "path = \"cb\"", "login.web.loopback.path"),
    ("ports = [1455]", "ports = [80]", "login.web.loopback.ports[0]"),
    ("ports = [1455]", "ports = [70000]", "login.web.loopback.ports[0]"),
    ("{auth}/mint", "http://lab.example/mint", "login.web.yields.mint"),
    (
        "kind = \"minted-key\", mint = \"{auth}/mint\", field = \"raw_key\"",
        "kind = \"tokens\", field = \"x\"",
        "login.web.yields.field",
    ),
    (
        "kind = \"minted-key\", mint",
        "kind = \"key\", mint",
        "login.web.yields",
    ),
];

#[test]
fn validation_login_fault_names_line_and_key() {
    for (from, to, key) in LOGIN_FAULTS {
        check(from, to, key);
    }
}

const QUOTA_FAULTS: &[(&str, &str, &str)] = &[
    ("minutes = 300", "minutes = 0", "quota.windows[0].minutes"),
    ("of = \"M1\"", "of = \"\"", "quota.windows[0].of"),
    ("list = \"rows\"", "list = \"rows..x\"", "quota.windows[0].list"),
    (
        "[\"left\", \"whole\"]",
        "[\"left\", \"who..le\"]",
        "quota.windows[0].share",
    ),
    ("{ left = [", "{ lost = [", "quota.windows[0].share"),
    (
        "used-fraction = \"x-lab-used\"",
        "used-fraction = \"x lab\"",
        "quota.headers[0].share",
    ),
    (
        "minutes_at = \"x-lab-minutes\"",
        "list = \"rows\"",
        "quota.headers[0].list",
    ),
    (
        "amount = \"money.total\"",
        "amount = \"money..total\"",
        "quota.balance.amount",
    ),
];

#[test]
fn validation_names_the_key_of_a_fault_in_a_quota() {
    for (from, to, key) in QUOTA_FAULTS {
        check(from, to, key);
    }
}

const RUNTIME_FAULTS: &[(&str, &str, &str)] = &[
    (
        "protocol = \"anthropic_messages\"",
        "protocol = \"telnet\"",
        "runtime[0].protocol",
    ),
    (
        "base_url = \"{north}/v1\"",
        "base_url = \"{west}/v1\"",
        "runtime[0].base_url",
    ),
    ("path = \"/messages\"", "path = \"messages\"", "runtime[0].path"),
    (
        "count_path = \"/count\"",
        "count_path = \"/count?x\"",
        "runtime[0].count_path",
    ),
    (
        "models_path = \"/models\"",
        "models_path = \"/mo dels\"",
        "runtime[0].models_path",
    ),
    (
        "header = \"x-api-key\"",
        "header = \"x api key\"",
        "runtime[0].auth.header",
    ),
    (
        "x-version = \"2023\"",
        "\"x version\" = \"2023\"",
        "runtime[0].headers.x version",
    ),
    (
        "x-version = \"2023\"",
        "x-version = \"2023\\r\\nx: y\"",
        "runtime[0].headers.x-version",
    ),
    (
        "x-version = \"2023\"",
        "Transfer-Encoding = \"chunked\"",
        "runtime[0].headers.Transfer-Encoding",
    ),
    (
        "x-account = \"base\"",
        "x-account = \"gone\"",
        "runtime[0].headers_from.x-account",
    ),
    ("[\"old-beta\"]", "[\"a,b\"]", "runtime[0].betas_removed[0]"),
    (
        "methods = [\"dev\", \"code\"]",
        "methods = [\"dev\", \"none\"]",
        "runtime[0].methods[1]",
    ),
    (
        "field = \"base\"",
        "field = \"gone\"",
        "runtime[0].base_from.field",
    ),
    (
        "hosts = [\"b.lab.example\"]",
        "hosts = []",
        "runtime[0].base_from.hosts",
    ),
    (
        "hosts = [\"b.lab.example\"]",
        "hosts = [\"*.lab.example\"]",
        "runtime[0].base_from.hosts[0]",
    ),
    (
        "path = \"/responses\"",
        "pfad = \"/responses\"",
        "runtime[1].pfad",
    ),
    ("method = \"GET\"", "method = \"DELETE\"", "validation.method"),
    ("{api}/check", "{apo}/check", "validation.url"),
    (
        "x-check = \"yes\"",
        "x-check = \"\"",
        "validation.headers.x-check",
    ),
    ("rejected = [401]", "rejected = [1]", "validation.rejected[0]"),
    (
        "\"data.ok\" = true",
        "\"data.\" = true",
        "validation.expect.data.",
    ),
    (
        "methods = [\"web\"]",
        "methods = [\"wob\"]",
        "validation.methods[0]",
    ),
    ("status = [429]", "status = [700]", "errors[0].status[0]"),
    ("[\"too fast\"]", "[\"Too fast\"]", "errors[0].text[0]"),
    (
        "action = \"rate-limit\"",
        "action = \"panic\"",
        "errors[0].action",
    ),
    ("cooldown_s = 60", "cooldown_s = 0", "errors[0].cooldown_s"),
    ("scope = \"model\"", "scope = \"planet\"", "errors[0].scope"),
    (
        "scope = \"model\"
action = \"rate-limit\"",
        "scope = \"model\"
action = \"request\"",
        "errors[0].scope",
    ),
    ("note = \"too fast\"", "note = \"\"", "errors[0].note"),
];

#[test]
fn validation_runtime_and_call_fault_names_line_and_key() {
    for (from, to, key) in RUNTIME_FAULTS {
        check(from, to, key);
    }
}

/// Cuts a part out and expects an error with this key at the line of the text that starts with `near`.
fn check_without(part: &str, near: &str, key: &str) {
    assert!(FULL.contains(part), "`{part}` is not in the row");
    let text = FULL.replacen(part, "", 1);
    let line = 1 + text[..text.find(near).unwrap()].matches('\n').count();
    let (_, found, found_key, problem) = invalid(with_overlay(&[("lab.toml", &text)]));
    assert_eq!((found, found_key.as_str()), (Some(line), key), "{problem}");
}

#[test]
fn validation_missing_field_is_named_at_its_table() {
    for (part, near, key) in [
        ("name = \"Lab\"\n", "id =", "name"),
        (
            "[hosts]\napi = \"https://api.lab.example\"\nauth = \"http://127.0.0.1:9000\"\n",
            "id =",
            "hosts",
        ),
        (
            "name = \"South\"\n",
            "[[regions]]\nid = \"south\"",
            "regions.south.name",
        ),
        (
            "dialect = \"user-code\"\n",
            "[[login]]\nid = \"code\"",
            "login.code.dialect",
        ),
        (
            "client_id = \"client-4\"\n",
            "[[login]]\nid = \"vendor\"",
            "login.vendor.client_id",
        ),
        (
            "client_id = \"client-5\"\n",
            "[[login]]\nid = \"web\"",
            "login.web.client_id",
        ),
        (
            "source = \"lab.example\"\n",
            "[login.card]",
            "login.dev.card.source",
        ),
        (
            "rotation = \"single-use\"\n",
            "[login.refresh]",
            "login.dev.refresh.rotation",
        ),
        (
            "path = \"/responses\"\n",
            "[[runtime]]\nprotocol = \"responses\"",
            "runtime[1].path",
        ),
        ("url = \"{api}/quota\"\n", "[quota.call]", "quota.call.url"),
        (
            "status = [429]\ncode = [\"slow\"]\ntext = [\"too fast\"]\n",
            "[[errors]]",
            "errors[0]",
        ),
    ] {
        check_without(part, near, key);
    }
}

#[test]
fn validation_row_without_runtime_is_refused() {
    let from = FULL.find("[[runtime]]").unwrap();
    let to = FULL.find("[validation]").unwrap();
    let text = format!("{}{}", &FULL[..from], &FULL[to..]);
    assert_eq!(invalid(with_overlay(&[("lab.toml", &text)])).2, "runtime");
    let text = text.replacen("[hosts]", "runtime = []\n[hosts]", 1);
    let (_, line, key, problem) = invalid(with_overlay(&[("lab.toml", &text)]));
    assert_eq!(
        (line, key.as_str(), problem.as_str()),
        (Some(9), "runtime", "must have at least one element")
    );
}

#[test]
fn validation_login_that_no_runtime_row_serves_is_refused() {
    let text = FULL.replacen(
        "auth = \"bearer\"\n[validation]",
        "auth = \"bearer\"\nmethods = [\"web\"]\n[validation]",
        1,
    );
    let (_, _, key, _) = invalid(with_overlay(&[("lab.toml", &text)]));
    assert_eq!(key, "login.vendor.id");
}

#[test]
fn validation_duplicate_ids_in_a_row_are_refused() {
    for (from, to, key) in [
        ("id = \"south\"", "id = \"north\"", "regions.north.id"),
        ("id = \"vendor\"", "id = \"dev\"", "login.dev.id"),
    ] {
        check(from, to, key);
    }
}

#[test]
fn validation_browser_without_any_return_is_refused() {
    let text = FULL
        .replacen("paste_redirect = \"{auth}/paste\"\n", "", 1)
        .replacen(
            "loopback = { host = \"127.0.0.1\", path = \"/cb\", ports = [1455] }\n",
            "",
            1,
        );
    assert_eq!(
        invalid(with_overlay(&[("lab.toml", &text)])).2,
        "login.web.loopback"
    );
}

#[test]
fn validation_wrong_shape_of_login_is_refused() {
    for (login, key) in [
        ("login = 5", "login"),
        ("login = [5]", "login[0]"),
        ("login = [{}]", "login[0].dialect"),
    ] {
        let text = format!("id = \"nous\"\n{login}\n");
        let (_, line, found, _) = invalid(with_overlay(&[("lab.toml", &text)]));
        // The built-in login keeps its place before one without an id.
        let found = found.replace("[1]", "[0]");
        assert_eq!((line, found.as_str()), (Some(2), key));
    }
}

#[test]
fn validation_api_key_login_takes_no_steps() {
    let text = FULL.replacen(
        "[[runtime]]",
        "[[login]]\nid = \"key\"\nname = \"Key\"\ndialect = \"api-key\"\nclient_id = \"x\"\n[[runtime]]",
        1,
    );
    assert_eq!(
        invalid(with_overlay(&[("lab.toml", &text)])).2,
        "login.key.client_id"
    );
}

#[test]
fn validation_unknown_dialect_of_a_built_in_row_is_an_error() {
    let text = FULL.replacen("dialect = \"device-code\"", "dialect = \"telepathy\"", 1);
    let error = read_builtin("providers/lab.toml", &text).unwrap_err();
    let CatalogError::Invalid { file, line, key, .. } = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (file.get(Lang::En), *line, key.as_str()),
        ("providers/lab.toml", Some(23), "login.dev.dialect")
    );
    assert!(error.to_string().contains("`telepathy`"));
}

#[test]
fn validation_error_reads_as_file_line_key_problem() {
    let text = FULL.replacen("client-1", "client 1", 1);
    let error = with_overlay(&[("dir/lab.toml", &text)]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "dir/lab.toml:26: `login.dev.client_id`: must be visible ASCII without spaces"
    );
}

#[test]
fn validation_error_about_a_hostile_key_stays_printable_and_short() {
    let text = format!("id = \"nous\"\n\"a\\n\\u001b[2J{}\" = 1\n", "x".repeat(3000));
    let error = with_overlay(&[("lab.toml", &text)]).unwrap_err().to_string();
    assert!(error.starts_with("lab.toml:2: `a  [2Jxxx"), "{error}");
    assert!(
        error.chars().count() < 450 && !error.contains(char::is_control),
        "{error}"
    );
}
