use std::time::Duration;

use hermes_core::{LoginCause, OsRandom};
use hermes_store::{Attempt, Lease, Phase};
use pretty_assertions::assert_eq;
use rstest::rstest;

use super::{Next, next};

fn lease(phase: Phase) -> Lease {
    Lease {
        generation: 3,
        phase,
        attempt: Some(Attempt::new(&OsRandom)),
        attempts: 1,
        lapsed: false,
        grace_over: false,
        holder_gone: false,
        token_ended: false,
        retry_in: None,
        quiet_for: None,
        cause: None,
        fingerprint: String::new(),
    }
}

/// What a lease leads to, as a word.
fn word(lease: &Lease, safe: bool, force: bool) -> &'static str {
    match next(lease, safe, force) {
        Next::Take { gone: None } => "take",
        Next::Take { gone: Some(_) } => "take from the dead",
        Next::Wait => "wait",
        Next::Presume { gone: true, .. } => "presume, gone",
        Next::Presume { gone: false, .. } => "presume, grace",
        Next::Replay { safe: true, .. } => "replay, safe",
        Next::Replay { safe: false, .. } => "replay",
        Next::GiveUp { .. } => "give up",
        Next::Later { .. } => "later",
        Next::Dead(_) => "dead",
    }
}

/// `l` lapsed, `g` grace over, `h` holder gone, `t` token ended, `r` a pause, `q` quiet time, `2` two attempts.
fn with(phase: Phase, flags: &str) -> Lease {
    let has = |flag| flags.contains(flag);
    Lease {
        lapsed: has('l'),
        grace_over: has('g'),
        holder_gone: has('h'),
        token_ended: has('t'),
        retry_in: has('r').then_some(Duration::from_secs(5)),
        quiet_for: has('q').then_some(Duration::from_secs(40)),
        attempts: if has('2') { 2 } else { 1 },
        ..lease(phase)
    }
}

#[rstest]
#[case(Phase::Idle, "", "take")]
#[case(Phase::Idle, "r", "later")]
#[case(Phase::Idle, "q", "later")]
#[case(Phase::Leased, "", "wait")]
#[case(Phase::Leased, "t", "wait")]
#[case(Phase::Leased, "l", "take")]
#[case(Phase::Leased, "h", "take from the dead")]
#[case(Phase::Leased, "hq", "later")]
#[case(Phase::Leased, "lq", "later")]
#[case(Phase::Sent, "", "wait")]
#[case(Phase::Sent, "l", "wait")]
#[case(Phase::Sent, "lt", "wait")]
#[case(Phase::Sent, "h", "wait")]
#[case(Phase::Sent, "lh", "presume, gone")]
#[case(Phase::Sent, "lg", "presume, grace")]
#[case(Phase::Sent, "lght", "presume, gone")]
#[case(Phase::Uncertain, "", "later")]
#[case(Phase::Uncertain, "lg", "later")]
#[case(Phase::Uncertain, "lgh", "later")]
#[case(Phase::Uncertain, "lgt", "later")]
#[case(Phase::Uncertain, "lht", "later")]
#[case(Phase::Uncertain, "lght", "replay")]
#[case(Phase::Uncertain, "lghtq", "later")]
#[case(Phase::Uncertain, "lghtr", "later")]
#[case(Phase::Uncertain, "2", "later")]
#[case(Phase::Uncertain, "2lg", "later")]
#[case(Phase::Uncertain, "2lght", "give up")]
#[case(Phase::NeedsLogin, "lght", "dead")]
fn next_follows_the_state_machine(#[case] phase: Phase, #[case] flags: &str, #[case] expected: &str) {
    assert_eq!(word(&with(phase, flags), false, false), expected);
}

#[test]
fn next_replays_at_once_where_the_issuer_takes_a_spent_token_again() {
    assert_eq!(word(&with(Phase::Uncertain, ""), true, false), "replay, safe");
    assert_eq!(word(&with(Phase::Uncertain, "2"), true, false), "later");
    assert_eq!(word(&with(Phase::Uncertain, "q"), true, false), "later");
    assert_eq!(word(&with(Phase::Sent, "l"), true, false), "wait");
}

#[test]
fn next_lets_a_person_pass_over_a_pause_and_over_nothing_else() {
    assert_eq!(word(&with(Phase::Idle, "r"), false, true), "take");
    assert_eq!(word(&with(Phase::Idle, "q"), false, true), "later");
    assert_eq!(word(&with(Phase::Leased, ""), false, true), "wait");
    assert_eq!(word(&with(Phase::Sent, "l"), false, true), "wait");
    assert_eq!(word(&with(Phase::Uncertain, "lg"), false, true), "later");
    assert_eq!(word(&with(Phase::NeedsLogin, ""), false, true), "dead");
}

#[test]
fn next_tells_the_recorded_cause_of_a_dead_login() {
    let mut dead = lease(Phase::NeedsLogin);
    assert_eq!(next(&dead, false, false), Next::Dead(LoginCause::RevokedOrReused));
    dead.cause = Some(LoginCause::InDoubt);
    assert_eq!(next(&dead, false, false), Next::Dead(LoginCause::InDoubt));
}
