//! Refresh tokens are good for one call: eight programs make one together, and a copy of the home makes none.

use futures_util::future::try_join_all;
use hermes_core::ExitKind;
use serde_json::{Value, json};

use super::{Stage, copy_folder, hours, short};
use crate::failure::Failure;

/// Programs that ask at the same moment.
const PROGRAMS: usize = 8;

pub(super) async fn play(stage: &Stage<'_>) -> Result<Value, Failure> {
    stage.begin("A drill: eight programs need one ended token; then a copy of the home needs it too");
    let provider = stage.one_login(&[]).await?.provider;
    stage.done(&format!(
        "Signed in to {}; the token lives for an hour",
        provider.name
    ));
    let target = provider.id.as_str();
    let ask = ["token", target, "--json"];

    stage.title("1. Two hours later, eight programs ask at once");
    stage.tell(&format!("$ hermes token {target} & (8 times)"));
    let programs = (0..PROGRAMS).map(|_| stage.hermes("first", hours(2), &[], &ask));
    let ended = try_join_all(programs).await?;
    let calls = stage.renewals();
    let mut tokens: Vec<_> = ended.iter().filter_map(super::Ended::token).collect();
    let served = tokens.len();
    tokens.dedup();
    for one in ended.iter().filter(|one| one.code != Some(0)) {
        stage.quote(one);
    }
    stage.claim(
        served == PROGRAMS && tokens.len() == 1,
        "All eight printed the same new token",
    )?;
    stage.claim(calls == 1, "The provider got one call for it, not eight")?;
    let token = tokens.pop().unwrap_or_default();

    stage.title("2. Somebody copies the home, as a backup or a machine image does, and uses the copy");
    copy_folder(&stage.home("first"), &stage.home("copy"))?;
    let fresh = stage.hermes("copy", hours(2), &[], &ask).await?;
    stage.claim(
        fresh.token().as_deref() == Some(token.as_str()) && stage.renewals() == calls,
        "While the token lives, the copy serves it and calls nobody",
    )?;
    stage.tell(&format!(
        "Two hours later it has ended. In the copy: $ hermes token {target}"
    ));
    let copied = stage.hermes("copy", hours(4), &[], &["token", target]).await?;
    stage.quote(&copied);
    let refused = copied.code == Some(i32::from(ExitKind::Store.code()));
    stage.claim(
        refused && stage.renewals() == calls,
        "The copy renews nothing: no call, exit code 8, and the text says why",
    )?;

    stage.title("3. The original goes on");
    let renewed = stage.hermes("first", hours(4), &[], &ask).await?;
    let next = renewed.token().unwrap_or_default();
    let alive = stage.sim.family_alive(&next);
    stage.claim(
        renewed.code == Some(0) && alive && stage.renewals() == calls + 1,
        "One more call, and the login is alive: no refresh token was ever sent twice",
    )?;
    stage.tell("\nHad both renewed with the same refresh token, the provider would have taken it for stolen and ended the login.");
    Ok(json!({
        "scenario": "reuse", "provider": target, "programs": PROGRAMS, "token_calls": calls, "same_tokens": served,
        "token": short(&token), "copy": { "exit": copied.code, "token_calls": 0, "message": copied.stderr },
        "original_alive": alive,
    }))
}
