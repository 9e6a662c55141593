//! Each arrow of the refresh state machine, and each move that it refuses.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use hermes_core::{CoolCause, CredentialId, Health, LoginCause, OsRandom, Scope};
use hermes_store::{Attempt, Commit, GRACE, LEASE, Lease, LeaseMove, Phase, Store};

use crate::support::{Home, login, material, now};

const MOMENT: Duration = Duration::from_millis(1);
/// Longer than the access token of a test lives.
const TOKEN: Duration = Duration::from_hours(1);

/// A store with one login, as one process sees it.
pub(crate) struct Stage {
    pub(crate) home: Home,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) id: CredentialId,
}

pub(crate) async fn stage(home: Home) -> Stage {
    let store = home.open().await;
    let id = store.save_login(login("a"), now()).await.unwrap().credential.id;
    Stage { home, store, id }
}

pub(crate) fn new_attempt() -> Attempt {
    Attempt::new(&OsRandom)
}

impl Stage {
    pub(crate) async fn step(&self, step: LeaseMove) -> bool {
        self.step_at(1, step).await
    }

    async fn step_at(&self, generation: u64, step: LeaseMove) -> bool {
        self.store.move_lease(self.id, generation, &step).await.unwrap()
    }

    pub(crate) async fn lease(&self) -> Lease {
        self.store.lease(self.id).await.unwrap().unwrap()
    }

    async fn phase(&self) -> Phase {
        self.lease().await.phase
    }

    /// Takes the lease, if that is possible.
    pub(crate) async fn acquire(&self) -> Option<Attempt> {
        let attempt = new_attempt();
        let taken = self.step(acquire(&attempt)).await;
        taken.then_some(attempt)
    }

    pub(crate) async fn leased(&self) -> Attempt {
        self.acquire().await.unwrap()
    }

    pub(crate) async fn sent(&self) -> Attempt {
        let attempt = self.leased().await;
        assert!(self.step(LeaseMove::Mark(attempt.clone())).await);
        attempt
    }

    async fn uncertain(&self) -> Attempt {
        let attempt = self.sent().await;
        assert!(self.step(doubt(&attempt)).await);
        attempt
    }

    async fn resent(&self) -> Attempt {
        let seen = self.uncertain().await;
        let attempt = new_attempt();
        assert!(self.step(resend(&attempt, &seen, true)).await);
        attempt
    }

    async fn condemned(&self, cause: LoginCause) -> Attempt {
        let attempt = self.resent().await;
        assert!(self.step(condemn(&attempt, cause)).await);
        attempt
    }

    /// The same login as another process, or another machine, sees it.
    async fn seen_by(&self, home: Home) -> Self {
        Self {
            store: home.open().await,
            home,
            id: self.id,
        }
    }

    async fn health(&self) -> Health {
        self.store.credentials().await.unwrap()[0].health.clone()
    }

    async fn last_event(&self) -> (String, String) {
        let event = self.store.events(Some(self.id), 1).await.unwrap().remove(0);
        (event.kind, event.detail)
    }

    /// The move changes nothing at all.
    async fn refuses(&self, step: LeaseMove) {
        let before = (self.lease().await, self.store.version().await.unwrap());
        assert!(!self.step(step.clone()).await, "{step:?}");
        let after = (self.lease().await, self.store.version().await.unwrap());
        assert_eq!(before, after, "{step:?}");
    }
}

pub(crate) fn acquire(attempt: &Attempt) -> LeaseMove {
    LeaseMove::Acquire {
        attempt: attempt.clone(),
        gone: None,
        force: false,
    }
}

fn acquire_from(gone: &Attempt) -> LeaseMove {
    LeaseMove::Acquire {
        attempt: new_attempt(),
        gone: Some(gone.clone()),
        force: false,
    }
}

fn forced() -> LeaseMove {
    LeaseMove::Acquire {
        attempt: new_attempt(),
        gone: None,
        force: true,
    }
}

fn release(attempt: &Attempt, seconds: Option<u64>) -> LeaseMove {
    LeaseMove::Release {
        attempt: attempt.clone(),
        retry_after: seconds.map(Duration::from_secs),
    }
}

fn doubt(attempt: &Attempt) -> LeaseMove {
    LeaseMove::Doubt {
        attempt: attempt.clone(),
        problem: "the connection broke".to_owned(),
    }
}

fn presume(attempt: &Attempt, gone: bool) -> LeaseMove {
    LeaseMove::Presume {
        attempt: attempt.clone(),
        gone,
    }
}

fn resend(attempt: &Attempt, seen: &Attempt, safe: bool) -> LeaseMove {
    LeaseMove::Resend {
        attempt: attempt.clone(),
        seen: seen.clone(),
        safe,
    }
}

fn condemn(attempt: &Attempt, cause: LoginCause) -> LeaseMove {
    LeaseMove::Condemn {
        attempt: attempt.clone(),
        cause,
    }
}

pub(crate) async fn lease_of_a_new_login_is_idle(home: Home) {
    let stage = stage(home).await;
    let lease = stage.lease().await;
    let shown = stage.store.credentials().await.unwrap()[0].fingerprint.clone();
    assert_eq!(lease.phase, Phase::Idle);
    assert_eq!((lease.generation, lease.attempts, lease.attempt), (1, 0, None));
    assert!(lease.holder_gone && !lease.token_ended);
    assert_eq!(lease.fingerprint, shown);
    let nobody = CredentialId::new(now(), &OsRandom);
    assert_eq!(stage.store.lease(nobody).await.unwrap(), None);
}

pub(crate) async fn acquire_idle_takes_the_lease(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.leased().await;
    let lease = stage.lease().await;
    assert_eq!((lease.phase, lease.attempts), (Phase::Leased, 0));
    assert_eq!(lease.attempt, Some(attempt));
    assert!(!lease.lapsed && !lease.holder_gone);
}

pub(crate) async fn acquire_of_another_generation_or_nobody_is_refused(home: Home) {
    let stage = stage(home).await;
    for generation in [0, 2, 99] {
        assert!(!stage.step_at(generation, acquire(&new_attempt())).await);
    }
    let nobody = CredentialId::new(now(), &OsRandom);
    let step = acquire(&new_attempt());
    assert!(!stage.store.move_lease(nobody, 1, &step).await.unwrap());
    assert_eq!(stage.phase().await, Phase::Idle);
}

pub(crate) async fn acquire_while_leased_waits_for_the_lapse(home: Home) {
    let stage = stage(home).await;
    let first = stage.leased().await;
    stage.refuses(acquire(&new_attempt())).await;
    stage.refuses(forced()).await;
    stage.home.clock.advance(LEASE.checked_sub(MOMENT).unwrap());
    stage.refuses(acquire(&new_attempt())).await;
    stage.home.clock.advance(MOMENT);
    assert!(stage.lease().await.lapsed);
    let second = stage.leased().await;
    assert_eq!(stage.lease().await.attempt, Some(second));
    stage.refuses(LeaseMove::Mark(first.clone())).await;
    stage.refuses(release(&first, None)).await;
}

pub(crate) async fn acquire_at_once_when_the_holder_has_ended(home: Home) {
    let first = stage(home).await;
    let second = first.seen_by(first.home.same()).await;
    let held = first.leased().await;
    assert!(!second.lease().await.holder_gone);
    drop(first);
    assert!(second.lease().await.holder_gone);
    second.refuses(acquire(&new_attempt())).await;
    second.refuses(acquire_from(&new_attempt())).await;
    assert!(second.step(acquire_from(&held)).await);
}

pub(crate) async fn acquire_once_something_was_sent_is_refused_for_ever(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.sent().await;
    for _ in 0..3 {
        stage.refuses(acquire(&new_attempt())).await;
        stage.refuses(acquire_from(&attempt)).await;
        stage.refuses(forced()).await;
        stage.home.clock.advance(LEASE + GRACE + TOKEN);
    }
    assert!(stage.step(presume(&attempt, false)).await);
    stage.refuses(acquire_from(&attempt)).await;
    stage.refuses(forced()).await;
}

pub(crate) async fn acquire_of_a_dead_login_is_refused(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.condemned(LoginCause::RevokedOrReused).await;
    stage.home.clock.advance(TOKEN);
    stage.refuses(acquire(&new_attempt())).await;
    stage.refuses(acquire_from(&attempt)).await;
    stage.refuses(forced()).await;
}

pub(crate) async fn pause_is_kept_unless_a_person_insists(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.sent().await;
    assert!(stage.step(release(&attempt, Some(30))).await);
    assert_eq!(stage.lease().await.retry_in, Some(Duration::from_secs(30)));
    stage.refuses(acquire(&new_attempt())).await;
    stage
        .home
        .clock
        .advance(Duration::from_secs(30).checked_sub(MOMENT).unwrap());
    stage.refuses(acquire(&new_attempt())).await;
    stage.home.clock.advance(MOMENT);
    let attempt = stage.leased().await;
    assert!(stage.step(release(&attempt, Some(30))).await);
    assert!(stage.step(forced()).await);
    assert_eq!(stage.lease().await.retry_in, None);
}

pub(crate) async fn mark_needs_the_own_attempt_before_the_lapse(home: Home) {
    let stage = stage(home).await;
    stage.refuses(LeaseMove::Mark(new_attempt())).await;
    let attempt = stage.leased().await;
    stage.refuses(LeaseMove::Mark(new_attempt())).await;
    stage.home.clock.advance(LEASE);
    stage.refuses(LeaseMove::Mark(attempt)).await;
    let attempt = stage.leased().await;
    stage.home.clock.advance(LEASE.checked_sub(MOMENT).unwrap());
    assert!(stage.step(LeaseMove::Mark(attempt.clone())).await);
    let lease = stage.lease().await;
    assert_eq!((lease.phase, lease.attempts), (Phase::Sent, 1));
    assert_eq!(lease.attempt, Some(attempt.clone()));
    // It counts from the mark again, and is made once.
    stage.refuses(LeaseMove::Mark(attempt)).await;
    stage.home.clock.advance(LEASE.checked_sub(MOMENT).unwrap());
    assert!(!stage.lease().await.lapsed);
    stage.home.clock.advance(MOMENT);
    assert!(stage.lease().await.lapsed);
}

pub(crate) async fn release_forgets_a_call_that_spent_nothing(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.leased().await;
    stage.refuses(release(&new_attempt(), None)).await;
    assert!(stage.step(release(&attempt, None)).await);
    assert_eq!(stage.phase().await, Phase::Idle);
    stage.refuses(release(&attempt, None)).await;
    let attempt = stage.sent().await;
    stage.refuses(release(&new_attempt(), None)).await;
    assert!(stage.step(release(&attempt, None)).await);
    let lease = stage.lease().await;
    assert_eq!((lease.phase, lease.attempts), (Phase::Idle, 0));
    assert_eq!((lease.attempt, lease.holder_gone), (None, true));
    stage.sent().await;
}

pub(crate) async fn release_keeps_the_doubt_of_an_earlier_call(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.resent().await;
    assert_eq!(stage.lease().await.attempts, 2);
    assert!(stage.step(release(&attempt, Some(9))).await);
    let lease = stage.lease().await;
    assert_eq!((lease.phase, lease.attempts), (Phase::Uncertain, 1));
    assert!(lease.holder_gone);
    // The pause is kept even where a spent token is taken again.
    stage.refuses(resend(&new_attempt(), &attempt, true)).await;
    stage.home.clock.advance(Duration::from_secs(9));
    assert!(stage.step(resend(&new_attempt(), &attempt, true)).await);
    assert_eq!(stage.lease().await.attempts, 2);
}

pub(crate) async fn doubt_is_the_holders_word_about_a_call(home: Home) {
    let stage = stage(home).await;
    stage.refuses(doubt(&new_attempt())).await;
    let attempt = stage.leased().await;
    stage.refuses(doubt(&attempt)).await;
    assert!(stage.step(LeaseMove::Mark(attempt.clone())).await);
    stage.refuses(doubt(&new_attempt())).await;
    assert!(stage.step(doubt(&attempt)).await);
    let lease = stage.lease().await;
    assert_eq!((lease.phase, lease.attempts), (Phase::Uncertain, 1));
    assert!(lease.holder_gone && lease.lapsed && !lease.grace_over);
    let (kind, detail) = stage.last_event().await;
    assert_eq!(
        (&*kind, &*detail),
        ("doubt", "a renewal's answer is missing: the connection broke")
    );
    stage.refuses(doubt(&attempt)).await;
    stage.refuses(release(&attempt, None)).await;
}

pub(crate) async fn presume_needs_the_lapse_and_a_proof_or_the_grace(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.leased().await;
    stage.refuses(presume(&attempt, true)).await;
    assert!(stage.step(LeaseMove::Mark(attempt.clone())).await);
    stage.refuses(presume(&attempt, true)).await;
    stage.home.clock.advance(LEASE);
    stage.refuses(presume(&new_attempt(), true)).await;
    stage.refuses(presume(&attempt, false)).await;
    stage.home.clock.advance(GRACE.checked_sub(MOMENT).unwrap());
    stage.refuses(presume(&attempt, false)).await;
    stage.home.clock.advance(MOMENT);
    assert!(stage.lease().await.grace_over);
    assert!(stage.step(presume(&attempt, false)).await);
    assert_eq!(stage.phase().await, Phase::Uncertain);
    assert_eq!(stage.last_event().await.0, "doubt");
    stage.refuses(presume(&attempt, true)).await;
}

pub(crate) async fn presume_with_a_proof_needs_no_grace(home: Home) {
    let first = stage(home).await;
    let second = first.seen_by(first.home.same()).await;
    let attempt = first.sent().await;
    drop(first);
    assert!(second.lease().await.holder_gone);
    second.refuses(presume(&attempt, true)).await;
    second.home.clock.advance(LEASE);
    assert!(second.step(presume(&attempt, true)).await);
}

pub(crate) async fn late_answer_after_presume_is_stored(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.sent().await;
    stage.home.clock.advance(LEASE + GRACE);
    assert!(stage.step(presume(&attempt, false)).await);
    let commit = stage.store.commit_refresh(stage.id, 1, material("late"), now());
    assert_eq!(commit.await.unwrap(), Commit::Stored(2));
    let lease = stage.lease().await;
    assert_eq!(
        (lease.phase, lease.generation, lease.attempts),
        (Phase::Idle, 2, 0)
    );
    assert_eq!(
        stage.store.material(stage.id).await.unwrap(),
        (2, material("late"))
    );
}

pub(crate) async fn late_answer_after_condemn_heals(home: Home) {
    let stage = stage(home).await;
    stage.condemned(LoginCause::InDoubt).await;
    let before = stage.lease().await.fingerprint;
    let commit = stage.store.commit_refresh(stage.id, 1, material("late"), now());
    assert_eq!(commit.await.unwrap(), Commit::Stored(2));
    let lease = stage.lease().await;
    assert_eq!((lease.phase, lease.cause), (Phase::Idle, None));
    assert_ne!(lease.fingerprint, before);
    assert_eq!(stage.health().await, Health::Ready);
    let events = stage.store.events(Some(stage.id), 2).await.unwrap();
    assert_eq!(events[1].detail, "ready: a new token came");
}

pub(crate) async fn failure_of_an_old_attempt_changes_nothing(home: Home) {
    let stage = stage(home).await;
    let old = stage.sent().await;
    let commit = stage.store.commit_refresh(stage.id, 1, material("b"), now());
    assert_eq!(commit.await.unwrap(), Commit::Stored(2));
    let young = new_attempt();
    assert!(stage.step_at(2, acquire(&young)).await);
    assert!(stage.step_at(2, LeaseMove::Mark(young)).await);
    let before = stage.lease().await;
    for step in [
        release(&old, None),
        doubt(&old),
        presume(&old, true),
        condemn(&old, LoginCause::RevokedOrReused),
        resend(&new_attempt(), &old, true),
    ] {
        for generation in [1, 2] {
            assert!(!stage.step_at(generation, step.clone()).await, "{step:?}");
        }
    }
    assert_eq!(stage.lease().await, before);
    assert_eq!(stage.health().await, Health::Ready);
}

pub(crate) async fn new_login_is_never_overwritten_by_the_old_one(home: Home) {
    let stage = stage(home).await;
    let old = stage.sent().await;
    let mut again = login("a");
    again.material = material("new family");
    assert_eq!(
        stage
            .store
            .save_login(again, now())
            .await
            .unwrap()
            .credential
            .generation,
        2
    );
    let commit = stage
        .store
        .commit_refresh(stage.id, 1, material("old family"), now());
    assert_eq!(commit.await.unwrap(), Commit::Superseded);
    stage.refuses(condemn(&old, LoginCause::RevokedOrReused)).await;
    let cooling = Health::Cooling {
        until: now(),
        cause: CoolCause::RefreshFailed,
        scope: Scope::Account,
    };
    let late = stage.store.set_health(stage.id, Some(1), cooling, now());
    assert!(!late.await.unwrap());
    assert_eq!(stage.health().await, Health::Ready);
    assert_eq!(
        stage.store.material(stage.id).await.unwrap(),
        (2, material("new family"))
    );
    assert_eq!(stage.phase().await, Phase::Idle);
}

pub(crate) async fn resend_waits_for_grace_and_the_end_of_the_token(home: Home) {
    let stage = stage(home).await;
    let seen = stage.uncertain().await;
    stage.refuses(resend(&new_attempt(), &seen, false)).await;
    // The grace is over, but the token still serves.
    stage.home.clock.advance(GRACE);
    assert!(stage.lease().await.grace_over && !stage.lease().await.token_ended);
    stage.refuses(resend(&new_attempt(), &seen, false)).await;
    stage
        .home
        .clock
        .advance(TOKEN.checked_sub(GRACE + MOMENT).unwrap());
    stage.refuses(resend(&new_attempt(), &seen, false)).await;
    stage.home.clock.advance(MOMENT);
    assert!(stage.lease().await.token_ended);
    stage.refuses(resend(&new_attempt(), &new_attempt(), false)).await;
    let attempt = new_attempt();
    assert!(stage.step(resend(&attempt, &seen, false)).await);
    let lease = stage.lease().await;
    assert_eq!((lease.phase, lease.attempts), (Phase::Sent, 2));
    assert_eq!(lease.attempt, Some(attempt));
    assert_eq!(stage.last_event().await.0, "replay");
}

pub(crate) async fn resend_of_an_ended_token_waits_for_the_grace(home: Home) {
    let stage = stage(home).await;
    stage.home.clock.advance(TOKEN);
    let seen = stage.uncertain().await;
    stage.home.clock.advance(GRACE.checked_sub(MOMENT).unwrap());
    stage.refuses(resend(&new_attempt(), &seen, false)).await;
    stage.home.clock.advance(MOMENT);
    assert!(stage.step(resend(&new_attempt(), &seen, false)).await);
}

pub(crate) async fn resend_waits_for_nothing_where_it_is_safe(home: Home) {
    let stage = stage(home).await;
    let seen = stage.uncertain().await;
    assert!(stage.step(resend(&new_attempt(), &seen, true)).await);
    assert_eq!(stage.phase().await, Phase::Sent);
}

pub(crate) async fn resend_needs_a_doubt(home: Home) {
    let stage = stage(home).await;
    stage.refuses(resend(&new_attempt(), &new_attempt(), true)).await;
    let attempt = stage.leased().await;
    stage.refuses(resend(&new_attempt(), &attempt, true)).await;
    assert!(stage.step(LeaseMove::Mark(attempt.clone())).await);
    stage.home.clock.advance(TOKEN + GRACE);
    stage.refuses(resend(&new_attempt(), &attempt, true)).await;
    assert!(stage.step(release(&attempt, None)).await);
    stage.refuses(resend(&new_attempt(), &attempt, true)).await;
}

pub(crate) async fn token_is_never_sent_a_third_time(home: Home) {
    let stage = stage(home).await;
    let second = stage.resent().await;
    assert!(stage.step(doubt(&second)).await);
    stage.home.clock.advance(TOKEN + GRACE);
    assert_eq!(stage.lease().await.attempts, 2);
    for safe in [true, false] {
        stage.refuses(resend(&new_attempt(), &second, safe)).await;
    }
    stage.refuses(forced()).await;
    stage.refuses(LeaseMove::Mark(second.clone())).await;
    stage.refuses(release(&second, None)).await;
    assert!(stage.step(condemn(&second, LoginCause::InDoubt)).await);
}

pub(crate) async fn condemn_records_the_cause_everywhere(home: Home) {
    let stage = stage(home).await;
    let before = stage.store.version().await.unwrap();
    let attempt = stage.sent().await;
    assert!(stage.step(condemn(&attempt, LoginCause::RevokedOrReused)).await);
    let lease = stage.lease().await;
    assert_eq!(lease.phase, Phase::NeedsLogin);
    assert_eq!(lease.cause, Some(LoginCause::RevokedOrReused));
    let dead = Health::NeedsLogin {
        cause: LoginCause::RevokedOrReused,
    };
    assert_eq!(stage.health().await, dead);
    let (kind, detail) = stage.last_event().await;
    assert_eq!(
        (&*kind, &*detail),
        ("health", "needs login: the provider ended this login")
    );
    assert!(stage.store.version().await.unwrap() > before);
    let changes = stage.store.changes(Some(before)).await.unwrap();
    assert_eq!(changes.credentials[0].health, dead);
}

pub(crate) async fn condemn_needs_a_call_or_two_doubts(home: Home) {
    let stage = stage(home).await;
    let cause = LoginCause::RevokedOrReused;
    stage.refuses(condemn(&new_attempt(), cause)).await;
    let attempt = stage.leased().await;
    stage.refuses(condemn(&attempt, cause)).await;
    assert!(stage.step(LeaseMove::Mark(attempt.clone())).await);
    stage.refuses(condemn(&new_attempt(), cause)).await;
    assert!(stage.step(doubt(&attempt)).await);
    stage.refuses(condemn(&attempt, cause)).await;
    assert_eq!(stage.health().await, Health::Ready);
}

pub(crate) async fn condemn_leaves_a_login_switched_off(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.sent().await;
    let off = stage.store.set_health(stage.id, None, Health::Disabled, now());
    assert!(off.await.unwrap());
    assert!(stage.step(condemn(&attempt, LoginCause::RevokedOrReused)).await);
    assert_eq!(stage.health().await, Health::Disabled);
    assert_eq!(stage.phase().await, Phase::NeedsLogin);
}

pub(crate) async fn reset_forgives_doubt(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.condemned(LoginCause::InDoubt).await;
    stage.store.reset(stage.id, now()).await.unwrap();
    let lease = stage.lease().await;
    assert_eq!((lease.phase, lease.attempts), (Phase::Uncertain, 1));
    assert_eq!(stage.health().await, Health::Ready);
    let again = new_attempt();
    assert!(stage.step(resend(&again, &attempt, true)).await);
    assert!(stage.step(doubt(&again)).await);
    stage.refuses(resend(&new_attempt(), &again, true)).await;
}

pub(crate) async fn reset_forgives_no_refusal(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.condemned(LoginCause::RevokedOrReused).await;
    stage.store.reset(stage.id, now()).await.unwrap();
    let lease = stage.lease().await;
    assert_eq!(lease.phase, Phase::NeedsLogin);
    assert_eq!(lease.cause, Some(LoginCause::RevokedOrReused));
    stage.refuses(resend(&new_attempt(), &attempt, true)).await;
    stage.refuses(forced()).await;
}

pub(crate) async fn reset_ends_a_pause(home: Home) {
    let stage = stage(home).await;
    let attempt = stage.leased().await;
    assert!(stage.step(release(&attempt, Some(3_600))).await);
    stage.store.reset(stage.id, now()).await.unwrap();
    assert_eq!(stage.lease().await.retry_in, None);
    stage.leased().await;
}

pub(crate) async fn race_of_two_nodes_has_one_winner_each_time(home: Home) {
    let first = Arc::new(stage(home).await);
    let second = Arc::new(first.seen_by(first.home.other(Duration::ZERO)).await);
    for round in 0..50 {
        let mut tasks = tokio::task::JoinSet::new();
        for stage in [&first, &second] {
            let stage = Arc::clone(stage);
            tasks.spawn(async move { stage.acquire().await });
        }
        let won: Vec<Attempt> = tasks.join_all().await.into_iter().flatten().collect();
        assert_eq!(won.len(), 1, "round {round}");
        assert_eq!(first.lease().await.attempt.as_ref(), won.first());
        let by = if round % 2 == 0 { &first } else { &second };
        assert!(by.step(release(&won[0], None)).await);
    }
}

pub(crate) async fn holder_on_another_machine_is_gone_after_silence_and_the_end_of_its_token(home: Home) {
    let first = stage(home).await;
    let second = first.seen_by(first.home.other(Duration::ZERO)).await;
    first.sent().await;
    if !first.home.is_on_server() {
        // There is one machine only; the row is made to speak of another.
        first
            .home
            .sql("UPDATE credential_lease SET holder_machine = 'elsewhere'")
            .await;
    }
    first.store.heartbeat().await.unwrap();
    // That its process ends is not seen from elsewhere.
    drop(first);
    assert!(!second.lease().await.holder_gone);
    second.home.clock.advance(GRACE);
    assert!(!second.lease().await.holder_gone, "its token still serves");
    second.home.clock.advance(TOKEN.checked_sub(GRACE).unwrap());
    assert!(second.lease().await.holder_gone);
}

pub(crate) async fn holder_on_another_machine_that_gives_signs_of_life_is_not_gone(home: Home) {
    let first = stage(home).await;
    let second = first.seen_by(first.home.other(Duration::ZERO)).await;
    first.sent().await;
    if !first.home.is_on_server() {
        first
            .home
            .sql("UPDATE credential_lease SET holder_machine = 'elsewhere'")
            .await;
    }
    second.home.clock.advance(TOKEN);
    first.store.heartbeat().await.unwrap();
    second.home.clock.advance(GRACE.checked_sub(MOMENT).unwrap());
    assert!(!second.lease().await.holder_gone);
    second.home.clock.advance(MOMENT);
    assert!(second.lease().await.holder_gone);
}

pub(crate) async fn holder_of_an_earlier_start_of_this_machine_is_gone(home: Home) {
    let first = stage(home).await;
    let second = first.seen_by(first.home.same()).await;
    first.sent().await;
    assert!(!second.lease().await.holder_gone);
    first
        .home
        .sql("UPDATE credential_lease SET holder_boot = 'earlier'")
        .await;
    assert!(second.lease().await.holder_gone);
}

pub(crate) async fn machine_with_a_wrong_clock_takes_no_lease_early(home: Home) {
    let error = if home.is_on_server() {
        TOKEN
    } else {
        Duration::ZERO
    };
    let first = stage(home).await;
    let second = first.seen_by(first.home.other(error)).await;
    let attempt = first.leased().await;
    second.refuses(acquire(&new_attempt())).await;
    assert!(!second.lease().await.lapsed);
    assert!(first.step(LeaseMove::Mark(attempt.clone())).await);
    second.refuses(presume(&attempt, false)).await;
    first.home.clock.advance(LEASE + GRACE);
    assert!(second.step(presume(&attempt, false)).await);
}

pub(crate) async fn heartbeat_names_the_living_and_this_one_first(home: Home) {
    let first = stage(home).await;
    let second = first.seen_by(first.home.other(Duration::ZERO)).await;
    let alone = first.store.heartbeat().await.unwrap();
    assert_eq!(alone.len(), 1);
    let both = second.store.heartbeat().await.unwrap();
    assert_eq!((both.len(), &both[1]), (2, &alone[0]));
    assert_eq!(
        first.store.heartbeat().await.unwrap(),
        [both[1].clone(), both[0].clone()]
    );
    first.home.clock.advance(GRACE);
    assert_eq!(
        second.store.heartbeat().await.unwrap().len(),
        1,
        "the other is silent"
    );
    first.store.heartbeat().await.unwrap();
    first.store.close().await.unwrap();
    assert_eq!(second.store.heartbeat().await.unwrap(), [both[0].clone()]);
}

pub(crate) async fn attempts_never_repeat(home: Home) {
    let stage = stage(home).await;
    let mut seen = HashSet::new();
    for _ in 0..20 {
        let attempt = stage.leased().await;
        assert!(attempt.as_str().len() == 32 && attempt.as_str().is_ascii());
        assert!(seen.insert(attempt.clone()));
        assert!(stage.step(release(&attempt, None)).await);
    }
    assert_eq!(
        (0..1_000).map(|_| new_attempt()).collect::<HashSet<_>>().len(),
        1_000
    );
}

pub(crate) async fn processes_that_start_together_are_not_taken_for_dead(home: Home) {
    let stage = Arc::new(stage(home).await);
    for round in 0..5 {
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..8 {
            let options = stage.home.same().options();
            tasks.spawn(async move {
                let store = hermes_store::open(options).await.unwrap();
                let names = store.heartbeat().await.unwrap();
                (names[0].clone(), store)
            });
        }
        let nodes = tasks.join_all().await;
        let run = stage.home.file("run");
        for (name, _) in &nodes {
            let lock = std::fs::File::open(run.join(format!("{name}.lock"))).unwrap();
            assert!(
                lock.try_lock().is_err(),
                "round {round}: nobody holds the lock of {name}"
            );
        }
        for (_, store) in nodes {
            store.close().await.unwrap();
        }
    }
}
