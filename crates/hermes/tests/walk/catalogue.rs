//! Rows that tests lay over the catalogue.

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
    let text = row("minimax-oauth");
    let revoke = "\n[login.revoke]\nendpoint = \"{account}/oauth2/revoke\"\n\n[[runtime]]";
    lay_over(lab, "minimax-oauth", &text.replacen("\n[[runtime]]", revoke, 1));
}

/// From now on there is a provider `<provider>-only`, which is another one but for speaking this protocol and no other.
#[cfg(unix)]
pub(crate) fn with_protocol(lab: &mut Lab, provider: &str, protocol: &str) {
    let wanted = format!("protocol = \"{protocol}\"");
    let own = ["id = ", "aliases = ", "env = "];
    let mut kept = vec![format!("id = \"{provider}-only\"")];
    let text = row(provider);
    let mut lines = text.lines().peekable();
    let mut head = true;
    while let Some(line) = lines.next() {
        head &= !line.starts_with('[');
        if line == "[[runtime]]" && lines.peek().is_some_and(|next| !next.starts_with(&wanted)) {
            while lines.next_if(|next| !next.starts_with('[')).is_some() {}
        } else if !(head && own.iter().any(|field| line.starts_with(field))) {
            kept.push(line.to_owned());
        }
    }
    lay_over(lab, &format!("{provider}-only"), &kept.join("\n"));
}

/// A provider as the catalogue has it.
#[cfg(unix)]
fn row(provider: &str) -> String {
    let file = format!("../hermes-catalog/providers/{provider}.toml");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    fs_err::read_to_string(file).expect("the provider")
}

fn lay_over(lab: &mut Lab, provider: &str, row: &str) {
    let file = lab.write(&format!("catalog/{provider}.toml"), row);
    let folder = file.parent().expect("a folder");
    lab.set("HERMES_CATALOG", &folder.display().to_string());
}
