use std::path::Path;

use hermes_core::{ExitKind, Explain, Protocol};
use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::{builtin, invalid, with_overlay};
use crate::catalog::ROWS;
use crate::source::Source;
use crate::{AuthStyle, Catalog, CatalogError, LoginFlow, Provider};

fn merged(id: &str, text: &str) -> Provider {
    let file = format!("id = \"{id}\"\n{text}");
    let catalog = with_overlay(&[("over.toml", &file)]).unwrap_or_else(|error| panic!("{error}"));
    catalog.provider(id).unwrap().clone()
}

fn plain(id: &str) -> Provider {
    builtin().provider(id).unwrap().clone()
}

/// A whole new row.
const NEW: &str = r#"id = "lab"
aliases = ["laboratory"]
name = "Lab"
summary = "A test"
billing = "free"
[hosts]
api = "https://lab.example"
[[login]]
id = "key"
name = "Key"
dialect = "api-key"
card = { class = "allowed", date = "2026-11-23", source = "lab", text = "Go on" }
[[runtime]]
protocol = "chat_completions"
base_url = "{api}"
path = "/v1/chat/completions"
auth = "bearer"
"#;

#[test]
fn overlay_changes_only_what_it_names() {
    let expected = Provider {
        name: "Renamed".to_owned(),
        ..plain("minimax-oauth")
    };
    assert_eq!(merged("minimax-oauth", "name = \"Renamed\"\n"), expected);
}

#[test]
fn overlay_merges_hosts_and_regions() {
    let provider = merged(
        "minimax-oauth",
        "[[regions]]\nid = \"cn\"\nhosts = { account = \"https://other.example\" }\n[[regions]]\nid = \"lab\"\nname = \"Lab\"\nhosts = { api = \"http://127.0.0.1:9\" }\n",
    );
    let ids: Vec<&str> = provider.regions.iter().map(|region| region.id.as_str()).collect();
    assert_eq!(ids, ["global", "cn", "lab"]);
    assert_eq!(provider.hosts(Some("cn"))["account"], "https://other.example");
    assert_eq!(provider.hosts(Some("cn"))["api"], "https://api.minimaxi.com");
    assert_eq!(
        provider.hosts(Some("lab"))["account"],
        "https://account.minimax.io"
    );
}

#[test]
fn overlay_merges_a_login_by_id_and_adds_others_last() {
    let provider = merged(
        "anthropic",
        "[[login]]\nid = \"plan\"\nscopes = [\"one\"]\n[[login]]\nid = \"second-key\"\nname = \"Second\"\ndialect = \"api-key\"\n\
         card = { class = \"allowed\", date = \"2026-11\", source = \"me\", text = \"Mine\" }\n\
         [[runtime]]\nprotocol = \"anthropic_messages\"\nbase_url = \"{api}\"\npath = \"/v1/messages\"\nauth = \"bearer\"\nmethods = [\"second-key\"]\n",
    );
    let ids: Vec<&str> = provider.login.iter().map(|method| method.id.as_str()).collect();
    assert_eq!(ids, ["key", "console", "plan", "second-key"]);
    let LoginFlow::Browser(flow) = &provider.login[2].flow else {
        panic!("browser")
    };
    assert_eq!(flow.scopes, ["one"]);
    assert_eq!(flow.token.as_str(), "{platform}/v1/oauth/token");
}

#[test]
fn overlay_merges_a_runtime_row_by_protocol_and_methods() {
    let provider = merged(
        "anthropic",
        "[[runtime]]\nprotocol = \"anthropic_messages\"\nmethods = [\"console\", \"key\"]\nauth = \"bearer\"\n",
    );
    assert_eq!(provider.runtime.len(), 2);
    assert_eq!(provider.runtime[0].auth, AuthStyle::Bearer);
    assert_eq!(provider.runtime[0].methods, ["console", "key"]);
    let codex = merged(
        "openai-codex",
        "[[runtime]]\nprotocol = \"codex_responses\"\npath = \"/other\"\n",
    );
    assert_eq!(
        (codex.runtime.len(), codex.runtime[0].path.as_str()),
        (1, "/other")
    );
    assert_eq!(codex.runtime[0].protocol, Protocol::Responses);
}

#[test]
fn overlay_replaces_other_lists() {
    let provider = merged(
        "openrouter",
        "aliases = [\"router\"]\n[[errors]]\nstatus = [402]\naction = \"request\"\nnote = \"mine\"\n",
    );
    assert_eq!(
        (provider.aliases.as_slice(), provider.errors.len()),
        (&["router".to_owned()][..], 1)
    );
}

#[test]
fn overlay_new_id_is_a_new_row() {
    let catalog = with_overlay(&[("lab.toml", NEW)]).unwrap();
    assert_eq!(catalog.provider("Laboratory").unwrap().id.as_str(), "lab");
    assert_eq!(catalog.providers().count(), builtin().providers().count() + 1);
}

#[test]
fn overlay_unknown_dialect_is_kept_as_unsupported() {
    let provider = merged(
        "nous",
        "[[login]]\nid = \"device\"\ndialect = \"telepathy\"\nwaves = 7\n",
    );
    assert_eq!(
        provider.login[0].flow,
        LoginFlow::Unsupported {
            name: "telepathy".to_owned()
        }
    );
    assert_eq!(provider.login[0].id, "device");
    assert!(
        provider
            .token_origins(&provider.login[0], None)
            .iter()
            .all(|origin| origin.host() == "portal.nousresearch.com")
    );
    let fresh = NEW.replace("api-key", "pkce");
    let catalog = with_overlay(&[("lab.toml", &fresh)]).unwrap();
    assert_eq!(
        catalog.provider("lab").unwrap().login[0].flow,
        LoginFlow::Unsupported {
            name: "pkce".to_owned()
        }
    );
}

#[test]
fn overlay_changed_dialect_drops_the_old_steps() {
    let provider = merged("nous", "[[login]]\nid = \"device\"\ndialect = \"api-key\"\n");
    assert_eq!(provider.login[0].flow, LoginFlow::ApiKey);
    assert_eq!(provider.login[0].card, plain("nous").login[0].card);
}

#[test]
fn overlay_error_names_file_line_and_key_of_the_overlay() {
    for (text, line, key) in [
        ("id = \"nous\"\nname = 7\n", 2, "name"),
        ("id = \"nous\"\nfoo = 7\n", 2, "foo"),
        (
            "id = \"nous\"\n\n[hosts]\nportal = \"http://evil.example\"\n",
            4,
            "hosts.portal",
        ),
        (
            "id = \"nous\"\n[[login]]\nid = \"device\"\nclient_id = \"a b\"\n",
            4,
            "login.device.client_id",
        ),
        (
            "id = \"nous\"\n[[login]]\nid = \"device\"\nscopes = [\n  \"ok\",\n  \"b d\",\n]\n",
            6,
            "login.device.scopes[1]",
        ),
        (
            "id = \"anthropic\"\n[[login]]\nid = \"plan\"\nfoo = 1\n",
            4,
            "login.plan.foo",
        ),
        (
            "id = \"anthropic\"\n[[login]]\nid = \"plan\"\n[login.card]\ndate = \"yesterday\"\n",
            5,
            "login.plan.card.date",
        ),
        (
            "id = \"minimax-oauth\"\n[[regions]]\nid = \"cn\"\nhosts = { api = \"x\" }\n",
            4,
            "regions.cn.hosts.api",
        ),
        (
            "id = \"nous\"\n[[login]]\nname = \"x\"\ndialect = \"api-key\"\n",
            2,
            "login[1].id",
        ),
        (
            "id = \"nous\"\n[[runtime]]\nprotocol = \"responses\"\n",
            2,
            "runtime[1].base_url",
        ),
        ("name = \"x\"\n", 1, "id"),
        ("id = 5\n", 1, "id"),
        ("id = \"custom:x\"\nname = \"x\"\n", 1, "summary"),
        ("id = \"nous\"\nname = \n", 2, "name"),
    ] {
        let (file, found_line, found_key, problem) = invalid(with_overlay(&[("dir/over.toml", text)]));
        assert_eq!(
            (file.as_str(), found_line, found_key.as_str()),
            ("dir/over.toml", Some(line), key),
            "{problem}\n{text}"
        );
    }
}

#[test]
fn overlay_name_of_another_row_is_refused_in_the_overlay() {
    for (text, line, key) in [
        (NEW.replace("laboratory", "claude"), 2, "aliases[0]"),
        (NEW.replace("laboratory", "nous"), 2, "aliases[0]"),
        (NEW.replace("laboratory", "lab"), 2, "aliases[0]"),
        (NEW.replace("\"lab\"", "\"claude\""), 1, "id"),
        (NEW.replace("\"lab\"", "\"or\""), 1, "id"),
    ] {
        let (file, found_line, found_key, problem) = invalid(with_overlay(&[("lab.toml", &text)]));
        assert_eq!(
            (file.as_str(), found_line, found_key.as_str()),
            ("lab.toml", Some(line), key),
            "{problem}"
        );
    }
}

#[test]
fn overlay_two_files_of_one_id_are_refused() {
    let (file, line, key, problem) = invalid(with_overlay(&[("a.toml", NEW), ("b.toml", NEW)]));
    assert_eq!((file.as_str(), line, key.as_str()), ("b.toml", Some(1), "id"));
    assert!(problem.contains("a.toml"), "{problem}");
}

#[test]
fn overlay_custom_id_is_refused() {
    let (_, line, key, _) = invalid(with_overlay(&[(
        "a.toml",
        &NEW.replace("\"lab\"", "\"custom:x\""),
    )]));
    assert_eq!((line, key.as_str()), (Some(1), "id"));
}

#[test]
fn overlay_folder_is_read_and_other_files_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(folder.path().join("lab.toml"), NEW).unwrap();
    fs_err::write(folder.path().join("notes.txt"), "not a row").unwrap();
    let catalog = Catalog::load(Some(folder.path()), Vec::new()).unwrap();
    assert!(catalog.provider("lab").is_ok());
}

#[test]
fn overlay_broken_file_names_itself_and_ends_as_usage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.toml");
    fs_err::write(&path, "id = \"nous\"\n=").unwrap();
    let error = Catalog::load(Some(folder.path()), Vec::new()).unwrap_err();
    assert_eq!(
        (error.kind(), error.exit()),
        ("catalogue_invalid", ExitKind::Usage)
    );
    assert!(
        error.to_string().starts_with(&format!("{}:2: ", path.display())),
        "{error}"
    );
}

#[test]
fn overlay_unreadable_things_are_errors_that_name_them() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("gone");
    let fill = |name: &str, path: &Path| match name {
        "folder.toml" => fs_err::create_dir(path).unwrap(),
        "binary.toml" => fs_err::write(path, [0xff, 0xfe]).unwrap(),
        _ => fs_err::write(path, vec![b'#'; (1 << 20) + 1]).unwrap(),
    };
    let error = Catalog::load(Some(&gone), Vec::new()).unwrap_err();
    assert!(
        matches!(&error, CatalogError::Read { path, .. } if path.ends_with("gone")),
        "{error}"
    );
    for (index, name) in ["folder.toml", "binary.toml", "huge.toml"].iter().enumerate() {
        let folder = folder.path().join(index.to_string());
        fs_err::create_dir(&folder).unwrap();
        fill(name, &folder.join(name));
        let error = Catalog::load(Some(&folder), Vec::new()).unwrap_err();
        assert!(
            matches!(&error, CatalogError::Read { path, .. } if path.ends_with(name)),
            "{error}"
        );
        assert_eq!(
            (error.kind(), error.exit()),
            ("catalogue_unreadable", ExitKind::Usage)
        );
    }
}

/// Loads a text as an overlay; any error must name the file and stay short.
fn load_any(text: &str) -> Result<(), TestCaseError> {
    let result =
        Source::parse("any.toml", text).and_then(|source| Catalog::assemble(vec![source], Vec::new()));
    if let Err(error) = result {
        let shown = error.to_string();
        prop_assert!(shown.starts_with("any.toml:"), "{}", shown);
        prop_assert!(shown.chars().count() < 600, "{}", shown);
        prop_assert!(!shown.contains(char::is_control), "{:?}", shown);
        prop_assert_eq!(error.exit(), ExitKind::Usage);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn overlay_arbitrary_text_never_panics(text in any::<String>()) {
        load_any(&text)?;
    }

    #[test]
    fn overlay_damaged_row_never_panics(
        row in 0..ROWS.len(),
        from in any::<prop::sample::Index>(),
        length in 0_usize..40,
        put in "[a-z0-9 =\"\\[\\]{}.,:/\n-]{0,12}",
    ) {
        let text: Vec<char> = ROWS[row].1.chars().collect();
        let from = from.index(text.len());
        let to = (from + length).min(text.len());
        let damaged: String = text[..from].iter().copied().chain(put.chars()).chain(text[to..].iter().copied()).collect();
        load_any(&damaged)?;
    }

    #[test]
    fn overlay_any_value_for_any_field_never_panics(
        row in 0..ROWS.len(),
        field in "(hosts|regions|login|runtime|env|aliases|models|quota|validation|errors|id|name|foo)",
        value in "(1|\"x\"|true|\\[\\]|\\{\\}|\\[1\\]|\\[\\{\\}\\]|\\[\\{id = 1\\}\\]|\\{a = \"b\"\\}|1979-05-27|nan|\\[\\[\\]\\])",
    ) {
        let id = ROWS[row].0.trim_start_matches("providers/").trim_end_matches(".toml");
        let head = if field == "id" { String::new() } else { format!("id = \"{id}\"\n") };
        load_any(&format!("{head}{field} = {value}\n"))?;
    }
}
