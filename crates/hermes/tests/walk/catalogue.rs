//! Rows that tests lay over the catalogue.

#[cfg(target_os = "linux")]
use std::path::Path;

use crate::harness::Lab;

/// A provider with a login that nobody has heard of.
const STRANGE: &str = r#"
id = "strange"
name = "Strange"
summary = "A provider with a login that nobody has heard of"
billing = "metered"
[hosts]
api = "https://api.strange.test"
[[login]]
id = "telepathy"
name = "Telepathy"
dialect = "telepathy"
card = { class = "allowed", date = "2026-11", source = "test", text = "Test." }
[[runtime]]
protocol = "chat_completions"
base_url = "{api}/v1"
path = "/chat/completions"
auth = "bearer"
"#;

/// From now on there is a provider `strange`, whose only login method is `telepathy`.
pub(crate) fn with_strange(lab: &mut Lab) {
    lay_over(lab, "strange", STRANGE);
}

/// From now on `MiniMax` can end a login.
#[cfg(target_os = "linux")]
pub(crate) fn with_revocation(lab: &mut Lab) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../hermes-catalog/providers/minimax-oauth.toml");
    let text = fs_err::read_to_string(file).expect("the provider");
    let revoke = "\n[login.revoke]\nendpoint = \"{account}/oauth2/revoke\"\n\n[[runtime]]";
    lay_over(lab, "minimax-oauth", &text.replacen("\n[[runtime]]", revoke, 1));
}

fn lay_over(lab: &mut Lab, provider: &str, row: &str) {
    let file = lab.write(&format!("catalog/{provider}.toml"), row);
    let folder = file.parent().expect("a folder");
    lab.set("HERMES_CATALOG", &folder.display().to_string());
}
