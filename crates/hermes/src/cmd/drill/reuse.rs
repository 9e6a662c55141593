//! Refresh tokens are good for one call: eight programs make one together, and a copy of the home makes none.

use futures_util::future::try_join_all;
use hermes_core::ExitKind;
use hermes_text::cli::drill as words;
use serde_json::{Value, json};

use super::{Stage, copy_folder, hours, short};
use crate::failure::Failure;

/// Programs that ask at the same moment.
const PROGRAMS: usize = 8;

pub(super) async fn play(stage: &Stage<'_>) -> Result<Value, Failure> {
    stage.begin(words::reuse);
    let provider = stage.one_login(&[]).await?.provider;
    stage.done(|lang| words::signed_in(lang, &provider.name));
    let target = provider.id.as_str();
    let ask = ["token", target, "--json"];

    stage.title(words::reuse_at_once);
    stage.tell(|lang| format!("$ hermes token {target} & {}", words::eight_times(lang)));
    let programs = (0..PROGRAMS).map(|_| stage.hermes("first", hours(2), &[], &ask));
    let ended = try_join_all(programs).await?;
    let calls = stage.renewals();
    let mut tokens: Vec<_> = ended.iter().filter_map(super::Ended::token).collect();
    let served = tokens.len();
    tokens.dedup();
    for one in ended.iter().filter(|one| one.code != Some(0)) {
        stage.quote(one);
    }
    stage.claim(served == PROGRAMS && tokens.len() == 1, words::reuse_same)?;
    stage.claim(calls == 1, words::reuse_one_call)?;
    let token = tokens.pop().unwrap_or_default();

    stage.title(words::reuse_copy);
    copy_folder(&stage.home("first"), &stage.home("copy"))?;
    let fresh = stage.hermes("copy", hours(2), &[], &ask).await?;
    stage.claim(
        fresh.token().as_deref() == Some(token.as_str()) && stage.renewals() == calls,
        words::reuse_copy_serves,
    )?;
    stage.command(words::reuse_later, &format!("hermes token {target}"));
    let copied = stage.hermes("copy", hours(4), &[], &["token", target]).await?;
    stage.quote(&copied);
    let refused = copied.code == Some(i32::from(ExitKind::Store.code()));
    let copy_calls = stage.renewals() - calls;
    stage.claim(refused && copy_calls == 0, words::reuse_copy_refuses)?;

    stage.title(words::reuse_original);
    let renewed = stage.hermes("first", hours(4), &[], &ask).await?;
    let next = renewed.token().unwrap_or_default();
    let alive = stage.sim.family_alive(&next);
    let once = stage.sim.refresh_posts().iter().all(|(_, posts)| *posts == 1);
    stage.claim(
        renewed.code == Some(0) && alive && once && stage.renewals() == calls + 1,
        words::reuse_alive,
    )?;
    stage.close(words::reuse_moral);
    Ok(json!({
        "scenario": "reuse", "provider": target, "programs": PROGRAMS, "token_calls": calls, "same_tokens": served,
        "token": short(&token), "copy": { "exit": copied.code, "token_calls": copy_calls, "message": copied.stderr },
        "original_alive": alive,
    }))
}
